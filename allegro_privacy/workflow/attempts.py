"""A message that stops the program: found by counting attempts, proven in a child process, set aside the third time.

An attempt that never came to an end proves little: the machine may have gone down. So a message with an earlier
attempt is first judged in a child process. Only if the child dies too is the message to blame."""

import os
import signal
from collections.abc import Callable

SET_ASIDE_AT = 3
CHILD_SECONDS = 120


def survives(work: Callable[[], object]) -> bool:
    """Does this work come to an end? It runs in a child process, whose death costs nobody anything."""
    child = os.fork()
    if child == 0:
        _work_and_exit(work)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _work_and_exit(work: Callable[[], object]) -> None:
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(CHILD_SECONDS)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        work()
        os._exit(0)
    finally:
        # Whatever happened (KeyboardInterrupt, MemoryError): never return into the parent's code.
        os._exit(1)
