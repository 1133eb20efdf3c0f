"""The mail that an unsubscribe button writes to our List-Unsubscribe address: its token decides."""

from datetime import UTC, datetime

import pytest

from allegro_privacy import config
from allegro_privacy.core.classify import classify
from allegro_privacy.core.link_token import Link, link_keys
from allegro_privacy.core.message import Message, Origin, RawMessage
from allegro_privacy.core.reading import Nature
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow.judge import appoint

KEYS = link_keys({"k1": "a secret of more than thirty-two signs"}, "k1")
TOKEN = KEYS.token(Link("rosa@example.com", "sale"))
FORGED = TOKEN[:-6] + ("AAAAAA" if TOKEN[-6:] != "AAAAAA" else "BBBBBB")
US = "unsubscribe@allegromusiccenter.com"
JUDGE = appoint(config.parse(config.sample(), None))


def mail(
    subject: str = "", to: str = US, sender: str = "Max <max@example.net>", more: str = "", text: str = ""
) -> Message:
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Message-ID: <1@example.net>"]
    lines += [line for line in (more,) if line]
    raw = "\r\n".join([*lines, "", text]).encode()
    return parse(RawMessage(raw, Origin("eml:", "a.eml", received=datetime(2026, 11, 20, tzinfo=UTC))))


def acted_on(message: Message) -> list[str | None]:
    reading = classify(message, JUDGE.rules, JUDGE.shop, KEYS)
    return [request.person.email for request in reading.requests if request.kind == "opt-out" and not request.doubts]


ROSAS = {
    "the subject that our header prescribes": mail(f"unsubscribe {TOKEN}"),
    "the same, folded": mail(f"unsubscribe\r\n {TOKEN}"),
    "the token alone": mail(TOKEN),
    "with a colon": mail(f"unsubscribe:{TOKEN}"),
    "in capitals": mail(f"UNSUBSCRIBE {TOKEN}"),
    "marked as automatic": mail(f"unsubscribe {TOKEN}", more="Auto-Submitted: auto-generated"),
    "marked as an automatic reply": mail(f"unsubscribe {TOKEN}", more="Auto-Submitted: auto-replied"),
    "marked as bulk": mail(f"unsubscribe {TOKEN}", more="Precedence: bulk"),
    "with the words of a mail program": mail(f"unsubscribe {TOKEN}", text="This message was sent by my mail program."),
    "from nobody": mail(f"unsubscribe {TOKEN}", sender=""),
    "from a daemon": mail(f"unsubscribe {TOKEN}", sender="MAILER-DAEMON@example.net"),
}


@pytest.mark.parametrize("how", ROSAS)
def test_the_token_says_whose_mail_stops(how: str) -> None:
    assert acted_on(ROSAS[how]) == ["rosa@example.com"]
    assert classify(ROSAS[how], JUDGE.rules, JUDGE.shop, KEYS).nature is Nature.PERSONAL


OTHERS = {
    "a forged token: the sender is meant, as before": mail(f"unsubscribe {FORGED}"),
    "a bounce that quotes it": mail(f"Undeliverable: unsubscribe {TOKEN}", sender="MAILER-DAEMON@example.net"),
    "an automatic reply that quotes it": mail(f"Automatic reply: unsubscribe {TOKEN}", more="X-Autoreply: yes"),
    "a reply that quotes it": mail(f"Re: unsubscribe {TOKEN}"),
    "a letter that holds it": mail("my order", "customerservice@allegromusiccenter.com", text=f"see {TOKEN}"),
    "another word before it": mail(f"question {TOKEN}"),
}


@pytest.mark.parametrize("how", OTHERS)
def test_a_token_counts_only_where_a_button_puts_it(how: str) -> None:
    assert "rosa@example.com" not in acted_on(OTHERS[how])


def test_without_keys_all_is_as_before() -> None:
    assert [one.person.email for one in classify(ROSAS["in capitals"], JUDGE.rules, JUDGE.shop).requests] == [
        "max@example.net"
    ]
