"""Message + Rules → Reading: what sort of message it is, what it asks, about whom, and what is doubtful."""

from dataclasses import replace

from allegro_privacy.core.asks import Found, find_hits, gather
from allegro_privacy.core.authenticity import authentication
from allegro_privacy.core.decoys import addressed_to
from allegro_privacy.core.doubts import is_for_us, message_doubts
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.letter import Letter, open_letter
from allegro_privacy.core.link_mail import link_in
from allegro_privacy.core.link_token import Link, LinkKeys
from allegro_privacy.core.message import Mailbox, Message
from allegro_privacy.core.nature import advertises, asks_clearly, judge_nature
from allegro_privacy.core.natures import Judged
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Nature, Note, Reading, Request
from allegro_privacy.core.redact import has_sensitive_number
from allegro_privacy.core.requests import requests_of
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.second_look import doubted, overheard
from allegro_privacy.core.shop import Shop

_NOTHING = "nothing in the writer's own words asks for anything that this program keeps"
_LETTER = 150


def classify(message: Message, rules: Rules, shop: Shop, keys: LinkKeys | None = None) -> Reading:
    """Read one message. Pure, and total: it raises nothing on any Message. keys: what tokens of our links are read
    with."""
    letter = open_letter(message, rules, rules.markers, shop)
    if keys is not None and (link := link_in(message, keys, rules.natures.commands)):
        return replace(_by_token(letter, link, rules), authentication=authentication(message, shop.authserv_ids))
    judged = judge_nature(letter, rules, shop)
    match judged.nature:
        case Nature.PERSONAL if judged.machine_made:
            reading = _machine_made(letter, judged, rules)
        case Nature.PERSONAL:
            reading = _from_a_person(letter, rules, shop)
        case Nature.FEEDBACK_REPORT:
            reading = _complaint(letter, judged, rules)
        case Nature.AUTO_REPLY if letter.has("role-change"):
            reading = _role_change(letter, judged, rules)
        case Nature.AUTO_REPLY if len(letter.text.tokens) <= _LETTER and asks_clearly(letter, rules):
            reading = _asks_automatically(letter, judged, rules, shop)
        case Nature.UNREADABLE:
            doubt = Doubtful(Doubt.UNREADABLE, judged.reason)
            reading = _reading(letter, judged.nature, rules, doubts=(doubt,), reason=judged.reason)
        case _:
            reading = _reading(letter, judged.nature, rules, notes=judged.notes, reason=judged.reason)
    return replace(
        reading,
        authentication=authentication(message, shop.authserv_ids),
        failed=tuple(email for email in judged.failed if email_key(email) and not shop.is_own(email)),
        notes=tuple(dict.fromkeys((*reading.notes, *_notes_of(message, shop)))),
    )


def _reading(
    letter: Letter,
    nature: Nature,
    rules: Rules,
    requests: tuple[Request, ...] = (),
    doubts: tuple[Doubtful, ...] = (),
    notes: tuple[Note, ...] = (),
    reason: str = "",
) -> Reading:
    language = rules.language_of(letter.text, letter.subject, requests)
    return Reading(nature, language, requests, doubts, notes, reason, rules.version, own=letter.own.own)


def _notes_of(message: Message, shop: Shop) -> tuple[Note, ...]:
    notes = []
    if "card-redacted" in message.flags:
        notes.append(Note.CARD_REDACTED)
    if has_sensitive_number(message.text):
        notes.append(Note.SENSITIVE_NUMBER)
    if shop.seeds and not shop.seeds.isdisjoint(addressed_to(message)):
        notes.append(Note.SEED)
    return tuple(notes)


def _machine_made(letter: Letter, judged: Judged, rules: Rules) -> Reading:
    sender = letter.message.sender
    quote = letter.title or "an empty message to our unsubscribe address"
    request = Request(
        kind="opt-out",
        channel=Channel.EMAIL,
        person=Person(email=sender[0].email if sender else None),
        evidence=(Evidence("machine.unsubscribe", "subject" if letter.title else "header", quote),),
        doubts=() if len(sender) == 1 else (Doubtful(Doubt.NO_SENDER, "the From line does not name one address"),),
        notes=judged.notes,
    )
    return _reading(letter, Nature.PERSONAL, rules, (request,), notes=judged.notes, reason=judged.reason)


def _by_token(letter: Letter, link: Link, rules: Rules) -> Reading:
    """A mail program wrote to the address of our List-Unsubscribe header: its token says whose mail is to stop, whoever
    sends it (a forwarding address, an assistant, another account of the same person)."""
    request = Request(
        kind="opt-out",
        channel=link.scope,
        person=Person(email=link.email),
        evidence=(Evidence("link.mail", "header", f"the link of the campaign {link.campaign}"),),
        notes=(Note.MACHINE_MADE,),
    )
    reason = "an unsubscribe mail with the token of our link"
    return _reading(letter, Nature.PERSONAL, rules, (request,), notes=(Note.MACHINE_MADE,), reason=reason)


def _complaint(letter: Letter, judged: Judged, rules: Rules) -> Reading:
    """RFC 5965: whoever complains wants no more; the report names them, or a person must find out."""
    if not judged.complains:
        return _reading(letter, judged.nature, rules, reason=judged.reason)
    evidence = (Evidence("report.complaint", "report", judged.reason),)
    people = [email for email in judged.complaining if email_key(email)]
    unknown = (Doubtful(Doubt.NO_SENDER, "the report hides whose complaint it is"),)
    requests = tuple(Request("opt-out", Person(email=email), Channel.EMAIL, evidence=evidence) for email in people) or (
        Request("opt-out", Person(), Channel.EMAIL, evidence=evidence, doubts=unknown),
    )
    return _reading(letter, judged.nature, rules, requests, reason=judged.reason)


def _role_change(letter: Letter, judged: Judged, rules: Rules) -> Reading:
    quote = letter.quotes("role-change")[0]
    sender = letter.message.sender
    request = Request(
        kind="opt-out",
        channel=Channel.EMAIL,
        person=Person(email=sender[0].email if sender else None),
        evidence=(Evidence("machine.role-change", "text", quote),),
        doubts=(Doubtful(Doubt.ROLE_CHANGE, quote),),
    )
    return _reading(letter, judged.nature, rules, (request,), reason="an automatic reply of somebody who has left")


def _asks_automatically(letter: Letter, judged: Judged, rules: Rules, shop: Shop) -> Reading:
    """Somebody set up an answer that asks for something: their wish, perhaps, but nobody sent it to us on purpose."""
    doubt = Doubtful(Doubt.AUTOMATIC, judged.reason)
    asked = _from_a_person(letter, rules, shop).requests
    requests = tuple(replace(request, doubts=(doubt, *request.doubts)) for request in asked)
    return _reading(letter, judged.nature, rules, requests, reason=judged.reason)


def _from_a_person(letter: Letter, rules: Rules, shop: Shop) -> Reading:
    """Own words first; a request that staff forward is the original sender's; what is left goes to a person."""
    if passed_on := _passed_on_by_staff(letter, rules, shop):
        return passed_on
    to_us = is_for_us(letter.message, shop)
    found = doubted(find_hits(letter, rules, to_us), letter, rules)
    agent = letter.has("agent") or _sender_is_agent(letter, rules)
    requests = requests_of(letter, gather(found, rules), rules, shop, agent)
    if not requests and not agent and (heard := overheard(letter, rules, to_us)):
        found = heard
        requests = requests_of(letter, gather(found, rules), rules, shop)
    nature = _nature_of_person(letter, requests, agent, rules, shop)
    doubts = message_doubts(letter, requests, nature, rules, shop)
    reason = _reason(requests, doubts, found)
    notes = tuple(Note(sign.means.removeprefix("note:")) for sign, _ in letter.signs if sign.means.startswith("note:"))
    return _reading(letter, nature, rules, requests, doubts, notes if requests else (), reason)


def _nature_of_person(letter: Letter, requests: tuple[Request, ...], agent: bool, rules: Rules, shop: Shop) -> Nature:
    if agent and (requests or is_for_us(letter.message, shop)):
        return Nature.AGENT
    several = len(letter.quotes("marketing")) >= 2
    mass = several and not letter.quoted_only and not letter.replied and advertises(letter, rules)
    return Nature.BULK if mass and not requests else Nature.PERSONAL


def _reason(requests: tuple[Request, ...], doubts: tuple[Doubtful, ...], found: list[Found]) -> str:
    if requests or doubts:
        return ""
    if found:
        return "the words that could be a request are about something else"
    return _NOTHING


def _sender_is_agent(letter: Letter, rules: Rules) -> bool:
    sender = " ".join(
        f"{mailbox.name} {mailbox.email.partition('@')[2].replace('.', ' ')}" for mailbox in letter.message.sender
    )
    return any(sign.means == "agent" for sign, _ in rules.signs_in(rules.fold(sender), "subject"))


def _passed_on_by_staff(letter: Letter, rules: Rules, shop: Shop) -> Reading | None:
    """Staff forward what customers wrote to them: the original sender asks, staff are the way it came."""
    message = letter.message
    if not message.sender or not all(shop.is_own(mailbox.email) for mailbox in message.sender):
        return None
    inner = _inner_message(letter)
    if inner is None or not inner.sender or shop.is_own(inner.sender[0].email):
        return None
    reading = _from_a_person(open_letter(inner, rules, rules.markers, shop), rules, shop)
    requests = tuple(
        replace(
            request,
            evidence=tuple(replace(evidence, where="forwarded") for evidence in request.evidence),
            notes=(*request.notes, Note.FORWARDED_BY_STAFF),
        )
        for request in reading.requests
    )
    return replace(reading, requests=requests, notes=(*reading.notes, Note.FORWARDED_BY_STAFF))


def _inner_message(letter: Letter) -> Message | None:
    message = letter.message
    bare = replace(message, reply_to=(), headers=(), embedded=(), machine=())
    if message.embedded:
        part = message.embedded[0]
        return replace(bare, sender=part.sender, to=part.to, subject=part.subject, text=part.text)
    if letter.own.forwarded:
        forwarded = letter.own.forwarded[0]
        sender = (Mailbox(forwarded.sender_name, forwarded.sender),) if forwarded.sender else ()
        return replace(bare, sender=sender, subject=forwarded.subject, text=forwarded.text)
    return None
