"""How the files of mail platforms and websites look (data/platforms, `[import.NAME]`), and which one a file is."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from allegro_privacy.core.message import Via
from allegro_privacy.core.person import Channel

CSV, NO_HEADER, JSON_LINES = "csv", "no-header", "json-lines"
DELIMITERS = (",", ";", "\t", "|")
COLUMNS = ("email", "name", "phone", "street", "unit", "city", "state", "zip", "time", "sent")
# A mapping that the office wrote itself is meant before any that comes with the program.
_OWN = 1000


class Means(StrEnum):
    """What a row says of its person. A closed set; the weakest first."""

    NOTHING = "nothing"
    SOFT_BOUNCE = "soft-bounce"
    BOUNCE = "bounce"
    OPT_OUT = "opt-out"
    COMPLAINT = "complaint"


STRENGTH = {means: strength for strength, means in enumerate(Means)}


@dataclass(frozen=True, slots=True)
class Shape:
    """One sort of file. header: the columns that must be there.  also: those that may be.  open: any others may.
    asked: only on request, never recognised by itself.  columns: what stands where (email, name, …, time, sent).
    words: columns that are kept as words.  stops: per channel the column that says whether it is to stop, by the values
    `stop` and `keep`.  channels: what an opt-out stops when no column says.  own: the office's own mapping."""

    platform: str
    title: str
    holds: str
    kind: str
    header: tuple[str, ...]
    also: tuple[str, ...]
    open: bool
    asked: bool
    columns: Mapping[str, str]
    words: tuple[str, ...]
    means: Means | None
    reason: tuple[str, ...]
    reasons: Mapping[str, Means]
    via: Via
    zone: str
    time_format: str = ""
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    stops: tuple[tuple[Channel, str], ...] = ()
    stop: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    own: bool = False

    @property
    def shown(self) -> str:
        """The shape in words."""
        return f"{self.title}, {self.holds}"

    @property
    def clicks(self) -> bool:
        """Do its opt-outs come from clicks on a link, which a program may have made?"""
        return self.via is Via.LINK


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it is to be read: its shape, the delimiter, and the places of its columns ({} for JSON lines).
    first: how many lines stand before the first row.  header: as it stands in the file, () when there is none."""

    shape: Shape
    delimiter: str
    places: Mapping[str, int]
    header: tuple[str, ...]
    first: int


def folded(name: str) -> str:
    """A column's name as it is compared."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def value_folded(value: str) -> str:
    """A value as it is compared: case and blanks at the ends do not count."""
    return value.strip().casefold()


def load_shapes(platforms: Mapping[str, Mapping[str, Any]]) -> tuple[Shape, ...]:
    """Every shape of the tables, by platform name. Raises ValueError naming the table that is wrong."""
    shapes = []
    for name, table in platforms.items():
        for row in table.get("shape", ()):
            try:
                shapes.append(_shape(name, table, row))
            except (KeyError, ValueError, TypeError) as problem:
                raise ValueError(f"platforms/{name}.toml, shape {row.get('holds', '?')!r}: {problem}") from problem
    return tuple(shapes)


def _shape(name: str, table: Mapping[str, Any], row: Mapping[str, Any]) -> Shape:
    reason = row.get("reason", ())
    reasons = {value_folded(value): Means(means) for value, means in row.get("reasons", {}).items()}
    means = Means(row["means"]) if "means" in row else None
    if (means is None) == (not reasons):
        raise ValueError("it needs either means or reason with reasons")
    if row.get("kind", CSV) not in (CSV, NO_HEADER, JSON_LINES):
        raise ValueError(f"kind must be {CSV}, {NO_HEADER} or {JSON_LINES}")
    return Shape(
        platform=name,
        title=table["title"],
        holds=row["holds"],
        kind=row.get("kind", CSV),
        header=tuple(row["header"]),
        also=tuple(row.get("also", ())),
        open=row.get("open", False),
        asked=row.get("asked", False),
        columns={role: row[role] for role in COLUMNS if role in row},
        words=tuple(row.get("words", ())),
        means=means,
        reason=(reason,) if isinstance(reason, str) else tuple(reason),
        reasons=reasons,
        via=Via(table["via"]),
        zone=table.get("zone", ""),
        time_format=row.get("time_format", ""),
    )


def recognise(shapes: Sequence[Shape], lines: Sequence[str], wanted: str = "") -> list[Table]:
    """How a file can be read, by its first lines, the best first; several are equally good when they are all returned.

    wanted: the platform that people named; then its plainest shapes count too, and further columns do not matter."""
    first = next((number for number, line in enumerate(lines) if line.strip("\r\n\t ")), None)
    if first is None:
        return []
    named = ""
    if lines[first].lower().startswith("sep=") and len(lines[first].strip()) == 5:
        # A spreadsheet's own note of the delimiter.
        named, first = lines[first].strip()[4], first + 1
    chosen = [shape for shape in shapes if (shape.platform == wanted if wanted else not shape.asked)]
    found = list(_scored(chosen, lines[first:], named, bool(wanted), first))
    best = max((score for score, _ in found), default=0)
    return [table for score, table in found if score == best]


def _scored(
    shapes: Sequence[Shape], lines: Sequence[str], named: str, wanted: bool, first: int
) -> Iterator[tuple[int, Table]]:
    line = lines[0] if lines else ""
    for shape in shapes:
        if line.lstrip().startswith("{"):
            if shape.kind == JSON_LINES and _json_fits(shape, line):
                yield len(shape.header), Table(shape, "", {}, (), first)
            continue
        for delimiter in (named,) if named else DELIMITERS:
            cells = next(csv.reader([line], delimiter=delimiter), [])
            if shape.kind == CSV and _header_fits(shape, cells, wanted):
                score = len(shape.header) + (_OWN if shape.own else 0)
                yield score, Table(shape, delimiter, _places(cells), tuple(cells), first + 1)
                break
            if shape.kind == NO_HEADER and _rows_fit(shape, lines, delimiter):
                yield 1, Table(shape, delimiter, _places(shape.header), (), first)
                break


def _places(cells: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(folded(cell), place)
    return places


def _header_fits(shape: Shape, cells: Sequence[str], wanted: bool) -> bool:
    there = {folded(cell) for cell in cells if cell.strip()}
    needed = {folded(name) for name in shape.header}
    if not needed <= there:
        return False
    # What has more columns is another file: "address, created_at" is also in any list of customers.
    return wanted or shape.open or there <= needed | {folded(name) for name in shape.also}


def _rows_fit(shape: Shape, lines: Sequence[str], delimiter: str) -> bool:
    """A file without a header is told by its content: nearly every row has an address and a reason that is known."""
    rows = [cells for cells in csv.reader(islice(lines, 20), delimiter=delimiter) if cells]
    place = shape.header.index(shape.reason[0])
    good = [
        cells
        for cells in rows
        if len(cells) == len(shape.header) and "@" in cells[0] and value_folded(cells[place]) in shape.reasons
    ]
    return bool(good) and len(good) * 2 > len(rows)


def _json_fits(shape: Shape, line: str) -> bool:
    import json

    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and {folded(name) for name in shape.header} <= {folded(str(key)) for key in row}
