"""The sieve before postal matching: rows that nobody can have asked for are not taken apart.

What stops a row is proven by tests against `matching.decide_row` and `matching.settle` row by row; a row that is not of
the most usual writing always passes."""

from dataclasses import dataclass

import numpy as np

from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching import Plan
from allegro_privacy.core.matching_sieve import ANY_UNIT, in_a_town, tables_of
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists.block_names import Names, names_of
from allegro_privacy.lists.block_sets import KeySet, combined, name_code, place_of, unit_code
from allegro_privacy.lists.block_shape import Shape
from allegro_privacy.lists.block_streets import Doors, doors_of
from allegro_privacy.lists.block_words import Marks, Places, Words

_U = np.uint64
_NOTHING = _U(0)


@dataclass(frozen=True, slots=True)
class PostKeys:
    """The keys of one postal plan, as sets."""

    at: KeySet
    named: KeySet
    near: KeySet
    people: KeySet
    corners: KeySet
    in_towns: Places


# Of the last plan only: a process has one.
_made: list[tuple[Plan, PostKeys]] = []


def post_tables(plan: Plan) -> PostKeys:
    """The sets of a plan, made once."""
    if not (_made and _made[0][0] is plan):
        towns = {int(number) for _, number in plan.in_town if number.isdecimal()}
        codes = {"at": unit_code}
        sets = {name: KeySet(table, codes.get(name, name_code)) for name, table in tables_of(plan).items()}
        _made[:] = [(plan, PostKeys(**sets, in_towns=np.array(sorted(towns), np.int64)))]
    return _made[0][1]


def passing(shape: Shape, rows: Places, columns: Columns, plan: ScrubPlan) -> Marks:
    """Which of these rows matching must decide."""
    everybody = np.ones(len(rows), np.bool_)
    if columns.labels or plan.doors:
        return everybody
    keys, names = post_tables(plan.post), names_of(shape, rows, columns.names)
    passed = np.zeros(len(rows), np.bool_)
    for address in columns.addresses:
        doors = doors_of(shape, rows, address)
        if doors is None:
            return everybody
        passed |= doors.unsure | _at_its_door(doors, keys)
        for row in np.flatnonzero(~passed & np.isin(doors.number, keys.in_towns)).tolist():
            city = _text(shape, address.city, rows[row : row + 1])
            passed[row] = in_a_town(plan.post, str(doors.number[row]), f"{doors.zip[row]:05}", city)
        left = np.flatnonzero(~passed)
        passed[left] = _by_name(doors, names, keys, left)
    return passed


def watched(shape: Shape, rows: Places, columns: Columns, plan: ScrubPlan) -> Marks:
    """Which of these rows `settle` may learn from."""
    seen, keys = np.zeros(len(rows), np.bool_), post_tables(plan.post)
    if columns.labels:
        return ~seen
    for address in columns.addresses:
        doors = doors_of(shape, rows, address)
        if doors is None:
            return np.ones(len(rows), np.bool_)
        corner = combined(doors.corner, place_of(np.zeros_like(doors.number), doors.number), _NOTHING)
        seen |= doors.unsure | keys.corners.has(corner)
    return seen


def _at_its_door(doors: Doors, keys: PostKeys) -> Marks:
    place = place_of(doors.zip, doors.number)
    found = np.zeros(len(place), np.bool_)
    asked = np.where(doors.unit == 0, _U(unit_code(ANY_UNIT)), doors.unit)
    for street in (doors.street, doors.end, doors.other_end):
        for unit in (asked, np.zeros_like(asked)):
            found |= keys.at.has(combined(street, place, unit))
    return found


def _text(shape: Shape, columns: tuple[int, ...], row: Places) -> str:
    if not columns:
        return ""
    start, stop = shape.cell(columns[0], row)
    return shape.raw[start[0] : stop[0]].tobytes().decode("utf-8", "replace").strip()


def _by_name(doors: Doors, names: Names, keys: PostKeys, rows: Places) -> Marks:
    """Is anybody of such a name at that number of such a street, or in that street and ZIP code at a number like it?"""
    found: Marks = names.unsure[rows].copy()
    number, begin = doors.number[rows], doors.begin[rows]
    elsewhere = place_of(np.zeros_like(number), number)
    street, zips = doors.street[rows], doors.zip[rows]
    near = _near(street, zips, number, keys)
    in_street = place_of(zips, np.zeros_like(number))
    for one, begins in enumerate(names.begins):
        word, length = begins[rows], names.lengths[one][rows].astype(np.uint64)
        there = length > 0
        if not there.any():
            continue
        found |= there & keys.named.has(combined(begin, elsewhere, word))
        for other in range(len(names.begins)):
            initial = names.initial(other)[rows]
            asked = np.flatnonzero(near & there & (initial != 0) & ~found)
            if other != one and len(asked):
                code = word[asked] | (initial[asked] << (_U(8) * length[asked]))
                found[asked] = keys.people.has(combined(street[asked], in_street[asked], code))
    return found


def _near(street: Words, zips: Places, number: Places, keys: PostKeys) -> Marks:
    found = keys.near.has(combined(street, place_of(zips, number), _NOTHING))
    unit = 1
    for _ in range(6):
        less = number // (unit * 10) * unit + number % unit
        there = (number >= unit) & ~found
        found |= there & keys.near.has(combined(street, place_of(zips, less), _NOTHING))
        unit *= 10
    return found
