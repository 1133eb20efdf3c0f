"""Complete, usable, incomplete: what each means, case by case."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.identity import post_keys
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.core.postal_quality import Quality, lacking, quality

PERSON, HOME, DOOR = Level.INDIVIDUAL, Level.HOUSEHOLD, Level.ADDRESS
CASES = {
    "number, street and ZIP code": ("1450 Brickell Ave\nMiami, FL 33131", "Harold Finch", PERSON, "complete", ()),
    "with its unit": ("1450 Brickell Ave Apt 2203\nMiami, FL 33131", "Harold Finch", PERSON, "complete", ()),
    "ZIP code without a city": ("1450 Brickell Ave\n33131", "Harold Finch", PERSON, "complete", ()),
    "a box": ("PO Box 123\nMiami, FL 33131", "Harold Finch", PERSON, "complete", ()),
    "a rural route": ("RR 2 Box 45, Arcadia FL 34266", "Harold Finch", PERSON, "complete", ()),
    "a door without a name": ("1450 Brickell Ave\nMiami, FL 33131", None, DOOR, "complete", ()),
    "a household by its surname": ("1450 Brickell Ave\nMiami, FL 33131", "Finch family", HOME, "complete", ()),
    "city and state for the ZIP code": ("12 Elm St\nMiami, FL", "Harold Finch", PERSON, "usable", ()),
    "a unit word without its number": ("1450 Brickell Ave Apartment, Miami, FL 33131", "Harold Finch", PERSON, "usable", ()),
    "no house number": ("Brickell Ave\nMiami, FL 33131", "Harold Finch", PERSON, "incomplete", ("number",)),
    "no street": ("Miami, FL 33131", "Harold Finch", PERSON, "incomplete", ("number", "street")),
    "a city without its state": ("1450 Brickell Ave\nMiami", "Harold Finch", PERSON, "incomplete", ("zip",)),
    "no name for a person": ("1450 Brickell Ave\nMiami, FL 33131", None, PERSON, "incomplete", ("name",)),
    "no name for a household": ("1450 Brickell Ave\nMiami, FL 33131", None, HOME, "incomplete", ("name",)),
}  # fmt: skip


def address_in(text: str) -> PostalAddress:
    found = find_addresses(text)
    # An address without a street is built as the reader builds it for a message.
    return (
        found[0] if found else PostalAddress(text, city="Miami", state="FL", zip="33131", missing=("number", "street"))
    )


@pytest.mark.parametrize("case", CASES)
def test_an_address_is(case: str) -> None:
    text, name, level, expected, lacks = CASES[case]
    address = address_in(text)
    assert quality(address, name, level) == expected
    assert lacking(address, name, level) == lacks


@pytest.mark.parametrize("case", CASES)
def test_what_lacks_nothing_has_a_key_and_the_other_way_round(case: str) -> None:
    text, name, level, _, _ = CASES[case]
    address = address_in(text)
    has_key = bool(post_keys(name, address, level.value))
    assert has_key is (lacking(address, name, level) == ())
    assert has_key is (quality(address, name, level) is not Quality.INCOMPLETE)


def test_without_an_address_everything_is_lacking() -> None:
    assert quality(None, "Harold Finch", PERSON) is Quality.INCOMPLETE
    assert lacking(None, None, PERSON) == ("name", "number", "street", "zip")


def test_an_address_abroad_is_incomplete_for_us() -> None:
    (address,) = find_addresses("12 Main St\nToronto ON M5V 2T6\nCanada")
    assert quality(address, "Harold Finch", PERSON) is Quality.INCOMPLETE


@pytest.mark.parametrize(
    "text", ["12 Tower Rd, Miami, FL 33131", "5 Key Blvd\nKey Largo, FL 33037", "12 Elm St\nMiami, FL 33131"]
)
def test_a_word_of_a_street_or_a_town_is_no_unit_that_is_missed(text: str) -> None:
    assert quality(find_addresses(text)[0], "Harold Finch", PERSON) is Quality.COMPLETE
