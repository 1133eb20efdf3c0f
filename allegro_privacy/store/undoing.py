"""Taking back what staff answered.

Nothing is changed in place: an undone answer stays in the ledger, and what it did is ended by events of its own."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.errors import AnsweredError, PrivacyError, UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.cases import case, change_case
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.messages import id_of
from allegro_privacy.store.people import events_about
from allegro_privacy.store.reviews import content_of, review_row
from allegro_privacy.store.withdrawals import reopen_undone

UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class _Standing:
    """The answer of a review that is to be taken back: its event, and the review's message."""

    review: int
    message: int
    event: int


def undo(
    database: Database, review_id: str, actor: str, now: datetime, note: str = "", expected: int | None = None
) -> Receipt:
    """Take back what staff did last about a review: its answer, or else the wish to ask the customer.

    What the answer did ends with the reason "undone": its suppressions are lifted, its cases revoked, what it lifted
    stands again. A suppression that another request needs too stays.  expected: the event that is meant to be undone;
    when somebody else has acted since: AnsweredError."""
    standing = _standing(database, review_id, expected)
    content = content_of(database, standing.event)
    if content is None:
        raise UsageError(f"R{standing.review} cannot be undone.", "What was answered has been erased.")
    did = _effects_of(database, standing, content)
    for event in did:
        _refuse_worked_on(database, event)
    undone = {
        "message": standing.message,
        "answer": standing.event,
        "positions": content.get("positions", []),
        "did": did,
        "reason": UNDONE,
        **({"note": note} if note else {}),
    }
    again = "open again" if "verdict" in content else "the customer need not be asked"
    number = append(database, "answer-undone", f"R{standing.review}", undone, actor, now)
    done = [(number, f"R{standing.review} {again}")]
    for event in did:
        done += _take_back(database, event, actor, now)
    if "takes_back" in content:
        done.append(reopen_undone(database, content["takes_back"], UNDONE, actor, now))
    done += _letters_of(database, standing)
    return receipt(database, id_of(database, standing.message), Verdict.ASK, done)


def _letters_of(database: Database, standing: _Standing) -> list[tuple[int, str]]:
    """The letters that were drafted on account of what is undone. One that still waits for its mailbox does not get
    there; the others are named, since nobody here knows whether they were sent."""
    said = []
    sql = "SELECT event FROM drafts WHERE message = ? AND event > ? ORDER BY event"
    for (event,) in database.rows(sql, (standing.message, standing.event)):
        waiting = database.value("SELECT state FROM outbox WHERE event = ?", (event,))
        if waiting == "planned":
            database.run("DELETE FROM outbox WHERE event = ?", (event,))
            said.append((event, f"D{event} will not be put into the mailbox"))
        else:
            said.append((event, f"look at D{event}: a letter of ours speaks of it"))
    return said


def _standing(database: Database, review_id: str, expected: int | None) -> _Standing:
    review, message, _, _ = review_row(database, review_id)
    event = database.value(
        "SELECT max(event) FROM answers WHERE review = ? AND undone IS NULL AND what <> 'asked'", (review,)
    ) or database.value("SELECT max(event) FROM answers WHERE review = ? AND undone IS NULL", (review,))
    if event is None or (expected is not None and event != expected):
        last = database.row("SELECT max(event), undone FROM answers WHERE review = ?", (review,))
        number = (event or last[1]) if last and expected is not None else None
        row = database.row("SELECT actor, at FROM ledger WHERE number = ?", (number,))
        if row is not None:
            raise AnsweredError(
                f"R{review} is no longer as you left it.", row[0], row[1], f"allegro-privacy why R{review}"
            )
        raise UsageError(f"R{review} has no answer that could be undone.", "It is open.", "allegro-privacy review")
    return _Standing(review, message, int(event))


def _effects_of(database: Database, standing: _Standing, content: dict[str, Any]) -> list[int]:
    """The events by which the answer took effect: at the requests it was about, after it."""
    if content.get("verdict") != Verdict.ACCEPT:
        return []
    positions = [position for position, _ in content["requests"]] or content["positions"]
    rows = database.rows(
        "SELECT event FROM effects WHERE message = ? AND event > ? AND position IN (SELECT value FROM json_each(?)) "
        "ORDER BY event",
        (standing.message, standing.event, json.dumps(positions)),
    )
    return [int(row[0]) for row in rows]


def _refuse_worked_on(database: Database, event: int) -> None:
    """A case that somebody went on with is theirs now; it is ended there, with a reason."""
    kind = database.value("SELECT kind FROM ledger WHERE number = ?", (event,))
    if kind != "case-opened":
        return
    later = "SELECT actor, at FROM ledger WHERE number > ? AND subject = ? ORDER BY number LIMIT 1"
    row = database.row(later, (event, f"C{event}"))
    if row is not None:
        raise PrivacyError(f"C{event} was worked on since ({row[0]}, {row[1]}), so this answer cannot be undone.",
                           "The case came of the answer.", f"allegro-privacy why C{event}")  # fmt: skip


def _take_back(database: Database, event: int, actor: str, now: datetime) -> list[tuple[int, str]]:
    kind, subject = database.row("SELECT kind, subject FROM ledger WHERE number = ?", (event,)) or ("", "")
    match kind:
        case "suppressed":
            return _lift(database, event, actor, now)
        case "already-suppressed" if _only_stood_for_others(database, int(subject[1:])):
            return _lift(database, int(subject[1:]), actor, now)
        case "lifted":
            return _stand_again(database, int(subject[1:]), actor, now)
        case "case-opened":
            closed = change_case(database, case(database, f"C{event}"), Step.CLOSED, State.REVOKED, UNDONE, actor, now)
            return [(closed.events[0], f"C{event} revoked")]
    return []


def _lift(database: Database, event: int, actor: str, now: datetime) -> list[tuple[int, str]]:
    row = database.row("SELECT key_hash, lifted FROM suppressions WHERE event = ?", (event,))
    if row is None or row[1] is not None:
        return []
    if _needed_by_others(database, event, row[0]):
        return [(0, f"S{event} stays: another message asks for the same")]
    number = append(database, "lifted", f"S{event}", {"reason": UNDONE}, actor, now)
    return [(number, f"S{event} lifted")]


def _only_stood_for_others(database: Database, suppression: int) -> bool:
    """Was the answer that made it undone before, so that it stood for later requests alone?"""
    sql = (
        "SELECT 1 FROM suppressions JOIN answers USING (message) "
        "WHERE suppressions.event = ?1 AND answers.event < ?1 AND answers.undone > ?1 "
        "AND NOT EXISTS (SELECT 1 FROM effects WHERE effects.event = ?1)"
    )
    return database.row(sql, (suppression,)) is not None


def _needed_by_others(database: Database, event: int, key_hash: bytes) -> bool:
    """Did another request find this suppression standing, and does that request still count?"""
    met = json.dumps(events_about(database, [key_hash]))
    sql = (
        "SELECT 1 FROM ledger JOIN effects ON effects.event = number WHERE number IN (SELECT value FROM json_each(?)) "
        "AND kind = 'already-suppressed' AND subject = ? LIMIT 1"
    )
    return database.row(sql, (met, f"S{event}")) is not None


def _stand_again(database: Database, suppression: int, actor: str, now: datetime) -> list[tuple[int, str]]:
    """What an undone answer had lifted is suppressed anew: the old row stays lifted, as it was."""
    content = content_of(database, suppression)
    if content is None:
        raise UsageError(
            f"S{suppression} cannot be put back, so the answer cannot be undone.",
            "Whom it was about has been erased.",
            "Record the request anew if they ask again.",
        )
    hashed = keyed(database.secret, content["channel"], content["key"])
    if database.row("SELECT 1 FROM suppressions WHERE key_hash = ? AND lifted IS NULL", (hashed,)) is not None:
        return []
    number = append(database, "suppressed", "S#", content, actor, now)
    return [(number, f"S{number} stands in place of S{suppression}")]
