"""The readers: one function per question."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from allegro_privacy.core.model import Channel, Key, Message, Origin, Standing
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Export, Facts, Findings, Head, Problem, Review, Status, Suppression, Timeline


def standing(database: Database, message: Message, keys: Iterable[Key]) -> Standing:
    """What is already known when a message arrives."""
    raise NotImplementedError


def known_origin(database: Database, origin: Origin) -> bool:
    """Was what lies at that origin (with that stamp) recorded already?"""
    raise NotImplementedError


def find(database: Database, who: str, limit: int = 50) -> Findings:
    """Everything known about a person: an e-mail address, words of a name or postal address, a phone number, an S-, R-
    or C-number, or a message id."""
    raise NotImplementedError


def timeline(database: Database, who: str, as_of: datetime | None = None) -> Timeline:
    """The events that explain how a person stands; `as_of`: as it was at that moment (UTC, included)."""
    raise NotImplementedError


def open_reviews(database: Database, limit: int | None = None) -> tuple[Review, ...]:
    """The questions that wait for staff, oldest first."""
    raise NotImplementedError


def review(database: Database, review_id: str) -> Review:
    """One review, open or answered; a PrivacyError when there is none of that number."""
    raise NotImplementedError


def status(database: Database) -> Status:
    """Where things stand."""
    raise NotImplementedError


def suppressions(
    database: Database, channel: Channel, as_of: datetime | None = None, as_of_event: int | None = None
) -> Iterator[Suppression]:
    """The active suppressions of a channel, oldest first, streamed; as they stood at a moment, or after an event."""
    raise NotImplementedError


def last_export(database: Database, recipient: str, channel: Channel) -> Export | None:
    """The last list of a channel that left to a recipient."""
    raise NotImplementedError


def facts(database: Database, start: datetime, end: datetime) -> Facts:
    """What happened in a period, for figures."""
    raise NotImplementedError


def ledger_head(database: Database) -> Head:
    """The last event's number and hash."""
    raise NotImplementedError


def verify(database: Database, against: Head | None = None) -> list[Problem]:
    """Recompute the chain, derive the tables again and compare; [] when all is well."""
    raise NotImplementedError
