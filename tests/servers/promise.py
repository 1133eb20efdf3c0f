"""What every mail server of the tests promises, so that one contract can run on each of them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

USERS = {"customerservice": "letter-box 1", "privacy": 'quote"back\\slash 2'}
"""The two mailboxes of a shop, and their passwords; the second must be quoted with care."""
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""When a letter arrives unless a test says otherwise: noon in Miami."""


class Can(StrEnum):
    """What a server is able to do and says so."""

    MOVE = "MOVE"
    UIDPLUS = "UIDPLUS"
    CONDSTORE = "CONDSTORE"
    KEYWORDS = "keywords"
    TLS = "TLS"
    STARTTLS = "STARTTLS"
    OAUTH = "OAUTH"
    EXACT = "exact bytes"


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as it lies in a folder, seen by somebody else's connection."""

    uid: int
    flags: frozenset[str]
    sha256: str
    size: int
    when: datetime


class MailServer(Protocol):
    """A running server with two users; all ports on loopback."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls_port(self) -> int | None: ...
    @property
    def ca_file(self) -> Path | None: ...
    @property
    def passwords(self) -> Mapping[str, str]: ...
    @property
    def can(self) -> frozenset[Can]: ...

    def deliver(self, user: str, folder: str, raw: bytes, when: datetime = NOON, *, flags: Iterable[str] = ()) -> int:
        """Put one message there, as it is; its UID."""
        ...

    def listed(self, user: str, folder: str = "INBOX") -> list[Listed]:
        """Every message of a folder in the order of its UIDs; sets no flag."""
        ...

    def folders(self, user: str) -> list[str]:
        """The names of all folders, sorted."""
        ...

    def create(self, user: str, folder: str) -> None:
        """Add an empty folder."""
        ...

    def mark(self, user: str, folder: str, uids: Iterable[int], flags: Iterable[str], *, add: bool = True) -> None:
        """What staff do in their mail program: add flags, or take them away."""
        ...

    def move(self, user: str, folder: str, uids: Iterable[int], target: str) -> None:
        """What staff do in their mail program: drag messages to another folder."""
        ...

    def expunge(self, user: str, folder: str, uids: Iterable[int]) -> None:
        """Another client removes these for good."""
        ...

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """The folder's present epoch."""
        ...

    def change_uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """Begin a new epoch with the same messages; the new UIDVALIDITY."""
        ...

    def kill_connections(self, user: str | None = None) -> None:
        """Close every session of a user, or of all."""
        ...

    def clear(self) -> None:
        """Empty mailboxes for everybody, as on the first day."""
        ...

    def stop(self) -> None:
        """No longer listen; the mailboxes stay."""
        ...

    def start(self) -> None:
        """Listen again, on the same ports."""
        ...


def digest(raw: bytes) -> str:
    """The name of bytes as `Listed` holds it."""
    return hashlib.sha256(raw).hexdigest()


def letter(number: int, *, size: int = 0, crlf: bool = True) -> bytes:
    """An invented request, different for each number, of at least `size` bytes."""
    lines = [
        f"From: Pat Example {number} <p{number}@example.com>",
        "To: customerservice@shop.example",
        f"Subject: letter {number}",
        f"Message-ID: <{number}@example.com>",
        "Date: Fri, 20 Nov 2026 12:00:00 -0500",
        "",
        f"Please take me off your mailing list. Letter {number}.",
    ]
    lines += ["and so on, line after line after line"] * max(0, (size - 250) // 39 + 1 if size else 0)
    return ("\r\n" if crlf else "\n").join([*lines, ""]).encode()
