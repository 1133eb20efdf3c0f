"""Which column of a mailing list holds what, told by what stands in it: for lists without a header, or with names that
nobody knows."""

import re
from collections.abc import Callable, Sequence

from allegro_privacy.core.columns import Place, Role
from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.places import place
from allegro_privacy.core.postal_tables import tables

_ZIP = re.compile(r"\s*(\d{5})(?:-?\d{4})?\s*")
_HASH = re.compile(r"\s*(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)\s*")
_STREET = re.compile(r"\s*\d{1,6}[A-Za-z]?\s+\S.*")
_BOX = re.compile(r"(?i)\s*p\.?\s?o\.?\s?box\b.*")
_NAME = re.compile(r"[^\W\d_][^\d@]*[ ,][^\d@]*[^\W\d_]\.?")
# So many of a column's cells that are not empty must look alike.
MOST, MANY = 0.9, 0.6


def by_content(rows: Sequence[Sequence[str]], but: Sequence[int] = ()) -> tuple[Place, ...]:
    """What the columns of a sample hold, but for those that are known already."""
    width = max(map(len, rows), default=0)
    columns = {number: _cells(rows, number) for number in range(width) if number not in but}
    found: list[Place] = []
    for role, fits, least in _TESTS:
        good = [number for number, cells in columns.items() if _share(cells, fits) >= least]
        found += [Place(number, role) for number in good]
        for number in good:
            del columns[number]
    return (*found, *_post(rows, columns))


def _cells(rows: Sequence[Sequence[str]], number: int) -> list[str]:
    return [row[number] for row in rows if number < len(row) and row[number].strip()]


def _share(cells: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if fits(cell)) / len(cells) if cells else 0.0


_TESTS: tuple[tuple[Role, Callable[[str], object], float], ...] = (
    (Role.EMAIL, email_key, MANY),
    (Role.HASH, _HASH.fullmatch, MOST),
    (Role.PHONE, lambda cell: (phone_key(cell) and not cell.strip().isdigit()) or (len(cell.strip()) in (10, 11)
     and phone_key(cell)), MOST),
)  # fmt: skip


def _post(rows: Sequence[Sequence[str]], columns: dict[int, list[str]]) -> list[Place]:
    """The columns of one address; [] unless street, ZIP code and state (or town) bear each other out."""
    zips = [number for number, cells in columns.items() if _share(cells, _ZIP.fullmatch) >= MOST]
    states = [number for number, cells in columns.items() if _share(cells, _is_state) >= MOST]
    agreeing = next(((z, s) for z in zips for s in states if _agree(rows, z, s) >= MANY), None)
    if agreeing is None:
        return []
    in_zip, in_state = agreeing
    others = {number: cells for number, cells in columns.items() if number not in (*zips, *states)}
    street = next((n for n, cells in others.items() if _share(cells, _is_street) >= MANY), None)
    if street is None:
        return []
    city = next((n for n, cells in others.items() if n != street and _in_town(rows, in_zip, n) >= MANY), None)
    rest = [number for number in others if number not in (street, city)]
    names = [number for number in rest if _share(others[number], _NAME.fullmatch) >= MANY]
    second = [number for number in rest if street < number < in_zip and number not in names]
    found = [Place(street, Role.LINE1), Place(in_zip, Role.ZIP), Place(in_state, Role.STATE)]
    found += [Place(city, Role.CITY)] if city is not None else []
    found += [Place(second[0], Role.LINE2)] if second and street + 1 == second[0] else []
    return found + ([Place(names[0], Role.NAME)] if names else _first_and_last(others, rest, street))


def _first_and_last(columns: dict[int, list[str]], rest: Sequence[int], street: int) -> list[Place]:
    words = [n for n in rest if n < street and _share(columns[n], lambda cell: cell.strip().isalpha()) >= MANY]
    return [Place(words[-2], Role.FIRST), Place(words[-1], Role.LAST)] if len(words) > 1 else []


def _is_state(cell: str) -> bool:
    return len(cell.strip()) == 2 and cell.strip().upper() in tables().states.values()


def _is_street(cell: str) -> object:
    return _STREET.fullmatch(cell) or _BOX.fullmatch(cell)


def _agree(rows: Sequence[Sequence[str]], in_zip: int, in_state: int) -> float:
    pairs = [(row[in_zip], row[in_state]) for row in rows if max(in_zip, in_state) < len(row)]
    known = [(place(match[1]), state) for code, state in pairs if (match := _ZIP.fullmatch(code))]
    sure = [bool(one and one.state == state.strip().upper()) for one, state in known if one]
    return sum(sure) / len(sure) if sure else 0.0


def _in_town(rows: Sequence[Sequence[str]], in_zip: int, number: int) -> float:
    """How often a cell is a name of the town of its ZIP code."""
    from allegro_privacy.core.places import place_name

    pairs = [(row[in_zip], row[number]) for row in rows if max(in_zip, number) < len(row) and row[number].strip()]
    known = [(place(match[1]), town) for code, town in pairs if (match := _ZIP.fullmatch(code))]
    sure = [place_name(town) in one.names for one, town in known if one]
    return sum(sure) / len(sure) if sure else 0.0
