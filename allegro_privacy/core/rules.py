"""Language tables (data/languages/*.toml) turned into compiled, self-checked Rules.

A rule belongs to a tier. *whole*: a sentence or line that is nothing but the command, courtesy aside. *first*: the
sentence begins with it. *phrase*: it may stand anywhere in what the person wrote, so it must show intent by itself.
Guards look at the sentence around a match and cancel it or raise a doubt. The rules in force have a version, their
hash, so that an auditor can repeat a past judgement.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from allegro_privacy.core.fold import Folded, Spelling, fold, respell, sentences
from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.model import Channel, Doubt, Level, Note, Request
from allegro_privacy.core.phrases import PatternError, WordIndex, compile_classes, parse
from allegro_privacy.core.shop import Shop
from allegro_privacy.core.text_markers import compile_markers

TIERS = ("whole", "first", "phrase")
_WORD = re.compile(r"[a-z]+")
_WHERE = {"any": ("subject", "text"), "mailing": ("text", "footer")}
PLACES = ("before", "earlier", "after", "later", "within")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a phrase means: a kind of request, its channels and level, and the doubts and notes that come with it.

    about: "" (the sender), "named" (an e-mail address that the match itself holds), "someone" (somebody described).
    """

    id: str
    kind: str
    channels: tuple[Channel, ...]
    tier: str
    level: Level | None
    doubts: tuple[Doubt, ...]
    notes: tuple[Note, ...]
    needs: str
    language: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Words around a match that cancel it (doubt None) or make it doubtful, for the kinds it names (all when empty)."""

    id: str
    place: str
    kinds: frozenset[str]
    rules: frozenset[str]
    doubt: Doubt | None
    expression: str
    need: int


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that tell something about the whole message: its nature, a doubt or a note."""

    id: str
    means: str
    where: frozenset[str]
    expression: str
    need: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that matched: where in the folded text, and the words as written."""

    rule: Rule
    start: int
    end: int
    quote: str
    disguised: bool = False


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    expression: str
    need: int


class Rules:
    """The compiled rules of all languages, run together on every text."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        kinds: Mapping[str, Kind],
        markers: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.version = _version([tables, markers])
        self.kinds = kinds
        self.markers = compile_markers([*tables.values(), *markers.values()])
        self.languages = {code: frozenset(table["language"]["common"].split()) for code, table in tables.items()}
        self.you = frozenset(word for table in tables.values() for word in table["language"].get("you", "").split())
        self._index = WordIndex()
        self._compiled: dict[str, list[_Compiled]] = {tier: [] for tier in TIERS}
        self.guards: list[Guard] = []
        self.signs: list[Sign] = []
        self.rules: dict[str, Rule] = {}
        self._words: set[str] = set()
        fillers: list[str] = []
        for code, table in tables.items():
            classes = compile_classes(table.get("classes", {}))
            self._words |= {word for entries in classes.values() for entry in entries for word in entry.split()}
            fillers += table["language"].get("courtesy", [])
            self._load(code, table, classes)
        self._filler = re.compile(f"(?: ,|{'|'.join(_filler_expression(f) for f in _longest_first(fillers))})*(?= )")
        for code, table in tables.items():
            self._load_rules(code, table, compile_classes(table.get("classes", {})))
        self.spelling = self._spelling(tables)
        self._check(tables)

    def _load(self, code: str, table: Mapping[str, Any], classes: Mapping[str, tuple[str, ...]]) -> None:
        for row in table.get("guard", ()):
            place = next((place for place in PLACES if place in row), None)
            if place is None:
                raise ValueError(f"{code}: guard {row.get('id')!r} needs one of {PLACES}")
            for phrase in row[place]:
                self.guards.append(self._guard(code, row, place, phrase, classes))
        for row in table.get("sign", ()):
            for phrase in row["match"]:
                pattern = parse(phrase, classes)
                self.signs.append(
                    Sign(
                        id=f"{code}.{row['id']}",
                        means=row["means"],
                        where=frozenset(_WHERE.get(row.get("where", "text"), (row.get("where", "text"),))),
                        expression=pattern.expression,
                        need=self._index.need(pattern.required),
                    )
                )

    def _guard(
        self, code: str, row: Mapping[str, Any], place: str, phrase: str, classes: Mapping[str, tuple[str, ...]]
    ) -> Guard:
        pattern = parse(phrase, classes)
        expression = pattern.expression
        if place == "before":
            expression = expression.removesuffix("(?= )") + r"(?= \Z)"
        return Guard(
            id=f"{code}.{row['id']}",
            place=place,
            kinds=frozenset(row.get("kinds", ())),
            rules=frozenset(f"{code}.{rule}" for rule in row.get("rules", ())),
            doubt=Doubt(row["doubt"]) if "doubt" in row else None,
            expression=expression,
            need=self._index.need(pattern.required),
        )

    def _load_rules(self, code: str, table: Mapping[str, Any], classes: Mapping[str, tuple[str, ...]]) -> None:
        for row in table.get("rule", ()):
            rule = _rule(code, row, self.kinds)
            if rule.id in self.rules:
                raise ValueError(f"rule {rule.id!r} is there twice")
            self.rules[rule.id] = rule
            for phrase in row["match"]:
                self._add(rule, phrase, classes)

    def _add(self, rule: Rule, phrase: str, classes: Mapping[str, tuple[str, ...]]) -> None:
        try:
            pattern = parse(phrase, classes)
        except PatternError as problem:
            raise ValueError(f"rule {rule.id!r}: {problem}") from problem
        self._words |= set(_WORD.findall(phrase))
        compiled = _Compiled(rule, pattern.expression, self._index.need(pattern.required))
        self._compiled[rule.tier].append(compiled)

    def add_subject_phrase(self, rule_id: str, phrases: Iterable[str]) -> None:
        """Let the phrases of the shop's own policy count as a rule's words too."""
        for phrase in phrases:
            words = " ".join(token for token in fold(phrase).tokens if token not in (".", ",", "/", "?"))
            if words:
                self._add(self.rules[rule_id], words, {})

    def _spelling(self, tables: Mapping[str, Mapping[str, Any]]) -> Spelling:
        targets: dict[str, int] = {}
        known: set[str] = set()
        disguises: set[str] = set()
        aliases: dict[str, str] = {}
        for table in tables.values():
            spelling = table.get("spelling", {})
            targets.update(spelling.get("targets", {}))
            known |= set(spelling.get("known", "").split())
            disguises |= set(spelling.get("disguises", "").split())
            aliases |= spelling.get("aliases", {})
        # A word that any phrase uses is spelled right.
        return Spelling(targets, frozenset(known) | self._words, frozenset(disguises), aliases)

    def _check(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        spoken = {rule.kind for rule in self.rules.values()}
        for kind in self.kinds.values():
            if kind.name not in spoken and not kind.staff_only:
                raise ValueError(f"kind {kind.name!r} has no phrase in any language and is not staff_only")
        for code, table in tables.items():
            for row in table.get("rule", ()):
                for shown in row.get("shows", ()):
                    folded, _ = self.fold(shown)
                    if not any(hit.rule.id == f"{code}.{row['id']}" for hit in self.hits(folded)):
                        raise ValueError(f"rule {code}.{row['id']}: its own example {shown!r} does not match")

    def fold(self, text: str) -> tuple[Folded, bool]:
        """The text folded and its command words spelled right, and whether a digit stood in for a letter."""
        return respell(fold(text), self.spelling)

    def mask(self, folded: Folded) -> int:
        return self._index.mask(folded.tokens)

    def after_courtesy(self, text: str, start: int) -> int:
        """The position after greetings and courtesy words that stand at `start` of a folded text."""
        match = self._filler.match(text, start)
        return match.end() if match else start

    def hits(self, folded: Folded, disguised: bool = False, tiers: tuple[str, ...] = TIERS) -> list[Hit]:
        """Every rule that matches, guards not yet asked; at most one hit for a rule and sentence."""
        mask = self.mask(folded)
        found: list[Hit] = []
        units = [(self.after_courtesy(folded.text, start), end) for start, end in sentences(folded)]
        for tier in tiers:
            for compiled in self._compiled[tier]:
                if mask & compiled.need != compiled.need:
                    continue
                for start, end in self._places(compiled, folded.text, units):
                    found.append(Hit(compiled.rule, start, end, folded.quote(start, end), disguised))
        return found

    def _places(
        self, compiled: _Compiled, text: str, units: Iterable[tuple[int, int]]
    ) -> Iterable[tuple[int, int]]:
        expression = _expression(compiled.expression)
        if compiled.rule.tier == "phrase":
            yield from (match.span() for match in expression.finditer(text))
            return
        for unit_start, unit_end in units:
            match = expression.match(text, unit_start)
            if match and (compiled.rule.tier == "first" or self.after_courtesy(text, match.end()) >= unit_end):
                yield match.span()

    def guards_of(self, hit: Hit, folded: Folded, mask: int) -> list[Guard]:
        """The guards that speak against one hit."""
        start, end = folded.sentence(hit.start, hit.end)
        text = folded.text
        stretch = {
            "before": text[start : hit.start + 1],
            "earlier": text[start : hit.start + 1],
            "after": text[hit.end : end + 1],
            "later": text[hit.end : end + 1],
            "within": text[start : end + 1],
        }
        speaking = []
        for guard in self.guards:
            if mask & guard.need != guard.need:
                continue
            if guard.kinds and hit.rule.kind not in guard.kinds:
                continue
            if guard.rules and hit.rule.id not in guard.rules:
                continue
            words = stretch[guard.place]
            expression = _expression(guard.expression)
            found = expression.match(words) if guard.place == "after" else expression.search(words)
            if found:
                speaking.append(guard)
        return speaking

    def signs_in(self, folded: Folded, where: str) -> list[tuple[Sign, str]]:
        """The signs of a text that stood in the subject or the body, with the words."""
        mask = self.mask(folded)
        found = []
        for sign in self.signs:
            if where in sign.where and mask & sign.need == sign.need:
                match = _expression(sign.expression).search(folded.text)
                if match:
                    found.append((sign, folded.quote(match.start(), match.end())))
        return found

    def language_of(self, text: Folded, subject: Folded, requests: Iterable[Request]) -> str:
        """The language with the most common words in the text, else in the subject, else that of the rules that
        spoke; "und" when nothing tells."""
        for folded in (text, subject):
            counts = {code: sum(token in common for token in folded.tokens) for code, common in self.languages.items()}
            ranked = sorted(counts.values(), reverse=True)
            if ranked[0] and (len(ranked) == 1 or ranked[0] > ranked[1]):
                return max(counts, key=lambda code: counts[code])
        spoke = [evidence.rule.partition(".")[0] for request in requests for evidence in request.evidence]
        spoke = [code for code in spoke if code in self.languages]
        return max(self.languages, key=spoke.count) if spoke else "und"


def load_rules(
    tables: Mapping[str, Mapping[str, Any]],
    kinds: Mapping[str, Kind],
    shop: Shop,
    markers: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Rules:
    """Rules from the language tables by code. Raises ValueError for a table that is wrong, naming the row."""
    rules = Rules(tables, kinds, markers)
    for rule_id, phrases in (("en.no-email", shop.no_email), ("en.no-snail-mail", shop.no_post)):
        if rule_id in rules.rules:
            rules.add_subject_phrase(rule_id, phrases)
    return rules


@lru_cache(maxsize=None)
def _expression(source: str) -> re.Pattern[str]:
    """Compiled when first needed: most messages need few of the many, and compiling all takes seconds."""
    return re.compile(source)


def _rule(code: str, row: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Rule:
    try:
        rule = Rule(
            id=f"{code}.{row['id']}",
            kind=row["kind"],
            channels=tuple(Channel(channel) for channel in row.get("channels", ())),
            tier=row["tier"],
            level=Level(row["level"]) if "level" in row else None,
            doubts=tuple(Doubt(doubt) for doubt in row.get("doubts", ())),
            notes=tuple(Note(note) for note in row.get("notes", ())),
            needs=row.get("needs", ""),
            language=code,
        )
    except (KeyError, ValueError) as problem:
        raise ValueError(f"{code}: rule {row.get('id')!r}: {problem}") from problem
    if rule.kind not in kinds:
        raise ValueError(f"rule {rule.id!r}: kind {rule.kind!r} is not in kinds.toml")
    if kinds[rule.kind].channels and not rule.channels:
        raise ValueError(f"rule {rule.id!r}: kind {rule.kind!r} needs channels")
    if rule.tier not in TIERS:
        raise ValueError(f"rule {rule.id!r}: tier must be one of {TIERS}")
    return rule


def _filler_expression(phrase: str) -> str:
    return "".join(" " + re.escape(token) for token in fold(phrase).tokens) + r"(?= )"


def _longest_first(entries: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(entries), key=lambda entry: -len(entry))


def _version(tables: object) -> str:
    canonical = json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
