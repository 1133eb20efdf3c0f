"""No score: clear words, a known person, an automatic kind and no doubt are accepted; else a person is asked."""

from dataclasses import replace
from datetime import date

import pytest
from corpus import judge

from allegro_privacy.core.decide import decide, in_words
from allegro_privacy.core.decision import Standing, Verdict
from allegro_privacy.core.listing import Leak
from allegro_privacy.core.person import Channel, Key, Person
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Nature, Note, Reading, Request
from allegro_privacy.core.words import DOUBT_WORDS

OPT_OUT = Request(
    "opt-out", Person(email="rosa@example.com"), Channel.EMAIL, evidence=(Evidence("en.x", "text", "stop"),)
)
DELETION = Request("deletion", Person(email="rosa@example.com"))
READING = Reading(Nature.PERSONAL, "en", (OPT_OUT,), (), (), "", "rules")


def verdict(reading: Reading, standing: Standing | None = None) -> Verdict:
    return decide(reading, standing or Standing(), judge().policy).verdict


def test_clear_words_of_a_known_sender_are_accepted() -> None:
    assert verdict(READING) is Verdict.ACCEPT


def test_a_message_without_a_request_or_doubt_is_ignored_with_its_reason() -> None:
    decision = decide(replace(READING, requests=(), reason="an order"), Standing(), judge().policy)
    assert (decision.verdict, decision.reason) == (Verdict.IGNORE, "an order")


@pytest.mark.parametrize("doubt", list(Doubt))
def test_any_named_doubt_asks_a_person_and_has_words_for_them(doubt: Doubt) -> None:
    doubtful = replace(OPT_OUT, doubts=(Doubtful(doubt),))
    assert verdict(replace(READING, requests=(doubtful,))) is Verdict.ASK
    assert verdict(replace(READING, doubts=(Doubtful(doubt),))) is Verdict.ASK
    assert in_words((Doubtful(doubt),)) == DOUBT_WORDS[doubt]


def test_one_clear_and_one_doubtful_request_are_decided_apart() -> None:
    other = replace(OPT_OUT, channel=Channel.POST, doubts=(Doubtful(Doubt.NO_POSTAL_ADDRESS),))
    decision = decide(replace(READING, requests=(OPT_OUT, other)), Standing(), judge().policy)
    assert decision.verdict is Verdict.ASK
    assert [one.verdict for one in decision.requests] == [Verdict.ACCEPT, Verdict.ASK]


@pytest.mark.parametrize(
    ("request_", "authentication", "expected"),
    [
        (OPT_OUT, "fail", Verdict.ACCEPT),
        (OPT_OUT, "none", Verdict.ACCEPT),
        (DELETION, "pass", Verdict.ACCEPT),
        (DELETION, "none", Verdict.ACCEPT),
        (DELETION, "fail", Verdict.ASK),
        (replace(DELETION, kind="access"), "fail", Verdict.ASK),
        (replace(DELETION, kind="do-not-share"), "fail", Verdict.ACCEPT),
    ],
)
def test_a_forged_sender_may_opt_out_but_not_use_a_right(
    request_: Request, authentication: str, expected: Verdict
) -> None:
    reading = replace(READING, requests=(request_,), authentication=authentication)
    decision = decide(reading, Standing(), judge().policy)
    assert decision.verdict is expected
    assert (Note.UNAUTHENTICATED in decision.requests[0].request.notes) is (authentication == "fail")


@pytest.mark.parametrize("kind", ["opt-in", "child-removal"])
def test_kinds_that_are_never_automatic_always_ask(kind: str) -> None:
    assert verdict(replace(READING, requests=(replace(OPT_OUT, kind=kind),))) is Verdict.ASK


@pytest.mark.parametrize("channel", list(Channel))
def test_nobody_to_act_for_asks(channel: Channel) -> None:
    assert verdict(replace(READING, requests=(replace(OPT_OUT, person=Person(), channel=channel),))) is Verdict.ASK


@pytest.mark.parametrize("standing", [Standing(same_bytes=True), Standing(copy_of="abc")])
def test_what_is_recorded_already_is_not_done_twice(standing: Standing) -> None:
    assert verdict(READING, standing) is Verdict.IGNORE


def test_a_message_id_that_belongs_to_another_text_asks() -> None:
    assert verdict(READING, Standing(reused_id=True)) is Verdict.ASK


LEAK = Leak("acme-mailing", Channel.EMAIL, (3, 4), date(2026, 11, 22))


@pytest.mark.parametrize(
    "reading",
    [READING, replace(READING, requests=()), replace(READING, nature=Nature.BULK, requests=(), reason="bulk")],
    ids=["that asks for something", "that asks for nothing", "that is advertising"],
)
def test_mail_to_a_decoy_is_a_question_that_names_the_recipient_and_nothing_it_asks_is_done(reading: Reading) -> None:
    decision = decide(reading, Standing(leaks=(LEAK,)), judge().policy)
    assert decision.verdict is Verdict.ASK
    assert {one.verdict for one in decision.requests} <= {Verdict.IGNORE}
    assert (
        "only acme-mailing got that address, in the email list numbers 3 to 4, first sent 2026-11-22" in decision.reason
    )
    assert [doubtful.doubt for doubtful in decision.doubts] == [Doubt.LEAKED_LIST]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("rosa@example.com", Verdict.IGNORE), ("other@example.com", Verdict.ACCEPT)],
    ids=["a decoy's own address", "another address"],
)
def test_a_request_in_the_name_of_a_decoy_is_nobodys(key: str, expected: Verdict) -> None:
    assert verdict(READING, Standing(decoys=frozenset({Key(Channel.EMAIL, key)}))) is expected
