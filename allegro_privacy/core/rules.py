"""The compiled rules of all languages, run together on every text.

A rule belongs to a tier. *whole*: a sentence or line that is nothing but the command, courtesy aside. *first*: the
sentence begins with it. *phrase*: it may stand anywhere in what the person wrote, so it must show intent by itself.
Guards look at the sentence around a match and cancel it or raise a doubt; signs tell something about the whole
message. The rules in force have a version, their hash, so that an auditor can repeat a past judgement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from allegro_privacy.core.fold import Folded, Spelling, fold, respell, sentences
from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.natures import load_natures
from allegro_privacy.core.phrases import Pattern, WordIndex, compile_classes, parse
from allegro_privacy.core.reader import Reader
from allegro_privacy.core.reading import Request
from allegro_privacy.core.rule_tables import (
    TIERS,
    Guard,
    Phrase,
    Rule,
    Sign,
    Table,
    read_guards,
    read_rules,
    read_signs,
    version_of,
)
from allegro_privacy.core.shop import Shop
from allegro_privacy.core.text_markers import compile_markers

_WORD = re.compile(r"[a-z]+")
_REMEMBERED = 8
_LONGEST_COURTESY = 16
_MOST_LISTED = 4
_LONGEST_LIST = 80
# Where a command of a list begins, and what joins it to the next.
_COMMAND = re.compile(r" (?=no )")
_JOIN = re.compile(r" (?:,|and|or|nor|plus|also|y|e|ni)(?: (?:and|or|also|y|ni))?$")
# What only a short text can mean is not looked for in a longer one: `needs` of a rule -> words of the text.
LENGTH_LIMITS = {"short": 90, "alone": 12, "to-us": 140}


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that matched: where in the folded text, and the words as written."""

    rule: Rule
    start: int
    end: int
    quote: str
    disguised: bool = False


@dataclass(slots=True)
class _Unit:
    """A sentence or line of a folded text; where a command in it can begin and end when courtesy is set aside, once
    somebody asked."""

    start: int
    end: int
    beginnings: tuple[int, ...] = ()
    endings: tuple[int, ...] = ()


class Rules:
    """Language tables by code, compiled; phrases are turned into expressions when a text first needs them."""

    def __init__(
        self,
        tables: Mapping[str, Table],
        kinds: Mapping[str, Kind],
        markers: Mapping[str, Table],
        natures: Table,
        reader: Table,
    ) -> None:
        self.version = version_of([tables, markers, natures, reader.get("hash", "")])
        self.reader = Reader(reader)
        self.natures = load_natures(natures)
        self.kinds = kinds
        self.markers = compile_markers([*tables.values(), *markers.values()])
        self.languages = {code: frozenset(table["language"]["common"].split()) for code, table in tables.items()}
        self.read_in_part = {code for code, table in tables.items() if table["language"].get("read") == "in part"}
        self.you = frozenset(word for table in tables.values() for word in table["language"].get("you", "").split())
        self.rules: dict[str, Rule] = {}
        common = frozenset().union(*self.languages.values())
        self._phrases = WordIndex[Phrase](common)
        self._guards = WordIndex[Guard](common)
        self._signs = WordIndex[Sign](common)
        self._words: set[str] = set()
        for code, table in (*tables.items(), ("machine", natures)):
            self._read(code, table)
        self._filler = _filler(filler for table in tables.values() for filler in table["language"].get("courtesy", ()))
        self.spelling = _spelling(tables, self._words)
        self.examples = [
            (f"{code}.{row['id']}", shown)
            for code, table in tables.items()
            for row in table.get("rule", ())
            for shown in row.get("shows", ())
        ]
        self._remembered: list[tuple[Folded, list[Hit]]] = []
        # The hits of one sentence come one after another.
        self._guards_in = lru_cache(maxsize=16)(lambda sentence: self._guards.worth_running(sentence.split()))
        self._check_kinds()

    def _read(self, code: str, table: Table) -> None:
        classes = compile_classes(table.get("classes", {}))
        self._words |= {word for entries in classes.values() for entry in entries for word in entry.split()}
        for phrase in read_rules(code, table, classes, self.kinds):
            self._add(phrase)
        for guard in read_guards(code, table, classes):
            self._guards.add(guard.pattern.ways, guard)
        for sign in read_signs(code, table, classes):
            self._signs.add(sign.pattern.ways, sign)

    def _add(self, phrase: Phrase) -> None:
        self.rules[phrase.rule.id] = phrase.rule
        self._words |= set(_WORD.findall(phrase.pattern.source))
        self._phrases.add(phrase.pattern.ways, phrase)

    def add_subject_phrase(self, rule_id: str, phrases: Iterable[str]) -> None:
        """Let the phrases of the shop's own policy count as a rule's words too."""
        for phrase in phrases:
            words = " ".join(token for token in fold(phrase).tokens if token not in (".", ",", "/", "?"))
            if words:
                self._add(Phrase(self.rules[rule_id], parse(words, {})))

    def _check_kinds(self) -> None:
        spoken = {rule.kind for rule in self.rules.values()}
        for kind in self.kinds.values():
            if kind.name not in spoken and not kind.staff_only:
                raise ValueError(f"kind {kind.name!r} has no phrase in any language and is not staff_only")

    def check_examples(self) -> Iterator[str]:
        """Every example that its own rule does not recognise, in words. Takes a second: tests, `doctor` and an
        office's own tables are worth it, every start is not."""
        for rule_id, shown in self.examples:
            folded = self.fold(shown)
            if not any(hit.rule.id == rule_id for hit in self.hits(folded)):
                yield f"rule {rule_id}: its own example {shown!r} does not match"

    def unshown(self, texts: Iterable[str]) -> list[str]:
        """Every phrase, guard and sign that none of the texts shows: dead, misspelt, or without an example."""
        shown: set[int] = set()
        others = (self._guards, self._signs)
        for text in texts:
            folded = self.fold(text)
            shown.update(id(phrase) for phrase, _, _ in self.heard(folded))
            rows = [row for index in others for row in index.worth_running(folded.places) if id(row) not in shown]
            shown.update(id(row) for row in rows if next(_matches(row.pattern, folded), None))
        phrases = [f"{phrase.rule.id}: {phrase.pattern.source}" for phrase in self._phrases if id(phrase) not in shown]
        return phrases + [
            f"{row.id}: {row.pattern.source}" for index in others for row in index if id(row) not in shown
        ]

    def fold(self, text: str) -> Folded:
        """The text folded, its command words spelled right."""
        return respell(fold(text), self.spelling)

    def after_courtesy(self, text: str, start: int) -> int:
        """The position after greetings and courtesy words that stand at `start` of a folded text."""
        match = self._filler.match(text, start)
        return match.end() if match else start

    def hits(self, folded: Folded, tiers: tuple[str, ...] = TIERS) -> list[Hit]:
        """Every rule that matches, guards not yet asked. The last few texts are remembered: several judges ask."""
        found = next((hits for known, hits in self._remembered if known is folded), None)
        if found is None:
            found = [
                Hit(phrase.rule, start, end, folded.quote(start, end), folded.disguised)
                for phrase, start, end in self.heard(folded)
            ]
            self._remembered = [(folded, found), *self._remembered[: _REMEMBERED - 1]]
        return found if tiers == TIERS else [hit for hit in found if hit.rule.tier in tiers]

    def heard(self, folded: Folded) -> Iterator[tuple[Phrase, int, int]]:
        """Every phrase that stands in a text where its tier lets it stand, and where."""
        units = [_Unit(start, end) for start, end in sentences(folded)]
        running = self._phrases.worth_running(folded.places)
        units += [piece for unit in units for piece in self._listed_commands(unit, folded, running)]
        for phrase in running:
            if len(folded.tokens) > LENGTH_LIMITS.get(phrase.rule.needs, len(folded.tokens)):
                continue
            for start, end in self._places(phrase, folded, units):
                yield phrase, start, end

    def _listed_commands(self, unit: "_Unit", folded: Folded, running: Iterable[Phrase]) -> list["_Unit"]:
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
            pieces.append(_Unit(start, joined.start() if joined else following))
        whole = [phrase for phrase in running if phrase.rule.tier == "whole"]
        return pieces if all(any(self._places(phrase, folded, [piece]) for phrase in whole) for piece in pieces) else []

    def _places(self, phrase: Phrase, folded: Folded, units: Iterable["_Unit"]) -> Iterator[tuple[int, int]]:
        if phrase.rule.tier == "phrase":
            yield from (match.span() for match in _matches(phrase.pattern, folded))
            return
        for unit in units:
            # A command may itself begin with a word of courtesy: "no more" is asked for before "no" is passed over.
            for begin in self._beginnings(unit, folded.text):
                if span := self._span_at(phrase, folded.text, begin, unit):
                    yield span
                    break

    def _span_at(self, phrase: Phrase, text: str, begin: int, unit: "_Unit") -> tuple[int, int] | None:
        if phrase.rule.tier == "first":
            match = _compiled(phrase.pattern).match(text, begin)
            return match.span() if match else None
        expression = _compiled_whole(phrase.pattern)
        for end in self._endings(unit, text):
            # Of two readings the one that fits the whole is found: "catalog subscription", not "catalog" and a rest.
            if end > begin and expression.fullmatch(text, begin, end + 1):
                return begin, end
        return None

    def _beginnings(self, unit: "_Unit", text: str) -> tuple[int, ...]:
        if not unit.beginnings:
            unit.beginnings = tuple(dict.fromkeys((unit.start, self.after_courtesy(text, unit.start))))
        return unit.beginnings

    def _endings(self, unit: "_Unit", text: str) -> tuple[int, ...]:
        """The places from which nothing but courtesy follows to the end of the unit, the last first."""
        if not unit.endings:
            ends, place = [unit.end], unit.end
            for _ in range(_LONGEST_COURTESY):
                place = text.rfind(" ", unit.start, place)
                if place <= unit.start:
                    break
                if self.after_courtesy(text, place) >= unit.end:
                    ends.append(place)
            unit.endings = tuple(ends)
        return unit.endings

    def guards_of(self, hit: Hit, folded: Folded) -> list[Guard]:
        """The guards that speak against one hit."""
        start, end = folded.sentence(hit.start, hit.end)
        text = folded.text
        # With the blank behind the mark that ends the sentence, by which a pattern knows the end.
        left, right, within = text[start : hit.start + 1], text[hit.end : end + 2], text[start : end + 2]
        stretch = {"before": left, "earlier": left, "after": right, "later": right, "within": within}
        speaking = []
        for guard in self._guards_in(stretch["within"]):
            if (guard.kinds and hit.rule.kind not in guard.kinds) or (guard.rules and hit.rule.id not in guard.rules):
                continue
            expression = _compiled(guard.pattern)
            words = stretch[guard.place]
            if expression.match(words) if guard.place == "after" else expression.search(words):
                speaking.append(guard)
        return speaking

    def signs_in(self, folded: Folded, where: str) -> list[tuple[Sign, str]]:
        """The signs of a text that stood in the subject or the body, with the words."""
        return [
            (sign, folded.quote(match.start(), match.end()))
            for sign in self._signs.worth_running(folded.places)
            if where in sign.where and (match := next(_matches(sign.pattern, folded), None))
        ]

    def language_of(self, text: Folded, subject: Folded, requests: Iterable[Request]) -> str:
        """The language with the most common words in the text, else in the subject, else that of the rules that
        spoke; "und" when nothing tells."""
        for folded in (text, subject):
            places = folded.places
            counts = {
                code: sum(len(places[word]) for word in common & places.keys())
                for code, common in self.languages.items()
            }
            ranked = sorted(counts.values(), reverse=True)
            if ranked[0] and (len(ranked) == 1 or ranked[0] > ranked[1]):
                return max(counts, key=lambda code: counts[code])
        spoke = [evidence.rule.partition(".")[0] for request in requests for evidence in request.evidence]
        spoke = [code for code in spoke if code in self.languages]
        return max(self.languages, key=spoke.count) if spoke else "und"


def load_rules(
    tables: Mapping[str, Table],
    kinds: Mapping[str, Kind],
    shop: Shop,
    markers: Mapping[str, Table],
    natures: Table,
    reader: Table,
) -> Rules:
    """Rules from the language tables by code, the table of natures and the second reader's weights. ValueError names
    the row that is wrong."""
    rules = Rules(tables, kinds, markers, natures, reader)
    for rule_id, phrases in (("en.no-email", shop.no_email), ("en.no-snail-mail", shop.no_post)):
        if rule_id in rules.rules:
            rules.add_subject_phrase(rule_id, phrases)
    return rules


@cache
def _compiled(pattern: Pattern) -> re.Pattern[str]:
    """Compiled when first needed: most messages need few of the many, and compiling all takes seconds."""
    return re.compile(pattern.expression)


@cache
def _compiled_whole(pattern: Pattern) -> re.Pattern[str]:
    """The expression with the blank behind it, for a stretch that it must fill."""
    return re.compile(pattern.expression.removesuffix("(?= )") + " ")


def _matches(pattern: Pattern, folded: Folded) -> Iterator[re.Match[str]]:
    """Every match in a text, tried only where a word stands that the pattern can begin with."""
    expression = _compiled(pattern)
    if pattern.firsts is None:
        yield from expression.finditer(folded.text)
        return
    places = folded.places
    # In the order of the text: a set has another order in each process, and the same mail must read the same.
    for start in sorted(start for word in pattern.firsts & places.keys() for start in places[word]):
        if match := expression.match(folded.text, start - 1):
            yield match


def _spelling(tables: Mapping[str, Table], words: set[str]) -> Spelling:
    """Command words of all languages; a word that any phrase uses is spelled right."""
    targets: dict[str, int] = {}
    aliases: dict[str, str] = {}
    known: set[str] = set(words)
    disguises: set[str] = set()
    for table in tables.values():
        spelling = table.get("spelling", {})
        targets.update(spelling.get("targets", {}))
        aliases.update(spelling.get("aliases", {}))
        known |= set(spelling.get("known", "").split())
        disguises |= set(spelling.get("disguises", "").split())
    return Spelling(targets, frozenset(known), frozenset(disguises), aliases)


def _filler(fillers: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(dict.fromkeys(fillers), key=lambda filler: -len(filler))
    expressions = [
        "".join(" " + re.escape(token) for token in fold(filler).tokens) + "(?= )" for filler in longest_first
    ]
    return re.compile(f"(?: ,|{'|'.join(expressions)})*(?= )")
