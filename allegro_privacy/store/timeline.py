"""Why a person stands as they do: the events about them, in order, in words."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.exports import EXPORT_COLUMNS, acknowledgements, export
from allegro_privacy.store.hanging import hanging_on
from allegro_privacy.store.leaks import leaks_of
from allegro_privacy.store.people import events_about
from allegro_privacy.store.plain import moment
from allegro_privacy.store.reviews import unpacked
from allegro_privacy.store.rows import Entry, Export, Suppression, Timeline
from allegro_privacy.store.scrubs import scrubs_that_hit
from allegro_privacy.store.search import SUPPRESSION_COLUMNS, events_of, suppression

# A word that many share does not name one person; a timeline of so many events would be nobody's.
MOST_EVENTS = 500


def timeline(database: Database, who: str, as_of: datetime | None = None) -> Timeline:
    """The events that explain how a person stands; `as_of`: as it was at that moment (UTC, included)."""
    events, _ = events_of(database, who, MOST_EVENTS)
    if not events:
        return Timeline(who, as_of=as_of)
    hashes = _hashes_of_suppressions(database, events)
    return timeline_of(database, who, sorted({*events, *events_about(database, hashes)}), as_of)


def timeline_of(database: Database, who: str, events: list[int], as_of: datetime | None = None) -> Timeline:
    """What these events, and what hangs on them, tell."""
    until = "9999" if as_of is None else utc_text(as_of)
    entries = tuple(_entry(database, row) for row in _ledger_rows(database, events, until))
    known = [suppression(row) for row in _suppression_rows(database, events)]
    standing = tuple(one for one in known if _stood(one, as_of))
    scrubs = scrubs_that_hit(database, (one.event for one in known), until)
    leaks = leaks_of(database, (one.event for one in known), until)
    carried = _exports(database, known, until)
    receipts = {one.event: acknowledgements(database, one.event) for one, _ in carried}
    return Timeline(who, entries, standing, carried, as_of, scrubs, leaks, receipts)


def _hashes_of_suppressions(database: Database, events: list[int]) -> list[bytes]:
    """Who was found through a message or a name is followed by the keys of their suppressions."""
    return [row[0] for row in database.rows(
        """SELECT key_hash FROM suppressions WHERE event IN (SELECT value FROM json_each(?1))
        UNION SELECT key_hash FROM suppressions WHERE message IN (SELECT value FROM json_each(?1))""",
        (json.dumps(events),),
    )]  # fmt: skip


def _ledger_rows(database: Database, events: list[int], until: str) -> list[Row]:
    """These events, the messages they are about, and what hangs on them."""
    given = {*events, *_messages_of(database, events)}
    return database.rows(
        """SELECT ledger.number, at, actor, kind, subject, content FROM ledger LEFT JOIN payload USING (number)
        WHERE ledger.number IN (SELECT value FROM json_each(?)) AND at <= ? ORDER BY ledger.number""",
        (json.dumps(sorted(hanging_on(database, given, surely=False))), until),
    )


def _messages_of(database: Database, events: list[int]) -> set[int]:
    rows = database.rows(
        """WITH given (event) AS (SELECT value FROM json_each(?))
        SELECT message FROM suppressions WHERE event IN given
        UNION SELECT message FROM cases WHERE event IN given
        UNION SELECT message FROM case_steps WHERE (case_event IN given OR event IN given) AND message IS NOT NULL
        UNION SELECT message FROM reviews WHERE event IN given""",
        (json.dumps(events),),
    )
    return {row[0] for row in rows}


def _suppression_rows(database: Database, events: list[int]) -> list[Row]:
    sql = (
        f"SELECT {SUPPRESSION_COLUMNS} FROM suppressions "  # noqa: S608 a constant
        "WHERE event IN (SELECT value FROM json_each(?)) ORDER BY event"
    )
    return database.rows(sql, (json.dumps(events),))


def suppressions_among(database: Database, events: list[int]) -> tuple[Suppression, ...]:
    """Those suppressions, standing or lifted, that are among these events."""
    return tuple(suppression(row) for row in _suppression_rows(database, events))


def _stood(one: Suppression, as_of: datetime | None) -> bool:
    if as_of is None:
        return one.lifted is None
    return one.since <= as_of and (one.lifted is None or one.lifted > as_of)


def _exports(database: Database, known: list[Suppression], until: str) -> tuple[tuple[Export, tuple[str, ...]], ...]:
    """The lists that carried any of these suppressions, and which of them."""
    if not known:
        return ()
    first = min(one.event for one in known)
    sql = f"SELECT {EXPORT_COLUMNS} FROM exports WHERE as_of >= ? AND at <= ? ORDER BY event"  # noqa: S608 a constant
    carried = []
    for row in database.rows(sql, (first, until)):
        left = export(row)
        names = tuple(one.id for one in known if left.carried(one))
        if names:
            carried.append((left, names))
    return tuple(carried)


def _entry(database: Database, row: Row) -> Entry:
    number, at, actor, kind, subject, packed = row
    content: Mapping[str, Any] = {} if packed is None else unpacked(database, number, packed)
    return Entry(number, moment(at), actor, kind, subject, _title(kind, subject, content), content, packed is None)


_OF_CONTENT = re.compile(r"(?: for)? \{(?!subject\})")


def _title(kind: str, subject: str, content: Mapping[str, Any]) -> str:
    """One event in words, without what it holds of a person."""
    if not content:
        # What a title says of an event's content went with it.
        words = _OF_CONTENT.split(TITLES.get(kind, kind).partition(":")[0])[0]
        return f"{words.format(subject=subject).strip()} (erased)"
    shown = {name: content.get(name) for name in _SHOWN}
    shown["right"] = "wrong" if content.get("wrong") else "right"
    shown["verdict"] = _VERDICTS.get(content.get("verdict") or content.get("decision", {}).get("verdict"))
    words = TITLES.get(kind, kind).format(subject=subject, **shown)
    if kind == "suppressed" and content.get("level"):
        return f"{words}, {content['level']}"
    return words


_SHOWN = ("about", "channel", "kind", "language", "reason", "recipient", "state", "template")
_VERDICTS = {"accept": "accepted", "ask": "to review", "ignore": "ignored"}
TITLES = {
    "message-received": "Message received: {verdict}",
    "message-sighted": "The same message, met again elsewhere",
    "message-set-aside": "Message set aside: it stopped the program three times",
    "suppressed": "{subject} suppressed: {kind}, {channel}",
    "already-suppressed": "Asked again, {subject} stood already: {kind}, {channel}",
    "case-opened": "{subject} opened: {kind}",
    "case-joined": "Asked again, joined {subject}: {kind}",
    "case-acknowledged": "{subject} acknowledged: the person was told that it arrived",
    "case-verified": "{subject} verified: it is known who asks",
    "case-started": "{subject} started: work on the answer began",
    "case-extended": "{subject} extended: the answer may take longer",
    "case-closed": "{subject} closed: {state}",
    "case-kept": "{subject}: what was recorded is not erased, and why",
    "case-reopened": "{subject} opened again",
    "lifted": "{subject} lifted: {reason}",
    "lift-refused": "{subject} stays, though marketing was wanted again: {reason}",
    "nothing-to-lift": "Wants marketing again, nothing stood against it: {channel}",
    "review-opened": "{subject} opened: {reason}",
    "review-answered": "{subject} answered: {verdict}",
    "customer-asked": "{subject}: a question to the customer is wanted",
    "answer-undone": "{subject} open again: the answer was undone",
    "decision-checked": "A person checked what the program did alone: {right}",
    "exported": "{subject}: a list left to {recipient}",
    "delivered": "{subject} delivered to its recipient's server",
    "decoys-placed": "{subject}: decoys stand in it",
    "export-acknowledged": "{subject} acknowledged by its recipient",
    "drafted": "{subject} drafted for {about}: {template}, {language}",
    "bounced": "Mail came back",
    "hold-placed": "Legal hold {subject} placed: {reason}",
    "hold-released": "Legal hold {subject} released: {reason}",
    "proof-made": "Proof pack made",
    "erased": "Personal words erased: {reason}",
}
