"""Whom we may answer, and what a hostile sender can make of an answer: nothing."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from written_replies import BASE, SHOWN, languages, shipped

from allegro_privacy.core.message import Mailbox, Message, Via
from allegro_privacy.core.reading import Doubt, Doubtful, Nature, Note, Reading
from allegro_privacy.core.replies import write
from allegro_privacy.core.reply_clean import LONGEST_SUBJECT, clean, greetable, message_id, references, subject
from allegro_privacy.core.reply_mail import Stamp, as_mail
from allegro_privacy.core.reply_to import addressee, plain_address, why_not

LETTERS = shipped()
SHOP = LETTERS.settings.shop
STAMP = Stamp(SHOP.name, SHOP.reply_from, datetime(2026, 11, 23, 15, tzinfo=UTC), "<0a1b@allegromusiccenter.com>")
OURS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Loop",
    "Content-Language", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip
# What ends a header line for some reader or other.
BREAKS = ["\r\n", "\r", "\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\n "]


def mail(**changed: object) -> Message:
    whole = Message("0" * 64, datetime(2026, 11, 20, tzinfo=UTC), sender=(Mailbox("Rosa", "rosa@example.com"),))
    return replace(whole, **changed)  # type: ignore[arg-type]


def reading(nature: Nature = Nature.PERSONAL, *doubts: Doubt, notes: tuple[Note, ...] = ()) -> Reading:
    return Reading(nature, "en", (), tuple(Doubtful(each) for each in doubts), notes, "", "1")


def refused(message: Message, read: Reading | None = None, to: str = "rosa@example.com") -> str:
    return why_not(message, read or reading(), to, SHOP, LETTERS.natures)


def test_a_person_is_answered() -> None:
    assert refused(mail()) == ""


@pytest.mark.parametrize(
    "headers",
    [
        (("auto-submitted", "auto-replied"),),
        (("auto-submitted", "auto-generated; owner=x"),),
        (("precedence", "bulk"),),
        (("precedence", " Junk "),),
        (("precedence", "list"),),
        (("list-id", "<fans.example.com>"),),
        (("list-post", "<mailto:fans@example.com>"),),
        (("x-loop", "customerservice@allegromusiccenter.com"),),
    ],
)
def test_each_sign_of_a_machine_alone_is_enough(headers: tuple[tuple[str, str], ...]) -> None:
    assert refused(mail(headers=headers))


@pytest.mark.parametrize(
    "headers", [(("auto-submitted", "no"),), (("precedence", "first-class"),), (("x-loop", "a@b.example"),)]
)
def test_what_people_s_mail_may_carry_is_no_sign(headers: tuple[tuple[str, str], ...]) -> None:
    assert not refused(mail(headers=headers))


@pytest.mark.parametrize("nature", [each for each in Nature if each not in (Nature.PERSONAL, Nature.AGENT)])
def test_mail_that_no_person_wrote_is_not_answered(nature: Nature) -> None:
    assert refused(mail(), reading(nature))


def test_a_null_return_path_wants_no_answer() -> None:
    assert refused(mail(return_path="<>"))
    assert not refused(mail(return_path="rosa@example.com"))


@pytest.mark.parametrize(
    "to",
    [
        "customerservice@allegromusiccenter.com",
        "PRIVACY@ALLEGROMUSICCENTER.COM",
        "anybody@allegromusiccenter.com",
        "unsubscribe+token@allegromusiccenter.com",
        "no-reply@shop.example",
        "NoReply@shop.example",
        "do-not-reply@shop.example",
        "mailer-daemon@mx.example",
        "postmaster@mx.example",
        "fans-request@lists.example",
        "",
    ],
)
def test_addresses_where_nobody_or_we_ourselves_read_are_not_written_to(to: str) -> None:
    assert refused(mail(), to=to)


def test_what_came_through_a_list_or_a_relay_is_not_answered_there() -> None:
    assert refused(mail(), reading(Nature.PERSONAL, Doubt.RELAYED))


def test_what_staff_passed_on_is_answered_to_the_customer() -> None:
    forwarded = mail(sender=(Mailbox("Dana", "dana@allegromusiccenter.com"),))
    assert addressee(forwarded, "rosa@example.com", SHOP) == "rosa@example.com"
    assert not refused(forwarded, reading(notes=(Note.FORWARDED_BY_STAFF,)))


def test_reply_to_never_counts() -> None:
    message = mail(reply_to=(Mailbox("", "somebody.else@example.org"),))
    assert addressee(message, "third@example.net", SHOP) == "rosa@example.com"


def test_a_letter_is_answered_by_e_mail_only_when_it_names_an_address() -> None:
    letter = mail(via=Via.LETTER, sender=())
    assert addressee(letter, "", SHOP) == ""
    assert not why_not(letter, reading(), "", SHOP, LETTERS.natures)
    assert addressee(letter, "rosa@example.com", SHOP) == "rosa@example.com"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("rosa@example.com", "rosa@example.com"),
        ("o'neil+tag_1@mail.example.com", "o'neil+tag_1@mail.example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("", ""),
        ("rosa", ""),
        ("rosa@example", ""),
        ("rosa@@example.com", ""),
        ("rosa@example.com,eve@example.net", ""),
        ("rosa@example.com\r\nBcc: eve@example.net", ""),
        ("rosa@example.com\0", ""),
        ("rosa@example.com>", ""),
        ("<rosa@example.com>", ""),
        ('"a b"@example.com', ""),
        ("rosa@exa\u202emple.com", ""),
        ("ro\u200bsa@example.com", ""),
        ("josé@example.com", ""),
        ("rosa@[127.0.0.1]", ""),
        (".rosa@example.com", ""),
        ("rosa@-example.com", ""),
        (f"{'a' * 65}@example.com", ""),
        (f"rosa@{'a' * 64}.example", ""),
        (f"rosa@{'a.' * 120}example", ""),
    ],
)
def test_only_one_plain_address_is_written_to(written: str, plain: str) -> None:
    assert plain_address(written) == plain


@pytest.mark.parametrize("code", sorted(languages()))
@pytest.mark.parametrize("broken", BREAKS)
def test_no_name_and_no_subject_adds_a_line_to_the_header(broken: str, code: str) -> None:
    evil = f"a{broken}Bcc: eve@example.net{broken}{broken}<script>"
    facts = replace(BASE, name=evil, subject=evil, message_id=f"<a@b>{broken}Bcc: e@x>", references=evil)
    raw = as_mail(write("receipt", languages()[code], facts), STAMP)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    names = [line.partition(b":")[0].decode() for line in lines if not line.startswith((b" ", b"\t"))]
    assert set(names) <= set(OURS)
    assert len(names) == len(set(names))
    assert not any(sign in part for part in (*lines, body.replace(b"\r\n", b"")) for sign in (b"\r", b"\n", b"\0"))
    read = email.message_from_bytes(raw, policy=policy.default)
    assert [each.addr_spec for each in read["To"].addresses] == ["rosa@example.com"]
    assert read["Bcc"] is None
    assert read["Cc"] is None


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?a=0D=0ABcc=3A_x=40y?=",
        '"eve@example.net" <rosa@example.com>, "x',
        "Rosa <eve@example.net>",
        "rosa@example.com, eve@example.net",
        "\u202emoc.live@eve\u202c",
        "=HYPERLINK(1)",
        "WIN 1000 $ at http://evil.example",
        "a" * 61,
        "A" * 30 + "1",
        " " * 40,
    ],
)
def test_a_display_name_never_reaches_an_address_line_and_greets_only_when_it_is_a_name(name: str) -> None:
    raw = as_mail(write("receipt", languages()["en"], replace(BASE, name=name)), STAMP)
    assert b"\r\nTo: rosa@example.com\r\n" in raw
    assert "Hello," in email.message_from_bytes(raw, policy=policy.default).get_content()


@pytest.mark.parametrize(
    "name", ["Rosa Quintero", "José Ángel de la O", "O'Neil-Smith Jr.", "J. R. Ewing", "Nguyễn Văn An", "Jose\u0301"]
)
def test_names_greet(name: str) -> None:
    assert greetable(name) == clean(name) != ""


def test_a_long_name_is_judged_at_once() -> None:
    assert greetable("a-" * 29 + "1") == ""


@pytest.mark.parametrize(
    ("theirs", "answered"),
    [
        ("NO E-MAIL", "Re: NO E-MAIL"),
        ("Re: RE: Fwd: NO E-MAIL", "Re: NO E-MAIL"),
        ("RV: baja", "Re: baja"),
        ("  ", "ours"),
        ("Re:", "ours"),
        ("\u202eLIAM-E ON\u202c\u200b", "Re: LIAM-E ON"),
        ("a\tb\u00a0c", "Re: a b c"),
        ("¿Qué datos tienen? 🎸", "Re: ¿Qué datos tienen? 🎸"),
    ],
)
def test_the_subject_is_theirs_made_clean(theirs: str, answered: str) -> None:
    assert subject(theirs, "ours") == answered
    assert len(subject(theirs * 200, "ours")) <= LONGEST_SUBJECT + len("Re: ")


def test_the_thread_is_kept_as_mail_programs_expect_it() -> None:
    assert message_id(" <a@b.example> ") == "<a@b.example>"
    assert message_id("<a b@c>") == message_id("a@b") == message_id("<a@b> x") == ""
    assert references("<1@x> junk <2@x>", "<3@x>") == ("<1@x>", "<2@x>", "<3@x>")
    assert references("<3@x> <1@x>", "<3@x>") == ("<1@x>", "<3@x>")
    many = references(" ".join(f"<{number}@x>" for number in range(30)), "<last@x>")
    assert (len(many), many[0], many[-1]) == (10, "<0@x>", "<last@x>")


def test_long_message_ids_stay_as_they_are() -> None:
    long = f"<{'a' * 100}@{'b' * 100}>"
    facts = replace(BASE, message_id=long, references=f"{long[:-1]}c> <1@x>")
    raw = as_mail(write("receipt", languages()["en"], facts), STAMP)
    read = email.message_from_bytes(raw, policy=policy.compat32)
    assert read["In-Reply-To"].split() == [long]
    assert read["References"].split() == [f"{long[:-1]}c>", "<1@x>", long]


@pytest.mark.parametrize("code", sorted(languages()))
@pytest.mark.parametrize("case", SHOWN)
def test_a_reply_is_a_whole_mail_with_the_marks_of_an_answer(case: str, code: str) -> None:
    template, facts = SHOWN[case]
    draft = write(template, languages()[code], replace(facts, to=facts.to or "rosa@example.com"))
    raw = as_mail(draft, STAMP)
    read = email.message_from_bytes(raw, policy=policy.default)
    assert not read.defects
    assert read["Auto-Submitted"] == "auto-replied"
    assert read["Content-Language"] == code
    assert read["X-Loop"] == read["From"].addresses[0].addr_spec == "customerservice@allegromusiccenter.com"
    assert read["From"].addresses[0].display_name == "Allegro Music Center"
    assert read["Date"].datetime == STAMP.date
    assert read["Message-ID"] == STAMP.message_id
    assert read["Subject"] == draft.subject
    assert read.get_content().replace("\r\n", "\n") == draft.body
    assert read.get_content_type() == "text/plain"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert as_mail(draft, STAMP) == raw
