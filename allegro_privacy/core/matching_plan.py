"""Everybody who asked, indexed so that a list row meets the few who may be meant: each key survives one mistake."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from allegro_privacy.core.matching_doors import Door, door_of
from allegro_privacy.core.matching_people import Likeness, Named, initials, likeness, people
from allegro_privacy.core.model import Level, PostalAddress

_SHARED = 2


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One standing suppression of post. id: how staff name it ("S-12")."""

    id: str
    level: Level
    name: str | None
    address: PostalAddress


@dataclass(frozen=True, slots=True)
class Entry:
    """A suppression in the parts that are compared."""

    id: str
    level: Level
    people: tuple[Named, ...]
    door: Door


Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Frozen: one plan serves every engine and process. shared: buildings known to have several apartments.

    at_door: by ZIP, number, street (and unit).  near_door: by ZIP and number, for streets whose name may be misspelt.
    in_town: by town, number, for those without a ZIP.  by_surname: by number, street and surname, whatever the ZIP.
    on_street: by ZIP, street, surname and given name, whatever the number."""

    entries: tuple[Entry, ...]
    shared: frozenset[Key]
    at_door: dict[Key, list[Entry]] = field(repr=False)
    near_door: dict[Key, list[Entry]] = field(repr=False)
    in_town: dict[Key, list[Entry]] = field(repr=False)
    by_surname: dict[Key, list[Entry]] = field(repr=False)
    on_street: dict[Key, list[Entry]] = field(repr=False)
    unreadable: tuple[str, ...] = ()
    settled: bool = False

    def is_shared(self, door: Door) -> bool:
        """Does this building have several apartments, as far as anybody told?"""
        return _building(door) in self.shared

    def candidates(self, door: Door, named: tuple[Named, ...]) -> Iterator[Entry]:
        """Everybody who may be meant by a row, the likeliest first; some come twice."""
        street = door.route or door.core
        if door.unit:
            yield from self.at_door.get((door.zip, door.number, street, door.unit), ())
            yield from self.at_door.get((door.zip, door.number, street, ""), ())
        else:
            yield from self.at_door.get((door.zip, door.number, street), ())
        if not door.numbered:
            yield from self.near_door.get((door.zip, door.number), ())
        if self.in_town or not door.zip:
            for town in door.towns:
                yield from self.in_town.get((town, door.number), ())
        for one in named:
            for surname in one.surnames:
                yield from self.by_surname.get((door.number, _begin(street), surname[:3]), ())
                for given in one.given[:2]:
                    yield from self.on_street.get((door.zip, street, surname[:3], given[:1]), ())


def _begin(street: str) -> str:
    return street if street.isdigit() else street[:3]


def _building(door: Door) -> Key:
    return door.zip, door.number, door.core


def make_plan(suppressed: Iterable[Suppressed]) -> Plan:
    """Index everybody. Those whose address cannot be compared are named in `unreadable`: a person must look at them."""
    entries, unreadable = [], []
    for each in suppressed:
        door = door_of(each.address)
        if door is None or not (door.zip or door.city):
            unreadable.append(each.id)
        else:
            entries.append(Entry(each.id, each.level, people(each.name or ""), door))
    return _indexed(entries, frozenset(), tuple(unreadable))


def _indexed(
    entries: Iterable[Entry], shared: frozenset[Key], unreadable: tuple[str, ...], settled: bool = False
) -> Plan:
    plan = Plan(tuple(entries), shared, {}, {}, {}, {}, {}, unreadable, settled)
    units: dict[Key, set[str]] = {}
    for entry in plan.entries:
        for index, key in _keys(plan, entry):
            index.setdefault(key, []).append(entry)
        if entry.door.unit:
            units.setdefault(_building(entry.door), set()).add(entry.door.unit)
    several = frozenset(building for building, found in units.items() if len(found) >= _SHARED)
    return replace(plan, shared=shared | several)


def _keys(plan: Plan, entry: Entry) -> Iterator[tuple[dict[Key, list[Entry]], Key]]:
    door = entry.door
    street = door.route or door.core
    if door.zip:
        yield plan.at_door, (door.zip, door.number, street)
        yield plan.at_door, (door.zip, door.number, street, door.unit)
        if not door.numbered and not door.route:
            yield plan.near_door, (door.zip, door.number)
    else:
        yield plan.in_town, (door.city, door.number)
    for surname in {surname[:3] for one in entry.people for surname in one.surnames}:
        yield plan.by_surname, (door.number, _begin(street), surname)
    letters = {(s[:3], i) for one in entry.people for s in one.surnames for g in one.given[:2] for i in initials(g)}
    for surname, initial in letters:
        yield plan.on_street, (door.zip, street, surname, initial)


def settle(plan: Plan, listed: Iterable[tuple[tuple[Named, ...], Door]]) -> Plan:
    """The plan with what the list itself tells: which buildings have several apartments, and in which of them somebody
    lives who left theirs out (only when one apartment, and no more, has that person's name)."""
    watched = {_building(entry.door) for entry in plan.entries}
    without: dict[Key, list[Entry]] = {}
    for entry in plan.entries:
        if not entry.door.unit and not entry.door.route:
            without.setdefault(_building(entry.door), []).append(entry)
    units: dict[Key, set[str]] = {}
    homes: dict[str, set[tuple[str, str]]] = {}
    for named, door in listed:
        building = _building(door)
        if building not in watched or not door.unit:
            continue
        known = units.setdefault(building, set())
        if len(known) < _SHARED:
            known.add(door.unit)
        for entry in without.get(building, ()):
            if likeness(entry.people, named) >= Likeness.INITIAL:
                homes.setdefault(entry.id, set()).add((door.unit, door.wing))
    shared = plan.shared | {building for building, found in units.items() if len(found) >= _SHARED}
    return _indexed((_at_home(entry, homes) for entry in plan.entries), shared, plan.unreadable, settled=True)


def _at_home(entry: Entry, homes: dict[str, set[tuple[str, str]]]) -> Entry:
    found = homes.get(entry.id, set())
    if len(found) != 1:
        return entry
    unit, wing = next(iter(found))
    return replace(entry, door=replace(entry.door, unit=unit, wing=wing))
