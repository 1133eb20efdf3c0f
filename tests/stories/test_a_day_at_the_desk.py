"""Stories of the customer-service desk, from the mail that comes in to the proof that is kept."""

from pathlib import Path

import pytest
from office import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


def test_rosa_asks_once_and_stays_off_every_list(desk: Desk) -> None:
    desk.mail("rosa.eml", "NO E-MAIL")

    assert "no more e-mail to rosa@example.com" in desk.run("pull", "eml:mail").out

    found = desk.run("find", "rosa@example.com").out
    assert "in force" in found

    assert desk.run("export", "--to", "acme-mailing").code == 0
    why = desk.run("why", "rosa@example.com").out
    assert "because of “NO E-MAIL” in the subject (rule en.no-email)" in why
    assert "Carried by the list acme-mailing-email-" in why

    # She writes again: nothing is doubled, and the timeline shows both letters.
    desk.mail("again.eml", "NO E-MAIL", "I have asked you before!")
    desk.run("pull", "eml:mail")
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    assert desk.run("verify").code == 0


def test_an_auditor_asks_how_she_stood_on_a_past_day(desk: Desk) -> None:
    desk.mail("rosa.eml", "NO E-MAIL")
    desk.run("pull", "eml:mail")
    assert "Nothing happened" in desk.run("why", "rosa@example.com", "--as-of", "2020-01-01").out
    assert "in force" in desk.run("why", "rosa@example.com").out


def test_preston_forgets_his_address_and_the_desk_completes_it(desk: Desk) -> None:
    desk.mail("preston.eml", "NO SNAIL MAIL", "Please. Preston Yates", "Preston Yates <pyates@example.org>")
    desk.run("pull", "eml:mail")
    assert "1 question waits for a person" in desk.run("status").out
    question = desk.run("review", "--json").json["reviews"][0]

    refused = desk.run("review", "answer", question["id"], "accept")
    assert refused.code == 2
    assert "Add --name and --address" in refused.err

    for option, typed in (("--email", "pyates at example.org"), ("--phone", "555")):
        mistyped = desk.run("review", "answer", question["id"], "accept", option, typed)
        assert mistyped.code == 2
        assert f"What was typed after {option} is not" in mistyped.err

    address = "1200 Brickell Ave Apt 5, Miami, FL 33131"
    done = desk.run(
        "review", "answer", question["id"], "accept", "--address", address, "--name", "Preston Yates", "--as", "dana"
    )
    assert done.code == 0, done.err
    assert desk.run("status", "--json").json["suppressed"] == {"post": 1}
    assert "(dana)" in desk.run("why", "pyates@example.org").out

    twice = desk.run("review", "answer", question["id"], "ignore")
    assert twice.code != 0
    assert "dana" in twice.err


def test_a_newsletter_and_an_order_change_nothing(desk: Desk) -> None:
    desk.mail("order.eml", "Where is my order?", "I bought a guitar on Monday. When does it ship?")
    desk.mail("doubt.eml", "No e-mail received yet?", "I got no e-mail confirmation for my order.")
    ran = desk.run("pull", "eml:mail", "--json")
    assert ran.json["totals"]["accepted"] == 0
    assert desk.run("status", "--json").json["suppressed"] == {}


def test_a_manager_is_told_when_the_mailbox_was_not_read(desk: Desk) -> None:
    desk.mail("rosa.eml", "NO E-MAIL")
    assert desk.run("doctor").code == 4
    desk.run("pull", "eml:mail", "-q")
    assert desk.run("doctor", "--max-age", "1h").code == 0


def test_the_demo_runs_without_a_terminal_and_leaves_nothing_behind(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    ran = office.run("demo", TMPDIR=str(tmp_path))
    assert ran.code == 0, ran.text
    assert ran.err == ""
    shown = ("pull", "status", "review", "record", "import", "find", "why", "export", "case", "deadlines", "reply")
    for command in (*shown, "case close", "erase", "report", "verify"):
        assert f"$ allegro-privacy {command}" in ran.out, command
    assert "2 suppressions go on matching" in ran.out
    assert "Whole: " in ran.out
    assert "What to try next" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_the_demo_can_be_kept_to_play_with(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    assert office.run("demo", "--keep", "play").code == 0
    assert Desk(tmp_path / "play").run("status", "--json").json["open_reviews"] > 0
    again = office.run("demo", "--keep", "play")
    assert again.code == 2
    assert "exists already" in again.err


def test_mail_that_comes_back_is_remembered_and_asks_for_nothing(desk: Desk) -> None:
    body = "I'm afraid I wasn't able to deliver your message.\n\n<lena@example.net>:\n550 5.1.1 user unknown"
    desk.mail("back.eml", "failure notice", body, "MAILER-DAEMON@mx.example")

    pulled = desk.run("pull", "eml:mail", "--json").json
    assert [message["nature"] for message in pulled["messages"]] == ["bounce"]
    assert desk.run("status", "--json").json["suppressed"] == {}
    assert "Mail came back" in desk.run("why", "lena@example.net").out
    assert desk.run("verify").code == 0
