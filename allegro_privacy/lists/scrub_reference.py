"""The reference engine: the csv module beside the raw lines. Standard library only; the others' oracle."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from allegro_privacy.core import scrub_row
from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching import Row, RowVerdict
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists.scrub import Delimited, Fate, Fixed, Form, Found, Judged, Surveyed

# A record over more lines, or of more bytes over several lines, is none: a quotation mark was not closed.
MOST_LINES, MOST_BYTES = 100, 1 << 16
UNCLOSED = "a quotation mark opens a cell that does not end, or stands where none may"
TOO_LONG = "a cell is longer than 131,072 characters"
NO_RECORD = "it is shorter than a record"
_WIDE_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
FATES = {RowVerdict.DROP: Fate.DROP, RowVerdict.LOOK: Fate.LOOK}
# What ends old DOS files, in a line of its own.
_BLANK = " \t\x1a\0"


@dataclass(frozen=True, slots=True)
class Reference:
    """Reads as the csv module does, line by line."""

    name: str = "reference"
    cores: int = 1

    def prepare(self, form: Form, plan: ScrubPlan) -> None:
        """Nothing is shared."""

    def judge(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Judged:
        """See the promise in scrub.py."""
        if isinstance(form, Fixed):
            return _judge_fixed(block, form, plan, last)
        return _judge_delimited(block, form, plan, last)

    def survey(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Surveyed:
        """See the promise in scrub.py."""
        if isinstance(form, Fixed):
            records = range(len(block) // form.length)
            rows = (scrub_row.row_of(cells_at(block, form, record), form.columns) for record in records)
            return Surveyed(len(block) if last else len(records) * form.length, tuple(rows))
        lines, ends = physical_lines(block, form.encoding, last)
        text, seen, done = decoder(form.encoding), [], 0
        for _, after, cells, _ in records_in(lines, ends, form, last):
            done = after
            if cells and not is_blank(cells) and (len(cells) == form.width or not ragged(cells, form)):
                seen.append(_row(cells, form.columns, text))
        return Surveyed(ends[done - 1] if done else 0, tuple(seen))


def _row(cells: list[str], columns: Columns, text: Callable[[str], str]) -> Row:
    return scrub_row.row_of(decoded(cells, text), columns)


def _judge_delimited(block: bytes, form: Delimited, plan: ScrubPlan, last: bool) -> Judged:
    lines, ends = physical_lines(block, form.encoding, last)
    text, width = decoder(form.encoding), form.width
    plain = block.isascii() or form.encoding.startswith("utf-16")
    found: list[Found] = []
    closed: list[int] = []
    records = done = 0
    for first, after, cells, problem in records_in(lines, ends, form, last):
        done = after
        closed.append(ends[after - 1])
        if cells is not None and len(cells) != width:
            if is_blank(cells):
                continue
            problem = ragged(cells, form)
        records += 1
        if problem or cells is None:
            fate, rule, number = Fate.HELD, problem, 0
        else:
            several = after - first > 1
            ours = plain or (not several and lines[first].isascii())
            hit = judge_cells(cells, several, form.columns, plan, None if ours else text)
            if hit is None:
                continue
            fate, rule, number = FATES[hit.verdict], hit.rule, hit.suppression
        start = ends[first - 1] if first else 0
        found.append(Found(start, ends[after - 1], records - 1, first, fate, rule, number))
    return Judged(ends[done - 1] if done else 0, records, done, tuple(found), closed)


def judge_cells(
    cells: list[str], several: bool, columns: Columns, plan: ScrubPlan, text: Callable[[str], str] | None
) -> scrub_row.Hit | None:
    """What a readable record is taken for. several: it stands on several lines.  text: how its cells become text, None
    when they are."""
    hit = scrub_row.decide(decoded(cells, text) if text else cells, columns, plan)
    if hit is None and several:
        hit = scrub_row.look_inside(cells, columns, plan)
    return hit


def decoded(cells: list[str], text: Callable[[str], str]) -> list[str]:
    return [cell if cell.isascii() else text(cell) for cell in cells]


def physical_lines(block: bytes, encoding: str, last: bool) -> tuple[list[str], list[int]]:
    """The lines that are complete in a block, each with its end (CR LF, LF or a lone CR), and the byte behind each. Of
    an encoding of bytes, or UTF-8, a line is its bytes as signs (Latin-1), so that nothing can fail to decode."""
    if encoding.startswith("utf-16"):
        even = block[: len(block) & ~1]
        lines = _WIDE_LINES.findall(even.decode(encoding, "surrogatepass") if last else _whole(even, encoding))
        ends = list(accumulate(len(line.encode(encoding, "surrogatepass")) for line in lines))
    else:
        lines = list(io.StringIO(block.decode("latin-1"), newline=""))
        ends = list(accumulate(map(len, lines)))
    if not last and lines and not lines[-1].endswith("\n"):
        # A CR at the end of a block may be half of a CR LF.
        del lines[-1], ends[-1]
    if last and ends and ends[-1] < len(block):
        ends[-1] = len(block)
    return lines, ends


def _whole(block: bytes, encoding: str) -> str:
    """Without a sign of which the second half is still to come."""
    text = block.decode(encoding, "surrogatepass")
    return text[:-1] if text and "\ud800" <= text[-1] <= "\udbff" else text


def decoder(encoding: str) -> Callable[[str], str]:
    """How a cell of `physical_lines` becomes text."""
    if encoding.startswith("utf-16"):
        return str
    if encoding == "utf-8":
        return _utf8_or_western
    return lambda cell: cell.encode("latin-1").decode(encoding, "replace")


def _utf8_or_western(cell: str) -> str:
    raw = cell.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def records_in(
    lines: list[str], ends: Sequence[int], form: Delimited, last: bool
) -> Iterator[tuple[int, int, list[str] | None, str]]:
    """The records of some lines: the first line, the line behind the last, the cells ([] for a blank line), and why it
    is none. Of what is none its first line is given alone, and the others are read again."""
    total, at = len(lines), 0
    # Behind the last line stands one more: a record that swallows it is not closed.
    fed = [*lines, "\n"]
    while at < total:
        first, problem = at, UNCLOSED
        # Not a slice: where every row is spoilt, the block would be copied for each.
        reader = csv.reader(map(fed.__getitem__, range(at, total + 1)), delimiter=form.delimiter)
        try:
            for cells in reader:
                after = at + reader.line_num
                if after > total:
                    if first == total or (not last and not _too_long(ends, first, total)):
                        return
                    break
                if after - first > 1 and not holds_together(lines, ends, first, after, cells, form):
                    break
                yield first, after, cells, ""
                first = after
            else:
                return
        except csv.Error:
            if not last and not _too_long(ends, first, total) and at + reader.line_num > total:
                return
            problem = TOO_LONG if len(lines[first]) > MOST_BYTES else UNCLOSED
        yield first, first + 1, None, problem
        at = first + 1


def _too_long(ends: Sequence[int], first: int, after: int) -> bool:
    return after - first > MOST_LINES or ends[after - 1] - (ends[first - 1] if first else 0) > MOST_BYTES


def holds_together(
    lines: Sequence[str], ends: Sequence[int], first: int, after: int, cells: list[str], form: Delimited
) -> bool:
    """Is a record of several lines one: not too long, each quotation mark at its place, no cell too few or many?"""
    if _too_long(ends, first, after) or len(cells) != form.width:
        return False
    try:
        strict = next(csv.reader(lines[first:after], delimiter=form.delimiter, strict=True))
    except (csv.Error, StopIteration):
        return False
    return strict == cells and not any(
        "\n" in cell or "\r" in cell for column in form.columns.one_liners for cell in (cells[column].strip(),)
    )


def is_blank(cells: Sequence[str]) -> bool:
    """Is it a line without anything in it?"""
    return not any(cell.strip(_BLANK) for cell in cells)


def ragged(cells: Sequence[str], form: Delimited) -> str:
    """Why a record with more or fewer cells than the header cannot be trusted; "" when it can."""
    more = cells[form.width :]
    if more and is_blank(more):
        return ""
    if not more and all(column < len(cells) for column in form.columns.keys):
        return ""
    noun = "cell" if len(cells) == 1 else "cells"
    return f"it has {len(cells):,} {noun} where the header has {form.width:,}"


def _judge_fixed(block: bytes, form: Fixed, plan: ScrubPlan, last: bool) -> Judged:
    found: list[Found] = []
    records = len(block) // form.length
    for record in range(records):
        start = record * form.length
        hit = scrub_row.decide(cells_at(block, form, record), form.columns, plan)
        if hit is not None:
            fate = FATES[hit.verdict]
            found.append(Found(start, start + form.length, record, record, fate, hit.rule, hit.suppression))
    size = records * form.length
    ends = [end * form.length for end in range(1, records + 1)]
    if last and size < len(block):
        found.append(Found(size, len(block), records, records, Fate.HELD, NO_RECORD))
        return Judged(len(block), records + 1, records + 1, tuple(found), [*ends, len(block)])
    return Judged(size, records, records, tuple(found), ends)


def cells_at(block: bytes, form: Fixed, record: int) -> list[str]:
    """The cells of one record of a block of fixed records, as text without their padding."""
    start = record * form.length
    cells = (block[start + first : start + after] for first, after in form.spans)
    return [_fixed_text(raw, form.encoding).strip(" \0\r\n") for raw in cells]


def _fixed_text(raw: bytes, encoding: str) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    return _utf8_or_western(raw.decode("latin-1")) if encoding == "utf-8" else raw.decode(encoding, "replace")
