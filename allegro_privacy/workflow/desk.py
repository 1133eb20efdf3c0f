"""The desk at its questions: which comes next, what an answer would do, and answers that are taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.config import Settings
from allegro_privacy.core.decision import Effect, Receipt
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Case, Review
from allegro_privacy.store.sample import Sampled as Sampled
from allegro_privacy.workflow import corrections, letters, replies
from allegro_privacy.workflow.corrections import Changes
from allegro_privacy.workflow.replies import Drafted
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Proposal:
    """What accepting a review would act on; `hindrance` says why that cannot be done as it stands, None when it can.
    changed: (part, before, after) of what the changes would correct."""

    requests: tuple[Request, ...]
    hindrance: UsageError | None
    changed: tuple[tuple[str, str, str], ...] = ()


def next_review(database: Database, but: Iterable[int] = ()) -> Review | None:
    """The question that waits longest, without those passed over; None when there is no other."""
    return views.next_review(database, but)


def review(database: Database, review_id: str) -> Review:
    """One question as it stands at this moment, open or answered."""
    return views.review(database, review_id)


def alike(database: Database, one: Review, known: dict[int, str]) -> tuple[Review, ...]:
    """The other open questions of the same sender or agent.  known: filled here, kept by the caller for the next."""
    return views.reviews_alike(database, one, known)


def cases_of_writer(database: Database, one: Review) -> tuple[Case, ...]:
    """The open cases that a question may be about, when its writer takes something back."""
    return views.cases_of_writer(database, one.message_event)


def how_many_wait(database: Database) -> int:
    """How many questions are open."""
    return views.how_many_wait(database)


def proposal(one: Review, changes: Changes, effects: Mapping[str, Effect]) -> Proposal:
    """What accepting would do with these changes; nothing is recorded. UsageError when a change cannot be."""
    pairs = corrections.corrected(one, changes)
    requests = tuple(after for _, after in pairs) or tuple(each.request for each in one.asked)
    changed = tuple((each.part, each.before, each.after) for each in corrections.differences(pairs))
    try:
        for request in requests:
            corrections.check_actionable(one.id, request, effects)
    except UsageError as error:
        return Proposal(requests, error, changed)
    if requests:
        return Proposal(requests, None, changed)
    why = "No request was found in it; an answer must say what it asks."
    return Proposal(
        (), UsageError(f"{one.id} cannot be accepted as it is.", why, "Change it, or answer that it is none.")
    )


def undo(
    database: Database,
    review_id: str,
    actor: str,
    now: datetime,
    *,
    note: str = "",
    expected: int | None = None,
    dry_run: bool = False,
) -> Receipt:
    """Take back what staff did last about a review; what it did is lifted, and the question is open again."""
    return transact(
        database, lambda: journal.undo(database, review_id, actor, now, note=note, expected=expected), dry_run
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """That a customer is to be asked. letter: the draft that asks them; else `hindrance` says why there is none."""

    receipt: Receipt
    letter: Drafted | None = None
    hindrance: PrivacyError | None = None


def ask_customer(
    database: Database,
    settings: Settings,
    review_id: str,
    note: str,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> Asked:
    """Record that a question to the customer is wanted, and with it the draft that asks it; the review stays open until
    it is answered. Not everybody can be written to, and no letter asks everything.  note: for colleagues, not sent."""
    made_of = letters.load(settings)

    def ask() -> Asked:
        receipt = journal.ask_customer(database, review_id, note, actor, now)
        try:
            letter = replies.record_asking(database, made_of, review_id, actor, now)
        except UsageError as error:
            return Asked(receipt, hindrance=error)
        return Asked(receipt, letter)

    return transact(database, ask, dry_run)


def sample(database: Database, size: int) -> tuple[Sampled, ...]:
    """Decisions that the program made alone, drawn at random."""
    return views.sample(database, size)


def check(
    database: Database, message: str, wrong: bool, note: str, actor: str, now: datetime, dry_run: bool = False
) -> tuple[Receipt, int | None]:
    """Record whether such a decision was right; what was wrongly ignored becomes a question: its event comes back."""
    return transact(database, lambda: journal.check_decision(database, message, wrong, note, actor, now), dry_run)
