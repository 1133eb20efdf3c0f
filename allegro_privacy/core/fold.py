"""Text folded for matching, with the way back: every folded token knows the span of the original it came from.

Folding makes the thousand spellings of one word one: case, accents, full-width letters, Unicode dashes and spaces,
apostrophes, "e-mail" and "e mail", letters spaced out ("S T O P"). It never changes what is shown or stored.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
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

# A dash inside a word is a space, but for the prefixes that people write with and without one.
_TOKEN = re.compile(
    r"""
    (?P<address>[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9][a-z0-9.-]{0,190}\.[a-z]{2,24})
    | (?P<link>(?:https?://|www\.)[^\s<>"]+)
    | (?P<email>\be[ \t]?-?[ \t]?mail(?P<email_end>s|ed|ing|ings|er|ers)?\b)
    | (?P<prefixed>\b(?:(?:un|re|de)[ \t]?-[ \t]?|un[ \t])(?=subscri|suscri|subcri)[a-z]+)
    | (?P<phone>(?<![\w-])(?:\+?1[ .-]?)?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}(?![\w-]))
    | (?P<word>[a-z0-9]+(?:'[a-z]+)*)
    | (?P<question>[?]+!*)
    | (?P<end>[.!;:…]+)
    | (?P<comma>,|[ ]-+[ ])
    | (?P<bar>[ ][/|][ ]|[|•·])
    | (?P<lines>\n[ \t\n]*)
    """,
    re.VERBOSE,
)
_WRAPPED_LINE = 55


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is " token token … " with single spaces; `starts[i]` is where token i begins in it, `spans[i]` where it
    stood in `original`."""

    original: str
    text: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

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
    for match in _TOKEN.finditer(lowered):
        kind = match.lastgroup
        if kind == "email_end":
            kind = "email"
        start, end = match.span()
        if kind == "lines":
            long_line = start - line_start >= _WRAPPED_LINE
            line_start = end
            if long_line and lowered.count("\n", start, end) == 1 and original[end : end + 1].islower():
                continue
        token = _token(kind or "", match)
        if token in BREAKS and tokens and tokens[-1] in BREAKS:
            if token == LINE_END or tokens[-1] == QUESTION:
                continue
            tokens[-1], spans[-1] = token, (start, end)
            continue
        tokens.append(token)
        spans.append((start, end))
    tokens, spans = _join_spaced_letters(tokens, spans)
    return _assemble(original, tokens, spans)


def _token(kind: str, match: re.Match[str]) -> str:
    match kind:
        case "address":
            return ADDRESS
        case "link":
            return LINK
        case "phone":
            return PHONE
        case "email":
            return "email" + (match["email_end"] or "")
        case "prefixed":
            return match[0].replace("-", "").replace(" ", "").replace("\t", "")
        case "word":
            return match[0].replace("'", "")
        case "question":
            return QUESTION
        case "end":
            return SENTENCE_END
        case "comma":
            return COMMA
        case _:
            return LINE_END


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
    position = 1
    for token in tokens:
        starts.append(position)
        position += len(token) + 1
    return Folded(original, f" {' '.join(tokens)} ", tuple(tokens), tuple(starts), tuple(spans))


def respell(folded: Folded, spelling: "Spelling") -> tuple[Folded, bool]:
    """The same text with misspelt command words put right, and whether a digit stood in for a letter."""
    changed, disguised = False, False
    tokens = list(folded.tokens)
    for index, token in enumerate(tokens):
        if len(token) < 2 or token[0] == "@" or token in spelling.known:
            continue
        word, by_digit = spelling.correct(token)
        if word != token:
            tokens[index], changed, disguised = word, True, disguised or by_digit
    if not changed:
        return folded, False
    return _assemble(folded.original, tokens, list(folded.spans)), disguised


_DIGIT_LETTERS = str.maketrans("013457", "oleast")


class Spelling:
    """Command words and the misspellings that count as them: bounded edit distance, on command words only.

    targets: word -> edits allowed.  aliases: other words for a command ("unscribe").  disguises: words also recognised with a digit for a letter ("n0", "st0p").
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
        if not token.isalpha() and not token.isdigit():
            plain = token.translate(_DIGIT_LETTERS)
            if plain in self.disguises:
                return plain, True
        if token in self.aliases:
            return self.aliases[token], False
        if len(token) < 6 or len(token) > 20:
            return token, False
        best, best_edits = token, 99
        for target, allowed in self.targets.items():
            if token[:2] != target[:2] or abs(len(token) - len(target)) > allowed:
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
