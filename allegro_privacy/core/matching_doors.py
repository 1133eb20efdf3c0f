"""Where mail is delivered, in the parts that matching compares: of what a customer wrote, and of a list's row."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from allegro_privacy.core.model import PostalAddress
from allegro_privacy.core.places import place, place_name
from allegro_privacy.core.postal_box import parse_box
from allegro_privacy.core.postal_line import parse_street
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.postal_normal import core_of, line_of
from allegro_privacy.core.postal_parts import Line
from allegro_privacy.core.postal_tables import fold, number_of, tables

_PARTS_OF_A_BUILDING = frozenset({"bldg", "fl", "twr", "wing"})
_NUMBERED = re.compile(r"\s*(\d{1,6})(?=[ ])(.*)", re.DOTALL)
_ZIP = re.compile(r"\s*(\d{5})(?:-?\d{4})?\s*")
_SAME = 93
_ALIKE = 80
_REMOTE = 65


@dataclass(frozen=True, slots=True)
class RowAddress:
    """One address of a mailing list's row, in the cells that the list has; an empty cell is ""."""

    line1: str
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One place of delivery, folded for comparison.

    route: "" for a street, "po", "rr 2", "hc 1", "psc 802" for boxes (then `number` is the box).  core: the street's
    own name, "7" for 7th St.  around: its directionals.  unit: the identifier without its designator; wing: building,
    floor or tower.  towns: every place name that its mail may bear."""

    zip: str
    city: str
    state: str
    route: str
    number: str
    core: str = ""
    suffix: str = ""
    around: str = ""
    unit: str = ""
    wing: str = ""
    urbanization: str = ""

    @property
    def numbered(self) -> bool:
        """Is the street only a number ("NW 7 St")? Then suffix and directional are all that tells it from the next."""
        return self.core.isdigit()

    @property
    def towns(self) -> frozenset[str]:
        return _towns(self.zip, self.city)


@lru_cache(maxsize=50_000)
def _towns(zip5: str, city: str) -> frozenset[str]:
    known = place(zip5) if zip5 else None
    names = known.names if known else frozenset()
    return names | {city} if city else names


def door_of(address: PostalAddress) -> Door | None:
    """The door of an address in its normal form; None when it is too incomplete to be compared, or foreign."""
    if address.kind == "foreign" or {"number", "street"} & set(address.missing):
        return None
    line = line_of(address)
    city = place_name(address.city) if address.city else ""
    return _door(line, address.zip or "", city, (address.state or "").lower()) if line else None


@lru_cache(maxsize=65_536)
def doors_of_row(row: RowAddress) -> tuple[Door, ...]:
    """Every door that a row names: a street and a box are two. () when nothing can be read."""
    zip5 = match[1] if (match := _ZIP.fullmatch(row.zip)) else ""
    city, state = _place_name(row.city), row.state.strip().lower()
    state = tables().states.get(state, state).lower()
    for text in (f"{row.line1}\n{row.line2}", row.line2, row.line1):
        lines = [line for line in (parse_street_line(text), _parse_box(text)) if line]
        if lines:
            return tuple(_door(line, zip5, city, state) for line in lines)
    if not any(character.isdigit() for character in row.line1 + row.line2):
        return ()
    whole = f"{row.line1}\n{row.line2}\n{row.city}, {row.state} {row.zip}"
    return tuple(door for one in locate(whole) if (door := door_of(one.address)))


@lru_cache(maxsize=10_000)
def _place_name(city: str) -> str:
    return place_name(city)


def _parse_box(text: str) -> Line | None:
    return parse_box(text) if "o" in text.lower() else None


def parse_street_line(text: str) -> Line | None:
    """As parse_street; a street that many rows have is read once, whatever their house numbers are."""
    match = _NUMBERED.fullmatch(text)
    if match is None:
        return parse_street(text)
    line = _street("1" + match[2].rstrip())
    return replace(line, number=match[1] + line.number[1:]) if line else None


@lru_cache(maxsize=200_000)
def _street(text: str) -> Line | None:
    return parse_street(text)


def _door(line: Line, zip5: str, city: str, state: str) -> Door:
    number = line.number.lower().replace("-", "").replace(" ", "")
    if line.kind in ("po-box", "rural", "military"):
        route = " ".join(line.name).lower() or "po"
        return Door(zip5, city, state, route, number.lstrip("0") or "0")
    unit, wing = _unit(line.units)
    core, suffix = _core_and_suffix(line.name, line.suffix, state == "pr")
    urbanization = place_name(line.urbanization) if line.urbanization else ""
    around = line.before + line.after
    if core == "calle ocho" and state != "pr":
        # Miami's SW 8 St.
        core, suffix, around = "8", "st", around or "sw"
    return Door(zip5, city, state, "", number, core, suffix, around, unit, wing, urbanization)


def _unit(units: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    unit, wing = [], []
    for designator, identifier in units:
        folded = identifier.lower().replace("-", "").replace(" ", "")
        folded = folded.lstrip("0") or folded
        if designator in _PARTS_OF_A_BUILDING:
            wing.append(designator + folded)
        else:
            unit.append("ph" + folded if designator == "ph" else folded or designator)
    return " ".join(sorted(unit)), " ".join(sorted(wing))


_SPANISH = {"calle": "st", "avenida": "ave"}


@lru_cache(maxsize=100_000)
def _core_and_suffix(name: tuple[str, ...], suffix: str, in_puerto_rico: bool) -> tuple[str, str]:
    if tuple(map(fold, name)) == ("calle", "ocho"):
        return "calle ocho", ""
    core = core_of(Line(name=name, suffix=suffix))
    first, _, rest = core.partition(" ")
    if not in_puerto_rico and not suffix and first in _SPANISH and number_of(fold(rest)) is not None:
        return str(number_of(fold(rest))), _SPANISH[first]
    words = core.replace("mlk", "martin luther king").split()
    if "luther" in words:
        words = [word for word in words if word not in ("dr", "jr", "rev")]
    return " ".join(words), suffix


def street_likeness(one: Door, other: Door) -> int:
    """How far two streets of one house number are one, in per cent, by their names without suffix and directional;
    numbers in them must be equal. 0: other streets."""
    if one.core == other.core:
        return 100
    if _digits(one.core) != _digits(other.core) or one.numbered or other.numbered:
        return 0
    if f"{one.core} {one.suffix}" == other.core or f"{other.core} {other.suffix}" == one.core:
        # "Park Ln" is what is left of "Park Lane Dr".
        return 100
    return int(ratio(one.core.replace(" ", ""), other.core.replace(" ", ""), score_cutoff=_REMOTE))


@lru_cache(maxsize=100_000)
def _digits(core: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", core))


def one_slip(one: str, other: str) -> bool:
    """Do two numbers differ by one slip of the hand: a digit, or two that changed places?"""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    if len(one) == len(other):
        places = [i for i in range(len(one)) if one[i] != other[i]]
        if len(places) == 1:
            return True
        return len(places) == 2 and places[1] == places[0] + 1 and swapped(one, other)
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def swapped(one: str, other: str) -> bool:
    """Do two numbers hold the same digits in another order?"""
    return len(one) == len(other) and one != other and sorted(one) == sorted(other)
