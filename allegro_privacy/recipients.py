"""`[recipient.NAME]`: who gets a list, in which layout, how far it reaches and how it is disguised."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from allegro_privacy import schema
from allegro_privacy.core.listing import ALGORITHMS, RECIPIENT, Change, Recipient
from allegro_privacy.core.person import Level
from allegro_privacy.schema import Key, UnfitError

HMAC = "hmac-sha256"
_MOST_SEEDS = 20
_SIGN_IN = ("deliver_key_file", "deliver_password_file")
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


def _sftp_url(value: object) -> str:
    url = schema.text(value)
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "sftp" and parts.username and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    # Whatever holds a second : may hold a password; it is not repeated.
    if not fits or parts.password is not None or parts.query or parts.fragment or ".." in parts.path.split("/"):
        raise UnfitError('must be like "sftp://user@host/folder", without a password')
    return url


def _host_key(value: object) -> str:
    words = schema.text(value).split()
    try:
        raw = b64decode(words[1], validate=True)
        named = raw[4 : 4 + int.from_bytes(raw[:4])].decode("ascii")
    except (ValueError, IndexError):
        named = ""
    if not named or named != words[0]:
        raise UnfitError('must be the public key of their server, like "ssh-ed25519 AAAA…" (ssh-keyscan shows it)')
    return " ".join(words[:2])


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
    "encrypt_to": Key(schema.text, ""),
    "deliver": Key(_sftp_url, ""),
    "host_key": Key(_host_key, ""),
    "deliver_key_file": Key(schema.text, ""),
    "deliver_password_file": Key(schema.text, ""),
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
    yield from _delivery_problems(row)


def _delivery_problems(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sign_in = [key for key in _SIGN_IN if row.get(key)]
    if not row.get("deliver"):
        yield from ((key, "is only for a recipient with deliver") for key in ("host_key", *sign_in) if row.get(key))
        return
    if not row.get("host_key"):
        yield "host_key", "missing: without it anybody's server could pass for theirs; ask them for its public key"
    if not sign_in:
        yield "deliver", f"say how to sign in: {' or '.join(_SIGN_IN)}"
    yield from ((key, f"is one too many: {sign_in[0]} says already how to sign in") for key in sign_in[1:])


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
        encrypt_to=_key_or_path(row["encrypt_to"], base),
        deliver=row["deliver"],
        host_key=row["host_key"],
        **{key: str(schema.path(row[key], base)) if row[key] else "" for key in _SIGN_IN},
        purpose=row["purpose"],
        values=row["values"],
    )


def _key_or_path(value: str, base: Path) -> str:
    """A public key as it is written, or the path of a file that holds one."""
    return value if not value or value.startswith(("age1", "ssh-")) else str(schema.path(value, base))
