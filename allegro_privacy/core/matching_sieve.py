"""What of a row tells, without taking its address apart, that `matching.decide_row` would keep it.

A sieve may let a row pass that nobody asked for; it must never stop one that matching would drop or show. So it works
on rows of the most usual writing alone, and on supersets of the keys of matching_plan."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from allegro_privacy.core.matching_doors import Door, usual_street
from allegro_privacy.core.matching_plan import Plan, begin_of, corner_of, ends_of
from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.places import place_name

ANY_UNIT = "||"


class Street(NamedTuple):
    """The parts of a street that keys are made of. ends: "" twice for a street that is only a number."""

    whole: str
    ends: tuple[str, str]
    begin: str
    corner: str
    unit: str


def street_of(line1: str, line2: str, unit: str) -> Street | None:
    """The street of a row whose first line begins with a house number, a blank and a letter, whatever that number is;
    None when it cannot be told without it. unit: the last digits of the lines, if the answer must hold for any."""
    usual = usual_street(line1, line2, unit)
    if usual is None:
        return None
    core, found = usual
    door = Door("", "", "", "", "", core)
    return Street(core, ("", "") if door.numbered else ends_of(core), begin_of(core), corner_of(door)[1], found)


class Table(NamedTuple):
    """Keys of the suppressed in parts: what of the street, the ZIP code ("" for none in the key), the number, and what
    of the name."""

    street: list[str]
    zip: list[str]
    number: list[str]
    name: list[str]


def tables_of(plan: Plan) -> dict[str, Table]:
    """The keys of a plan, by what they are made of (see each)."""
    corners = _table((corner, "", number, "") for number, corner in {corner_of(entry.door) for entry in plan.entries})
    return {
        "at": _table(_at(plan)),
        "named": _table((begin, "", number, name) for (number, begin), names in plan.by_name.items() for name in names),
        "near": _table(_near(plan)),
        "people": _table(
            (street, code, "", name) for (code, street), names in plan.on_street.items() for name in names
        ),
        "corners": corners,
    }


_Key = tuple[str, str, str, str]


def _table(keys: Iterable[_Key]) -> Table:
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], [], []]
    return Table(*columns)


def _at(plan: Plan) -> Iterator[_Key]:
    """Street or one of its ends at a ZIP code and number, and the apartment. Who lives in another apartment is never
    meant; whoever names none, by any."""
    for door in {entry.door for entry in plan.entries if entry.door.zip and not entry.door.route}:
        for street in (door.core, *(() if door.numbered else ends_of(door.core))):
            for unit in {door.unit, ANY_UNIT}:
                yield street, door.zip, door.number, unit


def _near(plan: Plan) -> Iterator[_Key]:
    """Street and ZIP code with the number, or what is left of it without one digit."""
    for (zip5, street), people in plan.on_street.items():
        for number in {entry.door.number for entries in people.values() for entry in entries}:
            for less in shortened(number):
                yield street, zip5, less, ""


def shortened(number: str) -> Iterator[str]:
    """A number and what is left of it when any one sign is left out: two that differ by one slip share one of these."""
    yield number
    for place in range(len(number)):
        yield number[:place] + number[place + 1 :]


def in_a_town(plan: Plan, number: str, zip5: str, city: str) -> bool:
    """Is anybody of that house number known by the name of a town that this may be?"""
    towns = Door(zip5, place_name(city) if city else "", "", "", number).towns
    return any((town, number) in plan.in_town for town in towns)


def name_words_apart() -> frozenset[str]:
    """Words that are left out of the name of a company; a name with one of them is told by nothing less than
    `people`."""
    return name_words().degrees | {"inc", "llc", "corp", "the"}
