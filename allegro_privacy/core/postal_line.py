"""One delivery line taken apart: house number, directionals, street, suffix, units; Puerto Rico's own order.

The whole street string is what identifies a place; labels inside it (is "Mall" of "Mall Rd" a suffix?) are only a help.
"""

import re
from dataclasses import replace
from itertools import takewhile

from allegro_privacy.core.postal_box import parse_box
from allegro_privacy.core.postal_parts import Line, Word, is_house_number, ordinary
from allegro_privacy.core.postal_tables import fold_word, number_of, tables
from allegro_privacy.core.postal_units import UNIT_ID, leading_units, unit_at, without_units

_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|\d+/\d+|[\w½¼¾]+(?:['’-][\w½¼¾]+)*|[#&,;\n-]")
_PR_HOUSE = re.compile(r"[a-z]{0,2}-?\d{1,5}-?[a-z]?")
# The fraction comes first, so that `re` skips to the next one: most lines have none.
_GLUED_FRACTION = re.compile(r"[½¼¾](?<=\d.)")
_FRACTION = re.compile(r"\d/\d|[½¼¾]")
_LETTER = re.compile(r"[a-z]")
_INTERSTATE = re.compile(r"(i|us|sr|cr|fm|sh)-?(\d{1,4})")
_DROPPED = frozenset({"bloque", "blq", "bloq", "casa", "num", "numero", "no", "block", "blk"})


def words_of(text: str) -> list[Word]:
    """The words of a line; commas, semicolons and line ends begin a new chunk."""
    found, chunk = [], 0
    for match in _WORD.finditer(_GLUED_FRACTION.sub(r" \g<0>", text)):
        if match[0] in ",;\n":
            chunk += 1
        else:
            found.append(Word(match[0], fold_word(match[0]), chunk))
    return found


def parse_line(text: str) -> Line | None:
    """The parts of a delivery line (its unit lines and urbanization may stand beside it); None when there is none."""
    return parse_box(text) or parse_street(text)


def parse_street(text: str) -> Line | None:
    """The parts of a street line, whatever boxes stand beside it."""
    words, urbanization = _without_urbanization(words_of(text))
    words = [word for word in words if not (urbanization and word.folded in _DROPPED)]
    words, leading = leading_units(words)
    if not words:
        return None
    if tables().prefixes.get(words[0].folded) and not is_house_number(words[0].text):
        words = _number_first(words)
    number, rest = _house_number(words)
    if not number or not rest:
        return None
    rest, units = without_units(rest)
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
        if table.urbanization.get(word.folded) != "URB":
            continue
        chunk = [other for other in words[i + 1 :] if other.chunk == word.chunk]
        name = list(takewhile(lambda other: not _begins_street(other), chunk))
        if name:
            shown = " ".join(ordinary(other.text, first=other is name[0]) for other in name)
            return words[:i] + words[i + 1 + len(name) :], shown
    return words, ""


def _begins_street(word: Word) -> bool:
    return bool(_PR_HOUSE.fullmatch(word.folded)) or word.folded in tables().prefixes or word.folded in _DROPPED


def _number_first(words: list[Word]) -> list[Word]:
    """Spanish order turned: "Calle Luna #123" and "Calle 5 B-14" begin with the street; we begin with the number."""
    if not any(word.folded not in tables().directionals for word in words[1:2]):
        return words
    for i, word in enumerate(words[2:], 2):
        if _PR_HOUSE.fullmatch(word.folded) and any(c.isdigit() for c in word.folded):
            marked = 1 if words[i - 1].folded == "#" else 0
            if unit_at(words, i - 1 - marked)[0] is None or marked:
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
    elif _is_letter_of_number(rest):
        number, rest = number + rest[0].text.upper(), rest[1:]
    if rest and rest[0].chunk == word.chunk + 1:
        # "1450, Brickell Ave": the comma belongs to neither.
        rest = [replace(w, chunk=word.chunk) if w.chunk == word.chunk + 1 else w for w in rest]
    return number, rest


def _is_letter_of_number(rest: list[Word]) -> bool:
    """Is the first word the letter of the house number ("123 A Main St"), not a street of that name ("123 A St")?"""
    if len(rest) < 3 or not _LETTER.fullmatch(rest[0].folded) or rest[0].folded in tables().directionals:
        return False
    return rest[1].folded not in tables().suffixes


_FRACTIONS = str.maketrans({"½": "1/2", "¼": "1/4", "¾": "3/4"})


def _name(number: str, words: list[Word]) -> Line:
    """The street itself: directionals around, highways and Spanish prefixes in front, the suffix behind."""
    table = tables()
    before, rest = _directional_in_front(words)
    if highway := _highway(number, before, rest):
        return highway
    last = 0 if len(rest) > 1 and _is_prefix(rest) else _suffix_at(rest)
    if last == 0 or _is_named_highway(rest, last):
        name, after, units = _behind(rest)
        return Line(number=number, before=before, name=name, after=after, units=units)
    after, trailing = "", rest[last + 1 :]
    if trailing and trailing[0].folded in table.directionals:
        after, trailing = table.directionals[trailing[0].folded], trailing[1:]
    units = ()
    if trailing and UNIT_ID.fullmatch(trailing[0].folded):
        units, trailing = (("#", trailing[0].text.upper()),), trailing[1:]
    suffix = table.suffixes[rest[last].folded]
    name = tuple(word.text for word in rest[:last])
    return Line("street", number, before, name, suffix, after, units, "", tuple(word.text for word in trailing))


def _is_named_highway(rest: list[Word], last: int) -> bool:
    """Does the number belong to the road ("Indiana Highway 212", "Country Road 43"), not to a unit?"""
    if not last or last + 1 >= len(rest) or not rest[last + 1].folded.isdigit():
        return False
    road = tables().suffixes[rest[last].folded]
    return road in ("hwy", "rte") or (
        road == "rd" and rest[last - 1].folded in ("country", "county", "state", "forest")
    )


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
            or bool(UNIT_ID.fullmatch(rest[i + 1].folded))
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
        and re.fullmatch(r"\d{1,5}-?[a-z]|[a-z]-?\d{1,4}", words[-1].folded)
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
    if _highway("", "", words[1:]):
        return first, words[1:]
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
        return ("", words) if UNIT_ID.fullmatch(words[2].folded) else (first, words[1:])
    return first, words[1:]


def _highway(number: str, before: str, rest: list[Word]) -> Line | None:
    if not rest:
        return None
    table = tables()
    if interstate := _INTERSTATE.fullmatch(rest[0].folded):
        return Line(number=number, before=before, name=(*table.highways[interstate[1]].split(), interstate[2]))
    longest = table.highway_beginnings.get(rest[0].folded, 0)
    if longest:
        rest = [word for i, word in enumerate(rest) if not (i and word.folded in ("no", "number"))]
    for length in range(longest, 0, -1):
        spelled = " ".join(word.folded for word in rest[:length])
        if len(rest) <= length or spelled not in table.highways:
            continue
        identifier = r"\d{1,4}[a-z]{0,2}" if len(spelled) < 3 else r"\d{1,4}(?:-\d{1,4}|[a-z]{0,2})|[a-z]{1,3}"
        if not re.fullmatch(identifier, rest[length].folded) or rest[length].folded in table.suffixes:
            continue
        name = (*table.highways[spelled].split(), rest[length].text.upper())
        trailing = rest[length + 1 :]
        after = table.directionals.get(trailing[0].folded, "") if trailing else ""
        trailing = trailing[1:] if after else trailing
        extra = tuple(word.text for word in trailing)
        return Line(number=number, before=before, name=name, after=after, extra=extra)
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
