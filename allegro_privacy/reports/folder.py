"""A folder of files that appears whole or not at all, private, and never in the place of another.

It is written and synced under a hidden name beside its own, then renamed. SHA256SUMS names each file; the SHA-256 of
that list is the folder's fingerprint.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from allegro_privacy.errors import PrivacyError, UsageError

SUMS = "SHA256SUMS"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class AlteredError(PrivacyError):
    """A file of the folder is missing, new, or not what it was."""


@dataclass(frozen=True, slots=True)
class Written:
    """A folder that is written and synced but has not its name yet."""

    hidden: Path
    final: Path
    fingerprint: str
    files: tuple[str, ...]


def write(final: Path, files: Iterable[tuple[str, Iterable[bytes]]]) -> Written:
    """Write the files (name within the folder, content) under a hidden name. UsageError when the name is taken."""
    refuse_taken(final)
    _sweep(final)
    hidden = final.parent / f".{final.name}.{secrets.token_hex(8)}.part"
    try:
        hidden.mkdir(mode=0o700)
        sums = [(name, _written(hidden / name, content)) for name, content in files]
        listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums)).encode()
        fingerprint = _written(hidden / SUMS, (listed,))
        for folder in (*{(hidden / name).parent for name, _ in sums}, hidden, final.parent):
            _sync(folder)
    except BaseException as problem:
        shutil.rmtree(hidden, ignore_errors=True)
        if isinstance(problem, OSError):
            why = f"{problem.strerror or problem}."
            raise PrivacyError(
                f"{final} could not be written; nothing was left behind.", why, "Mend that and try again."
            ) from problem
        raise
    return Written(hidden, final, fingerprint, (*sorted(name for name, _ in sums), SUMS))


def publish(written: Written) -> None:
    """Give the folder its name."""
    refuse_taken(written.final)
    written.hidden.rename(written.final)
    _sync(written.final.parent)


def discard(written: Written) -> None:
    """Take back what was written and not published."""
    shutil.rmtree(written.hidden, ignore_errors=True)


def refuse_taken(final: Path) -> None:
    """Nothing is ever overwritten, and nothing is put where there is no folder."""
    if os.path.lexists(final):
        raise UsageError(
            f"{final} is there already.", "Nothing is ever overwritten.", "Name a folder that is not there yet."
        )
    if not final.parent.is_dir():
        raise UsageError(f"There is no folder {final.parent}.", "", f"mkdir -p {final.parent}")


def fingerprint_of(folder: Path) -> str:
    """The fingerprint that a folder has now; AlteredError when a file is missing, new or changed."""
    try:
        listed = (folder / SUMS).read_bytes()
        parts = (line.partition("  ") for line in listed.decode().splitlines())
        sums = {name: digest for digest, _, name in parts}
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - {SUMS}
        for name in sorted(there | sums.keys()):
            if name not in sums or name not in there or sha256((folder / name).read_bytes()).hexdigest() != sums[name]:
                raise AlteredError(f"{folder} was altered: {name}.", "It is missing, new, or not what SHA256SUMS says.")
    except (OSError, ValueError) as problem:
        raise UsageError(
            f"{folder} is no proof pack.", f"{problem}.", "Give the folder that why --proof wrote."
        ) from problem
    return sha256(listed).hexdigest()


def _written(path: Path, content: Iterable[bytes]) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest = sha256()
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
        for block in content:
            file.write(block)
            digest.update(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(final: Path) -> None:
    """What a killed run of the same name left behind."""
    for path in final.parent.glob(f".{final.name}.*.part") if final.parent.is_dir() else ():
        if re.fullmatch(rf"\.{re.escape(final.name)}\.[0-9a-f]{{16}}\.part", path.name) and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
