"""House numbers and streets of many rows at once; each writing of a street is read by Python once."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allegro_privacy.core.columns import AddressColumns
from allegro_privacy.core.matching_sieve import street_of
from allegro_privacy.lists.block_sets import text_hash, unit_code
from allegro_privacy.lists.block_shape import Shape
from allegro_privacy.lists.block_words import LONGEST, Bits, Cells, Marks, Places, Words, cells_of, hashes

_U = np.uint64
_MOST_STREETS = 200_000
_PARTS = 6
_ZEROS = (0,) * _PARTS
# What each writing of a street came to: hashes of the whole, its ends, begin and corner, the unit; all 0: unsure.
_known: OrderedDict[tuple[bytes, bytes, bytes], tuple[int, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of some rows. street, end, other_end, begin, corner: hashes of what matching_sieve.Street holds.
    unit: as unit_code has it.  unsure: rows whose address must be taken apart by itself."""

    zip: Places
    number: Places
    street: Words
    end: Words
    other_end: Words
    begin: Words
    corner: Words
    unit: Words
    unsure: Marks


def doors_of(shape: Shape, rows: Places, columns: AddressColumns) -> Doors | None:
    """None: in a list like this no address can be told."""
    single = (columns.line1, columns.city, columns.state, columns.zip)
    if columns.lastline or any(len(each) > 1 for each in single) or len(columns.line2) > 1 or not columns.zip:
        return None
    raw = shape.raw
    zips, unsure = _zips(raw, *shape.cell(columns.zip[0], rows))
    for column in columns.state:
        unsure |= _elsewhere(raw, *shape.cell(column, rows))
    start, stop = shape.cell(columns.line1[0], rows)
    number, digits = _leading(raw, start, stop)
    start = start + digits
    letter = raw[np.minimum(start + 1, len(raw) - 1)] | 32
    unsure |= (digits == 0) | (digits > 6) | (raw[start] != 32) | (letter < 97) | (letter > 122) | (start + 1 >= stop)
    if columns.line2:
        start2, stop2 = shape.cell(columns.line2[0], rows)
    else:
        start2, stop2 = start, start
    street, unknown = _streets(raw, (start, stop), (start2, stop2), unsure)
    return Doors(zips, number, street[0], street[1], street[2], street[3], street[4], street[5], unknown)


def _zips(raw: NDArray[np.uint8], start: Places, stop: Places) -> tuple[Places, Marks]:
    """ZIP codes of five digits, with or without the four behind a hyphen."""
    value, digits = _leading(raw, start, stop, 5)
    length = stop - start
    _, more = _leading(raw, start + 6, np.maximum(stop, start + 6), 5)
    long = (length == 10) & (raw[np.minimum(start + 5, len(raw) - 1)] == 45) & (more == 4)
    _, four = _leading(raw, start + 5, np.maximum(stop, start + 5), 5)
    return value, (digits != 5) | ~((length == 5) | long | ((length == 9) & (four == 4)))


def _leading(raw: NDArray[np.uint8], start: Places, stop: Places, most: int = 7) -> tuple[Places, Places]:
    """The digits at the beginning as a number, and how many they are; 0 for a number that begins with 0 if it may be
    a house number."""
    value, count = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
    going = np.ones(len(start), np.bool_)
    for place in range(most):
        byte = raw[np.minimum(start + place, len(raw) - 1)]
        going &= (start + place < stop) & (byte >= 48) & (byte <= 57)
        value = np.where(going, value * 10 + byte - 48, value)
        count = count + going
    if most == 7:
        count = np.where(raw[np.minimum(start, len(raw) - 1)] == 48, 0, count)
    return value, count


def _elsewhere(raw: NDArray[np.uint8], start: Places, stop: Places) -> Marks:
    """Is it Puerto Rico, where streets are read otherwise, or no code of two letters?"""
    state = cells_of(raw, start, stop)
    if not state.words:
        return np.zeros(len(start), np.bool_)
    code = (state.lengths == 2) & (Bits(state).within("a", "z") == 3)
    puerto_rico = state.words[0] == _U(int.from_bytes(b"pr", "little"))
    usual: Marks = (state.lengths == 0) | (code & ~puerto_rico)
    return ~usual


_Spans = tuple[Places, Places]


def _streets(raw: NDArray[np.uint8], first: _Spans, second: _Spans, unsure: Marks) -> tuple[list[Words], Marks]:
    """What each row's street comes to: first as one of those that differ in the digits of their apartment alone, and
    where that does not tell, as it stands."""
    single = second[0] == second[1]
    stop1, tail1 = _without_unit(raw, *first, single)
    stop2, tail2 = _without_unit(raw, *second, ~single)
    found = np.zeros((len(single), _PARTS), np.uint64)
    _grouped(raw, (first[0], stop1, first[1]), (second[0], stop2, second[1]), np.flatnonzero(~unsure), found)
    left = np.flatnonzero(~unsure & (found[:, 0] == 0) & (tail1 | tail2))
    _grouped(raw, (first[0], first[1], first[1]), (second[0], second[1], second[1]), left, found)
    return [found[:, part] for part in range(_PARTS)], unsure | (found[:, 0] == 0)


def _grouped(
    raw: NDArray[np.uint8], first: tuple[Places, ...], second: tuple[Places, ...], rows: Places, into: Words
) -> None:
    """Each writing of a street once. first, second: where a line begins, where its apartment's digits do, its end."""
    lines = [cells_of(raw, each[0][rows], each[1][rows], as_written=True) for each in (first, second)]
    good = np.ones(len(rows), np.bool_)
    for cells in lines:
        bits = Bits(cells)
        good &= (bits.within(" ", "~") & ~bits.of('"') == bits.whole) & (cells.lengths <= LONGEST)
    picked = np.flatnonzero(good)
    rows = rows[picked]
    if not len(rows):
        return
    alone = first[2][rows] > first[1][rows]
    begin, end = np.where(alone, first[1][rows], second[1][rows]), np.where(alone, first[2][rows], second[2][rows])
    cut = end > begin
    keys = hashes(lines[0])[picked] * _U(31) + hashes(lines[1])[picked] * _U(37) + cut
    _, sample, group = np.unique(keys, return_index=True, return_inverse=True)
    told = _told(raw, rows[sample], first, second)[group]
    others = picked[sample][group]
    same = (cut == cut[sample][group]) & _same(lines[0], picked, others) & _same(lines[1], picked, others)
    cut &= told[:, 0] != 0
    unit, _ = _leading(raw, begin, end, 5)
    told[cut, -1] = (unit[cut] + 1).astype(np.uint64)
    into[rows[same]] = told[same]


def _without_unit(raw: NDArray[np.uint8], start: Places, stop: Places, wanted: Marks) -> tuple[Places, Marks]:
    """Where a line ends without its last one to five digits, if a blank or # stands before them."""
    end = stop
    for _ in range(6):
        last = raw[np.maximum(end - 1, 0)]
        end = end - ((end > start) & (last >= 48) & (last <= 57))
    before = raw[np.maximum(end - 1, 0)]
    cut = wanted & (end < stop) & (stop - end <= 5) & (end > start) & ((before == 32) | (before == 35))
    return np.where(cut, end, stop), cut


def _same(cells: Cells, rows: Places, others: Places) -> Marks:
    same: Marks = cells.lengths[rows] == cells.lengths[others]
    for word in cells.words:
        same &= word[rows] == word[others]
    return same


def _told(raw: NDArray[np.uint8], rows: Places, first: tuple[Places, ...], second: tuple[Places, ...]) -> Words:
    block = raw.tobytes()
    places = [column[rows].tolist() for column in (*first, *second)]
    told = [_street(block[a:b], block[d:e], block[b:c] or block[e:f]) for a, b, c, d, e, f in zip(*places, strict=True)]
    return np.array(told, np.uint64).reshape(len(told), _PARTS)


def _street(first: bytes, second: bytes, unit: bytes) -> tuple[int, ...]:
    key = (first, second, b"1" if unit else b"")
    known = _known.get(key)
    if known is None:
        tail = unit.decode()
        line1, line2 = first.decode(), second.decode()
        street = street_of(f"1{line1}{'' if line2 else tail}", f"{line2}{tail}" if line2 else "", tail)
        known = _ZEROS
        if street:
            parts = (street.whole, *street.ends, street.begin, street.corner)
            known = (*map(text_hash, parts), unit_code(street.unit))
        if len(_known) >= _MOST_STREETS:
            _known.popitem(last=False)
        _known[key] = known
    return known
