"""ZIP codes and the names of the places they serve, from the offline table of the `zipcodes` package."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from allegro_privacy.core.postal_tables import fold


@dataclass(frozen=True, slots=True)
class Place:
    """One ZIP code: its state, its default place name and every name that its mail is addressed to (folded); `also`
    are the other names that the Postal Service accepts, as people read them."""

    zip: str
    state: str
    city: str
    names: frozenset[str]
    also: tuple[str, ...] = ()


def place_name(name: str) -> str:
    """A place name as it is compared: "St. Petersburg", "Saint Petersburg" and "N. Miami Bch" have one form each."""
    return " ".join(_WORDS.get(word, word) for word in fold(name).replace("-", " ").replace("'", "").split())


_WORDS = {
    "saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt", "north": "n", "south": "s", "east": "e", "west": "w",
    "beach": "bch", "springs": "spgs", "heights": "hts", "lake": "lk", "point": "pt", "port": "pt", "village": "vlg",
    "gardens": "gdns", "shores": "shrs", "park": "pk", "island": "is", "isles": "is", "isle": "is", "city": "cty",
}  # fmt: skip


def _place(row: dict[str, Any]) -> Place:
    every = (row["city"], *row["acceptable_cities"], *row["unacceptable_cities"])
    return Place(
        row["zip_code"], row["state"], row["city"], frozenset(map(place_name, every)), tuple(row["acceptable_cities"])
    )


def place(zip5: str) -> Place | None:
    """The place of a ZIP code; None when the table does not know it (four real ones in a thousand are unknown)."""
    if len(zip5) != 5 or not (zip5.isascii() and zip5.isdigit()):
        return None
    return _places_near(zip5[:3]).get(zip5)


@cache
def _places_near(prefix: str) -> dict[str, Place]:
    """The ZIP codes that begin with three digits. One search of the table finds all of them, and takes less time than
    asking for a single one; there are at most a thousand."""
    import zipcodes

    rows = zipcodes.similar_to(prefix)  # type: ignore[no-untyped-call]
    return {row["zip_code"]: _place(row) for row in rows}


@cache
def cities_of(state: str) -> dict[str, tuple[str, ...]]:
    """Every place name of a state (folded) with its ZIP codes."""
    import zipcodes

    index: dict[str, list[str]] = {}
    for row in zipcodes.filter_by(state=state):  # type: ignore[no-untyped-call]
        for name in _place(row).names:
            index.setdefault(name, []).append(row["zip_code"])
    return {name: tuple(zips) for name, zips in index.items()}


@lru_cache(maxsize=1024)
def states_of(city: str) -> frozenset[str]:
    """The states that have a place of this default name."""
    import zipcodes

    name = " ".join(word.capitalize() for word in city.replace(".", " ").split())
    rows = zipcodes.filter_by(city=name)  # type: ignore[no-untyped-call]
    return frozenset(row["state"] for row in rows)


def contradiction(city: str | None, state: str | None, zip5: str | None) -> str:
    """What speaks against these three belonging together, in words; "" when nothing does. A ZIP code serves many names,
    so only a clear conflict counts."""
    known = place(zip5) if zip5 else None
    if known is None:
        return f"The ZIP table does not know {zip5}." if zip5 else ""
    if state and known.state != state:
        return f"{zip5} is in {known.state}, not in {state}."
    zips = cities_of(known.state).get(place_name(city), ()) if city and place_name(city) not in known.names else ()
    if zips and not any(other[:3] == known.zip[:3] for other in zips):
        return f"{zip5} is {known.city}, not {city}."
    return ""


@cache
def towns() -> frozenset[str]:
    """Every place name of two words and more (folded), whatever its state."""
    import zipcodes

    # Region by region: the package keeps a list of all of them, once made, for good (90 MB).
    rows = (row for region in "0123456789" for row in zipcodes.similar_to(region))  # type: ignore[no-untyped-call]
    return frozenset(fold(name) for row in rows for name in (row["city"], *row["acceptable_cities"]) if " " in name)
