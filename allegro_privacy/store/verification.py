"""Is the ledger whole, and do the tables say what it says?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allegro_privacy.core.ledger import LedgerRow, verify_chain
from allegro_privacy.errors import PrivacyError
from allegro_privacy.store import tables
from allegro_privacy.store.append import head_of
from allegro_privacy.store.database import Database, Row, key_print
from allegro_privacy.store.derive import apply
from allegro_privacy.store.failures import engine
from allegro_privacy.store.rows import Head, Problem
from allegro_privacy.store.tables import Table

MOST_PER_TABLE = 20
_LEDGER = """SELECT ledger.number, at, actor, kind, subject, digest, previous, hash, salt, content
    FROM ledger LEFT JOIN payload USING (number) ORDER BY ledger.number"""


def verify(database: Database, against: Head | None, rebuild: bool) -> list[Problem]:
    """Every problem, those of the chain first."""
    # One snapshot: what others write meanwhile is neither here nor there.
    alone = not database.in_transaction
    if alone:
        database.run("BEGIN")
    try:
        problems = [*_chain(database, against), *_guards(database)]
        return [*problems, *_file(database), *_tables(database)] if rebuild else problems
    finally:
        if alone:
            database.run("ROLLBACK")


def _chain(database: Database, against: Head | None) -> Iterator[Problem]:
    number, sealed = head_of(database)
    heads = {number: sealed} if number else {}
    if against is not None and against.number:
        if heads.get(against.number, against.hash) != against.hash:
            yield Problem("head", against.number, f"event {against.number} is not the one that the manifest names")
        heads.setdefault(against.number, against.hash)
    rows = (LedgerRow(*row) for row in database.stream(_LEDGER))
    for found in verify_chain(rows, erased=_erased(database), heads=heads):
        yield Problem("ledger", found.event, found.words)
    last = database.value("SELECT max(number) FROM ledger") or 0
    if last > number:
        words = f"event {last} lies after event {number}, which was the last one recorded: it was inserted"
        yield Problem("ledger", number + 1, words)
    for row in database.rows("SELECT number FROM payload WHERE number NOT IN (SELECT number FROM ledger) LIMIT 20"):
        yield Problem("content", row[0], f"there is content for event {row[0]}, but no such event")


def _erased(database: Database) -> set[int]:
    numbers: set[int] = set()
    rows = database.rows("SELECT content FROM payload JOIN ledger USING (number) WHERE kind = 'erased'")
    for row in rows:
        content = _content(row[0])
        numbers.update((content or {}).get("events", ()))
    return numbers


def _content(text: str | None) -> dict[str, Any] | None:
    try:
        content = json.loads(text or "null")
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _guards(database: Database) -> Iterator[Problem]:
    """What keeps the ledger from being changed by mistake is in place, and so is the key of the hashes."""
    there = {row[0] for row in database.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}
    for statement in tables.TRIGGERS:
        if statement not in there:
            yield Problem("file", 0, f"the trigger {statement.split()[2]} is missing or was changed")
    if database.row("SELECT 1 FROM erasing"):
        yield Problem("file", 0, "the guard against removing content stands open (table erasing)")
    installed = _content(database.value("SELECT content FROM payload WHERE number = 1"))
    if installed is not None and installed.get("key") != key_print(database.secret):
        yield Problem("file", 1, "the key of the keyed hashes is not the one that the database was made with")


def _file(database: Database) -> Iterator[Problem]:
    """What lies in the indexes: lists are read through them, and comparing the tables does not see them."""
    for row in database.rows("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield Problem("file", 0, f"the file is damaged: {row[0]}")


def _tables(database: Database) -> Iterator[Problem]:
    # "" is a private temporary database: on disk when it grows, unlinked at once, gone when closed.
    again = Database(engine.connect("", isolation_level=None), Path("(derived again)"), secret=database.secret)
    try:
        for statement in tables.statements(tables.DERIVED):
            again.run(statement)
        again.run("PRAGMA synchronous = OFF")
        again.run("BEGIN")
        yield from _derive_again(database, again)
        for table in tables.DERIVED:
            yield from _compared(table, database, again)
    finally:
        again.close()


def _derive_again(database: Database, again: Database) -> Iterator[Problem]:
    for number, at, actor, kind, subject, *_, text in database.stream(_LEDGER):
        if text is None:
            continue
        content = _content(text)
        try:
            if content is not None:
                apply(again, number, at, actor, kind, subject, content)
                continue
        except (PrivacyError, KeyError, TypeError, ValueError, IndexError, AttributeError):
            content = None
        yield Problem("content", number, f"the content of event {number} ({kind}) cannot be read as such an event")


def _compared(table: Table, database: Database, again: Database) -> Iterator[Problem]:
    """The two versions of a table side by side, in the order of their keys."""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.primary)}"  # noqa: S608
    width = [list(table.columns).index(column) for column in table.primary]
    here, there = database.stream(sql), again.stream(sql)
    one, other = next(here, None), next(there, None)
    found = 0
    while (one or other) and found < MOST_PER_TABLE:
        if one == other:
            one, other = next(here, None), next(there, None)
            continue
        found += 1
        place = -1 if other is None else 1 if one is None else _order(one, other, width)
        yield _difference(table, one if place <= 0 else None, other if place >= 0 else None)
        one = next(here, None) if place <= 0 else one
        other = next(there, None) if place >= 0 else other


def _order(one: Row, other: Row, width: list[int]) -> int:
    # Text in SQLite is ordered by its UTF-8 bytes.
    first, second = ([_comparable(row[place]) for place in width] for row in (one, other))
    return (first > second) - (first < second)


def _comparable(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _difference(table: Table, here: Row | None, there: Row | None) -> Problem:
    """What differs, by column names and event number: never the words of a person."""
    row = here or there or ()
    event = int(row[list(table.columns).index("event")])
    if here is None:
        return Problem("tables", event, f"table {table.name}: a row of event {event} is missing")
    if there is None:
        return Problem("tables", event, f"table {table.name}: a row of event {event} follows from no event")
    differing = [name for name, one, other in zip(table.columns, here, there, strict=True) if one != other]
    return Problem("tables", event, f"table {table.name}: {', '.join(differing)} of event {event} was changed")
