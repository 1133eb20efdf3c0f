"""Sets of keys that are made of several parts, in which many are looked up at once. What is not in one, is not."""

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np

from allegro_privacy.core.matching_sieve import Table
from allegro_privacy.lists.block_words import Marks, Places, Words

_U = np.uint64
_FACTORS = (_U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F), _U(0x165667B19E3779F9))
_SHIFT = _U(31)


@lru_cache(maxsize=1 << 16)
def text_hash(text: str) -> int:
    """64 bits of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def name_code(name: str) -> int:
    """The first four letters of a name as a number, as `Names` has them."""
    return int.from_bytes(name.encode("utf-8", "surrogatepass")[:4].ljust(4, b"\0"), "little")


def unit_code(unit: str) -> int:
    """An apartment as a number: its own when it is one."""
    if unit.isascii() and unit.isdecimal() and len(unit) <= 5:
        return int(unit) + 1
    return text_hash(unit) | 1 << 63 if unit else 0


def combined(street: Words, place: Words, name: Words | np.uint64) -> Words:
    """One hash of the parts of a key."""
    found = (street ^ (place * _FACTORS[0])) * _FACTORS[1]
    found = (found ^ (found >> _SHIFT) ^ (name * _FACTORS[2])) * _FACTORS[0]
    found ^= found >> _SHIFT
    return found


def place_of(zips: Places, numbers: Places) -> Words:
    """ZIP code and house number in one."""
    return zips.astype(np.uint64) * _U(10**7) + numbers.astype(np.uint64)


class KeySet:
    """Keys of one table. Numbers that are none, or begin with 0, are left out: no row that is looked up has such."""

    def __init__(self, table: Table, code: Callable[[str], int] = name_code) -> None:
        usable = [_usual(number) for number in table.number]
        kept = np.flatnonzero(np.fromiter(usable, np.bool_, len(usable)))
        streets = _numbers(map(text_hash, table.street), len(usable))
        zips = _numbers((int(one) if one.isdecimal() else 0 for one in table.zip), len(usable))
        numbers = _numbers((int(one) if _usual(one) and one else 0 for one in table.number), len(usable))
        names = _numbers(map(code, table.name), len(usable))
        place = place_of(zips.astype(np.int64), numbers.astype(np.int64))
        self._keys = np.unique(combined(streets, place, names)[kept])
        self._shift = _U(64 - max(len(self._keys).bit_length() + 3, 8))
        self._slots = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        self._slots[self._keys >> self._shift] = True

    def has(self, keys: Words) -> Marks:
        """Which of these keys are in it."""
        found: Marks = self._slots[keys >> self._shift]
        rows = np.flatnonzero(found)
        if len(rows):
            at = np.minimum(np.searchsorted(self._keys, keys[rows]), len(self._keys) - 1)
            found[rows] = self._keys[at] == keys[rows]
        return found


def _usual(number: str) -> bool:
    return not number or (number.isascii() and number.isdecimal() and len(number) <= 6)


def _numbers(values: Iterable[int], count: int) -> Words:
    return np.fromiter(values, np.uint64, count)
