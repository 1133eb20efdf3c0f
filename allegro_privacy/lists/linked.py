"""A list with cells added behind each row; the rows themselves stay byte for byte."""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from allegro_privacy.lists.scrub_reference import decoder, is_blank, physical_lines, records_in
from allegro_privacy.lists.scrub_sniff import Sniffed

BLOCK = 1 << 20
CellsFor = Callable[[str, int], Sequence[str] | None]
"""The cells to add to a row, of what stands in its key cell ("" when it has none) and its line; None adds nothing, not
even empty cells: the row cannot be told apart from its neighbours."""


def with_cells(
    body: BinaryIO,
    sniffed: Sniffed,
    column: int,
    names: Sequence[str],
    cells_for: CellsFor,
    step: Callable[[int], None],
) -> Iterator[bytes]:
    """The list in pieces. column: the one whose cell tells what to add.  names: of the new columns, when it has a
    header.  step: told how many bytes were read."""
    head, form = sniffed.head, sniffed.form
    added = _Adding(form.delimiter, form.encoding)
    yield _head(sniffed, added.of(names))
    skipped = body.read(len(head.raw))
    rest, line, read = b"", head.lines, len(skipped)
    text = decoder(form.encoding)
    while True:
        more = body.read(BLOCK)
        block, last = rest + more, not more
        lines, ends = physical_lines(block, form.encoding, last)
        pieces, done = [], 0
        for first, after, cells, _ in records_in(lines, ends, form, last):
            raw = block[ends[first - 1] if first else 0 : ends[after - 1]]
            done = after
            if cells is not None and (is_blank(cells) or not cells):
                pieces.append(raw)
                continue
            whole = cells is not None and len(cells) == form.width
            cell = text(cells[column]) if whole and cells else None
            new = cells_for(cell or "", line + first + 1) if whole else cells_for("", line + first + 1)
            pieces.append(added.behind(raw, new) if whole and new is not None else raw)
        yield b"".join(pieces)
        rest = block[ends[done - 1] if done else 0 :]
        line += done
        read += len(more)
        step(read)
        if last:
            return


def _head(sniffed: Sniffed, names: bytes) -> bytes:
    head = sniffed.head
    if not sniffed.header:
        return head.raw
    start = head.raw.rindex(head.header) if head.header else len(head.raw)
    return head.raw[:start] + _Adding(sniffed.form.delimiter, sniffed.form.encoding).put(head.header, names)


class _Adding:
    """How cells are written behind a row of this list."""

    def __init__(self, delimiter: str, encoding: str) -> None:
        self._delimiter, self._encoding = delimiter, encoding
        self._ends = tuple(end.encode(encoding) for end in ("\r\n", "\n", "\r"))

    def of(self, cells: Sequence[str]) -> bytes:
        """Some cells, each with the delimiter before it."""
        return "".join(self._delimiter + self._cell(cell) for cell in cells).encode(self._encoding)

    def behind(self, raw: bytes, cells: Sequence[str]) -> bytes:
        """A row with its new cells, and the line end that it had."""
        return self.put(raw, self.of(cells))

    def put(self, raw: bytes, added: bytes) -> bytes:
        """Bytes before the line end of a row."""
        end = next((end for end in self._ends if raw.endswith(end)), b"")
        return raw[: len(raw) - len(end)] + added + end

    def _cell(self, cell: str) -> str:
        plain = not any(sign in cell for sign in (self._delimiter, '"', "\n", " "))
        return cell if plain else '"' + cell.replace('"', '""') + '"'
