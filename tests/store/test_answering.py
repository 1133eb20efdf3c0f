"""Answers that are taken back, customers who are to be asked, and the program's own decisions checked by a person."""

import random
from dataclasses import replace

import pytest
from recorded_people import BRICKELL, EFFECTS, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import AnsweredError, PrivacyError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing

ROSA, ANN = "rosa@example.com", "ann@example.com"


def ask(desk: Desk, *requests: Request, email: str = ROSA, text: str = "please stop") -> str:
    """A message whose requests wait for a person; the number of its review."""
    desk.take(letter("Rosa", email, text), *requests, verdict=Verdict.ASK)
    return f"R{desk.database.value('SELECT max(event) FROM reviews')}"


def answer(desk: Desk, review: str, verdict: Verdict = Verdict.ACCEPT, *requests: Request, by: str = "Dana") -> None:
    with writing(desk.database):
        given = ReviewAnswer(verdict, requests)
        journal.answer_review(desk.database, review, given, by, at(1), effects=EFFECTS, keys_of=keys_of)


def undo(desk: Desk, review: str, by: str = "Dana", expected: int | None = None) -> str:
    with writing(desk.database):
        return journal.undo(desk.database, review, by, at(2), expected=expected).summary


def active(desk: Desk) -> list[str]:
    return [row[0] for row in desk.database.rows("SELECT key FROM suppressions WHERE lifted IS NULL ORDER BY event")]


def waiting(desk: Desk) -> list[str]:
    return [one.id for one in views.open_reviews(desk.database)]


def whole(desk: Desk) -> bool:
    return views.verify(desk.database) == []


def test_an_undone_answer_lifts_what_it_suppressed_and_opens_the_question_again(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review)
    assert active(desk) == [ROSA]
    suppression = desk.database.value("SELECT max(event) FROM suppressions")
    assert undo(desk, review) == f"{review} open again; S{suppression} lifted"
    assert active(desk) == []
    assert waiting(desk) == [review]
    assert desk.count("requests", "answer IS NOT NULL") == 0
    assert desk.count("effects") == 0
    assert whole(desk)


def test_nothing_is_changed_in_place_so_the_timeline_tells_all_of_it(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review)
    undo(desk, review)
    answer(desk, review, Verdict.IGNORE, by="Ben")
    told = [(entry.kind, entry.actor) for entry in views.timeline(desk.database, ROSA).entries]
    assert told == [
        ("message-received", "cron"),
        ("review-opened", "cron"),
        ("review-answered", "Dana"),
        ("suppressed", "Dana"),
        ("answer-undone", "Dana"),
        ("lifted", "Dana"),
        ("review-answered", "Ben"),
    ]
    assert whole(desk)


def test_an_answer_can_be_given_undone_and_given_many_times(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    for _ in range(3):
        answer(desk, review, Verdict.ACCEPT, no_email("Rosa", ANN), no_post("Rosa Quintero", ANN))
        assert len(active(desk)) == 2
        undo(desk, review)
        assert (active(desk), waiting(desk)) == ([], [review])
    answer(desk, review)
    assert active(desk) == [ROSA]
    assert whole(desk)


def test_a_suppression_that_another_message_asked_for_too_stays(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review)
    desk.take(letter("Rosa", ROSA, "I asked you before"), no_email("Rosa", ROSA))
    assert undo(desk, review).endswith("stays: another message asks for the same")
    assert active(desk) == [ROSA]
    assert whole(desk)


def test_a_suppression_that_stood_before_the_answer_stays(desk: Desk) -> None:
    desk.opt_out("Rosa", ROSA)
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review)
    assert undo(desk, review) == f"{review} open again"
    assert active(desk) == [ROSA]


def test_of_two_answers_that_ask_for_the_same_the_last_undone_lifts_it(desk: Desk) -> None:
    first, second = ask(desk, no_email("Rosa", ROSA)), ask(desk, no_email("Rosa", ROSA), text="stop, please")
    answer(desk, first)
    answer(desk, second)
    undo(desk, second)
    assert active(desk) == [ROSA]
    undo(desk, first)
    assert active(desk) == []
    assert whole(desk)


def test_whichever_of_two_answers_is_undone_first_the_last_lifts_it(desk: Desk) -> None:
    first, second = ask(desk, no_email("Rosa", ROSA)), ask(desk, no_email("Rosa", ROSA), text="stop, please")
    answer(desk, first)
    answer(desk, second)
    assert undo(desk, first).endswith("stays: another message asks for the same")
    assert active(desk) == [ROSA]
    assert "lifted" in undo(desk, second)
    assert active(desk) == []
    assert whole(desk)


@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_answers_are_given_and_undone_she_is_on_the_list_while_one_stands(
    desk: Desk, seed: int
) -> None:
    choose = random.Random(seed)
    reviews = [ask(desk, no_email("Rosa", ROSA), text=f"stop {number}") for number in range(4)]
    standing: dict[str, Verdict] = {}
    wrote = False
    for number in range(25):
        review = choose.choice(reviews)
        if review in standing:
            undo(desk, review)
            del standing[review]
        else:
            standing[review] = choose.choice([Verdict.ACCEPT, Verdict.ACCEPT, Verdict.IGNORE])
            answer(desk, review, standing[review])
        if seed % 2 and number == 20:
            desk.opt_out("Rosa", ROSA)
            wrote = True
        assert active(desk) == ([ROSA] if wrote or Verdict.ACCEPT in standing.values() else [])
        assert set(waiting(desk)) == set(reviews) - standing.keys()
    assert whole(desk)


def test_what_an_answer_had_lifted_stands_again(desk: Desk) -> None:
    desk.opt_out("Rosa", ROSA)
    review = ask(desk, Request("opt-in", Person("Rosa", ROSA), Channel.EMAIL))
    answer(desk, review)
    assert active(desk) == []
    assert "stands in place of S" in undo(desk, review)
    assert active(desk) == [ROSA]
    assert desk.count("suppressions") == 2
    assert whole(desk)


def test_a_case_that_an_answer_opened_is_revoked(desk: Desk) -> None:
    review = ask(desk, Request("access", Person("Rosa", ROSA)))
    answer(desk, review)
    assert desk.count("cases") == 1
    assert "revoked" in undo(desk, review)
    assert desk.database.rows("SELECT state FROM case_steps") == [("revoked",)]
    assert whole(desk)


def test_a_refusal_is_undone_as_well(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review, Verdict.IGNORE)
    assert undo(desk, review) == f"{review} open again"
    assert waiting(desk) == [review]


def test_an_open_question_has_nothing_to_undo(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    with pytest.raises(UsageError, match="has no answer"):
        undo(desk, review)
    answer(desk, review)
    undo(desk, review)
    with pytest.raises(UsageError, match="has no answer"):
        undo(desk, review)


def test_who_undoes_what_somebody_else_has_changed_meanwhile_is_told_who_did(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review, by="Dana")
    danas = desk.database.value("SELECT answered_event FROM reviews")
    undo(desk, review, by="Ben")
    with pytest.raises(AnsweredError) as told:
        undo(desk, review, by="Dana", expected=danas)
    assert told.value.by == "Ben"
    answer(desk, review, Verdict.IGNORE, by="Ben")
    with pytest.raises(AnsweredError) as told:
        undo(desk, review, by="Dana", expected=danas)
    assert told.value.by == "Ben"
    assert waiting(desk) == []


def test_the_second_answer_is_refused_with_who_and_when(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review, by="Dana")
    with pytest.raises(AnsweredError) as told:
        answer(desk, review, by="Ben")
    assert (told.value.by, told.value.at) == ("Dana", "2026-11-20T18:00:00Z")


def test_a_question_to_the_customer_leaves_the_review_open(desk: Desk) -> None:
    review = ask(desk, no_post("Rosa", ROSA))
    with writing(desk.database):
        journal.ask_customer(desk.database, review, "which apartment?", "Dana", at(1))
    (one,) = views.open_reviews(desk.database)
    assert one.customer_asked == at(1)
    assert undo(desk, review) == f"{review} the customer need not be asked"
    assert views.open_reviews(desk.database)[0].customer_asked is None
    assert whole(desk)


def test_nobody_is_asked_about_what_is_decided(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    answer(desk, review)
    with writing(desk.database), pytest.raises(AnsweredError):
        journal.ask_customer(desk.database, review, "", "Ben", at(2))


def test_an_erasure_reaches_answers_that_were_undone(desk: Desk) -> None:
    review = ask(desk, no_post("Rosa", ROSA))
    moved = replace(BRICKELL, line1="12 Zeppelin Ave", as_given="12 Zeppelin Ave, Miami, FL 33131")
    answer(desk, review, Verdict.ACCEPT, no_post("Rosa Harker", ROSA, moved))
    with writing(desk.database):
        journal.undo(desk.database, review, "Dana", at(2), note="the parrot said so")
        journal.ask_customer(desk.database, review, "is the parrot hers?", "Dana", at(3))
        journal.undo(desk.database, review, "Dana", at(4), note="the parrot again")
        journal.erase(desk.database, ROSA, "Dana", at(5), "")
    journal.compact(desk.database)
    raw = b"".join(path.read_bytes() for path in desk.path.parent.iterdir())
    contents = (desk.database.unpack(row[0]) for row in desk.database.rows("SELECT content FROM payload"))
    kept = raw.lower() + "".join(contents).lower().encode()
    assert [word for word in (b"zeppelin", b"parrot", b"harker", b"rosa") if word in kept] == []
    assert whole(desk)
    with writing(desk.database), pytest.raises(PrivacyError):
        journal.undo(desk.database, review, "Dana", at(6))


def test_a_check_says_right_or_wrong_once(desk: Desk) -> None:
    desk.opt_out("Rosa", ROSA)
    (drawn,) = views.sample(desk.database, 20)
    assert (drawn.verdict, drawn.sender) == (Verdict.ACCEPT, ROSA)
    with writing(desk.database):
        assert journal.check_decision(desk.database, drawn.id, False, "", "Dana", at(1))[1] is None
        with pytest.raises(AnsweredError):
            journal.check_decision(desk.database, drawn.id, True, "", "Ben", at(2))
    assert views.sample(desk.database, 20) == ()
    assert views.facts(desk.database, at(0), at(9)).checks == ((Verdict.ACCEPT, "Dana", False),)
    assert whole(desk)


def test_what_was_wrongly_ignored_becomes_a_question(desk: Desk) -> None:
    desk.take(letter("Rosa", ROSA, "leave me alone"))
    (drawn,) = views.sample(desk.database, 20)
    with writing(desk.database):
        _, review = journal.check_decision(desk.database, drawn.id, True, "parrot", "Dana", at(1))
    assert waiting(desk) == [f"R{review}"]
    answer(desk, f"R{review}", Verdict.ACCEPT, no_email("Rosa", ROSA))
    assert active(desk) == [ROSA]
    assert whole(desk)


def test_the_sample_takes_as_many_of_each_and_fills_up_with_the_other(desk: Desk) -> None:
    for number in range(12):
        desk.take(letter("Ann", ANN, f"where is order {number}?"))
    for number in range(3):
        desk.opt_out("Rosa", f"rosa{number}@example.com")
    drawn = [one.verdict for one in views.sample(desk.database, 10)]
    assert (drawn.count(Verdict.ACCEPT), drawn.count(Verdict.IGNORE)) == (3, 7)
    assert len(views.sample(desk.database, 100)) == 15
    assert len(views.sample(desk.database, 1)) == 1


def test_what_was_asked_about_is_no_decision_of_the_program(desk: Desk) -> None:
    review = ask(desk, no_email("Rosa", ROSA))
    message = desk.database.value("SELECT message FROM reviews")
    with writing(desk.database), pytest.raises(UsageError, match="no decision"):
        journal.check_decision(desk.database, f"M{message}", True, "", "Dana", at(1))
    assert waiting(desk) == [review]


def test_questions_of_one_sender_are_alike_and_those_of_others_are_not(desk: Desk) -> None:
    first, second = ask(desk, no_email("Rosa", ROSA)), ask(desk, no_email("Rosa", ROSA), text="again")
    ask(desk, no_email("Ann", ANN), email=ANN)
    one = views.next_review(desk.database)
    assert one is not None
    assert one.id == first
    assert [other.id for other in views.reviews_alike(desk.database, one, {})] == [second]
    after = views.next_review(desk.database, [one.event])
    assert after is not None
    assert after.id == second
