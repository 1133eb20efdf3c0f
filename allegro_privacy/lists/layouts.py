"""Layout files: one mail house's or mail platform's columns, widths, encoding and format, as rows of data."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allegro_privacy.core.person import Channel
from allegro_privacy.errors import ConfigError
from allegro_privacy.lists.fields import FIELDS


class Format(StrEnum):
    """How the bytes are laid out; the value names the file's ending."""

    CSV = "csv"
    FIXED = "fixed"
    XLSX = "xlsx"
    JSON_LINES = "json-lines"


class Reader(StrEnum):
    """Who opens the file. No setting is right for both: what keeps a spreadsheet from running a cell alters it."""

    MACHINE = "machine"
    SPREADSHEET = "spreadsheet"


ENDINGS = {Format.CSV: "csv", Format.FIXED: "txt", Format.XLSX: "xlsx", Format.JSON_LINES: "jsonl"}
# Excel's own limit, the header included.
MOST_ROWS_XLSX = 1_048_575


@dataclass(frozen=True, slots=True)
class Column:
    """One column. field: what stands in it (lists/fields.py), or ""; then `text`, the same in each row, or what the
    recipient's configuration gives for `value`.  width: the most that fits: bytes of the encoding in a fixed-width
    file, characters elsewhere; 0: no limit.  cut: a longer text is cut and reported, instead of its row held.
    words: ours → theirs.  date: iso, day, unix, rfc2822, or as strftime writes.  hashed: the hash stands there."""

    name: str
    field: str = ""
    text: str = ""
    value: str = ""
    width: int = 0
    right: bool = False
    cut: bool = False
    date: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How one list looks. account_wide: it would also stop order confirmations, which policy §7 promises to go on.
    most_rows: of one file; more are written into several.  removals: the columns of the file of those who come off; all
    when empty.  trailer: the last line of a fixed-width file, with {rows}."""

    name: str
    title: str
    version: int
    channel: Channel
    columns: tuple[Column, ...]
    format: Format = Format.CSV
    reader: Reader = Reader.MACHINE
    encoding: str = "utf-8"
    header: bool = True
    delimiter: str = ","
    line_end: str = "\r\n"
    account_wide: bool = False
    most_rows: int = 0
    removals: tuple[str, ...] = ()
    trailer: str = ""
    source: str = ""

    @property
    def ending(self) -> str:
        return ENDINGS[self.format]

    @property
    def hashed(self) -> bool:
        return any(column.hashed for column in self.columns)

    @property
    def values(self) -> frozenset[str]:
        """What the recipient's configuration must give."""
        return frozenset(column.value for column in self.columns if column.value)


def load(name: str, table: Mapping[str, Any]) -> Layout:
    """One layout file, checked whole. ConfigError with every problem at once."""
    problems = list(_problems(table))
    if problems:
        raise ConfigError(
            what=f"The layout {name} cannot be used.",
            why="\n".join(problems),
            fix=f"Correct layouts/{name}.toml in the folder that [data] overrides names.",
        )
    format_ = Format(table.get("format", Format.CSV))
    most = MOST_ROWS_XLSX if format_ is Format.XLSX else 0
    plain = {key: table[key] for key in _PLAIN if key in table}
    return Layout(
        name=name,
        channel=Channel(table["channel"]),
        columns=tuple(Column(**_column(column)) for column in table["column"]),
        format=format_,
        reader=Reader(table.get("reader", Reader.MACHINE)),
        removals=tuple(table.get("removals", ())),
        most_rows=table.get("most_rows", most),
        **plain,
    )


_PLAIN = (
    "title", "version", "encoding", "header", "delimiter", "line_end", "account_wide", "trailer", "source",
)  # fmt: skip
_TEXTS = ("name", "field", "text", "value", "date")
_COLUMN = {**dict.fromkeys(_TEXTS, str), "width": int, "right": bool, "cut": bool, "words": dict, "hashed": bool}
_LAYOUT = {
    "title": str, "version": int, "channel": str, "column": list, "format": str, "reader": str, "encoding": str,
    "header": bool, "delimiter": str, "line_end": str, "account_wide": bool, "most_rows": int, "removals": list,
    "trailer": str, "source": str,
}  # fmt: skip


def _column(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in _COLUMN if key in row}


def _problems(table: Mapping[str, Any]) -> Iterator[str]:
    yield from _misfits("", table, _LAYOUT)
    for key in ("title", "version", "channel", "column"):
        if key not in table:
            yield f"{key}: missing"
    for key, known in (("channel", Channel), ("format", Format), ("reader", Reader)):
        if key in table and table[key] not in {each.value for each in known}:
            yield f"{key}: must be one of {', '.join(each.value for each in known)}"
    yield from _unfit_csv(str(table.get("encoding", "utf-8")), str(table.get("delimiter", ",")))
    columns = table.get("column")
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns) or not columns:
        yield "column: write one [[column]] for each"
        return
    names = [str(column.get("name", "")) for column in columns]
    for number, column in enumerate(columns, start=1):
        yield from _column_problems(f"column {number}", column, table)
    for name in table.get("removals", ()):
        if name not in names:
            yield f"removals: there is no column {name}"


def _misfits(where: str, table: Mapping[str, Any], known: Mapping[str, type]) -> Iterator[str]:
    for key, value in table.items():
        if key not in known:
            yield f"{where}{key}: unknown key; known here: {', '.join(known)}"
        elif not isinstance(value, known[key]) or (known[key] is int and isinstance(value, bool)):
            yield f"{where}{key}: must be {_CALLED[known[key]]}"


_CALLED = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def _column_problems(where: str, column: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    yield from _misfits(f"{where}: ", column, _COLUMN)
    if not column.get("name"):
        yield f"{where}: name: missing"
    field_of = column.get("field", "")
    if field_of and field_of not in FIELDS:
        yield f"{where}: field: must be one of {', '.join(FIELDS)}"
    if field_of and (column.get("text") or column.get("value")):
        yield f"{where}: a column has a field, a text or a value, not two of them"
    if table.get("format") == Format.FIXED and not column.get("width"):
        yield f"{where}: width: missing; a fixed-width file needs one for each column"
    if column.get("hashed") and field_of not in {"email", "phone"}:
        yield f"{where}: hashed: only an email or a phone is hashed"


def _unfit_csv(encoding: str, delimiter: str) -> Iterator[str]:
    if len(delimiter) != 1:
        yield "delimiter: must be one character"
    try:
        "".encode(encoding)
    except LookupError:
        yield f"encoding: {encoding} is not known here"
