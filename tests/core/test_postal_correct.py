"""One part of an address corrected: the rest, and the words as given, stay."""

# ruff: noqa: E501 - each case is one line of its table

from typing import Any

import pytest

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal import address_key, find_addresses
from allegro_privacy.core.postal_correct import Parts, corrected, state_of, street_of, units_of, zip_of

CASES: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "the state": ("1450 Brickell Ave Apt 2203\nMiami", {"state": "FL"}, "miami fl|1450|brickell|ave||2203"),
    "the ZIP code tells the state": ("450 Elm St, Miami", {"zip": zip_of("33131")}, "33131|450|elm|st||"),
    "the house number; the unit stays": ("Brickell Ave Apt 3\nMiami, FL 33131", {"street": street_of("1450 Brickell Av")}, "33131|1450|brickell|ave||3"),
    "the street brings another unit": ("12 Elm St Apt 3\nMiami, FL 33131", {"street": street_of("12 Oak St #5")}, "33131|12|oak|st||5"),
    "the unit": ("1450 Brickell Ave Apt 3\nMiami, FL 33131", {"units": units_of("4")}, "33131|1450|brickell|ave||4"),
    "no unit": ("1450 Brickell Ave Apt 3\nMiami, FL 33131", {"units": ()}, "33131|1450|brickell|ave||"),
    "the ZIP code": ("1450 Brickell Ave\nMiami, FL 90210", {"zip": zip_of("33131-1234")}, "33131|1450|brickell|ave||"),
    "a box for a street": ("12 Elm St\nMiami, FL 33131", {"street": street_of("PO Box 12")}, "33131|po|12"),
    "the unit alone of a street without a number": ("Brickell Ave Apt 3\nMiami, FL 33131", {"units": units_of("4")}, None),
    "an address abroad becomes one of ours": ("12 Main St\nToronto ON M5V 2T6\nCanada", {"street": street_of("12 Oak St"), "zip": zip_of("33131")}, "33131|12|oak|st||"),
    "in Puerto Rico the urbanization stays": ("Urb Las Lomas\n150 Calle A\nSan Juan PR 00926", {"street": street_of("151 Calle B")}, "00926|151|calle b||||las lomas"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_part_is_corrected(case: str) -> None:
    text, parts, key = CASES[case]
    (address,) = find_addresses(text)
    after = corrected(address, Parts(**parts))
    assert address_key(after) == key
    assert after.as_given == address.as_given


def test_what_is_not_corrected_stays() -> None:
    (address,) = find_addresses("1450 Brickell Ave Apt 2203\nMiami, FL 90210-1234")
    after = corrected(address, Parts(zip=("33131", None)))
    assert (after.line1, after.line2, after.city, after.state) == ("1450 Brickell Ave", "Apt 2203", "Miami", "FL")
    assert (after.zip, after.zip4, after.doubts, after.missing) == ("33131", None, (), ())


def test_a_city_that_only_the_zip_code_told_follows_it() -> None:
    (address,) = find_addresses("1450 Brickell Ave\n90210")
    assert (address.city, address.state) == ("Beverly Hills", "CA")
    after = corrected(address, Parts(zip=("33131", None)))
    assert (after.city, after.state, after.doubts) == ("Miami", "FL", ())


def test_a_state_that_only_the_city_told_follows_it() -> None:
    (address,) = find_addresses("450 Elm St, Hialeah")
    after = corrected(address, Parts(city="springfield"))
    assert (after.city, after.state, after.missing) == ("Springfield", None, ("state", "zip"))


def test_a_correction_that_contradicts_the_rest_leaves_a_doubt() -> None:
    (address,) = find_addresses("1450 Brickell Ave\nMiami, FL 33131")
    assert corrected(address, Parts(city="Orlando")).doubts == ("33131 is Miami, not Orlando.",)
    assert corrected(address, Parts(state="GA")).doubts == ("33131 is in FL, not in GA.",)


def test_without_an_address_what_was_typed_is_the_address() -> None:
    after = corrected(None, Parts(street=street_of("12 elm st apt 4"), zip=("33131", None)))
    assert after == PostalAddress("12 Elm St\nApt 4\nMiami, FL 33131", "12 Elm St", "Apt 4", "Miami", "FL", "33131")
    assert corrected(None, Parts(city="Miami")).missing == ("number", "street", "state", "zip")


@pytest.mark.parametrize(("typed", "units"), [("Apt 4", (("apt", "4"),)), ("4", (("#", "4"),)), ("#4", (("#", "4"),)), ("12B", (("#", "12B"),)), ("Bldg 3 Apt 4", (("bldg", "3"), ("apt", "4"))), ("2nd floor", (("fl", "2"),)), ("PH", (("ph", ""),)), ("nothing here", None), ("Apt", None), ("PO Box 3", None), ("", None)])  # fmt: skip
def test_a_unit_as_typed(typed: str, units: object) -> None:
    assert units_of(typed) == units


@pytest.mark.parametrize(("typed", "state"), [("fl", "FL"), ("Florida", "FL"), ("Fla.", "FL"), ("new  york", "NY"), ("AE", "AE"), ("Puerto Rico", "PR"), ("XX", None), ("", None)])  # fmt: skip
def test_a_state_as_typed(typed: str, state: str | None) -> None:
    assert state_of(typed) == state


@pytest.mark.parametrize(("typed", "code"), [("33131", ("33131", None)), (" 33131-1234 ", ("33131", "1234")), ("331311234", ("33131", "1234")), ("3313", None), ("33131-12", None), ("٣٣١٣١", None), ("33131 Miami", None)])  # fmt: skip
def test_a_zip_code_as_typed(typed: str, code: object) -> None:
    assert zip_of(typed) == code


@pytest.mark.parametrize("typed", ["Oak St", "12", "12 Oak St, Miami FL", "Miami", ""])
def test_what_is_no_number_and_street_is_none(typed: str) -> None:
    assert street_of(typed) is None
