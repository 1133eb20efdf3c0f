"""Text folded for matching, with the way back: every folded token knows the span of the original it came from.

Folding makes the thousand spellings of one word one: case, accents, full-width letters, Unicode dashes and spaces,
apostrophes, "e-mail" and "e mail", letters spaced out ("S T O P"). It never changes what is shown or stored.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

SENTENCE_END = "."
QUESTION = "?"
LINE_END = "/"
COMMA = ","
ADDRESS = "@addr"
LINK = "@url"
PHONE = "@phone"
BREAKS = frozenset({SENTENCE_END, QUESTION, LINE_END})

_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180E])
_DASHES = "‐‑‒–—―−⁃﹘﹣－"
_QUOTES = "’‘ʼ´`′＇‛"


class _FoldTable(dict[int, str]):
    """One character in, exactly one out, so that positions stay true. Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    @staticmethod
    def _fold(character: str) -> str:
        if character in _DASHES:
            return "-"
        if character in _QUOTES:
            return "'"
        if character in "\n\t":
            return character
        base = unicodedata.normalize("NFKD", character)[:1].lower()[:1]
        return " " if not base or base.isspace() else base


_TABLE = _FoldTable()

_SPECIAL = {
    # What is looked for only in a text that holds its mark: these patterns cost most where they do not match.
    "@": r"(?P<address>[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9][a-z0-9.-]{0,190}\.[a-z]{2,24})",
    "://": r"(?P<link>(?:https?://|www\.)[^\s<>\"]+)",
    "mail": r"(?P<email>\be[ \t]?-?[ \t]?mail(?P<email_end>s|ed|ing|ings|er|ers)?\b)",
    "scri": r"(?P<prefixed>\b(?:(?:un|re|de)[ \t]?-[ \t]?|un[ \t])(?=subscri|suscri|subcri)[a-z]+)",
    "0": r"(?P<phone>(?<![\w-])(?:\+?1[ .-]?)?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}(?![\w-]))",
}
_PLAIN = (
    r"(?P<word>[a-z0-9]+(?:'[a-z]+)*)|(?P<lines>\n[ \t\n]*)|(?P<end>[.!;:…]+)|(?P<comma>,|[ ]-+[ ])"
    r"|(?P<question>[?]+!*)"
    r"|(?P<bar>[ ][/|][ ]|[|•·])"
)
_DIGITS = re.compile(r"\d{4}")
# The token that stands for a whole group of signs.
_SIGNS = {
    "address": ADDRESS,
    "link": LINK,
    "phone": PHONE,
    "question": QUESTION,
    "end": SENTENCE_END,
    "comma": COMMA,
    "bar": LINE_END,
    "lines": LINE_END,
}
_SPACED_LETTERS = re.compile(r"\b[a-z](?:[ .*_-]{1,3}[a-z]){3}\b")
_WRAPPED_LINE = 40


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is " token token … " with single spaces; `starts[i]` is where token i begins in it, `spans[i]` where it
    stood in `original`. places: word -> where it begins in `text`. disguised: a digit stood for a letter in a command
    word ("N0 E-MAIL")."""

    original: str
    text: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    disguised: bool = False
    places: Mapping[str, Sequence[int]] = field(default_factory=dict, compare=False)

    def quote(self, start: int, end: int) -> str:
        """The original words behind the folded stretch [start, end)."""
        if not self.spans:
            return ""
        first = min(bisect_right(self.starts, start), len(self.spans) - 1)
        last = max(bisect_right(self.starts, end - 1) - 1, first)
        return " ".join(self.original[self.spans[first][0] : self.spans[last][1]].split())

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The folded stretch of the sentence or line that holds [start, end)."""
        left = max(self.text.rfind(f" {mark} ", 0, start + 1) for mark in (SENTENCE_END, QUESTION, LINE_END))
        rights = [self.text.find(f" {mark} ", max(end - 1, 0)) for mark in (SENTENCE_END, QUESTION, LINE_END)]
        right = min((position for position in rights if position >= 0), default=len(self.text) - 1)
        return (left + 2 if left >= 0 else 0), right + 1


def clean(text: str) -> str:
    """Composed, without invisible characters: the text that quotes are cut from."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE)


def fold(text: str) -> Folded:
    """Fold a text. Linear in its length."""
    original = clean(text)
    lowered = original.lower() if original.isascii() else original.translate(_TABLE)
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    line_start = 0
    for match in _tokens(lowered):
        kind = match.lastgroup or ""
        start, end = match.span()
        if kind == "word":
            tokens.append(match[0].replace("'", ""))
            spans.append((start, end))
            continue
        if kind == "lines":
            long_line = start - line_start >= _WRAPPED_LINE
            line_start = end
            if long_line and lowered.count("\n", start, end) == 1 and original[end : end + 1].islower():
                continue
        token = _SIGNS.get(kind) or _special(match)
        if token in BREAKS and tokens and tokens[-1] in BREAKS:
            if token == LINE_END or tokens[-1] == QUESTION:
                continue
            tokens[-1], spans[-1] = token, (start, end)
            continue
        tokens.append(token)
        spans.append((start, end))
    if _SPACED_LETTERS.search(lowered):
        tokens, spans = _join_spaced_letters(tokens, spans)
    return _assemble(original, tokens, spans)


def _tokens(lowered: str) -> Iterator[re.Match[str]]:
    marks = [mark for mark in ("@", "mail", "scri") if mark in lowered]
    if "://" in lowered or "www." in lowered:
        marks.append("://")
    if _DIGITS.search(lowered):
        marks.append("0")
    return _token_pattern(tuple(marks)).finditer(lowered)


@lru_cache(maxsize=64)
def _token_pattern(marks: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([*(_SPECIAL[mark] for mark in marks), _PLAIN]))


def _special(match: re.Match[str]) -> str:
    """ "e-mail" and "un-subscribe" are one word however they are written."""
    groups = match.groupdict()
    if groups.get("email"):
        return "email" + (groups["email_end"] or "")
    return match[0].replace("-", "").replace(" ", "").replace("\t", "")


def _join_spaced_letters(tokens: list[str], spans: list[tuple[int, int]]) -> tuple[list[str], list[tuple[int, int]]]:
    """ "S T O P" is one word; four letters or more, so that initials stay apart."""
    singles = [len(token) == 1 and token.isalpha() for token in tokens]
    if sum(singles) < 4:
        return tokens, spans
    joined: list[str] = []
    joined_spans: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        end = index
        while end < len(tokens) and singles[end]:
            end += 1
        if end - index >= 4:
            joined.append("".join(tokens[index:end]))
            joined_spans.append((spans[index][0], spans[end - 1][1]))
            index = end
        else:
            joined.append(tokens[index])
            joined_spans.append(spans[index])
            index += 1
    return joined, joined_spans


def _assemble(original: str, tokens: list[str], spans: list[tuple[int, int]]) -> Folded:
    starts: list[int] = []
    places: dict[str, list[int]] = {}
    position = 1
    for token in tokens:
        starts.append(position)
        places.setdefault(token, []).append(position)
        position += len(token) + 1
    return Folded(original, f" {' '.join(tokens)} ", tuple(tokens), tuple(starts), tuple(spans), places=places)


def respell(folded: Folded, spelling: "Spelling") -> Folded:
    """The same text with misspelt command words put right."""
    corrections: dict[str, str] = {}
    disguised = False
    for token in folded.places.keys() - spelling.known:
        word, by_digit = spelling.correct(token)
        if word != token:
            corrections[token] = word
            disguised = disguised or by_digit
    if not corrections:
        return folded
    tokens = [corrections.get(token, token) for token in folded.tokens]
    return replace(_assemble(folded.original, tokens, list(folded.spans)), disguised=disguised)


_DIGIT_LETTERS = str.maketrans("013457", "oleast")


class Spelling:
    """Command words and the misspellings that count as them: bounded edit distance, on command words only.

    targets: word -> edits allowed.  aliases: other words for a command ("unscribe").  disguises: words also recognised
    with a digit for a letter ("n0", "st0p").
    """

    def __init__(
        self, targets: dict[str, int], known: frozenset[str], disguises: frozenset[str], aliases: dict[str, str]
    ) -> None:
        self.targets = targets
        self.aliases = aliases
        self.known = (known | targets.keys()) - aliases.keys()
        self.disguises = disguises
        self.correct = lru_cache(maxsize=20_000)(self._correct)

    def _correct(self, token: str) -> tuple[str, bool]:
        if len(token) > 1 and token.isalnum() and not token.isalpha() and not token.isdigit():
            plain = token.translate(_DIGIT_LETTERS)
            if plain in self.disguises:
                return plain, True
        if token in self.aliases:
            return self.aliases[token], False
        if len(token) < 6 or len(token) > 20:
            return token, False
        best, best_edits = token, 99
        for target, allowed in self.targets.items():
            if token[0] != target[0] or abs(len(token) - len(target)) > allowed:
                continue
            edits = edit_distance(token, target)
            if edits <= allowed and edits < best_edits:
                best, best_edits = target, edits
        return self.aliases.get(best, best), False


def edit_distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two short words."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        current = [row]
        for column, right in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]


def sentences(folded: Folded) -> list[tuple[int, int]]:
    """The folded stretches between breaks, each without its break; empty ones are left out."""
    edges = [-1, *(i for i, token in enumerate(folded.tokens) if token in BREAKS), len(folded.tokens)]
    found = []
    for left, right in pairwise(edges):
        if right - left > 1:
            last = right - 1
            found.append((folded.starts[left + 1] - 1, folded.starts[last] + len(folded.tokens[last])))
    return found
