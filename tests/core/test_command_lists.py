"""Several commands in one line: each counts, whatever joins them."""

import pytest
from corpus import judge

from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.workflow.judge import read

BOTH = {"email", "post"}


@pytest.mark.parametrize(
    ("subject", "channels"),
    [
        ("NO SNAIL MAIL, NO E-MAIL", BOTH),
        ("NO E-MAIL, NO SNAIL MAIL", BOTH),
        ("NO E-MAIL & NO SNAIL MAIL", BOTH),
        ("NO E-MAIL + NO SNAIL MAIL", BOTH),
        ("NO E-MAIL AND NO SNAIL MAIL please", BOTH),
        ("No snail mail / no email", BOTH),
        ("NO SNAIL MAIL - NO E-MAIL", BOTH),
        ("no email no snail mail", BOTH),
        ("no e-mail, and no snail mail", BOTH),
        ("no snail mail y no e-mail", BOTH),
        ("No email received, no mail either", set()),
    ],
)
def test_each_command_of_a_list_is_heard(subject: str, channels: set[str]) -> None:
    text = "Gina Lopez\n1450 Brickell Ave Apt 2203\nMiami, FL 33131\n"
    raw = f"From: gina@example.com\nTo: customerservice@allegromusiccenter.com\nSubject: {subject}\n\n{text}".encode()
    _, reading = read(judge(), RawMessage(raw, Origin("eml:", "a")))

    accepted = {str(request.channel) for request in reading.requests if not request.doubts}
    assert accepted == channels
