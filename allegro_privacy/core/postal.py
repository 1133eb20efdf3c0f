"""US postal addresses in what people write: found, normalised, keyed, and paired with the person who lives there."""

import re

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal_fields import address_from_parts
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.postal_normal import address_key
from allegro_privacy.core.postal_people import NamedAddress, find_named_addresses

__all__ = [
    "NamedAddress",
    "address_from_parts",
    "address_key",
    "find_addresses",
    "find_customer_number",
    "find_named_addresses",
]

_CUSTOMER_NUMBER = re.compile(
    r"\b(?:customer|cust|client|account|acct|member|key\s?code|source\s?code|priority\s?code|mail(?:ing)?\s?code|catalog(?:ue)?\s?code"
    r"|(?:n[uú]mero|n[uú]m|no|c[oó]digo|cuenta)\.?\s(?:de\s)?(?:cliente|cuenta|cat[aá]logo|fuente)|cliente)\b"
    r"[ \t]{0,2}(?:(?:number|numbers|no\b\.?|num\b\.?|id|code|n[uú]mero)[ \t]{0,2})?"
    r"(?:is |es |above my name |on the label )?[ \t]?[#:=]?[ \t]{0,2}#?[ \t]?"
    r"(?=[A-Z-]{0,6}\d)([A-Z0-9][A-Z0-9-]{2,19})\b",
    re.IGNORECASE,
)
_LONGEST = 20_000


def find_addresses(text: str, own: tuple[str, ...] = ()) -> tuple[PostalAddress, ...]:
    """Every postal address of a text, in order, each once; `own` are the shop's addresses as it writes them."""
    return tuple(placed.address for placed in locate(text, own))


def find_customer_number(text: str) -> str | None:
    """The customer number or key code that a person copied from a mailing label."""
    match = _CUSTOMER_NUMBER.search(text[:_LONGEST])
    return match[1] if match else None
