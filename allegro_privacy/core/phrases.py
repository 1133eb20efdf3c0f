"""The small grammar in which phrases are written as data, turned into regular expressions over folded text.

    stop sending me          words, as folded (lower case, no accents, no apostrophes: "dont")
    <list>                   any entry of a word class
    (a|b c)                  either
    [my]  (that is)?         may be missing
    ..  ..5                  up to three (five) other words of the same sentence
    @addr @url @phone @num   an e-mail address, a link, a telephone number, a number
    ~20                      up to twenty words, across sentences
    ^  $                     where a sentence or line begins, where it ends

Every pattern also knows which words a text must hold before the expression is worth running.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

_PIECE = re.compile(r"\s*(?:(<[a-z0-9-]+>)|(\.\.\d*|~\d+)|(\)\?|[()\[\]|^$])|([^\s()\[\]|<>^$]+))")
_ANY_WORD = r" [^ ./?]+"
_COMMA = "(?: ,)?"
# Courtesy behind a command does not make it a longer sentence.
_SENTENCE_END = r"(?=(?: ,| please| thanks| thank you| por favor| gracias| either| too| also| anymore| any more| ever| at all| as well){0,4}(?: [./?,] | \Z))"
_DEFAULT_GAP = 3

Required = tuple[frozenset[str], ...]


class PatternError(ValueError):
    """A phrase that does not follow the grammar; says which and where."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase: its expression over folded text and the word sets of which a text needs one each."""

    source: str
    expression: str
    required: Required

    def at_end(self) -> "Pattern":
        """The same pattern, where a stretch of text ends with it."""
        return replace(self, expression=self.expression.removesuffix("(?= )") + r"(?= \Z)")


def compile_classes(tables: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Word classes from TOML: entries separated by commas; `<other>` takes in another class."""
    classes: dict[str, tuple[str, ...]] = {}

    def entries(name: str, seen: tuple[str, ...]) -> tuple[str, ...]:
        if name in seen:
            raise PatternError(f"word class <{name}> contains itself")
        if name not in tables:
            raise PatternError(f"word class <{name}> is not defined")
        found: list[str] = []
        for entry in tables[name].split(","):
            entry = " ".join(entry.split())
            if entry.startswith("<") and entry.endswith(">"):
                found += entries(entry[1:-1], (*seen, name))
            elif entry:
                found.append(entry)
        return tuple(dict.fromkeys(found))

    for name in tables:
        classes[name] = entries(name, ())
    return classes


def parse(source: str, classes: Mapping[str, tuple[str, ...]]) -> Pattern:
    """Turn one phrase into a Pattern. Raises PatternError for a phrase outside the grammar."""
    pieces = list(_pieces(source))
    expression, required, rest = _sequence(pieces, 0, classes, source)
    if rest != len(pieces):
        raise PatternError(f"unbalanced brackets in {source!r}")
    if not required:
        raise PatternError(f"{source!r} could match anything: it needs one word that must be there")
    return Pattern(source, expression + "(?= )", tuple(required))


def _pieces(source: str) -> Iterable[str]:
    position = 0
    text = source.strip()
    while position < len(text):
        match = _PIECE.match(text, position)
        if not match:
            raise PatternError(f"cannot read {text[position:]!r} in {source!r}")
        position = match.end()
        yield match[0].strip()


def _sequence(
    pieces: list[str], index: int, classes: Mapping[str, tuple[str, ...]], source: str, inside: bool = False
) -> tuple[str, list[frozenset[str]], int]:
    expression = ""
    required: list[frozenset[str]] = []
    while index < len(pieces) and pieces[index] not in (")", ")?", "]", "|"):
        piece = pieces[index]
        index += 1
        if piece in ("(", "["):
            group, needs, index = _group(pieces, index, classes, source, inside or bool(expression))
            optional = pieces[index - 1] != ")"
            expression += group + ("?" if optional else "")
            if needs and not optional:
                required.append(needs)
        elif piece == "^":
            expression += r"(?:(?<= [./?])|\A)"
        elif piece == "$":
            expression += _SENTENCE_END
        elif piece.startswith(".."):
            expression += f"(?:{_ANY_WORD}){{0,{int(piece[2:] or _DEFAULT_GAP)}}}?"
        elif piece.startswith("~"):
            expression += f"(?: [^ ]+){{0,{int(piece[1:])}}}?"
        elif piece.startswith("<"):
            entries = classes.get(piece[1:-1])
            if entries is None:
                raise PatternError(f"word class {piece} of {source!r} is not defined")
            expression += (_COMMA if expression or inside else "") + _alternatives(entries)
            required.append(frozenset(_telling_word(entry) for entry in entries))
        elif piece == "@num":
            expression += r" \d+"
        else:
            expression += (_COMMA if expression or inside else "") + " " + re.escape(piece)
            required.append(frozenset({piece}))
    return expression, required, index


def _group(
    pieces: list[str], index: int, classes: Mapping[str, tuple[str, ...]], source: str, inside: bool
) -> tuple[str, frozenset[str], int]:
    branches: list[str] = []
    needs: frozenset[str] = frozenset()
    every_branch_needs = True
    while True:
        branch, required, index = _sequence(pieces, index, classes, source, inside)
        branches.append(branch)
        if required:
            needs |= min(required, key=len)
        else:
            every_branch_needs = False
        if index >= len(pieces):
            raise PatternError(f"unbalanced brackets in {source!r}")
        index += 1
        if pieces[index - 1] in (")", ")?", "]"):
            break
        if pieces[index - 1] != "|":
            raise PatternError(f"unbalanced brackets in {source!r}")
    return f"(?:{'|'.join(branches)})", needs if every_branch_needs else frozenset(), index


def _alternatives(entries: Iterable[str]) -> str:
    longest_first = sorted(entries, key=lambda entry: -len(entry))
    return "(?:" + "|".join(" " + re.escape(entry).replace(r"\ ", " ") for entry in longest_first) + ")"


def _telling_word(entry: str) -> str:
    return max(entry.split(), key=len)


Item = TypeVar("Item")


class WordIndex(Generic[Item]):
    """Which patterns are worth running on a text: each stands under its rarest required words, and the text's words
    lead to them. Keeps the order in which patterns were added."""

    def __init__(self) -> None:
        self._items: list[tuple[Required, Item]] = []
        self._under: dict[str, list[int]] = {}

    def add(self, required: Required, item: Item) -> None:
        """`required` as a Pattern has it."""
        number = len(self._items)
        self._items.append((required, item))
        for word in min(required, key=len):
            self._under.setdefault(word, []).append(number)

    def worth_running(self, tokens: Iterable[str]) -> list[Item]:
        """The items whose every required word set has a word among the tokens."""
        words = frozenset(tokens)
        under = self._under
        numbers = {number for word in words if word in under for number in under[word]}
        items = self._items
        return [
            items[number][1]
            for number in sorted(numbers)
            if all(not words.isdisjoint(required) for required in items[number][0])
        ]
