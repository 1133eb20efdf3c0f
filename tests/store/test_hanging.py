"""What hangs on a person's events is one list: `why` shows all of it, and an erasure reaches all of it."""

from dataclasses import replace

import pytest
from recorded_people import EFFECTS, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Doubt, Doubtful, Request
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing
from allegro_privacy.store.reach import LASTING, with_what_hangs_on
from allegro_privacy.store.timeline import TITLES

ROSA, EMAIL = "Rosa Quintero", "rosa@example.com"
BACK = Request("opt-in", Person(ROSA, EMAIL), Channel.EMAIL)
CHILD = replace(no_email(ROSA, EMAIL), doubts=(Doubtful(Doubt.CHILD),))


@pytest.fixture
def rosa(desk: Desk) -> Desk:
    """An office in which everything that can happen with one person has happened with Rosa, and nothing else."""
    mailing(desk)
    privacy_requests(desk)
    questions(desk)
    with writing(desk.database):
        message = int(desk.database.value("SELECT min(event) FROM messages"))
        content = {
            "message": message, "about": "C3", "template": "receipt", "language": "en", "way": "printed", "place": "",
            "to": EMAIL, "subject": "Re: my data", "body": "Dear Rosa,\n",
        }  # fmt: skip
        journal.record_draft(desk.database, content, Person(ROSA, EMAIL), "Dana", at(7))
        mail = letter(ROSA, EMAIL, "please stop")
        journal.record_bounce(desk.database, mail.id, EMAIL, True, "cron", at(7))
        journal.place_hold(desk.database, EMAIL, "claim 2026-114", "Dana", at(8))
        journal.release_holds(desk.database, EMAIL, "settled", "Dana", at(8))
        journal.record_proof(desk.database, views.person(desk.database, EMAIL).hashes, "f" * 64, 3, "Dana", at(9))
    return desk


def mailing(desk: Desk) -> None:
    """She stops it, twice, wants it again, twice, and then a child is concerned, so that it stays stopped."""
    desk.take(letter(ROSA, EMAIL, "please stop"), no_email(ROSA, EMAIL))
    desk.take(letter(ROSA, EMAIL, "please stop"), no_email(ROSA, EMAIL), place="elsewhere")
    desk.take(letter(ROSA, EMAIL, "I said stop"), no_email(ROSA, EMAIL))
    desk.take(letter(ROSA, EMAIL, "back please"), BACK)
    desk.take(letter(ROSA, EMAIL, "back, I said"), BACK)
    desk.take(letter(ROSA, EMAIL, "my daughter"), CHILD)
    desk.take(letter(ROSA, EMAIL, "back once more"), BACK)


def privacy_requests(desk: Desk) -> None:
    asks = Request("access", Person(ROSA, EMAIL))
    for number in range(2):
        desk.take(letter(ROSA, EMAIL, f"what do you hold? {number}"), asks)
    case = f"C{desk.database.value('SELECT event FROM cases')}"
    steps: dict[Step, State | None] = {step: None for step in Step if step is not Step.JOINED}
    steps |= {Step.CLOSED: State.FULFILLED, Step.REOPENED: State.OPEN}
    for step, state in steps.items():
        with writing(desk.database):
            journal.change_case(desk.database, views.case(desk.database, case), step, state, "so", "Dana", at(2))


def questions(desk: Desk) -> None:
    desk.take(letter(ROSA, EMAIL, "which list?"), no_post(ROSA, EMAIL), verdict=Verdict.ASK)
    review = f"R{desk.database.value('SELECT max(event) FROM reviews')}"
    with writing(desk.database):
        journal.ask_customer(desk.database, review, "", "Dana", at(3))
        journal.undo(desk.database, review, "Dana", at(4))
        journal.answer_review(
            desk.database, review, ReviewAnswer(Verdict.IGNORE), "Dana", at(5), effects=EFFECTS, keys_of=keys_of
        )
        message = f"M{desk.database.value('SELECT min(event) FROM messages')}"
        journal.check_decision(desk.database, message, False, "", "Dana", at(6))


def kinds(desk: Desk) -> dict[int, str]:
    """Every event of the ledger but the first, which is the office's."""
    return dict(desk.database.rows("SELECT number, kind FROM ledger WHERE kind <> 'installed'"))


def test_why_shows_every_event_about_a_person_whatever_its_kind(rosa: Desk) -> None:
    shown = {entry.number: entry.kind for entry in views.timeline(rosa.database, EMAIL).entries}
    assert shown == kinds(rosa)
    # A kind that is new must happen here as well, unless it names nobody.
    assert set(TITLES) - set(shown.values()) == {
        "message-set-aside", "erased", "exported", "export-acknowledged", "decoys-placed", "delivered",
    }  # fmt: skip
    assert views.verify(rosa.database) == []


def test_every_event_has_a_title_in_words(rosa: Desk) -> None:
    assert set(kinds(rosa).values()) <= set(TITLES)


def test_an_erasure_reaches_what_why_shows(rosa: Desk) -> None:
    known = views.person(rosa.database, EMAIL)
    expected = {number for number, kind in kinds(rosa).items() if kind not in LASTING}
    assert with_what_hangs_on(rosa.database, known.events) == expected


def test_why_says_that_a_lift_was_refused_and_that_there_was_nothing_to_lift(rosa: Desk) -> None:
    titles = [entry.title for entry in views.timeline(rosa.database, EMAIL).entries]
    assert "Wants marketing again, nothing stood against it: email" in titles
    assert [each for each in titles if "stays, though marketing was wanted again" in each]
