"""The only writer: events, and in the same transaction the tables derived from them.

Every function here must be called inside `database.writing(...)`; none commits."""

from collections.abc import Callable, Mapping
from datetime import datetime

from allegro_privacy.core.model import Decision, Effect, Key, Message, Origin, Reading, Receipt, Request, ReviewAnswer
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import ErasureReceipt

KeysOf = Callable[[Request], tuple[Key, ...]]


def record(
    database: Database,
    message: Message,
    own_text: str,
    origin: Origin,
    reading: Reading,
    decision: Decision,
    actor: str,
    now: datetime,
    *,
    effects: Mapping[str, Effect],
    keys_of: KeysOf | None = None,
) -> Receipt:
    """Record one message with all that follows from its decision. The same bytes, or a copy, are only sighted."""
    raise NotImplementedError


def record_sighting(database: Database, message_id: str, origin: Origin, actor: str, now: datetime) -> Receipt:
    """A message that is already recorded was met at another origin."""
    raise NotImplementedError


def set_aside(database: Database, origin: Origin, problem: str, actor: str, now: datetime) -> Receipt:
    """Give up on a message that stopped the program three times: a review is opened and its origin is known."""
    raise NotImplementedError


def answer_review(
    database: Database,
    review_id: str,
    answer: ReviewAnswer,
    actor: str,
    now: datetime,
    *,
    effects: Mapping[str, Effect],
    keys_of: KeysOf | None = None,
) -> Receipt:
    """Record what staff decided about a review, with its effects. Answered already: an error that says by whom."""
    raise NotImplementedError


def record_bounce(
    database: Database, message_id: str, address: str, hard: bool, actor: str, now: datetime
) -> Receipt:
    """Mail to that address comes back; it is undeliverable, which is not an opt-out."""
    raise NotImplementedError


def record_export(
    database: Database,
    *,
    recipient: str,
    channel: str,
    layout: str,
    file: str,
    sha256: str,
    rows: int,
    as_of: int,
    head: str,
    actor: str,
    now: datetime,
    override: str = "",
    reason: str = "",
) -> Receipt:
    """A list left: to whom, which file, how many rows, up to which event; with the overridden guard and its reason."""
    raise NotImplementedError


def record_pull(
    database: Database,
    sources: tuple[str, ...],
    counts: Mapping[str, int],
    problems: tuple[str, ...],
    actor: str,
    now: datetime,
) -> Receipt:
    """A pull came to its end; `counts`: fetched, accepted, review, ignored, unreadable (copies, known, …)."""
    raise NotImplementedError


def lift(database: Database, suppression_id: str, reason: str, actor: str, now: datetime) -> Receipt:
    """End a suppression. Lifted already, or unknown: an error that says so."""
    raise NotImplementedError


def erase(database: Database, who: str, actor: str, now: datetime, reason: str) -> ErasureReceipt:
    """Remove what was recorded about one person; keyed hashes keep their suppressions working."""
    raise NotImplementedError


def compact(database: Database) -> None:
    """Rewrite the database file so that nothing erased remains in it. Outside any transaction, after `erase`."""
    raise NotImplementedError


def begin_attempt(database: Database, origin: Origin, now: datetime) -> int:
    """Note, before reading it, that a message is tried; returns how often it has been tried, this one included."""
    raise NotImplementedError


def attempts_of(database: Database, origin: Origin) -> int:
    """How often a message has been tried without coming to an end."""
    raise NotImplementedError


def clear_attempts(database: Database, origin: Origin) -> None:
    """The message came to an end."""
    raise NotImplementedError
