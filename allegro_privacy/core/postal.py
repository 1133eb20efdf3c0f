"""US postal addresses in what people write: found, normalised, keyed, and paired with the person who lives there."""

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
    "find_named_addresses",
]


def find_addresses(text: str, own: tuple[str, ...] = ()) -> tuple[PostalAddress, ...]:
    """Every postal address of a text, in order, each once; `own` are the shop's addresses as it writes them."""
    return tuple(placed.address for placed in locate(text, own))
