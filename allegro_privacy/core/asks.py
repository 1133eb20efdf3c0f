"""What a letter asks for: rules that matched, guards asked, gathered into kinds and channels."""

from dataclasses import dataclass

from allegro_privacy.core.fold import Folded, sentences
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.model import Channel, Doubt, Doubtful, Evidence, Level, Note
from allegro_privacy.core.rules import Hit, Rules

_SHORT_TEXT = 60
_COMPANIONS = ("companion", "companion-named", "circulars", "postal-person")
# What the shop's own policy tells people to write counts even in a reply's subject.
_POLICY_RULES = frozenset({"en.no-email", "en.no-snail-mail"})


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
        return any(found.clear for found in self.found)

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
        return min((found.doubts for found in self.found), key=len)


def find_hits(letter: Letter, rules: Rules) -> list[Found]:
    """Every hit in the subject and the text that its guards let stand."""
    subject = _stand(rules.hits(letter.subject, letter.disguised_subject, _subject_tiers(letter)), letter.subject, "subject", rules)
    if _speaks(letter):
        # The text speaks for itself: a lone "CANCEL" above it, or the subject of what they answer, says nothing more.
        subject = [found for found in subject if _counts_beside_text(found, letter)]
    where = "quoted" if letter.quoted_only else "text"
    text = _stand(_well_placed(rules.hits(letter.text, letter.disguised_text), letter.text), letter.text, where, rules)
    return [*subject, *text]


def _subject_tiers(letter: Letter) -> tuple[str, ...]:
    """A reply's or forward's subject is the other side's words, but for a bare command."""
    return ("whole",) if letter.replied or letter.forwarded else ("whole", "first", "phrase")


def _counts_beside_text(found: Found, letter: Letter) -> bool:
    if found.hit.rule.id in _POLICY_RULES:
        return True
    if Doubt.SOFT in found.hit.rule.doubts:
        return False
    return not letter.replied or _is_first_word_of_ours(letter)


def _is_first_word_of_ours(letter: Letter) -> bool:
    return not letter.message.header("in-reply-to") and not letter.message.header("references") and not letter.own.has_quote


def _speaks(letter: Letter) -> bool:
    """Does the text say anything by itself, so that the subject of a reply need not speak for it?"""
    return sum(token.isalpha() for token in letter.text.tokens) > 3


def _well_placed(hits: list[Hit], text: Folded) -> list[Hit]:
    """Bare commands count where a command stands: at the top, or in a text of a few words."""
    if len(text.tokens) <= _SHORT_TEXT and "@url" not in text.tokens:
        return hits
    first = sentences(text)[:2]
    edge = first[-1][1] if first else 0
    return [hit for hit in hits if hit.rule.tier == "phrase" or hit.start < edge]


def _stand(hits: list[Hit], folded: Folded, where: str, rules: Rules) -> list[Found]:
    mask = rules.mask(folded)
    standing: list[Found] = []
    for hit in hits:
        guards = rules.guards_of(hit, folded, mask)
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
    grouped: dict[tuple[str, Channel | None], list[Found]] = {}
    for item in found:
        rule = item.hit.rule
        if rule.needs in ("companion", "companion-named") and rule.kind not in kinds_there:
            continue
        for channel in rule.channels or (None,):
            grouped.setdefault((rule.kind, channel), []).append(item)
    asks = [Ask(kind, channel, tuple(items)) for (kind, channel), items in grouped.items()]
    return _without_shadows(asks)


def _without_shadows(asks: list[Ask]) -> list[Ask]:
    """A privacy question inside a rights letter is part of the letter; an opt-in phrase beside a clear opt-out is not."""
    kinds = {ask.kind for ask in asks}
    if kinds - {"question"}:
        asks = [ask for ask in asks if ask.kind != "question" or _asked_apart(ask)]
    return asks


def _asked_apart(ask: Ask) -> bool:
    return any("?" in found.hit.quote for found in ask.found)
