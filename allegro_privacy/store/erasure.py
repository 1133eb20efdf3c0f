"""Removing what was recorded about one person, without breaking the chain or losing the promise not to write.

What goes: the content of every event about the person, and the readable words in the derived tables. What stays: the
chain, the rows without words (for figures), and a keyed hash for each suppression, which goes on matching.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from allegro_privacy.core.model import Level
from allegro_privacy.errors import UsageError
from allegro_privacy.store.append import append, head_of
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.derive import ERASABLE, to_json
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.people import events_about, exact_keys
from allegro_privacy.store.plain import utc_text
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import ErasureReceipt
from allegro_privacy.store.tables import IDENTIFIERS, REVIEWS, SIGHTINGS, SUPPRESSIONS, WORDS, Table

# Readable columns, and what stands in their place afterwards.
_BLANKED: dict[str, dict[str, Any]] = {
    "messages": {"message_id_hash": None, "text_hash": None, "erased": 1},
    "suppressions": {"key": None, "name": None, "address": None, "erased": 1},
    "cases": {"erased": 1},
    "undeliverable": {"address": None},
}
MOST_MENTIONS = 100
_CONTENTS = "SELECT number, content FROM payload ORDER BY number"
# Events about one person only: what they name may be followed further. A message may speak of two.
_ONE_PERSON = ("suppressed", "already-suppressed", "case-opened", "case-joined", "bounced")


def erase(database: Database, who: str, actor: str, now: datetime, reason: str) -> ErasureReceipt:
    """Remove what was recorded about one person; keyed hashes keep their suppressions working.

    who: an exact e-mail address or phone number, an S-, R- or C-number, or a message id: never a mere name."""
    hashes, readable = _everything_of(database, exact_keys(database, who))
    numbers = _with_what_follows(database, _with_entries(database, events_about(database, hashes)))
    if not numbers:
        raise UsageError("Nothing is recorded about that person.", "", "allegro-privacy find WHO")
    remains = {table.name: _remains(database, table, numbers, actor, now) for table in ERASABLE}
    _forget_attempts(database, numbers)
    people = sorted(one.hex() for one in hashes)
    content = {"events": numbers, "reason": reason, "people": people, "remains": remains}
    _remove(database, numbers)
    number = append(database, "erased", "erasure", content, actor, now)
    event_column = list(SUPPRESSIONS.columns).index("event")
    kept = tuple(f"S{row[event_column]}" for row in remains["suppressions"])
    summary = f"erased {len(numbers)} events; {len(kept)} suppressions go on matching"
    return ErasureReceipt(
        number, head_of(database)[1], tuple(numbers), kept, _mentions(database, readable), summary,
        {name: len(rows) for name, rows in remains.items() if rows},
    )  # fmt: skip


def compact(database: Database) -> None:
    """Rewrite the database file so that nothing erased remains in it. Outside any transaction, after `erase`."""
    # DELETE alone leaves readable copies in free pages and in the -wal file, secure_delete or not.
    database.run("VACUUM")
    busy = database.row("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy and busy[0]:
        from allegro_privacy.store.failures import busy as is_busy

        raise is_busy(database.path)


def _everything_of(database: Database, pairs: set[tuple[str, str]]) -> tuple[set[bytes], set[str]]:
    """All keys of the person: from those named to those that their own events name too. A household's key is not
    followed: it is others' as well."""
    known: set[tuple[str, str]] = set()
    hashes: set[bytes] = set()
    while pairs - known:
        known |= pairs
        hashes = {keyed(database.secret, *pair) for pair in known}
        for number in events_about(database, hashes):
            pairs = pairs | _named_in(database, number)
    return hashes, {value for channel, value in known if channel == "email"}


def _named_in(database: Database, number: int) -> set[tuple[str, str]]:
    kind = database.value("SELECT kind FROM ledger WHERE number = ?", (number,))
    content = content_of(database, number)
    if content is None or kind == "erased":
        return set()
    named = {(channel, value) for channel, value in content.get("keys", ())}
    if kind in _ONE_PERSON:
        if content.get("key") and content.get("level") in (None, Level.INDIVIDUAL):
            named.add((content.get("channel", "email"), content["key"]))
        return named
    return named if len({value for channel, value in named if channel == "email"}) <= 1 else set()


def _with_entries(database: Database, events: Iterable[int]) -> list[int]:
    """Those events, the letters, calls and rows that they follow from, and all that follows from these: each speaks of
    one person only, who may have named neither an e-mail address nor a phone number."""
    rows = database.rows(
        """WITH given (event) AS (SELECT value FROM json_each(?)),
        asked (message) AS (SELECT event FROM given
            UNION SELECT message FROM suppressions WHERE event IN given
            UNION SELECT message FROM cases WHERE event IN given),
        entries (message) AS (SELECT event FROM messages WHERE event IN asked AND via <> 'email')
        SELECT event FROM given UNION SELECT message FROM entries
        UNION SELECT event FROM suppressions WHERE message IN entries
        UNION SELECT event FROM cases WHERE message IN entries""",
        (json.dumps(sorted(events)),),
    )
    return [row[0] for row in rows]


def _with_what_follows(database: Database, events: Iterable[int]) -> list[int]:
    """Those events that still have content, with the reviews, sightings and lifts that hang on them."""
    found = json.dumps(sorted(events))
    given = "SELECT value FROM json_each(?1)"
    rows = database.rows(
        f"""SELECT value FROM json_each(?1)
        UNION SELECT event FROM reviews WHERE message IN ({given})
        UNION SELECT answered_event FROM reviews WHERE message IN ({given})
        UNION SELECT event FROM sightings WHERE message IN ({given}) AND event <> message
        UNION SELECT lifted_event FROM suppressions WHERE event IN ({given})
        UNION SELECT event FROM case_steps WHERE case_event IN ({given})
        INTERSECT SELECT payload.number FROM payload JOIN ledger USING (number) WHERE ledger.kind <> 'erased'""",  # noqa: S608
        (found,),
    )
    return sorted(row[0] for row in rows)


def _remains(database: Database, table: Table, numbers: list[int], actor: str, now: datetime) -> list[list[Any]]:
    """What may stay of a table's rows: everything but words and the traces that lead to them."""
    if table in (IDENTIFIERS, WORDS):
        return _tombstone_marks(database, numbers) if table is IDENTIFIERS else []
    sql = f"SELECT * FROM {table.name} WHERE event IN (SELECT value FROM json_each(?))"  # noqa: S608 names are ours
    rows = database.rows(sql, (json.dumps(numbers),))
    return [_blanked(table, row, actor, now) for row in rows]


def _blanked(table: Table, row: Row, actor: str, now: datetime) -> list[Any]:
    values = dict(zip(table.columns, row, strict=True))
    values.update(_BLANKED.get(table.name, {}))
    if table is REVIEWS and values["answered"] is None:
        # Nobody can answer what nobody can read.
        values.update(answered=utc_text(now), answered_by=actor, verdict="ignore")
    return to_json(values.values())


def _tombstone_marks(database: Database, numbers: list[int]) -> list[list[Any]]:
    """A suppression must still be found by its person's keys, in exact form, to be explained and lifted; a case, since
    it stays on record for 24 months (11 CCR 7101), and what staff write about it later must be reached too."""
    sql = """SELECT hash, event FROM identifiers WHERE event IN (SELECT value FROM json_each(?)) AND (event IN
        (SELECT event FROM suppressions) OR event IN (SELECT event FROM cases)) ORDER BY hash, event"""
    return [to_json(row) for row in database.rows(sql, (json.dumps(numbers),))]


def _remove(database: Database, numbers: list[int]) -> None:
    """The content of these events, and every row that stood in the derived tables because of them."""
    listed = json.dumps(numbers)
    for table in ERASABLE:
        database.run(f"DELETE FROM {table.name} WHERE event IN (SELECT value FROM json_each(?))", (listed,))  # noqa: S608
    database.run("INSERT INTO erasing (number) SELECT value FROM json_each(?)", (listed,))
    database.run("DELETE FROM payload WHERE number IN (SELECT value FROM json_each(?))", (listed,))
    database.run("DELETE FROM erasing")


def _forget_attempts(database: Database, numbers: list[int]) -> None:
    origins = f"SELECT origin FROM {SIGHTINGS.name} WHERE event IN (SELECT value FROM json_each(?))"  # noqa: S608
    database.run(f"DELETE FROM attempts WHERE origin IN ({origins})", (json.dumps(numbers),))  # noqa: S608


def _mentions(database: Database, readable: Iterable[str]) -> tuple[int, ...]:
    """Events of others that still name the address: a person must look, since they are about somebody else too."""
    names = [text.lower() for text in readable]
    if not names:
        return ()
    rows = ((number, database.unpack(packed).lower()) for number, packed in database.stream(_CONTENTS))
    return tuple(islice((number for number, text in rows if any(name in text for name in names)), MOST_MENTIONS))
