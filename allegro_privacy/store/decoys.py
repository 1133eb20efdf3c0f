"""Decoys as they are remembered: which stand in which list, and whose a key is.

They are no suppressions: nothing here is in the tables that `find`, figures and matching read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from allegro_privacy.core.listing import Decoy
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database
from allegro_privacy.store.exports import EXPORT_COLUMNS, export
from allegro_privacy.store.keys import key_hash, keyed
from allegro_privacy.store.plain import plain, revive
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Export


class Known(NamedTuple):
    """A decoy and the lists that it stands in, oldest first."""

    decoy: Decoy
    exports: tuple[Export, ...]


def record_decoys(
    database: Database,
    export_event: int,
    decoys: Iterable[tuple[Decoy, Sequence[tuple[str, str]]]],
    actor: str,
    now: datetime,
) -> int:
    """Which rows of a list are decoys, each with its keys, so that an auditor can tell them from people. An event of
    its own: the export's own content is shown to customers who ask for proof."""
    shown = [
        {"row": decoy.number, "keys": [list(key) for key in keys], "decoy": plain(decoy)} for decoy, keys in decoys
    ]
    return append(database, "decoys-placed", f"E{export_event}", {"export": export_event, "decoys": shown}, actor, now)


def placed(database: Database, recipient: str, channel: Channel) -> tuple[Decoy, ...]:
    """The decoys that stand in any list of a recipient, by their rows."""
    sql = (
        "SELECT DISTINCT event FROM seeds WHERE event IN "
        "(SELECT event FROM exports WHERE recipient = ? AND channel = ?)"
    )
    lists = database.rows(sql, (recipient, channel.value))
    found = {decoy.number: decoy for (event,) in lists for decoy in _in_list(database, event)}
    return tuple(found[number] for number in sorted(found))


def _in_list(database: Database, export_event: int) -> list[Decoy]:
    # Recorded in the same transaction, right after the list itself.
    sql = (
        "SELECT number FROM ledger WHERE number > ? AND kind = 'decoys-placed' AND subject = ? ORDER BY number LIMIT 1"
    )
    number = database.value(sql, (export_event, f"E{export_event}"))
    content: Mapping[str, Any] = (content_of(database, int(number)) if number else None) or {}
    return [revive(Decoy, each["decoy"]) for each in content.get("decoys", ())]


def known_decoy(database: Database, keys: Iterable[tuple[str, str]]) -> Known | None:
    """The first decoy that goes by one of these (label, text), with the lists that it stands in."""
    for label, text in keys:
        rows = database.rows(
            f"SELECT row, {EXPORT_COLUMNS} FROM seeds JOIN exports USING (event) WHERE key_hash = ? ORDER BY event",  # noqa: S608
            (keyed(database.secret, label, text),),
        )
        if not rows:
            continue
        number, lists = rows[0][0], tuple(export(row[1:]) for row in rows)
        decoy = next(each for each in _in_list(database, lists[0].event) if each.number == number)
        return Known(decoy, lists)
    return None


def decoys_among(database: Database, keys: Iterable[Key]) -> frozenset[Key]:
    """Those keys that are no person's, but a decoy's."""
    if not has_decoys(database):
        return frozenset()
    return frozenset(key for key in keys if is_decoy(database, key))


def is_decoy(database: Database, key: Key) -> bool:
    """Is a key that of a decoy?"""
    hashed = key_hash(database.secret, key)
    return database.row("SELECT 1 FROM seeds WHERE key_hash = ? LIMIT 1", (hashed,)) is not None


def has_decoys(database: Database) -> bool:
    """Has a list with decoys left yet?"""
    return database.row("SELECT 1 FROM seeds LIMIT 1") is not None


def is_taken(database: Database, keys: Iterable[tuple[str, str]]) -> bool:
    """Does somebody go by one of these already, a decoy or a person?"""
    hashes = [keyed(database.secret, *key) for key in keys]
    sql = "SELECT 1 FROM seeds WHERE key_hash = ?1 UNION ALL SELECT 1 FROM suppressions WHERE key_hash = ?1 LIMIT 1"
    return any(database.row(sql, (one,)) is not None for one in hashes)


def free_number(
    database: Database, after: int, until: int, near: int, taken: Collection[int]
) -> tuple[int, str] | None:
    """An event that began no suppression, with its time: the first from `near` on, else the first after `after`. Rows
    of a list go by the numbers of events, so a decoy's must be one that nobody has."""
    sql = (
        "SELECT number, at FROM ledger WHERE number >= ? AND number <= ? "
        "AND number NOT IN (SELECT event FROM suppressions) AND number NOT IN (SELECT row FROM seeds) ORDER BY number"
    )
    for start in (near, after + 1):
        for number, at in database.stream(sql, (start, until)):
            if number not in taken:
                return int(number), str(at)
    return None


def rows_of_decoys(database: Database, export_event: int) -> frozenset[str]:
    """The row ids of the decoys in a list."""
    rows = database.rows("SELECT row FROM seeds WHERE event = ?", (export_event,))
    return frozenset(f"S{row[0]}" for row in rows)
