"""How a mailing list in text is written: its encoding, its delimiter, its header, the columns that count."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from allegro_privacy.core.columns import Columns, Place, Role, by_header, columns_of
from allegro_privacy.core.columns_content import by_content
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.scrub import Delimited
from allegro_privacy.lists.scrub_reference import decoder, is_blank, physical_lines
from allegro_privacy.lists.scrub_write import Head

SAMPLE = 1 << 18
SAMPLED_ROWS = 200
DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16-le", "utf-16-be")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# So much of the rows must have as many cells as the first, or it is not the delimiter.
MOST_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody named instead of letting it be found. columns: role → the columns of that role, by name or by
    number from 1."""

    delimiter: str = ""
    encoding: str = ""
    no_header: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a list in text is. header: the names of its columns, () when it has none."""

    form: Delimited
    head: Head
    header: tuple[str, ...]


def sniff(name: str, beginning: bytes, whole: bool, wanted: Wanted) -> Sniffed:
    """Read the beginning of a list. whole: it is all there is."""
    mark, encoding = _encoding(beginning, wanted)
    lines, ends = physical_lines(beginning[len(mark) :], encoding, whole)
    if not lines:
        raise UsageError(f"{name} is empty.", "There is no row in it.", "Check that the right file was named.")
    text = decoder(encoding)
    first = next((number for number, line in enumerate(lines) if not is_blank([line])), 0)
    named = wanted.delimiter
    if lines[first].lower().startswith("sep=") and len(lines[first].strip("\r\n")) == 5:
        # A spreadsheet's own note of the delimiter.
        named, first = named or lines[first][4], first + 1
    delimiter = _one_character(named) if named else _delimiter(name, lines[first:])
    rows, after = _rows(lines, first, delimiter)
    rows = [[text(cell) for cell in row] for row in rows]
    if not rows:
        raise UsageError(f"{name} holds no row.", "There is nothing but blank lines in it.", "Check the file.")
    header = () if wanted.no_header or not _is_header(rows) else tuple(rows[0])
    sample = rows[1:] if header else rows
    end = ends[after - 1] if header else ends[first - 1] if first else 0
    start = ends[first - 1] if first else 0
    body = beginning[len(mark) :]
    head = Head(mark + body[:end], mark, body[start:end] if header else b"", after if header else first)
    width = len(header) or Counter(map(len, rows)).most_common(1)[0][0]
    columns = find_columns(header, sample, wanted)
    return Sniffed(Delimited(delimiter, encoding, width, columns), head, header)


def _encoding(beginning: bytes, wanted: Wanted) -> tuple[bytes, str]:
    mark, found = next(((mark, name) for mark, name in _MARKS if beginning.startswith(mark)), (b"", ""))
    if wanted.encoding:
        chosen = {"utf8": "utf-8", "windows-1252": "cp1252", "latin1": "latin-1", "iso-8859-1": "latin-1"}.get(
            wanted.encoding.lower(), wanted.encoding.lower()
        )
        if chosen == "utf-16":
            chosen = found if found.startswith("utf-16") else "utf-16-le"
        if chosen not in ENCODINGS:
            raise UsageError(f"--encoding {wanted.encoding} is not known.", "", f"Use one of {', '.join(ENCODINGS)}.")
        return (mark if chosen == found else b""), chosen
    if found:
        return mark, found
    half = len(beginning) // 2
    # Western text in UTF-16 without a mark: every second byte is zero.
    if half > 8 and beginning[1::2].count(0) > half * 0.7:
        return b"", "utf-16-le"
    if half > 8 and beginning[::2].count(0) > half * 0.7:
        return b"", "utf-16-be"
    return b"", "utf-8"


def _one_character(named: str) -> str:
    names = {name: sign for sign, name in DELIMITERS.items()} | {"\\t": "\t"}
    sign = names.get(named.lower(), named)
    if len(sign) != 1 or sign in '"\r\n\0' or not sign.isascii():
        fix = f"For example: --delimiter {' or '.join(DELIMITERS.values())}"
        raise UsageError(f"--delimiter {named!r} is not one character.", "Cells have one sign between them.", fix)
    return sign


def _delimiter(name: str, lines: Sequence[str]) -> str:
    """The one that cuts the rows into the same number of cells; strict: where two do, somebody must say which."""
    scored = [(score, sign) for sign in DELIMITERS if (score := _score(lines, sign))]
    if not scored:
        return ","
    best = max(score for score, _ in scored)
    good = [sign for score, sign in scored if score == best]
    if len(good) > 1:
        which = " and ".join(DELIMITERS[sign] for sign in good)
        raise UsageError(
            f"The delimiter of {name} cannot be told.",
            f"{which.capitalize()} cut its rows equally well.",
            f"Name it: --delimiter {DELIMITERS[good[0]]}",
        )
    return good[0]


def _score(lines: Sequence[str], sign: str) -> tuple[int, int] | None:
    rows, _ = _rows(lines, 0, sign)
    if not rows or len(rows[0]) < 2:
        return None
    width = len(rows[0])
    if sum(len(row) == width for row in rows) < len(rows) * MOST_ALIKE:
        return None
    return len(by_header(rows[0])), width


def _rows(lines: Sequence[str], first: int, delimiter: str) -> tuple[list[list[str]], int]:
    """Some rows, and the line behind the first of them."""
    reader, rows, after = csv.reader(lines[first:], delimiter=delimiter), list[list[str]](), first + 1
    try:
        for cells in reader:
            if is_blank(cells):
                continue
            if not rows:
                after = first + reader.line_num
            rows.append(cells)
            if len(rows) > SAMPLED_ROWS:
                break
    except csv.Error:
        pass
    return rows, after


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names of columns that we know, or words where the rows below have addresses and numbers."""
    first = rows[0]
    if any("@" in cell or cell.strip().isdigit() for cell in first):
        return False
    if by_header(first):
        return True
    below = by_content(rows[1:])
    if not below:
        return all(cell.strip() and not any(sign.isdigit() for sign in cell) for cell in first)
    above = {place.column for place in by_content([first])}
    return bool(below) and not above and len({cell.strip().casefold() for cell in first}) == len(first)


def find_columns(header: Sequence[str], rows: Sequence[Sequence[str]], wanted: Wanted) -> Columns:
    """The columns that count: those named, those of known names, and those told by what stands in them."""
    places = list(by_header(header))
    for place in list(places):
        # A column called "Address" may hold e-mail addresses.
        if place.role in (Role.LINE1, Role.NAME, Role.HASH) and _is(Role.EMAIL, place.column, rows):
            places[places.index(place)] = replace(place, role=Role.EMAIL)
    known = {place.role for place in places}
    told = by_content(rows, [place.column for place in places])
    if Role.LINE1 in known or Role.STREETNAME in known or Role.LABEL in known:
        told = tuple(place for place in told if place.role in (Role.EMAIL, Role.HASH, Role.PHONE))
    places += [place for place in told if place.role not in known]
    for role, names in wanted.columns.items():
        named = [Place(_column(header, rows, role, one), Role(role)) for one in names]
        taken = {place.column for place in named}
        places = [place for place in places if place.role != role and place.column not in taken] + named
    return columns_of(places)


def _is(role: Role, column: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = [[row[column]] for row in rows if column < len(row)]
    return any(place.role is role for place in by_content(cells))


def _column(header: Sequence[str], rows: Sequence[Sequence[str]], role: str, named: str) -> int:
    folded = [name.strip().casefold() for name in header]
    if named.strip().casefold() in folded:
        return folded.index(named.strip().casefold())
    width = len(header) or max(map(len, rows), default=0)
    if named.strip().isdigit() and 0 < int(named) <= width:
        return int(named) - 1
    there = ", ".join(header) if header else f"{width} columns without names"
    raise UsageError(
        f"--column {role}={named}: there is no such column.", f"The list has {there}.", "Give its name or its number."
    )
