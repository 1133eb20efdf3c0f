"""`[recipient.NAME]`: who gets a list, in which layout, how far it reaches and how it is disguised."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allegro_privacy import schema
from allegro_privacy.core.listing import ALGORITHMS, RECIPIENT, Change, Recipient
from allegro_privacy.core.person import Level
from allegro_privacy.schema import Key, UnfitError

HMAC = "hmac-sha256"
_MOST_SEEDS = 20
_KEPT = ("hmac_key_file", "hmac_key_command")


def _levels(value: object) -> frozenset[Level]:
    known = ", ".join(Level)
    try:
        found = frozenset(Level(each) for each in schema.texts(value))
    except ValueError as error:
        raise UnfitError(f"must be some of {known}") from error
    if not found:
        raise UnfitError(f"must be some of {known}")
    return found


def _layout(value: object) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", schema.text(value)):
        raise UnfitError("must be the name of a layout: a-z, 0-9 and -")
    return schema.text(value)


def _seeds(value: object) -> int:
    if not 0 <= schema.whole_number(value) <= _MOST_SEEDS:
        raise UnfitError(f"must be a number from 0 to {_MOST_SEEDS}")
    return schema.whole_number(value)


def _values(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise UnfitError('must be a table of texts, like { tag = "marketing" }')
    return {key: schema.text(each) for key, each in value.items()}


KEYS: dict[str, Key] = {
    "layout": Key(_layout),
    "levels": Key(_levels, frozenset(Level)),
    "change": Key(schema.one_of(*Change), Change.FULL),
    "hash": Key(schema.one_of(*ALGORITHMS), ""),
    "hmac_key_file": Key(schema.text, ""),
    "hmac_key_command": Key(schema.text, ""),
    "seeds": Key(_seeds, 0),
    "purpose": Key(schema.text, ""),
    "values": Key(_values, {}),
}


def problems(name: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not fit together in one recipient: the key, and the words."""
    if not RECIPIENT.fullmatch(name):
        yield "", "the name of a recipient is made of a-z, 0-9 and -, since files are named after it"
    given = [key for key in _KEPT if row.get(key)]
    if row.get("hash") == HMAC and not given:
        yield "hash", f"say where the key is kept: {' or '.join(_KEPT)}"
    if row.get("hash") != HMAC:
        yield from ((key, f'is only for hash = "{HMAC}"') for key in given)
    yield from ((key, f"is one too many: {given[0]} says already where the key is") for key in given[1:])


def recipient(name: str, row: Mapping[str, Any], base: Path) -> Recipient:
    """The recipient that a table names. Relative paths are relative to `base`."""
    key_file = row["hmac_key_file"]
    return Recipient(
        name=name,
        layout=row["layout"],
        levels=row["levels"],
        change=Change(row["change"]),
        hash=row["hash"],
        hmac_key_file=str(schema.path(key_file, base)) if key_file else "",
        hmac_key_command=row["hmac_key_command"],
        seeds=row["seeds"],
        purpose=row["purpose"],
        values=row["values"],
    )
