"""A request, the facts about it and a template → the Draft that a person reads and sends.

Every figure and date comes from what was recorded. A placeholder that cannot be filled is an error: half a letter is
worse than none. What strangers wrote (their name, their subject) is cleaned of everything that could deceive a reader
or end a header line.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from allegro_privacy.core.drops import Drop, Outlook, Stop, outlook
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.reply_clean import clean, greetable, message_id, references, subject
from allegro_privacy.core.reply_words import SIGNATURE, Language, fill, placeholders
from allegro_privacy.errors import UsageError

WIDTH = 72
# A request answered with one of these has heard all that there is to hear.
FINAL = frozenset({"done", "may-still-receive", "partial-deletion", "denied", "we-do-not-sell", "condolence"})


@dataclass(frozen=True, slots=True)
class Stopped:
    """One suppression that stands: on which channel, how far, since which day at the office, by which event."""

    channel: Channel
    since: date
    level: Level | None = None
    email: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a request when it is answered. Days are the office's.

    about: its number (R12, C8, S5).  lane: of its kind; "opt-out" is never asked to prove anything.  received: when the
    message reached us.  answer_by: the safe date of its clock.  today: a promise for a day that is over is not made.
    missing: `name`, `address`, `zip`, as far as they are not known.  drops: the calendar of planned mailings.  reason:
    why it is denied, a name of the table.
    for_another: an agent or a relative writes for somebody.
    to: the one address that is answered, "" for none.  name, subject, message_id, references: as the mail had them.
    """

    about: str
    kind: str
    lane: str
    received: date
    today: date
    channel: Channel | None = None
    answer_by: date | None = None
    stopped: tuple[Stopped, ...] = ()
    missing: tuple[str, ...] = ()
    drops: tuple[Drop, ...] = ()
    reason: str = ""
    deceased: bool = False
    for_another: bool = False
    to: str = ""
    name: str = ""
    subject: str = ""
    message_id: str = ""
    references: str = ""
    shop: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply for a person to read and send. `to` is one plain address, or "" when there is none to write to."""

    template: str
    language: str
    to: str
    subject: str
    body: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def under_way(facts: Facts, channel: Channel) -> Outlook:
    """The planned mailings that what was stopped on a channel came too late for."""
    stops = (Stop(each.channel, each.event, each.since) for each in facts.stopped if each.channel is channel)
    return outlook(stops, facts.drops, facts.today)


def write(name: str, language: Language, facts: Facts) -> Draft:
    """The draft of one template. Raises UsageError when it does not fit the request or lacks a fact."""
    template = language.templates.get(name)
    if template is None or name == SIGNATURE:
        known = ", ".join(sorted(set(language.templates) - {SIGNATURE}))
        raise UsageError(f"There is no reply {name!r} in {language.code}.", f"There are: {known}.")
    if why := unfit(name, facts):
        raise UsageError(f"The reply {name!r} does not fit {facts.about}.", why, "Choose another with --template.")
    in_order = sorted(placeholders(template.text), key=template.text.index)
    values = {each: _value(each, name, language, facts) for each in in_order}
    return Draft(
        template=name,
        language=language.code,
        to=facts.to,
        subject=subject(facts.subject, template.subject),
        body=_wrapped(fill(template.text, values)),
        in_reply_to=message_id(facts.message_id),
        references=references(facts.references, facts.message_id),
    )


def unfit(name: str, facts: Facts) -> str:
    """Why this reply must not be written for that request; "" when it may."""
    if name in ("need-to-verify", "need-permission", "denied") and facts.lane == "opt-out":
        return "Nobody who wants to stop marketing is asked for proof, or refused (16 CFR 316.5)."
    if facts.kind == "question" and name != "receipt":
        return "A question is answered by a person, in their own words; only its receipt is written here."
    if name in ("need-to-verify", "need-permission") and (name == "need-permission") != facts.for_another:
        return "Who asks for somebody else shows their signed permission; who asks for themselves, that it is they."
    if name == "need-your-address" and not (facts.kind == "opt-out" and facts.channel is Channel.POST):
        return "Only who wants no more circulars is asked for a postal address."
    if name == "partial-deletion" and facts.kind != "deletion":
        return "Nobody asked for a deletion."
    if name == "we-do-not-sell" and facts.kind != "do-not-share":
        return "Nobody asked about selling or sharing."
    return ""


def _value(placeholder: str, template: str, language: Language, facts: Facts) -> str:
    value = PLACEHOLDERS[placeholder](language, facts)
    if value:
        return value
    why, fix = LACKING.get(placeholder, (f"{placeholder} is not known.", "Choose another with --template."))
    raise UsageError(f"The reply {template!r} cannot be written for {facts.about}.", why, fix)


LACKING = {
    "stopped": ("Nothing was stopped on account of that message.", "Choose another with --template."),
    "afterwards": ("Nothing was stopped on account of that message.", "Choose another with --template."),
    "mailings": ("No mailing list for post or e-mail is concerned.", "Choose another with --template."),
    "missing": ("Nothing is missing from the address.", "Choose another with --template."),
    "reason": ("A request is denied for a reason.", "Say which with --reason, for example: --reason no-match"),
}


def _greeting(language: Language, facts: Facts) -> str:
    name = greetable(facts.name)
    return language.piece("", "greeting_named", name=name) if name else language.piece("", "greeting")


def _contact(language: Language, facts: Facts) -> str:
    phone, answer = clean(facts.phone), _answer(language, facts)
    if not phone:
        return language.piece("", "contact", answer=answer)
    return language.piece("", "contact_phone", answer=answer, phone=phone)


def _answer(language: Language, facts: Facts) -> str:
    """How they can answer: what is printed for the post cannot be answered by e-mail."""
    return language.piece("", "answer" if facts.to else "answer_paper")


def _answer_by(language: Language, facts: Facts) -> str:
    if facts.answer_by is None or facts.answer_by < facts.today:
        return language.piece("", "soon")
    return language.piece("", "by_date", date=language.day(facts.answer_by))


def _asked(language: Language, facts: Facts) -> str:
    by_channel = f"{facts.kind}-{facts.channel}"
    table = {**language.pieces["asked"], **(language.pieces["asked-for-another"] if facts.for_another else {})}
    return table.get(by_channel) or table.get(facts.kind, "")


def _next(language: Language, facts: Facts) -> str:
    table = {**language.pieces["next"], **(language.pieces["next-for-another"] if facts.for_another else {})}
    text = table.get(facts.kind, "")
    return fill(text, {"answer_by": _answer_by(language, facts)})


def _stopped(language: Language, facts: Facts) -> str:
    return "\n\n".join(dict.fromkeys(_sentence(language, each, facts) for each in facts.stopped))


def _sentence(language: Language, one: Stopped, facts: Facts) -> str:
    match one.channel:
        case Channel.EMAIL:
            # Only their own address is written out: the mail may come from somebody else than it says.
            own = bool(one.email) and one.email.casefold() == facts.to.casefold()
            name = "email" if own else "email-other"
        case Channel.POST:
            name = f"post-{one.level or Level.INDIVIDUAL}"
        case _:
            name = "phone"
    table = "stopped-deceased" if facts.deceased else "stopped"
    return language.piece(table, name, since=language.day(one.since), email=clean(one.email))


def _afterwards(language: Language, facts: Facts) -> str:
    channels = dict.fromkeys(each.channel.value for each in facts.stopped)
    return "\n\n".join(language.piece("afterwards", channel) for channel in channels)


def _mailings(language: Language, facts: Facts) -> str:
    """Planned mailings that may still arrive and when that ends, else what the policy says (section 7)."""
    told = []
    for channel, name in ((Channel.POST, "post"), (Channel.EMAIL, "email")):
        if any(each.channel is channel for each in facts.stopped):
            found = under_way(facts, channel)
            ahead = found.ahead(facts.today)
            told.append(_under_way(language, name, ahead, found.silent_from))
    return "\n\n".join(told)


def _under_way(language: Language, channel: str, ahead: Sequence[Drop], silent_from: date | None) -> str:
    if not ahead or silent_from is None:
        return language.piece("mailings", f"{channel}-unknown")
    listed = language.listed([_listed(language, each) for each in ahead])
    known = language.piece("mailings", f"{channel}-{'one' if len(ahead) == 1 else 'several'}", mailings=listed)
    return f"{known} {language.piece('mailings', f'{channel}-silence', silence=language.day(silent_from))}"


def _listed(language: Language, drop: Drop) -> str:
    first, last = language.day(drop.in_home), language.day(drop.in_home_until)
    if drop.in_home == drop.in_home_until:
        return language.piece("", "listed_mailing", name=clean(drop.name), date=first)
    return language.piece("", "listed_mailing_between", name=clean(drop.name), date=first, until=last)


def _missing(language: Language, facts: Facts) -> str:
    return language.listed([language.piece("missing", name) for name in facts.missing])


def _reason(language: Language, facts: Facts) -> str:
    reasons = language.pieces["reasons"]
    if facts.reason and facts.reason not in reasons:
        raise UsageError(
            f"{facts.reason!r} is not a reason.",
            f"It is one of {', '.join(reasons)}.",
            "For example: --reason no-match",
        )
    return reasons.get(facts.reason, "")


def _signature(language: Language, facts: Facts) -> str:
    return fill(language.templates[SIGNATURE].text, {"shop": clean(facts.shop)})


PLACEHOLDERS: Mapping[str, Callable[[Language, Facts], str]] = {
    "greeting": _greeting,
    "condolence_greeting": lambda language, _: language.piece("", "condolence_greeting"),
    "shop": lambda _, facts: clean(facts.shop),
    "answer": _answer,
    "contact": _contact,
    "number": lambda _, facts: facts.about,
    "received": lambda language, facts: language.day(facts.received),
    "asked": _asked,
    "next": _next,
    "answer_by": _answer_by,
    "stopped": _stopped,
    "afterwards": _afterwards,
    "mailings": _mailings,
    "missing": _missing,
    "reason": _reason,
    "signature": _signature,
}
"""What may stand in braces in a letter, and how it is filled; "" means that it is not known."""


def _wrapped(text: str) -> str:
    """Each line is a paragraph of its own; what follows a dash hangs."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        hang = "  " if paragraph.startswith("- ") else ""
        folded: Sequence[str] = textwrap.wrap(
            paragraph, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        )
        lines += folded or [""]
    return "\n".join(lines).strip("\n") + "\n"
