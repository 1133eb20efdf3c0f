"""Stories of answers: what the desk drafts, what it may not, and what stays on record."""

import email
import sqlite3
from email import policy
from pathlib import Path

import pytest
from office import Desk

ANA = "Ana Belén Ruiz <ana@example.com>"
ASKS_IN_SPANISH = "Quiero que eliminen todos mis datos personales. Ana Belén Ruiz"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


def pulled(desk: Desk, subject: str, body: str, sender: str = ANA, name: str = "letter.eml") -> None:
    desk.mail(name, subject, body, sender)
    assert desk.run("pull", "eml:mail", "-q").code == 0


def needing(desk: Desk) -> list[dict[str, str]]:
    found: list[dict[str, str]] = desk.run("reply", "--json").json["needing"]
    return found


def test_ana_asks_in_spanish_and_is_answered_in_spanish(desk: Desk) -> None:
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    assert "1 request needs an answer" in desk.run("reply").out
    (need,) = needing(desk)
    assert (need["kind"], need["template"]) == ("deletion", "receipt")
    assert need["hear_by"] == "2026-12-04"

    shown = desk.run("reply", need["about"], "--as", "dana")
    assert shown.code == 0, shown.err
    assert "To: ana@example.com" in shown.out
    assert "Subject: Re: Mis datos" in shown.out
    assert "Hola, Ana Belén Ruiz:" in shown.out
    assert "viernes 20 de noviembre de 2026" in shown.out
    assert "the program sends nothing" in shown.err

    assert needing(desk) == [need], "who only looks has answered nobody"
    assert f"reply {need['about']} --template receipt --sent" in shown.err
    noted = desk.run("reply", need["about"], "--template", "receipt", "--sent", "--as", "dana")
    assert "receipt for C" in noted.out
    assert "noted as sent" in noted.out
    why = desk.run("why", "ana@example.com").out
    assert f"drafted for {need['about']}: receipt, es (dana)" in why
    assert "(sent, as they say)" in why
    assert needing(desk)[0]["template"] == "need-to-verify"
    assert "Dear Ana" in desk.run("reply", need["about"], "--lang", "en", "--template", "receipt").out
    assert desk.run("verify").code == 0


def test_the_letter_follows_what_happened_to_the_case(desk: Desk) -> None:
    pulled(desk, "What do you know about me?", "Please tell me what data you have about me.", ANA)
    (need,) = needing(desk)
    about = need["about"]
    assert desk.run("case", "acknowledge", about).code == 0
    (need,) = needing(desk)
    assert (need["hear_by"], need["template"]) == (None, "need-to-verify")
    assert desk.run("case", "close", about, "denied", "--reason", "no-match").code == 0
    assert needing(desk)[0]["template"] == "denied"
    letter = " ".join(desk.run("reply", about).out.split())
    assert "because we found no information in our records" in letter
    assert needing(desk)[0]["template"] == "denied"
    assert desk.run("reply", about, "--template", "denied", "--sent").code == 0
    assert needing(desk) == []


def test_looking_at_a_draft_records_nothing_and_saying_that_it_was_sent_does_once(desk: Desk) -> None:
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    (need,) = needing(desk)
    before = desk.run("status", "--json").json["head"]
    for only_looking in ((), ("-n",), ("--template", "receipt"), ("--template", "receipt", "--sent", "-n")):
        assert "Hola, Ana" in desk.run("reply", need["about"], *only_looking).out
        assert desk.run("status", "--json").json["head"] == before
    assert desk.run("reply", need["about"], "--json").json["drafts"][0]["event"] is None
    desk.run("reply", need["about"], "--template", "receipt", "--sent")
    after = desk.run("status", "--json").json["head"]
    again = desk.run("reply", need["about"], "--template", "receipt", "--sent")
    assert "noted as sent before" in again.out
    assert desk.run("status", "--json").json["head"] == after, "the same letter is one event"


def test_preston_forgot_his_address_and_is_asked_for_it_and_for_nothing_else(desk: Desk) -> None:
    pulled(desk, "NO SNAIL MAIL", "Please. Preston Yates", "Preston Yates <pyates@example.org>")
    (need,) = needing(desk)
    assert need["template"] == "need-your-address"
    letter = " ".join(desk.run("reply", need["about"]).out.split())
    assert "we still need your postal address and your ZIP code" in letter
    assert needing(desk) == [need]
    assert desk.run("reply", need["about"], "--eml", "answers").code == 0
    assert needing(desk) == [], "he was asked; now it is his turn"
    refused = desk.run("reply", need["about"], "--template", "need-to-verify")
    assert refused.code == 2
    assert "16 CFR 316.5" in refused.err


def asked_preston(desk: Desk) -> str:
    pulled(desk, "NO SNAIL MAIL", "Please. Preston Yates", "Preston Yates <pyates@example.org>")
    (need,) = needing(desk)
    return need["about"]


def test_who_is_to_be_asked_stays_on_the_list_until_the_letter_goes_out_and_is_back_when_that_is_undone(
    desk: Desk,
) -> None:
    about = asked_preston(desk)
    told = desk.run("review", "ask", about, "--note", "he rang twice, ask for Eva", "--as", "dana")
    assert f"reply {about}" in told.err
    (need,) = needing(desk)
    assert [(each["template"], each["way"]) for each in need["drafts"]] == [("need-your-address", "printed")]
    assert "need-your-address (dana, not sent)" in desk.run("reply").out
    letter = desk.run("reply", about, "--eml", "answers", "--json").json["drafts"][0]
    assert "Eva" not in letter["body"], "the note is for colleagues"
    assert "note: he rang twice, ask for Eva" in desk.run("why", about).out
    assert needing(desk) == []

    assert desk.run("review", "undo", about, "--as", "dana").code == 0
    assert [each["about"] for each in needing(desk)] == [about]
    again = desk.run("reply", about, "--eml", "answers", "--json").json["drafts"][0]
    assert (again["known"], again["event"] > letter["event"]) == (False, True)
    assert needing(desk) == []
    assert desk.run("verify").code == 0


def test_a_letter_that_was_sent_stays_sent_when_the_wish_to_ask_is_undone(desk: Desk) -> None:
    about = asked_preston(desk)
    assert desk.run("review", "ask", about).code == 0
    assert desk.run("reply", about, "--template", "need-your-address", "--sent").code == 0
    assert desk.run("review", "undo", about).code == 0
    assert needing(desk) == []


def test_the_wish_to_ask_and_its_letter_are_recorded_together_or_not_at_all(desk: Desk) -> None:
    about = asked_preston(desk)
    path = desk.folder / "allegro-privacy.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON drafts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    connection.close()
    assert desk.run("review", "ask", about).code != 0
    assert desk.run("review", "--json").json["reviews"][0]["customer_asked"] is None
    assert "customer-asked" not in {each["kind"] for each in desk.run("why", about, "--json").json["events"]}


def test_rosa_wants_it_confirmed_and_a_mailing_may_still_come(desk: Desk) -> None:
    address = "1450 Brickell Ave Apt 2203\nMiami, FL 33131"
    pulled(desk, "NO SNAIL MAIL", f"Rosa Quintero\n{address}", "Rosa Quintero <rosa@example.com>")
    found = desk.run("find", "rosa@example.com", "--json").json["suppressions"]
    (number,) = (row["id"] for row in found)
    done = " ".join(desk.run("reply", number).out.split())
    assert "we took your name and postal address off our mailing list" in done
    assert "Brickell" not in done, "the mail may come from somebody else than it says"
    may = desk.run("reply", number, "--template", "may-still-receive")
    assert "prepared in advance" in " ".join(may.out.split())
    assert desk.run("reply", number, "--template", "denied", "--reason", "no-match").code == 2


def test_files_for_an_office_without_a_mailbox_on_a_server(desk: Desk) -> None:
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    (need,) = needing(desk)
    refused = desk.run("reply", need["about"], "--to-drafts")
    assert refused.code == 2
    assert "--eml DIR" in refused.err
    wrote = desk.run("reply", need["about"], "--eml", "answers", "--json").json["drafts"][0]
    file = desk.folder / wrote["file"]
    assert file.stat().st_mode & 0o777 == 0o600
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (
        "ana@example.com",
        "customerservice@allegromusiccenter.com",
    )
    assert mail["In-Reply-To"].strip() == "<letter.eml@example.com>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert desk.run("reply", need["about"], "--template", "receipt", "--eml", "answers").code == 0
    assert [each.name for each in file.parent.iterdir()] == [file.name], "the same draft is one file"


def test_all_that_need_an_answer_at_once_and_nobody_gets_two_within_a_week(desk: Desk) -> None:
    desk.mail("second.eml", "What do you know about me?", "Please tell me what data you have about me.", ANA)
    desk.mail("other.eml", "Request", "Please delete all my personal data.", "Otto Lang <otto@example.org>")
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    assert len(needing(desk)) == 3
    done = desk.run("reply", "--eml", "answers", "--json").json
    assert sorted(each["to"] for each in done["drafts"]) == ["ana@example.com", "otto@example.org"]
    (passed,) = done["passed"]
    assert "within the last 7 days" in passed["why"]
    assert desk.run("reply", passed["about"], "--eml", "answers").code == 0, "by its number it is written"


def test_a_letter_that_was_only_looked_at_is_written_when_all_are(desk: Desk) -> None:
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    (need,) = needing(desk)
    assert desk.run("reply", need["about"]).code == 0
    done = desk.run("reply", "--eml", "answers", "--json").json
    assert ([each["template"] for each in done["drafts"]], done["passed"]) == (["receipt"], [])


def test_machines_lists_and_lawyers_are_not_answered_by_a_template(desk: Desk) -> None:
    desk.mail("list.eml", "NO E-MAIL\r\nList-Id: <fans.example.com>", "", "Fan <fan@example.com>")
    desk.mail("lawyer.eml", "Our client", "As attorney for Otto Lang I demand that you delete all his data.",
              "Law Office <office@law.example>")  # fmt: skip
    button = "unsubscribe\r\nAuto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true"
    desk.mail("button.eml", button, "", "Tim <tim@example.net>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    (stopped,) = desk.run("find", "tim@example.net", "--json").json["suppressions"]
    refused = desk.run("reply", stopped["id"])
    assert refused.code == 2
    assert "programs are not answered" in refused.err
    for need in desk.run("reply", "--json").json["needing"]:
        assert need["sender"] == ["office@law.example"]
        assert need["template"] is None
        assert "by hand" in desk.run("reply", need["about"]).err


def test_a_child_is_never_shown_in_a_list(desk: Desk) -> None:
    body = "My 9-year-old daughter Mia signed up for your newsletter. Please remove her information."
    pulled(desk, "My daughter Mia", body, "Carla Mena <carla@example.com>")
    listed = desk.run("reply")
    assert "about a child: not shown in lists" in listed.out
    assert "carla" not in listed.text.lower()
    assert "mia" not in listed.out.lower()
    assert needing(desk)[0]["sender"] is None


def test_what_was_erased_is_not_answered(desk: Desk) -> None:
    pulled(desk, "Mis datos", ASKS_IN_SPANISH)
    (need,) = needing(desk)
    desk.run("reply", need["about"], "--template", "receipt", "--sent")
    # What is asked must be answered first: an open request keeps its letter.
    assert desk.run("case", "verify", need["about"], "--how", "answered from the address on file").code == 0
    assert desk.run("case", "close", need["about"], "partly", "--reason", "purchases stay").code == 0
    assert desk.run("erase", "ana@example.com", "--yes").code == 0
    assert needing(desk) == []
    assert "cannot be answered" in desk.run("reply", need["about"]).err
    raw = b"".join(file.read_bytes() for file in desk.folder.glob("*.sqlite3*"))
    assert b"Hola, Ana" not in raw
    assert desk.run("verify").code == 0


def test_a_stranger_s_escape_codes_reach_neither_the_screen_nor_the_letter(desk: Desk) -> None:
    subject = "=?utf-8?q?delete_my_data=1B[2J=0D=0ABcc:_eve@example.net?="
    pulled(desk, subject, "Please delete all my personal data.", "=?utf-8?q?Eve=0D=0ABcc:x?= <eve@example.com>")
    (need,) = needing(desk)
    shown = desk.run("reply", need["about"])
    assert "\x1b" not in shown.text
    assert "Subject: Re: delete my data" in shown.out
    file = (
        desk.folder
        / desk.run("reply", need["about"], "--template", "receipt", "--eml", "a", "--json").json["drafts"][0]["file"]
    )
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Bcc"] is None
    assert [each.addr_spec for each in mail["To"].addresses] == ["eve@example.com"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("R999",), "nothing to answer"),
        (("rosa@example.com",), "nothing to answer"),
        (("M1",), "nothing to answer"),
        (("C1", "--eml", "a", "--to-drafts"), "one place"),
        (("C1", "--eml", "a", "--sent"), "one place"),
        (("--template", "done"), "Which request"),
        (("--sent",), "Which letter was sent"),
        (("C1", "--sent"), "reply C1 --template receipt --sent"),
    ],
)
def test_a_wrong_call_says_what_is_right(desk: Desk, arguments: tuple[str, ...], words: str) -> None:
    ran = desk.run("reply", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ran.out == ""
