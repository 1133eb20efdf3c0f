"""What concerns a child is only hinted at in a listing."""

import pytest

from allegro_privacy.core import children
from allegro_privacy.core.person import Channel, Person, PostalAddress
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Request

ADDRESS = PostalAddress("1450 Brickell Ave\nMiami, FL 33131", "1450 Brickell Ave", None, "Miami", "FL", "33131")
PERSON = Person("Timothy Ann Tully", "timothy@example.com", "305-555-0147", ADDRESS)


def test_nothing_that_names_the_person_is_left_in_a_shortened_request() -> None:
    said = (Evidence("en.child", "text", "Timothy is nine"),)
    doubts = (Doubtful(Doubt.CHILD, "Timothy is nine"),)
    request = Request(
        "child-removal", PERSON, Channel.POST, evidence=said, doubts=doubts, candidates=("tim@example.com",)
    )
    shown = repr(children.shortened(request))
    assert [
        word for word in ("Timothy", "Tully", "timothy", "tim@", "1450", "33131", "0147", "nine") if word in shown
    ] == []
    assert children.shortened(request).person.name == "T. A. T."
    assert children.shortened(request).person.email == "t…@…"
    assert "Miami" in shown


ROWS = [
    ("the kind says it", {"requests": [{"request": {"kind": "child-removal"}}]}, True),
    ("a doubt about the message", {"doubts": [{"doubt": "minor"}]}, True),
    (
        "a doubt about one request",
        {"requests": [{"request": {"kind": "opt-out", "doubts": [{"doubt": "child"}]}}]},
        True,
    ),
    ("another doubt", {"requests": [{"request": {"kind": "opt-out", "doubts": [{"doubt": "negation"}]}}]}, False),
    ("nothing asked", {}, False),
]


@pytest.mark.parametrize(("decision", "child"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_child_may_be_concerned(decision: dict[str, object], child: bool) -> None:
    assert children.is_about_child(decision) is child


def test_several_senders_are_shortened_too() -> None:
    assert children.shortened_email("ann@example.com, bo@example.org") == "a…@…, b…@…"
    assert children.shortened_email("") == ""
