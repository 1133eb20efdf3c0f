"""Postal addresses in their normal form: shown in the manner of USPS Publication 28, keyed for exact comparison."""

from itertools import pairwise

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import place_name
from allegro_privacy.core.postal_line import parse_line
from allegro_privacy.core.postal_parts import Line, ordinary
from allegro_privacy.core.postal_tables import fold, number_of, ordinal_text, tables

_UPPER = frozenset({"nw", "ne", "sw", "se", "n", "s", "e", "w"})


def shown(line: Line) -> tuple[str, str | None]:
    """Delivery line and unit line as people read them: ("1450 Brickell Ave", "Apt 2203")."""
    units = " ".join(_unit(*unit) for unit in line.units)
    # A comma, so that the unit is no part of the urbanization's name when the line is read again.
    second = ", ".join(filter(None, (_urbanization(line), units))) or None
    if line.kind == "po-box":
        return f"PO Box {line.number}", second
    if line.kind in ("rural", "military"):
        route = line.name if line.name[0] != "UNIT" else ("Unit", *line.name[1:])
        return f"{' '.join(route)} Box {line.number}", second
    parts = (line.number, line.before.upper(), _street_name(line), line.suffix.capitalize(), line.after.upper())
    return " ".join(filter(None, parts)), second


def _street_name(line: Line) -> str:
    if line.suffix and len(line.name) == 1:
        word = line.name[0]
        number = number_of(fold(word)) if "-" in word else int(word) if word.isdigit() and len(word) < 4 else None
        if number is not None:
            return ordinal_text(number)
    return " ".join(ordinary(word, first=i == 0) for i, word in enumerate(line.name))


def _urbanization(line: Line) -> str:
    return f"Urb {line.urbanization}" if line.urbanization else ""


def _unit(designator: str, identifier: str) -> str:
    word = {"ph": "PH", "pmb": "PMB", "#": "#", "twr": "Tower"}.get(designator, designator.capitalize())
    return f"{word} {identifier}".strip()


def key_of(line: Line, zip5: str) -> str:
    """The exact key: ZIP5|number|street core|suffix|directional|unit, and the urbanization where there is one."""
    number = line.number.lower().replace("-", "")
    match line.kind:
        case "po-box":
            return f"{zip5}|po|{number.lstrip('0') or '0'}"
        case "rural" | "military":
            return f"{zip5}|{' '.join(line.name).lower()}|{number}"
    parts = [zip5, number, core_of(line), line.suffix, line.before + line.after, unit_key(line)]
    if line.urbanization:
        parts.append(place_name(line.urbanization))
    return "|".join(parts)


def core_of(line: Line) -> str:
    """The street's own name, folded: 7, 7TH, SEVENTH and 7mo are one; suffix words inside the name are abbreviated."""
    table = tables()

    def core(word: str) -> str:
        if word == "&":
            return "and"
        if "." in word and word[-1].isdigit():
            # "County Road 26.2" is not County Road 262.
            return word.lower()
        folded = fold(word).replace("'", "").replace("saint", "st")
        number = number_of(fold(word)) if word.casefold() != "one" or len(line.name) == 1 else None
        return str(number) if number is not None else table.suffixes.get(folded, folded)

    words = [piece for word in line.name for piece in ([word] if number_of(fold(word)) else word.split("-"))]
    words = _numbers_of_two_words(words)
    if table.prefixes.get(fold(words[0])) and not line.suffix:
        return " ".join([table.prefixes[fold(words[0])], *map(core, words[1:])])
    return " ".join(map(core, words))


def _numbers_of_two_words(words: list[str]) -> list[str]:
    """ "Twenty Second" is one number."""
    for i, (tens, unit) in enumerate(pairwise(words)):
        if fold(tens) in tables().tens and (number := number_of(f"{fold(tens)}-{fold(unit)}")):
            return [*words[:i], str(number), *words[i + 2 :]]
    return words


def unit_key(line: Line) -> str:
    """Unit identifiers without their designators (APT 4, # 4, PMB 4 are one), but for buildings, floors and towers."""
    keys, table = [], tables()
    for designator, identifier in line.units:
        words = (table.directionals.get(word, word) for word in identifier.lower().split())
        folded = "".join(words).replace("-", "")
        folded = folded.lstrip("0") or folded
        keys.append((designator if designator in ("bldg", "fl", "twr", "ph") or not folded else "") + folded)
    return " ".join(sorted(keys))


def line_of(address: PostalAddress) -> Line | None:
    """The parts of an address that is already in its normal form."""
    return parse_line("\n".join(filter(None, (address.line1, address.line2)))) if address.line1 else None


def address_key(address: PostalAddress) -> str | None:
    """The exact key of an address: ZIP5|number|street|suffix|directional|unit; city and state stand in for a missing
    ZIP code. None when it is too incomplete, or foreign."""
    if address.kind == "foreign" or {"number", "street"} & set(address.missing):
        return None
    line = line_of(address)
    where = address.zip or (
        f"{place_name(address.city)} {address.state.lower()}" if address.city and address.state else None
    )
    return key_of(line, where) if line and where else None


def delivery_key(address: PostalAddress) -> str | None:
    """The key without its place: for telling whether two addresses name the same door when one lacks its ZIP code."""
    line = line_of(address)
    return key_of(line, "") if line else None
