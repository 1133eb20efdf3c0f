"""Customer numbers, as people copy them from a label."""

import time

import pytest

from allegro_privacy.core.customer_number import customer_number

TEXTS = [
    ("My customer # 12345", "12345"),
    ("customer number: 99-1234", "99-1234"),
    ("Keycode ABC123", "ABC123"),
    ("key code: w2026-7", "W2026-7"),
    ("account no. 4471902", "4471902"),
    ("número de cliente 12345", "12345"),
    ("mi numero de cliente es 12345", "12345"),
    ("source code X9F44", "X9F44"),
    ("customer # 12345, again: customer number 12345", "12345"),
    ("customer # 12345 and my husband's, customer # 777", None),
    ("I am a customer since 1998 years", None),
    ("customer service", None),
    ("no number here", None),
    ("account", None),
]


@pytest.mark.parametrize(("text", "number"), TEXTS)
def test_a_customer_number_is_read_off_the_label(text: str, number: str | None) -> None:
    assert customer_number(text) == number


@pytest.mark.parametrize("piece", ["customer ", "no de cliente ", "key code #", "account no. A-", "\t"])
def test_a_long_text_does_no_harm(piece: str) -> None:
    began = time.process_time()
    customer_number(piece * 100_000)
    assert time.process_time() - began < 2
