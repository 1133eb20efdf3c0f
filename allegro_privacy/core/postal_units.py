"""Apartments, suites, floors and the like: where a unit stands in a delivery line, and what it is called."""

import re
from dataclasses import replace

from allegro_privacy.core.postal_highway import ends_in_road
from allegro_privacy.core.postal_parts import Word, is_house_number
from allegro_privacy.core.postal_tables import ORDINAL, number_of, tables

UNIT_ID = re.compile(r"[a-z]{0,3}-?\d{1,5}(?:-?[a-z]{1,2})?(?:-\w{1,4})?|[a-z](?:-[a-z\d])?")
# What may follow a designator only.
_NAMED_ID = re.compile(
    r"\d{6,7}|([a-z])\1|\d[a-z]\d{1,3}[a-z]?|[a-z]?\d*[a-z]?/[a-z]?\d*[a-z]?|[a-z]-(?:north|south|east|west)"
)
_GLUED = re.compile(
    r"(apto|apt|ste|suite|unit|ph|bldg|rm|lot|pmb|spc|fl)-?(\d\w{0,5})|(apto|apt)-?([a-z]-?\d{1,4})"
    r"|(bldg|bld|apt|ste)-([a-z])"
)
_PENTHOUSE = re.compile(r"(\d{1,3})ph")
_BARE = re.compile(r"\d{1,4}[a-z]{0,3}|[a-z]{1,2}-?\d{1,4}[a-z]?(?:-\w{1,4})?|\d{1,4}-\d{1,4}")
# Designators that are ordinary words of street names, too: they count only after a suffix or at a new chunk.
_SHY = frozenset({
    "key", "lot", "pier", "slip", "spc", "stop", "fl", "rm", "hngr", "dept", "bldg", "twr", "bay", "stall", "pad"
    "condo", "int", "msc", "file",
})  # fmt: skip
_NUMBER_WORDS = ("#", "no", "num", "number", "numero", "nro")
_LISTED = frozenset({"suites", "units", "apts", "stes", "bays", "lots", "rooms"})
_STOREYS = {"lower": ("lowr", ""), "upper": ("uppr", ""), "ground": ("fl", "GROUND"), "main": ("fl", "MAIN")}

Unit = tuple[str, str]


def unit_at(words: list[Word], i: int) -> tuple[Unit | None, int]:
    """The unit that begins at word i, and how many words it takes."""
    table = tables()
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else None
    if not word.folded.isalpha() and (glued := _glued(word.folded)):
        return glued, 1
    if following and table.units.get(following.folded) == "fl" and not word.folded.isdigit():
        ordinal = number_of(word.folded)
        if ordinal and i + 2 < len(words) and words[i + 2].chunk == word.chunk and _side(words, i + 2):
            # "5th Floor South"
            return ("fl", f"{ordinal} {words[i + 2].text.upper()}"), 3
        if ordinal:
            return ("fl", str(ordinal)), 2
    designator = "#" if word.folded in _NUMBER_WORDS else table.units.get(word.folded)
    if designator is None:
        return _alone(words, i)
    used = 1
    while i + used < len(words) and words[i + used].folded in (*_NUMBER_WORDS, "-"):
        used += 1
    if i + used >= len(words) or not _is_identifier(words, i + used):
        return None, 0
    identifier, taken = _identifier(words, i + used)
    return (designator, identifier), used + taken


def _glued(folded: str) -> Unit | None:
    """ "APT24", "APTC-24", "Bld-A", "1PH"."""
    if folded.isalpha():
        return None
    if glued := _GLUED.fullmatch(folded):
        designator, identifier = (part for part in glued.groups() if part)
        return tables().units.get(designator, designator), identifier.upper()
    if (penthouse := _PENTHOUSE.fullmatch(folded)) is not None:
        return "ph", penthouse[1]
    return None


def _is_identifier(words: list[Word], i: int) -> bool:
    word = words[i]
    if UNIT_ID.fullmatch(word.folded) or _NAMED_ID.fullmatch(word.folded):
        return True
    if word.folded in tables().cardinals or word.folded in ("ground", "main"):
        return True
    last = i + 1 == len(words) or words[i + 1].chunk != word.chunk
    two_letters = len(word.text) == 2 and word.text.isalpha() and word.text.isupper()
    # "N BAY RD" has no unit RD.
    return last and two_letters and word.folded not in ("of", "in") and word.folded not in tables().suffixes


def _alone(words: list[Word], i: int) -> tuple[Unit | None, int]:
    table, folded = tables(), words[i].folded
    following = words[i + 1] if i + 1 < len(words) else None
    if following and folded in _STOREYS and following.folded in ("level", "lvl", "floor", "fl", "flr"):
        return _STOREYS[folded], 2
    designator = table.units_alone.get(folded)
    if designator is None:
        return None, 0
    if designator == "ph" and following and UNIT_ID.fullmatch(following.folded):
        return ("ph", following.text.upper()), 2
    if following and following.folded == "#" and i + 2 < len(words) and designator == "ph":
        return ("ph", words[i + 2].text.upper()), 3
    ends = following is None or following.chunk != words[i].chunk or following.folded in table.units
    return ((designator, ""), 1) if ends else (None, 0)


def _identifier(words: list[Word], i: int) -> tuple[str, int]:
    """An identifier with what hangs on it: "C & D", "18, 19 & 20", "203 -A", "3 South", "104 - 112", "K, L"."""
    text, j = words[i].text.upper(), i + 1
    if words[i].folded in tables().cardinals:
        text = str(tables().cardinals[words[i].folded])
    if j < len(words) and words[j].chunk == words[i].chunk:
        if _is_rest_of(words, i):
            # "6 H", "B 14"
            text, j = text + words[j].text.upper(), j + 1
        elif _side(words, j):
            text, j = f"{text} {words[j].text.upper()}", j + 1
    while j < len(words) and (size := _goes_on(words, i, j)):
        mark = "-" if words[j].folded == "-" else " & "
        text += mark + words[j + size - 1].text.upper()
        j += size
    return text, j - i


def _goes_on(words: list[Word], first: int, j: int) -> int:
    """How many words at j carry an identifier on: "& D", "- 112", ", L"; 0 when none do."""
    joined = words[j].folded in ("&", "-", "and", "y")
    at = j + 1 if joined else j
    if at >= len(words) or not UNIT_ID.fullmatch(words[at].folded):
        return 0
    if words[first - 1].folded in _LISTED:
        return at - j + 1
    ends = at + 1 == len(words) or words[at + 1].chunk != words[at].chunk
    if joined:
        # "#27 - 14000 SW 272nd St": what follows is the house number.
        goes = ends or not is_house_number(words[at].text) or words[at + 1].folded in tables().units
        return 2 if goes or words[j].folded != "-" else 0
    one, other = words[first].folded, words[at].folded
    return int(ends and words[j].chunk > words[j - 1].chunk and one.isdigit() == other.isdigit() and len(other) < 5)


def _is_rest_of(words: list[Word], i: int) -> bool:
    """Do two words make one identifier, a number and a letter with nothing behind them?"""
    one, other = words[i].folded, words[i + 1].folded
    last = i + 2 == len(words) or words[i + 2].chunk != words[i].chunk
    letter_behind = one[-1:].isalnum() and not one.isalpha() and len(other) == 1 and other.isalpha()
    return last and (letter_behind or (len(one) == 1 and one.isalpha() and other.isdigit()))


def _side(words: list[Word], j: int) -> bool:
    """Is the word behind an identifier its side of the house ("# 3 South"), with nothing but a unit behind?"""
    if words[j].folded not in tables().directionals:
        return False
    return j + 1 == len(words) or words[j + 1].chunk != words[j].chunk or words[j + 1].folded in tables().units


def without_units(words: list[Word]) -> tuple[list[Word], tuple[Unit, ...]]:
    """The words of the street, and the units that stood behind it."""
    kept: list[Word] = []
    units: list[Unit] = []
    i = 0
    while i < len(words):
        unit, used = _unit_behind(kept, words, i) if kept else (None, 0)
        if unit is None:
            kept.append(words[i])
            i += 1
            continue
        _add(units, unit)
        # What follows a unit on its line is no part of the street any more.
        i += used
        words = words[:i] + [replace(w, chunk=w.chunk + 1) for w in words[i:]]
    return kept, tuple(units)


def _add(units: list[Unit], unit: Unit) -> None:
    """A unit said twice ("Apt A APT A", "# 3 Apt 3") is one."""
    for i, (designator, identifier) in enumerate(units):
        same = designator == unit[0] or "#" in (designator, unit[0]) or {designator, unit[0]} <= {"apt", "unit"}
        if identifier and identifier == unit[1] and same:
            units[i] = unit if designator == "#" else (designator, identifier)
            return
    units.append(unit)


def _unit_behind(kept: list[Word], words: list[Word], i: int) -> tuple[Unit | None, int]:
    table = tables()
    word, last = words[i], kept[-1]
    if word.folded == "st" and table.suffixes.get(last.folded) in table.strong_suffixes and len(kept) > 1:
        # "Boundary Terrace, St 2": a suite.
        if i + 1 < len(words) and words[i + 1].folded.isdigit():
            return ("ste", words[i + 1].text), 2
        return None, 0
    unit, used = unit_at(words, i)
    return (unit, used) if unit and _may_be_unit(kept, words, i) else (None, 0)


def _may_be_unit(kept: list[Word], words: list[Word], i: int) -> bool:
    table = tables()
    word, last = words[i], kept[-1]
    if len(kept) == 1 and last.folded in table.prefixes and word.folded == "#":
        return False
    if word.folded in _NUMBER_WORDS and word.chunk == last.chunk:
        # "Highway No. 130" and "Old Number 6 Highway" are roads.
        behind = words[i + 2] if i + 2 < len(words) else None
        if ends_in_road(kept) or (behind and behind.folded in ("highway", "hwy") and behind.chunk == word.chunk):
            return False
    if word.folded == "bay" and all(one.folded in table.directionals for one in kept):
        # "17360 N Bay, # 13C"
        return False
    if word.chunk != last.chunk:
        return True
    shy = table.units.get(word.folded) in _SHY or word.folded in table.units_alone or word.folded == "local"
    done = (
        last.folded in table.suffixes
        or last.folded in table.directionals
        or last.folded[-1:].isdigit()
        or len(kept) > 2
        or bool(ORDINAL.fullmatch(last.folded))
    )
    numbered = i + 1 < len(words) and any(c.isdigit() for c in words[i + 1].folded)
    return done or not shy or (numbered and last.folded not in table.directionals)


def leading_units(words: list[Word]) -> tuple[list[Word], tuple[Unit, ...]]:
    """A unit that stands before the house number: "Apt 4, 123 Main St"."""
    units: list[Unit] = []
    while words:
        unit, used = unit_at(words, 0)
        if len(words) > 2 and words[0].folded.isdigit() and words[1].folded in ("fl", "floor", "piso"):
            # "3 fl 45-18 Court Sq"
            unit, used = ("fl", words[0].folded), 2
        if unit is None or not any(is_house_number(word.text) for word in words[used:]):
            break
        units.append(unit)
        words = words[used:]
        while words and words[0].folded in ("-", "&"):
            words = words[1:]
    return words, tuple(units)


def bare_unit(words: list[Word]) -> tuple[tuple[Unit, ...], list[Word]]:
    """A unit without a designator right behind the suffix: "Main St 4B", "Park Ave W 4 N"."""
    if not words or not (UNIT_ID.fullmatch(words[0].folded) or _doubled(words)):
        return (), words
    if glued := _glued(words[0].folded):
        return (glued,), words[1:]
    if len(words) > 1 and _side(words, 1) and words[0].folded[0].isdigit():
        return (("#", f"{words[0].text} {words[1].text}".upper()),), words[2:]
    return (("#", words[0].text.upper()),), words[1:]


def _doubled(words: list[Word]) -> bool:
    """ "Hudson Manor Terrace EE"."""
    text = words[0].text
    return len(words) == 1 and len(text) == 2 and text.isupper() and text[0] == text[1] and text.isalpha()


def listed_alone(words: list[Word]) -> tuple[tuple[Unit, ...], list[Word]]:
    """Units without a designator between commas: "227 W Monroe St, 3500", "Chesnut Drive, C-5", "106 D"."""
    units: list[Unit] = []
    while words and _BARE.fullmatch(words[0].folded):
        size = next((i for i, word in enumerate(words) if word.chunk != words[0].chunk), len(words))
        hanging = size == 2 and (words[1].folded in tables().directionals or len(words[1].folded) == 1)
        if not (size == 1 or hanging):
            break
        units.append(("#", " ".join(word.text.upper() for word in words[:size])))
        words = words[size:]
    return tuple(units), words
