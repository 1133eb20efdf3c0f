"""Invented people, what they write, and short ways to record it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from allegro_privacy.core import identity
from allegro_privacy.core.decision import Decision, Effect, Receipt, RequestDecision, Verdict
from allegro_privacy.core.message import Mailbox, Message, Origin
from allegro_privacy.core.person import Channel, Key, Level, Person, PostalAddress
from allegro_privacy.core.reading import Nature, Reading, Request
from allegro_privacy.store import journal
from allegro_privacy.store.database import Database, writing

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
EFFECTS = {
    "opt-out": Effect.SUPPRESS,
    "opt-in": Effect.LIFT,
    "access": Effect.OPEN_CASE,
    "deletion": Effect.OPEN_CASE,
    "question": Effect.NONE,
}
BRICKELL = PostalAddress(
    "1450 Brickell Ave Apt 2203\nMiami, FL 33131", "1450 Brickell Ave", "Apt 2203", "Miami", "FL", "33131"
)


def keys_of(request: Request) -> tuple[Key, ...]:
    """The keys of a request, as the workflow makes them."""
    person, values = request.person, ()
    match request.channel:
        case Channel.EMAIL:
            values = (identity.email_key(person.email or ""),)
        case Channel.PHONE:
            values = (identity.phone_key(person.phone or ""),)
        case Channel.POST if person.address:
            values = identity.post_keys(person.name, person.address, request.level or Level.INDIVIDUAL)
    return tuple(Key(request.channel, value) for value in values if value and request.channel)


def at(hours: float) -> datetime:
    """So many hours after the first noon."""
    return NOON + timedelta(hours=hours)


def no_email(name: str, email: str) -> Request:
    return Request("opt-out", Person(name=name, email=email), Channel.EMAIL)


def no_post(
    name: str, email: str | None = None, address: PostalAddress = BRICKELL, level: Level | None = None
) -> Request:
    return Request("opt-out", Person(name=name, email=email, address=address), Channel.POST, level)


def letter(name: str, email: str, text: str = "NO E-MAIL", **more: object) -> Message:
    """A message of an invented person; its id is that of its words."""
    raw = f"{name}{email}{text}{sorted(more.items())}"
    message_id = f"<{hashlib.sha256(raw.encode('utf-8', 'replace')).hexdigest()[:12]}@example.com>"
    message = Message(
        id=hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest(), received=NOON, message_id=message_id,
        sender=(Mailbox(name, email),), subject=text.splitlines()[0], text=text, size=len(raw),
    )  # fmt: skip
    return replace(message, **more)  # type: ignore[arg-type]


def judged(*requests: Request, verdict: Verdict = Verdict.ACCEPT) -> tuple[Reading, Decision]:
    """A reading of these requests and the same verdict on each."""
    reading = Reading(Nature.PERSONAL, "en", requests, (), (), "", "rules-1")
    decisions = tuple(RequestDecision(request, verdict, "said so") for request in requests)
    return reading, Decision(verdict if requests else Verdict.IGNORE, decisions, (), "as it says")


@dataclass
class Desk:
    """An open database with short ways to write to it."""

    path: Path
    database: Database

    def take(
        self, message: Message, *requests: Request, verdict: Verdict = Verdict.ACCEPT, now: datetime = NOON,
        place: str = "", dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        reading, decision = judged(*requests, verdict=verdict)
        origin = Origin("eml:", place or f"/mail/{message.id[:8]}.eml", "1")
        with writing(self.database, dry_run=dry_run):
            return journal.record(
                self.database, message, message.text, origin, reading, decision, "cron", now,
                effects=EFFECTS, keys_of=keys_of,
            )  # fmt: skip

    def opt_out(self, name: str, email: str, **more: object) -> Receipt:
        return self.take(letter(name, email), no_email(name, email), **more)  # type: ignore[arg-type]

    def count(self, table: str, where: str = "1") -> int:
        return int(self.database.value(f"SELECT count(*) FROM {table} WHERE {where}"))


BACK_TO_6 = """
DROP TABLE deliveries;
DROP TABLE scrubs; DROP TABLE scrub_hits;
DROP TABLE acknowledgements; DROP TABLE seeds; DROP TABLE drops; DROP TABLE leaks;
ALTER TABLE suppressions DROP COLUMN customer_number;
ALTER TABLE exports DROP COLUMN change; ALTER TABLE exports DROP COLUMN sequence; ALTER TABLE exports DROP COLUMN after;
ALTER TABLE exports DROP COLUMN since_event; ALTER TABLE exports DROP COLUMN removals;
ALTER TABLE exports DROP COLUMN held;
"""
"""What makes a database one of before lists had versions; older ones lack more."""
