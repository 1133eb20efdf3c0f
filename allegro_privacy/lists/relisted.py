"""The rows of a list of ours, read back by its manifest: what stands in each field."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from allegro_privacy.errors import PrivacyError
from allegro_privacy.lists import files
from allegro_privacy.lists.cells import begins_like_a_formula
from allegro_privacy.lists.fields import FIELDS
from allegro_privacy.lists.forgotten import Forgotten, Part
from allegro_privacy.lists.layouts import Column, Format, Layout, Reader

Cells = Mapping[str, str]
_LINE_ENDS = {"CRLF": "\r\n", "LF": "\n"}


class NotReadError(PrivacyError):
    """The file of a list is gone, or is not what left."""


def columns_of(one: Forgotten, layout: Layout | None) -> tuple[Column, ...]:
    """What stands in its columns: as the layout of that name says, else what they are called like."""
    known = {column.name: column for column in layout.columns} if layout else {}
    return tuple(known.get(name) or Column(name, field=name if name in FIELDS else "") for name in one.columns)


def rows(directory: Path, one: Forgotten, columns: Sequence[Column]) -> Iterator[tuple[str, int, Cells]]:
    """Each row: its file, its line there, and its texts by field. Raises NotReadError."""
    ours = [column for column in columns if column.field]
    theirs = {column.name: {word: mine for mine, word in column.words.items()} for column in ours}
    for part in one.parts:
        _refuse_altered(directory, part)
        for line, cells in _READERS[Format(one.format["format"])](directory / part.file, part, one):
            found = {column.field: cells.get(column.name, "") for column in ours}
            yield (
                part.file,
                line,
                {
                    column.field: theirs[column.name].get(text, text)
                    for column, text in zip(ours, found.values(), strict=True)
                },
            )


def _refuse_altered(directory: Path, part: Part) -> None:
    with files.opened_directory(directory) as opened:
        found = files.hash_of(opened, part.file)
    if found != part.sha256:
        raise NotReadError(f"{part.file} is gone" if found is None else f"{part.file} was altered", "", "")


def _csv(path: Path, _: Part, one: Forgotten) -> Iterator[tuple[int, Cells]]:
    spreadsheet, encoding = one.format["reader"] == Reader.SPREADSHEET, str(one.format["encoding"]).lower()
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        reader = csv.reader(file, delimiter=str(one.format["delimiter"]))
        for line, cells in enumerate(reader, start=1):
            if line == 1 and one.format["header"]:
                continue
            texts = map(_as_it_was, cells) if spreadsheet else cells
            yield line, dict(zip(one.columns, texts, strict=False))


def _as_it_was(cell: str) -> str:
    """Without the ' that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and begins_like_a_formula(cell[1:]) else cell


def _fixed(path: Path, part: Part, one: Forgotten) -> Iterator[tuple[int, Cells]]:
    encoding, widths = str(one.format["encoding"]), [int(width) for width in one.format["widths"]]
    end = _LINE_ENDS.get(one.format["line_ends"], str(one.format["line_ends"])).encode(encoding)
    first = 2 if one.format["header"] else 1
    with path.open("rb") as file:
        lines = iter(lambda: file.read(sum(widths) + len(end)), b"")
        # Behind the rows may stand a trailer.
        for line, raw in enumerate(islice(lines, first - 1, first - 1 + part.rows), start=first):
            ends = [sum(widths[: at + 1]) for at in range(len(widths))]
            cells = [raw[at - width : at].decode(encoding).strip() for at, width in zip(ends, widths, strict=True)]
            yield line, dict(zip(one.columns, cells, strict=False))


def _xlsx(path: Path, _: Part, one: Forgotten) -> Iterator[tuple[int, Cells]]:
    from allegro_privacy.lists.scrub_open import from_path
    from allegro_privacy.lists.scrub_xlsx import Excel

    line = 1
    for batch in Excel().batches(from_path(path), None):
        for texts in batch.texts:
            line += 1
            yield line, dict(zip(one.columns, texts, strict=False))


def _json_lines(path: Path, _: Part, __: Forgotten) -> Iterator[tuple[int, Cells]]:
    with path.open(encoding="utf-8") as file:
        for line, text in enumerate(file, start=1):
            yield line, json.loads(text)


_READERS: Mapping[Format, Callable[[Path, Part, Forgotten], Iterator[tuple[int, Cells]]]] = {
    Format.CSV: _csv,
    Format.FIXED: _fixed,
    Format.XLSX: _xlsx,
    Format.JSON_LINES: _json_lines,
}
