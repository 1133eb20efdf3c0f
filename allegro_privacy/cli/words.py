"""What was found and decided, in the words of the desk."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.person import Channel, Level, Person, PostalAddress
from allegro_privacy.core.reading import Doubt, Request
from allegro_privacy.core.words import DOUBT_WORDS
from allegro_privacy.errors import UsageError

if TYPE_CHECKING:
    from allegro_privacy.core.leaks import Within
    from allegro_privacy.store.rows_leaks import LeakFound
    from allegro_privacy.store.rows_scrubs import ScrubHit
    from allegro_privacy.workflow.desk import Asked

CHANNELS = {Channel.EMAIL: "e-mail", Channel.POST: "post", Channel.PHONE: "phone calls"}
LEVELS = {Level.INDIVIDUAL: "this person only", Level.HOUSEHOLD: "the household", Level.ADDRESS: "everybody there"}
VERDICTS = {Verdict.ACCEPT: "accepted", Verdict.ASK: "to review", Verdict.IGNORE: "ignored"}
TOTALS = {
    "fetched": "fetched",
    "accepted": "accepted",
    "review": "to review",
    "ignored": "ignored",
    "unreadable": "unreadable",
}
PARTS = {"name": "name", "street": "street", "unit": "unit", "city": "city", "state": "state", "zip": "ZIP code"}
LANGUAGES = {"en": "English", "es": "Spanish"}
WAYS = {
    "printed": "only to look at",
    "eml": "written as a file",
    "drafts": "for the Drafts folder",
    "sent": "sent, as they say",
}
MOST_DOMAINS = 5
KINDS = {
    "opt-in": "start marketing again",
    "access": "wants to know what we hold",
    "correction": "wants a correction",
    "deletion": "wants their data deleted",
    "do-not-share": "do not sell or share",
    "child-removal": "a child's data must go",
    "question": "asks about privacy",
}


def asked(request: Request) -> str:
    """One request in a line: what is to happen, and to whom."""
    who = named(request.person, request.channel)
    return _asked(request.kind, request.channel, request.level, who)


def asked_plain(request: Mapping[str, Any]) -> str:
    """The same for a request as an event's content holds it."""
    channel = Channel(request["channel"]) if request.get("channel") else None
    level = Level(request["level"]) if request.get("level") else None
    person = request.get("person") or {}
    address = PostalAddress(**{**person["address"], "missing": (), "doubts": ()}) if person.get("address") else None
    who = named(Person(person.get("name"), person.get("email"), person.get("phone"), address), channel)
    return _asked(request["kind"], channel, level, who)


def _asked(kind: str, channel: Channel | None, level: Level | None, who: str) -> str:
    if kind == "opt-out":
        what = CHANNELS[channel] if channel else "marketing (which channel is not said)"
        reach = f" ({LEVELS[level]})" if level and channel is Channel.POST else ""
        return f"no more {what} to {who}{reach}"
    return f"{KINDS.get(kind, kind)}: {who}"


def named(person: Person, channel: Channel | None = None) -> str:
    """A person as the channel at hand knows them."""
    postal = place(person.address)
    choices = {
        Channel.POST: ", ".join(part for part in (person.name, postal) if part),
        Channel.PHONE: person.phone,
    }
    shown = choices.get(channel) if channel in choices else person.email
    return shown or person.email or person.name or "somebody we cannot name"


def place(address: PostalAddress | Mapping[str, Any] | None) -> str:
    """A postal address on one line."""
    if address is None:
        return ""
    get = address.get if isinstance(address, Mapping) else lambda key: getattr(address, key)
    street = " ".join(part for part in (get("line1"), get("line2")) if part)
    town = " ".join(part for part in (get("state"), get("zip")) if part)
    return ", ".join(part for part in (street, get("city"), town) if part) or str(get("as_given") or "").replace(
        "\n", ", "
    )


def evidence(request: Request) -> str:
    """The words that say so, and where they stood."""
    return _evidence([(each.rule, each.where, each.quote) for each in request.evidence])


def evidence_plain(rows: Iterable[Mapping[str, str]]) -> str:
    """The same for evidence as an event's content holds it."""
    return _evidence([(each["rule"], each["where"], each["quote"]) for each in rows])


def _evidence(rows: Iterable[tuple[str, str, str]], most: int = 2) -> str:
    """The same words under a second rule add nothing for a reader, and two quotes are enough."""
    quoted: dict[tuple[str, str], str] = {}
    for rule, where, said in rows:
        quoted.setdefault((where, said.lower()), f"{quote(said, where)} (rule {rule})")
    shown = list(quoted.values())
    return "; ".join(shown[:most]) + (f"; and {len(shown) - most} more" if len(shown) > most else "")


def quote(words: str, where: str) -> str:
    """Somebody's words and where they stood."""
    places = {"header": "in a header", "report": "in the report", "quoted": "in what was quoted", "staff": "from staff"}
    places["forwarded"] = "in what was forwarded"
    return f"“{words.strip(' .,;:/-')}” {places.get(where, f'in the {where}')}"


def correction(part: str, before: str, after: str) -> str:
    """What a person changed in what was read."""
    return f"corrected {PARTS.get(part, part)}: was {before or '(nothing)'}, now {after or '(nothing)'}"


def address_doubts(request: Request) -> tuple[str, ...]:
    """What speaks against the parts of an address belonging together."""
    return request.person.address.doubts if request.person.address else ()


def doubt(name: str, about: str) -> str:
    """A named doubt, with what it is about."""
    words = name.replace("-", " ")
    return f"{words}: {about}" if about else words


def doubts(found: Iterable[tuple[str, str]]) -> list[str]:
    """The doubts, each told once: a quote that stands within another of the same doubt adds nothing."""
    told = list(dict.fromkeys(found))
    return [
        doubt(name, about)
        for number, (name, about) in enumerate(told)
        if not any(
            name == other and about.casefold() in longer.casefold() and (len(about) < len(longer) or place < number)
            for place, (other, longer) in enumerate(told)
            if place != number
        )
    ]


def plain_doubts(found: Iterable[tuple[str, str]]) -> list[str]:
    """The doubts as whole words for who decides: what speaks against acting alone, and the words it is about."""
    told: dict[str, list[str]] = {}
    for name, about in dict.fromkeys(found):
        told.setdefault(DOUBT_WORDS[Doubt(name)], []).extend([about] if about else [])
    return [f"{said} ({'; '.join(about)})" if about else said for said, about in told.items()]


def mailbox(role: str, source: str) -> str:
    """Which of our mailboxes a message came to; where it lies when that is all that is known."""
    return f"to the {role.replace('-', ' ')} mailbox" if role else f"found in {source}"


def typed(who: str) -> str:
    """What was searched for, as it must be typed again."""
    return f"'{who}'" if " " in who else who


def when(moment: datetime, zone: str) -> str:
    """A moment as the office's clock shows it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def scrubbed(hit: "ScrubHit", zone: str) -> str:
    """Whose rows were taken out of which mailing list, in a line."""
    scrub = hit.scrub
    name = f"“{scrub.name}” ({scrub.file})" if scrub.name else scrub.file
    day = f", compared as of {scrub.day}" if scrub.day else ""
    did = [f"{count(number, 'row', 'rows')} {what}" for number, what in ((hit.dropped, "dropped from"),
                                                                        (hit.looked, "set aside to look at from"))
           if number]  # fmt: skip
    verb = " and ".join(did) if not scrub.flagged else f"{count(hit.dropped + hit.looked, 'row', 'rows')} marked in"
    return f"{verb[:1].upper()}{verb[1:]} the mailing list {name}, {when(scrub.at, zone)}{day} ({hit.suppression})"


def leaked(leak: "LeakFound") -> str:
    """Who mailed somebody after they had asked, in a line."""
    drop = f" (D{leak.drop})" if leak.drop else ""
    by = f"by {leak.recipient}{drop}" if leak.recipient else f"as {leak.file} shows"
    said = in_time(leak.within)
    return f"{leak.suppression} was mailed {by} on {leak.sent}, {count(leak.days, 'day')} after asking; {said}"


def in_time(within: "Within", last: date | None = None) -> str:
    """Was a mailing to somebody who had asked inside the clock, or a mailing that was under way?"""
    if within == "clock":
        return f"inside the clock, which ran to {last}" if last else "inside the clock"
    if within == "drop":
        return "it was planned, and could not be stopped any more"
    return f"outside the clock, which ended {last}" if last else "not in time"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, roughly."""
    span = now - moment
    if span < timedelta(minutes=2):
        return "just now"
    if span < timedelta(hours=2):
        return f"{span // timedelta(minutes=1)} minutes ago"
    if span < timedelta(days=2):
        return f"{span // timedelta(hours=1)} hours ago"
    return f"{span.days} days ago"


def long(moment: datetime, now: datetime) -> str:
    """How long something waits, roughly."""
    return ago(moment, now).removesuffix(" ago").replace("just now", "a moment")


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def scanned(flagged: Mapping[str, int]) -> str:
    """Clicks that look like a link scanner's, with their domains."""
    named = [f"{number:,} of {domain}" for domain, number in list(flagged.items())[:MOST_DOMAINS]]
    more = len(flagged) - MOST_DOMAINS
    total = count(sum(flagged.values()), "click")
    return f"{total} ({', '.join(named)}{f' and {more:,} domains more' if more > 0 else ''})"


def day(text: str, option: str) -> date:
    """A date as people must type it: ISO."""
    # date.fromisoformat also takes 20261120 and week dates, which a person mistypes unnoticed.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise UsageError(f"{text!r} is not a date.", f"{option} takes year-month-day.", f"For example: {option} 2026-11-20")


def start_of(when_day: date, zone: str) -> datetime:
    """The first moment of a day at the office, in UTC."""
    return datetime.combine(when_day, time.min, ZoneInfo(zone)).astimezone(UTC)


def today(now: datetime, zone: str) -> date:
    """The day at the office."""
    return now.astimezone(ZoneInfo(zone)).date()


def end_of(when_day: date, zone: str) -> datetime:
    """The last moment of a day at the office, in UTC."""
    return start_of(when_day + timedelta(days=1), zone) - timedelta(microseconds=1)


def asked_customer(review_id: str, asked: "Asked") -> tuple[str, ...]:
    """What was done about asking the customer, and the next step."""
    if asked.letter is not None:
        return (
            f'A letter to them is drafted. "allegro-privacy reply {review_id}" shows it, with "--to-drafts" it goes to '
            "the mailbox; sending it is up to you.",
        )
    why = f" {asked.hindrance.what} {asked.hindrance.why}".rstrip() if asked.hindrance else ""
    return (f"No letter was drafted:{why} Ask them yourself.",)
