"""How well a postal address serves for matching: complete, usable or incomplete; and what an incomplete one lacks."""

from enum import StrEnum
from functools import lru_cache

from allegro_privacy.core.identity import post_keys
from allegro_privacy.core.names_key import name_key
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.postal_normal import address_key, line_of
from allegro_privacy.core.postal_tables import fold, tables

# Words that speak of many homes at one number, beside the unit words of the tables.
_MANY_HOMES = frozenset({"condo", "condos", "condominium", "condominiums", "condominio", "towers", "residences"})
# Unit words that are ordinary words of streets and towns as well: alone they say nothing of a building.
_ORDINARY = frozenset({"fl", "key", "lot", "pier", "slip", "stop", "spc", "rm", "dept", "pmb", "hngr", "bldg", "twr"})


class Quality(StrEnum):
    """How well an address serves for matching."""

    COMPLETE = "complete"
    USABLE = "usable"
    INCOMPLETE = "incomplete"


@lru_cache(maxsize=64)
def quality(address: PostalAddress | None, name: str | None, level: Level | None) -> Quality:
    """Complete, usable or incomplete, for one person (or household, or door) at one address.

    incomplete: no key can be made, so no row of a mailing list can be matched with it for certain: no house number, no
    street, neither a ZIP code nor a city with its state, no name where the level needs one, or an address abroad. It
    suppresses nothing and waits in review.
    usable: there is a key, so it suppresses; but a part is missing, and a list that writes the address with that part
    may pass by it: the ZIP code (city and state stand in for it), or the unit where the customer's own words speak of
    one (“Apt, 1450 Brickell Ave”, “Condo”). Nothing else tells a house from a building, so a unit is missed only there.
    complete: number, street and ZIP code (or box, or route), the name that its level needs, and no unit is missed.
    """
    if address is None or not post_keys(name, address, (level or Level.INDIVIDUAL).value):
        return Quality.INCOMPLETE
    whole = address.zip and not address.missing and not _lacks_unit(address)
    return Quality.COMPLETE if whole else Quality.USABLE


def lacking(address: PostalAddress | None, name: str | None, level: Level | None) -> tuple[str, ...]:
    """The parts without which nothing can be matched: name, number, street, zip, or city and state in its place; ()
    when there is a key."""
    parts = [] if level is Level.ADDRESS or name_key(name or "") else ["name"]
    if address is None:
        return (*parts, "number", "street", "zip")
    if address_key(address) is None:
        parts += [part for part in ("number", "street") if part in address.missing or not address.line1]
        parts += [] if address.zip or (address.city and address.state) else ["zip"]
    return tuple(parts)


def _lacks_unit(address: PostalAddress) -> bool:
    line = line_of(address)
    if line is None or line.units or line.kind not in ("street", "puerto-rico"):
        return False
    words = {fold(word) for word in address.as_given.replace(",", " ").replace("#", " # ").split()}
    return any(word in _MANY_HOMES or tables().units.get(word, "fl") not in _ORDINARY for word in words)
