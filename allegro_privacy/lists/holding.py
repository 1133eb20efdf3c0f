"""Rows that must not leave as they stand: what is altered or cut in a list no longer matches, so such a row is held,
with its reason, for a person to look at."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from allegro_privacy.lists.cells import CONTROLS, INVISIBLE, LINE_ENDS, TRIGGERS, why_held
from allegro_privacy.lists.fields import TO_MATCH_BY
from allegro_privacy.lists.layouts import Column, Format, Layout, Reader

Cells = list[str]
# Between the cells of many rows; a cell that holds one itself is found by counting.
_SEPARATOR = "\0"
_UNSEEN = "".join(sorted(INVISIBLE))
_SUSPECT = re.compile(
    rf"\0[{re.escape(_UNSEEN)}]*[{re.escape(''.join(sorted(TRIGGERS)))}]"
    rf"|{LINE_ENDS.pattern}|{CONTROLS.pattern.replace(chr(92) + 'x00-', chr(92) + 'x01-')}"
)


class Sieve:
    """Which rows of a layout may leave. cut: how many values were shortened where the layout allows it, by column."""

    def __init__(self, layout: Layout, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._match_by = [at for at, column in enumerate(columns) if column.field in TO_MATCH_BY]
        self._exact = layout.reader is Reader.MACHINE and layout.format is Format.CSV
        self._fits = [(at, column, _length(layout)) for at, column in enumerate(columns) if column.width]
        self._encoding = "" if layout.encoding.lower().replace("_", "-").startswith("utf") else layout.encoding
        self._layout = layout
        self.cut: Counter[str] = Counter()

    def sorted_out(self, rows: list[Cells]) -> Iterator[tuple[Cells, str]]:
        """Each row with the reason to hold it; "" for those that may leave."""
        if self._all_may_leave(rows):
            yield from ((row, "") for row in rows)
        else:
            yield from ((row, self._why(row)) for row in rows)

    def _all_may_leave(self, rows: list[Cells]) -> bool:
        """Most rows are harmless, and many at once are looked through in a tenth of the time."""
        if self._fits or self._encoding or self._layout.reader is Reader.SPREADSHEET:
            return False
        if not all(any(row[at] for at in self._match_by) for row in rows):
            return False
        text = _SEPARATOR + _SEPARATOR.join(_SEPARATOR.join(row) for row in rows)
        cells = len(rows) * len(self._columns)
        return text.count(_SEPARATOR) == cells and not _SUSPECT.search(text)

    def _why(self, row: Cells) -> str:
        if not any(row[at] for at in self._match_by):
            return "nothing to match by"
        for at, column, length in self._fits:
            if length(row[at]) > column.width and column.cut:
                row[at] = _cut(row[at], column.width, length)
                self.cut[column.name] += 1
        for cell, column in zip(row, self._columns, strict=True):
            if problem := self._problem(cell):
                return f"{column.name} {problem}"
        for at, column, length in self._fits:
            if length(row[at]) > column.width:
                return f"{column.name} is longer than {column.width}"
        return ""

    def _problem(self, cell: str) -> str:
        if self._encoding:
            try:
                cell.encode(self._encoding)
            except UnicodeEncodeError:
                return f"cannot be written in {self._encoding}"
        if self._exact:
            return why_held(cell)
        if self._layout.reader is Reader.SPREADSHEET and self._layout.format is Format.CSV:
            # Shown as an escape there; a person reads it.
            return ""
        if LINE_ENDS.search(cell):
            return "holds a line end"
        return "holds a NUL or another control character" if CONTROLS.search(cell) else ""


def _length(layout: Layout) -> Callable[[str], int]:
    if layout.format is Format.FIXED:
        return lambda text: len(text.encode(layout.encoding, "replace"))
    return len


def _cut(text: str, width: int, length: Callable[[str], int]) -> str:
    while length(text) > width:
        text = text[:-1]
    return text
