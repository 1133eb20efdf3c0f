"""Whom a request is about: the sender, an address that the words name, a person at a postal address."""

import re
from dataclasses import dataclass

from allegro_privacy.core.asks import Ask
from allegro_privacy.core.identity import email_key, find_emails, find_phones, plus_tag_base, relay_address
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.names_found import find_name
from allegro_privacy.core.person import Person
from allegro_privacy.core.postal_people import NamedAddress, find_named_addresses
from allegro_privacy.core.reading import Doubt, Doubtful, Note
from allegro_privacy.core.shop import Shop

_MANY = 4
_NAME = r"(?P<name>(?:[A-ZÁÉÍÓÚÑ](?:\.|[\w'’-]+) ){1,3}[A-ZÁÉÍÓÚÑ][\w'’-]+(?: (?:Jr|Sr|I{2,3}))?)"
_PAPER = "mail|flyers?|catalogs?|catalogues?|circulars?|letters?|postcards?|mailings?"
_LABELS = "addressed to|in the name of|a nombre de|dirigid[oa]s? a|cat[aá]logos? (?:para|de)|correo para|folletos para"
_KIN = (
    "father|mother|husband|wife|brother|sister|son|daughter|aunt|uncle|madre|padre|esposo|esposa|hermano|hermana"
    "|mam[aá]|pap[aá]|marido|t[ií][oa]|abuel[oa]"
)
_SPOKEN_OF = re.compile(
    rf"(?:(?i:{_PAPER})(?: \w+){{0,4}} (?i:for|addressed to|to)|(?i:{_LABELS})"
    rf"|(?i:my|mi|our) (?i:late )?(?i:{_KIN}),?) {_NAME}"
)
_RELAYS = re.compile(r"(no-?_?reply|do-?_?not-?_?reply|notifications?|noresponder)([+._-].*)?@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the address to act on (None when the header does not name exactly one), and what is odd about it."""

    email: str | None
    name: str
    doubts: tuple[Doubtful, ...]
    notes: tuple[Note, ...]


def sender_of(letter: Letter, shop: Shop) -> Sender:
    """The one From address. Reply-To never counts: it would let a sender act for somebody else."""
    message = letter.message
    doubts: list[Doubtful] = []
    notes: list[Note] = []
    if not message.sender or "bad-address" in message.flags:
        doubts.append(Doubtful(Doubt.NO_SENDER, "the From line is missing or malformed"))
    if len(message.sender) > 1 or "several-from" in message.flags:
        doubts.append(Doubtful(Doubt.SEVERAL_SENDERS, ", ".join(mailbox.email for mailbox in message.sender)))
    mailbox = message.sender[0] if message.sender else None
    email = mailbox.email if mailbox and email_key(mailbox.email) else None
    if mailbox and email is None and not doubts:
        doubts.append(Doubtful(Doubt.NO_SENDER, f"{mailbox.email} is not an address"))
    if email:
        notes += _notes_of(email)
        if any(email_key(other.email) != email_key(email) for other in message.reply_to):
            notes.append(Note.REPLY_TO_DIFFERS)
        if "address-in-name" in message.flags:
            doubts.append(Doubtful(Doubt.ANOTHER_ADDRESS, "the name in the From line is another address"))
        if _RELAYS.match(email):
            doubts.append(Doubtful(Doubt.RELAYED, "sent from an address that takes no answers"))
        if message.header("list-id") or message.header("list-post"):
            doubts.append(Doubtful(Doubt.RELAYED, "it came through a mailing list"))
        if shop.is_own(email):
            doubts.append(Doubtful(Doubt.RELAYED, "sent from one of our own addresses"))
    return Sender(email, mailbox.name if mailbox else "", tuple(doubts), tuple(notes))


def client_of_agent(letter: Letter, shop: Shop) -> Sender:
    """Whom an agent writes for: the one address in the letter that is neither the agent's nor ours. The agent's own
    address is never acted on (it is a relay)."""
    agent = sender_of(letter, shop)
    domain = (agent.email or "").rpartition("@")[2].lower()
    named = [email for email in others_named(letter, agent, shop) if email.rpartition("@")[2].lower() != domain]
    if len(named) == 1:
        return Sender(named[0], "", (), (Note.ON_BEHALF,))
    return Sender(
        None, "", (Doubtful(Doubt.NO_SENDER, "the agent does not say for which e-mail address"),), (Note.ON_BEHALF,)
    )


def _notes_of(email: str) -> list[Note]:
    notes = []
    if relay_address(email):
        notes.append(Note.RELAY_ADDRESS)
    if plus_tag_base(email):
        notes.append(Note.PLUS_TAG)
    return notes


def others_named(letter: Letter, sender: Sender, shop: Shop) -> tuple[str, ...]:
    """E-mail addresses in the writer's own words that are neither theirs nor ours."""
    mine = email_key(sender.email) if sender.email else ""
    written = find_emails(letter.own.own)
    return tuple(
        email for email in written if email_key(email) != mine and not shop.is_own(email) and not _is_ours(email, shop)
    )


def _is_ours(email: str, shop: Shop) -> bool:
    local, _, domain = email.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}" in shop.unsubscribe_addresses


@dataclass(frozen=True, slots=True)
class About:
    """Whom an e-mail request is about: addresses to act on, other candidates, and doubts."""

    emails: tuple[str, ...]
    candidates: tuple[str, ...] = ()
    doubts: tuple[Doubtful, ...] = ()
    notes: tuple[Note, ...] = ()


def about_email(ask: Ask, letter: Letter, sender: Sender, shop: Shop) -> About:
    """An address that the command itself names is the one meant; one that merely stands there makes it a question."""
    others = () if Note.ON_BEHALF in sender.notes else others_named(letter, sender, shop)
    if not letter.replied and any(found.where == "subject" and found.hit.rule.needs == "named" for found in ask.found):
        others = tuple(dict.fromkeys([*find_emails(letter.title), *others]))
    if len(others) >= _MANY:
        return About(
            (sender.email,) if sender.email else (),
            others,
            (Doubtful(Doubt.MANY_ADDRESSES, f"{len(others)} addresses"),),
        )
    if letter.has("doubt:whole-domain"):
        return About((sender.email,) if sender.email else (), others, (Doubtful(Doubt.WHOLE_DOMAIN, "a whole domain"),))
    meant = _named_in_command(ask, letter, others)
    if meant:
        notes = (
            (Note.ON_BEHALF,)
            if letter.has("note:on-behalf") or letter.has("doubt:someone-else")
            else (Note.SECOND_SENDER_ADDRESS,)
        )
        return About(meant, (), (), notes)
    if not others and Note.ON_BEHALF not in sender.notes:
        others = _answered_subscriber(letter, sender, shop)
    if len(others) == 1 and ask.needs & {"third"}:
        return About(others, (), (), (Note.ON_BEHALF,))
    if others:
        shown = tuple(dict.fromkeys([*([sender.email] if sender.email else []), *others]))
        return About(
            (sender.email,) if sender.email else (), shown, (Doubtful(Doubt.ANOTHER_ADDRESS, ", ".join(others)),)
        )
    return About((sender.email,) if sender.email else (), (), sender.doubts, sender.notes)


def _answered_subscriber(letter: Letter, sender: Sender, shop: Shop) -> tuple[str, ...]:
    """Our mailing went to another mailbox than the one that answers it: perhaps the same person's, perhaps not."""
    if not sender.email:
        return ()
    mine = email_key(sender.email)
    for original in letter.own.answered:
        if original.sender and shop.is_own(original.sender):
            found = [email for email in find_emails(original.to) if email_key(email) != mine and not shop.is_own(email)]
            if found:
                return tuple(found)
    return ()


def _named_in_command(ask: Ask, letter: Letter, others: tuple[str, ...]) -> tuple[str, ...]:
    quotes = [
        found.hit.quote for found in ask.found if found.hit.rule.needs in ("named", "companion-named") and found.clear
    ]
    named = {email_key(email) for quote in quotes for email in find_emails(quote)}
    return tuple(email for email in others if email_key(email) in named)


def postal_people(
    letter: Letter, sender: Sender, rules_phrases: tuple[str, ...], shop: Shop
) -> tuple[NamedAddress, ...]:
    """Postal addresses in the letter with the name that belongs to each; quoted text only when the rest has none."""
    own_names = (shop.name, shop.legal_name)
    text = letter.own.own if not letter.quoted_only else letter.message.text
    found = find_named_addresses(letter.title, text, sender.name, shop.postal, own_names, rules_phrases)
    if not found and letter.own.signature:
        found = find_named_addresses(
            "", f"{text}\n{letter.own.signature}", sender.name, shop.postal, own_names, rules_phrases
        )
    return tuple(found)


def name_of(letter: Letter, sender: Sender, shop: Shop) -> str | None:
    """How the writer names themselves, else the display name."""
    name, _ = find_name(letter.own.own, sender.name, (shop.name, shop.legal_name))
    return name


def name_spoken_of(letter: Letter) -> str | None:
    """The one person whom the text names as dead, moved away, or the name on the label; None when several or nobody."""
    names = dict.fromkeys(match["name"].strip(" .,") for match in _SPOKEN_OF.finditer(" ".join(letter.own.own.split())))
    return next(iter(names)) if len(names) == 1 else None


def phone_of(letter: Letter, shop: Shop) -> str | None:
    """The first telephone number in the letter that is not ours."""
    ours = {phone for text in shop.phones for phone in find_phones(text)}
    for phone in find_phones(f"{letter.title}\n{letter.own.own}\n{letter.own.signature}"):
        if phone not in ours:
            return phone
    return None


def writer(letter: Letter, sender: Sender, shop: Shop) -> Person:
    """The writer as a Person without a postal address."""
    return Person(name=name_of(letter, sender, shop), email=sender.email)
