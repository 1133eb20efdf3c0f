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
from collections.abc import Collection, Iterable, Iterator, Mapping
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
    """One phrase: its expression over folded text, the ways in which a text can satisfy it (each a few word sets of
    which it must hold one word each), and the words that it can begin with (None: any)."""

    source: str
    expression: str
    ways: tuple[Required, ...]
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
    if not part.needed():
        raise PatternError(f"{source!r} could match anything: it needs one word that must be there")
    firsts = None if part.anything_first or part.may_be_empty else frozenset(part.firsts)
    ways = tuple((*part.required, *way) for way in part.ways) or (tuple(part.required),)
    return Pattern(source, part.expression + "(?= )", ways, firsts)


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
    """A stretch of a phrase: its expression, the word sets it requires, the words it may begin with. ways: what the
    branches of its first "either" require beside that; each is looked for apart, so that "law office of" needs all
    three words and not merely "of"."""

    expression: str = ""
    required: list[frozenset[str]] = field(default_factory=list)
    ways: tuple[Required, ...] = ()
    firsts: set[str] = field(default_factory=set)
    anything_first: bool = False
    may_be_empty: bool = True

    def needed(self) -> Required:
        """All it requires, the ways taken together."""
        either = [frozenset().union(*(min(way, key=len) for way in self.ways))] if self.ways else []
        return (*self.required, *either)

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
        ways = [branch.needed() for branch in branches]
        if optional or not all(ways):
            return
        if len(ways) == 1:
            part.required += ways[0]
        elif part.ways:
            part.required.append(frozenset().union(*(min(way, key=len) for way in ways)))
        else:
            part.ways = tuple(ways)


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
    """Which patterns are worth running on a text: each way of a pattern stands under the rarest words that it requires,
    and the text's words lead to them; the word sets that a text has tell whether it has all. Keeps the order of adding.
    common: words that nearly every text holds, as very short ones do."""

    def __init__(self, common: frozenset[str] = frozenset()) -> None:
        self._common = common
        self._items: list[Item] = []
        # Under each word: the number of an item, and the word sets that one of its ways needs besides.
        self._under: dict[str, list[tuple[int, frozenset[int]]]] = {}
        self._number_of: dict[frozenset[str], int] = {}
        self._sets_with: dict[str, list[int]] = {}

    def add(self, ways: Iterable[Required], item: Item) -> None:
        """`ways` as a Pattern has them."""
        for required in ways:
            rarest = min(required, key=self._frequency)
            besides = frozenset(self._number(words) for words in required if words is not rarest)
            for word in rarest:
                self._under.setdefault(word, []).append((len(self._items), besides))
        self._items.append(item)

    def _number(self, words: frozenset[str]) -> int:
        number = self._number_of.setdefault(words, len(self._number_of))
        if number == len(self._number_of) - 1:
            for word in words:
                sets = self._sets_with.setdefault(word, [])
                if number not in sets[-1:]:
                    sets.append(number)
        return number

    def _frequency(self, words: frozenset[str]) -> int:
        """How often one of them is met, roughly."""
        return sum(100 if len(word) < 3 or word in self._common else 1 for word in words)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def worth_running(self, words: Collection[str]) -> list[Item]:
        """The items of which one way is open: each of its word sets has a word among these."""
        under, sets_with = self._under, self._sets_with
        there: set[int] = set()
        for word in sets_with.keys() & words:
            there.update(sets_with[word])
        found = {
            number
            for word in under.keys() & words
            for number, besides in under[word]
            if not besides or besides <= there
        }
        return [self._items[number] for number in sorted(found)]
