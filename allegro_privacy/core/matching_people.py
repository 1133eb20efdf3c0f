"""Do two names mean one person? As a customer signs and as a mailing list writes, compared in their parts."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from allegro_privacy.core.names_words import is_organisation, name_words
from allegro_privacy.core.nicknames import are_one_name, given_names, initials
from allegro_privacy.core.postal_tables import fold

_LONG = 8
_COUPLE = re.compile(r"\s+(?:and|or|und)\s+|\s*[&/+]\s*", re.IGNORECASE)
# "Jose y Maria Lopez", "Juan e Ines": an initial stands in the same place ("Maria E Lopez", "Yolanda Y Vega").
_SPANISH_COUPLE = re.compile(r"\s+y\s+(?=(\w+)\s+\w)|\s+e\s+(?=(h?i\w+)\s+\w)", re.IGNORECASE)
_SPLIT = re.compile(r"[\s./&-]+")
# "The Garcia Family", "Familia Garcia"
_FAMILY = re.compile(
    r"(?i)(?:the\s+|la\s+)?(?:family(?:\s+of)?\s+|familia\s+|household\s+of\s+)(?P<behind>.+)"
    r"|(?:the\s+|la\s+)?(?P<before>.+?)\s+(?:family|familia|household)"
)
_GENERATIONS = re.compile(r"(?i)\b(?:2nd|3rd|4th)\b")
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
    NEARLY = 3
    """The same name but for a Jr or Sr that only one has, or for which of two given names is used."""
    INITIAL = 4
    """The same surname, and one of the given names is only an initial."""
    PERSON = 5

    @property
    def same_surname(self) -> bool:
        return self not in (Likeness.OTHER, Likeness.GIVEN)


@dataclass(frozen=True, slots=True)
class Named:
    """One person's name in parts, folded. surnames: each word of double and hyphenated ones.  either: words that are
    taken for given names but may be surnames ("Reinaldo Alfonso Acosta").  generation: jr, sr, ii … or ""."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    generation: str = ""
    either: tuple[str, ...] = ()


@lru_cache(maxsize=100_000)
def people(name: str) -> tuple[Named, ...]:
    """Everybody whom a name names: "Smith, John & Mary" are two; "Current Resident" is nobody; a company is one, and a
    family has no given name."""
    if is_organisation(name) or any(character.isdigit() for character in _GENERATIONS.sub("", name)):
        whole = "".join(
            word for word in _words(name) if word not in name_words().degrees | {"inc", "llc", "corp", "the"}
        )
        return (Named((), (whole,)),) if whole else ()
    if family := _FAMILY.fullmatch(name.strip()):
        return (Named((), tuple(_words(family["behind"] or family["before"])[-2:])),)
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
        found = [_named([*_words(part), *surname], given=len(_words(part))) for part in _halves(first)]
        return tuple(one for one in found if one)
    parts = [words for part in _halves(name) if (words := _words(part)) and not _NOBODY.search(part)]
    if len(parts) > 1 and len(parts[0]) == 1:
        # "John & Mary Smith": the surname stands once.
        parts[0] = [*parts[0], *_named_surnames(parts[-1])]
    return tuple(one for words in parts if (one := _named(words)))


def _halves(name: str) -> list[str]:
    """The names that one label joins: "John & Mary", "Jose y Maria Lopez"."""
    parts = _COUPLE.split(name)
    if len(parts) == 1 and (spanish := _SPANISH_COUPLE.search(name)):
        second = fold(spanish[1] or spanish[2])
        if second in given_names().known:
            return [name[: spanish.start()], name[spanish.end() :]]
    return parts


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(fold(text).replace("'", "").replace("´", "")) if word]


def _named_surnames(words: list[str]) -> tuple[str, ...]:
    named = _named(words)
    return named.surnames if named else ()


def _named(words: list[str], given: int = 0) -> Named | None:
    """given: how many of the words are known to be given names; 0 when the order is the usual one."""
    table = name_words()
    while len(words) > 1 and _is_title(words):
        words, given = words[1:], max(given - 1, 0)
    generation = ""
    while len(words) > 1 and words[-1] in table.generations | table.degrees | _ENDINGS.keys():
        ending = _ENDINGS.get(words[-1], words[-1])
        generation = ending if ending in table.generations else generation
        words = words[:-1]
    if 1 < given < len(words) and (ending := _ENDINGS.get(words[given - 1], words[given - 1])) in table.generations:
        # "SMITH, JOHN JR"
        generation = ending
        words = words[: given - 1] + words[given:]
        given -= 1
    firsts, rest = (words[:given], words[given:]) if given else _first_and_last(words)
    surnames = _surnames(rest)
    if not surnames and firsts and not rest:
        return Named((), (firsts[0],), generation)
    if not surnames and firsts and not given and len(firsts[0]) > 1 and len(rest) == 1:
        # "Parker R"
        firsts, surnames = rest, (firsts[0],)
    if not surnames:
        return None
    firsts = [word for word in firsts if word not in table.particles or len(word) == 1]
    either = tuple(word for word in firsts[1:] if len(word) > 1) if not given else ()
    return Named(tuple(firsts), surnames, generation, either)


_ENDINGS = {"junior": "jr", "senior": "sr", "hijo": "jr", "2nd": "ii", "3rd": "iii", "4th": "iv"}


def _surnames(words: list[str]) -> tuple[str, ...]:
    """Each surname, and with its particles in one word, as many lists write it ("delatorre", "mcallister")."""
    found: list[str] = []
    particles = ""
    for word in words:
        if word in name_words().particles:
            particles += word
        elif len(word) > 1:
            found += [word, particles + word] if particles else [word]
            particles = ""
    return tuple(found)


def _is_title(words: list[str]) -> bool:
    """Is the first word a title? "Don Pedro Vega" has one, "Don J Rogers" is called Donald."""
    if words[0] not in name_words().titles:
        return False
    return words[0] not in given_names().known or (len(words) > 2 and words[1] in given_names().known)


def _first_and_last(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Maria Carmen de la Cruz Lopez": the words that are given names lead; at least one is left for the surname."""
    end, particles = 1, name_words().particles
    while end < len(words) - 1:
        after = end
        while after < len(words) - 1 and words[after] in particles and len(words[after]) > 1:
            after += 1
        word = words[after]
        if after > end and word not in given_names().after_particle:
            break
        if after == len(words) - 1 or not (len(word) == 1 or word in given_names().known):
            break
        end = after + 1
    return words[:end], words[end:]


def likeness(asked: tuple[Named, ...], listed: tuple[Named, ...]) -> Likeness:
    """The most that anybody of one label has in common with anybody of the other."""
    return max((_compare(one, other) for one in asked for other in listed), default=Likeness.OTHER)


@lru_cache(maxsize=200_000)
def _compare(one: Named, other: Named) -> Likeness:
    found = _in_order(one, other)
    if found >= Likeness.NEARLY:
        return found
    if not (one.given and other.given) and _joined(one) == _joined(other):
        # A company, with or without "Inc".
        return Likeness.PERSON
    if one.generation == other.generation and sorted(one.given + one.surnames) == sorted(other.given + other.surnames):
        # "ROSE LESLIE" and "LESLIE ROSE": either word may be the surname.
        return Likeness.PERSON
    # "GARCIA JOSE" without a comma: the list may write the surname first.
    if _may_be_turned(one) and (turned := _in_order(_turned(one), other)) >= Likeness.NEARLY:
        found = max(found, turned)
    turned = _in_order(one, _turned(other)) if _may_be_turned(other) else Likeness.OTHER
    return max(found, turned if turned is not Likeness.SURNAME else found)


def _joined(named: Named) -> str:
    return "".join(named.given + named.surnames)


def _may_be_turned(named: Named) -> bool:
    """May the surname stand first: is the first word no given name that we know, or the last word one?"""
    return bool(named.given) and (
        named.given[0] not in given_names().known or named.surnames[-1] in given_names().known
    )


@lru_cache(maxsize=100_000)
def _turned(named: Named) -> Named:
    """The same words read with the surname first: "GARCIA LOPEZ JOSE LUIS"."""
    words = named.given + named.surnames
    known = next((i for i, word in enumerate(words) if i and word in given_names().known), len(words) - 1)
    return Named(words[known:], words[:known], named.generation)


def _in_order(one: Named, other: Named) -> Likeness:
    surname = _share_surname(one.surnames, other.surnames + other.either) or _share_surname(one.either, other.surnames)
    if not surname:
        same = one.given[:1] == other.given[:1] and bool(one.given) and len(one.given[0]) > 1
        return Likeness.GIVEN if same else Likeness.OTHER
    given = _like_given(_without(one.given, other.surnames), _without(other.given, one.surnames))
    if given is Likeness.OTHER:
        return Likeness.SURNAME
    if one.generation != other.generation:
        # A father is never taken for his son; where only one label tells, a person must look.
        return Likeness.SURNAME if one.generation and other.generation else Likeness.NEARLY
    return given


def _without(given: tuple[str, ...], surnames: tuple[str, ...]) -> tuple[str, ...]:
    """The given names but for those after the first that are the other's surnames ("Amado Rosario Alvarez")."""
    return given[:1] + tuple(word for word in given[1:] if word not in surnames)


def _share_surname(mine: tuple[str, ...], yours: tuple[str, ...]) -> bool:
    return any(_like_surname(one, other) for one in mine for other in yours)


def _like_surname(mine: str, yours: str) -> bool:
    return mine == yours or (mine[0] == yours[0] and _misspelt(mine, yours))


def _misspelt(mine: str, yours: str) -> bool:
    """One slip in a name of four to seven letters, two in a longer one."""
    length = min(len(mine), len(yours))
    most = 0 if length < 4 else 1 if length < _LONG else 2
    return bool(most) and OSA.distance(mine, yours, score_cutoff=most) <= most


def _like_given(mine: tuple[str, ...], yours: tuple[str, ...]) -> Likeness:
    """PERSON, INITIAL, NEARLY or OTHER, by the given names alone."""
    if not mine or not yours:
        return Likeness.OTHER
    first = _one_given(mine[0], yours[0])
    if first is Likeness.PERSON and len(mine) > 1 and len(yours) > 1:
        # "Maria Elena" may not be "Maria Isabel".
        return Likeness.NEARLY if _one_given(mine[1], yours[1]) is Likeness.OTHER else first
    if first is not Likeness.OTHER:
        return first
    # Called by the second of two given names, or a brother.
    second = [_one_given(name, yours[0]) for name in mine[1:]] + [_one_given(mine[0], name) for name in yours[1:]]
    return Likeness.NEARLY if Likeness.PERSON in second else Likeness.OTHER


@lru_cache(maxsize=100_000)
def _one_given(mine: str, yours: str) -> Likeness:
    if mine == yours:
        return Likeness.PERSON if len(mine) > 1 else Likeness.INITIAL
    if len(mine) == 1 or len(yours) == 1:
        return Likeness.INITIAL if initials(mine) & initials(yours) & {mine, yours} else Likeness.OTHER
    if are_one_name(mine, yours):
        return Likeness.PERSON
    if mine in given_names().known and yours in given_names().known:
        # Both are names of their own: "Mario" is no misspelt "Maria".
        return Likeness.OTHER
    return Likeness.PERSON if _misspelt(mine, yours) else Likeness.OTHER
