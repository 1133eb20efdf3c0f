"""What can stand in a column of a list: the fields of a suppression, each for a block of rows at once, since a list may
have millions."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from typing import Any

from allegro_privacy.core.listing import Listed
from allegro_privacy.core.names_split import first_and_last
from allegro_privacy.lists.cells import LINE_ENDS

Address = Mapping[str, Any]
Texts = Sequence[str]
ADDED, REMOVED = "A", "R"
LETTERS = {"individual": "I", "household": "H", "address": "A"}


class Block:
    """Some rows as columns. action: A for those who come on the list, R for those who come off."""

    def __init__(self, rows: Sequence[Listed], action: str) -> None:
        self.action = action
        columns: Sequence[Sequence[Any]] = [*zip(*rows, strict=True)] or [()] * len(Listed._fields)
        self.numbers, keys, names, self._addresses, levels, since, self.reasons, customers, _ = columns
        self.keys, self.names, self.levels = _filled(keys), _filled(names), _filled(levels)
        self.since: Texts = since
        self.customer_numbers = _filled(customers)

    @cached_property
    def addresses(self) -> list[Address]:
        return [json.loads(one) if one else {} for one in self._addresses]

    @cached_property
    def split_names(self) -> list[tuple[str, str]]:
        return [first_and_last(name) for name in self.names]

    def part(self, name: str) -> Texts:
        """One part of each postal address."""
        return [address.get(name) or "" for address in self.addresses]


def _filled(column: Sequence[str | None]) -> list[str]:
    return [cell or "" for cell in column]


def _as_given(block: Block) -> Texts:
    """On one line: many programs read a record per line whatever the quotes say."""
    return [_one_line(text) for text in block.part("as_given")]


def _one_line(text: str) -> str:
    lines = LINE_ENDS.sub("\n", text).split("\n")
    return " / ".join(line.strip() for line in lines if line.strip())


def _zip9(block: Block) -> Texts:
    pairs = zip(block.part("zip"), block.part("zip4"), strict=True)
    return [f"{five}-{four}" if five and four else five for five, four in pairs]


def _normal(block: Block) -> Texts:
    """The address in the manner of Publication 28, in one cell."""
    cities = zip(block.part("city"), block.part("state"), _zip9(block), strict=True)
    places = [" ".join(filter(None, place)) for place in cities]
    whole = zip(block.part("line1"), block.part("line2"), places, strict=True)
    return [", ".join(filter(None, pieces)) for pieces in whole]


def _part(name: str) -> Callable[[Block], Texts]:
    return lambda block: block.part(name)


FIELDS: dict[str, Callable[[Block], Texts]] = {
    "row_id": lambda block: [f"S{number}" for number in block.numbers],
    "since": lambda block: block.since,
    "reason": lambda block: block.reasons,
    "customer_number": lambda block: block.customer_numbers,
    "action": lambda block: [block.action] * len(block.keys),
    "email": lambda block: block.keys,
    "phone": lambda block: block.keys,
    "name": lambda block: block.names,
    "first": lambda block: [first for first, _ in block.split_names],
    "last": lambda block: [last for _, last in block.split_names],
    "as_given": _as_given,
    "normal": _normal,
    "zip9": _zip9,
    "level": lambda block: block.levels,
    "level_letter": lambda block: [LETTERS.get(level, "") for level in block.levels],
    **{name: _part(name) for name in ("line1", "line2", "city", "state", "zip", "zip4")},
}
# Any of these must say something, or there is nothing to match the row by.
TO_MATCH_BY = frozenset({"email", "phone", "as_given", "line1", "normal"})


def dated(text: str, how: str) -> str:
    """A moment (UTC, ISO) as a layout wants it: day, unix, rfc2822, or a pattern of strftime."""
    match how:
        case "day":
            return text[:10]
        case "unix":
            return str(int(datetime.fromisoformat(text).timestamp()))
        case "rfc2822":
            return format_datetime(datetime.fromisoformat(text))
        case _:
            return datetime.fromisoformat(text).strftime(how)
