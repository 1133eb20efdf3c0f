"""Whose address it is: each address of a message paired with the name of the person who lives there."""

import re
from dataclasses import dataclass

from allegro_privacy.core.model import PostalAddress
from allegro_privacy.core.names import (
    NameFrom,
    as_name,
    closing_names,
    display_as_name,
    introduced_names,
    is_organisation,
    is_own,
    labelled_names,
    leading_name,
    trailing_name,
)
from allegro_privacy.core.postal_locate import Placed, locate
from allegro_privacy.core.postal_tables import fold, tables

_LONGEST_LINE = 300
_REPLY = re.compile(r"\s*(?:(?:re|fw|fwd|rv|aw|reenv|enc)\s*:\s*)+", re.IGNORECASE)
_CARE_OF = re.compile(r"\s*(?:c/o|care of|attn\b|attention|at[nt]?e?nci[oó]n|a/c)\s*[:.]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address and its person; `name_from` says where the name stood. doubts: what is uncertain, in words."""

    name: str | None
    name_from: str
    address: PostalAddress
    doubts: tuple[str, ...] = ()


def find_named_addresses(
    subject: str,
    text: str,
    display_name: str = "",
    own: tuple[str, ...] = (),
    own_names: tuple[str, ...] = (),
    phrases: tuple[str, ...] = (),
) -> tuple[NamedAddress, ...]:
    """Every address of a message with its person. `phrases` are the command words that a subject may hold ("NO SNAIL
    MAIL"): they are no part of a name; what is left of the subject is read as the first line."""
    whole = _without_phrases(subject, phrases) + "\n\n" + text
    placed = locate(whole, own)
    labels = [(at, name) for at, name in labelled_names(whole) if not is_own(name, own_names)]
    introduced = [(at, name) for at, name in introduced_names(whole) if not is_own(name, own_names)]
    closing = [name for _, name in closing_names(whole) if not is_own(name, own_names)]
    named = []
    for index, one in enumerate(placed):
        bound = placed[index - 1].end if index else 0
        following = placed[index + 1].start if index + 1 < len(placed) else len(whole)
        name, place = _nearest(labels, bound, one.start, following, len(placed)), NameFrom.LABEL
        if name is None:
            name, place = _nearest(introduced, bound, one.start, following, len(placed)), NameFrom.SELF
        if name is None:
            name, place = _beside(whole, one, bound, own_names)
        if name is None and closing:
            name, place = closing[-1], NameFrom.CLOSING
        if name is None:
            name, place = _from_display(display_name, own_names)
        named.append(_named(name, place, one))
    return tuple(named)


def _without_phrases(subject: str, phrases: tuple[str, ...]) -> str:
    """The subject with its reply marks and command words blanked."""
    rest = _REPLY.sub("", subject, count=1)
    for phrase in sorted(phrases, key=len, reverse=True):
        spelled = r"[\s\W_]{0,3}".join(re.escape(word) for word in re.findall(r"\w+", phrase))
        rest = re.sub(rf"(?i)(?<!\w){spelled}(?!\w)", "\n", rest) if spelled else rest
    return rest.strip(" \n-–—:,;.!/+&|") if rest.strip() else ""


def _nearest(names: list[tuple[int, str]], bound: int, start: int, following: int, count: int) -> str | None:
    """The last name between the previous address and this one; after it, when it is the only one that can be meant."""
    before = [name for at, name in names if bound <= at <= start]
    if before:
        return before[-1]
    if count == 1 or not any(at < start for at, _ in names):
        return next((name for at, name in names if start < at and (count == 1 or at < following)), None)
    # Old and new address of one person: the name was given before the first.
    return names[-1][1] if len({name for _, name in names}) == 1 else None


def _beside(whole: str, one: Placed, bound: int, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom]:
    """A name on the address's own line, else on the lines right above it."""
    line = max(whole.rfind("\n", 0, one.start) + 1, bound, one.start - _LONGEST_LINE)
    before = re.split(r"[:;|]|[.!?]\s", whole[line : one.start])[-1]
    name = trailing_name(before) or trailing_name(whole[line : one.start])
    if name is None and before.strip():
        name = as_name(before)
        name = name if name and len(name.split()) > 1 else None
    if name and not is_own(name, own_names):
        return name, NameFrom.SAME_LINE
    if re.search(
        r"\w",
        re.sub(r"(?i)\b(?:address|direcci[oó]n|street|domicilio|dir|addr)\b|at\b|en\b", "", whole[line : one.start]),
    ):
        return None, NameFrom.NONE
    name = _line_above(whole[max(bound, line - 4 * _LONGEST_LINE) : line], own_names)
    return name, NameFrom.LINE_ABOVE if name else NameFrom.NONE


def _line_above(above: str, own_names: tuple[str, ...]) -> str | None:
    organisation, blank = None, 0
    for line in reversed(above.split("\n")[-8:]):
        if not line.strip(" >\t"):
            blank += 1
            if blank > 2:
                break
            continue
        written = line.strip(" >\t*-")
        care_of = _CARE_OF.match(written)
        name = as_name(written[care_of.end() :] if care_of else written)
        if care_of and not fold(written).startswith("att"):
            continue
        if name and len(name.split()) > 1 and not is_own(name, own_names) and not is_organisation(written):
            return name
        if is_organisation(written) and len(written) < 60 and not is_own(written, own_names):
            organisation = organisation or written.rstrip(" ,")
            continue
        if _may_stand_between(written):
            continue
        behind = re.split(r"[:;]|[.!?]\s", written)[-1]
        found = (as_name(behind) if behind is not written else None) or (trailing_name(behind) if blank < 2 else None)
        found = found or (leading_name(behind) if behind is not written else None)
        return found if found and len(found.split()) > 1 and not is_own(found, own_names) else organisation
    return organisation


def _may_stand_between(line: str) -> bool:
    """A unit, building or urbanization line between a name and the street."""
    words = [fold(word.strip(".,:#")) for word in line.split()]
    table = tables()
    between = (
        table.units.keys()
        | table.units_alone.keys()
        | table.urbanization.keys()
        | {"tower", "towers", "condo", "condominium"}
    )
    return len(words) < 6 and any(word in between for word in words)


def _from_display(display_name: str, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom]:
    name = display_as_name(display_name)
    return (name, NameFrom.DISPLAY_NAME) if name and not is_own(name, own_names) else (None, NameFrom.NONE)


def _named(name: str | None, place: NameFrom, one: Placed) -> NamedAddress:
    doubts = []
    if name is None:
        doubts.append("No name stands with this address.")
    elif place is NameFrom.DISPLAY_NAME:
        doubts.append("The name is only in the From header.")
    return NamedAddress(name, place if name else NameFrom.NONE, one.address, tuple(doubts))
