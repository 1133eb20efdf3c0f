"""Where to strike: each system call of a run, from the moment when the database or a socket is first touched.

strace counts for each thread by itself. So the main thread, in which everything is recorded and every command but the
first is sent, is struck at each of its calls with only that thread traced. The threads in which connections are made
are struck with all traced, where one of them is the first to come to that number."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

CALLS = (
    "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "link", "ftruncate", "mkdir", "openat", "close",
    "socket", "connect", "sendto", "recvfrom", "shutdown", "fcntl", "flock", "pread64", "utimensat", "exit_group",
)  # fmt: skip
# Those that can find the disk full or broken.
WRITES = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "openat", "utimensat")
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$", re.MULTILINE)
_FIRST_TOUCH = re.compile(r"sqlite3|AF_INET")


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """The number-th call of its kind, by the main thread or (any_thread) by whichever comes to that number first."""

    call: str
    number: int
    any_thread: bool = False

    def __str__(self) -> str:
        return f"{self.call} {self.number}{' of any thread' if self.any_thread else ''}"


def points(log: str, calls: Sequence[str] = CALLS) -> list[Point]:
    """All points of an undisturbed run, as strace wrote it, in the order of time."""
    found = []
    main = ""
    met: dict[str, Counter[str]] = defaultdict(Counter)
    touched = False
    reached: Counter[str] = Counter()
    for thread, call, rest in _LINE.findall(log):
        main = main or thread
        met[thread][call] += 1
        touched = touched or bool(_FIRST_TOUCH.search(rest))
        number = met[thread][call]
        first = number > reached[call]
        reached[call] = max(reached[call], number)
        if touched and call in calls and (thread == main or first):
            found.append(Point(call, number, thread != main))
    return found


def _opening_to_write(log: str) -> set[int]:
    """The numbers of those openat of the main thread that can make a file: the others write nothing."""
    main, count, found = "", 0, set()
    for thread, call, rest in _LINE.findall(log):
        main = main or thread
        if thread == main and call == "openat":
            count += 1
            if "O_CREAT" in rest:
                found.add(count)
    return found


def writing(log: str, calls: Sequence[str] = WRITES) -> list[Point]:
    """The points of the main thread at which something is written."""
    makes = _opening_to_write(log)
    return [
        point
        for point in points(log, calls)
        if not point.any_thread and (point.call != "openat" or point.number in makes)
    ]
