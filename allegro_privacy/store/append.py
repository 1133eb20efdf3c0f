"""One event more: sealed to the last one, and the derived tables brought up to date in the same transaction."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.ledger import Event, seal
from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.database import Database
from allegro_privacy.store.derive import apply

SALT_BYTES = 16


def append(database: Database, kind: str, subject: str, content: Mapping[str, Any], actor: str, now: datetime) -> int:
    """Write one event and what follows from it; returns its number. A "#" in `subject` stands for that number."""
    if not database.in_transaction:
        raise RuntimeError("an event is written inside `writing`")
    last, previous = head_of(database)
    number = last + 1
    event = Event(number, utc_text(now), actor, kind, subject.replace("#", str(number)), content)
    row = seal(previous, os.urandom(SALT_BYTES), event)
    sealed = (bytes.fromhex(row.digest), bytes.fromhex(row.previous), bytes.fromhex(row.hash))
    database.run(
        "INSERT INTO ledger (number, at, actor, kind, subject, digest, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, row.at, row.actor, row.kind, row.subject, *sealed),
    )
    database.run(
        "INSERT INTO payload (number, salt, content) VALUES (?, ?, ?)",
        (number, row.salt, database.pack(row.content or "")),
    )
    database.run("UPDATE meta SET value = ? WHERE key = 'head'", (f"{number} {row.hash}",))
    # Derived from what was written, not from what was meant: `verify` has only the former.
    apply(database, event.number, event.at, event.actor, kind, event.subject, json.loads(row.content or "{}"))
    return number


def head_of(database: Database) -> tuple[int, str]:
    """Number and hash of the last event. Kept apart from the ledger: when its last rows are cut off, the next event
    leaves a gap that shows for ever, and still is recorded."""
    number, _, sealed = str(database.value("SELECT value FROM meta WHERE key = 'head'")).partition(" ")
    return int(number), sealed


def receipt(
    database: Database, message_id: str, verdict: Verdict, done: Sequence[tuple[int, str]], copy: bool = False
) -> Receipt:
    """What recording returns. done: each event with its words, "" when none are needed; 0 stands for what needed no
    event."""
    numbers = tuple(number for number, _ in done if number)
    words = "; ".join(word for _, word in done if word) or ("seen before" if copy else "nothing to do")
    return Receipt(message_id, verdict, numbers, head_of(database)[1], words, copy)
