"""Is the ledger whole, and do the tables say what it says?"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from operator import itemgetter
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
EVENTS_AT_ONCE = 5000
_EVENT = {table.name: list(table.columns).index("event") for table in tables.DERIVED}
_PRIMARY = {
    table.name: itemgetter(*(list(table.columns).index(column) for column in table.primary)) for table in tables.DERIVED
}
_LEDGER = """SELECT ledger.number, at, actor, kind, subject, digest, previous, hash, salt, content
    FROM ledger LEFT JOIN payload USING (number) ORDER BY ledger.number"""


def verify(database: Database, against: Head | None, rebuild: bool) -> list[Problem]:
    """Every problem, those of the chain first."""
    # One snapshot: what others write meanwhile is neither here nor there.
    alone = not database.in_transaction
    if alone:
        database.run("BEGIN")
    try:
        if not rebuild:
            return [*_chain(database, against, None), *_guards(database)]
        again = _Again(database.secret)
        with closing(again.database):
            problems = [*_chain(database, against, again), *_guards(database), *_file(database), *again.problems]
            again.write()
            return problems + [one for table in tables.DERIVED for one in _compared(table, database, again.database)]
    finally:
        if alone:
            database.run("ROLLBACK")


def _chain(database: Database, against: Head | None, again: "_Again | None") -> Iterator[Problem]:
    """Walk through the events once: the chain is recomputed and the tables are derived on the way."""
    number, sealed = head_of(database)
    heads = {number: sealed} if number else {}
    if against is not None and against.number:
        if heads.get(against.number, against.hash) != against.hash:
            yield Problem("head", against.number, f"event {against.number} is not the one that the manifest names")
        heads.setdefault(against.number, against.hash)
    for found in verify_chain(_events(database, again), erased=_erased(database), heads=heads):
        yield Problem("ledger", found.event, found.words)
    last = database.value("SELECT max(number) FROM ledger") or 0
    if last > number:
        words = f"event {last} lies after event {number}, which was the last one recorded: it was inserted"
        yield Problem("ledger", number + 1, words)
    for row in database.rows("SELECT number FROM payload WHERE number NOT IN (SELECT number FROM ledger) LIMIT 20"):
        yield Problem("content", row[0], f"there is content for event {row[0]}, but no such event")


def _events(database: Database, again: "_Again | None") -> Iterator[LedgerRow]:
    for number, at, actor, kind, subject, digest, previous, sealed, salt, packed in database.stream(_LEDGER):
        sealed_in = (_hex(digest), _hex(previous), _hex(sealed))
        row = LedgerRow(number, at, actor, kind, subject, *sealed_in, salt, _text(database, packed))
        if again is not None:
            again.derive(row)
        yield row


def _hex(value: Any) -> str:
    """A fault of the disk can make text or a number of any bytes."""
    return value.hex() if isinstance(value, bytes) else str(value)


def _erased(database: Database) -> set[int]:
    numbers: set[int] = set()
    rows = database.rows("SELECT content FROM payload JOIN ledger USING (number) WHERE kind = 'erased'")
    for row in rows:
        content = _content(_text(database, row[0]))
        numbers.update((content or {}).get("events", ()))
    return numbers


def _text(database: Database, packed: bytes | None) -> str | None:
    """An event's content; what cannot be unpacked is not what was recorded, whatever it was."""
    try:
        return None if packed is None else database.unpack(packed)
    except ValueError:
        return ""


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
    installed = _content(_text(database, database.value("SELECT content FROM payload WHERE number = 1")))
    if installed is not None and installed.get("key") != key_print(database.secret):
        yield Problem("file", 1, "the key of the keyed hashes is not the one that the database was made with")


def _file(database: Database) -> Iterator[Problem]:
    """What lies in the indexes: lists are read through them, and comparing the tables does not see them."""
    for row in database.rows("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield Problem("file", 0, f"the file is damaged: {row[0]}")


class _Again:
    """The derived tables a second time, from the events alone; rows are gathered and written in bulk."""

    def __init__(self, secret: bytes) -> None:
        # In memory, never in a temporary file: erased words would outlive their erasure on the disk.
        self.database = Database(engine.connect(":memory:", isolation_level=None), Path("(derived again)"))
        self.secret = secret
        self.problems: list[Problem] = []
        self._waiting: dict[str, list[Sequence[Any]]] = {table.name: [] for table in tables.DERIVED}
        self._count = 0
        for statement in tables.statements(tables.DERIVED, with_indexes=False):
            self.database.run(statement)
        self.database.run("PRAGMA journal_mode = OFF")
        self.database.run("BEGIN")

    def insert(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        self._waiting[table.name].extend(rows)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        self.write()
        return self.database.run(sql, parameters)

    def write(self) -> None:
        """Write what was gathered."""
        for table in tables.DERIVED:
            if rows := self._waiting[table.name]:
                self._write(table, rows)
                rows.clear()

    def _write(self, table: Table, rows: list[Sequence[Any]]) -> None:
        # In the order of their keys: neighbours lie on one page.
        rows.sort(key=_PRIMARY[table.name])
        left, row = iter(rows), rows[0]

        def taken() -> Iterator[Sequence[Any]]:
            nonlocal row
            for row in left:  # noqa: UP028  (the last one taken is the one that did not fit)
                yield row

        while True:
            try:
                self.database.insert(table, taken())
            except _UNFIT:
                self._unfit(row[_EVENT[table.name]])
            else:
                return

    def derive(self, row: LedgerRow) -> None:
        """What follows from one event; one that cannot be read as such is noted."""
        if row.content is None:
            return
        content = _content(row.content)
        if content is None:
            self._unfit(row.number)
            return
        try:
            apply(self, row.number, row.at, row.actor, row.kind, row.subject, content)
        except _UNFIT:
            self._unfit(row.number)
        self._count += 1
        if self._count % EVENTS_AT_ONCE == 0:
            self.write()

    def _unfit(self, number: int) -> None:
        words = f"the content of event {number} cannot be read as such an event"
        self.problems.append(Problem("content", number, words))


# What is raised when an event does not hold what its kind should, or not in values that a table takes.
_UNFIT = (PrivacyError, KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)


def _compared(table: Table, database: Database, again: Database) -> Iterator[Problem]:
    """The two versions of a table side by side, in the order of their keys."""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.primary)}"  # noqa: S608
    if all(one == other for one, other in zip_longest(database.chunks(sql), again.chunks(sql))):
        return
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
    first, second = ([_comparable(row[place]) for place in width] for row in (one, other))
    return (first > second) - (first < second)


def _comparable(value: Any) -> tuple[int, Any]:
    """As SQLite orders values: nothing, numbers, text by its UTF-8 bytes, bytes. A fault of the disk can make a value
    of another sort out of any."""
    match value:
        case None:
            return 0, 0
        case int() | float():
            return 1, value
        case str():
            return 2, value.encode()
        case _:
            return 3, value


def _difference(table: Table, here: Row | None, there: Row | None) -> Problem:
    """What differs, by column names and event number: never the words of a person."""
    row = here or there or ()
    event = int(row[_EVENT[table.name]] or 0)
    if here is None:
        return Problem("tables", event, f"table {table.name}: a row of event {event} is missing")
    if there is None:
        return Problem("tables", event, f"table {table.name}: a row of event {event} follows from no event")
    differing = [name for name, one, other in zip(table.columns, here, there, strict=True) if one != other]
    return Problem("tables", event, f"table {table.name}: {', '.join(differing)} of event {event} was changed")
