"""What the ZIP table can say about a missing or doubtful part; it never guesses."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal_suggest import MOST_NAMED, suggestions


def address(city: str | None = None, state: str | None = None, zip5: str | None = None, **more: str) -> PostalAddress:
    return PostalAddress("as given", "12 Elm St", city=city, state=state, zip=zip5, **more)


TOLD = {
    "no ZIP code, a town with few": (address("Arcadia", "FL"), {"zip": ("34265", "34266", "34269")}, "Arcadia, FL has 3 ZIP codes: 34265, 34266, 34269."),
    "no ZIP code, a town with one": (address("Key Biscayne", "FL"), {"zip": ("33149",)}, "Key Biscayne, FL has one ZIP code: 33149."),
    "no ZIP code, a town in another spelling": (address("N. Miami Bch", "FL"), {"zip": ("33160", "33162", "33164", "33169", "33179", "33181")}, "N. Miami Bch, FL has 6"),
    "no town": (address(None, "FL", "33180"), {"city": ("Miami", "Aventura")}, "33180 is Miami, FL, also called Aventura."),
    "a town that is not the ZIP code's": (address("Orlando", "FL", "33131"), {"city": ("Miami",)}, "33131 is Miami, FL."),
    "no state, a town of one state": (address("Hialeah"), {"state": ("FL",)}, "Hialeah is in one state: FL."),
    "no state, a town of several": (address("Miami"), {"state": ("AZ", "FL", "IN", "MO", "NM", "OK", "TX", "WV")}, "Miami is in 8 states: AZ, FL"),
    "no state, but a ZIP code": (address("Miami", None, "33131"), {"state": ("FL",)}, "33131 is in FL."),
    "a state that is not the ZIP code's": (address("Beverly Hills", "FL", "90210"), {"state": ("CA",)}, "90210 is in CA."),
    "a ZIP code that nobody has, one digit off or swapped": (address("Arcadia", "FL", "34256"), {"zip": ("34265", "34266")}, "Arcadia, FL has 2 ZIP codes near 34256 (one digit off, or two swapped): 34265, 34266."),
    "two digits swapped come first": (address("Monticello", "FL", "33244"), {"zip": ("32344",)}, "one ZIP code near 33244"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_it_says_what_a_part_could_be(case: str) -> None:
    given, expected, words = TOLD[case]
    found = suggestions(given)
    assert {one.part: one.values for one in found if one.part in expected} == expected
    assert any(words in one.words for one in found)


@pytest.mark.parametrize(("given", "part"), [(address("Miami", "FL"), "zip"), (address("Springfield"), "state")])
def test_of_many_only_the_number_is_told(given: PostalAddress, part: str) -> None:
    (found,) = suggestions(given)
    assert (found.part, found.values) == (part, ())
    assert found.count > MOST_NAMED
    assert f"{found.count} " in found.words
    assert found.words.endswith("only the customer knows which.")


SILENT = {
    "a whole address": address("Miami", "FL", "33131"),
    "the other name of a ZIP code": address("Aventura", "FL", "33180"),
    "a town that is in no table": address("Nowhere", "FL"),
    "a ZIP code of another town with none that is near": address("Miami", "FL", "99999"),
    "nothing but a street": address(),
    "an address abroad": address("Toronto", "ON", kind="foreign"),
}


@pytest.mark.parametrize("case", SILENT)
def test_where_the_table_knows_nothing_nothing_is_said(case: str) -> None:
    assert suggestions(SILENT[case]) == ()
