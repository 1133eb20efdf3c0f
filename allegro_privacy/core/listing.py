"""What a list is made from: one suppression as the store streams it, and who gets the list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from allegro_privacy.core.person import Channel, Level, PostalAddress

# Files are named after recipients.
RECIPIENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# The hashes that a list may hold instead of addresses (lists/hashing.py).
ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha256-base64", "hmac-sha256")

# What stands in the pattern of decoys' e-mail addresses for the part that is each one's own.
CODE = "{code}"


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
    layouts, "" for none.  hmac_key: where the key of an HMAC is kept.  seeds: decoys per export.
    encrypt_to: a public key, or the path of one.  deliver: sftp://user@host/folder, with the server's host_key and a
    file that holds our key or password.  purpose: what the list is for, beside "suppression only".  values:
    what the layout leaves open, such as Mailgun's tag."""

    name: str
    layout: str = ""
    levels: frozenset[Level] = frozenset(Level)
    change: Change = Change.FULL
    hash: str = ""
    hmac_key_file: str = ""
    hmac_key_command: str = ""
    seeds: int = 0
    encrypt_to: str = ""
    deliver: str = ""
    host_key: str = ""
    deliver_key_file: str = ""
    deliver_password_file: str = ""
    purpose: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decoy:
    """An invented person in one recipient's lists (core/decoys.py). number, since: of their row, as the list says it.
    email, or level and address: how they would be reached."""

    number: int
    since: str
    name: str
    email: str = ""
    level: str = ""
    address: PostalAddress | None = None

    @property
    def id(self) -> str:
        return f"S{self.number}"


@dataclass(frozen=True, slots=True)
class Leak:
    """A decoy that was written to: whose lists it stands in. numbers: of those lists; sent: when the first of them
    left, as a day of the shop."""

    recipient: str
    channel: Channel
    numbers: tuple[int, ...]
    sent: date

    @property
    def words(self) -> str:
        """Whose list leaked, for staff."""
        first, last = self.numbers[0], self.numbers[-1]
        lists = f"number {first}" if first == last else f"numbers {first} to {last}"
        return f"only {self.recipient} got that address, in the {self.channel} list {lists}, first sent {self.sent}"
