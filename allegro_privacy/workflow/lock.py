"""One process at a time at one mailbox. The kernel's lock: it goes with the process that held it, however it ends."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allegro_privacy.errors import UnreachableError

_POLL = 0.05


@contextmanager
def alone_at(database: Path, place: str, seconds: float) -> Iterator[None]:
    """Hold a mailbox while this block runs. UnreachableError (exit code 75) when another process holds it too long."""
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    path = database.with_name(f"{database.name}-mailbox-{name}")
    handle = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _wait(handle, place, time.monotonic() + seconds)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, place: str, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                what = f"Another run reads the mailbox {place}."
                raise UnreachableError(what, "It has not come to its end yet.", "Try again later.") from None
            time.sleep(_POLL)
        else:
            return
