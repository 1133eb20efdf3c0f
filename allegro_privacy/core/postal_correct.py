"""One part of an address corrected by a person; the other parts, and the words as given, stay."""

import re
from dataclasses import dataclass, replace

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import contradiction, place, states_of
from allegro_privacy.core.postal_given import is_given
from allegro_privacy.core.postal_line import parse_line
from allegro_privacy.core.postal_normal import line_of, shown
from allegro_privacy.core.postal_parts import Line, ordinary
from allegro_privacy.core.postal_tables import fold, tables
from allegro_privacy.core.postal_units import unit_at
from allegro_privacy.core.postal_words import words_of

Units = tuple[tuple[str, str], ...]
_ZIP = re.compile(r"(\d{5})(?:[ ]?-?[ ]?(\d{4}))?", re.ASCII)
_MILITARY = frozenset({"apo", "fpo", "dpo"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that are corrected, as `street_of`, `units_of`, `state_of` and `zip_of` read them; None leaves a part
    as it is, and no units take the unit away."""

    street: Line | None = None
    units: Units | None = None
    city: str | None = None
    state: str | None = None
    zip: tuple[str, str | None] | None = None

    @property
    def any(self) -> bool:
        """Is anything corrected?"""
        return self != Parts()


def street_of(text: str) -> Line | None:
    """A house number and a street (or a box, or a route) as typed; None when it is none."""
    line = parse_line(text)
    return None if line is None or line.extra else line


def units_of(text: str) -> Units | None:
    """A unit as typed: "Apt 4", "4", "Bldg 3 Apt 4"; None when it is none."""
    return _units(text) or _units(f"# {text}")


def _units(text: str) -> Units | None:
    words, units, i = words_of(text), [], 0
    while i < len(words):
        unit, used = unit_at(words, i)
        if unit is None:
            return None
        units.append(unit)
        i += used
    return tuple(units) or None


def state_of(text: str) -> str | None:
    """The two letters of a state, territory or military region, given in letters or by its name."""
    return tables().states.get(" ".join(fold(text).split()))


def zip_of(text: str) -> tuple[str, str | None] | None:
    """The five digits of a ZIP code, and the four behind it if there are any."""
    match = _ZIP.fullmatch(text.strip())
    return (match[1], match[2]) if match else None


def corrected(address: PostalAddress | None, parts: Parts) -> PostalAddress:
    """The address with these parts in place of those that were read. A city or state that no word of the customer
    named, only the ZIP code (or the city), follows a corrected one. Without an address, what was typed is the address.
    """
    whole = _with_place(_with_street(address or PostalAddress(""), parts), parts)
    if address is not None:
        return whole
    last = " ".join(filter(None, (whole.city and f"{whole.city},", whole.state, whole.zip)))
    return replace(whole, as_given="\n".join(filter(None, (whole.line1, whole.line2, last))))


def _with_street(address: PostalAddress, parts: Parts) -> PostalAddress:
    was = _line_read(address)
    line = parts.street or was
    if line is None:
        return replace(address, missing=("number", "street"), line2=_unit_line(Line(), parts.units) or address.line2)
    if parts.street and was:
        line = replace(line, units=line.units or was.units, urbanization=line.urbanization or was.urbanization)
    line2 = _unit_line(line, line.units if parts.units is None else parts.units)
    if parts.street is None:
        missing = tuple(part for part in ("number", "street") if part in address.missing)
        return replace(address, line2=line2, missing=missing)
    return replace(address, line1=shown(line)[0], line2=line2, kind=line.kind, missing=())


def _line_read(address: PostalAddress) -> Line | None:
    """The delivery line as it was read, also one without its house number, which then has a false one."""
    if address.line1 and "number" in address.missing:
        return line_of(replace(address, line1=f"1 {address.line1}"))
    return line_of(address)


def _unit_line(line: Line, units: Units | None) -> str | None:
    return shown(replace(line, kind="po-box", units=units))[1] if units is not None else None


def _with_place(address: PostalAddress, parts: Parts) -> PostalAddress:
    zip5, zip4 = parts.zip or (address.zip, address.zip4)
    known = place(zip5) if zip5 else None
    city, state = parts.city and _shown(parts.city), parts.state
    city = city or (known.city if known and parts.zip and not is_given(address, "city") else address.city)
    if not state and (is_given(address, "state") or not (parts.zip or parts.city)):
        state = address.state
    if not state and not known and city:
        states = states_of(" ".join(fold(city).split()))
        state = next(iter(states)) if len(states) == 1 else None
    city, state = city or (known.city if known else None), state or (known.state if known else None)
    found = {"city": city, "state": state, "zip": zip5}
    missing = (*address.missing, *(part for part, value in found.items() if not value))
    kind = "street" if address.kind in ("foreign", "puerto-rico") else address.kind
    kind = "puerto-rico" if kind == "street" and state == "PR" else kind
    doubt = contradiction(city, state, zip5)
    doubts = (doubt,) if doubt else ()
    return replace(address, city=city, state=state, zip=zip5, zip4=zip4, missing=missing, kind=kind, doubts=doubts)


def _shown(city: str) -> str:
    words = city.replace(",", " ").split()
    if fold(city.strip()) in _MILITARY:
        return fold(city.strip()).upper()
    return " ".join(ordinary(word, first=i == 0) for i, word in enumerate(words))
