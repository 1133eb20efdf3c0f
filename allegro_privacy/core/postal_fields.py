"""Addresses that came in fields: a form, a row of a list, a member of staff."""

import re
from dataclasses import replace

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import place
from allegro_privacy.core.postal_address import shown_city, with_line
from allegro_privacy.core.postal_line import parse_line
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.postal_tables import fold, tables

_ZIP = re.compile(r"\s*(\d{4,5})(?:\s*-?\s*(\d{4}))?\s*")
_BARE_UNIT = re.compile(r"\s*[A-Za-z]?-?\d[\w-]{0,5}\s*|\s*[A-Za-z]\s*")


def address_from_parts(
    street: str, unit: str = "", city: str = "", state: str = "", zip_code: str = ""
) -> PostalAddress:
    """An address that came in fields, in its normal form. The fields are taken at their word; what they lack comes from
    the ZIP table. Fields that make no US address are searched as a text."""
    last = " ".join(filter(None, (f"{city}," if city and state else city, state, zip_code)))
    given = "\n".join(filter(None, (street.strip(), unit.strip(), last)))
    if address := _from_fields(given, (street, unit), city, state, zip_code):
        return address
    found = locate(given)
    if len(found) == 1:
        return replace(found[0].address, as_given=given)
    return PostalAddress(
        given, city=city or None, state=state or None, zip=zip_code or None, missing=("number", "street")
    )


def _from_fields(given: str, line: tuple[str, str], city: str, state: str, zip_code: str) -> PostalAddress | None:
    """None when the fields are not those of a US address, or hold other than they should."""
    spelled = " ".join(fold(state).split())
    of_state = tables().states.get(spelled)
    match = _ZIP.fullmatch(zip_code)
    if (state.strip() and not of_state) or (zip_code.strip() and not match) or not (city.strip() or match):
        return None
    street, unit = line
    parts = parse_line(f"{street}\n# {unit.strip()}" if _BARE_UNIT.fullmatch(unit) else f"{street}\n{unit}")
    if parts is None:
        return None
    zip5, zip4 = (match[1].zfill(5), match[2]) if match else (None, None)
    known = place(zip5) if zip5 else None
    address = PostalAddress(
        given,
        city=shown_city(city.strip(" ,") or None) or (known.city if known else None),
        state=of_state or (known.state if known else None),
        zip=zip5,
        zip4=zip4,
    )
    return with_line(address, parts, city.strip(" ,") or None)
