"""Doubts about a whole message: what its signs say, what could not be read, whose request it is."""

from allegro_privacy.core.asks import POLICY_RULES
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.message import Message
from allegro_privacy.core.person import Channel
from allegro_privacy.core.reading import Doubt, Doubtful, Nature, Note, Request
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.shop import Shop

# Without any request only these may not be overlooked, and only in a text of a letter's length.
_SILENT_DOUBTS = ("doubt:legal", "doubt:withdrawn", "doubt:instructs-software")
_LETTER = 150
_FOREIGN_WORDS = 2
_CUT = frozenset({"truncated", "long-text", "long-header", "many-headers"})


def message_doubts(
    letter: Letter, requests: tuple[Request, ...], nature: Nature, rules: Rules, shop: Shop
) -> tuple[Doubtful, ...]:
    """Every doubt about the message as a whole; each of them keeps all its requests from being accepted."""
    doubts: list[Doubtful] = []
    if requests:
        doubts += _from_signs(letter, requests)
        if not all(_asks_in_policy_words(request) for request in requests):
            doubts += _foreign(letter, rules) + _written_to_others(letter.message, shop)
        if "encrypted" in letter.message.flags and not letter.text.tokens:
            doubts.append(Doubtful(Doubt.ENCRYPTED, "the text is encrypted"))
        return _relevant(doubts, requests, nature is Nature.AGENT)
    if nature is Nature.AGENT:
        doubts.append(Doubtful(Doubt.AGENT, "an agent's letter that does not say what it asks"))
    if is_for_us(letter.message, shop):
        doubts += _foreign(letter, rules)
        if len(letter.text.tokens) <= _LETTER:
            doubts += [_doubtful(sign.means, quote) for sign, quote in letter.signs if sign.means in _SILENT_DOUBTS]
        doubts += _nothing_to_read(letter) or _cut_short(letter.message)
    return tuple(dict.fromkeys(doubts))


def _doubtful(means: str, quote: str) -> Doubtful:
    return Doubtful(Doubt(means.removeprefix("doubt:")), quote)


def _from_signs(letter: Letter, requests: tuple[Request, ...]) -> list[Doubtful]:
    only_paper = all(request.channel is Channel.POST for request in requests)
    doubts = []
    for sign, quote in letter.signs:
        if sign.means == "doubt:two-people" and only_paper:
            continue  # A postal suppression is one person's by name; who shares the house keeps theirs.
        if sign.means == "doubt:narrow-scope" and letter.has("transactional-stays"):
            continue  # Order confirmations continue anyway (policy §7); that is no narrowing.
        if sign.means.startswith("doubt:"):
            doubts.append(_doubtful(sign.means, quote))
    return doubts


def _relevant(doubts: list[Doubtful], requests: tuple[Request, ...], letter_is_agents: bool) -> tuple[Doubtful, ...]:
    """Somebody else's opt-out needs no proof once it names whose address it is (16 CFR 316.5)."""
    only_opt_outs = all(request.kind == "opt-out" for request in requests)
    named = letter_is_agents or all(
        request.channel is not Channel.EMAIL or Note.ON_BEHALF in request.notes for request in requests
    )
    if letter_is_agents or (only_opt_outs and named):
        doubts = [doubt for doubt in doubts if doubt.doubt is not Doubt.SOMEONE_ELSE]
    return tuple({doubt.doubt: doubt for doubt in reversed(doubts)}.values())


def is_for_us(message: Message, shop: Shop) -> bool:
    return any(shop.is_written_to(mailbox.email) for mailbox in message.to)


def _written_to_others(message: Message, shop: Shop) -> list[Doubtful]:
    """What reached us through a list or a copy was said to others, and may be meant for them."""
    if not message.to or is_for_us(message, shop):
        return []
    return [Doubtful(Doubt.NOT_TO_US, ", ".join(mailbox.email for mailbox in message.to[:3]))]


def _cut_short(message: Message) -> list[Doubtful]:
    """A request may stand in what was too long to read."""
    cut = message.flags & _CUT
    return [Doubtful(Doubt.TRUNCATED, ", ".join(sorted(cut)))] if cut else []


def _asks_in_policy_words(request: Request) -> bool:
    """The policy's phrase in the subject works whatever language follows."""
    return any(evidence.rule in POLICY_RULES and evidence.where == "subject" for evidence in request.evidence)


def _foreign(letter: Letter, rules: Rules) -> list[Doubtful]:
    """A language of which only a few phrases are known: a person reads it."""
    language = rules.language_of(letter.text, letter.subject, ())
    if language not in rules.read_in_part:
        return []
    words = rules.languages[language] & {*letter.text.tokens, *letter.subject.tokens}
    return [Doubtful(Doubt.LANGUAGE, language)] if len(words) >= _FOREIGN_WORDS else []


def _nothing_to_read(letter: Letter) -> list[Doubtful]:
    message = letter.message
    if "encrypted" in message.flags:
        return [Doubtful(Doubt.ENCRYPTED, "the text is encrypted")]
    if letter.own.forwarded and letter.own.greeting_only:
        return [Doubtful(Doubt.FORWARDED, "a forwarded message without a word of the sender's own")]
    if letter.quoted_only:
        return [Doubtful(Doubt.QUOTED_ONLY, "everything in it is quoted")]
    if not any(character.isalnum() for character in letter.own.own):
        if letter.title and not letter.replied and not message.attachments:
            return []
        about = "only attachments" if message.attachments else "no text"
        return [Doubtful(Doubt.TRUNCATED if "truncated" in message.flags else Doubt.NO_TEXT, about)]
    return []
