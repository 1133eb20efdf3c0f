"""An address as it was given beside how it was read, part by part: what a person at the desk compares."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.core.places import place_name
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.postal_normal import line_of
from allegro_privacy.core.postal_tables import fold, tables
from allegro_privacy.core.postal_units import unit_at
from allegro_privacy.core.postal_words import words_of

Span = tuple[int, int]
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_LONGEST_PLACE = 5
_LABEL = re.compile(r"[^:]{0,30}:")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: name, street, unit, city, state or zip. `given` are the words in which it stood, "" when it did not;
    `read` is what it was read as, "" when it is missing; `by` names the part (zip, city) that told it when no word
    did."""

    part: str
    given: str
    read: str
    by: str = ""


def side_by_side(person: Person) -> tuple[Part, ...]:
    """Every part of a person's name and address; of an address that was not given all parts are empty."""
    name, address = person.name or "", person.address
    if address is None:
        empty = tuple(Part(part, "", "") for part in ("street", "unit", "city", "state", "zip"))
        return (Part("name", name, name), *empty)
    given = _given(address)
    zip_read = "-".join(filter(None, (address.zip, address.zip4)))
    read = {"street": address.line1, "unit": address.line2 or "", "zip": zip_read}
    read |= {"city": address.city or "", "state": address.state or ""}
    parts = [Part(part, given[part], read[part], _told_by(part, given, read)) for part in _ORDER]
    return (Part("name", name, name), *parts)


_ORDER = ("street", "unit", "city", "state", "zip")


def is_given(address: PostalAddress, part: str) -> bool:
    """Did this part stand in the words of the address, or was it read from another?"""
    return bool(_given(address)[part])


def _told_by(part: str, given: dict[str, str], read: dict[str, str]) -> str:
    if part not in ("city", "state") or given[part] or not read[part]:
        return ""
    return "zip" if read["zip"] else "city"


def _given(address: PostalAddress) -> dict[str, str]:
    """The words of each part. What belongs to no other part is shown with the street, so that no word is lost."""
    text = address.as_given
    # What staff correct changes what is read, never which words the customer gave.
    address = _as_first_read(text) or address
    spans: dict[str, list[Span]] = {"zip": _last(_zips(text, address))}
    taken = [*spans["zip"]]
    for part, value, same in (("state", address.state, _is_state), ("city", address.city, _is_city)):
        spans[part] = _last(_runs(text, taken, value, same)) if value else []
        taken += spans[part]
    spans["unit"] = _units(text, taken, address)
    found = {part: " ".join(text[start:end] for start, end in sorted(spans[part])) for part in spans}
    return {**found, "street": _rest(text, [*taken, *spans["unit"]])}


@lru_cache(maxsize=256)
def _as_first_read(text: str) -> PostalAddress | None:
    found = locate(text)
    return found[0].address if len(found) == 1 else None


def _last(spans: Iterator[Span]) -> list[Span]:
    """The one that stands last, and of those that end together the longest: the town is behind its street."""
    found = max(spans, key=lambda span: (span[1], -span[0]), default=None)
    return [] if found is None else [found]


def _zips(text: str, address: PostalAddress) -> Iterator[Span]:
    if address.zip:
        behind = rf"(?:[ ]?[-–][ ]?{address.zip4}|[ ]?{address.zip4})?" if address.zip4 else ""
        yield from (match.span() for match in re.finditer(rf"(?<!\d){address.zip}{behind}(?!\d)", text))


def _runs(text: str, taken: list[Span], value: str, same: Callable[[str, str], bool]) -> Iterator[Span]:
    """Runs of words on one line, outside what is taken, that mean a value."""
    words = [match.span() for match in _WORD.finditer(text)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + _LONGEST_PLACE]:
            free = all(end <= begins or ends <= start for begins, ends in taken)
            if free and "\n" not in text[start:end] and same(text[start:end], value):
                yield start, end


def _is_state(words: str, state: str) -> bool:
    return tables().states.get(" ".join(fold(words).split())) == state


def _is_city(words: str, city: str) -> bool:
    return place_name(words) == place_name(city)


def _units(text: str, taken: list[Span], address: PostalAddress) -> list[Span]:
    line = line_of(address)
    if line is None or not line.units:
        return []
    hidden = text
    for start, end in taken:
        hidden = hidden[:start] + ";" * (end - start) + hidden[end:]
    words, places, position = words_of(hidden), [], 0
    for word in words:
        found = hidden.find(word.text, position)
        position = (position if found < 0 else found) + len(word.text)
        places.append((position - len(word.text), position))
    wanted, spans = list(line.units), []
    for i, word in enumerate(words):
        unit, used = unit_at(words, i)
        alone = ("#", word.text.upper())
        if unit in wanted or alone in wanted:
            wanted.remove(unit if unit in wanted else alone)
            spans.append((places[i][0], places[i + (used if unit and unit not in wanted and used else 1) - 1][1]))
    return spans


def _rest(text: str, taken: list[Span]) -> str:
    for start, end in taken:
        text = text[:start] + "\n" * (end - start) + text[end:]
    pieces = (" ".join(piece.split()).strip(" ,;.-|") for piece in re.split(r"[\n,;]", text))
    return ", ".join(piece for piece in pieces if piece and not _LABEL.fullmatch(piece))
