"""Mailing lists that are tables: Excel and Parquet. Their rows are judged as everybody's are, by way of CSV of the
columns that count; what is kept is the same table with fewer rows, not the same bytes."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching import Row
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.cells import neutralised
from allegro_privacy.lists.scrub import Delimited, Engine, Fate, Found, Judged
from allegro_privacy.lists.scrub_manner import Manner
from allegro_privacy.lists.scrub_open import Source
from allegro_privacy.lists.scrub_sniff import SAMPLED_ROWS, Wanted, find_columns
from allegro_privacy.lists.scrub_write import BEFORE, FLAG, Head, Outputs, Sum, flag_of


class Batch(Protocol):
    """Some rows of a table: their cells as text, and the rows themselves as their library has them."""

    @property
    def texts(self) -> Sequence[Sequence[str]]: ...
    @property
    def rows(self) -> Any: ...


class Kind(Protocol):
    """One sort of table."""

    name: str

    def header(self, source: Source) -> tuple[str, ...]: ...
    def batches(self, source: Source, columns: frozenset[int] | None) -> Iterator[Batch]: ...
    def writer(self, source: Source, outputs: Outputs, flag: str) -> "Writer": ...


class Writer(Protocol):
    """Where the rows of a table go that stay. flags: what the further column says of each, () for none."""

    def take(self, batch: Batch, stays: Sequence[bool], flags: Sequence[str]) -> None: ...
    def end(self) -> None: ...


_NO_HEAD = Head()


@dataclass(frozen=True, slots=True)
class TableList:
    """A list that is a table. form: how its rows are given to an engine."""

    source: Source
    kind_of: Kind
    form: Delimited
    header: tuple[str, ...]
    head: Head = _NO_HEAD
    tail: int = 0

    @property
    def kind(self) -> str:
        return self.kind_of.name

    @property
    def shown(self) -> str:
        """What it is, in words."""
        return f"{self.kind}, {len(self.header)} columns"

    def only(self, columns: Columns) -> "TableList":
        """The same list read for fewer columns."""
        return replace(self, form=replace(self.form, columns=columns))


def open_table(source: Source, wanted: Wanted) -> TableList | None:
    """The list, when it is a table of a known sort."""
    kind = _kind(source.beginning(4))
    if kind is None:
        return None
    header = kind.header(source)
    batch = next(kind.batches(source, None), None)
    columns = find_columns(header, batch.texts[:SAMPLED_ROWS] if batch else (), wanted)
    # One cell more, so that no row is blank.
    return TableList(source, kind, Delimited(",", "utf-8", len(header) + 1, columns), header)


def _kind(beginning: bytes) -> Kind | None:
    if beginning == b"PK\x03\x04":
        from allegro_privacy.lists.scrub_xlsx import Excel

        return Excel()
    if beginning == b"PAR1":
        from allegro_privacy.lists.scrub_parquet import Parquet

        return Parquet()
    return None


def survey(table: TableList, engine: Engine, plan: ScrubPlan) -> Iterator[Row]:
    """What a first reading tells postal matching."""
    for batch in table.kind_of.batches(table.source, table.form.columns.keys):
        yield from engine.survey(_as_csv(batch, table.form), table.form, plan, True).rows


class Into(Protocol):
    """Where judged batches go."""

    def take(self, batch: Batch, found: Sequence[Found], first: int) -> None: ...
    def end(self) -> None: ...


class Nothing:
    """Nowhere: for --check."""

    def take(self, batch: Batch, found: Sequence[Found], first: int) -> None:
        """One batch."""

    def end(self) -> None:
        """The end."""


def judge(table: TableList, engine: Engine, plan: ScrubPlan, into: Into, told: Callable[[int], None]) -> Sum:
    """Judge every row, and give each batch to where it goes."""
    done = Sum(lines=1)
    # What is put aside is shown whole; to count, the columns that matter are enough.
    wanted = table.form.columns.keys if isinstance(into, Nothing) else None
    for batch in table.kind_of.batches(table.source, wanted):
        judged = engine.judge(_as_csv(batch, table.form), table.form, plan, True)
        for one in judged.found:
            done.add(one, done.lines + one.record + 1)
        into.take(batch, judged.found, done.lines)
        done.add_block(Judged(0, judged.records, judged.records, judged.found, ()))
        told(judged.records)
    into.end()
    done.bytes.clear()
    with table.source.body():
        # To the end, for its hash.
        pass
    return done


def _as_csv(batch: Batch, form: Delimited) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    keys = form.columns.keys
    for cells in batch.texts:
        told = [" ".join(cell.split()) if n in keys else "" for n, cell in enumerate(cells[: form.width - 1])]
        rows.writerow([*told, *[""] * (form.width - 1 - len(told)), "-"])
    return text.getvalue().encode("utf-8", "replace")


def writer(table: TableList, outputs: Outputs, manner: Manner) -> Into:
    """Where the rows go: kept or flagged, and put aside."""
    inner = table.kind_of.writer(table.source, outputs, FLAG if manner.flag else "")
    return _Aside(table, outputs, manner, inner)


class _Aside:
    """Rows that stay go to the table's own writer, the others to CSV files for people."""

    def __init__(self, table: TableList, outputs: Outputs, manner: Manner, inner: Writer) -> None:
        self._table, self._outputs, self._manner, self._inner = table, outputs, manner, inner

    def take(self, batch: Batch, found: Sequence[Found], first: int) -> None:
        """One batch. first: the row of the table before its first."""
        stays, flags = [True] * len(batch.texts), [flag_of(None)] * len(batch.texts)
        for one in found:
            flags[one.record] = flag_of(one)
            if not self._manner.flag:
                stays[one.record] = one.fate is Fate.LOOK and self._manner.keep_looks
                self._put_aside(one, batch.texts[one.record], first + one.record + 1)
        self._inner.take(batch, stays, flags if self._manner.flag else ())

    def _put_aside(self, one: Found, cells: Sequence[str], row: int) -> None:
        part = {Fate.DROP: "dropped", Fate.LOOK: "look"}.get(one.fate, "held")
        file, fresh = self._outputs.aside(part)
        if fresh:
            file.write("\ufeff".encode() + _quoted((*BEFORE, *self._table.header)))
        suppressed = (f"S{one.suppression}", self._manner.since(one.suppression)) if one.suppression else ("", "")
        file.write(_quoted((*suppressed, one.rule, str(row), *cells)))

    def end(self) -> None:
        """Nothing more comes."""
        self._inner.end()


def _quoted(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([neutralised(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


def unusable(name: str, why: str, fix: str) -> UsageError:
    """A table that cannot be scrubbed as it is."""
    return UsageError(f"{name} cannot be scrubbed as it is.", why, fix)
