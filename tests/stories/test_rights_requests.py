"""Stories of privacy requests: what the desk owes, by when, and what it may and may not do meanwhile."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from office import Desk, message

ROSA = "Rosa Quintero <rosa@example.com>"
ACCESS = "Under my privacy rights, please send me a copy of the personal data you hold about me.\n\nRosa Quintero"
DELETE = "Please delete my account and all my personal data.\n\nRosa Quintero"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


def wrote(desk: Desk, days_ago: int, subject: str, body: str, sender: str = ROSA, more: str = "") -> None:
    """A letter that arrived so many days ago, and was read today."""
    then = datetime.now(UTC) - timedelta(days=days_ago)
    raw = message(subject, body, sender, f"<{abs(hash((days_ago, subject, body)))}@example.com>").decode()
    lines = [line for line in raw.split("\r\n") if not line.startswith(("Received:", "Date:"))]
    received = f"Received: from mail.example.com by mx.allegromusiccenter.com; {format_datetime(then)}"
    headers = [received, f"Date: {format_datetime(then)}", *([more] if more else [])]
    path = desk.folder / "mail" / f"{days_ago}-{len(list(desk.folder.rglob('*.eml')))}.eml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\r\n".join([*headers, *lines]).encode())
    assert desk.run("pull", "eml:mail", "-q").code == 0


def the_case(desk: Desk) -> dict[str, Any]:
    """The only case that is open."""
    (case,) = desk.run("case", "--json").json["cases"]
    return dict(case)


def first_question(desk: Desk) -> str:
    return str(desk.run("review", "--json").json["reviews"][0]["id"])


def test_rosa_asks_what_is_held_and_is_answered_in_time(desk: Desk) -> None:
    wrote(desk, 0, "My data", ACCESS)
    case = the_case(desk)["id"]
    told = desk.run("case", "show", case).out
    assert "wants to know what we hold: rosa@example.com" in told
    assert "tell them that it arrived by" in told
    assert "not verified yet" in told
    assert f"allegro-privacy case acknowledge {case}" in told

    assert desk.run("case", "acknowledge", case, "--note", "wrote back", "--as", "dana").code == 0
    assert the_case(desk)["drp"] == {"status": "in_progress", "reason": "need_user_verification"}
    assert [duty["duty"] for duty in the_case(desk)["duties"]] == ["answer"]

    # Nobody is sent anything before it is known who asks.
    refused = desk.run("case", "close", case, "fulfilled")
    assert refused.code == 2
    assert "how the person was verified" in refused.err
    assert desk.run("case", "verify", case, "--how", "two order numbers", "--as", "dana").code == 0
    assert desk.run("case", "close", case, "fulfilled", "--as", "dana").code == 0

    assert desk.run("case", "--json").json["cases"] == []
    assert "(dana)" in desk.run("case", "show", case).out
    assert desk.run("deadlines", "--check").code == 0
    assert desk.run("verify").code == 0


def test_nobody_told_her_within_ten_business_days_and_the_check_says_so(desk: Desk) -> None:
    wrote(desk, 20, "My data", ACCESS)  # at most 18, whatever the holidays
    checked = desk.run("deadlines", "--check", "-q")
    assert checked.code == 4
    assert "LATE" in checked.out
    assert "acknowledge" in checked.out
    assert " answer " not in checked.out  # the month is not over yet

    assert desk.run("case", "acknowledge", the_case(desk)["id"]).code == 0
    quiet = desk.run("deadlines", "--check", "-q")
    assert (quiet.code, quiet.text) == (0, "")
    assert desk.run("deadlines", "--check", "--within", "40").code == 4


def test_an_answer_that_was_never_given_is_late_and_stays_open(desk: Desk) -> None:
    wrote(desk, 60, "My data", ACCESS)
    case = the_case(desk)
    assert (case["late"], case["state"], case["drp"]["status"]) == (True, "open", "expired")
    assert "LATE" in desk.run("status").out
    assert desk.run("status", "--json").json["nearest_deadline"]["late"] is True
    late = desk.run("case", "extend", case["id"], "--reason", "we forgot")
    assert late.code == 2
    assert "any more" in late.err
    assert the_case(desk)["state"] == "open"


def test_a_longer_time_is_taken_once_with_its_reason(desk: Desk) -> None:
    wrote(desk, 5, "My data", ACCESS)
    case = the_case(desk)
    before = case["duties"][-1]["last"]
    assert desk.run("case", "extend", case["id"], "--reason", " ").code == 2
    extended = desk.run("case", "extend", case["id"], "--reason", "three systems to search")
    assert extended.code == 0
    assert "answer by" in extended.out
    after = the_case(desk)["duties"][-1]["last"]
    assert after > before
    again = desk.run("case", "extend", case["id"], "--reason", "more")
    assert again.code == 1
    assert "once" in again.err


def test_a_deletion_stops_marketing_at_once_and_is_answered_in_part(desk: Desk) -> None:
    wrote(desk, 0, "Delete my data", DELETE)
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    case = the_case(desk)["id"]
    desk.run("case", "verify", case, "--how", "signed in again")
    refused = desk.run("case", "close", case, "fulfilled")
    assert refused.code == 2
    assert "Past purchases and backups stay" in refused.err
    closed = desk.run("case", "close", case, "partly", "--reason", "account deleted; purchases and backups stay")
    assert "Still in force: S" in closed.out


def test_a_denial_names_one_of_the_known_reasons_and_keeps_the_opt_out(desk: Desk) -> None:
    wrote(desk, 0, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    wrong = desk.run("case", "close", case, "denied", "--reason", "do not like it")
    assert wrong.code == 2
    assert "no-match (we hold nothing about this person)" in wrong.err
    assert desk.run("case", "close", case, "denied", "--reason", "no-match").code == 0
    (closed,) = desk.run("case", "--all", "--json").json["cases"]
    assert (closed["drp"], closed["reason"]) == ({"status": "denied", "reason": "no_match"}, "no-match")
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    figures = {row["figure"]: row["rows"] for row in desk.run("report", "--json").json["figures"]}
    assert {"dimension": "deletion denied", "value": 1} in figures["cases-by-outcome"]


def test_a_reminder_joins_the_open_case_and_its_time_still_runs_from_the_first_letter(desk: Desk) -> None:
    wrote(desk, 20, "My data", ACCESS)
    first = the_case(desk)
    wrote(desk, 1, "Second request", f"This is my second letter. {ACCESS}")
    case = the_case(desk)
    assert (case["id"], case["asked"]) == (first["id"], 2)
    assert case["duties"] == [{**duty, "repeats": 1} for duty in first["duties"]]
    assert "asked 2x" in desk.run("deadlines").out


def test_a_withdrawal_ends_the_case_but_marketing_stays_stopped(desk: Desk) -> None:
    wrote(desk, 2, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    wrote(desk, 0, "ignore my last mail", "Please ignore my last mail about deleting my data, I was in a mood.")
    assert "takes an earlier request back" in desk.run("review", "--json").json["reviews"][0]["reason"]
    desk.run("review", "answer", first_question(desk), "ignore", "--note", f"closes {case}")
    closed = desk.run("case", "close", case, "revoked", "--reason", "took it back by mail today")
    assert "Still in force: S" in closed.out
    assert "own words justify" in closed.err
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    assert "withdrawn" in desk.run("case", "show", case).out


def test_a_child_is_masked_in_every_list_until_somebody_opens_it(desk: Desk) -> None:
    wrote(desk, 1, "My daughter", "My 9 year old daughter signed up on your website. Please remove her data.\n\n"
          "Maureen Tally", "Maureen Tally <maureen.tally@example.net>")  # fmt: skip
    assert desk.run("review", "answer", first_question(desk), "accept").code == 0
    case = the_case(desk)
    assert case["lane"] == "child"
    for command in (("case",), ("case", "--json"), ("case", "show", case["id"]), ("deadlines",), ("status",)):
        shown = desk.run(*command).text.lower()
        assert "tally" not in shown, command
        assert "maureen" not in shown, command
    assert "maureen.tally@example.net" in desk.run("case", "show", case["id"], "--open-child").out
    # What was asked for is done without waiting for any proof.
    assert desk.run("case", "close", case["id"], "fulfilled").code == 0


def test_an_agent_is_asked_for_signed_permission_and_never_for_a_power_of_attorney(desk: Desk) -> None:
    body = ("Permitly, as authorized agent of the consumer below, requests that you delete all personal information.\n"
            "Name: Marcus Ellery\nEmail: marcus.ellery@example.com\nA signed authorization is attached.")  # fmt: skip
    wrote(desk, 3, "Deletion request on behalf of Marcus Ellery", body, "Permitly <requests@permitly.example>")
    assert desk.run("review", "answer", first_question(desk), "accept", "--kind", "deletion").code == 0
    case = the_case(desk)
    assert case["lane"] == "agent"
    told = desk.run("case", "show", case["id"]).out
    assert "signed permission" in told
    assert "Never for a power of attorney" in told
    assert "agent" in desk.run("deadlines").out


def test_an_unclear_opt_out_is_late_though_nobody_looked_at_it(desk: Desk) -> None:
    wrote(desk, 40, "NO SNAIL MAIL", "Please.")
    found = desk.run("deadlines", "--json").json
    assert (found["late"], found["deadlines"][0]["duty"], found["deadlines"][0]["kind"]) == (1, "decide", "opt-out")
    checked = desk.run("deadlines", "--check")
    assert checked.code == 4


def test_an_opt_out_that_was_done_at_once_owes_nothing(desk: Desk) -> None:
    wrote(desk, 40, "NO E-MAIL", "")
    assert desk.run("deadlines", "--check").code == 0
    assert "Nothing is due" in desk.run("deadlines").err


def test_the_calendar_holds_numbers_and_dates_and_nobodys_name(desk: Desk) -> None:
    wrote(desk, 1, "Delete my data", DELETE)
    assert desk.run("deadlines", "--ics", "due.ics").code == 0
    text = (desk.folder / "due.ics").read_bytes().decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert [word for word in ("rosa", "quintero", "example.com") if word in text.lower()] == []
    # Written again it replaces the old one.
    assert desk.run("deadlines", "--ics", "due.ics").code == 0
    assert (desk.folder / "due.ics").stat().st_mode & 0o077 == 0
