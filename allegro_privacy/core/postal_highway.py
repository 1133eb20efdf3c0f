"""Numbered roads: "US-89 S", "I-49 S Service Rd", "County Road 58 EE", "Highway 71 Business"."""

import re

from allegro_privacy.core.postal_parts import Line, Word
from allegro_privacy.core.postal_tables import tables

_GLUED = re.compile(r"(i|us|sr|cr|fm|sh)-?(\d{1,4}[a-z]?)")
_SHORT = re.compile(r"\d{1,4}[a-z]{0,2}")
_LONG = re.compile(r"\d{1,4}(?:[-/.]?\d{1,4}|[a-z]{0,2})|[a-z]{1,3}|[a-z]\d{1,2}")
_DIGITS = re.compile(r"\d{2,4}")
_UNIT = re.compile(r"#|[a-z]?-?\d{1,4}[a-z]?(?:-\d{1,4})?|[a-z]")
# Words behind the number of a road that belong to its name.
_TAILS = frozenset({
    "business", "bus", "bypass", "byp", "alt", "alternate", "spur", "loop", "connector", "frontage", "service", "truck",
    "scenic", "access", "rd", "road", "hwy", "highway", "exit",
})  # fmt: skip


def highway(number: str, before: str, words: list[Word]) -> Line | None:
    """The line of a road that is named by its number; None when these words name none."""
    if not words:
        return None
    table = tables()
    if glued := _GLUED.fullmatch(words[0].folded):
        return _line(number, before, (*table.highways[glued[1]].split(), glued[2].upper()), words[1:])
    longest = table.highway_beginnings.get(words[0].folded, 0)
    if longest:
        words = [word for i, word in enumerate(words) if not (i and word.folded in ("no", "number", "#"))]
    for length in range(longest, 0, -1):
        spelled = " ".join(word.folded for word in words[:length])
        if len(words) <= length or spelled not in table.highways:
            continue
        road = words[length].folded
        form = _SHORT if len(spelled) < 3 else _DIGITS if spelled.endswith(("loop", "business")) else _LONG
        if not form.fullmatch(road) or road in table.suffixes:
            continue
        name = (*table.highways[spelled].split(), words[length].text.upper())
        return _line(number, before, name, words[length + 1 :])
    return None


def ends_in_road(words: list[Word]) -> bool:
    """Do these words end with the word of a numbered road ("US Highway"), so that the number behind is the road's? The
    number behind a road with a name of its own ("W Dixie Hwy # 312") is a unit."""
    if words[-1].folded not in ("hwy", "highway", "route", "rte", "hiway"):
        return False
    return len(words) == 1 or words[-2].folded in ("us", "state", "county", "interstate")


def _line(number: str, before: str, name: tuple[str, ...], rest: list[Word]) -> Line:
    """The road with what hangs on its number: tails, a directional, a bare unit."""
    table = tables()
    if rest and len(rest[0].folded) == 2 and len(set(rest[0].folded)) == 1 and rest[0].folded.isalpha():
        # "County Road 58 EE"
        name, rest = (*name, rest[0].text.upper()), rest[1:]
    after, suffix, tail = "", "", 0
    while tail < len(rest) and (rest[tail].folded in _TAILS or rest[tail].folded in table.directionals):
        tail += 1
    words, rest = rest[:tail], rest[tail:]
    if words and words[-1].folded in table.directionals:
        after, words = table.directionals[words[-1].folded], words[:-1]
    if words and words[-1].folded in ("rd", "road", "hwy", "highway"):
        suffix, words = table.suffixes[words[-1].folded], words[:-1]
    name = (*name, *(table.directionals.get(word.folded, word.text).upper()
                     if word.folded in table.directionals else word.text for word in words))  # fmt: skip
    units: tuple[tuple[str, str], ...] = ()
    if rest and rest[0].folded != "#" and _UNIT.fullmatch(rest[0].folded):
        units, rest = (("#", rest[0].text.upper()),), rest[1:]
    extra = tuple(word.text for word in rest)
    return Line(number=number, before=before, name=name, suffix=suffix, after=after, units=units, extra=extra)
