"""Where the records of a block lie, by quote parity: only where that is surely what the reference reads."""

import csv
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allegro_privacy.lists.scrub import Delimited
from allegro_privacy.lists.scrub_reference import MOST_BYTES, MOST_LINES, holds_together

Places = NDArray[np.int64]
Marks = NDArray[np.bool_]
# Behind a block stand so many zeros, so that words of eight bytes can be read over its end.
PADDING = 64
_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Shape:
    """The records of a block's first `size` bytes. raw: the block, padded.  starts, ends: of each record with its line
    end, blank lines too; stops: without the line end.  lines: the line on which each begins, and how many there are.
    separators: the delimiters between cells; before: how many of them stand before each record; cells: of each."""

    raw: NDArray[np.uint8]
    size: int
    starts: Places
    ends: Places
    stops: Places
    lines: Places
    total_lines: int
    separators: Places
    before: Places
    cells: Places
    several: Marks

    def cell(self, column: int, rows: Places) -> tuple[Places, Places]:
        """Where a cell of these rows lies, without needless quotes and blanks around it. Rows must have it."""
        first = self.before[rows] + column
        start = self.starts[rows] if not column else self.separators[first - 1] + 1
        last = self.cells[rows] == column + 1
        stop = np.where(last, self.stops[rows], self._separator(first))
        quoted = (start < stop) & (self.raw[start] == _QUOTE)
        return _trimmed(self.raw, start + quoted, stop - quoted)

    def _separator(self, number: Places) -> Places:
        if not len(self.separators):
            return np.zeros(len(number), np.int64)
        return self.separators[np.minimum(number, len(self.separators) - 1)]


def _trimmed(raw: NDArray[np.uint8], start: Places, stop: Places) -> tuple[Places, Places]:
    """Without blanks around it: so many as people type; what is left of more is no plain cell."""
    for _ in range(4):
        blank = (start < stop) & (raw[start] == 32)
        if not blank.any():
            break
        start = start + blank
    for _ in range(4):
        blank = (start < stop) & (raw[stop - 1] == 32)
        if not blank.any():
            break
        stop = stop - blank
    return start, stop


def shape_of(block: bytes, form: Delimited, last: bool) -> Shape | None:
    """None: a quotation mark or a lone CR stands where none may, or a record does not end; the reference must read."""
    raw = np.frombuffer(block + bytes(PADDING), np.uint8)
    places = np.flatnonzero(_marked(raw[: len(block)], ord(form.delimiter)))
    kinds = raw[places]
    quotes = kinds == _QUOTE
    parity = np.cumsum(quotes, dtype=np.int32) & 1 if quotes.any() else np.zeros(len(places), np.int32)
    outer = np.flatnonzero(~quotes & (parity == 0))
    line_ends = outer[kinds[outer] == _LF]
    ends = places[line_ends] + 1
    size = int(ends[-1]) if len(ends) else 0
    open_end = last and size < len(block)
    if (open_end and len(places) and parity[-1]) or (not last and _too_far(block, size)) or not len(block):
        return None
    if open_end:
        ends, size = np.append(ends, len(block)), len(block)
    if not size or not (_regular(raw, places[quotes], size, ord(form.delimiter)) and _pairs(raw, size)):
        return None
    shape = _shaped(raw, ends, (places, kinds, outer), open_end)
    return shape if _believable(shape, block, form) else None


def _marked(raw: NDArray[np.uint8], delimiter: int) -> Marks:
    marked: Marks = raw == delimiter
    other = np.empty(len(raw), np.bool_)
    for kind in (_QUOTE, _LF):
        np.logical_or(marked, np.equal(raw, kind, out=other), out=marked)
    return marked


def _too_far(block: bytes, size: int) -> bool:
    """Is what does not end longer than the reference would wait for?"""
    return len(block) - size > MOST_BYTES or block.count(b"\n", size) > MOST_LINES - 1


def _regular(raw: NDArray[np.uint8], quotes: Places, size: int, delimiter: int) -> bool:
    """Does each quotation mark open a cell at its beginning, close it at its end, or stand beside another in it?"""
    quotes = quotes[quotes < size]
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    before, behind = raw[opening - 1], raw[closing + 1]
    opens = (opening == 0) | (before == delimiter) | (before == _LF)
    closes = (closing == size - 1) | (behind == delimiter) | (behind == _LF) | (behind == _CR)
    doubled = opening[1:] == closing[:-1] + 1
    opens[1:] |= doubled
    closes[:-1] |= doubled
    return bool(opens.all() and closes.all())


def _pairs(raw: NDArray[np.uint8], size: int) -> bool:
    """Does a LF stand behind each CR?"""
    returns = np.flatnonzero(raw[:size] == _CR)
    return bool((raw[returns + 1] == _LF).all()) and (not len(returns) or int(returns[-1]) < size - 1)


def _shaped(raw: NDArray[np.uint8], ends: Places, marks: tuple[Any, Any, Any], open_end: bool) -> Shape:
    places, kinds, outer = marks
    feeds = np.flatnonzero(kinds[outer] == _LF)
    counted = np.cumsum(kinds == _LF)
    passed, behind = counted[outer[feeds]], feeds - np.arange(len(feeds))
    if open_end:
        behind = np.append(behind, len(outer) - len(feeds))
        passed = np.append(passed, (counted[-1] if len(counted) else 0) + 1)
    starts = np.concatenate(([0], ends[:-1]))
    before = np.concatenate(([0], behind[:-1]))
    lines = np.concatenate(([0], passed[:-1]))
    stops = ends - (raw[ends - 1] == _LF)
    stops = stops - ((stops > starts) & (raw[stops - 1] == _CR))
    separators = places[outer[kinds[outer] != _LF]]
    cells, several = behind - before + 1, passed - lines > 1
    size, total = int(ends[-1]), int(passed[-1])
    return Shape(raw, size, starts, ends, stops, lines, total, separators, before, cells, several)


def _believable(shape: Shape, block: bytes, form: Delimited) -> bool:
    """Would the reference take each record of several lines, and each very long one, for a record?"""
    if int((shape.ends - shape.starts).max()) > MOST_BYTES:
        return False
    for row in np.flatnonzero(shape.several):
        lines = lines_of(block, shape, int(row))
        cells = next(csv.reader(lines, delimiter=form.delimiter))
        ends = np.cumsum([len(line) for line in lines]).tolist()
        if not holds_together(lines, ends, 0, len(lines), cells, form):
            return False
    return True


def lines_of(block: bytes, shape: Shape, row: int) -> list[str]:
    """The physical lines of one record, as the reference sees them."""
    text = block[int(shape.starts[row]) : int(shape.ends[row])].decode("latin-1")
    return [line + "\n" for line in text.removesuffix("\n").split("\n")] if text.endswith("\n") else _open(text)


def _open(text: str) -> list[str]:
    *lines, end = text.split("\n")
    return [*(line + "\n" for line in lines), end]
