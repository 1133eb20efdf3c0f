"""Whose questions can be taken together."""

import pytest

from allegro_privacy.core.alike import alike

ROWS = [
    ("one sender, whatever the case", "personal", "Rosa@Example.com", "rosa@example.com"),
    ("a newsletter is its address", "bulk", "news@shop.example", "news@shop.example"),
    (
        "an agent writes for each member from another address",
        "agent",
        "u-1@relay.agent.example",
        "@relay.agent.example",
    ),
    ("an agent at a big provider is one sender only", "agent", "helper.joe@gmail.com", "helper.joe@gmail.com"),
    ("behind a relay anybody may be", "agent", "x1@privaterelay.appleid.com", "x1@privaterelay.appleid.com"),
    ("nobody is known", "personal", "", ""),
    ("several senders are not one", "personal", "a@example.com, b@example.com", ""),
]


@pytest.mark.parametrize(("nature", "sender", "shared"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_questions_that_share_a_sender(nature: str, sender: str, shared: str) -> None:
    assert alike(nature, sender) == shared
