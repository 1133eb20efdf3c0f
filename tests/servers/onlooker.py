"""Somebody else's mail program: a plain stdlib connection by which tests act on a mailbox and look at it."""

import contextlib
import imaplib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from imapclient.imap_utf7 import decode as from_utf7
from imapclient.imap_utf7 import encode as to_utf7

from servers.promise import NOON, Listed, digest

# Listings of big folders pass imaplib's own bound for one line.
imaplib._MAXLINE = 10_000_000  # type: ignore[attr-defined]

DATE = "%d-%b-%Y %H:%M:%S %z"
TAG = b"ONLOOKER"
"""How the commands of an onlooker begin, so that a server's record can leave them out."""


def quoted(text: str) -> str:
    """A string of a command."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mailbox(folder: str) -> str:
    """A folder's name as it goes over the line."""
    return quoted(to_utf7(folder).decode("ascii"))


def uid_set(uids: Iterable[int]) -> str:
    """Numbers as a command takes them."""
    return ",".join(map(str, uids))


class Connection(imaplib.IMAP4):
    """imaplib, with an APPEND that leaves line ends alone and with errors for every NO."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, timeout=30)
        self.tagpre = TAG  # type: ignore[assignment]
        pattern = re.compile(rb"(?P<tag>" + TAG + rb"\d+) (?P<type>[A-Z]+) (?P<data>.*)")
        self.tagre = pattern  # type: ignore[assignment]

    def told(self, name: str, *arguments: str) -> list[Any]:
        """The answer to a command that must succeed."""
        kind, answer = self._simple_command(name, *arguments)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{name}: {answer!r}")
        found: list[Any] = answer
        return found

    def put(self, folder: str, raw: bytes, when: datetime, flags: Iterable[str]) -> int:
        """APPEND exact bytes; the new UID, 0 where the server does not tell."""
        self.literal = raw  # type: ignore[assignment]
        answer = self.told("APPEND", mailbox(folder), f"({' '.join(flags)})", f'"{when.strftime(DATE)}"')
        found = re.search(rb"APPENDUID \d+ (\d+)", answer[-1])
        return int(found[1]) if found else 0

    def listed(self) -> list[Listed]:
        """Every message of the chosen folder."""
        _, answer = self.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
        found = []
        for index, item in enumerate(answer):
            if not isinstance(item, tuple):
                continue
            rest = answer[index + 1] if index + 1 < len(answer) else b""
            facts = item[0] + (rest if isinstance(rest, bytes) else b"")
            found.append(_listed(facts, item[1]))
        return sorted(found, key=lambda one: one.uid)


def _listed(facts: bytes, raw: bytes) -> Listed:
    def fact(pattern: bytes) -> str:
        found = re.search(pattern, facts)
        assert found, facts
        return found[1].decode()

    return Listed(
        uid=int(fact(rb"UID (\d+)")),
        flags=frozenset(fact(rb"FLAGS \(([^)]*)\)").split()) - {"\\Recent"},
        sha256=digest(raw),
        size=int(fact(rb"RFC822\.SIZE (\d+)")),
        when=datetime.strptime(fact(rb'INTERNALDATE "([^"]*)"').strip(), "%d-%b-%Y %H:%M:%S %z"),
    )


class Onlooker:
    """What a test does to a server over an ordinary line; servers inherit it."""

    host: str
    port: int
    passwords: Mapping[str, str]

    @contextlib.contextmanager
    def session(self, user: str, folder: str | None = None, *, readonly: bool = False) -> Iterator[Connection]:
        """A logged-in connection, with a folder chosen if one is named."""
        connection = Connection(self.host, self.port)
        try:
            connection.told("LOGIN", quoted(user), quoted(self.passwords[user]))
            connection.state = "AUTH"
            if folder is not None:
                kind, answer = connection.select(mailbox(folder), readonly)
                if kind != "OK":
                    raise imaplib.IMAP4.error(f"SELECT {folder}: {answer!r}")
            yield connection
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                connection.logout()

    def deliver(self, user: str, folder: str, raw: bytes, when: datetime = NOON, *, flags: Iterable[str] = ()) -> int:
        with self.session(user) as connection:
            return connection.put(folder, raw, when, flags)

    def deliver_all(self, user: str, folder: str, raws: Iterable[bytes], when: datetime = NOON) -> list[int]:
        """Many messages over one connection."""
        with self.session(user) as connection:
            return [connection.put(folder, raw, when, ()) for raw in raws]

    def listed(self, user: str, folder: str = "INBOX") -> list[Listed]:
        with self.session(user, folder, readonly=True) as connection:
            return connection.listed()

    def folders(self, user: str) -> list[str]:
        with self.session(user) as connection:
            _, lines = connection.list()
        names = [re.match(rb'\([^)]*\) (?:"[^"]*"|NIL) (.*)', line) for line in lines if isinstance(line, bytes)]
        return sorted(from_utf7(found[1].strip(b'"')) for found in names if found)

    def create(self, user: str, folder: str) -> None:
        with self.session(user) as connection:
            connection.told("CREATE", mailbox(folder))

    def mark(self, user: str, folder: str, uids: Iterable[int], flags: Iterable[str], *, add: bool = True) -> None:
        with self.session(user, folder) as connection:
            connection.uid("STORE", uid_set(uids), f"{'+' if add else '-'}FLAGS.SILENT", f"({' '.join(flags)})")

    def move(self, user: str, folder: str, uids: Iterable[int], target: str) -> None:
        found = list(uids)
        with self.session(user, folder) as connection:
            connection.uid("COPY", uid_set(found), mailbox(target))
            connection.uid("STORE", uid_set(found), "+FLAGS.SILENT", "(\\Deleted)")
            connection.uid("EXPUNGE", uid_set(found))

    def expunge(self, user: str, folder: str, uids: Iterable[int]) -> None:
        found = list(uids)
        with self.session(user, folder) as connection:
            connection.uid("STORE", uid_set(found), "+FLAGS.SILENT", "(\\Deleted)")
            connection.uid("EXPUNGE", uid_set(found))

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        with self.session(user, folder, readonly=True) as connection:
            found = connection.untagged_responses["UIDVALIDITY"][-1]
            assert isinstance(found, bytes)
            return int(found)
