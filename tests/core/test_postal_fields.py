"""Addresses that come in fields: each field is taken at its word."""
# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.postal import address_from_parts, find_addresses

CASES = [
    ("a unit that is a ZIP code", ("6818 White Landing Drive", "Apt 01109", "La Conner", "Washington", "98257"), "6818 White Landing Dr | Apt 01109 | La Conner | WA | 98257 | -"),
    ("a house number that is a ZIP code", ("33131 SW 5 St", "4", "Miami", "fl", "33131-1234"), "33131 SW 5th St | # 4 | Miami | FL | 33131 | 1234"),
    ("a box number that is a ZIP code", ("PO Box 33701", "", "Miami", "FL", "33131"), "PO Box 33701 | - | Miami | FL | 33131 | -"),
    ("what the ZIP table fills", ("12 Elm St", "", "", "", "33131"), "12 Elm St | - | Miami | FL | 33131 | -"),
    ("no ZIP code", ("12 Elm St", "", "Miami", "FL", ""), "12 Elm St | - | Miami | FL | - | -"),
    ("a ZIP code without its first zero", ("12 Elm St", "", "Boston", "MA", "2118"), "12 Elm St | - | Boston | MA | 02118 | -"),
    ("an urbanization in the first field", ("Urb Las Lomas", "150 Calle A", "San Juan", "PR", "00926"), "150 Calle A | Urb Las Lomas | San Juan | PR | 00926 | -"),
    ("all of it in one field", ("12 Elm St, Miami FL 33131", "", "", "", ""), "12 Elm St | - | Miami | FL | 33131 | -"),
    ("no street", ("hello", "", "Miami", "FL", "33131"), "- | - | Miami | FL | 33131 | -"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_fields_make_an_address(fields, expected):
    one = address_from_parts(*fields)
    parts = (one.line1, one.line2, one.city, one.state, one.zip, one.zip4)
    assert " | ".join(part or "-" for part in parts) == expected


def test_a_foreign_row_stays_foreign():
    assert address_from_parts("12 Main St", "", "Toronto", "ON", "M5V 2T6").kind == "foreign"


@pytest.mark.parametrize(
    "text",
    [
        "Me llega a Calle Durango 245, Int. 302, Col. Roma Norte, 06700 Ciudad de México, México. Gracias.",
        "A: Carrera 43A # 14-57 apto 801\nMedellín, Antioquia\nColombia",
        "C/ Alfonso VIII, 23, 4º izda.\n26001 Logroño (La Rioja)\nEspaña",
        "14 Larkspur Close\nGuildford GU1 2QX\nUnited Kingdom",
        "88 Wychwood Park, Unit 2\nToronto, ON M6G 2V5\nCanada",
    ],
)
def test_an_address_abroad_is_one_foreign_address(text):
    assert [one.kind for one in find_addresses(text)] == ["foreign"]


def test_a_street_of_puerto_rico_is_not_abroad_when_a_country_is_told_later():
    (one,) = find_addresses("Vivo en Calle Sol 12, San Juan PR 00901, y mi hermana en Bogotá, Colombia.")
    assert one.kind == "puerto-rico"
