"""What a letter asks for: rules that matched, guards asked, gathered into kinds and channels."""

import re
from dataclasses import dataclass, replace

from allegro_privacy.core.fold import Folded, sentences
from allegro_privacy.core.heard import LENGTH_LIMITS
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Note
from allegro_privacy.core.rule_tables import Rule
from allegro_privacy.core.rules import Hit, Rules

_SHORT_TEXT = 60
_FEW_WORDS = 16
_NETS = frozenset(LENGTH_LIMITS)
_TELLING = re.compile(r"unsubscri|newsletter|\blists?\b|email|mailing|opt out|\bbaja\b|suscri|lista|boletin|correos?\b")
_STICKY = (Doubt.NEGATION, Doubt.NARROW_SCOPE, Doubt.TEMPORARY)
_COMPANIONS = ("companion", "companion-named", "circulars", "postal-person")
# What the shop's own policy tells people to write counts even in a reply's subject.
POLICY_RULES = frozenset({"en.no-email", "en.no-snail-mail"})


@dataclass(frozen=True, slots=True)
class Found:
    """A hit that its guards let stand, with the doubts that it carries and where it stood."""

    hit: Hit
    where: str
    doubts: tuple[Doubtful, ...]

    @property
    def clear(self) -> bool:
        return not self.doubts

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.hit.rule.id, self.where, self.hit.quote)


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request, for one channel, before it is known who it is about."""

    kind: str
    channel: Channel | None
    found: tuple[Found, ...]

    @property
    def clear(self) -> bool:
        return any(found.clear for found in self.found) and not self._sticky()

    def _sticky(self) -> tuple[Doubtful, ...]:
        """What holds for the whole request, however clear the rest of it is."""
        return tuple(doubt for found in self.found for doubt in found.doubts if doubt.doubt in _STICKY)

    @property
    def level(self) -> Level | None:
        return next((found.hit.rule.level for found in self.found if found.hit.rule.level), None)

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(dict.fromkeys(note for found in self.found for note in found.hit.rule.notes))

    @property
    def needs(self) -> frozenset[str]:
        return frozenset(found.hit.rule.needs for found in self.found)

    def doubts(self) -> tuple[Doubtful, ...]:
        """None when any evidence is clear; else what speaks against the best of it."""
        if self.clear or not self.found:
            return ()
        return self._sticky() or min((found.doubts for found in self.found), key=len)


def find_hits(letter: Letter, rules: Rules, to_us: bool = False) -> list[Found]:
    """Every hit in the subject and the text that its guards let stand. The widest nets are cast only over mail that
    was addressed to us: a mailing list's traffic says "stop" and "list" in many senses."""
    subject = _stand(rules.hits(letter.subject, _subject_tiers(letter)), letter.subject, "subject", rules)
    if _speaks(letter):
        # The text speaks for itself: a lone "CANCEL" above it, or the subject of what they answer, says nothing more.
        subject = [kept for found in subject if (kept := _beside_text(found, letter))]
    where = "quoted" if letter.quoted_only else "text"
    hits = _well_placed(rules.hits(letter.text), letter.text)
    text = _stand(hits, letter.text, where, rules)
    if len(hits) > len(text) and not text and not letter.quoted_only:
        # The text speaks of the matter without asking ("the best way to unsubscribe is …"): so may its title.
        subject = [_doubted(found, Doubt.REPORTED) for found in subject]
    found = [*subject, *(one for one in text if one.hit.rule.needs != "subject")]
    if letter.has("transactional-stays"):
        # Order confirmations continue anyway (policy §7): wanting them narrows nothing.
        found = [one for one in found if Doubt.NARROW_SCOPE not in one.hit.rule.doubts]
    if not to_us:
        # Nor is a question about privacy that others were asked one to us.
        found = [one for one in found if one.hit.rule.needs != "to-us" and one.hit.rule.kind != "question"]
    if not rules.you.intersection(letter.text.tokens):
        found = [one for one in found if one.hit.rule.needs != "you" or one.where == "subject"]
    return found


def _subject_tiers(letter: Letter) -> tuple[str, ...]:
    """A reply's or forward's subject is the other side's words, but for a bare command."""
    return ("whole",) if letter.replied or letter.forwarded else ("whole", "first", "phrase")


def _beside_text(found: Found, letter: Letter) -> Found | None:
    """What a subject still says when a text stands below it."""
    if found.hit.rule.id in POLICY_RULES:
        return found
    if Doubt.SOFT in found.hit.rule.doubts:
        return None
    if letter.title[:1] in "\"“'«" and letter.title[-1:] in "\"”'»":
        return _doubted(found, Doubt.REPORTED)
    if letter.replied:
        return _doubted(found, Doubt.REPORTED) if len(letter.text.tokens) <= LENGTH_LIMITS["short"] // 3 else None
    return found


def _doubted(found: Found, doubt: Doubt) -> Found:
    return replace(found, doubts=(*found.doubts, Doubtful(doubt, found.hit.quote)))


def _speaks(letter: Letter) -> bool:
    """Does the text say anything by itself, so that the subject of a reply need not speak for it?"""
    most = 0 if letter.replied else 3
    return not letter.own.greeting_only and sum(token.isalpha() for token in letter.text.tokens) > most


def _well_placed(hits: list[Hit], text: Folded) -> list[Hit]:
    """Bare commands count where a command stands: in a text of a few words, or, when they say what they are about, at
    the top of a longer one."""
    length = len(text.tokens)
    units = sentences(text)
    edge = units[0][1] if units else 0
    kept = []
    for hit in hits:
        if hit.rule.tier == "phrase":
            kept.append(hit)
        elif length <= _SHORT_TEXT and "@url" not in text.tokens:
            kept.append(hit if hit.start < edge or length <= _FEW_WORDS else replace(hit, rule=_softened(hit.rule)))
        elif hit.start < edge and _TELLING.search(text.text, hit.start, hit.end):
            kept.append(hit)
    return kept


def _softened(rule: Rule) -> Rule:
    """A lone "Unsubscribe" below other text may be the foot of a mailing."""
    return replace(rule, doubts=(*rule.doubts, Doubt.SOFT))


def _stand(hits: list[Hit], folded: Folded, where: str, rules: Rules) -> list[Found]:
    standing: list[Found] = []
    for hit in hits:
        guards = rules.guards_of(hit, folded)
        if any(guard.doubt is None for guard in guards):
            continue
        doubts = [Doubtful(doubt, hit.quote) for doubt in hit.rule.doubts]
        doubts += [Doubtful(guard.doubt, hit.quote) for guard in guards if guard.doubt]
        if hit.disguised:
            doubts.append(Doubtful(Doubt.SPELLING, hit.quote))
        if where == "quoted":
            doubts.append(Doubtful(Doubt.QUOTED_ONLY, hit.quote))
        standing.append(Found(hit, where, tuple(dict.fromkeys(doubts))))
    return standing


def gather(found: list[Found], rules: Rules) -> list[Ask]:
    """Hits grouped by kind and channel. Phrases that only widen or narrow need a companion to stand on."""
    own_feet = [item for item in found if item.hit.rule.needs not in _COMPANIONS]
    kinds_there = {item.hit.rule.kind for item in own_feet}
    exact = any(item.hit.rule.needs not in (*_COMPANIONS, *_NETS, "address") for item in found)
    grouped: dict[tuple[str, Channel | None], list[Found]] = {}
    for item in found:
        rule = item.hit.rule
        if exact and rule.needs in _NETS:
            continue
        if rule.needs in ("companion", "companion-named"):
            if rule.kind not in kinds_there:
                continue
            item = _as_sure_as(item, [other for other in own_feet if other.hit.rule.kind == rule.kind])
        for channel in rule.channels or (None,):
            grouped.setdefault((rule.kind, channel), []).append(item)
    asks = [Ask(kind, channel, tuple(items)) for (kind, channel), items in grouped.items()]
    return _without_shadows(asks)


def _as_sure_as(item: Found, companions: list[Found]) -> Found:
    """What only widens is no surer than what it widens: "… or all e-mail" behind a mere net asks nothing."""
    best = min(companions, key=lambda found: len(found.doubts))
    return replace(item, doubts=(*item.doubts, *best.doubts)) if item.clear else item


def _without_shadows(asks: list[Ask]) -> list[Ask]:
    """A privacy question inside a rights letter is part of the letter; so is what a child's letter asks."""
    kinds = {ask.kind for ask in asks}
    if "child-removal" in kinds:
        asks = [ask for ask in asks if ask.kind not in ("deletion", "access", "correction")]
    if "do-not-share" in kinds:
        # "Opt out" above a letter about selling data is that letter's title.
        asks = [ask for ask in asks if ask.kind != "opt-out" or not all(map(_is_bare_title, ask.found))]
    if kinds - {"question"}:
        asks = [ask for ask in asks if ask.kind != "question" or _asked_apart(ask)]
    return asks


def _is_bare_title(found: Found) -> bool:
    return found.where == "subject" and found.hit.quote.lower().strip(" .!-") in ("opt out", "opt-out", "optout")


def _asked_apart(ask: Ask) -> bool:
    return any("?" in found.hit.quote for found in ask.found)
