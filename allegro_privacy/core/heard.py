"""Where the phrases of the rules stand in a folded text: each only where its tier lets it stand.

A phrase of the tier *whole* must fill a sentence or line, courtesy aside; one of the tier *first* must begin it; one of
the tier *phrase* may stand anywhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from allegro_privacy.core.fold import Folded, sentences
from allegro_privacy.core.phrases import Pattern, WordIndex
from allegro_privacy.core.rule_tables import Phrase

_LONGEST_COURTESY = 16
_MOST_LISTED = 4
_LONGEST_LIST = 80
# Where a command of a list begins, and what joins it to the next.
_COMMAND = re.compile(r" (?=no )")
_JOIN = re.compile(r" (?:,|and|or|nor|plus|also|y|e|ni)(?: (?:and|or|also|y|ni))?$")
# What only a short text can mean is not looked for in a longer one: `needs` of a rule -> words of the text.
LENGTH_LIMITS = {"short": 90, "alone": 12, "to-us": 140}


@dataclass(slots=True)
class _Unit:
    """A sentence or line of a folded text; where a command in it can begin and end when courtesy is set aside, once
    somebody asked."""

    text: str
    start: int
    end: int
    courtesy: re.Pattern[str]
    _beginnings: tuple[int, ...] = ()
    _endings: tuple[int, ...] = ()

    def beginnings(self) -> tuple[int, ...]:
        if not self._beginnings:
            self._beginnings = tuple(dict.fromkeys((self.start, self._after_courtesy(self.start))))
        return self._beginnings

    def endings(self) -> tuple[int, ...]:
        """The places from which nothing but courtesy follows to the end of the unit, the last first."""
        if not self._endings:
            ends, place = [self.end], self.end
            for _ in range(_LONGEST_COURTESY):
                place = self.text.rfind(" ", self.start, place)
                if place <= self.start:
                    break
                if self._after_courtesy(place) >= self.end:
                    ends.append(place)
            self._endings = tuple(ends)
        return self._endings

    def _after_courtesy(self, start: int) -> int:
        """The position after the greetings and courtesy words that stand at `start`."""
        match = self.courtesy.match(self.text, start)
        return match.end() if match else start


def heard(phrases: WordIndex[Phrase], folded: Folded, courtesy: re.Pattern[str]) -> Iterator[tuple[Phrase, int, int]]:
    """Every phrase that stands in a text where its tier lets it stand, and where. courtesy: what may stand around a
    command without making it another one."""
    units = [_Unit(folded.text, start, end, courtesy) for start, end in sentences(folded)]
    running = phrases.worth_running(folded.places)
    units += [piece for unit in units for piece in _listed_commands(unit, folded, running)]
    for phrase in running:
        if len(folded.tokens) > LENGTH_LIMITS.get(phrase.rule.needs, len(folded.tokens)):
            continue
        for start, end in _places(phrase, folded, units):
            yield phrase, start, end


def _listed_commands(unit: _Unit, folded: Folded, running: Iterable[Phrase]) -> list[_Unit]:
    """The commands of "NO E-MAIL, NO SNAIL MAIL" one by one, when the whole sentence is such a list."""
    text = folded.text[unit.start : unit.end + 1]
    if not 1 < text.count(" no ") <= _MOST_LISTED or len(text) > _LONGEST_LIST:
        return []
    starts = [unit.start + match.start() for match in _COMMAND.finditer(text)]
    if starts[:1] != [unit.start]:
        return []
    pieces = []
    for start, following in zip(starts, [*starts[1:], unit.end], strict=True):
        joined = _JOIN.search(folded.text, start, following) if following != unit.end else None
        pieces.append(_Unit(folded.text, start, joined.start() if joined else following, unit.courtesy))
    whole = [phrase for phrase in running if phrase.rule.tier == "whole"]
    return pieces if all(any(_places(phrase, folded, [piece]) for phrase in whole) for piece in pieces) else []


def _places(phrase: Phrase, folded: Folded, units: Iterable[_Unit]) -> Iterator[tuple[int, int]]:
    if phrase.rule.tier == "phrase":
        yield from (match.span() for match in matches(phrase.pattern, folded))
        return
    for unit in units:
        # A command may itself begin with a word of courtesy: "no more" is asked for before "no" is passed over.
        for begin in unit.beginnings():
            if span := _span_at(phrase, begin, unit):
                yield span
                break


def _span_at(phrase: Phrase, begin: int, unit: _Unit) -> tuple[int, int] | None:
    if phrase.rule.tier == "first":
        match = compiled(phrase.pattern).match(unit.text, begin)
        return match.span() if match else None
    expression = _compiled_whole(phrase.pattern)
    for end in unit.endings():
        # Of two readings the one that fits the whole is found: "catalog subscription", not "catalog" and a rest.
        if end > begin and expression.fullmatch(unit.text, begin, end + 1):
            return begin, end
    return None


def matches(pattern: Pattern, folded: Folded) -> Iterator[re.Match[str]]:
    """Every match in a text, tried only where a word stands that the pattern can begin with."""
    expression = compiled(pattern)
    if pattern.firsts is None:
        yield from expression.finditer(folded.text)
        return
    places = folded.places
    # In the order of the text: a set has another order in each process, and the same mail must read the same.
    for start in sorted(start for word in pattern.firsts & places.keys() for start in places[word]):
        if match := expression.match(folded.text, start - 1):
            yield match


@cache
def compiled(pattern: Pattern) -> re.Pattern[str]:
    """Compiled when first needed: most messages need few of the many, and compiling all takes seconds."""
    return re.compile(pattern.expression)


@cache
def _compiled_whole(pattern: Pattern) -> re.Pattern[str]:
    """The expression with the blank behind it, for a stretch that it must fill."""
    return re.compile(pattern.expression.removesuffix("(?= )") + " ")
