"""One signed-in connection to a mailbox: every IMAP command goes over it.

Nothing that came from mail ever goes into a command: imapclient 4.1 writes a CR LF in an argument to the line, where it
becomes further commands (mjs/imapclient#657). Commands hold constants, whole numbers, and names from the configuration
that `Line.checked` has looked at. Socket time-outs count per byte received, so a watch ends each command that takes
too long altogether; whatever goes wrong then is a ServerFault.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from imapclient import IMAPClient

from allegro_privacy.core.account import PATIENCE, Account, Patience
from allegro_privacy.errors import SourceError
from allegro_privacy.sources import imap_faults as faults
from allegro_privacy.sources.imap_faults import LINE_ERRORS, ServerFault

Answer = TypeVar("Answer")

# At DEBUG imapclient logs what goes over the line, addresses and subjects too.
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Folder:
    """What the server says of an open folder. keywords: may we set one that is not there yet; known: those that are."""

    uidvalidity: int
    uidnext: int
    exists: int
    modseq: int
    keywords: bool
    known: frozenset[str]


class Line:
    """A signed-in connection. Close it, or use it in `with`."""

    def __init__(self, client: IMAPClient, account: Account, patience: Patience = PATIENCE) -> None:
        self.account = account
        self.patience = patience
        self.client = client
        self.capabilities: frozenset[str] = frozenset()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(well=kind is None)

    def close(self, well: bool = True) -> None:
        """Sign out if all is well and the server still listens; never wait long for it."""
        if well:
            with suppress(*LINE_ERRORS, ServerFault), self.watched(self.patience.connect):
                self.client.logout()
        with suppress(*LINE_ERRORS):
            self.client.shutdown()

    @contextmanager
    def watched(self, seconds: float = 0) -> Iterator[None]:
        """End whatever is done in this block when it takes too long; every fault of the line is a ServerFault."""
        late = threading.Event()

        def cut() -> None:
            late.set()
            with suppress(OSError, AttributeError, ValueError):
                self.client.socket().shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds or self.patience.command, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except ServerFault as fault:
            raise (_late() if late.is_set() else fault) from fault.__cause__
        except LINE_ERRORS as error:
            raise (_late() if late.is_set() else ServerFault(faults.said(error))) from error
        finally:
            timer.cancel()
            # Whoever is given a message may fork to prove it harmless, and wants no thread beside.
            timer.join()
        if late.is_set():
            raise _late()

    def ask(self, work: Callable[[IMAPClient], Answer]) -> Answer:
        """One command through imapclient."""
        with self.watched():
            return work(self.client)

    def open_folder(self, name: str, read_only: bool = True) -> Folder:
        """EXAMINE (nothing can be changed) or SELECT. Raises SourceError when it cannot be opened."""
        checked(name)
        try:
            with self.watched():
                told = self.client.select_folder(name, readonly=read_only)
        except ServerFault as fault:
            raise self._no_folder(fault) from fault
        return _folder(told)

    def _no_folder(self, fault: ServerFault) -> SourceError:
        if faults.is_passing(fault):
            return faults.unreachable(self.account, fault)
        folders: list[str] = []
        with suppress(ServerFault):
            folders = sorted(str(row[2]) for row in self.ask(lambda client: client.list_folders()))
        return faults.no_folder(self.account, fault, folders)

    def uids(self, first: int, last: int = 0) -> list[int]:
        """The numbers of the messages from `first` on, ascending."""
        with self.watched():
            told = self._told("SEARCH", "UID", _range(first, last))
        found = [int(number) for answer in told for number in answer.split()]
        # "n:*" names the last message even when its number is lower (RFC 9051 9).
        return sorted({uid for uid in found if uid >= first})

    def larger(self, size: int, first: int, last: int) -> frozenset[int] | None:
        """Which of these messages have more bytes than `size`; None when the server will not search for that."""
        with self.watched():
            kind, data = self._imap.uid("SEARCH", "UID", _range(first, last), "LARGER", str(int(size)))
        if kind != "OK" or any(answer is None for answer in data):
            return None
        return frozenset(int(number) for answer in data for number in bytes(answer).split())

    def _told(self, name: str, *arguments: str) -> list[bytes]:
        """The lines of an answer that must have at least one. imapclient takes an answer without any for an empty one,
        and what lies in the folder would count as read."""
        kind, data = self._imap.uid(name, *map(checked, arguments))
        if kind != "OK":
            raise ServerFault(f"it refused to search ({faults.said(ValueError(data[-1]))})")
        if any(answer is None for answer in data):
            raise ServerFault("an answer without content")
        return [bytes(answer) for answer in data]

    def can(self, capability: str) -> bool:
        return capability in self.capabilities

    def send(self, command: str) -> None:
        """Put one command of our own on the line; its answer is read with `readline` and `read`."""
        self._imap.send(checked(command).encode("ascii") + b"\r\n")

    def readline(self) -> bytes:
        line: bytes = self._imap.readline()
        if not line.endswith(b"\n"):
            raise ServerFault("the line ended in the middle of an answer")
        return line

    def read(self, size: int) -> bytes:
        data: bytes = self._imap.read(size)
        if len(data) != size:
            raise ServerFault("the line ended in the middle of a message")
        return data

    @property
    def _imap(self) -> Any:
        # imapclient has no public way to read an answer piece by piece, and its own fetch costs four fifths of a pull.
        return self.client._imap


def _range(first: int, last: int) -> str:
    return f"{int(first)}:{int(last) if last else '*'}"


def _late() -> ServerFault:
    fault = ServerFault("a command was not done in its time")
    fault.too_late = True
    return fault


def checked(text: str) -> str:
    """The text, if it may go into a command: printable ASCII or, in a folder's name, other letters."""
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        raise ValueError("a control character may never go into an IMAP command")
    return text


def _folder(told: dict[bytes, Any]) -> Folder:
    flags = frozenset(flag.decode("ascii", "replace") for flag in told.get(b"PERMANENTFLAGS", ()))
    uidvalidity = told.get(b"UIDVALIDITY")
    if uidvalidity is None:
        raise ServerFault("the server tells no UIDVALIDITY")
    return Folder(
        uidvalidity=int(uidvalidity),
        uidnext=int(told.get(b"UIDNEXT") or 0),
        exists=int(told.get(b"EXISTS") or 0),
        modseq=int(told.get(b"HIGHESTMODSEQ") or 0),
        keywords="\\*" in flags,
        known=flags,
    )
