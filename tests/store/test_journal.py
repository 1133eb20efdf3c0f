"""What recording leaves behind, and that it never doubles anything."""

from dataclasses import replace

import pytest
from recorded_people import BRICKELL, EFFECTS, NOON, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.message import Origin
from allegro_privacy.core.person import Channel, Level, Person
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing
from allegro_privacy.store.tables import DERIVED, KEPT

ROSA = no_email("Rosa Quintero", "rosa@example.com")
REVIEW = {"effects": EFFECTS, "keys_of": keys_of}


def kinds(desk: Desk) -> list[str]:
    return [row[0] for row in desk.database.rows("SELECT kind FROM ledger ORDER BY number")][1:]


def dump(desk: Desk) -> list[tuple[object, ...]]:
    return [row for table in (*KEPT, *DERIVED) for row in desk.database.rows(f"SELECT * FROM {table.name}")]


def test_an_accepted_opt_out_is_a_message_and_a_suppression(desk: Desk) -> None:
    receipt = desk.opt_out("Rosa Quintero", "rosa@example.com")
    assert kinds(desk) == ["message-received", "suppressed"]
    assert (receipt.events, receipt.summary, receipt.copy) == ((2, 3), "S3 suppressed (email)", False)
    assert receipt.head == views.ledger_head(desk.database).hash
    standing = views.standing(desk.database, letter("x", "x@example.com"), keys_of(ROSA))
    assert standing.suppressed == frozenset(keys_of(ROSA))


def test_the_same_bytes_at_the_same_place_write_nothing(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    again = desk.opt_out("Rosa Quintero", "rosa@example.com")
    assert (again.events, again.copy, again.summary) == ((), True, "seen before")
    assert kinds(desk) == ["message-received", "suppressed"]


def test_the_same_bytes_at_another_place_are_a_sighting(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    again = desk.opt_out("Rosa Quintero", "rosa@example.com", place="/mail/other.eml")
    assert kinds(desk)[2:] == ["message-sighted"]
    assert again.copy
    assert views.known_origin(desk.database, Origin("eml:", "/mail/other.eml", "1"))
    assert not views.known_origin(desk.database, Origin("eml:", "/mail/other.eml", "2"))


def test_the_same_letter_to_both_mailboxes_is_a_copy(desk: Desk) -> None:
    first = letter("Rosa Quintero", "rosa@example.com")
    second = replace(first, id="ab" * 32, text=" NO   E-MAIL\n")
    desk.take(first, ROSA)
    assert views.standing(desk.database, second, ()).copy_of == first.id
    assert desk.take(second, ROSA).message == first.id
    assert kinds(desk) == ["message-received", "suppressed", "message-sighted"]
    assert views.standing(desk.database, second, ()).same_bytes
    assert desk.take(second, ROSA).events == ()


def test_another_text_under_the_same_message_id_is_told(desk: Desk) -> None:
    first = letter("Rosa Quintero", "rosa@example.com")
    desk.take(first, ROSA)
    standing = views.standing(desk.database, replace(first, id="ab" * 32, text="Where is my order?"), ())
    assert (standing.reused_id, standing.copy_of, standing.same_bytes) == (True, None, False)


def test_who_asks_twice_stands_on_the_list_once(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    again = desk.take(letter("Rosa", "rosa@example.com", "again"), no_email("Rosa", "ROSA@Example.com"))
    assert kinds(desk)[2:] == ["message-received", "already-suppressed"]
    assert again.summary == "S3 stood already"
    assert desk.count("suppressions") == 1
    assert desk.count("effects") == 2


def test_one_message_may_open_a_case_and_suppress_two_channels(desk: Desk) -> None:
    deletion = Request("deletion", Person(name="Rosa Quintero", email="rosa@example.com"))
    receipt = desk.take(
        letter("Rosa Quintero", "rosa@example.com"), deletion, ROSA, no_post("Rosa Quintero", "rosa@example.com")
    )
    assert receipt.summary == "C3 opened (deletion); S4 suppressed (email); S5 suppressed (post)"
    assert [one.level for one in views.find(desk.database, "rosa@example.com").suppressions] == [None, Level.INDIVIDUAL]


def test_a_household_is_suppressed_by_each_of_its_keys(desk: Desk) -> None:
    receipt = desk.take(letter("Ana", "ana@example.com"), no_post("Ana Paz Lima", level=Level.HOUSEHOLD))
    assert len(receipt.events) == 1 + len(keys_of(no_post("Ana Paz Lima", level=Level.HOUSEHOLD)))


def test_an_accepted_request_that_names_nobody_is_asked_about(desk: Desk) -> None:
    receipt = desk.take(letter("Rosa", "rosa@example.com"), Request("opt-out", Person(name="Rosa"), Channel.POST))
    assert receipt.verdict is Verdict.ASK
    assert kinds(desk) == ["message-received", "review-opened"]
    assert "does not say" in views.open_reviews(desk.database)[0].asked[0].reason


def test_a_review_shows_what_is_asked_and_its_acceptance_takes_effect(desk: Desk) -> None:
    desk.take(letter("Rosa Quintero", "rosa@example.com", "maybe stop"), ROSA, verdict=Verdict.ASK)
    (review,) = views.open_reviews(desk.database)
    assert (review.id, review.sender, review.text) == ("R3", "rosa@example.com", "maybe stop")
    assert [judged.request for judged in review.asked] == [ROSA]
    assert review.reading is not None
    assert review.reading.requests == (ROSA,)
    with writing(desk.database):
        receipt = journal.answer_review(desk.database, "r3", ReviewAnswer(Verdict.ACCEPT), "Dana", at(2), **REVIEW)
    assert receipt.summary == "R3 answered; S5 suppressed (email)"
    assert views.open_reviews(desk.database) == ()
    assert views.review(desk.database, "R3").answered_by == "Dana"


def test_an_answer_may_replace_what_was_found(desk: Desk) -> None:
    desk.take(letter("Rosa Quintero", "rosa@example.com", "my mother too"), ROSA, verdict=Verdict.ASK)
    answer = ReviewAnswer(
        Verdict.ACCEPT, (no_email("Elena", "elena@example.com"), no_post("Elena Quintero")), "by phone"
    )
    with writing(desk.database):
        receipt = journal.answer_review(desk.database, "R3", answer, "Dana", at(2), **REVIEW)
    assert receipt.summary == "R3 answered; S5 suppressed (email); S6 suppressed (post)"
    rows = desk.database.rows("SELECT position, answer FROM requests ORDER BY position")
    assert rows == [(0, "ignore"), (1, "accept"), (2, "accept")]
    assert desk.database.rows("SELECT position, event FROM effects") == [(1, 5), (2, 6)]
    assert views.verify(desk.database) == []


def test_an_answer_of_ignore_does_nothing_else(desk: Desk) -> None:
    desk.take(letter("Rosa Quintero", "rosa@example.com", "maybe"), ROSA, verdict=Verdict.ASK)
    with writing(desk.database):
        journal.answer_review(desk.database, "R3", ReviewAnswer(Verdict.IGNORE), "Dana", at(2), **REVIEW)
    assert desk.count("suppressions") == 0
    assert desk.database.rows("SELECT answer FROM requests") == [("ignore",)]


def test_a_review_is_answered_once_and_the_second_is_told_by_whom(desk: Desk) -> None:
    desk.take(letter("Rosa Quintero", "rosa@example.com"), ROSA, verdict=Verdict.ASK)
    with writing(desk.database):
        journal.answer_review(desk.database, "R3", ReviewAnswer(Verdict.IGNORE), "Dana", at(2), **REVIEW)
    with pytest.raises(PrivacyError) as told, writing(desk.database):
        journal.answer_review(desk.database, "R3", ReviewAnswer(Verdict.ACCEPT), "Sam", at(3), **REVIEW)
    assert "Dana" in told.value.why
    assert "2026-11-20T19:00:00Z" in told.value.why


WRONG_ANSWERS = {
    "no such review": ("R99", ReviewAnswer(Verdict.ACCEPT), "There is no review R99."),
    "not the name of a review": ("Rosa", ReviewAnswer(Verdict.ACCEPT), "“Rosa” is not of the form R12."),
    "asked again": ("R3", ReviewAnswer(Verdict.ASK), "A review is answered with accept or ignore."),
    "a request without a person": (
        "R3", ReviewAnswer(Verdict.ACCEPT, (Request("opt-out", Person(), Channel.EMAIL),)),
        "R3 cannot be accepted as it stands.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_a_wrong_answer_is_refused_and_changes_nothing(desk: Desk, name: str) -> None:
    review_id, answer, words = WRONG_ANSWERS[name]
    desk.take(letter("Rosa Quintero", "rosa@example.com"), ROSA, verdict=Verdict.ASK)
    before = views.ledger_head(desk.database)
    with pytest.raises(UsageError) as refused, writing(desk.database):
        journal.answer_review(desk.database, review_id, answer, "Dana", at(2), **REVIEW)
    assert refused.value.what == words
    assert views.ledger_head(desk.database) == before


def test_a_lift_ends_a_suppression_and_a_new_request_begins_another(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    with writing(desk.database):
        journal.lift(desk.database, "S3", "she asked at the counter", "Dana", at(1))
    with pytest.raises(PrivacyError, match="lifted already"), writing(desk.database):
        journal.lift(desk.database, "S3", "again", "Dana", at(2))
    desk.take(letter("Rosa", "rosa@example.com", "stop again"), ROSA, now=at(3))
    found = views.find(desk.database, "rosa@example.com").suppressions
    assert [(one.id, one.active) for one in found] == [("S3", False), ("S6", True)]


def test_an_accepted_opt_in_lifts_what_stands(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    receipt = desk.take(letter("Rosa", "rosa@example.com", "send me mail again"), replace(ROSA, kind="opt-in"))
    assert receipt.summary == "S3 lifted"
    assert list(views.suppressions(desk.database, Channel.EMAIL)) == []


def test_a_dry_run_leaves_no_trace(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    before = dump(desk)
    receipt = desk.opt_out("Harold Finch", "harold@example.com", dry_run=True)
    assert receipt.summary == "S5 suppressed (email)"
    assert dump(desk) == before
    words = [path.name for path in desk.path.parent.iterdir() if b"harold" in path.read_bytes().lower()]
    assert words == []


def test_an_error_in_the_middle_of_a_batch_undoes_the_batch(desk: Desk) -> None:
    before = views.ledger_head(desk.database)
    with pytest.raises(UsageError), writing(desk.database):  # noqa: PT012  (the first call must be undone)
        journal.record_pull(desk.database, ("eml:x",), {"fetched": 1}, (), "cron", NOON)
        journal.lift(desk.database, "S99", "unknown", "Dana", NOON)
    assert views.ledger_head(desk.database) == before


def test_writing_outside_a_transaction_is_a_mistake_of_the_program(desk: Desk) -> None:
    with pytest.raises(RuntimeError):
        journal.record_pull(desk.database, (), {}, (), "cron", NOON)


def test_a_message_tried_three_times_is_set_aside_for_a_person(desk: Desk) -> None:
    poison = Origin("eml:", "/mail/poison.eml", "1")
    tries = []
    for _ in range(3):
        with writing(desk.database):
            tries.append(journal.begin_attempt(desk.database, poison, NOON))
    assert tries == [1, 2, 3]
    with writing(desk.database):
        receipt = journal.set_aside(desk.database, poison, "it stopped the program", "cron", NOON)
    assert journal.attempts_of(desk.database, poison) == 0
    assert views.known_origin(desk.database, poison)
    review = views.open_reviews(desk.database)[0]
    assert (review.text, review.source) == ("it stopped the program", "eml:/mail/poison.eml")
    assert receipt.verdict is Verdict.ASK
    assert views.verify(desk.database) == []


def test_a_bounce_is_remembered_as_undeliverable_and_suppresses_nothing(desk: Desk) -> None:
    receipt = desk.take(letter("Mailer-Daemon", "mailer-daemon@example.com"))
    for hard in (False, True):
        with writing(desk.database):
            journal.record_bounce(desk.database, receipt.message, "Gone@example.com", hard, "cron", at(1))
    assert desk.database.rows("SELECT address, hard, times FROM undeliverable") == [("Gone@example.com", 1, 2)]
    assert desk.count("suppressions") == 0
    assert views.verify(desk.database) == []


def test_of_a_long_message_only_the_beginning_is_kept(desk: Desk) -> None:
    receipt = desk.take(letter("Rosa", "rosa@example.com", "NO E-MAIL\n" + "ñ" * 50_000), ROSA)
    packed = desk.database.value("SELECT content FROM payload WHERE number = ?", (receipt.events[0],))
    assert len(desk.database.unpack(packed)) < 10_000
    assert views.verify(desk.database) == []


def test_hostile_words_are_recorded_as_they_are(desk: Desk) -> None:
    hostile = "Robert'); DROP TABLE ledger;--\x00\x1b[2J\udce9\u202e"
    person = Person(name=hostile, email="bobby@example.com", address=replace(BRICKELL, line1=hostile))
    desk.take(letter(hostile, "bobby@example.com", hostile), Request("opt-out", person, Channel.EMAIL))
    assert views.verify(desk.database) == []
    assert views.find(desk.database, "bobby@example.com").suppressions[0].name is not None
