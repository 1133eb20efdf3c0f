"""What a missing or doubtful part of an address could be, from the ZIP table: for a person to choose, never a guess."""

from dataclasses import dataclass

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import Place, cities_of, place, place_name, states_of
from allegro_privacy.core.postal_tables import fold

# So many can be read at a glance; of more only the number is told. Near ZIP codes are compared with one that is there.
MOST_NAMED, MOST_NEAR = 8, 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one part (city, state, zip) could be. `values` are the choices when they are few, () when they are many;
    `count` is how many there are; `words` say the same to staff."""

    part: str
    values: tuple[str, ...]
    count: int
    words: str


def suggestions(address: PostalAddress) -> tuple[Suggestion, ...]:
    """What the ZIP table knows about the parts that are missing or contradict each other; () when there is nothing."""
    if address.kind == "foreign":
        return ()
    known = place(address.zip) if address.zip else None
    found = (
        _state(address, known),
        _city(address, known),
        _zips_of_city(address) if address.zip is None else _near_zips(address, known),
    )
    return tuple(one for one in found if one is not None)


def _state(address: PostalAddress, known: Place | None) -> Suggestion | None:
    if known is not None:
        if address.state == known.state:
            return None
        return Suggestion("state", (known.state,), 1, f"{known.zip} is in {known.state}.")
    if address.state or not address.city:
        return None
    return _chosen("state", address.city, " ", "state", sorted(states_of(" ".join(fold(address.city).split()))))


def _city(address: PostalAddress, known: Place | None) -> Suggestion | None:
    if known is None or (address.city and place_name(address.city) in known.names):
        return None
    names = (known.city, *known.also)
    others = f", also called {', '.join(known.also)}" if 0 < len(known.also) <= MOST_NAMED else ""
    values = names if len(names) <= MOST_NAMED else names[:1]
    return Suggestion("city", values, len(names), f"{known.zip} is {known.city}, {known.state}{others}.")


def _zips_of_city(address: PostalAddress) -> Suggestion | None:
    where = f"{address.city}, {address.state}"
    return _chosen("zip", where, " ", "ZIP code", sorted(_zips(address)))


def _near_zips(address: PostalAddress, known: Place | None) -> Suggestion | None:
    """A ZIP code that is unknown, or that is another place's, may be a slip: those of the given city that are near."""
    zips = set(_zips(address))
    if address.zip is None or (known is not None and address.zip in zips):
        return None
    near = [one for one in _slips(address.zip) if one in zips]
    where = f"{address.city}, {address.state}"
    about = f" near {address.zip} (one digit off, or two swapped) "
    return _chosen("zip", where, about, "ZIP code", near, MOST_NEAR)


def _zips(address: PostalAddress) -> tuple[str, ...]:
    if not address.city or not address.state:
        return ()
    return cities_of(address.state).get(place_name(address.city), ())


def _slips(zip5: str) -> list[str]:
    """Every ZIP code that one slip turns into this one: two neighbours swapped first, then one digit exchanged."""
    swapped = [zip5[:i] + zip5[i + 1] + zip5[i] + zip5[i + 2 :] for i in range(len(zip5) - 1)]
    exchanged = [zip5[:i] + digit + zip5[i + 1 :] for i in range(len(zip5)) for digit in "0123456789"]
    return [one for one in dict.fromkeys(swapped + exchanged) if one != zip5]


def _chosen(
    part: str, where: str, about: str, noun: str, choices: list[str], most: int = MOST_NAMED
) -> Suggestion | None:
    """Few choices are named, many are counted: whoever writes back must ask which."""
    if not choices:
        return None
    verb = "is in" if part == "state" else "has"
    if len(choices) == 1:
        words = f"{where} {verb} one {noun}{about}".rstrip() + f": {choices[0]}."
    elif len(choices) <= most:
        words = f"{where} {verb} {len(choices)} {noun}s{about}".rstrip() + f": {', '.join(choices)}."
    else:
        words = f"{where} {verb} {len(choices)} {noun}s{about}".rstrip() + ": only the customer knows which."
    return Suggestion(part, tuple(choices) if len(choices) <= most else (), len(choices), words)
