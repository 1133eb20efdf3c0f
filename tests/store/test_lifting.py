"""Lifting a suppression: by whom, when, on the customer's own word; and those that are never lifted."""

from dataclasses import replace

import pytest
from recorded_people import EFFECTS, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.decision import Decision, RequestDecision, Verdict
from allegro_privacy.core.message import Origin, Via
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Doubt, Doubtful, Nature, Note, Reading, Request
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing

ROSA = ("Rosa Quintero", "rosa@example.com")
SAID = "called 2026-11-21: please send me the catalog again"


def take(desk: Desk, request: Request, nature: Nature = Nature.PERSONAL, via: Via = Via.EMAIL) -> str:
    """The suppression that one accepted request of Rosa's brings."""
    message = replace(letter(*ROSA, "please"), via=via)
    reading = Reading(nature, "en", (request,), (), (), "", "rules-1")
    decision = Decision(Verdict.ACCEPT, (RequestDecision(request, Verdict.ACCEPT, "said so"),), (), "as it says")
    with writing(desk.database):
        receipt = journal.record(
            desk.database, message, message.text, Origin("eml:", "/mail/a.eml", "1"), reading, decision, "cron", at(0),
            effects=EFFECTS | {"child-removal": EFFECTS["opt-out"]}, keys_of=keys_of,
        )  # fmt: skip
    return f"S{receipt.events[1]}"


def lift(desk: Desk, suppression: str, evidence: str = SAID) -> None:
    with writing(desk.database):
        journal.lift(desk.database, suppression, evidence, "Dana", at(5))


def stands(desk: Desk) -> bool:
    return bool(desk.count("suppressions", "lifted IS NULL"))


def test_a_lift_keeps_the_old_row_and_says_who_when_and_on_what_word(desk: Desk) -> None:
    lift(desk, take(desk, no_email(*ROSA)))
    (row,) = views.find(desk.database, "rosa@example.com").suppressions
    assert (row.lifted, row.key) == (at(5), "rosa@example.com")
    entry = views.timeline(desk.database, "rosa@example.com").entries[-1]
    assert (entry.kind, entry.actor, entry.content["words"]) == ("lifted", "Dana", SAID)
    assert views.verify(desk.database) == []


NEVER = {
    "a complaint to the mail provider": (no_email(*ROSA), Nature.FEEDBACK_REPORT, Via.EMAIL, "spam"),
    "a complaint that a platform reported": (no_email(*ROSA), Nature.PERSONAL, Via.FEEDBACK, "spam"),
    "a child": (replace(no_email(*ROSA), kind="child-removal"), Nature.PERSONAL, Via.EMAIL, "child"),
    "somebody who may be under age": (
        replace(no_email(*ROSA), doubts=(Doubtful(Doubt.MINOR),)), Nature.PERSONAL, Via.EMAIL, "child",
    ),
    "somebody who has died": (replace(no_post(*ROSA), notes=(Note.DECEASED,)), Nature.PERSONAL, Via.EMAIL, "died"),
    "a lawyer's letter": (
        replace(no_email(*ROSA), doubts=(Doubtful(Doubt.LEGAL),)), Nature.PERSONAL, Via.LETTER, "authority",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NEVER)
def test_some_suppressions_are_never_lifted_and_it_says_why(desk: Desk, name: str) -> None:
    request, nature, via, said = NEVER[name]
    suppression = take(desk, request, nature, via)
    with pytest.raises(PrivacyError) as refused:
        lift(desk, suppression)
    assert said in refused.value.why
    assert stands(desk)


@pytest.mark.parametrize("name", NEVER)
def test_an_erasure_does_not_make_them_liftable(desk: Desk, name: str) -> None:
    request, nature, via, said = NEVER[name]
    suppression = take(desk, request, nature, via)
    with writing(desk.database):
        journal.erase(desk.database, "rosa@example.com", "Dana", at(3), "asked")
    with pytest.raises(PrivacyError) as refused:
        lift(desk, suppression)
    assert said in refused.value.why
    assert views.verify(desk.database) == []


@pytest.mark.parametrize("name", NEVER)
def test_an_accepted_wish_for_marketing_leaves_them_standing_and_says_so(desk: Desk, name: str) -> None:
    request, nature, via, _ = NEVER[name]
    suppression = take(desk, request, nature, via)
    wish = replace(request, kind="opt-in", doubts=(), notes=())
    receipt = desk.take(letter(*ROSA, "again please"), wish, now=at(4))
    assert f"{suppression} stays" in receipt.summary
    assert stands(desk)
    assert views.verify(desk.database) == []


def test_what_was_imported_lifts_nothing(desk: Desk) -> None:
    suppression = take(desk, no_email(*ROSA))
    row = replace(letter(*ROSA, "subscribed"), via=Via.FORM)
    receipt = desk.take(row, Request("opt-in", Person(*ROSA), Channel.EMAIL), now=at(4))
    assert f"{suppression} stays: what an import brings lifts nothing" in receipt.summary
    assert stands(desk)
    with pytest.raises(UsageError, match="no evidence"):
        lift(desk, suppression, f"M{receipt.events[0]}")


def test_a_later_message_of_theirs_is_evidence(desk: Desk) -> None:
    suppression = take(desk, no_email(*ROSA))
    later = replace(letter(*ROSA, "Please send me the catalog again"), received=at(2))
    number = desk.take(later, now=at(2)).events[0]
    lift(desk, suppression, f"M{number}")
    assert views.timeline(desk.database, suppression).entries[-1].content["evidence"] == number
    assert not stands(desk)


@pytest.mark.parametrize("evidence", ["", "   ", "ok", "by phone", "M2", "M99999", "S3"])
def test_no_evidence_no_lift(desk: Desk, evidence: str) -> None:
    suppression = take(desk, no_email(*ROSA))
    with pytest.raises(UsageError):
        lift(desk, suppression, evidence)
    assert stands(desk)


def test_somebody_elses_message_is_no_evidence(desk: Desk) -> None:
    suppression = take(desk, no_email(*ROSA))
    other = replace(letter("Max Hill", "max@example.org", "Send Rosa the catalog again"), received=at(2))
    number = desk.take(other, now=at(2)).events[0]
    with pytest.raises(UsageError, match="no evidence"):
        lift(desk, suppression, f"M{number}")
