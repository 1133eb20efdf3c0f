"""Do two names mean one person? As a customer signs and as a mailing list writes, compared in their parts."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

from rapidfuzz.distance import JaroWinkler

from allegro_privacy.core.names import is_organisation, name_words
from allegro_privacy.core.postal_tables import fold, read_table

# Measured on synthetic lists (docs/measurements.md): below these, other people begin.
_LIKE_SURNAME = 0.88
_LIKE_GIVEN = 0.87
_COUPLE = re.compile(r"\s+(?:and|&|y|e|or|und)\s+|\s*[&/+]\s*", re.IGNORECASE)
_SPLIT = re.compile(r"[\s./&-]+")
_FAMILY_WORD = r"(?:family|familia|household)"
_FAMILY = re.compile(rf"(?i)(?:the|la|los)?\s*{_FAMILY_WORD}?\s*(?:of|de)?\s*(.+?)\s*{_FAMILY_WORD}?")
_NOBODY = re.compile(
    r"\b(?:resident|residente|occupant|ocupante|neighbor|neighbour|vecino|householder|homeowner)s?\b", re.IGNORECASE
)


class Likeness(IntEnum):
    """How far two names agree. Each says more than the one before."""

    OTHER = 0
    SURNAME = 1
    """One household as far as names tell: a surname is shared, the given names are not (or there is none)."""
    GIVEN = 2
    """The given name is the same, no surname is: perhaps a married name."""
    GENERATION = 3
    """The same name, but only one of them says that there is a father and a son."""
    INITIAL = 4
    """The same surname, and one of the given names is only an initial."""
    PERSON = 5

    @property
    def same_surname(self) -> bool:
        return self not in (Likeness.OTHER, Likeness.GIVEN)


@dataclass(frozen=True, slots=True)
class Named:
    """One person's name in parts, folded. surnames: each word that may be one, of double and hyphenated ones too.
    generation: jr, sr, ii … or ""."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    generation: str = ""


@dataclass(frozen=True, slots=True)
class _Given:
    groups: dict[str, frozenset[int]]
    known: frozenset[str]


@cache
def _given() -> _Given:
    table = read_table("nicknames.toml")
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(table["groups"]):
        for name in group:
            groups.setdefault(fold(name), set()).add(number)
    known = frozenset(map(fold, table["given"])) | groups.keys()
    return _Given({name: frozenset(numbers) for name, numbers in groups.items()}, known)


@lru_cache(maxsize=100_000)
def people(name: str) -> tuple[Named, ...]:
    """Everybody whom a name names: "Smith, John & Mary" are two; "Current Resident" is nobody; a company is one, and a
    family has no given name."""
    if is_organisation(name):
        whole = "".join(
            word for word in _words(name) if word not in name_words().degrees | {"inc", "llc", "corp", "the"}
        )
        return (Named((), (whole,)),) if whole else ()
    family = _FAMILY.fullmatch(name.strip())
    if family and family[1] != name.strip() and len(family[1].split()) < 3:
        return (Named((), tuple(_words(family[1]))),)
    return _people(name)


def is_for_nobody(name: str) -> bool:
    """Is a label addressed to whoever lives there ("Current Resident", or no name at all)?"""
    return not people(name) and (not name.strip() or bool(_NOBODY.search(name)))


def _people(name: str) -> tuple[Named, ...]:
    last, comma, first = name.partition(",")
    generations = name_words().generations | name_words().degrees
    if comma and first.strip() and fold(first.strip()) not in generations:
        # "GARCIA LOPEZ, MARIA" names the surname first.
        surname = _words(last)
        found = [_named([*_words(part), *surname], given=len(_words(part))) for part in _COUPLE.split(first)]
        return tuple(one for one in found if one)
    parts = [words for part in _COUPLE.split(name) if (words := _words(part))]
    if len(parts) > 1 and len(parts[0]) == 1:
        # "John & Mary Smith": the surname stands once.
        parts[0] = [*parts[0], *_named_surnames(parts[-1])]
    return tuple(one for words in parts if (one := _named(words)))


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(fold(text).replace("'", "").replace("´", "")) if word]


def _named_surnames(words: list[str]) -> tuple[str, ...]:
    named = _named(words)
    return named.surnames if named else ()


def _named(words: list[str], given: int = 0) -> Named | None:
    """given: how many of the words are known to be given names; 0 when the order is the usual one."""
    table = name_words()
    while len(words) > 1 and words[0] in table.titles:
        words, given = words[1:], max(given - 1, 0)
    generation = ""
    while len(words) > 1 and words[-1] in table.generations | table.degrees:
        ending = {"junior": "jr", "senior": "sr", "hijo": "jr"}.get(words[-1], words[-1])
        generation = ending if words[-1] in table.generations else generation
        words = words[:-1]
    if given and len(words) > given and words[given - 1] in table.generations and given > 1:
        # "SMITH, JOHN JR"
        generation = words[given - 1]
        words = words[: given - 1] + words[given:]
        given -= 1
    firsts, rest = (words[:given], words[given:]) if given else _first_and_last(words)
    surnames = tuple(word for word in rest if word not in table.particles and len(word) > 1)
    if not surnames and firsts and not rest:
        return None if firsts[0] in table.never else Named((), (firsts[0],), generation)
    if not surnames or any(word in table.never and word not in _given().known for word in (*firsts[:1], surnames[-1])):
        return None
    return Named(tuple(word for word in firsts if word not in table.particles), surnames, generation)


def _first_and_last(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Maria Carmen de la Cruz Lopez": the words that are given names lead; at least one is left for the surname."""
    end = 1
    while end < len(words) - 1 and (len(words[end]) == 1 or words[end] in _given().known):
        end += 1
    return words[:end], words[end:]


def likeness(asked: tuple[Named, ...], listed: tuple[Named, ...]) -> Likeness:
    """The most that anybody of one label has in common with anybody of the other."""
    return max((_compare(one, other) for one in asked for other in listed), default=Likeness.OTHER)


@lru_cache(maxsize=200_000)
def _compare(one: Named, other: Named) -> Likeness:
    found = _in_order(one, other)
    if found >= Likeness.GENERATION or not other.given:
        return found
    # "GARCIA JOSE" without a comma: the list may write the surname first.
    turned = Named(other.surnames, other.given, other.generation)
    return max(found, _in_order(one, turned) if _in_order(one, turned) >= Likeness.GENERATION else found)


def _in_order(one: Named, other: Named) -> Likeness:
    surname = any(_like_surname(mine, yours) for mine in one.surnames for yours in other.surnames)
    given = _like_given(one.given, other.given)
    if not surname:
        return Likeness.GIVEN if given is Likeness.PERSON else Likeness.OTHER
    if given is Likeness.OTHER:
        return Likeness.SURNAME
    if one.generation != other.generation:
        # A father is never taken for his son; where only one label tells, a person must look.
        return Likeness.SURNAME if one.generation and other.generation else Likeness.GENERATION
    return given


def _like_surname(mine: str, yours: str) -> bool:
    if mine == yours:
        return True
    return min(len(mine), len(yours)) > 3 and JaroWinkler.similarity(mine, yours, score_cutoff=_LIKE_SURNAME) > 0


def _like_given(mine: tuple[str, ...], yours: tuple[str, ...]) -> Likeness:
    """PERSON, INITIAL or OTHER, by the given names alone."""
    if not mine or not yours:
        return Likeness.OTHER
    first = _one_given(mine[0], yours[0])
    if first is Likeness.PERSON and len(mine) > 1 and len(yours) > 1:
        # "Maria Elena" is not "Maria Isabel".
        return Likeness.OTHER if _one_given(mine[1], yours[1]) is Likeness.OTHER else first
    if first is not Likeness.OTHER:
        return first
    # Called by the second of two given names.
    second = [_one_given(name, yours[0]) for name in mine[1:]] + [_one_given(mine[0], name) for name in yours[1:]]
    return Likeness.PERSON if Likeness.PERSON in second else Likeness.OTHER


@lru_cache(maxsize=100_000)
def _one_given(mine: str, yours: str) -> Likeness:
    if mine == yours:
        return Likeness.PERSON if len(mine) > 1 else Likeness.INITIAL
    if len(mine) == 1 or len(yours) == 1:
        return Likeness.INITIAL if mine[0] == yours[0] else Likeness.OTHER
    groups = _given().groups
    if groups.get(mine, frozenset()) & groups.get(yours, frozenset()):
        return Likeness.PERSON
    if mine in groups and yours in groups:
        # Both are names of their own: "Mario" is no misspelt "Maria".
        return Likeness.OTHER
    like = JaroWinkler.similarity(mine, yours, score_cutoff=_LIKE_GIVEN) > 0 and min(len(mine), len(yours)) > 3
    return Likeness.PERSON if like else Likeness.OTHER
