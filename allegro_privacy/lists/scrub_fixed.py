"""Mailing lists of records of a fixed length: a layout in TOML says where each cell lies; a DBF file says it itself."""

import struct
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegro_privacy.core.columns import Columns
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.scrub import Fixed
from allegro_privacy.lists.scrub_sniff import ENCODINGS, Wanted, find_columns
from allegro_privacy.lists.scrub_write import Head

SAMPLED_RECORDS = 200
# The first byte of a DBF file: dBase III to V, FoxPro, Visual FoxPro, with and without memo files.
DBF_VERSIONS = frozenset({0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x7B, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB})
# Language drivers of DBF (the byte at 29); everything else is taken for Windows-1252.
_DBF_ENCODINGS = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252"}
_FIELD = struct.Struct("<11sc4xBB14x")


@dataclass(frozen=True, slots=True)
class FixedList:
    """A list of fixed records: how they are cut, what stands before them, what the columns are called, and how many
    bytes behind the records belong to none (the end mark of a DBF file)."""

    form: Fixed
    head: Head
    header: tuple[str, ...]
    size: int
    tail: int = 0


def fixed_list(name: str, beginning: bytes, size: int, layout: Path, wanted: Wanted) -> FixedList:
    """A fixed-width list as its layout describes it. size: of the whole list in bytes."""
    table = _layout(layout)
    spans, header = _spans(layout, table)
    bare = int(table.get("record", max(after for _, after in spans)))
    length = bare if "record" in table else bare + _line_end(beginning, bare)
    encoding = wanted.encoding or str(table.get("encoding", "utf-8"))
    if encoding not in ENCODINGS[:3] and not encoding.startswith("cp"):
        raise UsageError(f"{layout.name}: the encoding {encoding} cannot be used.", "", "Use utf-8, latin-1 or cp1252.")
    if not size or size % length:
        raise UsageError(
            f"{name} does not fit the layout {layout.name}.",
            f"It is {size:,} bytes long, which is no multiple of the {length:,} bytes of a record.",
            "Check the widths, and whether records end with a line end; or get the right layout from whoever made it.",
        )
    form = Fixed(length, spans, encoding, Columns())
    # The sample may end within a record.
    return FixedList(_with_columns(form, header, beginning, wanted), Head(), header, size)


def _layout(path: Path) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as problem:
        raise UsageError(f"The layout {path} cannot be read.", f"{problem.strerror}.", "Check the path.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"The layout {path} is not valid TOML.", f"{problem}.", "Mend it and try again.") from problem
    return table


def _spans(path: Path, table: Mapping[str, Any]) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    spans, names, place = [], [], 0
    try:
        for column in table["column"]:
            place = int(column.get("start", place + 1)) - 1
            after = place + int(column["width"])
            spans.append((place, after))
            names.append(str(column["name"]))
            place = after
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UsageError(
            f"The layout {path} cannot be used.",
            f"{problem}.",
            'Each [[column]] has a name and a width in bytes, and may have a start (from 1): name = "last", width = 30',
        ) from problem
    if not spans or any(first < 0 or after <= first for first, after in spans):
        raise UsageError(f"The layout {path} has no columns, or one without any room.", "", "Give each its width.")
    return tuple(spans), tuple(names)


def _line_end(beginning: bytes, bare: int) -> int:
    behind = beginning[bare : bare + 2]
    return 2 if behind == b"\r\n" else 1 if behind[:1] in (b"\n", b"\r") else 0


def _with_columns(form: Fixed, header: Sequence[str], records: bytes, wanted: Wanted) -> Fixed:
    from allegro_privacy.lists.scrub_reference import cells_at

    many = min(len(records) // form.length, SAMPLED_RECORDS)
    rows = [cells_at(records, form, record) for record in range(many)]
    columns = find_columns(header, rows, wanted)
    return Fixed(form.length, form.spans, form.encoding, columns)


def is_dbf(name: str, beginning: bytes) -> bool:
    """Is this a DBF file, by its name and by its own words?"""
    if len(beginning) < 65 or beginning[0] not in DBF_VERSIONS or not name.lower().endswith((".dbf", "standard input")):
        return False
    header, length = struct.unpack_from("<HH", beginning, 8)
    return bool(header >= 65 and length > 1)


def dbf_list(name: str, beginning: bytes, size: int, wanted: Wanted) -> FixedList:
    """A DBF file: records of a fixed length behind a header that describes them."""
    count, end, length = struct.unpack_from("<LHH", beginning, 4)
    if end > len(beginning):
        raise UsageError(f"{name} cannot be read.", "Its header does not end.", "Fetch the file again.")
    names, spans, place, field = [], [], 1, 32
    while field + 32 <= end and beginning[field] != 0x0D:
        raw_name, _, width, more = _FIELD.unpack_from(beginning, field)
        # A character field may be longer than 255: then its decimals hold the upper half.
        width += more << 8 if beginning[field + 11 : field + 12] == b"C" else 0
        names.append(raw_name.split(b"\0")[0].decode("latin-1").strip())
        spans.append((place, place + width))
        place += width
        field += 32
    behind = size - end - count * length
    if not spans or place > length or behind not in (0, 1):
        raise UsageError(
            f"{name} cannot be read as a DBF file.",
            f"Its header tells of {count:,} records of {length} bytes, which is not what lies behind it.",
            "Fetch the file again, or save it as CSV.",
        )
    encoding = wanted.encoding or _DBF_ENCODINGS.get(beginning[29], "cp1252")
    form = Fixed(length, tuple(spans), encoding, Columns())
    form = _with_columns(form, names, beginning[end : end + count * length], wanted)
    return FixedList(form, Head(raw=beginning[:end]), tuple(names), count * length, behind)
