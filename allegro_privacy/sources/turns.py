"""Turns between processes: the kernel's lock on a file, which goes with the process that held it, however it ends."""

import fcntl
import time

_POLL = 0.05


def got_turn(handle: int, seconds: float) -> bool:
    """Hold the lock of an open file; False when another process held it for so many seconds."""
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_POLL)
        else:
            return True
