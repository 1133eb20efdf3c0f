"""The parts of one delivery line, and how each is written."""

import re
from dataclasses import dataclass

from allegro_privacy.core.postal_tables import fold, number_of


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery line. `name` keeps the words as written; the other parts are standard, lower case.

    kind: street | po-box | rural | military | puerto-rico.  For boxes and routes `number` is the box, `name` the route.
    units: (designator, identifier); the designator is "#" when the true word is unknown.
    extra: words of no known part.
    """

    kind: str = "street"
    number: str = ""
    before: str = ""
    name: tuple[str, ...] = ()
    suffix: str = ""
    after: str = ""
    units: tuple[tuple[str, str], ...] = ()
    urbanization: str = ""
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line with its folded form and the comma- or line-separated chunk it stands in."""

    text: str
    folded: str
    chunk: int


_HOUSE = re.compile(r"(?!00)\d{1,6}(?:-\d{1,5})?-?[a-z]?|[nsew]\d{1,5}[nsew]\d{1,6}|[nsew]\d{3,5}")


def is_house_number(word: str) -> bool:
    """Has a word the form of a house number (12, 12-34, 12B, N6W23001, W3759)?"""
    return bool(_HOUSE.fullmatch(word.casefold()))


_SMALL = frozenset({"de", "la", "las", "los", "del", "y", "of", "the", "and", "e", "el"})


def ordinary(word: str, first: bool = False) -> str:
    """A word in ordinary case: as written when it is mixed, capitalised when it is all small or all capitals."""
    if word in ("US", "PR") or (len(word) == 2 and word[0] == word[1] and word.isupper()):
        return word
    if fold(word) in _SMALL and not first:
        return word.lower() if word.islower() or word.isupper() else word
    if any(c.isdigit() for c in word):
        return word.lower() if number_of(fold(word)) else word.upper()
    if word.islower() or (word.isupper() and len(word) > 1):
        return "-".join("'".join(part.capitalize() for part in piece.split("'")) for piece in word.split("-"))
    return word
