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
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

_PIECE = re.compile(r"\s*(?:(<[a-z0-9-]+>)|(\.\.\d*|~\d+)|(\)\?|[()\[\]|^$])|([^\s()\[\]|<>^$]+))")
_ANY_WORD = r" [^ ./?]+"
_COMMA = "(?: ,)?"
# Courtesy behind a command does not make it a longer sentence.
_COURTESY = (
    "(?: ,| please| thanks| thank you| por favor| gracias| either| too| also| anymore| any more| ever| at all| as well)"
)
_SENTENCE_END = rf"(?={_COURTESY}{{0,4}}(?: [./?,] | \Z))"
_DEFAULT_GAP = 3
_ENDS = (")", ")?", "]", "|")

Required = tuple[frozenset[str], ...]


class PatternError(ValueError):
    """A phrase that does not follow the grammar; says which and where."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase: its expression over folded text, the word sets of which a text needs one each, and the words that
    it can begin with (None: any)."""

    source: str
    expression: str
    required: Required
    firsts: frozenset[str] | None

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
    reader = _Reader(tuple(_pieces(source)), classes, source)
    part = reader.sequence()
    if reader.index != len(reader.pieces):
        raise PatternError(f"unbalanced brackets in {source!r}")
    if not part.required:
        raise PatternError(f"{source!r} could match anything: it needs one word that must be there")
    firsts = None if part.anything_first or part.may_be_empty else frozenset(part.firsts)
    return Pattern(source, part.expression + "(?= )", tuple(part.required), firsts)


def _pieces(source: str) -> Iterable[str]:
    position = 0
    text = source.strip()
    while position < len(text):
        match = _PIECE.match(text, position)
        if not match:
            raise PatternError(f"cannot read {text[position:]!r} in {source!r}")
        position = match.end()
        yield match[0].strip()


@dataclass(slots=True)
class _Part:
    """A stretch of a phrase: its expression, the word sets it requires, the words it may begin with."""

    expression: str = ""
    required: list[frozenset[str]] = field(default_factory=list)
    firsts: set[str] = field(default_factory=set)
    anything_first: bool = False
    may_be_empty: bool = True

    def follow(self, expression: str, entries: Iterable[str] | None, optional: bool = False) -> None:
        """Append words; entries None: any word at all."""
        if self.may_be_empty:
            self.anything_first = self.anything_first or entries is None
            self.firsts |= {entry.split()[0] for entry in entries or ()}
        self.may_be_empty = self.may_be_empty and optional
        self.expression += expression


@dataclass(slots=True)
class _Reader:
    """The pieces of one phrase, read from left to right."""

    pieces: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    source: str
    index: int = 0

    def sequence(self, inside: bool = False) -> _Part:
        part = _Part()
        while self.index < len(self.pieces) and self.pieces[self.index] not in _ENDS:
            piece = self.pieces[self.index]
            self.index += 1
            comma = _COMMA if part.expression or inside else ""
            if piece in ("(", "["):
                self._group(part, inside or bool(part.expression))
            elif piece == "^":
                part.expression += r"(?:(?<= [./?])|\A)"
            elif piece == "$":
                part.expression += _SENTENCE_END
            elif piece.startswith(("..", "~")):
                part.follow(_gap(piece), None, optional=True)
            elif piece.startswith("<"):
                entries = self._class(piece)
                part.follow(comma + _alternatives(entries), entries)
                part.required.append(frozenset(_telling_word(entry) for entry in entries))
            elif piece == "@num":
                part.follow(r" \d+", None)
            else:
                part.follow(f"{comma} {re.escape(piece)}", (piece,))
                part.required.append(frozenset({piece}))
        return part

    def _class(self, piece: str) -> tuple[str, ...]:
        entries = self.classes.get(piece[1:-1])
        if entries is None:
            raise PatternError(f"word class {piece} of {self.source!r} is not defined")
        return entries

    def _group(self, part: _Part, inside: bool) -> None:
        branches = []
        while True:
            branches.append(self.sequence(inside))
            if self.index >= len(self.pieces):
                raise PatternError(f"unbalanced brackets in {self.source!r}")
            self.index += 1
            end = self.pieces[self.index - 1]
            if end != "|":
                break
        optional = end != ")"
        if part.may_be_empty:
            part.anything_first = part.anything_first or any(branch.anything_first for branch in branches)
            part.firsts |= {word for branch in branches for word in branch.firsts}
        part.may_be_empty = part.may_be_empty and (optional or any(branch.may_be_empty for branch in branches))
        part.expression += f"(?:{'|'.join(branch.expression for branch in branches)}){'?' if optional else ''}"
        if not optional and all(branch.required for branch in branches):
            part.required.append(frozenset().union(*(min(branch.required, key=len) for branch in branches)))


def _gap(piece: str) -> str:
    if piece.startswith("~"):
        return f"(?: [^ ]+){{0,{int(piece[1:])}}}?"
    return f"(?:{_ANY_WORD}){{0,{int(piece[2:] or _DEFAULT_GAP)}}}?"


def _alternatives(entries: Iterable[str]) -> str:
    longest_first = sorted(entries, key=lambda entry: -len(entry))
    return "(?:" + "|".join(" " + re.escape(entry).replace(r"\ ", " ") for entry in longest_first) + ")"


def _telling_word(entry: str) -> str:
    return max(entry.split(), key=len)


Item = TypeVar("Item")


class WordIndex(Generic[Item]):
    """Which patterns are worth running on a text: each stands under its rarest required words, and the text's words
    lead to them; one bit per required word set tells whether a text has all. Keeps the order of adding."""

    def __init__(self) -> None:
        self._items: list[tuple[int, Item]] = []
        self._under: dict[str, list[int]] = {}
        self._bit_of: dict[frozenset[str], int] = {}
        self._mask_of: dict[str, int] = {}

    def add(self, required: Required, item: Item) -> None:
        """`required` as a Pattern has it."""
        for word in min(required, key=len):
            self._under.setdefault(word, []).append(len(self._items))
        need = 0
        for words in required:
            need |= self._bit(words)
        self._items.append((need, item))

    def _bit(self, words: frozenset[str]) -> int:
        bit = self._bit_of.get(words)
        if bit is None:
            bit = self._bit_of[words] = 1 << len(self._bit_of)
            for word in words:
                self._mask_of[word] = self._mask_of.get(word, 0) | bit
        return bit

    def worth_running(self, tokens: Iterable[str]) -> list[Item]:
        """The items whose every required word set has a word among the tokens."""
        mask = 0
        numbers: set[int] = set()
        for word in self._mask_of.keys() & tokens:
            mask |= self._mask_of[word]
            numbers.update(self._under.get(word, ()))
        items = self._items
        return [items[number][1] for number in sorted(numbers) if mask & items[number][0] == items[number][0]]
