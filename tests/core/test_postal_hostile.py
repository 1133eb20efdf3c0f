"""Whatever a stranger sends: nothing raises, nothing takes long, and what was given is a piece of what was written."""

# ruff: noqa: E501 - each case is one line of its table

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegro_privacy.core.identity import email_key, find_emails, find_name, find_phones, name_key
from allegro_privacy.core.postal import address_key, find_addresses, find_named_addresses

PIECES = st.sampled_from(
    ["12", "33131", "FL", "Miami", "St", "NW", "7", "Apt", "#", "PO Box", "RR 2", "\n", ",", " ", "Name:", "Zip:", "Calle", "½", "Urb", "-", "Jr.", "Canada", "M5V 2T6", "Rosa", "Quintero", "and", "Thanks,", ":", "1/2", "ZIP", "½"]
)  # fmt: skip
TEXT = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES, max_size=60).map("".join)
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
def test_no_text_raises_and_as_given_is_always_a_piece_of_it(text):
    for address in find_addresses(text):
        assert all(line in text for line in address.as_given.split("\n"))
        assert address.as_given == address.as_given.strip()
        assert address_key(address) is None or address.line1


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT, TEXT, st.text(max_size=40))
def test_no_name_raises(subject, text, display):
    find_named_addresses(subject, text, display, phrases=("NO SNAIL MAIL",))
    find_name(text, display)
    name_key(display)
    email_key(text)
    find_emails(text)
    find_phones(text)


HOSTILE = [
    "33131 " * 4000, "12 " * 8000, "FL " * 8000, "12 Elm St " * 2500, "12 Elm St, Miami, FL 33131\n" * 900, "Name: " * 4000, "name:name:" * 3000, "\n" * 20000,
    "a" * 20000, "1" * 20000, "a@" * 10000, "a." * 10000, "@" * 20000, "(at)" * 5000, "c/o " * 5000, ", " * 10000, "#" * 20000, "1/2 " * 5000, "½" * 20000,
    "PO Box " * 3000, "PO Box 1 " * 2500, "RR 1 Box 1 " * 2000, "Canada\n" * 3000, "1, Canada\n" * 2000, "M5V 2T6 " * 2500, "my name is " * 2000, "Thanks,\n" * 2500,
    "Rosa " * 4000, "Rosa and " * 3000, "urb " * 5000, "apt 1 " * 4000, "-" * 20000, "<" * 20000, "305-" * 5000, "305 555 " * 2500, " ".join(f"{n:05d}" for n in range(33000, 36300)),
    "zip " * 5000, "zip 33131 " * 2000, "Miami, FL " * 2000, "calle " * 3000, "customer " * 2500, "key code " * 2500, ":" * 20000, "State: FL " * 2000, "\t" * 20000, "1\n" * 10000,
    "St. " * 5000, "New York " * 2500, "suites 1 & " * 2000, "(305)" * 4000, "&" * 20000, "&nbsp;" * 3300, "> " * 10000, "Jr., " * 4000,
]  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=repr(text[:12])) for text in HOSTILE])
def test_repetition_takes_no_long_time(text):
    find_addresses("12 Elm St, Miami, FL 33131")
    begun = time.process_time()
    find_named_addresses("NO SNAIL MAIL", text, "Rosa", phrases=("NO SNAIL MAIL",))
    find_emails(text)
    find_phones(text)
    find_name(text, "")
    assert time.process_time() - begun < 4


def test_only_the_first_twenty_thousand_characters_are_looked_at():
    assert find_addresses("x" * 20_001 + "\n12 Elm St, Miami, FL 33131") == ()


def test_marks_alone_before_a_foreign_address_are_no_street():
    found = find_addresses("1, Canada\n. . Rosa Quintero, Av. Insurgentes Sur 1602, Ciudad de México, México")
    assert {address.kind for address in found} == {"foreign"}
