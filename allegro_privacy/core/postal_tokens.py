"""The words and marks of a cleaned text, and the last line of an address among them."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from allegro_privacy.core.postal_tables import fold_word

_TOKEN = re.compile(r"\d+(?=[½¼¾])|[½¼¾]|(?:[A-Za-z]\.){2,}|\d+/\d+|[\w½¼¾]+(?:['’-][\w½¼¾]+)*|\n|[^\s\w]")
_MARKS = frozenset(",.;-/(:")


class Token(NamedTuple):
    """A word or a mark of the cleaned text and where it stands. A tuple, because a letter has hundreds."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A last line. first, last: its tokens (last is exclusive).  city_at: the token where the city begins.
    strength: 3 place and ZIP, 2 place and state or a ZIP that is called one, 1 a bare ZIP."""

    first: int
    last: int
    strength: int
    zip: str | None = None
    zip4: str | None = None
    state: str | None = None
    city: str | None = None

    @property
    def complete(self) -> bool:
        return bool(self.zip and (self.city or self.state))


def tokens_of(clean: str) -> list[Token]:
    return [Token(word := m[0], fold_word(word) or word, m.start(), m.end()) for m in _TOKEN.finditer(clean)]


def back_over_marks(tokens: list[Token], i: int, lines: int = 1) -> int:
    """The index after the last word before i, going back over marks and at most so many line ends."""
    while i > 0 and (tokens[i - 1].text in _MARKS or (tokens[i - 1].text == "\n" and lines > 0)):
        lines -= tokens[i - 1].text == "\n"
        i -= 1
    return i
