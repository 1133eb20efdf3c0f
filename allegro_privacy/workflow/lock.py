"""One process at a time at one mailbox."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allegro_privacy.errors import UnreachableError
from allegro_privacy.sources.turns import got_turn


@contextmanager
def alone_at(database: Path, place: str, seconds: float) -> Iterator[None]:
    """Hold a mailbox while this block runs. UnreachableError (exit code 75) when another process holds it too long."""
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    path = database.with_name(f"{database.name}-mailbox-{name}")
    handle = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if not got_turn(handle, seconds):
            what = f"Another run reads the mailbox {place}."
            raise UnreachableError(what, "It has not come to its end yet.", "Try again later.")
        yield
    finally:
        os.close(handle)
