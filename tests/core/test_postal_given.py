"""As given beside as read: each part with the words in which it stood."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.core.postal_given import side_by_side

CASES = {
    "a whole address": ("1450 Brickell Ave Apt 2203\nMiami, FL 33131", ("1450 Brickell Ave", "Apt 2203", "Miami", "FL", "33131")),
    "other spellings": ("12 Miami Avenue #4, Miami Fla. 33131-1234", ("12 Miami Avenue", "#4", "Miami", "Fla.", "33131-1234")),
    "a unit in front": ("Apto 2203, 1450 Brickell Avenue\nMiami FL 33131", ("1450 Brickell Avenue", "Apto 2203", "Miami", "FL", "33131")),
    "a floor behind its number": ("2nd floor, 12 Elm St, New York, N.Y. 10001", ("12 Elm St", "2nd floor", "New York", "N.Y.", "10001")),
    "building and apartment": ("12 Elm St Bldg 3 Apt 4, North Miami Beach, Florida 33160", ("12 Elm St", "Bldg 3 Apt 4", "North Miami Beach", "Florida", "33160")),
    "a box": ("PO Box 123, Miami FL 33131", ("PO Box 123", "", "Miami", "FL", "33131")),
    "no ZIP code": ("123 Florida Ave, Tampa, Florida", ("123 Florida Ave", "", "Tampa", "Florida", "")),
    "no city": ("1450 Brickell Ave\n33131", ("1450 Brickell Ave", "", "", "", "33131")),
    "field by field": ("Street: 12 Elm St\nApt: 4\nCity: Miami\nState: FL\nZip: 33131", ("12 Elm St", "Apt: 4", "Miami", "FL", "33131")),
    "an urbanization stays with its street": ("Urb Las Lomas\n150 Calle A\nSan Juan PR 00926", ("Urb Las Lomas, 150 Calle A", "", "San Juan", "PR", "00926")),
    "an address abroad is shown whole": ("12 Main St\nToronto ON M5V 2T6\nCanada", ("12 Main St, Toronto ON M5V 2T6, Canada", "", "", "", "")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_part_is_shown_in_the_words_in_which_it_stood(case: str) -> None:
    text, expected = CASES[case]
    (address,) = find_addresses(text)
    parts = {part.part: part.given for part in side_by_side(Person("Harold Finch", address=address))}
    assert parts == dict(
        zip(("name", "street", "unit", "city", "state", "zip"), ("Harold Finch", *expected), strict=True)
    )


def test_what_another_part_told_is_named() -> None:
    (address,) = find_addresses("1450 Brickell Ave\n33131")
    told = {part.part: (part.read, part.by) for part in side_by_side(Person(address=address)) if part.by}
    assert told == {"city": ("Miami", "zip"), "state": ("FL", "zip")}
    (address,) = find_addresses("450 Elm St, Hialeah")
    assert [(part.part, part.by) for part in side_by_side(Person(address=address)) if part.by] == [("state", "city")]


def test_no_word_is_lost_when_the_reader_and_the_words_disagree() -> None:
    address = PostalAddress("12 Elm Street, third door, Springfield", "99 Oak St", "Apt 7", "Miami", "FL", "33131")
    assert {part.part: part.given for part in side_by_side(Person(address=address))} == {
        "name": "", "street": "12 Elm Street, third door, Springfield", "unit": "", "city": "", "state": "", "zip": "",
    }  # fmt: skip


def test_without_an_address_every_part_is_empty() -> None:
    name, *others = side_by_side(Person("Harold Finch"))
    assert (name.given, name.read) == ("Harold Finch", "Harold Finch")
    assert {part.given + part.read for part in others} == {""}
