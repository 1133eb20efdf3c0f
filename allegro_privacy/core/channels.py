"""Which channels a letter really means. People say "your list", "the offers", "mail": paper, e-mail or both is settled
by the other words of the letter and by whether they gave a postal address."""

import re
from dataclasses import dataclass, replace

from allegro_privacy.core.asks import Ask, Found
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.person import Channel
from allegro_privacy.core.postal import address_key
from allegro_privacy.core.postal_people import NamedAddress
from allegro_privacy.core.reading import Note

_MODIFIERS = frozenset({"circulars", "postal-person", "address", "companion"})
# Rules that need more than themselves to name a channel.
_OPEN = _MODIFIERS | {"either", "all"}
_LOOSE = frozenset({"list", "either", "address", "third"})
_LETTER = 200
_SAYS_EMAIL = re.compile(r"e-?\s?mail|news|correo|bolet", re.IGNORECASE)
# The policy's own words for paper settle which list is meant.
_POLICY_PAPER = "en.no-snail-mail"


@dataclass(frozen=True, slots=True)
class _Situation:
    """What is known of a letter when its channels are settled: was a whole postal address given, does any phrase name
    paper, or e-mail, clearly by itself?"""

    asks: tuple[Ask, ...]
    people: tuple[NamedAddress, ...]
    letter: Letter
    address_given: bool
    paper_is_clear: bool
    email_is_clear: bool

    @property
    def asks_paper(self) -> bool:
        return any(ask.channel is Channel.POST for ask in self.asks)

    @property
    def speaks_of_paper_only(self) -> bool:
        return self.letter.has("paper") and not self.letter.has("electronic")


def settle_channels(asks: list[Ask], people: tuple[NamedAddress, ...], letter: Letter) -> list[Ask]:
    """The opt-outs by the channel that is meant; other kinds pass unchanged."""
    address_given = any(not person.address.missing for person in people)
    asks = _without_misread_paper(asks, letter, address_given)
    situation = _Situation(
        tuple(asks),
        people,
        letter,
        address_given=address_given,
        paper_is_clear=any(_is(ask, Channel.POST) and _stands_alone(ask) for ask in asks),
        email_is_clear=any(_is(ask, Channel.EMAIL) and _stands_alone(ask) for ask in asks),
    )
    settled = [meant for ask in asks if (meant := _meant(ask, situation))]
    return settled + _paper_beside_a_list(settled, situation)


def _is(ask: Ask, channel: Channel) -> bool:
    return ask.kind == "opt-out" and ask.channel is channel


def _stands_alone(ask: Ask) -> bool:
    return any(found.clear and found.hit.rule.needs not in _OPEN for found in ask.found)


def _meant(ask: Ask, situation: _Situation) -> Ask | None:
    if _is(ask, Channel.POST):
        return ask if _means_paper(ask, situation) else None
    if _is(ask, Channel.EMAIL):
        return _email_or_paper(ask, situation)
    return ask


def _means_paper(ask: Ask, situation: _Situation) -> bool:
    if ask.needs == {"either"}:
        return not all(map(_says_email, ask.found))
    if not ask.needs <= _MODIFIERS:
        return True
    if ask.needs == {"address"} and situation.letter.has("electronic"):
        # An e-mail wish above a signature with an address; unless no e-mail wish is left: "keep the e-mails coming".
        return situation.address_given and not any(_is(other, Channel.EMAIL) for other in situation.asks)
    usable = any(address_key(person.address) for person in situation.people)
    short = len(situation.letter.text.tokens) <= _LETTER
    return situation.paper_is_clear or (usable and short) or (situation.email_is_clear and bool(situation.people))


def _email_or_paper(ask: Ask, situation: _Situation) -> Ask | None:
    if _is_about_somebody_elses_paper(situation) or _loosely_says_paper(ask, situation):
        return None if situation.asks_paper else replace(ask, channel=Channel.POST)
    if ask.needs == {"either"} and (situation.address_given or situation.paper_is_clear or situation.email_is_clear):
        return None
    return ask


def _is_about_somebody_elses_paper(situation: _Situation) -> bool:
    """Paper for the dead or for a former resident: the writer's own e-mail is not what they speak of."""
    notes = {note for ask in situation.asks for note in ask.notes}
    return bool({Note.PREVIOUS_RESIDENT, Note.DECEASED} & notes) and not situation.letter.has("electronic")


def _loosely_says_paper(ask: Ask, situation: _Situation) -> bool:
    """ "The list", in a letter that speaks of paper, not of e-mail, and gives an address (or names paper elsewhere)."""
    loose = ask.needs <= _LOOSE and (ask.needs != {"either"} or bool(situation.people))
    return loose and situation.speaks_of_paper_only and (bool(situation.people) or situation.asks_paper)


def _paper_beside_a_list(settled: list[Ask], situation: _Situation) -> list[Ask]:
    """ "Your mailing list" with name and street below it: whoever gives their postal address means paper too."""
    if situation.letter.has("electronic") or any(_is(ask, Channel.POST) for ask in settled):
        return []
    if not any(person.address.line1 and not person.address.missing for person in situation.people):
        return []
    lists = [
        found for ask in settled if _is(ask, Channel.EMAIL) for found in ask.found if found.hit.rule.needs == "list"
    ]
    return [Ask("opt-out", Channel.POST, tuple(lists))] if lists else []


def _without_misread_paper(asks: list[Ask], letter: Letter, address_given: bool) -> list[Ask]:
    """ "Take my name off the printed catalogue list": what clearly names paper or calls is not e-mail too, nor is "stop
    mailing them to: …" with a street below it."""
    paper = [
        found
        for ask in asks
        if _is(ask, Channel.POST)
        for found in ask.found
        if found.clear and found.hit.rule.needs not in _OPEN
    ]
    posted = [
        found
        for ask in asks
        if _is(ask, Channel.POST) and address_given
        for found in ask.found
        if found.clear and found.hit.rule.needs == "address"
    ]
    calls = [found for ask in asks if ask.channel is Channel.PHONE for found in ask.found if found.clear]
    kept = []
    for ask in asks:
        if _is(ask, Channel.EMAIL) and (paper or calls or posted):
            left = (found for found in ask.found if not _misread(found, paper, calls, letter))
            ask = replace(ask, found=tuple(found for found in left if not _is_posted(found, posted)))
        if ask.found:
            kept.append(ask)
    return kept


def _misread(found: Found, paper: list[Found], calls: list[Found], letter: Letter) -> bool:
    needs = found.hit.rule.needs
    if needs in ("list", "either") and _same_sentence(found, paper, letter):
        return True
    if needs == "list" and any(other.hit.rule.id == _POLICY_PAPER for other in paper):
        return True
    return _overlaps(found, [*paper, *calls]) and not _says_email(found)


def _is_posted(found: Found, posted: list[Found]) -> bool:
    return found.hit.rule.needs in _LOOSE and _overlaps(found, posted) and not _says_email(found)


def _says_email(found: Found) -> bool:
    return bool(_SAYS_EMAIL.search(found.hit.quote))


def _overlaps(found: Found, others: list[Found]) -> bool:
    start, end = found.hit.start, found.hit.end
    return any(found.where == other.where and start < other.hit.end and other.hit.start < end for other in others)


def _same_sentence(found: Found, others: list[Found], letter: Letter) -> bool:
    folded = letter.subject if found.where == "subject" else letter.text
    start, end = folded.sentence(found.hit.start, found.hit.end)
    return any(other.where == found.where and start <= other.hit.start < end for other in others)
