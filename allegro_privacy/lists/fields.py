"""What can stand in a column of a list: the fields of a suppression, each from one row as the store streams it."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from allegro_privacy.core.listing import Listed
from allegro_privacy.core.names_split import first_and_last
from allegro_privacy.lists.cells import LINE_ENDS

Address = Mapping[str, Any]
ADDED, REMOVED = "A", "R"
LETTERS = {"individual": "I", "household": "H", "address": "A"}
_PARTS = ("line1", "line2", "city", "state", "zip", "zip4")


def _part(name: str) -> Callable[[Listed, Address, str], str]:
    return lambda row, address, action: str(address.get(name) or "")


def _as_given(row: Listed, address: Address, action: str) -> str:
    """On one line: many programs read a record per line whatever the quotes say."""
    lines = LINE_ENDS.sub("\n", str(address.get("as_given") or "")).split("\n")
    return " / ".join(line.strip() for line in lines if line.strip())


def _zip9(row: Listed, address: Address, action: str) -> str:
    five, four = str(address.get("zip") or ""), str(address.get("zip4") or "")
    return f"{five}-{four}" if five and four else five


def _normal(row: Listed, address: Address, action: str) -> str:
    """The address in the manner of Publication 28, in one cell."""
    place = f"{address.get('city') or ''} {address.get('state') or ''}".strip()
    street = (str(address.get(name) or "") for name in ("line1", "line2"))
    return ", ".join(piece for piece in (*street, f"{place} {_zip9(row, address, action)}".strip()) if piece)


# (row, its postal address, A or R) → the text.
FIELDS: dict[str, Callable[[Listed, Address, str], str]] = {
    "row_id": lambda row, address, action: row.id,
    "since": lambda row, address, action: row.since,
    "reason": lambda row, address, action: row.reason,
    "customer_number": lambda row, address, action: row.customer_number or "",
    "action": lambda row, address, action: action,
    "email": lambda row, address, action: row.key or "",
    "phone": lambda row, address, action: row.key or "",
    "name": lambda row, address, action: row.name or "",
    "first": lambda row, address, action: first_and_last(row.name or "")[0],
    "last": lambda row, address, action: first_and_last(row.name or "")[1],
    "as_given": _as_given,
    "normal": _normal,
    "zip9": _zip9,
    "level": lambda row, address, action: row.level or "",
    "level_letter": lambda row, address, action: LETTERS.get(row.level or "", ""),
    **{name: _part(name) for name in _PARTS},
}
# Any of these must say something, or there is nothing to match the row by.
TO_MATCH_BY = frozenset({"email", "phone", "as_given", "line1", "normal"})
_OF_ADDRESS = frozenset({*_PARTS, "as_given", "normal", "zip9"})


def needs_address(fields: frozenset[str]) -> bool:
    """Must the row's address be taken apart for these fields?"""
    return bool(fields & _OF_ADDRESS)


def address_of(row: Listed) -> Address:
    """The postal address of a row; {} when it has none."""
    return json.loads(row.address) if row.address else {}


def dated(text: str, how: str) -> str:
    """A moment (UTC, ISO) as a layout wants it: iso, day, unix, rfc2822, or a pattern of strftime."""
    match how:
        case "" | "iso":
            return text
        case "day":
            return text[:10]
        case "unix":
            return str(int(datetime.fromisoformat(text).timestamp()))
        case "rfc2822":
            return format_datetime(datetime.fromisoformat(text))
        case _:
            return datetime.fromisoformat(text).strftime(how)
