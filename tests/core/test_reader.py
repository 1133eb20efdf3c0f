"""The second reader: its weights are those of its texts, and all that it may do is raise a doubt."""

import hashlib
import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest
from corpus import judge

from allegro_privacy.core.classify import classify
from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, Standing, Verdict
from allegro_privacy.core.message import Mailbox, Message
from allegro_privacy.core.reader import WHOLE, Reader, features_of, windows
from allegro_privacy.core.reading import Doubt

TEXTS = Path(__file__).parents[2] / "fixtures" / "reader"
US = "customerservice@allegromusiccenter.com"


def decided(text: str, subject: str = "hello", to: str = US) -> tuple[Decision, set[Doubt]]:
    """What is decided about a letter of Rosa's, and every doubt about it."""
    rosa, received = Mailbox("Rosa Quintero", "rosa@example.com"), datetime(2026, 11, 20, 17, tzinfo=UTC)
    message = Message("0" * 64, received, sender=(rosa,), to=(Mailbox("", to),), subject=subject, text=text)
    reading = classify(message, judge().rules, judge().shop)
    doubts = {each.doubt for each in reading.doubts}
    doubts |= {each.doubt for request in reading.requests for each in request.doubts}
    return decide(reading, Standing(), judge().policy), doubts


def test_the_weights_are_those_that_the_texts_give() -> None:
    mail = sorted((TEXTS.parent / "mail").rglob("*.eml"))
    texts = b"".join(path.read_bytes() for path in [*sorted(TEXTS.glob("*.jsonl")), *mail])
    written = json.loads((resources.files("allegro_privacy") / "data" / "reader.json").read_text("utf-8"))
    assert written["learned_from"] == hashlib.sha256(texts).hexdigest()[:16], "python contrib/train_reader.py --write"


def test_every_text_is_whole_and_of_a_known_kind() -> None:
    kinds = {"none", *judge().rules.reader.kinds}
    rows = [json.loads(line) for path in TEXTS.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert {row["kind"] for row in rows} == kinds
    assert all(row.keys() == {"kind", "subject", "text"} for row in rows)


@pytest.mark.parametrize(
    "text",
    ["Close the tap, my inbox is drowning in your specials", "Cierren la llave, que me ahogo en sus rebajas"],
)
def test_a_wish_in_words_that_no_rule_knows_is_asked_about_never_accepted(text: str) -> None:
    decision, doubts = decided(text)
    assert decision.verdict is Verdict.ASK
    assert doubts == {Doubt.SOUNDS_LIKE}
    assert decision.requests[0].request.evidence[0].rule == "reader.opt-out"
    assert decision.requests[0].request.evidence[0].quote in text


def test_the_words_of_a_request_in_a_text_about_something_else_are_asked_about() -> None:
    decision, doubts = decided(
        "I bought an Arturia license from you. My old laptop died. How do I remove the authorization from it? Do I "
        "delete the account with Arturia or does that kill the license?"
    )
    assert decision.verdict is Verdict.ASK
    assert Doubt.UNLIKELY in doubts


@pytest.mark.parametrize("text", ["Please unsubscribe me.", "No me manden más correos, por favor."])
def test_what_the_rules_are_sure_of_is_accepted_as_before(text: str) -> None:
    assert decided(text)[0].verdict is Verdict.ACCEPT


def test_what_was_written_to_others_is_asked_about() -> None:
    decision, doubts = decided("Please unsubscribe me.", to="tuners@lists.example")
    assert decision.verdict is Verdict.ASK
    assert doubts == {Doubt.NOT_TO_US}


@pytest.mark.parametrize("text", ["Is the cello in stock?", "¿Tienen cuerdas de violín?", "Thanks, got the package."])
def test_ordinary_mail_stays_silent(text: str) -> None:
    assert decided(text)[0].verdict is Verdict.IGNORE


def test_a_reader_without_weights_hears_nothing() -> None:
    heard = Reader({}).hear(judge().rules.fold(""), judge().rules.fold("unsubscribe me"))
    assert heard.strength < -50
    assert heard.kind == ""


def test_a_short_text_is_weighed_whole_and_a_long_one_by_its_sentences() -> None:
    assert list(windows(("a",) * WHOLE)) == [(0, WHOLE)]
    long = ("a", "b", ".") * WHOLE
    assert list(windows(long))[:2] == [(0, 8), (3, 11)]
    assert max(end - start for start, end in windows(("a",) * 1000)) <= WHOLE


def test_features_are_words_pairs_and_beginnings_once_each() -> None:
    assert features_of(("stop", "sending", ".", "stop")) == [
        "stop", "sending", "^ stop", "stop sending", "sending .", ". stop", "stop $", "sendi~", "send~",
    ]  # fmt: skip
