"""What is kept too long goes, in batches; what waits, what is held and what protects somebody stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recorded_people import EFFECTS, NOON, Desk, at, keys_of, letter, no_email

from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.person import Person
from allegro_privacy.core.reading import Doubt, Doubtful, Request
from allegro_privacy.errors import PrivacyError
from allegro_privacy.store import journal, views
from allegro_privacy.store.append import append
from allegro_privacy.store.database import writing
from allegro_privacy.store.rows import Cutoffs, Due

LATER = NOON + timedelta(days=1000)
ALL = Cutoffs(LATER, LATER, LATER)
ROSA, MAX = ("Rosa Quintero", "rosa@example.com"), ("Max Hill", "max@example.org")


def sweep(desk: Desk, cutoffs: Cutoffs = ALL, most: int = 100) -> Due:
    with writing(desk.database):
        found = views.due(desk.database, cutoffs, most)
        if found:
            journal.erase_due(desk.database, found, "cron", LATER)
    assert views.verify(desk.database) == []
    return found


def words_left(desk: Desk) -> str:
    return "".join(desk.database.unpack(row[0]) for row in desk.database.rows("SELECT content FROM payload"))


def test_the_text_goes_and_the_opt_out_stays_as_readable_as_it_was(desk: Desk) -> None:
    desk.take(letter(*ROSA, "My parrot is upset"), no_email(*ROSA))
    assert sweep(desk).text == (2,)
    assert "parrot" not in words_left(desk)
    (row,) = views.find(desk.database, "rosa@example.com").suppressions
    assert (row.key, row.active, row.erased) == ("rosa@example.com", True, False)


def test_what_nothing_came_of_goes_by_its_own_span(desk: Desk) -> None:
    desk.take(letter(*ROSA, "Where is my order?"))
    desk.take(letter(*MAX, "My parrot"), no_email(*MAX))
    found = sweep(desk, Cutoffs(None, LATER, None))
    assert (found.ignored, found.text) == ((2,), ())
    assert "order" not in words_left(desk)
    assert "parrot" in words_left(desk)


@pytest.mark.parametrize("hours", [-1, 0])
def test_what_is_not_older_than_its_span_stays(desk: Desk, hours: float) -> None:
    desk.take(letter(*ROSA, "parrot"), no_email(*ROSA))
    assert not sweep(desk, Cutoffs(at(hours), at(hours), at(hours)))


def test_a_message_without_a_date_counts_from_the_day_it_was_recorded(desk: Desk) -> None:
    desk.take(replace(letter(*ROSA, "Where is it?"), received=NOON - timedelta(days=20_000)))
    assert not sweep(desk, Cutoffs(at(-1), at(-1), at(-1)))


def test_a_question_that_waits_keeps_its_message_until_it_is_answered(desk: Desk) -> None:
    desk.take(letter(*ROSA, "parrot?"), no_email(*ROSA), verdict=Verdict.ASK)
    assert not sweep(desk)
    with writing(desk.database):
        review = views.open_reviews(desk.database)[0].id
        answer = ReviewAnswer(Verdict.IGNORE, (), "the parrot is well")
        journal.answer_review(desk.database, review, answer, "Dana", at(1), effects=EFFECTS, keys_of=keys_of)
    assert sweep(desk).ignored == (2,)
    assert "parrot" not in words_left(desk)


def close(desk: Desk, case: int) -> None:
    with writing(desk.database):
        content = {"case": case, "step": "closed", "state": "fulfilled", "note": "sent by post"}
        append(desk.database, "case-closed", f"C{case}", content, "Dana", at(2))


def test_an_open_case_keeps_its_letter_and_a_closed_one_goes_by_its_own_span(desk: Desk) -> None:
    desk.take(letter(*ROSA, "what do you know about my parrot"), Request("access", Person(*ROSA)))
    assert not sweep(desk)
    close(desk, 3)
    assert not sweep(desk, Cutoffs(LATER, LATER, at(1)))
    assert sweep(desk).cases == (3,)
    assert "parrot" not in words_left(desk)
    assert "by post" not in words_left(desk)
    assert desk.count("cases", "erased = 1 AND kind = 'access'") == 1


def test_what_an_open_case_kept_from_an_erasure_goes_when_it_is_closed(desk: Desk) -> None:
    desk.take(letter(*ROSA, "delete all about my parrot"), Request("deletion", Person(*ROSA)), no_email(*ROSA))
    with writing(desk.database):
        receipt = journal.erase(desk.database, "rosa@example.com", "Dana", at(1), "asked")
    assert "parrot" in words_left(desk)
    assert receipt.erased == (4,)
    never = Cutoffs(None, None, None)
    assert not sweep(desk, never)
    close(desk, 3)
    assert sweep(desk, never).kept_back == 2
    assert [trace for trace in ("parrot", "rosa", "quintero", "by post") if trace in words_left(desk).lower()] == []
    assert not sweep(desk, never)


def test_a_legal_hold_keeps_everything_until_it_is_released(desk: Desk) -> None:
    desk.take(letter(*ROSA, "parrot"), no_email(*ROSA))
    desk.take(letter(*MAX, "tortoise"), no_email(*MAX))
    with writing(desk.database):
        journal.place_hold(desk.database, "rosa@example.com", "claim 2026-114", "Dana", at(1))
    with pytest.raises(PrivacyError) as refused, writing(desk.database):
        journal.erase(desk.database, "rosa@example.com", "Dana", at(2), "asked")
    assert "claim 2026-114" in refused.value.why
    sweep(desk)
    assert "parrot" in words_left(desk)
    assert "tortoise" not in words_left(desk)
    with writing(desk.database):
        journal.release_holds(desk.database, "rosa@example.com", "settled", "Dana", at(3))
    sweep(desk)
    assert "parrot" not in words_left(desk)


def test_batches_go_on_where_the_last_one_ended(desk: Desk) -> None:
    for number in range(7):
        desk.take(letter(*ROSA, f"question {number}"))
    sizes = []
    while found := sweep(desk, most=3):
        sizes.append(len(found.ignored))
    assert sizes == [3, 3, 1]


def test_what_is_never_lifted_is_not_lifted_when_its_letter_is_gone(desk: Desk) -> None:
    child = replace(no_email(*ROSA), doubts=(Doubtful(Doubt.CHILD),))
    desk.take(letter(*ROSA, "my daughter is seven"), child)
    sweep(desk)
    with pytest.raises(PrivacyError, match="cannot be lifted"), writing(desk.database):
        journal.lift(desk.database, "S3", "called 2026-11-21, wants it again", "Dana", LATER)
