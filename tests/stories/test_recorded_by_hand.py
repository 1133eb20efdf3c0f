"""Stories of what reaches the desk off the screen: letters, calls, and people in the shop."""

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest
from office import PROJECT, Desk

HAROLD = ("--name", "Harold Finch", "--address", "1450 Brickell Ave Apt 2203, Miami, FL 33131")
LETTER = ("record", "letter", "--channel", "post", *HAROLD, "--received", "2026-03-02", "--postmark", "2026-02-27")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


def test_a_letter_stops_the_circulars_and_why_shows_its_days_and_its_scan(desk: Desk) -> None:
    done = desk.run(*LETTER, "--scan", "letter-17.pdf", "--initials", "DM", "--note", "no catalogs please", "--yes")
    assert done.code == 0, done.err
    assert "accepted   no more post to Harold Finch" in done.out

    why = desk.run("why", "S3").out
    assert "received 2026-03-02, postmark 2026-02-27, scan letter-17.pdf, taken in by DM" in why
    assert "because of “no catalogs please” from staff (rule staff)" in why
    assert desk.run("verify").code == 0


def test_the_clock_starts_on_the_day_that_the_letter_was_stamped_as_received(desk: Desk) -> None:
    desk.run(*LETTER, "--yes")
    message = desk.run("why", "S3", "--json").json["events"][0]["content"]["message"]
    assert message["received"] == "2026-03-02T17:00:00Z"  # noon in Miami
    assert message["date"] == "2026-02-27"
    assert message["via"] == "letter"


def test_a_letter_that_two_colleagues_enter_is_one(desk: Desk) -> None:
    desk.run(*LETTER, "--yes", "--as", "dana")
    again = desk.run(
        "record", "letter", "--channel", "post", "--name", "HAROLD FINCH", "--received", "2026-03-02", "--note", "2nd",
        "--address", "1450 Brickell Avenue, Apt. 2203, Miami FL 33131", "--yes", "--as", "lee",
    )  # fmt: skip
    assert "Entered before" in again.out
    assert "by dana): nothing was added" in again.out
    assert desk.run("status", "--json").json["messages"] == 1


def test_the_same_person_on_another_day_is_another_letter_but_one_suppression(desk: Desk) -> None:
    desk.run(*LETTER, "--yes")
    desk.run("record", "call", "--channel", "post", *HAROLD, "--received", "2026-04-01", "--yes")
    status = desk.run("status", "--json").json
    assert (status["messages"], status["suppressed"]) == (2, {"post": 1})
    assert "Asked again" in desk.run("why", "S3").out


def test_a_day_that_has_not_come_and_a_stamp_after_receipt_are_refused(desk: Desk) -> None:
    for words, expected in (
        (("--received", "2999-01-01"), "in the future"),
        (("--received", "2026-03-02", "--postmark", "2026-03-03"), "The postmark cannot be right"),
        (("--received", "03/02/2026"), "is not a date"),
    ):
        refused = desk.run("record", "letter", "--channel", "post", *HAROLD, *words, "--yes")
        assert refused.code == 2
        assert expected in refused.err
    assert desk.run("status", "--json").json["messages"] == 0


def test_an_address_is_taken_apart_and_never_saved_unseen(desk: Desk) -> None:
    seen = desk.run(*LETTER)
    assert seen.code == 2
    assert "unit      Apt 2203                          Apt 2203" in seen.out
    assert "Run it again with --yes" in seen.err
    assert desk.run("status", "--json").json["messages"] == 0


def test_an_address_without_a_place_waits_for_a_person_with_its_clock_running(desk: Desk) -> None:
    done = desk.run("record", "call", "--channel", "post", "--name", "Ann Lee", "--address", "450 Elm St", "--yes")
    assert done.code == 0
    assert "to review" in done.out
    question = desk.run("review", "--json").json["reviews"][0]
    assert question["requests"][0]["postal"]["needed"] == ["zip"]
    accepted = desk.run("review", "answer", question["id"], "accept", "--zip", "33131")
    assert accepted.code == 0, accepted.err
    assert desk.run("status", "--json").json["suppressed"] == {"post": 1}


def test_who_moved_gives_two_addresses_and_both_are_stopped(desk: Desk) -> None:
    done = desk.run(*LETTER, "--address", "12 Oak St, Miami, FL 33144", "--yes")
    assert done.code == 0, done.err
    assert desk.run("status", "--json").json["suppressed"] == {"post": 2}


def test_a_wish_to_be_erased_brings_silence_with_it(desk: Desk) -> None:
    done = desk.run("record", "counter", "--kind", "deletion", "--name", "Ann Lee", "--email", "ann@example.com")
    assert done.code == 0, done.err
    status = desk.run("status", "--json").json
    assert (status["open_cases"], status["suppressed"]) == (1, {"email": 1})


def test_who_wants_to_come_back_is_a_persons_decision(desk: Desk) -> None:
    desk.run("record", "call", "--channel", "email", "--email", "rosa@example.com")
    desk.run("record", "call", "--kind", "opt-in", "--channel", "email", "--email", "rosa@example.com")
    status = desk.run("status", "--json").json
    assert (status["open_reviews"], status["suppressed"]) == (1, {"email": 1})


@pytest.mark.parametrize("name", ["S3", "M2"])
def test_a_letter_without_an_email_address_can_be_erased_without_a_trace(desk: Desk, name: str) -> None:
    desk.run(*LETTER, "--note", "zeppelin catalogue", "--scan", "finch.pdf", "--yes")
    traces = (b"Finch", b"finch", b"zeppelin", b"Brickell", b"brickell")
    number = desk.run("find", "harold finch", "--json").json
    who = name if name == "S3" else number["messages"][0]["id"]
    assert desk.run("erase", who, "--reason", "asked", "--yes").code == 0
    for file in desk.folder.glob("*.sqlite3*"):
        assert not [word for word in traces if word in file.read_bytes()]
    assert desk.run("verify").code == 0
    again = desk.run("record", "call", "--channel", "post", *HAROLD, "--yes")
    assert "stood already" in again.out


def typed(desk: Desk, lines: list[str], *arguments: str) -> tuple[int, str]:
    """One command at a real terminal, answered line by line; returns how it ended and all that was seen."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(desk.folder)
        os.environ.update(PYTHONPATH=PROJECT, XDG_CONFIG_HOME=str(desk.folder), TERM="dumb", COLUMNS="80")
        os.execv(sys.executable, [sys.executable, "-m", "allegro_privacy", *arguments])
    seen, waiting, deadline = "", list(lines), time.monotonic() + 60
    asked = 0
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
        if waiting and seen[asked:].endswith((": ", ":  ")):
            asked = len(seen)
            os.write(terminal, waiting.pop(0).encode() + b"\n")
    _, status = os.waitpid(child, 0)
    assert not waiting, seen
    return os.waitstatus_to_exitcode(status), seen


def test_a_letter_is_typed_in_at_a_terminal_with_enter_for_what_goes_without_saying(desk: Desk) -> None:
    answers = ["p", "Harold Finch", "1450 Brickell Ave Apt 2203, Miami, FL 33131", "", "", "", "", "no catalogs", ""]
    code, seen = typed(desk, answers, "record", "letter")
    assert code == 0, seen
    assert "as given" in seen
    assert "S3 suppressed (post)" in seen


def test_a_slip_at_the_terminal_is_told_and_asked_again(desk: Desk) -> None:
    answers = ["x", "e", "Rosa", "rosa at example.com", "rosa@example.com", "2999-01-01", "", "", "", ""]
    code, seen = typed(desk, answers, "record", "call")
    assert code == 0, seen
    for told in ("Type e, p, t", "not an e-mail address", "in the future", "no more e-mail to rosa@example.com"):
        assert told in seen


def test_the_address_can_be_typed_again_before_it_is_saved_and_dropped_at_last(desk: Desk) -> None:
    answers = ["p", "Ann Lee", "450 Elm St, Miami", "", "", "", "a", "450 Elm St, Miami, FL 33131", "n"]
    code, seen = typed(desk, answers, "record", "counter")
    assert code == 2, seen
    assert "Still needed: ZIP code" in seen
    assert "Nothing was recorded" in seen
    assert desk.run("status", "--json").json["messages"] == 0
