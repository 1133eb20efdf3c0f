"""Files that appear under their final name complete and synced, or not at all, and never replace another.

Everything goes through one open directory, so that nobody can swap the path under our feet; names hold no slash.
"""

import errno
import os
import re
import secrets
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from allegro_privacy.errors import PrivacyError

PART = re.compile(r"\.(?P<final>[a-z0-9][a-z0-9.-]*)\.(?P<token>[0-9a-f]{16})\.part")
BLOCK = 1 << 16
# Nothing there, or a link, which is never followed.
_NONE_OF_THAT_NAME = (errno.ENOENT, errno.ELOOP)
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
NEW_PRIVATE_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def opened_directory(directory: Path) -> Iterator[int]:
    """The directory as a file descriptor, made (0700) when it is missing; refused when others may write to it."""
    try:
        if not directory.exists():
            directory.mkdir(mode=0o700)
            _sync_directory(directory.parent)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        why = f"{problem.strerror or problem}."
        raise PrivacyError(
            f"The directory {directory} cannot be used.", why, "Name another in [export] directory."
        ) from problem
    try:
        _refuse_shared(directory, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_shared(directory: Path, state: os.stat_result) -> None:
    if state.st_mode & OTHERS_MAY_WRITE:
        why = f"Others may write there (mode {stat.S_IMODE(state.st_mode):o}), so a list could be exchanged unseen."
        raise PrivacyError(f"The directory {directory} is not safe for lists.", why, f"chmod go-w {directory}")
    if state.st_uid not in (os.geteuid(), 0):
        why = "It belongs to another user, who could exchange a list unseen."
        raise PrivacyError(f"The directory {directory} is not safe for lists.", why, "Use a directory of your own.")


def new_token() -> str:
    """What the hidden names of one export share, so that two runs never meet."""
    return secrets.token_hex(8)


def part_name(final: str, token: str) -> str:
    """The hidden name of a file that is to become `final`."""
    return f".{final}.{token}.part"


def parts_by_token(directory: int) -> dict[str, list[str]]:
    """The final names of all hidden files in the directory, by what they share."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(os.listdir(directory)):
        if match := PART.fullmatch(name):
            found[match["token"]].append(match["final"])
    return found


def finals_of(directory: int, token: str) -> list[str]:
    """The final names of the hidden files that share a token."""
    return parts_by_token(directory).get(token, [])


def parts_of(directory: int, token: str) -> list[str]:
    """The hidden names that share a token."""
    return [part_name(final, token) for final in finals_of(directory, token)]


def refuse_taken_by(directory: int, ours: Callable[[str], bool]) -> None:
    """Nothing is ever overwritten: a final name that exists is an error before anything is written."""
    if taken := sorted(filter(ours, os.listdir(directory))):
        raise _taken(taken[0])


@contextmanager
def all_or_none(directory: int, names: Callable[[], Iterable[str]]) -> Iterator[None]:
    """When anything fails inside, a full disk or Ctrl-C included, none of the new files stays."""
    try:
        yield
    except BaseException as problem:
        for name in names():
            remove(directory, name)
        if isinstance(problem, OSError):
            why = f"{problem.strerror or problem}."
            raise PrivacyError(
                "The list could not be written; nothing was left behind.", why, "Mend that and try again."
            ) from problem
        raise


def refuse_without_links(directory: int, part: str) -> None:
    """Without hard links a final name could not appear all at once and overwrite nothing."""
    probe = part_name("probe", new_token())
    try:
        os.link(part, probe, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except OSError as problem:
        why = f"Its file system knows no hard links ({problem.strerror})."
        fix = "Export to a local disk, and copy the finished file from there."
        raise PrivacyError("The list cannot be written safely there.", why, fix) from problem
    os.unlink(probe, dir_fd=directory)


@contextmanager
def new_file(directory: int, name: str) -> Iterator[BinaryIO]:
    """A private new file; when the block ends well it is on the disk, and so is its name."""
    with os.fdopen(os.open(name, NEW_PRIVATE_FILE, 0o600, dir_fd=directory), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    os.fsync(directory)


def old_file(directory: int, name: str) -> BinaryIO:
    """One of our files, to be read."""
    return os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory), "rb")


def publish(directory: int, part: str, final: str) -> None:
    """Give a finished part its final name. A link, not a rename: a rename would replace a file of that name.
    Killed between the link and its end, it is completed by calling it again."""
    try:
        os.link(part, final, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except FileExistsError:
        if not _same_file(directory, part, final):
            raise _taken(final) from None
    os.fsync(directory)
    remove(directory, part)


def remove(directory: int, name: str) -> None:
    """Remove a file that may be gone already."""
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return
    os.fsync(directory)


def older_than(directory: int, name: str, moment: datetime) -> bool:
    """Was the file last written before `moment`?"""
    return os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime < moment.timestamp()


def hash_of(directory: int, name: str) -> str | None:
    """The SHA-256 of a regular file, None when there is none of that name. OSError when it cannot be read: a list
    whose hash is not known must not be recorded."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    except OSError as problem:
        if problem.errno in _NONE_OF_THAT_NAME:
            return None
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        digest = sha256()
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _same_file(directory: int, one: str, other: str) -> bool:
    first, second = (os.stat(name, dir_fd=directory, follow_symlinks=False) for name in (one, other))
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _taken(final: str) -> PrivacyError:
    why = "Nothing is ever overwritten, and another file of that name is in the directory."
    return PrivacyError(f"{final} is already there.", why, "Move that file away and run the command again.")
