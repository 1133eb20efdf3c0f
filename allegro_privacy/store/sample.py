"""Decisions that the program made alone, drawn at random for a person to check."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.children import is_about_child
from allegro_privacy.core.decision import RequestDecision, Verdict
from allegro_privacy.store.database import Database
from allegro_privacy.store.plain import moment, revive
from allegro_privacy.store.reviews import content_of, sender_of


@dataclass(frozen=True, slots=True)
class Sampled:
    """One message that the program accepted or ignored by itself. `nature` and `reason` say why it was ignored; `did`
    names the suppressions and cases that came of it."""

    id: str
    message: str
    received: datetime
    verdict: Verdict
    reason: str
    nature: str
    requests: tuple[RequestDecision, ...]
    sender: str
    subject: str
    text: str
    did: tuple[str, ...]
    child: bool


def sample(database: Database, size: int) -> tuple[Sampled, ...]:
    """As many accepted as ignored messages, none checked before, in random order; what the one lacks the other fills.

    Mail that asks for nothing is by far the most: drawn from all alike, a wrong suppression would hardly be met."""
    drawn = {verdict: _drawn(database, verdict, size) for verdict in (Verdict.ACCEPT, Verdict.IGNORE)}
    accepted, ignored = drawn[Verdict.ACCEPT], drawn[Verdict.IGNORE]
    first = max((size + 1) // 2, size - len(ignored))
    chosen = [*accepted[:first], *ignored[: size - len(accepted[:first])]]
    mixed = database.rows("SELECT value FROM json_each(?) ORDER BY random()", (str(chosen),))
    return tuple(_sampled(database, int(row[0])) for row in mixed)


def _drawn(database: Database, verdict: Verdict, size: int) -> list[int]:
    sql = (
        "SELECT event FROM messages WHERE verdict = ? AND NOT erased "
        "AND event NOT IN (SELECT message FROM checks) ORDER BY random() LIMIT ?"
    )
    return [row[0] for row in database.rows(sql, (verdict.value, size))]


def _sampled(database: Database, event: int) -> Sampled:
    content: dict[str, Any] = content_of(database, event) or {}
    row = database.row("SELECT subject, received, verdict FROM ledger JOIN messages ON event = number WHERE number = ?",
                       (event,))  # fmt: skip
    message_id, received, verdict = row or ("", "", "")
    mail, decision = content.get("message", {}), content.get("decision", {})
    return Sampled(
        id=f"M{event}",
        message=message_id,
        received=moment(received),
        verdict=Verdict(verdict),
        reason=decision.get("reason", ""),
        nature=content.get("reading", {}).get("nature", ""),
        requests=tuple(revive(RequestDecision, one) for one in decision.get("requests", ())),
        sender=sender_of(mail),
        subject=mail.get("subject", ""),
        text=content.get("text", ""),
        did=_did(database, event),
        child=is_about_child(decision),
    )


def _did(database: Database, message: int) -> tuple[str, ...]:
    rows = database.rows(
        "SELECT 'S' || event FROM suppressions WHERE message = ?1 AND lifted IS NULL "
        "UNION ALL SELECT 'C' || event FROM cases WHERE message = ?1",
        (message,),
    )
    return tuple(row[0] for row in rows)
