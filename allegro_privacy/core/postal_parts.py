"""The parts of one delivery line, and how each is written."""

from dataclasses import dataclass

from allegro_privacy.core.postal_tables import fold, number_of


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery line. `name` keeps the words as written; the other parts are standard, lower case.

    kind: street | po-box | rural | military | puerto-rico.  For boxes and routes `number` is the box and `name` the route.
    units: (designator, identifier); the designator is "#" when the true word is unknown.  extra: words of no known part.
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


_SMALL = frozenset({"de", "la", "las", "los", "del", "y", "of", "the", "and", "e", "el"})


def ordinary(word: str, first: bool = False) -> str:
    """A word in ordinary case: as written when it is mixed, capitalised when it is all small or all capitals."""
    if word in ("US", "PR"):
        return word
    if fold(word) in _SMALL and not first:
        return word.lower()
    if any(c.isdigit() for c in word):
        return word.lower() if number_of(fold(word)) else word.upper()
    if word.islower() or (word.isupper() and len(word) > 1):
        return "-".join("'".join(part.capitalize() for part in piece.split("'")) for piece in word.split("-"))
    return word
