"""Exact keys: one form for every spelling of a door, and different keys for different doors."""

# ruff: noqa: E501 - each case is one line of its table

from itertools import combinations

import pytest

from allegro_privacy.core.postal import address_from_parts, address_key, find_addresses


def key(text):
    (address,) = find_addresses(text)
    return address_key(address)


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(("1450 Brickell Ave Apt 2203, Miami, FL 33131", "1450 BRICKELL AVENUE #2203 MIAMI FL 33131-1234", "1450 brickell av, unit 2203, miami florida 33131", "Apto 2203, 1450 Brickell Avenue\nMiami FL 33131", "1450 Brickell Ave PMB 2203, Miami FL 33131"), id="unit words"),
        pytest.param(("401 NW 7 Ave, Miami FL 33128", "401 N.W. 7th Avenue, Miami FL 33128", "401 Northwest Seventh Ave, Miami FL 33128", "401 North West 7 AV Miami FL 33128", "401 7th Ave NW, Miami FL 33128"), id="ordinals and directionals"),
        pytest.param(("401 SW 22 Ter, Miami FL 33129", "401 SW 22nd Terrace, Miami FL 33129", "401 SW 22 TE, Miami FL 33129", "401 SW 22 Terr., Miami FL 33129"), id="terraces"),
        pytest.param(("PO Box 123, Miami FL 33131", "P.O. BOX 123 Miami FL 33131", "Post Office Box 123, Miami FL 33131", "POB 123, Miami FL 33131"), id="boxes"),
        pytest.param(("RR 2 Box 45, Arcadia FL 34266", "Rural Route 02 Box 45, Arcadia FL 34266", "RFD 2 Box 45, Arcadia FL 34266"), id="routes"),
        pytest.param(("12-34 56th Ave, Flushing NY 11355", "1234 56 Avenue, Flushing NY 11355"), id="hyphens in Queens"),
        pytest.param(("12 Saint Johns Rd, Tampa FL 33615", "12 St. John's Road, Tampa FL 33615"), id="saints"),
        pytest.param(("150 Calle Peñón, San Juan PR 00926", "150 CALLE PENON SAN JUAN PR 00926"), id="accents"),
        pytest.param(("5 Forest Hill Blvd, Wellington FL 33414", "5 Frst Hill Boulevard, Wellington FL 33414"), id="suffix words inside a name"),
        pytest.param(("5 US Hwy 27, Sebring FL 33870", "5 U.S. Highway 27, Sebring FL 33870", "5 US 27, Sebring FL 33870"), id="highways"),
    ],
)  # fmt: skip
def test_spellings_of_one_door_have_one_key(spellings):
    assert len({key(text) for text in spellings}) == 1
    assert key(spellings[0])


@pytest.mark.parametrize(
    "doors",
    [
        pytest.param([f"401 NW 7 {kind}, Miami FL 33128" for kind in ("St", "Ave", "Ct", "Pl", "Ter")], id="Miami-Dade's street types"),
        pytest.param([f"401 {quadrant} 7 St, Miami FL 33128" for quadrant in ("NW", "SW", "NE", "SE")], id="Miami-Dade's quadrants"),
        pytest.param(["12 Calle 1, San Juan PR 00926", "12 1 St, San Juan PR 00926"], id="CALLE is not ST"),
        pytest.param(["12 Elm St Apt 4, Miami FL 33131", "12 Elm St Apt 5, Miami FL 33131", "12 Elm St, Miami FL 33131"], id="units"),
        pytest.param(["12 Elm St Bldg 3 Apt 4, Miami FL 33131", "12 Elm St Bldg 4 Apt 3, Miami FL 33131"], id="buildings"),
        pytest.param(["12 Elm St, Miami FL 33131", "12 Elm St, Miami FL 33132"], id="ZIP codes"),
        pytest.param(["930 Elm St, Miami FL 33131", "930 1/2 Elm St, Miami FL 33131"], id="fractions"),
        pytest.param(["Urb Las Lomas\n150 Calle A\nSan Juan PR 00926", "Urb Las Gladiolas\n150 Calle A\nSan Juan PR 00926"], id="urbanizations"),
        pytest.param(["PO Box 123, Miami FL 33131", "123 Box St, Miami FL 33131"], id="boxes and streets"),
    ],
)  # fmt: skip
def test_different_doors_have_different_keys(doors):
    for one, other in combinations(doors, 2):
        assert key(one) != key(other)


def test_the_key_is_readable():
    assert key("1450 Brickell Ave Apt 2203, Miami, FL 33131") == "33131|1450|brickell|ave||2203"
    assert key("401 NW 7 St, Miami, FL 33128") == "33128|401|7|st|nw|"


def test_without_a_zip_code_city_and_state_stand_in_for_it():
    assert key("12 Elm St, Springfield, IL") == "springfield il|12|elm|st||"


@pytest.mark.parametrize(
    "text",
    ["12 Elm St", "Elm Street, Miami FL 33131", "Jane Roe, Miami FL 33131", "12 Main St\nToronto ON M5V 2T6\nCanada"],
)
def test_too_little_has_no_key(text):
    assert key(text) is None


def test_the_columns_of_a_row_give_the_same_key_as_the_letter():
    row = address_from_parts("1450 BRICKELL AVE", "APT 2203", "MIAMI", "FL", "33131")
    assert address_key(row) == key("1450 Brickell Ave Apt 2203\nMiami, FL 33131")
    assert row.missing == ()


@pytest.mark.parametrize(
    ("street", "expected"),
    [
        ("8483 Indiana Highway 212", "|8483|indiana hwy 212|||"),
        ("406 North Highway 71", "|406|hwy 71||n|"),
        ("43 Country Road 1954", "|43|country rd 1954|||"),
        ("12 Elm Rd 4", "|12|elm|rd||4"),
    ],
)
def test_the_number_of_a_highway_is_no_unit(street, expected):
    assert key(f"{street}, Bedford, IN 47421") == f"47421{expected}"
