"""Decoys: invented people who look like people, and everywhere that a message or a piece of mail can name one."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.decoys import NAME, addressed_to, invented, keys_as_typed
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.message import Mailbox, Message

NAMES = tomllib.loads((resources.files("allegro_privacy") / "data" / "decoys.toml").read_text("utf-8"))
MESSAGE = Message("id", datetime(2026, 11, 20, tzinfo=UTC), to=(Mailbox("", "Office@Example.com"),))


@given(st.integers(0, 2**128 - 1))
def test_a_decoy_has_a_plain_name_and_an_address_that_is_one(draw: int) -> None:
    name, email = invented(draw, NAMES, "{code}@strings.example")
    assert name.isascii()
    assert email == email_key(email) != ""
    assert "{" not in email
    assert not invented(draw, NAMES)[1]


def test_many_draws_hardly_ever_meet() -> None:
    spread = [number * 2**100 // 7 + number * 2_654_435_761 for number in range(2_000)]
    assert len({invented(draw, NAMES, "{code}@strings.example")[1] for draw in spread}) > 1_990


@pytest.mark.parametrize("part", ["first", "last"])
def test_the_names_are_many_plain_and_each_there_once(part: str) -> None:
    assert len(NAMES[part]) == len(set(NAMES[part])) > 100
    assert all(name.isascii() and name.isalpha() for name in NAMES[part])


ARRIVED = [
    (("delivered-to", "A@x.example"), ("office@example.com", "a@x.example")),
    (("x-original-to", "<a@x.example>"), ("office@example.com", "a@x.example")),
    (("original-recipient", "rfc822;a@x.example"), ("office@example.com", "a@x.example")),
    (("received", "from b by c with ESMTP id 1 for <a@x.example>; Fri, 20 Nov"), ("office@example.com", "a@x.example")),
    (("received", "from b by c for 3 days; Fri, 20 Nov"), ("office@example.com",)),
    (("references", "<a@x.example>"), ("office@example.com",)),
    (("subject", "a@x.example"), ("office@example.com",)),
]


@pytest.mark.parametrize(("header", "expected"), ARRIVED, ids=[f"{name}: {value}" for (name, value), _ in ARRIVED])
def test_whom_a_message_was_for(header: tuple[str, str], expected: tuple[str, ...]) -> None:
    assert addressed_to(replace(MESSAGE, headers=(header,))) == expected


TYPED = [
    ("an e-mail address", "A@X.example", ("email", "a@x.example")),
    ("a name", "Mildred T. Sawyer", (NAME, "mildred t sawyer")),
    ("a label in capitals", "MILDRED T SAWYER OR CURRENT RESIDENT\n1 MAIN ST", (NAME, "mildred t sawyer")),
    ("a name before an address", "Mildred T. Sawyer, 1 Main St, Miami", (NAME, "mildred t sawyer")),
]


@pytest.mark.parametrize(("typed", "key"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED])
def test_how_staff_may_name_a_decoy(typed: str, key: tuple[str, str]) -> None:
    assert key in keys_as_typed(typed)
