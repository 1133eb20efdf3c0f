"""Everybody who asked, indexed so that a list row meets the few who may be meant: each key survives one mistake."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from allegro_privacy.core.matching_doors import Door, door_of
from allegro_privacy.core.matching_people import Likeness, Named, likeness, people
from allegro_privacy.core.matching_streets import may_be_one, one_slip, spelled_out
from allegro_privacy.core.nicknames import initials
from allegro_privacy.core.person import Level, PostalAddress

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
    at_home: bool = False
    """Does the list show this person at the very door, without an apartment?"""


Key = tuple[str, ...]
# By a place first and then within it, so that a row that is nobody's is passed over at a few look-ups.
Index = dict[Key, dict[str, list[Entry]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Frozen: one plan serves every engine and process. shared: buildings known to have several apartments.

    at_number: by ZIP and number, then street and unit, or either end of a street's name that may be misspelt.
    in_town: by town and number, for those without a ZIP.  by_name: by number and street, whatever the ZIP, then
    the beginning of a name.  on_street: by ZIP and street, whatever the number, then surname and given name."""

    entries: tuple[Entry, ...]
    shared: frozenset[Key]
    at_number: Index = field(repr=False)
    in_town: Index = field(repr=False)
    by_name: Index = field(repr=False)
    on_street: Index = field(repr=False)
    unreadable: tuple[str, ...] = ()
    settled: bool = False

    def is_shared(self, door: Door) -> bool:
        """Does this building have several apartments, as far as anybody told?"""
        return _building(door) in self.shared

    def candidates(self, door: Door, named: tuple[Named, ...]) -> Iterator[Entry]:
        """Everybody who may be meant by a row, the likeliest first; some come twice."""
        street = door.route or door.core
        if here := self.at_number.get((door.zip, door.number)):
            for key in _of_door(door, street):
                yield from here.get(key, ())
        if self.in_town:
            for town in door.towns:
                yield from self.in_town.get((town, door.number), {}).get("", ())
        if here := self.by_name.get((door.number, begin_of(street))):
            for word in {word[:3] for one in named for word in (*one.surnames, *one.given[:1])}:
                yield from here.get(word, ())
        if here := self.on_street.get((door.zip, street)):
            found = (entry for one in named for key in _of_person(one) for entry in here.get(key, ()))
            yield from (entry for entry in found if one_slip(entry.door.number, door.number))


def _of_door(door: Door, street: str) -> tuple[str, ...]:
    units = (f"{street}|{door.unit}", f"{street}|") if door.unit else (f"{street}||",)
    return units if door.numbered or door.route else (*units, *ends_of(street))


def _of_person(one: Named) -> Iterator[str]:
    """Surname and given name, as they stand and the other way round ("GARCIA JOSE")."""
    for given in one.given[:2]:
        for surname in one.surnames:
            yield surname[:3] + given[0]
            yield given[:3] + surname[0]


def ends_of(core: str) -> tuple[str, str]:
    """Both ends of a street's name: one slip leaves one of them."""
    name = spelled_out(core)
    return name[:2] + "-", "-" + name[-2:]


def begin_of(street: str) -> str:
    """The first letters of a street's name, or its number."""
    return street if street.isdigit() else spelled_out(street)[:3]


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
    plan = Plan(tuple(entries), shared, {}, {}, {}, {}, unreadable, settled)
    units: dict[Key, set[str]] = {}
    for entry in plan.entries:
        for index, place, key in _keys(plan, entry):
            index.setdefault(place, {}).setdefault(key, []).append(entry)
        if entry.door.unit:
            units.setdefault(_building(entry.door), set()).add(entry.door.unit)
    several = frozenset(building for building, found in units.items() if len(found) >= _SHARED)
    return replace(plan, shared=shared | several)


def _keys(plan: Plan, entry: Entry) -> Iterator[tuple[Index, Key, str]]:
    door = entry.door
    street = door.route or door.core
    if door.zip:
        keys = (f"{street}|{door.unit}", f"{street}||", *(() if door.numbered or door.route else ends_of(street)))
        for key in keys:
            yield plan.at_number, (door.zip, door.number), key
    else:
        yield plan.in_town, (door.city, door.number), ""
    # Given names too: some write their surname first.
    for word in {word[:3] for one in entry.people for word in (*one.surnames, *one.given[:1]) if len(word) > 1}:
        yield plan.by_name, (door.number, begin_of(street)), word
    for key in {s[:3] + i for one in entry.people for s in one.surnames for g in one.given[:2] for i in initials(g)}:
        yield plan.on_street, (door.zip, street), key


def settle(plan: Plan, listed: Iterable[tuple[tuple[Named, ...], Door]]) -> Plan:
    """The plan with what the list itself tells: which buildings have several apartments, and in which of them somebody
    lives who left theirs out (only when one apartment, and no more, has that person's name)."""
    watched = {corner_of(entry.door) for entry in plan.entries}
    without: dict[Key, list[Entry]] = {}
    for entry in plan.entries:
        if not entry.door.unit and not entry.door.route:
            without.setdefault(corner_of(entry.door), []).append(entry)
    units: dict[Key, set[str]] = {}
    homes: dict[str, dict[tuple[str, str], Likeness]] = {}
    for named, door in listed:
        if corner_of(door) not in watched:
            continue
        known = units.setdefault(_building(door), set())
        if door.unit and len(known) < _SHARED:
            known.add(door.unit)
        for entry in without.get(corner_of(door), ()):
            alike = likeness(entry.people, named) if may_be_one(entry.door, door) else Likeness.OTHER
            if alike >= Likeness.INITIAL:
                found = homes.setdefault(entry.id, {})
                found[door.unit, door.wing] = max(alike, found.get((door.unit, door.wing), alike))
    shared = plan.shared | {building for building, found in units.items() if len(found) >= _SHARED}
    return _indexed((_at_home(entry, homes) for entry in plan.entries), shared, plan.unreadable, settled=True)


def corner_of(door: Door) -> Key:
    """Number and beginning of the street: what a misspelt street and a wrong ZIP code leave."""
    return door.number, door.core if door.numbered else spelled_out(door.core)[:2]


def _at_home(entry: Entry, homes: dict[str, dict[tuple[str, str], Likeness]]) -> Entry:
    found = homes.get(entry.id, {})
    surest = [home for home, alike in found.items() if home[0] and alike is max(found.values())]
    if len(surest) == 1:
        return replace(entry, door=replace(entry.door, unit=surest[0][0], wing=surest[0][1]))
    return replace(entry, at_home=bool(found) and not any(unit for unit, _ in found))
