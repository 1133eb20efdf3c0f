"""What a member of staff heard or read, off the screen: a letter, a call, a visit; as a Message and a Reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.core.identity import email_key, phone_key, post_keys
from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.message import Attachment, Mailbox, Message, Via
from allegro_privacy.core.person import Channel, Level, Person, PostalAddress
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Nature, Note, Reading, Request

VIAS = (Via.LETTER, Via.CALL, Via.COUNTER)
ASKED = {Via.LETTER: "asked by letter", Via.CALL: "asked by telephone", Via.COUNTER: "asked in the shop"}


@dataclass(frozen=True, slots=True)
class Entered:
    """One request as it was typed. day: the day it reached us, as the office counts (ISO); clocks start there.
    postmark: the day on the letter's stamp, kept as evidence only.  scan: the name of the file with its picture.
    initials: who took it in.  customer_number: from a label.
    channels: what is to stop (opt-out, opt-in); other kinds have none.  level: for post."""

    via: Via
    received: datetime
    day: str
    kind: str
    channels: tuple[Channel, ...] = ()
    level: Level = Level.INDIVIDUAL
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    addresses: tuple[PostalAddress, ...] = ()
    postmark: str = ""
    scan: str = ""
    initials: str = ""
    customer_number: str | None = None
    language: str = "en"
    note: str = ""


def requests_of(entered: Entered, kinds: Mapping[str, Kind]) -> tuple[Request, ...]:
    """What is asked, one request for each channel and address, with the opt-outs that a kind brings along."""
    if kinds[entered.kind].channels:
        return tuple(
            one for channel in entered.channels for one in _by_channel(entered, entered.kind, channel, (), reach=True)
        )
    address = entered.addresses[0] if entered.addresses else None
    person = Person(entered.name, entered.email, entered.phone, address)
    asked = Request(entered.kind, person, evidence=_evidence(entered))
    return (asked, *(_implied(entered) if "opt-out" in kinds[entered.kind].implies else ()))


def _implied(entered: Entered) -> Iterator[Request]:
    """Whoever asks to be erased wants no marketing: what they named of themselves is suppressed."""
    if entered.email:
        yield from _by_channel(entered, "opt-out", Channel.EMAIL, (Note.IMPLIED,))
    if entered.addresses:
        yield from _by_channel(entered, "opt-out", Channel.POST, (Note.IMPLIED,))


def _by_channel(
    entered: Entered, kind: str, channel: Channel, notes: tuple[Note, ...], reach: bool = False
) -> Iterator[Request]:
    evidence = _evidence(entered)
    if channel is not Channel.POST:
        person = Person(entered.name, entered.email, entered.phone)
        yield Request(kind, person, channel, None, evidence, (), notes)
        return
    level = entered.level if reach else Level.INDIVIDUAL
    for address in entered.addresses:
        person = Person(entered.name, entered.email, entered.phone, address, entered.customer_number)
        yield Request(kind, person, channel, level, evidence, tuple(post_doubts(person, level)), notes)


def post_doubts(person: Person, level: Level) -> Iterator[Doubtful]:
    """Why an address that was typed cannot be matched yet; the request waits for a person with its clock running."""
    address = person.address
    if address is None or post_keys(person.name, address, level):
        return
    if address.kind == "foreign":
        yield Doubtful(Doubt.FOREIGN_ADDRESS, "an address outside the United States")
    elif not person.name and not address.missing:
        yield Doubtful(Doubt.NO_NAME, "no name was given")
    else:
        about = f"missing: {', '.join(address.missing)}" if address.missing else "it cannot be matched"
        yield Doubtful(Doubt.INCOMPLETE_ADDRESS, about)


def _evidence(entered: Entered) -> tuple[Evidence, ...]:
    return (Evidence(rule="staff", where="staff", quote=entered.note or ASKED[entered.via]),)


def message_of(entered: Entered, message_id: str) -> Message:
    """The message that is recorded; its text is the note, in the words of staff."""
    return Message(
        id=message_id,
        received=entered.received,
        received_by="staff",
        via=entered.via,
        date=entered.postmark,
        sender=(Mailbox(entered.name or "", entered.email),) if entered.email else (),
        subject=f"{entered.kind}, {ASKED[entered.via]}",
        text=entered.note,
        attachments=(Attachment(entered.scan, "", 0),) if entered.scan else (),
        taken_by=entered.initials,
    )


def reading_of(entered: Entered, requests: tuple[Request, ...]) -> Reading:
    """What staff understood stands for what a classifier would have read."""
    return Reading(
        Nature.PERSONAL, entered.language, requests, (), (), ASKED[entered.via], rules="staff", own=entered.note
    )


def identity_of(entered: Entered, requests: tuple[Request, ...]) -> str:
    """What makes two entries one: the same way, day, wish and person. Who typed it and their note do not count, so that
    a letter that two colleagues enter is one."""
    people = {
        (
            request.kind,
            request.channel or "",
            request.level or "",
            _folded(request.person.name),
            email_key(request.person.email or ""),
            phone_key(request.person.phone or ""),
            _place(request),
        )
        for request in requests
    }
    return "\n".join([entered.via, entered.day, *("|".join(one) for one in sorted(people))])


def _place(request: Request) -> str:
    address = request.person.address
    if address is None:
        return ""
    keys = post_keys(request.person.name, address, request.level or Level.INDIVIDUAL)
    return ",".join(keys) or _folded(address.as_given)


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())
