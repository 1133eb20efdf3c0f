"""Steps that cannot be taken say why, by whom and what to do instead; what was taken is one JSON document."""

from pathlib import Path

import pytest
from office import Desk

from allegro_privacy import config
from allegro_privacy.errors import ConfigError
from allegro_privacy.workflow.cases import rulebook

ACCESS = "Please send me a copy of the personal data you hold about me.\n\nRosa Quintero"


@pytest.fixture
def case(desk: Desk) -> str:
    desk.mail("access.eml", "My data", ACCESS)
    assert desk.run("pull", "eml:mail", "-q").code == 0
    return str(desk.run("case", "--json").json["cases"][0]["id"])


def test_what_cannot_be_done_is_refused_with_the_way_out(desk: Desk, case: str) -> None:
    for words, code, said in [
        (("show", "C999"), 2, "There is no case C999"),
        (("show", "R1x"), 2, "is not of the form C12"),
        (("reopen", case, "--reason", "why not"), 2, "is open"),
        (("close", case, "lost"), 2, "It is one of fulfilled, partly, denied, revoked"),
        (("close", case, "revoked"), 2, "It must be said"),
        (("close", case, "denied", "--reason", "other"), 2, "needs a word"),
        (("verify", case, "--how", ""), 2, "It must be said how"),
        (("verify", case, "--how", "Visa 4111 1111 1111 1111 of the order"), 2, "is not kept in a note"),
        (("verify", case, "--how", "SSN 078-05-1120 compared"), 2, "is not kept in a note"),
    ]:
        ran = desk.run("case", *words)
        assert (ran.code, said in ran.err) == (code, True), ran.text
    assert desk.run("case", "show", case, "--json").json["steps"] == []


def test_two_people_never_close_the_same_case(desk: Desk, case: str) -> None:
    assert desk.run("case", "close", case, "denied", "--reason", "no-match", "--as", "dana").code == 0
    second = desk.run("case", "close", case, "denied", "--reason", "no-match", "--as", "evan")
    assert second.code == 1
    assert "dana closed it" in second.err
    for step in ("acknowledge", "start"):
        assert "dana closed it" in desk.run("case", step, case).err
    assert desk.run("case", "reopen", case, "--reason", "she sent her order number").code == 0
    (open_again,) = desk.run("case", "--json").json["cases"]
    assert (open_again["state"], open_again["closed"]) == ("needs-verification", None)


def test_a_step_is_one_document_and_a_dry_run_takes_none(desk: Desk, case: str) -> None:
    dry = desk.run("case", "acknowledge", case, "-n", "--json").json
    assert (dry["dry_run"], dry["case"]["state"]) == (True, "needs-verification")
    assert desk.run("case", "show", case, "--json").json["state"] == "open"
    done = desk.run("case", "acknowledge", case, "--note", "by mail", "--as", "dana", "--json").json
    (step,) = done["case"]["steps"]
    assert (step["event"], step["actor"], step["note"]) == (done["events"][0], "dana", "by mail")


def test_a_request_that_needs_no_check_takes_none(desk: Desk) -> None:
    desk.mail("sell.eml", "Privacy", "Do not sell or share my personal information.\n\nRosa Quintero")
    desk.run("pull", "eml:mail", "-q")
    case = desk.run("case", "--json").json["cases"][0]
    assert (case["kind"], case["check"]) == ("do-not-share", [])
    assert "needs no check" in desk.run("case", "verify", case["id"], "--how", "passport").err
    assert "No clock that it has allows more time" in desk.run("case", "extend", case["id"], "--reason", "busy").err
    assert "nobody is asked for proof" in desk.run("case", "show", case["id"]).out
    assert desk.run("case", "close", case["id"], "fulfilled").code == 0


def test_hostile_words_of_staff_and_strangers_do_not_reach_the_terminal(desk: Desk, case: str) -> None:
    desk.run("case", "verify", case, "--how", "order \x1b[31m12")
    shown = desk.run("case", "show", case).out
    assert "\x1b" not in shown
    assert "order [31m12" in shown


BAD = [
    ("cases.toml", '[checks.access]\nrequired = "yes"\n', "[checks.access] required"),
    ("kinds.toml", '[access]\nclock = "never"\n', "kind 'access': clock 'never'"),
    ("clocks.toml", "[gdpr-answer]\nlength = 0\n", "[gdpr-answer] length"),
]


@pytest.mark.parametrize(("file", "text", "problem"), BAD, ids=[row[0] for row in BAD])
def test_a_table_of_the_office_that_cannot_be_used_is_named(tmp_path: Path, file: str, text: str, problem: str) -> None:
    (tmp_path / file).write_text(text)
    settings = config.parse(config.sample().replace('overrides = ""', f'overrides = "{tmp_path}"'), None)
    with pytest.raises(ConfigError) as caught:
        rulebook(settings)
    assert problem in caught.value.why


def test_an_office_changes_how_a_case_may_end_with_one_row(tmp_path: Path) -> None:
    (tmp_path / "cases.toml").write_text('[checks.deletion]\noutcomes = ["fulfilled", "denied"]\n')
    settings = config.parse(config.sample().replace('overrides = ""', f'overrides = "{tmp_path}"'), None)
    check = rulebook(settings).tables.check("deletion")
    assert check.outcomes == ("fulfilled", "denied")
    assert check.required
