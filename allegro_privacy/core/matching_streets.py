"""Are two streets of one house number one street, and two house numbers one number?"""

import re
from functools import cache, lru_cache

from rapidfuzz.fuzz import ratio

from allegro_privacy.core.matching_doors import Door
from allegro_privacy.core.postal_tables import tables

_ALIKE = 80
_REMOTE = 65


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
    return int(ratio(spelled_out(one.core), spelled_out(other.core), score_cutoff=_REMOTE))


@lru_cache(maxsize=100_000)
def spelled_out(core: str) -> str:
    """The name with its suffix words in full: "smt" is Summit, and "Summmit" is misspelt."""
    longest: dict[str, str] = _longest_spellings()
    return "".join(longest.get(word, word) for word in core.split())


@cache
def _longest_spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for spelling, standard in tables().suffixes.items():
        if len(spelling) > len(found.get(standard, "")):
            found[standard] = spelling
    return found


def may_be_one(one: Door, other: Door) -> bool:
    """Does nothing say of two doors of one number that they are two: no town, street, direction or kind?"""
    pairs = ((one.around, other.around), (one.suffix, other.suffix), (one.urbanization, other.urbanization))
    if any(mine and yours and mine != yours for mine, yours in pairs) or street_likeness(one, other) < _ALIKE:
        return False
    return one.zip == other.zip or not one.towns.isdisjoint(other.towns)


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
