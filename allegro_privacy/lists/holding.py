"""Rows that must not leave as they stand: what is altered or cut in a list no longer matches, so such a row is held,
with its reason, for a person to look at."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from allegro_privacy.lists.cells import CONTROLS, LINE_ENDS, MAY_BEGIN_A_FORMULA, why_held
from allegro_privacy.lists.fields import TO_MATCH_BY, Texts
from allegro_privacy.lists.layouts import Column, Format, Layout, Reader

Row = Sequence[str]


class Sieve:
    """Which rows of a layout may leave. cut: how many values were shortened where the layout allows it, by column."""

    def __init__(self, layout: Layout, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._match_by = [at for at, column in enumerate(columns) if column.field in TO_MATCH_BY]
        self._exact = layout.reader is Reader.MACHINE and layout.format is Format.CSV
        self._spreadsheet = layout.reader is Reader.SPREADSHEET and layout.format is Format.CSV
        self._length = _length(layout)
        self._encoding = "" if layout.encoding.lower().startswith(("utf-8", "utf8", "utf-16")) else layout.encoding
        self.cut: Counter[str] = Counter()

    def sorted_out(self, columns: Sequence[Texts]) -> tuple[list[Row], list[tuple[int, Row, str]]]:
        """The rows that may leave, and those that may not: (which one, the row, the reason)."""
        rows: list[Row] = [*zip(*columns, strict=True)]
        if self._all_may_leave(columns):
            return rows, []
        leaving: list[Row] = []
        held: list[tuple[int, Row, str]] = []
        for at, row in enumerate(rows):
            shortened = self._shortened(row)
            if reason := self._why(shortened):
                held.append((at, row, reason))
            else:
                leaving.append(shortened)
        return leaving, held

    def _all_may_leave(self, columns: Sequence[Texts]) -> bool:
        """Most rows are harmless, and a block is looked through in a tenth of the time that its cells would take."""
        if not any(all(columns[at]) for at in self._match_by):
            return False
        for column, cells in zip(self._columns, columns, strict=True):
            text = "".join(cells)
            if not text.isprintable() or (self._encoding and not text.isascii()):
                return False
            if self._exact and not MAY_BEGIN_A_FORMULA.isdisjoint(cell[:1] for cell in cells):
                return False
            if column.width and not (text.isascii() and max(map(len, cells), default=0) <= column.width):
                return False
        return True

    def _shortened(self, row: Row) -> Row:
        if not any(column.cut for column in self._columns):
            return row
        return [*map(self._fitted, row, self._columns)]

    def _fitted(self, cell: str, column: Column) -> str:
        if not (column.cut and column.width and self._length(cell) > column.width):
            return cell
        self.cut[column.name] += 1
        while self._length(cell) > column.width:
            cell = cell[:-1]
        return cell

    def _why(self, row: Row) -> str:
        if not any(row[at] for at in self._match_by):
            return "nothing to match by"
        return next(filter(None, self._problems(row)), "")

    def _problems(self, row: Row) -> Iterable[str]:
        for cell, column in zip(row, self._columns, strict=True):
            if problem := self._problem(cell):
                yield f"{column.name} {problem}"
            elif column.width and self._length(cell) > column.width:
                yield f"{column.name} is longer than {column.width}"

    def _problem(self, cell: str) -> str:
        if self._encoding and not _can_be_written(cell, self._encoding):
            return f"cannot be written in {self._encoding}"
        if self._exact:
            return why_held(cell)
        if self._spreadsheet:
            # Shown as an escape there; a person reads it.
            return ""
        if LINE_ENDS.search(cell):
            return "holds a line end"
        return "holds a NUL or another control character" if CONTROLS.search(cell) else ""


def _can_be_written(cell: str, encoding: str) -> bool:
    try:
        cell.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _length(layout: Layout) -> Callable[[str], int]:
    """How long a text is: bytes in a fixed-width file, characters elsewhere."""
    if layout.format is Format.FIXED:
        return lambda text: len(text.encode(layout.encoding, "replace"))
    return len
