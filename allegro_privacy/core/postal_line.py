"""One delivery line taken apart: house number, directionals, street, suffix, units; boxes, routes and Puerto Rico's own order.

The whole street string is what identifies a place; labels inside it (is "Mall" of "Mall Rd" a suffix?) are only a help.
"""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from allegro_privacy.core.postal_box import parse_box
from allegro_privacy.core.postal_parts import Line, ordinary
from allegro_privacy.core.postal_tables import fold, number_of, tables


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line with its folded form and the comma- or line-separated chunk it stands in."""

    text: str
    folded: str
    chunk: int


_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|\d+/\d+|[\w½¼¾]+(?:['’-][\w½¼¾]+)*|[#&,;\n-]")
_HOUSE = re.compile(r"\d{1,6}(?:-\d{1,5})?-?[a-z]?|[nsew]\d{1,5}[nsew]\d{1,6}")
_PR_HOUSE = re.compile(r"[a-z]{0,2}-?\d{1,5}-?[a-z]?")
_GLUED_FRACTION = re.compile(r"(\d)([½¼¾])")
_FRACTION = re.compile(r"\d/\d|[½¼¾]")
_UNIT_ID = re.compile(r"[a-z]{0,3}-?\d{1,5}(?:-?[a-z]{1,2})?(?:-\w{1,4})?|[a-z](?:-[a-z\d])?")
_GLUED = re.compile(r"(apt|apto|ste|suite|unit|ph|bldg|rm|lot|pmb|spc|fl)-?(\d\w{0,5})")
_DROPPED = frozenset({"bloque", "blq", "bloq", "casa", "num", "numero", "no", "block", "blk"})
# Designators that are ordinary words of street names, too: they count only after a suffix or at a new chunk.
_SHY = frozenset({"key", "lot", "pier", "slip", "spc", "stop", "fl", "rm", "hngr", "dept", "bldg", "twr"})


def words_of(text: str) -> list[Word]:
    """The words of a line; commas, semicolons and line ends begin a new chunk."""
    found, chunk = [], 0
    for match in _WORD.finditer(_GLUED_FRACTION.sub(r"\1 \2", text)):
        token = match[0]
        if token in ",;\n":
            chunk += 1
        else:
            found.append(Word(token, fold(token), chunk))
    return found


def is_house_number(word: str) -> bool:
    return bool(_HOUSE.fullmatch(word.casefold()))


def parse_line(text: str) -> Line | None:
    """The parts of a delivery line (its unit lines and urbanization may stand beside it); None when there is none."""
    return parse_box(text) or parse_street(text)


def parse_street(text: str) -> Line | None:
    """The parts of a street line, whatever boxes stand beside it."""
    words, urbanization = _without_urbanization(words_of(text))
    words = [word for word in words if not (urbanization and word.folded in _DROPPED)]
    words, leading = _leading_units(words)
    if not words:
        return None
    if tables().prefixes.get(words[0].folded) and not is_house_number(words[0].text):
        words = _number_first(words)
    number, rest = _house_number(words)
    if not number or not rest:
        return None
    rest, units = _without_units(rest)
    rest = _unwrapped(rest)
    first = rest[0].chunk if rest else 0
    street = [word for word in takewhile(lambda word: word.chunk == first, rest) if word.folded not in "#&-"]
    if not street:
        return None
    line = _name(number, street)
    extra = line.extra + tuple(word.text for word in rest[len(street) :] if word.folded not in "#&-")
    kind = "puerto-rico" if urbanization else "street"
    return replace(line, units=leading + line.units + units, extra=extra, urbanization=urbanization, kind=kind)


def _unwrapped(words: list[Word]) -> list[Word]:
    """A street whose suffix slipped to the next line ("1450 Brickell / Ave") made whole."""
    table = tables()
    for i in range(1, len(words)):
        if words[i].chunk == words[i - 1].chunk:
            continue
        no_suffix = not any(table.suffixes.get(word.folded) in table.strong_suffixes for word in words[1:i])
        if no_suffix and table.suffixes.get(words[i].folded) in table.strong_suffixes:
            return [replace(word, chunk=words[0].chunk) if word.chunk == words[i].chunk else word for word in words]
        break
    return words


def _without_urbanization(words: list[Word]) -> tuple[list[Word], str]:
    table = tables()
    for i, word in enumerate(words):
        if table.urbanization.get(word.folded) == "URB" and i + 1 < len(words):
            name = list(takewhile(lambda w: w.chunk == word.chunk and not _begins_street(w), words[i + 1 :]))
            if name:
                return words[:i] + words[i + 1 + len(name) :], " ".join(ordinary(w.text, i == 0) for i, w in enumerate(name))
    return words, ""


def _begins_street(word: Word) -> bool:
    return bool(_PR_HOUSE.fullmatch(word.folded)) or word.folded in tables().prefixes or word.folded in _DROPPED


def _leading_units(words: list[Word]) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    """A unit that stands before the house number: "Apt 4, 123 Main St"."""
    units: list[tuple[str, str]] = []
    while words:
        unit, used = _unit_at(words, 0)
        if unit is None or not any(is_house_number(word.text) for word in words[used:]):
            break
        units.append(unit)
        words = words[used:]
        while words and words[0].folded in "-&":
            words = words[1:]
    return words, tuple(units)


def _number_first(words: list[Word]) -> list[Word]:
    """Spanish order turned: "Calle Luna #123" and "Calle 5 B-14" begin with the street; we begin with the number."""
    if not any(word.folded not in tables().directionals for word in words[1:2]):
        return words
    for i, word in enumerate(words[2:], 2):
        if _PR_HOUSE.fullmatch(word.folded) and any(c.isdigit() for c in word.folded):
            marked = 1 if words[i - 1].folded == "#" else 0
            if _unit_at(words, i - 1 - marked)[0] is None or marked:
                name = [replace(w, chunk=words[0].chunk) for w in words[: i - marked]]
                return [replace(word, chunk=words[0].chunk), *name, *words[i + 1 :]]
    return words


def _house_number(words: list[Word]) -> tuple[str, list[Word]]:
    table = tables()
    word, rest = words[0], words[1:]
    if rest and rest[0].folded == "-":
        rest = rest[1:]
    if word.folded in table.cardinals and any(w.folded in table.suffixes for w in rest):
        return str(table.cardinals[word.folded]), rest
    spanish = bool(rest) and rest[0].folded in table.prefixes
    if not (is_house_number(word.text) or (spanish and _PR_HOUSE.fullmatch(word.folded))):
        return "", rest
    number = word.text.upper()
    if spanish and not number[0].isdigit():
        number = number.replace("-", "")
    if rest and _FRACTION.fullmatch(rest[0].text):
        number, rest = f"{number} {rest[0].text.translate(_FRACTIONS)}", rest[1:]
    elif len(rest) > 2 and re.fullmatch(r"[a-z]", rest[0].folded) and rest[0].folded not in table.directionals:
        if rest[1].folded not in table.suffixes:
            number, rest = number + rest[0].text.upper(), rest[1:]
    return number, [replace(w, chunk=word.chunk) if w.chunk == word.chunk + 1 == rest[0].chunk else w for w in rest]


_FRACTIONS = str.maketrans({"½": "1/2", "¼": "1/4", "¾": "3/4"})


def _unit_at(words: list[Word], i: int) -> tuple[tuple[str, str] | None, int]:
    """The unit that begins at word i, and how many words it takes."""
    table = tables()
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else None
    if glued := _GLUED.fullmatch(word.folded):
        return (table.units.get(glued[1], glued[1]), glued[2].upper()), 1
    ordinal = number_of(word.folded)
    if ordinal and following and table.units.get(following.folded) == "fl" and not word.folded.isdigit():
        return ("fl", str(ordinal)), 2
    designator = "#" if word.folded == "#" else table.units.get(word.folded)
    if designator is None:
        return _alone(words, i)
    used = 1
    while i + used < len(words) and words[i + used].folded in ("#", "no", "num", "number", "numero", "-"):
        used += 1
    if i + used >= len(words) or not _UNIT_ID.fullmatch(words[i + used].folded):
        return None, 0
    identifier, taken = _identifier(words, i + used)
    return (designator, identifier), used + taken


def _alone(words: list[Word], i: int) -> tuple[tuple[str, str] | None, int]:
    designator = tables().units_alone.get(words[i].folded)
    if designator is None:
        return None, 0
    following = words[i + 1] if i + 1 < len(words) else None
    if designator == "ph" and following and _UNIT_ID.fullmatch(following.folded):
        return ("ph", following.text.upper()), 2
    if following and following.folded == "#" and i + 2 < len(words) and designator == "ph":
        return ("ph", words[i + 2].text.upper()), 3
    ends = following is None or following.chunk != words[i].chunk
    return ((designator, ""), 1) if ends else (None, 0)


def _identifier(words: list[Word], i: int) -> tuple[str, int]:
    """An identifier with what hangs on it: "C & D", "18, 19 & 20", "203 -A"."""
    text, j = words[i].text.upper(), i + 1
    while j + 1 < len(words) and words[j].folded in ("&", "-", "and", "y") and _UNIT_ID.fullmatch(words[j + 1].folded):
        text += ("-" if words[j].folded == "-" else " & ") + words[j + 1].text.upper()
        j += 2
    if words[i - 1].folded in ("suites", "units", "apts", "stes"):
        listed = [
            w.text.upper() for w in takewhile(lambda w: w.folded == "&" or _UNIT_ID.fullmatch(w.folded), words[i:])
        ]
        return " & ".join(w for w in listed if w != "&"), len(listed)
    return text, j - i


def _without_units(words: list[Word]) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    kept: list[Word] = []
    units: list[tuple[str, str]] = []
    i = 0
    while i < len(words):
        unit, used = _unit_at(words, i) if kept and _may_be_unit(kept, words, i) else (None, 0)
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


def _name(number: str, words: list[Word]) -> Line:
    """The street itself: directionals around, highways and Spanish prefixes in front, the suffix behind."""
    table = tables()
    before, rest = _directional_in_front(words)
    if highway := _highway(number, before, rest):
        return highway
    last = 0 if len(rest) > 1 and _is_prefix(rest) else _suffix_at(rest)
    if last == 0:
        name, after, units = _behind(rest)
        return Line(number=number, before=before, name=name, after=after, units=units)
    after, trailing = "", rest[last + 1 :]
    if trailing and trailing[0].folded in table.directionals:
        after, trailing = table.directionals[trailing[0].folded], trailing[1:]
    units = ()
    if trailing and _UNIT_ID.fullmatch(trailing[0].folded):
        units, trailing = (("#", trailing[0].text.upper()),), trailing[1:]
    suffix = table.suffixes[rest[last].folded]
    name = tuple(word.text for word in rest[:last])
    return Line("street", number, before, name, suffix, after, units, "", tuple(word.text for word in trailing))


def _suffix_at(rest: list[Word]) -> int:
    """Where the suffix stands: the last one, but no weak one (Park, Creek) with other words behind it when a strong
    one (St, Ave) stands before; 0 when there is none."""
    table = tables()

    def is_suffix(i: int, strong: bool) -> bool:
        suffix = table.suffixes.get(rest[i].folded)
        return suffix is not None and (suffix in table.strong_suffixes or not strong)

    def ends(i: int) -> bool:
        return (
            i + 1 == len(rest)
            or rest[i + 1].folded in table.directionals
            or bool(_UNIT_ID.fullmatch(rest[i + 1].folded))
        )

    for i in range(1, len(rest) - 2):
        if is_suffix(i, strong=True) and rest[i + 1].folded in table.directionals and not is_suffix(i + 2, strong=True):
            return i
    places = [i for i in range(len(rest) - 1, 0, -1) if is_suffix(i, strong=False)]
    return next((i for i in places if ends(i)), next((i for i in places if is_suffix(i, strong=True)), 0))


def _behind(rest: list[Word]) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    """Name, directional and bare unit of a street without a suffix: "842 E 1700 S", "450 Brickell 12B"."""
    table = tables()
    words, after = rest, ""
    units: tuple[tuple[str, str], ...] = ()
    if (
        len(words) > 2
        and re.fullmatch(r"\d{1,5}[a-z]|[a-z]\d{1,4}", words[-1].folded)
        and number_of(words[-1].folded) is None
    ):
        units, words = (("#", words[-1].text.upper()),), words[:-1]
    if (
        len(words) > 1
        and words[-1].folded in table.directionals
        and not (len(words) == 2 and words[0].folded in table.suffixes)
    ):
        after, words = table.directionals[words[-1].folded], words[:-1]
    return tuple(word.text for word in words), after, units


def _directional_in_front(words: list[Word]) -> tuple[str, list[Word]]:
    """A leading directional, unless it is the whole street name ("North Ave", "E St")."""
    table = tables()
    first = table.directionals.get(words[0].folded)
    if first is None or len(words) < 2:
        return "", words
    second = table.directionals.get(words[1].folded)
    if second and len(words) > 2 and first in "ns" and second in "ew" and words[2].folded not in table.suffixes:
        return first + second, words[2:]
    if words[1].folded in table.suffixes and (len(words) == 2 or words[2].folded in table.directionals):
        return "", words
    if (
        len(words) > 2
        and words[1].folded in table.suffixes
        and words[2].folded not in table.suffixes
        and len(words[0].folded) > 2
    ):
        return ("", words) if _UNIT_ID.fullmatch(words[2].folded) else (first, words[1:])
    return first, words[1:]


def _highway(number: str, before: str, rest: list[Word]) -> Line | None:
    table = tables()
    for length in (4, 3, 2, 1):
        spelled = " ".join(word.folded for word in rest[:length])
        if len(rest) <= length or spelled not in table.highways:
            continue
        identifier = r"\d{1,4}[a-z]{0,2}" if len(spelled) < 3 else r"\d{1,4}[a-z]{0,2}|[a-z]{1,2}"
        if not re.fullmatch(identifier, rest[length].folded) or rest[length].folded in table.suffixes:
            continue
        name = (*table.highways[spelled].split(), rest[length].text.upper())
        trailing = rest[length + 1 :]
        after = table.directionals.get(trailing[0].folded, "") if trailing else ""
        trailing = trailing[1:] if after else trailing
        extra = tuple(word.text for word in trailing)
        return Line(number=number, before=before, name=name, after=after, extra=extra)
    interstate = re.fullmatch(r"(i|us|sr|cr|fm|sh)-?(\d{1,4})", rest[0].folded) if rest else None
    if interstate:
        return Line(number=number, before=before, name=(*table.highways[interstate[1]].split(), interstate[2]))
    return None


_ENGLISH_PREFIXES = frozenset({"avenue", "road", "rue", "boulevard", "plaza", "via"})


def _is_prefix(rest: list[Word]) -> bool:
    """Is the first word a street word that stays in front ("Calle 8", "Avenue B", "Ave Ponce de Leon")?"""
    table = tables()
    prefix = table.prefixes.get(rest[0].folded)
    if prefix is None:
        return False
    if prefix not in _ENGLISH_PREFIXES:
        return rest[-1].folded not in table.suffixes or prefix == "calle"
    return not any(word.folded in table.suffixes for word in rest[1:])
