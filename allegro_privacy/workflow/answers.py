"""What staff decide: a review answered, a suppression lifted, a person's data erased; each with its actor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.model import (
    Channel,
    Effect,
    Evidence,
    Level,
    Person,
    PostalAddress,
    Receipt,
    Request,
    ReviewAnswer,
    Verdict,
)
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.errors import UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import ErasureReceipt, Review
from allegro_privacy.workflow.keys import keys_of
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Changes:
    """What staff correct in the requests of a review before they accept them; None leaves a thing as it was read."""

    kind: str | None = None
    channels: tuple[Channel, ...] = ()
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    address: str | None = None
    level: Level | None = None
    note: str = ""

    @property
    def any(self) -> bool:
        """Is anything but the note changed?"""
        return any((self.kind, self.channels, self.email, self.phone, self.name, self.address, self.level))


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
) -> Receipt:
    """Record what staff decided about one review, by the same road as the program's own decisions."""
    review = views.review(database, review_id)
    if verdict is Verdict.ACCEPT:
        _check_typed(changes)
    requests = _requests(review, changes) if verdict is Verdict.ACCEPT else ()
    for request in requests or tuple(each.request for each in review.asked if verdict is Verdict.ACCEPT):
        _check_actionable(review_id, request, effects)
    if verdict is Verdict.ACCEPT and not requests and not review.asked:
        raise UsageError(
            what=f"Review {review_id} holds no request that could be accepted.",
            why="Nothing was recognised in the message, so the answer must say what it asks.",
            fix=f"allegro-privacy review answer {review_id} accept --kind opt-out --channel email",
        )
    answer = ReviewAnswer(verdict=verdict, requests=requests, note=changes.note)
    return transact(
        database,
        lambda: journal.answer_review(database, review_id, answer, actor, now, effects=effects, keys_of=keys_of),
        dry_run,
    )


def _requests(review: Review, changes: Changes) -> tuple[Request, ...]:
    """The requests as staff corrected them; empty when they stand as they were read."""
    if not changes.any:
        return ()
    asked = [each.request for each in review.asked]
    if changes.kind:
        asked = [each for each in asked if each.kind == changes.kind][:1] or [_entered(review, changes)]
    if not asked:
        asked = [_entered(review, changes)]
    if changes.channels:
        asked = [replace(asked[0], channel=channel) for channel in changes.channels]
    return tuple(_corrected(each, changes) for each in asked)


def _entered(review: Review, changes: Changes) -> Request:
    """A request that only the person saw; the sender is who asks unless the answer says otherwise."""
    evidence = Evidence(rule="staff", where="staff", quote=changes.note)
    return Request(kind=changes.kind or "opt-out", person=Person(email=review.sender or None), evidence=(evidence,))


def _corrected(request: Request, changes: Changes) -> Request:
    person = request.person
    return replace(
        request,
        level=changes.level or request.level,
        doubts=(),
        person=replace(
            person,
            name=changes.name or person.name,
            email=changes.email or person.email,
            phone=changes.phone or person.phone,
            address=_address(changes.address) if changes.address else person.address,
        ),
    )


def _address(written: str) -> PostalAddress:
    """An address as staff typed it, on one line or several; one that cannot be read is refused, not guessed."""
    found = find_addresses(written.replace("\\n", "\n"))
    if len(found) == 1 and not found[0].missing:
        return replace(found[0], as_given=written)
    missing = ", ".join(found[0].missing) if found else "a street and a town"
    raise UsageError(
        what="The address cannot be read.",
        why=f"It lacks {missing}." if len(found) < 2 else "It holds several addresses.",
        fix='Write it like this: --address "1450 Brickell Ave Apt 2203, Miami, FL 33131"',
    )


def _check_typed(changes: Changes) -> None:
    """What staff typed must be what it is given as; it is not shown again, since errors are logged."""
    if changes.email and not email_key(changes.email):
        raise UsageError(
            what="What was typed after --email is not an e-mail address.",
            why="It lacks a name, an @ or a domain, or holds a character that no address has.",
            fix="Write it like this: --email rosa@example.com",
        )
    if changes.phone and not phone_key(changes.phone):
        raise UsageError(
            what="What was typed after --phone is not a phone number.",
            why="Ten digits are needed, area code first, as numbers of North America have them.",
            fix='Write it like this: --phone "305-555-0123"',
        )


def _check_actionable(review_id: str, request: Request, effects: Mapping[str, Effect]) -> None:
    """Accepting must do something: a suppression that no key stands behind would be an empty promise."""
    if request.kind not in effects:
        known = ", ".join(effects)
        raise UsageError(
            f'"{request.kind}" is not a kind of request.', f"The kinds are: {known}.", "Give one with --kind."
        )
    if effects[request.kind] is not Effect.SUPPRESS:
        return
    if request.channel is None:
        raise UsageError(
            what=f"Review {review_id} does not say which channel is to stop.",
            why="E-mail, post and phone are suppressed one by one.",
            fix=f"allegro-privacy review answer {review_id} accept --channel email   (or post, phone; may be repeated)",
        )
    if not keys_of(request):
        needed = {Channel.EMAIL: "--email", Channel.POST: "--name and --address", Channel.PHONE: "--phone"}[
            request.channel
        ]
        raise UsageError(
            what=f"Review {review_id} cannot be accepted as it is: there is nothing to suppress by {request.channel}.",
            why="The message does not hold it, or not completely.",
            fix=f"Add {needed} to the answer, or answer ignore.",
        )


def lift(
    database: Database, suppression_id: str, evidence: str, actor: str, now: datetime, dry_run: bool = False
) -> Receipt:
    """End a suppression. Only the customer's own words justify it, so they are recorded with it."""
    return transact(database, lambda: journal.lift(database, suppression_id, evidence, actor, now), dry_run)


def erase(
    database: Database, who: str, reason: str, actor: str, now: datetime, dry_run: bool = False
) -> ErasureReceipt:
    """Remove what was recorded about one person; their suppressions go on matching by keyed hash."""
    receipt = transact(database, lambda: journal.erase(database, who, actor, now, reason), dry_run)
    if not dry_run:
        journal.compact(database)
    return receipt
