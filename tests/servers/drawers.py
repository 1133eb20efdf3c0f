"""A shop's mailboxes in memory, and a note of every deed done to them."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from servers.promise import NOON, USERS, Listed, digest


@dataclass
class Letter:
    """One message of a folder."""

    uid: int
    raw: bytes
    when: datetime = NOON
    flags: set[str] = field(default_factory=set)


@dataclass
class Folder:
    """Messages in the order of their UIDs, and the epoch these numbers belong to."""

    name: str
    uidvalidity: int = 1_700_000_001
    uidnext: int = 1
    letters: list[Letter] = field(default_factory=list)

    def add(self, raw: bytes, when: datetime, flags: Iterable[str]) -> Letter:
        new = Letter(self.uidnext, raw, when, set(flags))
        self.uidnext += 1
        self.letters.append(new)
        return new

    @property
    def uids(self) -> list[int]:
        return [one.uid for one in self.letters]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a client really changed. `detail` is the flag, or the folder a message went to."""

    verb: str  # flag, unflag, copy, move, expunge, append, create
    user: str
    folder: str
    uid: int
    detail: str = ""


class Drawers:
    """All mailboxes of all users; hold `lock` to look or to change. Tests act without leaving a deed."""

    def __init__(self, users: Iterable[str] = USERS, folders: Iterable[str] = ()) -> None:
        self.lock = threading.RLock()
        self.deeds: list[Deed] = []
        self._folders = list(folders)
        self._users = list(users)
        self.boxes: dict[str, dict[str, Folder]] = {}
        self.clear()

    def clear(self) -> None:
        with self.lock:
            self.boxes = {user: {name: Folder(name) for name in ("INBOX", *self._folders)} for user in self._users}
            self.deeds.clear()

    def folder(self, user: str, name: str = "INBOX") -> Folder:
        with self.lock:
            return self.boxes[user]["INBOX" if name.upper() == "INBOX" else name]

    def did(self, verb: str, detail: str | None = None) -> list[Deed]:
        """The deeds of this kind, in order."""
        with self.lock:
            return [one for one in self.deeds if one.verb == verb and detail in (None, one.detail)]

    # The promise of MailServer

    def deliver(self, user: str, folder: str, raw: bytes, when: datetime = NOON, *, flags: Iterable[str] = ()) -> int:
        with self.lock:
            return self.folder(user, folder).add(raw, when, flags).uid

    def listed(self, user: str, folder: str = "INBOX") -> list[Listed]:
        with self.lock:
            return [
                Listed(one.uid, frozenset(one.flags), digest(one.raw), len(one.raw), one.when)
                for one in self.folder(user, folder).letters
            ]

    def folders(self, user: str) -> list[str]:
        with self.lock:
            return sorted(self.boxes[user])

    def create(self, user: str, folder: str) -> None:
        with self.lock:
            self.boxes[user].setdefault(folder, Folder(folder))

    def mark(self, user: str, folder: str, uids: Iterable[int], flags: Iterable[str], *, add: bool = True) -> None:
        with self.lock:
            for one in self._chosen(user, folder, uids):
                one.flags = one.flags | set(flags) if add else one.flags - set(flags)

    def move(self, user: str, folder: str, uids: Iterable[int], target: str) -> None:
        with self.lock:
            for one in self._chosen(user, folder, uids):
                self.folder(user, target).add(one.raw, one.when, one.flags)
                self.folder(user, folder).letters.remove(one)

    def expunge(self, user: str, folder: str, uids: Iterable[int]) -> None:
        with self.lock:
            for one in self._chosen(user, folder, uids):
                self.folder(user, folder).letters.remove(one)

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        with self.lock:
            return self.folder(user, folder).uidvalidity

    def change_uidvalidity(self, user: str, folder: str = "INBOX", *, renumber: bool = False) -> int:
        """A new epoch: the same numbers in it, or (renumber) numbers that begin at 1 again."""
        with self.lock:
            found = self.folder(user, folder)
            found.uidvalidity += 7
            if renumber:
                old, found.letters, found.uidnext = found.letters, [], 1
                for one in old:
                    found.add(one.raw, one.when, one.flags)
            return found.uidvalidity

    def _chosen(self, user: str, folder: str, uids: Iterable[int]) -> list[Letter]:
        wanted = set(uids)
        return [one for one in self.folder(user, folder).letters if one.uid in wanted]
