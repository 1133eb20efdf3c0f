"""Two spellings of one person's name, and which of them says more."""

from collections.abc import Iterable

from allegro_privacy.core.names_key import name_key
from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.nicknames import are_one_name


def fullest(name: str, others: Iterable[str]) -> str:
    """The fullest spelling of the same person among the others: "Gwen" is "Gwendolyn Ashbrook"."""
    best = name
    for other in others:
        if _fullness(other) > _fullness(best) and same_person(name, other):
            best = other
    return best


def _fullness(name: str) -> tuple[int, int]:
    words = _words(name)
    return sum(len(word) > 1 for word in words), sum(map(len, words))


def _words(name: str) -> list[str]:
    return [word for word in name_key(name).partition(";")[0].split() if word not in name_words().particles]


def same_person(one: str, other: str) -> bool:
    """May both be one person? The given names agree (also as initial or nickname), and every further word of the
    shorter name has its like in the longer one."""
    short, long = sorted((_words(one), _words(other)), key=len)
    if not short or {"and", "&", "or"} & {*one.casefold().split(), *other.casefold().split()}:
        return False
    generations = {name_key(name).partition(";")[2] for name in (one, other)} - {""}
    if len(generations) > 1 or not _same_given(short[0], long[0]):
        return False
    at = 1
    for word in short[1:]:
        while at < len(long) and not (long[at] == word or (1 in (len(word), len(long[at])) and long[at][0] == word[0])):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


def _same_given(one: str, other: str) -> bool:
    if one == other or (1 in (len(one), len(other)) and one[0] == other[0]):
        return True
    short, long = sorted((one, other), key=len)
    return (len(short) > 2 and long.startswith(short)) or are_one_name(one, other)
