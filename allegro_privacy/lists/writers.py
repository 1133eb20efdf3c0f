"""Rows of texts → the bytes of one format. Each writer takes rows that were checked to fit (lists/holding.py)."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import BinaryIO, Literal, Protocol

from allegro_privacy.errors import MissingExtraError
from allegro_privacy.lists.cells import neutralised
from allegro_privacy.lists.layouts import Column, Format, Layout, Reader

Cells = Sequence[str]


class Writer(Protocol):
    """One file being written: rows, and at the end what closes it."""

    def rows(self, rows: Sequence[Cells]) -> None: ...
    def close(self) -> None: ...


def writer(file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> Writer:
    """A writer of this layout; these of its columns."""
    return WRITERS[layout.format](file, layout, columns)


class _Csv:
    """RFC 4180. For a machine exact bytes; for a spreadsheet a BOM, quotes around each cell, and a ' before what it
    would run (CWE-1236)."""

    def __init__(self, file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> None:
        spreadsheet = layout.reader is Reader.SPREADSHEET
        encoding = "utf-8-sig" if spreadsheet and layout.encoding == "utf-8" else layout.encoding
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=False)
        quoting: Literal[0, 1] = csv.QUOTE_ALL if spreadsheet else csv.QUOTE_MINIMAL
        self._csv = csv.writer(
            self._text, delimiter=layout.delimiter, quoting=quoting, lineterminator=layout.line_end
        )  # fmt: skip
        self._spreadsheet = spreadsheet
        if layout.header:
            self._csv.writerow([column.name for column in columns])

    def rows(self, rows: Sequence[Cells]) -> None:
        self._csv.writerows([[*map(neutralised, cells)] for cells in rows] if self._spreadsheet else rows)

    def close(self) -> None:
        self._text.detach()


class _Fixed:
    """Each row the same number of bytes of the declared encoding, whatever stands in it."""

    def __init__(self, file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> None:
        self._file, self._layout, self._columns, self._rows = file, layout, columns, 0
        self._end = layout.line_end.encode(layout.encoding)
        self._blank = " ".encode(layout.encoding)
        widths = "".join(f"%{'' if column.right else '-'}{column.width}s" for column in columns)
        self._pattern = widths + layout.line_end
        if layout.header:
            self._file.write(b"".join(self._cell(column.name, column) for column in columns) + self._end)

    def rows(self, rows: Sequence[Cells]) -> None:
        self._rows += len(rows)
        plain = "".join(self._pattern % tuple(cells) for cells in rows)
        # In ASCII a character is a byte, and most blocks are ASCII.
        if plain.isascii() and len(self._blank) == 1:
            self._file.write(plain.encode(self._layout.encoding))
            return
        for cells in rows:
            pairs = zip(cells, self._columns, strict=True)
            self._file.write(b"".join(self._cell(cell, column) for cell, column in pairs) + self._end)

    def _cell(self, text: str, column: Column) -> bytes:
        raw = text.encode(self._layout.encoding)
        room = column.width // len(self._blank) - len(raw) // len(self._blank)
        return self._blank * room + raw if column.right else raw + self._blank * room

    def close(self) -> None:
        if self._layout.trailer:
            words = self._layout.trailer.format(rows=self._rows).encode(self._layout.encoding)
            width = sum(column.width for column in self._columns)
            self._file.write(words + self._blank * ((width - len(words)) // len(self._blank)) + self._end)


class _Xlsx:
    """One sheet whose cells are all text: no number, date, link or formula is ever guessed."""

    def __init__(self, file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> None:
        try:
            import xlsxwriter
        except ImportError as error:
            raise MissingExtraError("Excel files need one more package.", "xlsx") from error
        guesses = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
        options = {"constant_memory": True, **dict.fromkeys(guesses, False)}
        self._book = xlsxwriter.Workbook(file, options)
        self._sheet = self._book.add_worksheet("suppressions")
        self._text = self._book.add_format({"num_format": "@"})
        self._row = 0
        self.rows([[column.name for column in columns]])

    def rows(self, rows: Sequence[Cells]) -> None:
        for cells in rows:
            for at, cell in enumerate(cells):
                self._sheet.write_string(self._row, at, cell, self._text)
            self._row += 1

    def close(self) -> None:
        self._book.close()


class _JsonLines:
    """One object a line, without what is empty."""

    def __init__(self, file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> None:
        self._file, self._names = file, [column.name for column in columns]

    def rows(self, rows: Sequence[Cells]) -> None:
        for cells in rows:
            filled = {name: cell for name, cell in zip(self._names, cells, strict=True) if cell}
            self._file.write(json.dumps(filled, ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        """Each line stands alone."""


WRITERS: dict[Format, Callable[[BinaryIO, Layout, Sequence[Column]], Writer]] = {
    Format.CSV: _Csv,
    Format.FIXED: _Fixed,
    Format.XLSX: _Xlsx,
    Format.JSON_LINES: _JsonLines,
}
