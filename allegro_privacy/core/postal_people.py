"""Whose address it is: each address of a message paired with the name of the person who lives there."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from allegro_privacy.core.names import NameFrom, display_as_name
from allegro_privacy.core.names_found import (
    believable,
    closing_names,
    introduced_names,
    kin_names,
    signed_names,
)
from allegro_privacy.core.names_key import is_own
from allegro_privacy.core.names_labelled import Names, labelled_names
from allegro_privacy.core.names_same import fullest
from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal_beside import behind, beside, is_place
from allegro_privacy.core.postal_locate import Placed, locate

_REPLY = re.compile(r"\s*(?:(?:re|fw|fwd|rv|aw|reenv|enc)\s*:\s*)+", re.IGNORECASE)
_DIGIT = re.compile(r"[\d½¼¾]")
_BLOCK = re.compile(r"(?i)</?(?:br|p|div|td|tr|li|h[1-6])\b[^<>\n]{0,80}>")
_TAG = re.compile(r"(?i)</?(?:b|i|u|em|strong|span|font|table|tbody|th|ul|ol|html|body|head|center)\b[^<>\n]{0,200}>")
_ENTITY = re.compile(r"&(?:#\d{2,5}|#[xX][\da-fA-F]{2,5}|[a-zA-Z]{2,8});")


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address and its person; `name_from` says where the name stood. doubts: what is uncertain, in words."""

    name: str | None
    name_from: str
    address: PostalAddress
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Letter:
    """Subject and text as one, with every address and every name that may belong to one, by position."""

    whole: str
    placed: tuple[Placed, ...]
    own_names: tuple[str, ...]
    display_name: str

    @cached_property
    def display(self) -> str | None:
        name = display_as_name(self.display_name)
        return name if name and not is_own(name, self.own_names) else None

    @cached_property
    def labels(self) -> Names:
        return self._others(labelled_names)

    @cached_property
    def introduced(self) -> Names:
        return self._others(introduced_names)

    @cached_property
    def kin(self) -> Names:
        return self._others(kin_names)

    @cached_property
    def closing(self) -> Names:
        return self._others(closing_names)

    @cached_property
    def signed(self) -> Names:
        return [(at, name) for at, name in self._others(signed_names) if not is_place(name)]

    def _others(self, find: Callable[[str], Names]) -> Names:
        """Everybody but the shop and its people."""
        return [(at, name) for at, name in find(self.whole) if not is_own(name, self.own_names)]

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
    whole = _without_markup(_without_phrases(subject, phrases) + "\n\n" + text)
    if not (_DIGIT.search(whole) and (placed := locate(whole, own))):
        return ()
    letter = _Letter(whole, placed, own_names, display_name)
    named: list[NamedAddress] = []
    for index, one in enumerate(letter.placed):
        name, place = _person_of(letter, index, named[-1] if named else None)
        if name and place is not NameFrom.DISPLAY_NAME:
            name = fullest(name, _spellings(letter, name))
        named.append(_named(name, place, one))
    return tuple(named)


def _without_markup(text: str) -> str:
    """Tags and entities that a sender's program left in the text."""
    if "<" in text:
        text = _TAG.sub("", _BLOCK.sub("\n", text))
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _person_of(letter: _Letter, index: int, previous: NamedAddress | None) -> tuple[str | None, NameFrom]:
    """The person of one address: the surest place that holds a name decides."""
    one = letter.placed[index]
    if name := _nearest(letter.labels, letter, index):
        return name, NameFrom.LABEL
    name, place, sure = beside(letter.whole, one, letter.bound(index), letter.own_names)
    if name and not (sure or believable(name, letter.whole)):
        name = None
    if name and sure:
        return name, place
    if told := _nearest(letter.introduced, letter, index):
        return told, NameFrom.SELF
    if name:
        return name, place
    if previous and previous.name and one.start <= letter.placed[index - 1].end:
        # Street and box of one block have one person.
        return previous.name, NameFrom(previous.name_from)
    if name := _nearest(letter.kin, letter, index):
        return name, NameFrom.SPOKEN_OF
    return _elsewhere(letter, index)


def _elsewhere(letter: _Letter, index: int) -> tuple[str | None, NameFrom]:
    """A name that does not stand in front of the address: behind it, below the closing, at the end, in the header."""
    one = letter.placed[index]
    after, place = behind(letter.whole, one, letter.following(index), letter.own_names)
    if after and place is NameFrom.SAME_LINE and believable(after, letter.whole):
        return after, place
    for names, where in ((letter.labels, NameFrom.LABEL), (letter.introduced, NameFrom.SELF)):
        if len({name for _, name in names}) == 1:
            return names[0][1], where
    closing = [name for _, name in letter.closing]
    full = [name for name in closing if " " in fullest(name, _spellings(letter, name))]
    if full:
        return full[-1], NameFrom.CLOSING
    if after and believable(after, letter.whole):
        return after, place
    if letter.signed:
        return letter.signed[-1][1], NameFrom.CLOSING
    if letter.display:
        return letter.display, NameFrom.DISPLAY_NAME
    return (closing[-1], NameFrom.CLOSING) if closing else (None, NameFrom.NONE)


def _spellings(letter: _Letter, name: str) -> list[str]:
    """Other spellings that may say more: the header's, and for a name that lacks a part every one in the letter."""
    lacking = sum(len(word.strip(".,")) > 1 for word in name.split()) < 2
    written = (*letter.labels, *letter.introduced, *letter.closing, *letter.signed) if lacking else ()
    return [spelled for _, spelled in written] + ([letter.display] if letter.display else [])


def _without_phrases(subject: str, phrases: tuple[str, ...]) -> str:
    """The subject with its reply marks and command words blanked."""
    rest = _REPLY.sub("", subject, count=1)
    for pattern in _command_words(phrases) if rest else ():
        rest = pattern.sub("\n", rest)
    return rest.strip(" \n-–—:,;.!/+&|") if rest.strip() else ""


@lru_cache(maxsize=8)
def _command_words(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The command words as patterns, the longest first; marks may stand between their words."""
    words = [re.findall(r"\w+", phrase) for phrase in sorted(phrases, key=len, reverse=True)]
    spelled = [r"[\s\W_]{0,3}".join(map(re.escape, every)) for every in words if every]
    return tuple(re.compile(rf"(?i)(?<!\w){one}(?!\w)") for one in spelled)


def _nearest(names: Names, letter: _Letter, index: int) -> str | None:
    """The last name between the previous address and this one; behind it, when it is the only one that can be meant."""
    start, alone = letter.placed[index].start, len(letter.placed) == 1
    before = [name for at, name in names if letter.bound(index) <= at <= start]
    if before:
        return before[-1]
    if alone or not any(at < start for at, _ in names):
        return next((name for at, name in names if start < at and (alone or at < letter.following(index))), None)
    # Old and new address of one person: the name was given before the first.
    return names[-1][1] if len({name for _, name in names}) == 1 else None


def _named(name: str | None, place: NameFrom, one: Placed) -> NamedAddress:
    doubts = []
    if name is None:
        doubts.append("No name stands with this address.")
    elif place is NameFrom.DISPLAY_NAME:
        doubts.append("The name is only in the From header.")
    return NamedAddress(name, place if name else NameFrom.NONE, one.address, tuple(doubts))
