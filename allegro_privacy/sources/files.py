"""Maildir, mbox, .eml files and folders of them, and standard input. Only ever read; a place that cannot be read is
reported and the others go on."""

import hashlib
import io
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from allegro_privacy.core.message import Flag, Origin, RawMessage
from allegro_privacy.errors import NoSuchPlaceError, SourceError
from allegro_privacy.sources import Known, Source
from allegro_privacy.sources.mbox import holds_one, is_mbox, read_mbox
from allegro_privacy.sources.mime import SIZE_LIMIT
from allegro_privacy.sources.receipt import FILE_TIME

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1024 * 1024
_PEEK = 400
_SAVED: frozenset[str] = frozenset({FILE_TIME})


def open_files(path: str, mailbox: str = "") -> Source:
    """A file or a folder with all folders in it; Maildirs and mboxes among them are recognised."""
    return FileSource(f"eml:{path}", _existing(path), mailbox)


def open_maildir(path: str, mailbox: str = "") -> Source:
    """One Maildir, its new and its cur; its subfolders are mailboxes of their own."""
    folder = _existing(path)
    if not _is_maildir(folder):
        raise SourceError(f"{path} is no Maildir.", "It has no folders new and cur.", f"Try eml:{path} for a folder.")
    return FileSource(f"maildir:{path}", folder, mailbox, only_maildir=True)


def open_mbox(path: str, mailbox: str = "") -> Source:
    """One mbox file, whatever its first line looks like."""
    if _existing(path).is_dir():
        raise SourceError(f"{path} is a folder, not an mbox.", fix=f"Try eml:{path}, which finds the mboxes in it.")
    return FileSource(f"mbox:{path}", Path(path), mailbox, always_mbox=True)


def open_standard_input(_: str = "-", mailbox: str = "") -> Source:
    """Standard input: one message, or an mbox."""
    return StreamSource(sys.stdin.buffer, mailbox)


def _existing(path: str) -> Path:
    found = Path(path)
    try:
        found.lstat()
    except FileNotFoundError as error:
        raise NoSuchPlaceError(f"{path} cannot be read.", _reason(error), "Check the path.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in it
        raise SourceError(f"{path} cannot be read.", _reason(error), "Check the path.") from error
    return found


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _is_maildir(path: Path) -> bool:
    return (path / "new").is_dir() and (path / "cur").is_dir()


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file or a folder; remembering what was read is the store's work, so acknowledging does nothing."""

    name: str
    path: Path
    mailbox: str = ""
    limit: int = SIZE_LIMIT
    always_mbox: bool = False
    only_maildir: bool = False

    def acknowledge(self, raw: RawMessage) -> None:
        """Nothing is moved or marked."""

    def fetch(self, known: Known) -> Iterator[RawMessage]:
        for found in find_files(self.path, self.only_maildir):
            if found.problem:
                yield RawMessage(b"", self._origin(found.path, "eml:"), problem=found.problem)
                continue
            try:
                yield from self._read(found, known)
            except OSError as error:
                yield RawMessage(b"", self._origin(found.path, "eml:"), problem=f"It cannot be read: {_reason(error)}.")

    def _read(self, found: "Found", known: Known) -> Iterator[RawMessage]:
        path = _where_now(found.path) if found.in_maildir else found.path
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            yield RawMessage(b"", self._origin(path, "eml:"), problem="It is no ordinary file.")
            return
        with path.open("rb") as stream:
            if self.always_mbox or (not found.in_maildir and _is_mbox(stream, path)):
                yield from _letters(stream, self._origin(path, "mbox:", facts), self.limit, known)
                return
            origin = self._origin(path, "maildir:" if found.in_maildir else "eml:", facts)
            if not known(origin):
                # A Maildir file has the time of its delivery; any other that of whoever saved it.
                yield _whole(stream, origin, self.limit, frozenset() if found.in_maildir else _SAVED)

    def _origin(self, path: Path, source: str, facts: os.stat_result | None = None) -> Origin:
        # A file name may be no UTF-8; the locator must be text that a database takes.
        locator = os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
        if facts is None:
            return Origin(source, locator, mailbox=self.mailbox)
        stamp = f"{facts.st_size}-{facts.st_mtime_ns}-{facts.st_ino}"
        return Origin(source, locator, stamp, self.mailbox, _moment(facts.st_mtime))


@dataclass(frozen=True, slots=True)
class StreamSource:
    """Standard input: it can be read once, and nothing about it is worth remembering."""

    stream: BinaryIO
    mailbox: str = ""
    name: str = "-"
    limit: int = SIZE_LIMIT

    def acknowledge(self, raw: RawMessage) -> None:
        """A stream keeps nothing."""

    def fetch(self, known: Known) -> Iterator[RawMessage]:
        beginning = self.stream.read(_PEEK)
        stream = io.BufferedReader(_Rejoined(beginning, self.stream))
        origin = Origin("-", "", mailbox=self.mailbox)
        if is_mbox(beginning):
            yield from _letters(stream, origin, self.limit, known)
        else:
            yield _whole(stream, origin, self.limit, _SAVED)


def _is_mbox(stream: BinaryIO, path: Path) -> bool:
    """Does a file hold an mbox? One that is named as a single letter must show that it holds more."""
    beginning = stream.read(_PEEK)
    stream.seek(0)
    if not is_mbox(beginning):
        return False
    several = path.suffix.lower() != ".eml" or not holds_one(stream)
    stream.seek(0)
    return several


class _Rejoined(io.RawIOBase):
    """A stream whose beginning was already read, whole again."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning, self._rest = beginning, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._beginning[: len(view)] or self._rest.read(len(view))
        self._beginning = self._beginning[len(data) :]
        view[: len(data)] = data
        return len(data)


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or a place that cannot be."""

    path: Path
    in_maildir: bool = False
    problem: str = ""


def find_files(top: Path, only_maildir: bool = False) -> Iterator[Found]:
    """The files of a folder and of all folders in it, by name; hidden ones and those of mail servers are left out.
    Links are followed, but no folder is entered twice."""
    seen: set[tuple[int, int]] = set()
    waiting = [Found(top)]
    while waiting:
        found = waiting.pop()
        try:
            facts = found.path.stat()
            if not stat.S_ISDIR(facts.st_mode):
                yield found
            elif (facts.st_dev, facts.st_ino) not in seen:
                seen.add((facts.st_dev, facts.st_ino))
                waiting.extend(reversed(_inside(found, only_maildir)))
        except FileNotFoundError:
            yield found if found.in_maildir else Found(found.path, problem="It is gone, or a link to nothing.")
        except OSError as error:
            yield Found(found.path, problem=f"It cannot be read: {_reason(error)}.")


def _inside(folder: Found, only_maildir: bool) -> list[Found]:
    if folder.in_maildir or not _is_maildir(folder.path):
        return [Found(path, folder.in_maildir) for path in _visible(folder.path)]
    mail = [Found(folder.path / name, in_maildir=True) for name in ("new", "cur")]
    if only_maildir:
        return mail
    others = (path for path in _visible(folder.path) if path.name not in ("new", "cur", "tmp") and path.is_dir())
    return [*mail, *map(Found, others)]


def _visible(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if not path.name.startswith((".", "dovecot")) and path.suffix != ".lock"
    )


def _where_now(path: Path) -> Path:
    """A Maildir file after its reader marked it: `new/1.host` becomes `cur/1.host:2,S` while we look."""
    if path.exists():
        return path
    unique = path.name.partition(":")[0]
    current = path.parent.parent / "cur"
    return next((other for other in _visible(current) if other.name.partition(":")[0] == unique), path)


def _moment(timestamp: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _letters(stream: BinaryIO, origin: Origin, limit: int, known: Known) -> Iterator[RawMessage]:
    for letter in read_mbox(stream, limit):
        received = letter.received or origin.received
        place = replace(origin, locator=f"{origin.locator}#{letter.offset}", received=received)
        if not known(place):
            flags = frozenset() if letter.received else _SAVED
            yield _raw(bytes(letter.raw), place, letter.size, letter.digest, flags)


def _whole(stream: BinaryIO, origin: Origin, limit: int, flags: frozenset[str]) -> RawMessage:
    """One file as one message: the first part up to the cap, size and digest of all of it."""
    raw = stream.read(limit)
    size, digest = len(raw), hashlib.sha256(raw)
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        digest.update(chunk)
    return _raw(raw, origin, size, digest.hexdigest(), flags)


def _raw(raw: bytes, origin: Origin, size: int, digest: str, flags: frozenset[str]) -> RawMessage:
    flags |= {Flag.TRUNCATED} if size > len(raw) else set()
    return RawMessage(raw, origin, size, flags=flags, sha256=digest)
