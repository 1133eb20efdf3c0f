"""Card numbers leave no trace but their last four digits, however they are written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.redact import has_sensitive_number, redact_cards

HIDDEN = {
    "plain": ("4111111111111111", "[card ····1111]"),
    "with spaces": ("4111 1111 1111 1111", "[card ····1111]"),
    "with dashes": ("4111-1111-1111-1111", "[card ····1111]"),
    "with Unicode dashes": ("4111‑1111–1111—1111", "[card ····1111]"),
    "with dots": ("4111.1111.1111.1111", "[card ····1111]"),
    "with no-break spaces": ("4111\u00a01111\u202f1111\u20071111", "[card ····1111]"),
    "in full-width digits": ("４１１１ １１１１ １１１１ １１１１", "[card ····1111]"),
    "in Arabic-Indic digits": ("٤١١١١١١١١١١١١١١١", "[card ····1111]"),
    "in circled digits": ("④①①①①①①①①①①①①①①①", "[card ····1111]"),
    "in mathematical digits": ("𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏", "[card ····1111]"),
    "with zero-width spaces": ("4111\u200b1111\u200b1111\u200b1111", "[card ····1111]"),
    "with zero-width characters anywhere": ("4\u200b11111\u2060111111\ufeff1111", "[card ····1111]"),
    "broken by a line end": ("4111 1111\n1111 1111", "[card ····1111]"),
    "broken in the middle of a group": ("41111111111\n11111", "[card ····1111]"),
    "broken by a quoted line": ("> 4111 1111\n> 1111 1111", "> [card ····1111]"),
    "followed by its expiry": ("4111 1111 1111 1111 12/27", "[card ····1111] 12/27"),
    "followed by its expiry with a space": ("4111 1111 1111 1111 12 27", "[card ····1111] 12 27"),
    "followed by its expiry and code": ("4111111111111111 1227 123", "[card ····1111] 1227 123"),
    "with its expiry attached": ("41111111111111111227", "[card ····1111]1227"),
    "after another number": ("order 12 4111111111111111.", "order 12 [card ····1111]."),
    "two of them": ("4111111111111111, 4012888888881881", "[card ····1111], [card ····1881]"),
    "of American Express": ("3782 822463 10005", "[card ····0005]"),
    "of American Express, plain": ("378282246310005", "[card ····0005]"),
    "of Mastercard": ("5555 5555 5555 4444", "[card ····4444]"),
    "of the newer Mastercard range": ("2223003122003222", "[card ····3222]"),
    "of Discover": ("6011111111111117", "[card ····1117]"),
    "of Diners Club": ("30569309025904", "[card ····5904]"),
    "of JCB": ("3530111333300000", "[card ····0000]"),
    "an old short one of Visa": ("4222222222222", "[card ····2222]"),
}

KEPT = {
    "a number that fails the Luhn check": "4111111111111112",
    "a number of no issuer": "9999999999999995",
    "a phone number": "305-555-0142",
    "ZIP and phone number": "Naples, FL 34102\n239-555-0142",
    "ZIP+4 and phone number": "Naples, FL 34102-1234 (239) 555-0142",
    "two phone numbers": "305-555-0142 786-555-0101",
    "a parcel number": "9400 1000 0000 0000 0000 00",
    "a date and a time": "2026-11-20 14:02:00",
    "a table of decimals": "0.119    0.375    0.000    1.00    0.70    0.01",
    "twelve digits": "411111111111",
    "a card already redacted": "[card ····1111] 12/27",
}


@pytest.mark.parametrize(("text", "expected"), HIDDEN.values(), ids=HIDDEN)
def test_a_card_number_is_hidden(text: str, expected: str) -> None:
    redacted, count = redact_cards(f"Card: {text} thanks")
    assert redacted == f"Card: {expected} thanks"
    assert count == expected.count("[card")


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_other_numbers_stay(text: str) -> None:
    assert redact_cards(text) == (text, 0)


def test_no_zip_code_beside_a_phone_number_is_taken_for_a_card() -> None:
    for zip_code in range(34000, 35000):
        text = f"Sarasota, FL {zip_code}\n941-555-01{zip_code % 100:02}"
        assert redact_cards(text) == (text, 0)


@given(st.text(alphabet="0123456789４١ -\n\u200b\u00a0.>ab[]·", max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once, _ = redact_cards(text)
    assert redact_cards(once)[0] == once


@pytest.mark.parametrize(
    "text", ["1 " * 60_000, "4 " * 60_000, "1" * 120_000, "4111 " * 24_000, "1        " * 13_000, "４" * 60_000]
)
def test_the_time_grows_with_the_length_only(text: str) -> None:
    started = time.perf_counter()
    redact_cards(text)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("text", ["078-05-1120", "my number is 078 05 1120", "SSN: 078051120", "078‑05‑1120"])
def test_a_social_security_number_is_noticed(text: str) -> None:
    assert has_sensitive_number(text)


@pytest.mark.parametrize(
    "text", ["305-555-0142", "33131-1234", "000-12-3456", "666-12-3456", "078-05-1120-9", "078051120"]
)
def test_other_numbers_are_no_social_security_numbers(text: str) -> None:
    assert not has_sensitive_number(text)
