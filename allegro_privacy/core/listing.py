"""What a list is made from: one suppression as the store streams it, and who gets the list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from allegro_privacy.core.person import Level

# Files are named after recipients.
RECIPIENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# The hashes that a list may hold instead of addresses (lists/hashing.py).
ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha256-base64", "hmac-sha256")


class Listed(NamedTuple):
    """One row to be: a suppression, or a decoy that looks like one. Texts as the store keeps them, since a list of a
    million is written in seconds.

    number: its event; its stable row id is S and this.  key: the e-mail address or phone number; None once erased.
    address: the postal address as JSON.  level: of post only.  since: UTC, ISO.
    customer_number: as the customer gave it."""

    number: int
    key: str | None
    name: str | None
    address: str | None
    level: str | None
    since: str
    reason: str
    customer_number: str | None
    erased: int

    @property
    def id(self) -> str:
        return f"S{self.number}"


class Change(StrEnum):
    """What a list is: everybody, or what changed since an earlier list."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a list, as the configuration names them.

    layout: a file of data/layouts; "" for the plain list of each channel in use.  levels: how far a suppression may
    reach to be listed (post only).  change: what is written when nothing else is said.  hash: the algorithm for hashed
    layouts, "" for none.  hmac_key: where the key of an HMAC is kept.  seeds: decoys per export.  purpose: what
    the list is for, beside "suppression only".  values: what the layout leaves open, such as Mailgun's tag."""

    name: str
    layout: str = ""
    levels: frozenset[Level] = frozenset(Level)
    change: Change = Change.FULL
    hash: str = ""
    hmac_key_file: str = ""
    hmac_key_command: str = ""
    seeds: int = 0
    purpose: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
