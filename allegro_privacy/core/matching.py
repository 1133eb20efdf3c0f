"""One row of a mailing list against everybody who asked for no more circulars: keep, drop, or let a person look.

Every engine calls `decide_row`, one pure function on a row and a frozen Plan. The order of things: candidates by keys
that survive one mistake each (matching_plan), how sure the door is, how far the names agree, and what the level of the
suppression (the trade's three: individual, household, address) makes of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from allegro_privacy.core.matching_doors import Door, RowAddress, doors_of_row
from allegro_privacy.core.matching_people import Likeness, Named, is_for_nobody, likeness, people
from allegro_privacy.core.matching_plan import Entry, Plan, Suppressed, make_plan, settle
from allegro_privacy.core.matching_streets import one_slip, street_likeness, swapped
from allegro_privacy.core.person import Level

__all__ = [
    "Match",
    "Plan",
    "Row",
    "RowAddress",
    "RowVerdict",
    "Rule",
    "Suppressed",
    "decide_row",
    "make_plan",
    "settle",
]


class RowVerdict(StrEnum):
    """What becomes of one row of a mailing list."""

    KEEP = "keep"
    LOOK = "look"
    DROP = "drop"


class Rule(StrEnum):
    """Why a row was taken for a suppressed person's, or may be; the words that staff read."""

    NONE = ""
    DOOR = "the same door"
    SPELLING = "the same door, its street spelt otherwise"
    DIRECTION = "the same door, its direction or the kind of street left out in one"
    SUFFIX = "a street of the same name or number, but of another kind"
    PLACE = "the same door, with another ZIP code or none"
    FAR = "the same person, street and number, in another place"
    NUMBER = "the same person and street, one slip in the house number"
    UNIT = "the same building, its apartment left out in one"
    SHARED = "the same building, no apartment in either"


class Needed(StrEnum):
    """What the names must say before a door counts."""

    NOTHING = "nothing"
    SURNAME = "surname"
    PERSON = "person"
    LOOK = "look"
    """Even the same person's name is not enough to act alone."""


_ORDER = {needed: place for place, needed in enumerate(Needed)}


@dataclass(frozen=True, slots=True)
class Row:
    """What a mailing list says of one addressee; every address that it carries counts, old and new."""

    name: str
    addresses: tuple[RowAddress, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on a row, the rule that decided, and the suppression that caused it ("" when kept)."""

    verdict: RowVerdict
    rule: Rule = Rule.NONE
    suppression: str = ""


KEEP = Match(RowVerdict.KEEP)
_STRENGTH = {RowVerdict.KEEP: 0, RowVerdict.LOOK: 1, RowVerdict.DROP: 2}


def decide_row(row: Row, plan: Plan) -> Match:
    """The strongest verdict that any suppression has on any address of the row."""
    named, nobody = people(row.name), is_for_nobody(row.name)
    best = KEEP
    for address in row.addresses:
        for door in doors_of_row(address):
            for entry in plan.candidates(door, named):
                found = _against(entry, door, named, nobody, plan)
                if _STRENGTH[found.verdict] > _STRENGTH[best.verdict]:
                    best = found
                    if best.verdict is RowVerdict.DROP:
                        return best
    return best


def _against(entry: Entry, door: Door, named: tuple[Named, ...], nobody: bool, plan: Plan) -> Match:
    doubt = _closest(entry, door, plan)
    if doubt is None:
        return KEEP
    needed, rule = doubt
    alike = likeness(entry.people, named)
    verdict = _VERDICTS[entry.level](needed, rule, alike, nobody)
    return Match(verdict, rule, entry.id) if verdict is not RowVerdict.KEEP else KEEP


def _closest(entry: Entry, listed: Door, plan: Plan) -> tuple[Needed, Rule] | None:
    """How sure two doors are one: what the names must then say, by the weakest of its parts. None: other doors."""
    asked = entry.door
    if asked.route != listed.route:
        return None
    found = []
    for part in (_street, _number, _place):
        if (doubt := part(asked, listed)) is None:
            return None
        found.append(doubt)
    if not asked.route:
        if (doubt := _unit(entry, listed, plan)) is None:
            return None
        found.append(doubt)
    doubtful = [part for part in found if part[0] is not Needed.NOTHING]
    needed, rule = max(found, key=lambda part: _ORDER[part[0]])
    if len(doubtful) > 2:
        # Three things that differ are another door, unless a person sees otherwise.
        return Needed.LOOK, rule
    if len(doubtful) == 2 and needed is Needed.SURNAME:
        return Needed.PERSON, rule
    return needed, rule


_SURE = (Needed.NOTHING, Rule.DOOR)


def _place(asked: Door, listed: Door) -> tuple[Needed, Rule] | None:
    if asked.zip and asked.zip == listed.zip:
        return _SURE
    if asked.state and listed.state and asked.state != listed.state:
        return None
    if not asked.zip or not listed.zip:
        same_town = not asked.towns.isdisjoint(listed.towns)
        return (Needed.NOTHING if same_town else Needed.LOOK, Rule.PLACE)
    if asked.city and (asked.city == listed.city or asked.is_written_to(listed) or listed.is_written_to(asked)):
        # The same box number is somebody else's in the next post office; a street has each number once in a town.
        return (Needed.PERSON if asked.route else Needed.SURNAME), Rule.PLACE
    return Needed.LOOK, Rule.FAR


def _number(asked: Door, listed: Door) -> tuple[Needed, Rule] | None:
    if asked.number == listed.number:
        return _SURE
    if not one_slip(asked.number, listed.number):
        return None
    # Digits that changed places are a slip of the hand; another digit may be the neighbour of the same name.
    return (Needed.PERSON if swapped(asked.number, listed.number) else Needed.LOOK), Rule.NUMBER


def _street(asked: Door, listed: Door) -> tuple[Needed, Rule] | None:
    if asked.route:
        return _SURE
    if asked.urbanization and listed.urbanization and asked.urbanization != listed.urbanization:
        return None
    if asked.around and listed.around and asked.around != listed.around:
        return None
    alike = street_likeness(asked, listed)
    if not alike:
        return None
    if asked.suffix and listed.suffix and asked.suffix != listed.suffix and asked.core == listed.core:
        # NW 7 St, NW 7 Ave, NW 7 Ct, NW 7 Pl, NW 7 Ter are five places.
        return Needed.LOOK, Rule.SUFFIX
    if alike < 100:
        return Needed.SURNAME, Rule.SPELLING
    if asked.numbered and (asked.around != listed.around or asked.suffix != listed.suffix):
        # "6205 SW 44" may be a street, an avenue or a court.
        return Needed.SURNAME, Rule.DIRECTION
    if asked.zip != listed.zip and (asked.around != listed.around or asked.suffix != listed.suffix):
        # In the next ZIP code there may be a street of the same name and another kind.
        return Needed.SURNAME, Rule.DIRECTION
    return _SURE


def _unit(entry: Entry, listed: Door, plan: Plan) -> tuple[Needed, Rule] | None:
    asked = entry.door
    if asked.wing and listed.wing and asked.wing != listed.wing:
        return None
    if asked.unit == listed.unit:
        shared = not asked.unit and plan.is_shared(listed)
        return (Needed.SURNAME, Rule.SHARED) if shared else _SURE
    if asked.unit and listed.unit:
        return None
    if entry.at_home:
        # The list has this person in the house itself, not in its apartment.
        return Needed.LOOK, Rule.UNIT
    if not plan.is_shared(listed):
        return Needed.SURNAME, Rule.UNIT
    # The list was read and does not tell in which apartment somebody lives: two people there have the name.
    return (Needed.LOOK if plan.settled and not asked.unit else Needed.PERSON), Rule.UNIT


def _for_address(needed: Needed, rule: Rule, alike: Likeness, nobody: bool) -> RowVerdict:
    """Everybody behind this door, whatever their names are, while the door is sure."""
    match needed:
        case Needed.NOTHING:
            return RowVerdict.DROP
        case Needed.SURNAME:
            if alike.same_surname:
                return RowVerdict.DROP
            return RowVerdict.LOOK if nobody or rule is Rule.PLACE else RowVerdict.KEEP
        case Needed.PERSON:
            return _for_person(alike, Likeness.NEARLY)
        case Needed.LOOK:
            return RowVerdict.LOOK if alike >= Likeness.INITIAL else RowVerdict.KEEP


def _for_household(needed: Needed, rule: Rule, alike: Likeness, nobody: bool) -> RowVerdict:
    """Who shares a surname with the one who asked, and that person under any surname; mail for nobody by name too."""
    match needed:
        case Needed.NOTHING:
            return RowVerdict.DROP if alike is not Likeness.OTHER or nobody else RowVerdict.KEEP
        case Needed.SURNAME:
            if alike.same_surname:
                return RowVerdict.DROP
            return RowVerdict.LOOK if alike is Likeness.GIVEN else RowVerdict.KEEP
        case Needed.PERSON:
            return _for_person(alike, Likeness.NEARLY)
        case Needed.LOOK:
            return RowVerdict.LOOK if alike >= Likeness.INITIAL else RowVerdict.KEEP


def _for_individual(needed: Needed, rule: Rule, alike: Likeness, nobody: bool) -> RowVerdict:
    """The one person. A father is not dropped for his son."""
    match needed:
        case Needed.NOTHING | Needed.SURNAME if alike >= Likeness.INITIAL:
            return RowVerdict.DROP
        case Needed.NOTHING if alike in (Likeness.GIVEN, Likeness.NEARLY) or nobody:
            return RowVerdict.LOOK
        case Needed.PERSON if alike is Likeness.PERSON:
            return RowVerdict.DROP
        case Needed.LOOK | Needed.PERSON if alike >= Likeness.INITIAL:
            return RowVerdict.LOOK
        case Needed.SURNAME if alike is Likeness.NEARLY:
            return RowVerdict.LOOK
        case _:
            return RowVerdict.KEEP


def _for_person(alike: Likeness, least: Likeness) -> RowVerdict:
    if alike is Likeness.INITIAL:
        return RowVerdict.LOOK
    return RowVerdict.DROP if alike >= least else RowVerdict.KEEP


_VERDICTS = {Level.ADDRESS: _for_address, Level.HOUSEHOLD: _for_household, Level.INDIVIDUAL: _for_individual}


def settled(plan: Plan, rows: Iterable[Row]) -> Plan:
    """The plan with what one reading of the list adds: which buildings have several apartments, and in which of them
    somebody lives who left theirs out."""
    return settle(
        plan, ((people(row.name), door) for row in rows for one in row.addresses for door in doors_of_row(one))
    )
