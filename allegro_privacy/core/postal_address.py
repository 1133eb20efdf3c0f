"""From the parts of a delivery line and a last line to an address: shown, with what is missing and what is doubtful."""

from dataclasses import replace

from allegro_privacy.core.model import PostalAddress
from allegro_privacy.core.places import cities_of, place, place_name
from allegro_privacy.core.postal_normal import shown
from allegro_privacy.core.postal_parts import Line, ordinary
from allegro_privacy.core.postal_tables import fold


def with_line(address: PostalAddress, line: Line | None, city: str | None, only: str = "") -> PostalAddress:
    """An address with its delivery line, what is missing and what is doubtful. only: what the line lacks of its own."""
    line1, line2 = shown(line) if line else ("", None)
    line1 = line1.removeprefix("1 ") if only else line1
    missing = [*(["number", "street"] if line is None else []), *([only] if only else [])]
    missing += [part for part in ("city", "state", "zip") if getattr(address, part) is None]
    kind = line.kind if line else "street"
    if kind == "street" and address.state == "PR":
        kind = "puerto-rico"
    doubts = _doubts(address, city)
    return replace(address, line1=line1, line2=line2, kind=kind, missing=tuple(missing), doubts=doubts)


def _doubts(address: PostalAddress, city: str | None) -> tuple[str, ...]:
    """What is uncertain about place names and the ZIP code. A ZIP serves many names, so only clear conflicts count."""
    known = place(address.zip) if address.zip else None
    doubts = []
    if address.zip and known is None:
        doubts.append(f"The ZIP table does not know {address.zip}.")
    if known and address.state and known.state != address.state:
        doubts.append(f"{address.zip} is in {known.state}, not in {address.state}.")
    elif known and city and place_name(city) not in known.names:
        zips = cities_of(known.state).get(place_name(city), ())
        if zips and not any(zip5[:3] == known.zip[:3] for zip5 in zips):
            doubts.append(f"{address.zip} is {known.city}, not {shown_city(city)}.")
    return tuple(doubts)


def shown_city(city: str | None) -> str | None:
    """A place name in ordinary case."""
    if city is None:
        return None
    if fold(city) in ("apo", "fpo", "dpo"):
        return fold(city).upper()
    return " ".join(ordinary(word, first=i == 0) for i, word in enumerate(city.split()))
