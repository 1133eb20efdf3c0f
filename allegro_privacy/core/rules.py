"""The compiled rules of all languages, run together on every text.

A rule belongs to a tier, which says where its phrases may stand (heard.py); what may stand anywhere must show intent by
itself. Guards look at the sentence around a match and cancel it or raise a doubt; signs tell something about the whole
message. The rules in force have a version, their hash, so that an auditor can repeat a past judgement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from allegro_privacy.core.fold import Folded, Spelling, fold, respell
from allegro_privacy.core.heard import compiled, heard, matches
from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.natures import load_natures
from allegro_privacy.core.phrases import WordIndex, compile_classes, parse
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


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that matched: where in the folded text, and the words as written."""

    rule: Rule
    start: int
    end: int
    quote: str
    disguised: bool = False


class Rules:
    """Language tables by code, compiled; phrases are turned into expressions when a text first needs them."""

    def __init__(
        self,
        tables: Mapping[str, Table],
        kinds: Mapping[str, Kind],
        markers: Mapping[str, Table],
        natures: Table,
        reader: Table,
        version: str = "",
    ) -> None:
        self.version = version or _version(tables, markers, natures, reader)
        self.reader = Reader(reader)
        self.natures = load_natures(natures)
        self.kinds = kinds
        self.markers = compile_markers([*tables.values(), *markers.values()])
        self.languages = {code: frozenset(table["language"]["common"].split()) for code, table in tables.items()}
        self.read_in_part = {code for code, table in tables.items() if table["language"].get("read") == "in part"}
        self.you = frozenset(word for table in tables.values() for word in table["language"].get("you", "").split())
        self.rules: dict[str, Rule] = {}
        common = frozenset().union(*self.languages.values())
        self.phrases = WordIndex[Phrase](common)
        self.guards = WordIndex[Guard](common)
        self.signs = WordIndex[Sign](common)
        self._words: set[str] = set()
        for code, table in (*tables.items(), ("machine", natures)):
            self._read(code, table)
        self.courtesy = _courtesy(
            filler for table in tables.values() for filler in table["language"].get("courtesy", ())
        )
        self.spelling = _spelling(tables, self._words)
        self.examples = [
            (f"{code}.{row['id']}", shown)
            for code, table in tables.items()
            for row in table.get("rule", ())
            for shown in row.get("shows", ())
        ]
        self._remembered: list[tuple[Folded, list[Hit]]] = []
        # The hits of one sentence come one after another.
        self._guards_in = lru_cache(maxsize=16)(lambda sentence: self.guards.worth_running(sentence.split()))
        self._check_kinds()

    def _read(self, code: str, table: Table) -> None:
        classes = compile_classes(table.get("classes", {}))
        self._words |= {word for entries in classes.values() for entry in entries for word in entry.split()}
        for phrase in read_rules(code, table, classes, self.kinds):
            self._add(phrase)
        for guard in read_guards(code, table, classes):
            self.guards.add(guard.pattern.ways, guard)
        for sign in read_signs(code, table, classes):
            self.signs.add(sign.pattern.ways, sign)

    def _add(self, phrase: Phrase) -> None:
        self.rules[phrase.rule.id] = phrase.rule
        self._words |= set(_WORD.findall(phrase.pattern.source))
        self.phrases.add(phrase.pattern.ways, phrase)

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

    def fold(self, text: str) -> Folded:
        """The text folded, its command words spelled right."""
        return respell(fold(text), self.spelling)

    def hits(self, folded: Folded, tiers: tuple[str, ...] = TIERS) -> list[Hit]:
        """Every rule that matches, guards not yet asked. The last few texts are remembered: several judges ask."""
        found = next((hits for known, hits in self._remembered if known is folded), None)
        if found is None:
            found = [
                Hit(phrase.rule, start, end, folded.quote(start, end), folded.disguised)
                for phrase, start, end in heard(self.phrases, folded, self.courtesy)
            ]
            self._remembered = [(folded, found), *self._remembered[: _REMEMBERED - 1]]
        return found if tiers == TIERS else [hit for hit in found if hit.rule.tier in tiers]

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
            expression = compiled(guard.pattern)
            words = stretch[guard.place]
            if expression.match(words) if guard.place == "after" else expression.search(words):
                speaking.append(guard)
        return speaking

    def signs_in(self, folded: Folded, where: str) -> list[tuple[Sign, str]]:
        """The signs of a text that stood in the subject or the body, with the words."""
        return [
            (sign, folded.quote(match.start(), match.end()))
            for sign in self.signs.worth_running(folded.places)
            if where in sign.where and (match := next(matches(sign.pattern, folded), None))
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
    the row that is wrong. The same tables give the same rules again: a watch pulls many times."""
    version = _version(tables, markers, natures, reader)
    made_of = (version, tuple(kinds.items()), shop.no_email, shop.no_post)
    if made_of not in _MADE:
        _MADE.clear()
        _MADE[made_of] = _made(Rules(tables, kinds, markers, natures, reader, version), shop)
    return _MADE[made_of]


_MADE: dict[tuple[object, ...], Rules] = {}


def _version(tables: Mapping[str, Table], markers: Mapping[str, Table], natures: Table, reader: Table) -> str:
    return version_of([tables, markers, natures, reader.get("hash", "")])


def _made(rules: Rules, shop: Shop) -> Rules:
    for rule_id, phrases in (("en.no-email", shop.no_email), ("en.no-snail-mail", shop.no_post)):
        if rule_id in rules.rules:
            rules.add_subject_phrase(rule_id, phrases)
    return rules


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


def _courtesy(fillers: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(dict.fromkeys(fillers), key=lambda filler: -len(filler))
    expressions = [
        "".join(" " + re.escape(token) for token in fold(filler).tokens) + "(?= )" for filler in longest_first
    ]
    return re.compile(f"(?: ,|{'|'.join(expressions)})*(?= )")
