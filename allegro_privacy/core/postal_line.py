"""One delivery line taken apart: house number, directionals, street, suffix, units; Puerto Rico's own order.

The whole street string is what identifies a place; labels inside it (is "Mall" of "Mall Rd" a suffix?) are only a help.
"""

import re
from dataclasses import replace
from itertools import takewhile

from allegro_privacy.core.postal_box import parse_box
from allegro_privacy.core.postal_highway import highway
from allegro_privacy.core.postal_number import SPANISH_HOUSE, house_number, number_first
from allegro_privacy.core.postal_parts import Line, Word, is_house_number, ordinary
from allegro_privacy.core.postal_tables import number_of, tables
from allegro_privacy.core.postal_units import UNIT_ID, bare_unit, leading_units, listed_alone, without_units
from allegro_privacy.core.postal_words import words_of

_MARKS = ("#", "&", "-")
_DROPPED = frozenset({"bloque", "blq", "bloq", "casa", "num", "numero", "no", "block", "blk"})


def parse_line(text: str) -> Line | None:
    """The parts of a delivery line (its unit lines and urbanization may stand beside it); None when there is none."""
    return parse_box(text) or parse_street(text)


def parse_street(text: str) -> Line | None:
    """The parts of a street line, whatever boxes stand beside it."""
    words, urbanization = _without_urbanization(words_of(text))
    words = _without_articles(words)
    if urbanization:
        words = [
            _street_word(word, words[i + 1 : i + 2]) for i, word in enumerate(words) if word.folded not in _DROPPED
        ]
    words, leading = leading_units(words)
    if not words:
        return None
    if (urbanization or words[0].folded in tables().prefixes) and not is_house_number(words[0].text):
        words = number_first(words, beside_urbanization=bool(urbanization))
    number, rest = house_number(words)
    if not number or not rest:
        return None
    rest, units = without_units(rest)
    rest = _unwrapped(rest)
    first = rest[0].chunk if rest else 0
    length = next((i for i, word in enumerate(rest) if word.chunk != first), len(rest))
    street = [word for i, word in enumerate(rest[:length]) if word.folded not in _MARKS or _joins(rest, i, length)]
    if not street:
        return None
    line = _name(number, street)
    loose, rest = listed_alone(rest[length:])
    extra = line.extra + tuple(word.text for word in rest if word.folded not in _MARKS)
    kind = "puerto-rico" if urbanization else "street"
    units = leading + line.units + loose + units
    if units == line.units and extra == line.extra and not urbanization:
        return line
    return replace(line, units=units, extra=extra, urbanization=urbanization, kind=kind)


def _joins(words: list[Word], i: int, end: int) -> bool:
    """Does an ampersand join two words of a name ("Peace & Plenty Lane")?"""
    return words[i].folded == "&" and 0 < i < end - 1 and words[i - 1].text.isalpha() and words[i + 1].text.isalpha()


def _unwrapped(words: list[Word]) -> list[Word]:
    """A street whose suffix slipped to the next line ("1450 Brickell / Ave"), or whose name did ("475 NE / 128 St"),
    made whole."""
    table = tables()
    second = next((i for i, word in enumerate(words) if word.chunk != words[0].chunk), 0)
    if second and all(word.folded in table.directionals for word in words[:second]):
        words = [
            *words[:second],
            *(replace(w, chunk=words[0].chunk) if w.chunk == words[second].chunk else w for w in words[second:]),
        ]
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
        kind = table.urbanization.get(word.folded)
        if kind is None or (kind != "URB" and not (kind in ("COND", "RES") and _has_spanish_street(words[i + 1 :]))):
            continue
        chunk = [other for other in words[i + 1 :] if other.chunk == word.chunk]
        # "Urb Parque Ecuestre": the first word is the name's, whatever it is.
        name = chunk[:1] + list(takewhile(lambda other: not _begins_street(other), chunk[1:]))
        if name:
            shown = " ".join(ordinary(other.text, first=other is name[0]) for other in name)
            return words[:i] + words[i + 1 + len(name) :], shown
    return _named_alone(words)


def _has_spanish_street(words: list[Word]) -> bool:
    return any(word.folded in tables().prefixes and word.folded not in tables().suffixes for word in words)


def _without_articles(words: list[Word]) -> list[Word]:
    """ "4455 de la 89 avenida del southwest": as one says it, not as one writes it."""
    if len(words) < 3 or not any(word.folded in ("de", "del") for word in words):
        return words
    table, kept = tables(), list(words)
    for i in range(len(words) - 2, 0, -1):
        size = 2 if [word.folded for word in words[i : i + 2]] == ["de", "la"] else 1
        if words[i].folded not in ("de", "del") or i + size >= len(words):
            continue
        following = words[i + size].folded
        numbered = following[0].isdigit() or following in table.directionals or following in table.prefixes
        if following in table.directionals or (i == 1 and numbered and is_house_number(words[0].text)):
            kept = kept[:i] + kept[i + size :]
    return kept


def _named_alone(words: list[Word]) -> tuple[list[Word], str]:
    """An urbanization without its word, before a Spanish street: "Vista Hermosa, Calle 14 B8"."""
    table = tables()
    size = next((i for i, word in enumerate(words) if word.chunk != words[0].chunk), 0)
    if not 1 < size < 5 or words[0].folded not in table.urbanization_beginnings:
        return words, ""
    if table.prefixes.get(words[size].folded) != "calle" or any(word.folded[:1].isdigit() for word in words[:size]):
        return words, ""
    return words[size:], " ".join(ordinary(word.text, first=i == 0) for i, word in enumerate(words[:size]))


def _street_word(word: Word, following: list[Word]) -> Word:
    """Beside an urbanization "C. 5" and "C. Unión" are a Calle."""
    if word.folded == "c" and following and len(following[0].folded) != 1 + following[0].folded.isalpha():
        return replace(word, text="Calle", folded="calle")
    return word


def _begins_street(word: Word) -> bool:
    """Does a street or a unit begin here, so that an urbanization's name ends?"""
    table = tables()
    others = word.folded in table.prefixes or word.folded in table.units or word.folded in _DROPPED
    return others or word.folded == "#" or bool(SPANISH_HOUSE.fullmatch(word.folded))


def _name(number: str, words: list[Word]) -> Line:
    """The street itself: directionals around, highways and Spanish prefixes in front, the suffix behind."""
    table = tables()
    before, rest = _directional_in_front(words)
    if road := highway(number, before, rest):
        return road
    if street := _in_spanish(number, before, rest):
        return street
    last = 0 if len(rest) > 1 and _is_prefix(rest) else _suffix_at(rest)
    if last == 0 or _is_named_highway(rest, last):
        name, after, units = _behind(rest)
        return Line(number=number, before=before, name=name, after=after, units=units)
    after, trailing = "", rest[last + 1 :]
    if trailing and trailing[0].folded in table.directionals:
        after, trailing = table.directionals[trailing[0].folded], trailing[1:]
    units, trailing = bare_unit(trailing)
    suffix = table.suffixes[rest[last].folded]
    name = tuple(word.text for word in rest[:last])
    return Line("street", number, before, name, suffix, after, units, "", tuple(word.text for word in trailing))


def _in_spanish(number: str, before: str, rest: list[Word]) -> Line | None:
    """A numbered street of the grid told in Spanish: "noreste 11 calle", "Calle Ocho del Southwest"."""
    words = [word.folded for word in rest]
    if len(words) == 2 and words[1] == "calle" and before and number_of(words[0]):
        return Line(number=number, before=before, name=(rest[0].text,), suffix="st")
    side = before or tables().directionals.get(words[-1], "")
    kind = {"calle": "st", "avenida": "ave"}.get(words[0])
    if kind and side and len(words) == (2 if before else 3) and number_of(words[1]):
        return Line(number=number, before=side, name=(str(number_of(words[1])),), suffix=kind)
    return None


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
    units, words = _bare_behind(words)
    if (
        len(words) > 1
        and words[-1].folded in table.directionals
        and not (len(words) == 2 and words[0].folded in table.suffixes)
    ):
        after, words = table.directionals[words[-1].folded], words[:-1]
    return tuple(word.text for word in words), after, units


def _bare_behind(words: list[Word]) -> tuple[tuple[tuple[str, str], ...], list[Word]]:
    """A bare unit behind a name without a suffix: "W Monroe 12C", "N Wabash 608", "Randolph 1 N"."""
    table = tables()
    last, size = words[-1], 1
    if len(words) > 2 and last.folded in table.directionals and re.fullmatch(r"\d{1,2}", words[-2].folded):
        last, size = words[-2], 2
    named = words[: len(words) - size]
    if len(named) < 1 or number_of(named[-1].folded) or named[-1].folded in table.directionals:
        named = named[1:] if len(named) > 2 and size == 1 else []
    if not named or named[-1].folded in table.suffixes or named[-1].folded in table.prefixes:
        return (), words
    lettered = re.fullmatch(r"\d{1,5}-?[a-z]|[a-z]-?\d{1,4}", last.folded) and number_of(last.folded) is None
    plain = re.fullmatch(r"\d{1,4}", last.folded) and named[-1].text.isalpha() and len(named[-1].text) > 1
    if not (lettered or plain) or named[-1].folded in (*table.highway_words, *table.states, "rt", "rd", "fm"):
        return (), words
    identifier = " ".join(word.text.upper() for word in words[-size:])
    return (("#", identifier),), words[: len(words) - size]


def _directional_in_front(words: list[Word]) -> tuple[str, list[Word]]:
    """A leading directional, unless it is the whole street name ("North Ave", "E St")."""
    table = tables()
    first = table.directionals.get(words[0].folded)
    if first is None or len(words) < 2:
        return "", words
    if highway("", "", words[1:]):
        return first, words[1:]
    if len(words) > 2 and words[1].folded in table.prefixes and words[2].folded.isdigit():
        # "2530 Oeste Avenida 8"
        return first, words[1:]
    second = table.directionals.get(words[1].folded)
    if second and len(words) > 2 and first in "ns" and second in "ew" and words[2].folded not in table.suffixes:
        return first + second, words[2:]
    if words[1].folded in table.suffixes and (len(words) == 2 or words[2].folded in table.directionals):
        # "W Meadow" is west, "E St" and "South Ave" are whole names.
        weak = len(words[0].folded) < 3 and table.suffixes[words[1].folded] not in table.strong_suffixes
        return (first, words[1:]) if weak and len(words) == 2 else ("", words)
    if (
        len(words) > 2
        and words[1].folded in table.suffixes
        and words[2].folded not in table.suffixes
        and len(words[0].folded) > 2
    ):
        return ("", words) if UNIT_ID.fullmatch(words[2].folded) else (first, words[1:])
    return first, words[1:]


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
