"""Apartments, suites, floors and the like: where a unit stands in a delivery line, and what it is called."""

import re
from dataclasses import replace
from itertools import takewhile

from allegro_privacy.core.postal_parts import Word, is_house_number
from allegro_privacy.core.postal_tables import number_of, tables

UNIT_ID = re.compile(r"[a-z]{0,3}-?\d{1,5}(?:-?[a-z]{1,2})?(?:-\w{1,4})?|[a-z](?:-[a-z\d])?")
_GLUED = re.compile(r"(apt|apto|ste|suite|unit|ph|bldg|rm|lot|pmb|spc|fl)-?(\d\w{0,5})")
# Designators that are ordinary words of street names, too: they count only after a suffix or at a new chunk.
_SHY = frozenset({"key", "lot", "pier", "slip", "spc", "stop", "fl", "rm", "hngr", "dept", "bldg", "twr"})

_NUMBER_WORDS = ("#", "no", "num", "number", "numero", "nro")


def unit_at(words: list[Word], i: int) -> tuple[tuple[str, str] | None, int]:
    """The unit that begins at word i, and how many words it takes."""
    table = tables()
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else None
    if glued := _GLUED.fullmatch(word.folded):
        return (table.units.get(glued[1], glued[1]), glued[2].upper()), 1
    if following and table.units.get(following.folded) == "fl" and not word.folded.isdigit():
        ordinal = number_of(word.folded)
        if ordinal:
            return ("fl", str(ordinal)), 2
    designator = "#" if word.folded in _NUMBER_WORDS else table.units.get(word.folded)
    if designator is None:
        return _alone(words, i)
    used = 1
    while i + used < len(words) and words[i + used].folded in (*_NUMBER_WORDS, "-"):
        used += 1
    if i + used >= len(words) or not UNIT_ID.fullmatch(words[i + used].folded):
        return None, 0
    identifier, taken = _identifier(words, i + used)
    return (designator, identifier), used + taken


def _alone(words: list[Word], i: int) -> tuple[tuple[str, str] | None, int]:
    designator = tables().units_alone.get(words[i].folded)
    if designator is None:
        return None, 0
    following = words[i + 1] if i + 1 < len(words) else None
    if designator == "ph" and following and UNIT_ID.fullmatch(following.folded):
        return ("ph", following.text.upper()), 2
    if following and following.folded == "#" and i + 2 < len(words) and designator == "ph":
        return ("ph", words[i + 2].text.upper()), 3
    ends = following is None or following.chunk != words[i].chunk
    return ((designator, ""), 1) if ends else (None, 0)


def _identifier(words: list[Word], i: int) -> tuple[str, int]:
    """An identifier with what hangs on it: "C & D", "18, 19 & 20", "203 -A"."""
    text, j = words[i].text.upper(), i + 1
    if j < len(words) and words[j].chunk == words[i].chunk and _is_rest_of(words, i):
        # "6 H", "B 14"
        text, j = text + words[j].text.upper(), j + 1
    while j + 1 < len(words) and words[j].folded in ("&", "-", "and", "y") and UNIT_ID.fullmatch(words[j + 1].folded):
        text += ("-" if words[j].folded == "-" else " & ") + words[j + 1].text.upper()
        j += 2
    if words[i - 1].folded in ("suites", "units", "apts", "stes"):
        listed = [
            w.text.upper() for w in takewhile(lambda w: w.folded == "&" or UNIT_ID.fullmatch(w.folded), words[i:])
        ]
        return " & ".join(w for w in listed if w != "&"), len(listed)
    return text, j - i


def _is_rest_of(words: list[Word], i: int) -> bool:
    """Do two words make one identifier, a number and a letter with nothing behind them?"""
    one, other = words[i].folded, words[i + 1].folded
    last = i + 2 == len(words) or words[i + 2].chunk != words[i].chunk
    letter_behind = one.isdigit() and len(other) == 1 and other.isalpha()
    return last and (letter_behind or (len(one) == 1 and one.isalpha() and other.isdigit()))


def without_units(words: list[Word]) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    """The words of the street, and the units that stood behind it."""
    kept: list[Word] = []
    units: list[tuple[str, str]] = []
    i = 0
    while i < len(words):
        unit, used = unit_at(words, i) if kept and _may_be_unit(kept, words, i) else (None, 0)
        if unit is None:
            kept.append(words[i])
            i += 1
            continue
        units.append(unit)
        # What follows a unit on its line is no part of the street any more.
        i += used
        words = words[:i] + [replace(w, chunk=w.chunk + 1) for w in words[i:]]
    return kept, tuple(units)


def _may_be_unit(kept: list[Word], words: list[Word], i: int) -> bool:
    table = tables()
    word, last = words[i], kept[-1]
    if len(kept) == 1 and last.folded in table.prefixes and word.folded == "#":
        return False
    if word.chunk != last.chunk:
        return True
    shy = table.units.get(word.folded) in _SHY or word.folded in table.units_alone or word.folded == "local"
    done = (
        last.folded in table.suffixes
        or last.folded in table.directionals
        or last.folded[-1:].isdigit()
        or bool(len(kept) > 2)
    )
    return done or not shy


def leading_units(words: list[Word]) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    """A unit that stands before the house number: "Apt 4, 123 Main St"."""
    units: list[tuple[str, str]] = []
    while words:
        unit, used = unit_at(words, 0)
        if unit is None or not any(is_house_number(word.text) for word in words[used:]):
            break
        units.append(unit)
        words = words[used:]
        while words and words[0].folded in "-&":
            words = words[1:]
    return words, tuple(units)
