"""Drafts in the store: recorded once, explained, erased with the person they are for, and waiting for a mailbox."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from recorded_people import BACK_TO_6, Desk, at, letter, no_email, no_post

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.person import Person
from allegro_privacy.core.reading import Request
from allegro_privacy.store import drafts, journal, views
from allegro_privacy.store.append import append
from allegro_privacy.store.database import open_database, writing

EMAIL = "wilhelmina.harker@example.org"
NAME = "Wilhelmina Harker"
PLACE = "privacy@imap.example.com/INBOX"


def content(message: int, **changed: Any) -> dict[str, Any]:
    return {
        "message": message, "about": "C3", "template": "receipt", "language": "en", "way": "printed", "place": "",
        "shop": "The Shop", "from": "desk@shop.example", "date": "2026-11-20T17:00:00+00:00",
        "message_id": "<1@shop.example>", "to": EMAIL, "subject": "Re: my zeppelin",
        "body": "Dear Wilhelmina Harker,\n\nWe have your letter about the zeppelin.\n", "in_reply_to": "",
        "references": [], **changed,
    }  # fmt: skip


def draft(desk: Desk, message: int, hours: float = 1, **changed: Any) -> tuple[int, bool]:
    with writing(desk.database):
        return journal.record_draft(desk.database, content(message, **changed), Person(NAME, EMAIL), "Dana", at(hours))


def asked(desk: Desk) -> int:
    return desk.take(letter(NAME, EMAIL, "my zeppelin"), Request("access", Person(NAME, EMAIL))).events[0]


def close(desk: Desk) -> int:
    """The one privacy request is answered: until then an erasure leaves its letter and what hangs on it."""
    case = int(desk.database.value("SELECT event FROM cases"))
    with writing(desk.database):
        done = {"case": case, "step": "closed", "state": "fulfilled"}
        append(desk.database, "case-closed", f"C{case}", done, "Dana", at(2))
    return case


def test_the_same_draft_is_recorded_once_and_another_text_is_another_draft(desk: Desk) -> None:
    message = asked(desk)
    first, known = draft(desk, message)
    assert not known
    assert draft(desk, message, 5, message_id="<2@shop.example>") == (first, True)
    assert draft(desk, message, 6, body="Another.\n")[1] is False
    assert draft(desk, message, 7, way="eml")[1] is False
    assert [each.way for each in drafts.drafts_of(desk.database, message)] == ["eml", "printed", "printed"]
    assert views.verify(desk.database) == []


def test_why_tells_which_draft_was_written_for_what_and_by_whom(desk: Desk) -> None:
    number, _ = draft(desk, asked(desk))
    entry = views.timeline(desk.database, EMAIL).entries[-1]
    assert (entry.number, entry.actor) == (number, "Dana")
    assert entry.title == f"D{number} drafted for C3: receipt, en"


def test_a_draft_is_found_by_the_address_it_goes_to(desk: Desk) -> None:
    draft(desk, asked(desk), to="nephew@example.net", way="eml")
    assert "drafted" in {entry.kind for entry in views.timeline(desk.database, "nephew@example.net").entries}
    assert drafts.drafted_since(desk.database, "Nephew@example.net", at(0))
    assert not drafts.drafted_since(desk.database, "nephew@example.net", at(2))


@pytest.mark.parametrize(("way", "counts"), [("printed", False), ("eml", True), ("drafts", True), ("sent", True)])
def test_a_letter_that_was_only_written_to_look_at_answers_nobody(desk: Desk, way: str, counts: bool) -> None:
    message = asked(desk)
    draft(desk, message, way=way)
    assert [each.counts for each in drafts.drafts_of(desk.database, message)] == [counts]
    assert drafts.drafted_since(desk.database, EMAIL, at(0)) is counts


def test_an_erasure_takes_the_letter_along_and_nothing_goes_to_the_mailbox_any_more(desk: Desk) -> None:
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    message = asked(desk)
    number, _ = draft(desk, message, way="drafts", place=PLACE)
    assert drafts.places_waiting(desk.database) == {PLACE: 1}
    close(desk)
    with writing(desk.database):
        erased = journal.erase(desk.database, EMAIL, "Dana", at(3), "she asked for it").erased
    journal.compact(desk.database)
    assert {message, number} <= set(erased)
    assert drafts.places_waiting(desk.database) == {}
    written = drafts.draft(desk.database, number)
    assert written is not None
    assert (written.template, written.content) == ("receipt", {})
    assert views.verify(desk.database) == []
    desk.database.close()
    raw = b"".join(file.read_bytes().lower() for file in desk.path.parent.glob("privacy.sqlite3*"))
    for trace in (b"wilhelmina", b"harker", b"zeppelin"):
        assert trace not in raw


def test_an_erasure_by_the_number_of_a_case_takes_its_drafts_too(desk: Desk) -> None:
    message = asked(desk)
    number, _ = draft(desk, message)
    case = close(desk)
    with writing(desk.database):
        assert number in journal.erase(desk.database, f"C{case}", "Dana", at(3), "").erased


def test_a_planned_draft_waits_until_it_lies_in_the_mailbox(desk: Desk) -> None:
    number, _ = draft(desk, asked(desk), way="drafts", place=PLACE)
    assert draft(desk, 2, way="drafts", place=PLACE) == (number, True)
    (waiting,) = drafts.waiting_drafts(desk.database, PLACE)
    assert (waiting.event, waiting.state, waiting.tries) == (number, "planned", 0)
    with writing(desk.database):
        drafts.not_placed(desk.database, [number], "the server is down")
        drafts.note_appending(desk.database, number, "Drafts", "7;42")
    (waiting,) = drafts.waiting_drafts(desk.database, PLACE)
    assert (waiting.state, waiting.folder, waiting.appended_to, waiting.tries) == ("appending", "Drafts", "7;42", 1)
    with writing(desk.database):
        drafts.placed(desk.database, number)
    assert drafts.waiting_drafts(desk.database, PLACE) == []
    assert views.verify(desk.database) == []


def test_an_altered_row_of_a_draft_is_noticed(desk: Desk) -> None:
    number, _ = draft(desk, asked(desk))
    desk.database.run("UPDATE drafts SET template = 'done' WHERE event = ?", (number,))
    assert [problem.words for problem in views.verify(desk.database)] == [
        f"table drafts: template of event {number} was changed"
    ]


def test_what_a_reply_is_about_is_read_from_its_number(desk: Desk) -> None:
    receipt = desk.take(letter(NAME, EMAIL), no_email(NAME, EMAIL), no_post(NAME, EMAIL))
    found = [drafts.matter(desk.database, f"s{event}") for event in receipt.events[1:]]
    assert [each.about for each in found] == [f"S{event}" for event in receipt.events[1:]]
    assert [each.requests[0].channel for each in found] == ["email", "post"]
    assert {each.message for each in found} == {receipt.events[0]}
    assert [one.channel for one in drafts.stopped(desk.database, receipt.events[0])] == ["email", "post"]


def test_who_asks_again_is_told_what_stood_already(desk: Desk) -> None:
    desk.opt_out(NAME, EMAIL)
    again = desk.take(letter(NAME, EMAIL, "again"), no_email(NAME, EMAIL))
    (stands,) = drafts.stopped(desk.database, again.events[0])
    assert stands.id == "S3"


def test_open_matters_are_the_open_reviews_and_cases(desk: Desk) -> None:
    desk.take(letter(NAME, EMAIL, "who am I to you?"), Request("access", Person(NAME, EMAIL)))
    desk.take(letter("Preston Yates", "py@example.org"), no_post("Preston Yates"), verdict=Verdict.ASK)
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    assert [each.about[0] for each in drafts.open_matters(desk.database)] == ["C", "R"]


def test_the_headers_that_say_how_to_answer_are_kept_and_no_others(desk: Desk) -> None:
    headers = (("list-id", "<fans.example.com>"), ("x-secret", "zeppelin"), ("references", "<1@x> " * 900))
    receipt = desk.take(letter(NAME, EMAIL, headers=headers), no_email(NAME, EMAIL))
    mail = drafts.matter(desk.database, f"S{receipt.events[1]}").mail
    assert mail.header("list-id") == "<fans.example.com>"
    assert 1000 < len(mail.header("references")) <= 2000
    assert mail.header("x-secret") == ""


def test_a_database_from_before_there_were_drafts_can_be_used(make_desk: Callable[[], Desk]) -> None:
    desk = make_desk()
    asked(desk)
    with sqlite3.connect(desk.path) as connection:
        connection.executescript(
            f"{BACK_TO_6} DROP TABLE drafts; DROP TABLE outbox; DROP TABLE answers; DROP TABLE checks;"
            "PRAGMA user_version = 4;"
        )
    connection.close()
    with open_database(desk.path) as database:
        assert views.verify(database) == []
        again = Desk(desk.path, database)
        draft(again, 2, way="drafts", place=PLACE)
        assert drafts.places_waiting(database) == {PLACE: 1}
        assert views.verify(database) == []
