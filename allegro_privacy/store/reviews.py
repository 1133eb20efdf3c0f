"""Reading the questions for staff: which wait, and what is asked."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.core.alike import alike
from allegro_privacy.core.children import is_about_child
from allegro_privacy.core.decision import RequestDecision, Verdict
from allegro_privacy.core.message import Flag
from allegro_privacy.core.reading import Reading
from allegro_privacy.errors import UsageError
from allegro_privacy.store.database import Database
from allegro_privacy.store.failures import damaged_row
from allegro_privacy.store.messages import ID_OF_MESSAGE
from allegro_privacy.store.plain import moment, optional_moment, revive
from allegro_privacy.store.rows import Review

_REVIEWS = (
    f"SELECT reviews.event, message, {ID_OF_MESSAGE}, received, opened, answered, answered_by, reviews.verdict "  # noqa: S608
    "FROM reviews JOIN messages ON messages.event = message"
)


def open_reviews(database: Database, limit: int | None = None) -> tuple[Review, ...]:
    """The questions that wait for staff, the one whose message was received first at the top: the law's time runs from
    then, whenever the message was read."""
    rows = database.rows(
        f"{_REVIEWS} WHERE answered IS NULL ORDER BY received, reviews.event LIMIT ?", (-1 if limit is None else limit,)
    )
    return tuple(_review(database, row) for row in rows)


def next_review(database: Database, but: Iterable[int] = ()) -> Review | None:
    """The question that waits longest, without those passed over; None when there is no other."""
    others = "answered IS NULL AND reviews.event NOT IN (SELECT value FROM json_each(?))"
    row = database.row(
        f"{_REVIEWS} WHERE {others} ORDER BY received, reviews.event LIMIT 1", (json.dumps(sorted(but)),)
    )
    return None if row is None else _review(database, row)


def how_many_wait(database: Database) -> int:
    """How many questions are open."""
    return int(database.value("SELECT count(*) FROM reviews WHERE answered IS NULL"))


def reviews_alike(database: Database, one: Review, known: dict[int, str]) -> tuple[Review, ...]:
    """The other open questions of the same sender or agent, oldest first.

    known: what each message shares with others, kept by the caller, since each must be unpacked to learn it."""
    if not one.alike:
        return ()
    sql = "SELECT event, message FROM reviews WHERE answered IS NULL AND event <> ? ORDER BY event"
    waiting = database.rows(sql, (one.event,))
    known.update((message, _alike(database, message)) for _, message in waiting if message not in known)
    alike = [event for event, message in waiting if known[message] == one.alike]
    return tuple(sorted((review(database, f"R{event}") for event in alike), key=lambda other: other.received))


def _alike(database: Database, message: int) -> str:
    content = content_of(database, message) or {}
    return alike(content.get("reading", {}).get("nature", ""), sender_of(content.get("message", {})))


def review(database: Database, review_id: str) -> Review:
    """One review, open or answered; a PrivacyError when there is none of that number."""
    event = number_in("R", review_id)
    row = database.row(f"{_REVIEWS} WHERE reviews.event = ?", (event,))
    if row is None:
        raise _unknown(event)
    return _review(database, row)


def review_row(database: Database, review_id: str) -> tuple[int, int, str | None, str | None]:
    """The review's event, its message's event, and when and by whom it was answered."""
    event = number_in("R", review_id)
    row = database.row("SELECT message, answered, answered_by FROM reviews WHERE event = ?", (event,))
    if row is None:
        raise _unknown(event)
    return event, *row


def asked_of(database: Database, event: int) -> dict[int, RequestDecision]:
    """The requests that a review asks about, by their place in the message."""
    question = content_of(database, event)
    message = content_of(database, question["message"]) if question else None
    if not question or not message or "requests" not in message.get("decision", ()):
        return {}
    judged = message["decision"]["requests"]
    return {position: revive(RequestDecision, judged[position]) for position in question["positions"]}


def number_in(prefix: str, name: str) -> int:
    """The event number in the name of a suppression, review or case: "R12", "r12" or "12"."""
    digits = name.strip().upper().removeprefix(prefix)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise UsageError(f"“{name}” is not of the form {prefix}12.")
    return int(digits)


def content_of(database: Database, event: int) -> dict[str, Any] | None:
    """What an event recorded; None once erased."""
    packed = database.value("SELECT content FROM payload WHERE number = ?", (event,))
    return None if packed is None else unpacked(database, event, packed)


def unpacked(database: Database, event: int, packed: bytes) -> dict[str, Any]:
    """The content of an event as it lies in the table."""
    try:
        content: dict[str, Any] = json.loads(database.unpack(packed))
    except ValueError as error:
        raise damaged_row("payload", event) from error
    return content


def reading_in(content: Mapping[str, Any]) -> Reading:
    """The reading that a message's event holds; its requests lie with the decision when they are the same."""
    read = {"own": content["text"], **content["reading"]}
    read.setdefault("requests", [one["request"] for one in content["decision"].get("requests", ())])
    return revive(Reading, read)


def _review(database: Database, row: tuple[Any, ...]) -> Review:
    event, message_event, message_id, received, opened, answered, answered_by, verdict = row
    question, content = content_of(database, event) or {}, content_of(database, message_event) or {}
    asked = tuple(asked_of(database, event).values())
    message = content.get("message", {})
    doubts = [(one["doubt"], one.get("about", "")) for one in content.get("decision", {}).get("doubts", ())]
    doubts += [(one.doubt.value, one.about) for judged in asked for one in judged.request.doubts]
    origin = content.get("origin", {})
    return Review(
        id=f"R{event}",
        event=event,
        message=message_id,
        opened=moment(opened),
        received=moment(received),
        answered=optional_moment(answered),
        answered_by=answered_by,
        verdict=None if verdict is None else Verdict(verdict),
        reason=question.get("reason", ""),
        asked=asked,
        doubts=tuple(dict.fromkeys(doubts)),
        sender=sender_of(message),
        subject=message.get("subject", ""),
        text=content.get("text", content.get("problem", "")),
        source=origin.get("source", "") + origin.get("locator", ""),
        reading=reading_in(content) if "reading" in content else None,
        mailbox=origin.get("mailbox", ""),
        customer_asked=_customer_asked(database, event),
        child=is_about_child(content.get("decision", {})),
        alike=alike(content.get("reading", {}).get("nature", ""), sender_of(message)),
        message_event=message_event,
        undated=Flag.NO_RECEIVED in message.get("flags", ()),
    )


def customers_asked(database: Database) -> int:
    """How many open reviews wait for the customer's answer."""
    sql = (
        "SELECT count(DISTINCT review) FROM answers JOIN reviews ON reviews.event = review "
        "WHERE what = 'asked' AND undone IS NULL AND answered IS NULL"
    )
    return int(database.value(sql))


def _customer_asked(database: Database, event: int) -> datetime | None:
    sql = (
        "SELECT max(at) FROM answers JOIN ledger ON number = event "
        "WHERE review = ? AND what = 'asked' AND undone IS NULL"
    )
    return optional_moment(database.value(sql, (event,)))


def sender_of(message: Mapping[str, Any]) -> str:
    """The e-mail addresses of From as they stood."""
    return ", ".join(one.get("email", "") for one in message.get("sender", ()))


def _unknown(event: int) -> UsageError:
    return UsageError(f"There is no review R{event}.", "", "allegro-privacy review --json lists those that wait")
