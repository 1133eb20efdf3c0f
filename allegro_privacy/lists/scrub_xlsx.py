"""Mailing lists in Excel: one sheet, its first row the header. Values and their formats stay; what is kept is written
anew, so colours and widths do not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from allegro_privacy.lists.scrub_open import Source, missing_extra
from allegro_privacy.lists.scrub_tables import Batch, unusable
from allegro_privacy.lists.scrub_write import Outputs

ROWS = 2_000


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Some rows of a sheet."""

    texts: list[list[str]]
    rows: list[Sequence[Any]]


class Excel:
    """An .xlsx file."""

    name = "Excel"

    def header(self, source: Source) -> tuple[str, ...]:
        """The cells of the first row."""
        with _sheet(source) as rows:
            return tuple(_text(cell.value) for cell in next(rows, ()))

    def batches(self, source: Source, columns: frozenset[int] | None) -> Iterator[SheetRows]:
        """The rows below the header."""
        with _sheet(source) as rows:
            next(rows, None)
            while batch := list(islice(rows, ROWS)):
                if any(cell.data_type == "f" for row in batch for cell in row):
                    why = "It holds formulas, which would point elsewhere once rows are taken out."
                    raise unusable(source.name, why, "Save it with values instead of formulas, or as CSV.")
                yield SheetRows([[_text(cell.value) for cell in row] for row in batch], batch)

    def writer(self, source: Source, outputs: Outputs, flag: str) -> "_SheetWriter":
        """A new sheet of the same name, with the same header."""
        return _SheetWriter(source, outputs, flag)


class _SheetWriter:
    def __init__(self, source: Source, outputs: Outputs, flag: str) -> None:
        self._outputs = outputs
        self._book = _library().Workbook(write_only=True)
        self._book.properties.created = self._book.properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001  no zone
        with _book(source) as book:
            self._sheet = self._book.create_sheet(book.worksheets[0].title)
        with _sheet(source) as rows:
            self._sheet.append([*map(self._cell, next(rows, ())), *([flag] if flag else [])])

    def _cell(self, cell: Any) -> Any:
        if cell.value is None:
            return None
        from openpyxl.cell import WriteOnlyCell

        copy = WriteOnlyCell(self._sheet, cell.value)
        # Text that begins with = stays text.
        copy.data_type = cell.data_type if isinstance(cell.value, str) else copy.data_type
        copy.number_format = cell.number_format
        return copy

    def take(self, batch: Batch, stays: Sequence[bool], flags: Sequence[str]) -> None:
        """The rows that stay."""
        for number, row in enumerate(batch.rows):
            if stays[number]:
                self._sheet.append([*map(self._cell, row), *flags[number : number + 1]])

    def end(self) -> None:
        """Write the file."""
        self._book.save(self._outputs.kept)


def _library() -> Any:
    try:
        import openpyxl
    except ImportError as problem:
        raise missing_extra("Excel (.xlsx)", "xlsx") from problem
    return openpyxl


@contextmanager
def _book(source: Source) -> Iterator[Any]:
    from zipfile import BadZipFile

    module = _library()
    with source.seekable() as file:
        try:
            book = module.load_workbook(file, read_only=True)
        except (BadZipFile, KeyError, ValueError, OSError, module.utils.exceptions.InvalidFileException) as problem:
            why = "It is a ZIP archive, but no Excel file, or a damaged one."
            raise unusable(source.name, why, "Unpack it, or save it as .xlsx or CSV.") from problem
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _sheet(source: Source) -> Iterator[Iterator[Sequence[Any]]]:
    with _book(source) as book:
        others = [
            sheet.title for sheet in book.worksheets[1:] if next(sheet.iter_rows(max_row=1, values_only=True), ())
        ]
        if not book.worksheets or others:
            why = f"It has several sheets with something in them ({', '.join(others)} besides the first)."
            raise unusable(source.name, why, "Save the sheet that is the list as a file of its own.")
        yield iter(book.worksheets[0].iter_rows())


def _text(value: object) -> str:
    """A cell as text: a number without a decimal point that only a spreadsheet put there."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
