"""A question whose writer may be taking a request of theirs back: the case that it would end, and ending it."""

from typing import TYPE_CHECKING

from allegro_privacy.cli import console, question, words
from allegro_privacy.cli.clock import utc_now
from allegro_privacy.workflow import desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allegro_privacy.config import Settings
    from allegro_privacy.store.database import Database
    from allegro_privacy.store.rows import Case, Review

MOST_CASES = 3


def named(found: "Sequence[Case]") -> None:
    """The open cases of whoever wrote a question."""
    for one in found[:MOST_CASES]:
        what = words.KINDS.get(one.kind, one.kind)
        said = f"Their open case: {one.id}, {what}, received {one.received:%Y-%m-%d}"
        console.paragraph(said, "  ", hang=2, width=question.WIDTH)


def with_command(found: "Sequence[Case]", review_id: str) -> None:
    """The same with what to type when they take it back."""
    named(found)
    if found:
        console.paragraph("If they take it back:", "  ")
        console.out(f"    allegro-privacy case close {found[0].id} revoked --evidence {review_id}")


def offered(database: "Database", one: "Review") -> None:
    """The same with the letter that does it."""
    found = desk.cases_of_writer(database, one)
    named(found)
    if found:
        console.paragraph("w: they take it back; the case is closed with this as the reason", "  ")


def take_back(database: "Database", settings: "Settings", one: "Review", actor: str) -> int | None:
    """Close the case that a question's writer takes back; the event that answers the question, None when nothing was
    done."""
    from allegro_privacy.core.cases import Outcome, Step
    from allegro_privacy.workflow import cases

    found = {each.id: each for each in desk.cases_of_writer(database, one)}
    if not found:
        console.say("Nobody who wrote this has an open case.")
        return None
    chosen = next(iter(found))
    if len(found) > 1:
        chosen = (console.reply(f"Which case ({', '.join(found)})?") or "").strip().upper()
    if chosen not in found:
        console.say("Nothing was recorded.")
        return None
    wish = cases.Wish(Step.CLOSED, outcome=Outcome.REVOKED, evidence=one.id)
    taken = cases.take(database, cases.rulebook(settings), chosen, wish, actor, utc_now())
    console.paragraph(
        f"Saved, withdrawn: {taken.receipt.summary}; marketing stays stopped", hang=2, width=question.WIDTH
    )
    return taken.answered
