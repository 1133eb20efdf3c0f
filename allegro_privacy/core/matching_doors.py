"""Where mail is delivered, in the parts that matching compares: of what a customer wrote, and of a list's row."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import place, place_name
from allegro_privacy.core.postal_box import parse_box
from allegro_privacy.core.postal_line import parse_street
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.postal_normal import core_of
from allegro_privacy.core.postal_parts import Line
from allegro_privacy.core.postal_tables import fold, number_of, tables

_PARTS_OF_A_BUILDING = frozenset({"bldg", "fl", "twr", "wing"})
_NUMBERED = re.compile(r"\s*(\d{1,6})(?=[ ])(.*)", re.DOTALL)
# "C. 5" is Calle 5 in Puerto Rico.
_CALLE = re.compile(r"(?i)\b(?:c|cll)\b\.?[ ](?=\w)")
_BOX_WORD = re.compile(r"\b(?:p\.?\s?o\.?\s?b|bx|drawer|apartado|caller|lock|casilla|bin|buz)")
# Stands for whatever house number a street has.
_ANY_NUMBER = "1011"
_USUAL_UNIT = re.compile(r"(?i)[ \n](?:(?:APT|UNIT|STE)(?:[. ]{1,2}#?|#)|#) ?(\d{1,5}[A-Z]?|[A-Z]-?\d{1,3})$")
_ZIP = re.compile(r"\s*(\d{5})(?:-?\d{4})?\s*")


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

    def is_written_to(self, other: "Door") -> bool:
        """Does this town's name belong to the other's ZIP code, and not to its own?"""
        return self.city in other.towns and self.city not in _towns(self.zip, "")


@lru_cache(maxsize=50_000)
def _towns(zip5: str, city: str) -> frozenset[str]:
    known = place(zip5) if zip5 else None
    names = known.names if known else frozenset()
    return names | {city} if city else names


def door_of(address: PostalAddress) -> Door | None:
    """The door of an address in its normal form; None when it is too incomplete to be compared, or foreign."""
    if address.kind == "foreign" or not address.line1 or {"number", "street"} & set(address.missing):
        return None
    city, state = _place_name(address.city or ""), (address.state or "").lower()
    doors = _doors(f"{address.line1}\n{address.line2 or ''}", address.zip or "", city, state)
    return doors[0] if doors else None


@lru_cache(maxsize=65_536)
def doors_of_row(row: RowAddress) -> tuple[Door, ...]:
    """Every door that a row names: a street and a box are two. () when nothing can be read."""
    zip5 = match[1] if (match := _ZIP.fullmatch(row.zip)) else ""
    city, state = _place_name(row.city), _state(row.state)
    for text in (f"{row.line1}\n{row.line2}", row.line2, row.line1):
        if doors := _doors(text, zip5, city, state):
            return doors
    if not any(character.isdigit() for character in row.line1 + row.line2):
        return ()
    whole = f"{row.line1}\n{row.line2}\n{row.city}, {row.state} {row.zip}"
    return tuple(door for one in locate(whole) if (door := door_of(one.address)))


@lru_cache(maxsize=10_000)
def _place_name(city: str) -> str:
    return place_name(city) if city else ""


@lru_cache(maxsize=1_000)
def _state(written: str) -> str:
    folded = fold(written.strip())
    return tables().states.get(folded, folded).lower()


def _doors(text: str, zip5: str, city: str, state: str) -> tuple[Door, ...]:
    doors = []
    match = _NUMBERED.fullmatch(text)
    street = _street_of(match[2].rstrip(), state == "pr") if match else None
    number = match[1] + street.number[len(_ANY_NUMBER) :] if match and street else ""
    if street is None or street.number[len(_ANY_NUMBER) :][:1].isdigit():
        street = _street(text, state == "pr")
        number = street.number if street else ""
    if street:
        doors.append(Door(zip5, city, state, "", number, *street[1:]))
    lower = text.lower()
    if ("box" in lower or _BOX_WORD.search(lower)) and (box := parse_box(text)):
        route = " ".join(box.name).lower() or "po"
        number = box.number.lower().replace("-", "")
        doors.append(Door(zip5, city, state, route, number.lstrip("0") or "0"))
    return tuple(doors)


def usual_street(line1: str, line2: str, unit: str) -> tuple[str, str] | None:
    """The street's core and the apartment of a row whose one door is its house number and nothing else there, and
    which stays the same for any other house number of digits, and for any other `unit`, the one to five digits at the
    very end; else None. Not for Puerto Rico."""
    text = f"{line1}\n{line2}"
    match, lower = _NUMBERED.fullmatch(text), text.lower()
    if not match or "box" in lower or _BOX_WORD.search(lower):
        return None
    behind = match[2].rstrip()
    if unit:
        found = _USUAL_UNIT.search(behind)
        if not found or found[1] != unit:
            return None
        street = _street(_ANY_NUMBER + behind[: found.start()], False)
        if not street or street.unit or street.wing:
            return None
    else:
        street = _street_of(behind, False)
    return (street.core, street.unit) if street and street.number == _ANY_NUMBER else None


def _street_of(behind: str, in_puerto_rico: bool) -> "_Street | None":
    """What stands behind a house number. A street that many rows have is read once, whatever their numbers and
    apartments are."""
    if unit := _USUAL_UNIT.search(behind):
        street = _street(_ANY_NUMBER + behind[: unit.start()], in_puerto_rico)
        if street and not (street.unit or street.wing):
            return street._replace(unit=_folded_unit(unit[1]))
    return _street(_ANY_NUMBER + behind, in_puerto_rico)


class _Street(NamedTuple):
    """What a delivery line says besides its place, as Door has it."""

    number: str
    core: str
    suffix: str
    around: str
    unit: str
    wing: str
    urbanization: str


@lru_cache(maxsize=200_000)
def _street(text: str, in_puerto_rico: bool) -> _Street | None:
    line = parse_street(_CALLE.sub("CALLE ", text) if in_puerto_rico else text)
    if line is None:
        return None
    unit, wing = _unit(line.units)
    core, suffix = _core_and_suffix(line.name, line.suffix, in_puerto_rico)
    around = line.before + line.after
    if core == "calle ocho" and not in_puerto_rico:
        # Miami's SW 8 St.
        core, suffix, around = "8", "st", around or "sw"
    urbanization = place_name(line.urbanization) if line.urbanization else ""
    number = line.number.lower().replace("-", "").replace(" ", "")
    return _Street(number, core, suffix, around, unit, wing, urbanization)


def _folded_unit(identifier: str) -> str:
    folded = identifier.lower().replace("-", "").replace(" ", "")
    return folded.lstrip("0") or folded


def _unit(units: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    unit, wing = [], []
    # A private mailbox is the person's own, whatever suite its agency has (Publication 28, 28).
    for designator, identifier in [each for each in units if each[0] == "pmb"] or units:
        folded = _folded_unit(identifier)
        if designator in _PARTS_OF_A_BUILDING:
            wing.append(designator + folded)
        else:
            unit.append("ph" + folded if designator == "ph" else folded or designator)
    return " ".join(sorted(unit)), " ".join(sorted(wing))


# One road has many names ("US Highway 1", "State Road 5", "Hwy 1"); only county roads are numbered apart.
_HIGHWAY = re.compile(r"(?:us |state |st )(?:hwy|rd|rte|road|highway|route) (?=\d)|(?:highway|hwy|rte|sr|us) (?=\d)")
_KINDS = {"avenida": "ave", "avenue": "ave", "road": "rd", "boulevard": "blvd", "plaza": "plz"}
_SPANISH = {"calle": "st", "avenida": "ave"}


@lru_cache(maxsize=100_000)
def _core_and_suffix(name: tuple[str, ...], suffix: str, in_puerto_rico: bool) -> tuple[str, str]:
    if tuple(map(fold, name)) == ("calle", "ocho"):
        return "calle ocho", ""
    core = core_of(Line(name=name, suffix=suffix))
    core = _HIGHWAY.sub("hwy ", core)
    first, _, rest = core.partition(" ")
    if not in_puerto_rico and not suffix and rest in _SPANISH and number_of(first) is not None:
        return first, _SPANISH[rest]
    if not in_puerto_rico and not suffix and first in _SPANISH and number_of(fold(rest)) is not None:
        return str(number_of(fold(rest))), _SPANISH[first]
    kind = tables().prefixes.get(first)
    if kind and rest and not suffix:
        # What stands in front of the name is its kind, as a suffix is: "Calle Luna", "Ave Ponce de Leon".
        core, suffix = rest, _KINDS.get(kind, kind)
    words = core.replace("mlk", "martin luther king").split()
    if "luther" in words:
        words = [word for word in words if word not in ("dr", "jr", "rev")]
    return " ".join(words), suffix
