"""Ending a suppression: only on the customer's own word, and never one that protects somebody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.lifting import WHY_NEVER, never_lifted
from allegro_privacy.core.message import Via
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database
from allegro_privacy.store.messages import id_of
from allegro_privacy.store.people import numbered_event
from allegro_privacy.store.reviews import content_of, number_in

SHORTEST_EVIDENCE = 10
# What lists bring was written to others, or pressed by a machine: it may add, never take away.
IMPORTED = frozenset({Via.FORM, Via.LINK, Via.FEEDBACK})


@dataclass(frozen=True, slots=True)
class Liftable:
    """A suppression that may be lifted, and the message that is its evidence (None: the words typed are)."""

    event: int
    message: int
    evidence: int | None


def lift(database: Database, suppression_id: str, evidence: str, actor: str, now: datetime) -> Receipt:
    """End a suppression. evidence: the customer's own words with where and when they said so, or a message of theirs
    (M12, or its id). An error that says why: unknown, lifted already, never to be lifted, no evidence."""
    found = liftable(database, suppression_id, evidence)
    content: dict[str, Any] = {"reason": "on the customer's own word", "words": evidence.strip()}
    if found.evidence is not None:
        content = {"reason": "on the customer's own word", "evidence": found.evidence}
    number = append(database, "lifted", f"S{found.event}", content, actor, now)
    done = [(number, f"S{found.event} lifted")]
    return receipt(database, id_of(database, found.message), Verdict.ACCEPT, done)


def liftable(database: Database, suppression_id: str, evidence: str) -> Liftable:
    """The same checks, without lifting."""
    event = number_in("S", suppression_id)
    row = database.row("SELECT message, lifted FROM suppressions WHERE event = ?", (event,))
    if row is None:
        raise UsageError(f"There is no suppression S{event}.", "", "allegro-privacy find WHO")
    message, lifted = row
    if lifted is not None:
        raise PrivacyError(f"S{event} is lifted already.", f"That was at {lifted}.", f"allegro-privacy why S{event}")
    hindrance = why_never(database, event)
    if hindrance:
        fix = f'"allegro-privacy why S{event}" shows where it comes from; it stays.'
        raise PrivacyError(f"S{event} cannot be lifted.", WHY_NEVER[hindrance], fix)
    return Liftable(event, message, _evidence(database, event, message, evidence.strip()))


def why_never(database: Database, event: int) -> str:
    """Why a suppression is never lifted, as a key of WHY_NEVER; "" when it may be. An erasure takes the words that say
    so, and leaves this."""
    strengthened = "SELECT number FROM ledger WHERE subject = ? AND kind = 'already-suppressed' ORDER BY number"
    later = [row[0] for row in database.rows(strengthened, (f"S{event}",))]
    found = (_why_never_by(database, number) for number in (event, *later))
    return next(filter(None, found), "") or next(filter(None, _left_by_erasures(database, event)), "")


def _why_never_by(database: Database, event: int) -> str:
    """What one request says of it, by which a suppression stands or was asked for once more."""
    content = content_of(database, event)
    message, position = (int(content["message"]), content.get("position")) if content else (0, None)
    said = content_of(database, message)
    if content is None or said is None:
        return ""
    via, nature = database.row("SELECT via, nature FROM messages WHERE event = ?", (message,)) or ("", "")
    parts = tuple(_said_of(said, position))
    doubts = [one.get("doubt", "") for part in parts for one in part.get("doubts", ()) if isinstance(one, Mapping)]
    notes = [one for part in parts for one in part.get("notes", ())]
    return never_lifted(content.get("kind", ""), via, nature, doubts, notes)


def _said_of(message: Mapping[str, Any], position: int | None) -> Iterator[Mapping[str, Any]]:
    """What was found about one request of a message, and about the whole of it."""
    decision, reading = message.get("decision", {}), message.get("reading", {})
    yield decision
    yield reading
    judged = decision.get("requests", ())
    # Staff's own requests come after those found: they answer for all of them.
    chosen = [judged[position]] if position is not None and position < len(judged) else judged
    yield from (one["request"] for one in chosen)


def _left_by_erasures(database: Database, event: int) -> Iterator[str]:
    for row in database.rows("SELECT number FROM ledger WHERE kind = 'erased' AND number > ?", (event,)):
        content = content_of(database, row[0]) or {}
        yield content.get("never_lifted", {}).get(f"S{event}", "")


def _evidence(database: Database, event: int, message: int, evidence: str) -> int | None:
    """The message that is meant by the evidence; None when it is the words themselves."""
    named = numbered_event(database, evidence)
    if named is None:
        if len(evidence) < SHORTEST_EVIDENCE:
            raise UsageError(
                f"That is no evidence for lifting S{event}.",
                "It must be the customer's words, with where and when they said so, or the number of their message.",
                f'--evidence "called 2026-11-20, said: please send me the catalog again"   or   --evidence M{event}',
            )
        return None
    return _message_of_theirs(database, event, message, named)


def _message_of_theirs(database: Database, event: int, message: int, named: int) -> int:
    received = database.value("SELECT received FROM messages WHERE event = ? AND erased = 0", (named,))
    fix = "Give the number of a later message of theirs (allegro-privacy find WHO), or their words."
    if received is None:
        raise UsageError(f"M{named} is no message that can be read.", "It is another number, or it was erased.", fix)
    if named == message or received < database.value("SELECT received FROM messages WHERE event = ?", (message,)):
        raise UsageError(f"M{named} is no evidence for lifting S{event}.", "It came before the opt-out, or is it.", fix)
    if database.value("SELECT via FROM messages WHERE event = ?", (named,)) in IMPORTED:
        raise UsageError(f"M{named} is no evidence for lifting S{event}.", "It was imported, not written to us.", fix)
    if not _same_person(database, event, message, named):
        why = "It names neither the e-mail address nor the phone number of whom the suppression is about."
        raise UsageError(f"M{named} is no evidence for lifting S{event}.", why, fix)
    return named


def _same_person(database: Database, event: int, message: int, named: int) -> bool:
    """Does a message name whom a suppression is about? Post alone may know no key but the address: then whoever sent
    the opt-out is meant."""
    known = {row[0] for row in database.rows("SELECT hash FROM identifiers WHERE event = ?", (event,))}
    alone = len(known) == 1 and database.value("SELECT channel FROM suppressions WHERE event = ?", (event,)) == "post"
    if alone:
        known |= {row[0] for row in database.rows("SELECT hash FROM identifiers WHERE event = ?", (message,))}
    there = database.rows("SELECT hash FROM identifiers WHERE event = ?", (named,))
    return any(row[0] in known for row in there)
