"""Stories of privacy requests: what the desk owes, by when, and what it may and may not do meanwhile."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from office import Desk, message
from terminal import PROMPT, sat_down

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


def granted_deletion(desk: Desk) -> str:
    """A deletion that was verified and granted; its case."""
    wrote(desk, 0, "Delete my data", DELETE)
    case = str(the_case(desk)["id"])
    assert desk.run("case", "verify", case, "--how", "signed in again").code == 0
    closed = desk.run("case", "close", case, "partly", "--reason", "account deleted; purchases stay")
    assert f"allegro-privacy erase {case}\n" in closed.out
    return case


def test_after_a_granted_deletion_erase_is_named_until_it_is_run(desk: Desk) -> None:
    case = granted_deletion(desk)
    assert f'"allegro-privacy erase {case}"' in desk.run("status").out
    assert desk.run("status", "--json").json["to_erase"] == [case]
    assert f"allegro-privacy erase {case}\n" in desk.run("case", "show", case).out

    assert desk.run("erase", case, "--yes").code == 0
    assert "erase" not in desk.run("status").out
    assert desk.run("status", "--json").json["to_erase"] == []
    assert "Next: nothing" in desk.run("case", "show", case).out
    assert desk.run("verify").code == 0


def test_what_must_stay_after_a_deletion_is_kept_with_its_reason_until_it_is_opened_again(desk: Desk) -> None:
    case = granted_deletion(desk)
    assert desk.run("case", "keep", case, "--reason", " ").code == 2
    kept = desk.run("case", "keep", case, "--reason", "a chargeback runs until January", "--as", "dana")
    assert kept.code == 0
    assert desk.run("status", "--json").json["to_erase"] == []
    assert "a chargeback runs until January (dana)" in desk.run("case", "show", case).out.replace("\n    ", " ")
    assert desk.run("case", "keep", case, "--reason", "once more").code == 2

    desk.run("case", "reopen", case, "--reason", "the chargeback is settled")
    desk.run("case", "close", case, "partly", "--reason", "all deleted but purchases")
    assert desk.run("status", "--json").json["to_erase"] == [case]
    assert desk.run("verify").code == 0


def test_a_legal_hold_is_reason_enough_to_keep_what_a_deletion_asks_for(desk: Desk) -> None:
    case = granted_deletion(desk)
    assert desk.run("erase", case, "--hold", "claim 2026-114", "--yes").code == 0
    assert desk.run("status", "--json").json["to_erase"] == []
    assert desk.run("erase", case, "--release", "settled", "--yes").code == 0
    assert desk.run("status", "--json").json["to_erase"] == [case]


@pytest.mark.parametrize(
    ("subject", "body", "outcome"),
    [
        ("My data", ACCESS, ("fulfilled",)),
        ("Delete my data", DELETE, ("denied", "--reason", "no-match")),
        ("Delete my data", DELETE, ("revoked", "--reason", "took it back")),
    ],
)
def test_nothing_is_to_be_erased_when_no_deletion_was_granted(
    desk: Desk, subject: str, body: str, outcome: tuple[str, ...]
) -> None:
    wrote(desk, 0, subject, body)
    case = the_case(desk)["id"]
    desk.run("case", "verify", case, "--how", "signed in again")
    closed = desk.run("case", "close", case, *outcome)
    assert (closed.code, "erase" in closed.text) == (0, False)
    assert desk.run("status", "--json").json["to_erase"] == []


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


def test_every_command_says_in_the_same_words_how_a_case_stands(desk: Desk) -> None:
    wrote(desk, 0, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    ways = (("find", "rosa@example.com"), ("why", case), ("case", "--all"), ("case", "show", case), ("report",))
    for words, *step in (
        ("open", "acknowledge", case),
        ("needs verification", "verify", case, "--how", "signed in again"),
        ("in progress", "close", case, "partly", "--reason", "purchases stay"),
        ("partly fulfilled", "reopen", case, "--reason", "more was found"),
        ("in progress", "close", case, "denied", "--reason", "no-match"),
        ("denied: we hold nothing about this person",),
    ):
        for way in ways:
            shown = " ".join(desk.run(*way).out.split())
            assert words.partition(":")[0] if way == ("report",) else words in shown, (way, shown)
            assert "needs-verification" not in shown
        assert not step or desk.run("case", *step).code == 0
    assert "closed (denied: we hold nothing about this person)" in desk.run("case", "start", case).err


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


def test_her_second_letter_takes_the_request_back_and_is_the_reason_on_record(desk: Desk) -> None:
    wrote(desk, 2, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    wrote(desk, 0, "Re: Delete my data", "Never mind, forget my request. I found the receipt.")
    (question,) = desk.run("review", "--json").json["reviews"]
    assert question["open_cases"] == [case]
    command = f"allegro-privacy case close {case} revoked --evidence {question['id']}"
    assert command in desk.run("review", "--no-input").out
    assert command in desk.run("review", "show", question["id"]).out

    closed = desk.run(*command.split()[1:], "--as", "dana")
    assert closed.code == 0
    assert "Still in force: S" in closed.out
    assert desk.run("review", "--json").json["reviews"] == []
    (shown,) = desk.run("case", "--all", "--json").json["cases"]
    assert (shown["drp"]["status"], shown["steps"][-1]["message"]) == ("revoked", question["message"])
    assert f"note: takes {case} back" in desk.run("why", case).out
    assert desk.run("verify").code == 0


def test_one_letter_at_the_question_closes_the_case_that_they_take_back(desk: Desk) -> None:
    wrote(desk, 2, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    wrote(desk, 0, "Re: Delete my data", "Ya no quiero que borren mis datos.")
    with sat_down(desk.folder, "review", "--as", "dana") as terminal:
        assert f"Their open case: {case}, wants their data deleted" in terminal.until(PROMPT)
        terminal.type("w")
        terminal.until("Saved, withdrawn")
        assert terminal.end() == 0
    assert desk.run("case", "--json").json["cases"] == []
    assert desk.run("review", "--json").json["reviews"] == []


def test_a_withdrawal_that_was_read_into_it_wrongly_is_undone_and_the_case_goes_on(desk: Desk) -> None:
    wrote(desk, 2, "Delete my data", DELETE)
    case = the_case(desk)["id"]
    desk.run("case", "verify", case, "--how", "signed in again")
    wrote(desk, 0, "Re: Delete my data", "Olviden mi correo anterior, este es el bueno.")
    question = first_question(desk)
    assert desk.run("case", "close", case, "revoked", "--evidence", question).code == 0
    undone = desk.run("review", "undo", question)
    assert f"{case} opened again" in undone.out
    assert (first_question(desk), the_case(desk)["state"]) == (question, "in-progress")
    assert desk.run("verify").code == 0


@pytest.mark.parametrize(
    ("number", "outcome", "why"),
    [
        ("M2", "revoked", "It is the request itself"),
        ("M99", "revoked", "There is no message M99"),
        ("R99", "revoked", "There is no message R99"),
        ("M2", "denied", "Only what is taken back"),
    ],
)
def test_only_a_later_message_of_theirs_takes_a_request_back(desk: Desk, number: str, outcome: str, why: str) -> None:
    wrote(desk, 2, "My data", ACCESS)
    case = the_case(desk)["id"]
    refused = desk.run("case", "close", case, outcome, "--reason", "no-match", "--evidence", number)
    assert (refused.code, why in refused.err) == (2, True), refused.err
    assert the_case(desk)["state"] == "open"


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
