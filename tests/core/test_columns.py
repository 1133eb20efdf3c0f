"""Which column of a mailing list holds what: by its name, in two languages and makers' dialects, or by its cells."""

# ruff: noqa: E501  (each header on one line)

import pytest

from allegro_privacy.core.columns import AddressColumns, by_header, columns_of
from allegro_privacy.core.columns_content import by_content

HEADERS = [
    ("e-mail in English", "id,E-Mail Address", {"email": 1}),
    ("e-mail in Spanish", "Nombre,Correo electrónico", {"first": 0, "email": 1}),
    ("an address in Spanish", "Nombre y Apellidos,Dirección,Ciudad,Estado,Código Postal", {"name": 0, "line1": 1, "city": 2, "state": 3, "zip": 4}),
    ("AccuZIP", "first,last,address,address2,city,st,zip,primary_,street_,suffix_,crrt", {"first": 0, "last": 1, "line1": 2, "line2": 3, "city": 4, "state": 5, "zip": 6, "number": 7, "streetname": 8, "streetsuffix": 9}),
    ("a suffix beside the parts of a street", "House Number,Street Name,Suffix,Zip", {"number": 0, "streetname": 1, "streetsuffix": 2, "zip": 3}),
    ("a suffix of a name", "First Name,Last Name,Suffix", {"first": 0, "last": 1, "generation": 2}),
    ("several phones", "phone1,Mobile Phone,phone 2", {"phone": (0, 1, 2)}),
    ("hashed e-mail", "email_sha256", {"hash": 0}),
    ("the order's own columns are nobody's", "order_no,total,colour", {}),
]  # fmt: skip


@pytest.mark.parametrize(("header", "roles"), [pytest.param(*row[1:], id=row[0]) for row in HEADERS])
def test_the_names_of_columns_are_known(header: str, roles: dict[str, object]) -> None:
    found: dict[str, tuple[int, ...]] = {}
    for place in by_header(header.split(",")):
        found[place.role.value] = (*found.get(place.role.value, ()), place.column)
    assert found == {role: at if isinstance(at, tuple) else (at,) for role, at in roles.items()}


def test_old_and_new_addresses_are_each_matched() -> None:
    header = ["input_address", "input_city", "input_state", "input_zip", "Name", "Address", "City", "State", "Zip"]
    assert columns_of(by_header(header)).addresses == (
        AddressColumns((5,), (), (6,), (7,), (8,)),
        AddressColumns((0,), (), (1,), (2,), (3,)),
    )


def test_a_name_of_parts_is_joined_and_a_company_stands_in_for_it() -> None:
    columns = columns_of(by_header(["Company", "First", "MI", "Last", "Suffix", "Address", "Zip"]))
    assert columns.names == ((1, 2, 3, 4), (0,))


def test_lines_of_a_label_without_any_town_are_read_as_a_label() -> None:
    assert columns_of(by_header(["Addr1", "Addr2", "Addr3", "Addr4"])).labels == (0, 1, 2, 3)


ROWS = [
    ["7", "Rosa Quintero", "12 Main St", "Miami", "FL", "33130", "rosa@example.com", "(305) 555-0123"],
    ["8", "Al Stone", "PO Box 7", "Miami", "FL", "33131-1234", "al@example.com", "305-555-0124"],
    ["9", "Mary O'Hara", "1450 Brickell Ave", "Miami", "FL", "33131", "", "305 555 0125"],
]


def test_a_list_without_a_header_is_told_by_what_stands_in_it() -> None:
    found = {place.role.value: place.column for place in by_content(ROWS)}
    assert found == {"email": 6, "phone": 7, "line1": 2, "zip": 5, "state": 4, "city": 3, "name": 1}


def test_a_zip_code_that_no_state_bears_out_is_no_address() -> None:
    assert by_content([["12 Main St", "NY", "33130"], ["13 Main St", "CA", "33131"]]) == ()
