"""From the parts of a delivery line and a last line to an address: shown, with what is missing and what is doubtful."""

from dataclasses import replace

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import contradiction
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
    against = contradiction(shown_city(city), address.state, address.zip)
    doubts = (against,) if against else ()
    return replace(address, line1=line1, line2=line2, kind=kind, missing=tuple(missing), doubts=doubts)


def shown_city(city: str | None) -> str | None:
    """A place name in ordinary case."""
    if city is None:
        return None
    if fold(city) in ("apo", "fpo", "dpo"):
        return fold(city).upper()
    return " ".join(ordinary(word, first=i == 0) for i, word in enumerate(city.split()))
