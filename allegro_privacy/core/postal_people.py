"""Whose address it is: each address of a message paired with the name of the person who lives there."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

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
from allegro_privacy.core.postal_tables import fold, fold_word, tables

_LONGEST_LINE = 300
_REPLY = re.compile(r"\s*(?:(?:re|fw|fwd|rv|aw|reenv|enc)\s*:\s*)+", re.IGNORECASE)
_ADDRESS_WORDS = re.compile(r"\b(?:address|direcci[oó]n|street|domicilio|dir|addr|at|en)\b", re.IGNORECASE)
_DIGIT = re.compile(r"[\d½¼¾]")
_CARE_OF = re.compile(r"\s*(?:c/o|care of|attn\b|attention|at[nt]?e?nci[oó]n|a/c)\s*[:.]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address and its person; `name_from` says where the name stood. doubts: what is uncertain, in words."""

    name: str | None
    name_from: str
    address: PostalAddress
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Letter:
    """Subject and text as one, with every address and every name that may belong to one, by position."""

    whole: str
    placed: tuple[Placed, ...]
    own_names: tuple[str, ...]
    labels: list[tuple[int, str]]
    introduced: list[tuple[int, str]]
    closing: list[str]
    display_name: str

    def bound(self, index: int) -> int:
        return self.placed[index - 1].end if index else 0

    def following(self, index: int) -> int:
        return self.placed[index + 1].start if index + 1 < len(self.placed) else len(self.whole)


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
    if not (_DIGIT.search(whole) and (placed := locate(whole, own))):
        return ()
    letter = _Letter(
        whole,
        placed,
        own_names,
        [(at, name) for at, name in labelled_names(whole) if not is_own(name, own_names)],
        [(at, name) for at, name in introduced_names(whole) if not is_own(name, own_names)],
        [name for _, name in closing_names(whole) if not is_own(name, own_names)],
        display_name,
    )
    named: list[NamedAddress] = []
    for index, one in enumerate(letter.placed):
        name, place = _person_of(letter, index, named[-1] if named else None)
        named.append(_named(name, place, one))
    return tuple(named)


def _person_of(letter: _Letter, index: int, previous: NamedAddress | None) -> tuple[str | None, NameFrom]:
    """The person of one address: the surest place that holds a name decides."""
    one = letter.placed[index]
    if name := _nearest(letter.labels, letter, index):
        return name, NameFrom.LABEL
    if name := _nearest(letter.introduced, letter, index):
        return name, NameFrom.SELF
    name, place = _beside(letter.whole, one, letter.bound(index), letter.own_names)
    if name is None and previous and one.start <= letter.placed[index - 1].end:
        # Street and box of one block have one person.
        name, place = previous.name, NameFrom(previous.name_from)
    if name is None and letter.closing:
        name, place = letter.closing[-1], NameFrom.CLOSING
    if name is None:
        name, place = _behind(letter.whole, one, letter.following(index), letter.own_names)
    return (name, place) if name else (_from_display(letter.display_name, letter.own_names), NameFrom.DISPLAY_NAME)


def _without_phrases(subject: str, phrases: tuple[str, ...]) -> str:
    """The subject with its reply marks and command words blanked."""
    rest = _REPLY.sub("", subject, count=1)
    for pattern in _spellings(phrases) if rest else ():
        rest = pattern.sub("\n", rest)
    return rest.strip(" \n-–—:,;.!/+&|") if rest.strip() else ""


@lru_cache(maxsize=8)
def _spellings(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The command words as patterns, the longest first; marks may stand between their words."""
    words = [re.findall(r"\w+", phrase) for phrase in sorted(phrases, key=len, reverse=True)]
    spelled = [r"[\s\W_]{0,3}".join(map(re.escape, every)) for every in words if every]
    return tuple(re.compile(rf"(?i)(?<!\w){one}(?!\w)") for one in spelled)


def _nearest(names: list[tuple[int, str]], letter: _Letter, index: int) -> str | None:
    """The last name between the previous address and this one; behind it, when it is the only one that can be meant."""
    start, alone = letter.placed[index].start, len(letter.placed) == 1
    before = [name for at, name in names if letter.bound(index) <= at <= start]
    if before:
        return before[-1]
    if alone or not any(at < start for at, _ in names):
        return next((name for at, name in names if start < at and (alone or at < letter.following(index))), None)
    # Old and new address of one person: the name was given before the first.
    return names[-1][1] if len({name for _, name in names}) == 1 else None


def _beside(whole: str, one: Placed, bound: int, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom]:
    """A name on the address's own line, else on the lines right above it."""
    line = max(whole.rfind("\n", 0, one.start) + 1, bound, one.start - _LONGEST_LINE)
    beside = whole[line : one.start]
    if _may_stand_between(beside):
        name = _line_above(whole[max(bound, line - 4 * _LONGEST_LINE) : line], own_names)
        return name, NameFrom.LINE_ABOVE if name else NameFrom.NONE
    before = re.split(r"[:;|]|[.!?]\s", beside)[-1]
    name = trailing_name(before) or trailing_name(beside)
    if name is None and before.strip():
        name = as_name(before)
        name = name if name and len(name.split()) > 1 else None
    if name and not is_own(name, own_names):
        return name, NameFrom.SAME_LINE
    if re.search(r"\w", _ADDRESS_WORDS.sub("", beside)):
        return None, NameFrom.NONE
    name = _line_above(whole[max(bound, line - 4 * _LONGEST_LINE) : line], own_names)
    return name, NameFrom.LINE_ABOVE if name else NameFrom.NONE


def _behind(whole: str, one: Placed, following: int, own_names: tuple[str, ...]) -> tuple[str | None, NameFrom]:
    """A name right behind the address or on the line below it."""
    lines = whole[one.end : min(following, one.end + _LONGEST_LINE)].split("\n")
    for line, place in zip(lines, (NameFrom.SAME_LINE, NameFrom.CLOSING), strict=False):
        name = as_name(re.split(r"[!?;]|[.]\s", line.lstrip(" ,.;("))[0])
        if name and len(name.split()) > 1 and not is_own(name, own_names):
            return name, place
        if line.strip(" ,."):
            break
    return None, NameFrom.NONE


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
    words = [fold_word(word.strip(".,:#")) for word in line.split()]
    return words[:1] == ["uss"] or (len(words) < 9 and not _between().isdisjoint(words))


@cache
def _between() -> frozenset[str]:
    table = tables()
    buildings = ("tower", "towers", "condo", "condominium")
    return frozenset((*table.units, *table.units_alone, *table.urbanization, *buildings))


def _from_display(display_name: str, own_names: tuple[str, ...]) -> str | None:
    name = display_as_name(display_name)
    return name if name and not is_own(name, own_names) else None


def _named(name: str | None, place: NameFrom, one: Placed) -> NamedAddress:
    doubts = []
    if name is None:
        doubts.append("No name stands with this address.")
    elif place is NameFrom.DISPLAY_NAME:
        doubts.append("The name is only in the From header.")
    return NamedAddress(name, place if name else NameFrom.NONE, one.address, tuple(doubts))
