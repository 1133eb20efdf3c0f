"""The name that stands with an address: on its own line, on the lines above it, right behind it."""

import re
from functools import cache

from allegro_privacy.core.names import NameFrom, as_name, full_name, last_segment, leading_name, trailing_name
from allegro_privacy.core.names_found import is_closing, without_contacts
from allegro_privacy.core.names_key import is_own
from allegro_privacy.core.names_words import is_organisation, name_words
from allegro_privacy.core.places import states_of, towns
from allegro_privacy.core.postal_locate import Placed
from allegro_privacy.core.postal_tables import fold, fold_word, tables

LONGEST_LINE = 300
_ADDRESS_WORDS = re.compile(
    r"(?i)\b(?:address|direcci[oó]n|direcsion|street|domicilio|dir|addr|at|en|home|casa|old|new|mailing|calle|"
    r"vieja|nueva|anterior|actual|previous|current|former|and|y|my|mi|is|es)\b"
)
_CARE_OF = re.compile(
    r"\s*(?:c/o|care of|attn\b|attention|at[nt]?e?nci[oó]n|a/c|c/d|a cargo de|al cuidado de|en casa de)\s*[:.]?\s*",
    re.IGNORECASE,
)
_ANYBODY = re.compile(
    r"(?i)(?:and/)?(?:or|o|and|y|/|to)?\W*(?:the |el |la )?(?:current|actual)?\s*"
    r"(?:resident|residente|occupant|ocupante|family|familia|household|customer|current|inquilino)(?: actual)?\W*$"
)
_NOT_IN_LINE = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\s[\"“][^\"“”\n]{2,20}[\"”]|(?i:\s+(?:&|and|y)\s+(?:family|familia)\b.*)"
    r"|(?i:\s+(?:or|o)\s+(?:current\s+)?(?:resident|occupant|residente|ocupante)\b.*)"
)
_FAMILY = re.compile(r"(?i:the )?[^\W\d_]+(?:[- ][^\W\d_]+)? (?i:family)")
_PIECES = re.compile(r"[|\t;]|[ ]{2,}|\s[-–—/]\s|[-=]>")
_BEHIND = re.compile(r"[!?;|()\n]|[.]\s|\s[-–—]{1,2}\s|,|[-=]>|[.]$")


def beside(whole: str, one: Placed, bound: int, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom, bool]:
    """A name on the address's own line, else on the lines right above it, and whether it is surely this address's:
    nothing else stands in its part of the line."""
    line = max(whole.rfind("\n", 0, one.start) + 1, bound, one.start - LONGEST_LINE)
    before = whole[line : one.start]
    above = whole[max(bound, line - 4 * LONGEST_LINE) : line]
    if not _may_stand_between(before):
        before = _NOT_IN_LINE.sub(" ", before) if _ANYBODY.search(before.rstrip(" ,")) else before
        segment = last_segment(before.rstrip(' ,;:|-–—(>→*.\t"“”'))
        name = full_name(segment)
        sure = name is not None
        if name is None:
            name, sure = trailing_name(segment)
        if name is None and segment.strip(" \t") != before.strip(" \t"):
            name, sure = trailing_name(before)[0], False
        if name and not is_own(name, own_names) and not is_place(name):
            return name, NameFrom.SAME_LINE, sure
        if re.search(r"\w", _ADDRESS_WORDS.sub("", before)):
            return None, NameFrom.NONE, False
    name, sure = _line_above(above, own_names)
    return name, NameFrom.LINE_ABOVE if name else NameFrom.NONE, sure


def behind(whole: str, one: Placed, following: int, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom]:
    """A name right behind the address or on the line below it."""
    lines = whole[one.end : min(following, one.end + LONGEST_LINE)].split("\n")
    for line, place in zip(lines, (NameFrom.SAME_LINE, NameFrom.CLOSING), strict=False):
        first = next((piece for piece in _BEHIND.split(line) if re.search(r"\w", piece)), "")
        for piece in (line.lstrip(" ,.;(-–—"), first):
            name = full_name(piece)
            if name and not is_own(name, own_names) and not is_place(name):
                return name, place
        if line.strip(" ,."):
            break
    return None, NameFrom.NONE


def is_place(name: str) -> bool:
    """Is this a town or a state ("Coral Gables") rather than a person?"""
    words = fold(name).split()
    while len(words) > 1 and words[0] in name_words().particles and name[0].islower():
        words = words[1:]  # "la de Miami"
    spoken = " ".join(words)
    if spoken in tables().states or spoken in tables().countries:
        return True
    if len(words) == 1 < len(name.split()) and spoken not in name_words().given and states_of(spoken):
        return True
    if words[0] in name_words().given and words[-1] not in name_words().town_words:
        return False
    return len(words) < 5 and spoken in towns()


def _line_above(above: str, own_names: tuple[str, ...]) -> tuple[str | None, bool]:
    """The name on the lines above an address, and whether it is a whole line of its block."""
    organisation, blank, unknown = None, 0, 0
    for line in reversed(above.removesuffix("\n").split("\n")[-9:]):
        written = line.strip(" >\t*-_|")
        if not re.search(r"\w", written):
            blank += not written
            if blank > 1:
                break
            continue
        name = _whole_line(written, own_names)
        if name == "":
            continue
        if name:
            return name, blank == 0
        if is_organisation(written) and len(written) < 60 and not is_own(written, own_names):
            organisation = organisation or written.rstrip(" ,")
            continue
        if _may_stand_between(written):
            continue
        name = _end_of_sentence(written, own_names, blank + unknown)
        if name:
            return name, False
        unknown += 1
        if blank or unknown > 3 or is_closing(written) or organisation:
            break
    return organisation, False


def _whole_line(written: str, own_names: tuple[str, ...]) -> str | None:
    """The name that a line holds alone; "" when the line holds nothing that counts (a phone number, "or current
    resident", care of somebody, a ship)."""
    care_of = _CARE_OF.match(written)
    if care_of and not fold(written).startswith("att"):
        return ""
    rest = written[care_of.end() :] if care_of else written
    if _FAMILY.fullmatch(rest) and fold(rest).split()[-2] not in name_words().never:
        return rest
    if _ANYBODY.fullmatch(rest):
        return ""
    rest = without_contacts(_NOT_IN_LINE.sub(" ", rest))
    if not re.search(r"\w", rest) or fold(rest).startswith("uss "):
        return ""
    if is_organisation(rest):
        return None
    for piece in (rest, _PIECES.split(rest)[0], rest.partition(",")[0]):
        name = full_name(piece)
        if name and not is_own(name, own_names) and not is_place(name):
            return name
    return None


def _end_of_sentence(written: str, own_names: tuple[str, ...], far: int) -> str | None:
    """A name at the end of a line that holds more: "Please remove Rosa Quintero"."""
    last = last_segment(written.rstrip(" .,;:!"))
    found = (as_name(last) if last != written else None) or (trailing_name(last)[0] if far < 2 else None)
    found = found or (leading_name(last) if last != written else None)
    usable = found and " " in found and not is_own(found, own_names) and not is_place(found)
    return found if usable else None


def _may_stand_between(line: str) -> bool:
    """A unit, building or urbanization line between a name and the street."""
    words = [fold_word(word.strip(".,:#")) for word in line.split()]
    return words[:1] == ["uss"] or (len(words) < 9 and not _between().isdisjoint(words))


@cache
def _between() -> frozenset[str]:
    table = tables()
    buildings = ("tower", "towers", "condo", "condominium")
    return frozenset((*table.units, *table.units_alone, *table.urbanization, *buildings))
