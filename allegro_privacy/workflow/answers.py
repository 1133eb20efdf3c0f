"""What staff decide: a review answered, a suppression lifted, a person's data erased; each with its actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.core.decision import Correction, Effect, Receipt, ReviewAnswer, Verdict
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Review, Suppression
from allegro_privacy.workflow import corrections
from allegro_privacy.workflow.corrections import Changes
from allegro_privacy.workflow.keys import keys_of
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did: its receipt, the requests that it was about, and what staff changed in them."""

    receipt: Receipt
    requests: tuple[Request, ...]
    corrections: tuple[Correction, ...]


def reviews(database: Database, limit: int | None = None) -> tuple[Review, ...]:
    """The questions that wait for staff, oldest first."""
    return views.open_reviews(database, limit)


def answer_review(
    database: Database,
    review_id: str,
    verdict: Verdict,
    changes: Changes,
    actor: str,
    now: datetime,
    *,
    effects: Mapping[str, Effect],
    dry_run: bool = False,
) -> Answered:
    """Record what staff decided about one review, by the same road as the program's own decisions."""
    review = views.review(database, review_id)
    pairs = corrections.corrected(review, changes) if verdict is Verdict.ACCEPT else ()
    requests = tuple(after for _, after in pairs)
    asked = tuple(each.request for each in review.asked if verdict is Verdict.ACCEPT)
    for request in requests or asked:
        corrections.check_actionable(review_id, request, effects)
    if verdict is Verdict.ACCEPT and not requests and not review.asked:
        raise UsageError(
            what=f"Review {review_id} holds no request that could be accepted.",
            why="Nothing was recognised in the message, so the answer must say what it asks.",
            fix=f"allegro-privacy review answer {review_id} accept --kind opt-out --channel email",
        )
    answer = ReviewAnswer(verdict, requests, changes.note, corrections.differences(pairs))
    receipt = transact(
        database,
        lambda: journal.answer_review(database, review_id, answer, actor, now, effects=effects, keys_of=keys_of),
        dry_run,
    )
    return Answered(receipt, requests or asked, answer.corrections)


def to_lift(database: Database, suppression_id: str, evidence: str) -> Suppression:
    """The suppression that would be lifted, to be shown before; an error that says why when it may not be."""
    found = views.liftable(database, suppression_id, evidence)
    return next(one for one in views.find(database, f"S{found.event}").suppressions if one.event == found.event)


def lift(
    database: Database, suppression_id: str, evidence: str, actor: str, now: datetime, dry_run: bool = False
) -> Receipt:
    """End a suppression. Only the customer's own words justify it, so they are recorded with it, or the message (M12)
    in which they stand."""
    return transact(database, lambda: journal.lift(database, suppression_id, evidence, actor, now), dry_run)
