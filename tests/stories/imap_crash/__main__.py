"""Kill `pull` at each of its system calls while it reads a mailbox on a server, and see what is left.

    python -m tests.stories.imap_crash                    everything; some 25 minutes on two cores
    python -m tests.stories.imap_crash --only kill cut    some parts of it
    python -m tests.stories.imap_crash --every 10         each tenth of the points, a tenth of the rounds

The mailbox is a real Dovecot's, with twelve messages: those that are accepted are moved to a folder, those that are
asked about get a keyword, the rest is left alone. Counted are the system calls from the moment when the database or a
socket is first touched. Each point has a new database and a new mailbox. Needs Dovecot 2.3 and strace. Exit code 4 when
something was violated, a child did not die as it should, or a planted fault was not noticed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from servers.dovecot import missing as dovecot_missing

from . import sweep
from .crowd import crowd
from .planted import FAULTS
from .points import writing
from .program import missing as strace_missing
from .sweep import Outcome, Range, ready

ROUNDS = 60


def _kill(range_: Range, every: int) -> Iterator[Outcome]:
    """SIGKILL before each call; and before each third where batches are of five messages, so that there are three."""
    yield range_.each("killed", range_.points[::every], sweep.kill)
    several = range_.variant(batch=5)
    yield several.each("killed, batches of 5", several.points[:: 3 * every], sweep.kill)


def _twice(range_: Range, every: int) -> Iterator[Outcome]:
    """SIGKILL before each fourth call, and again during the run that goes on."""
    yield range_.each("killed twice", range_.points[:: 4 * every], sweep.kill_twice)


def _cold(range_: Range, every: int) -> Iterator[Outcome]:
    """SIGKILL before some calls of a program that is started as everybody starts it."""
    cold = range_.variant(cold=True)
    yield cold.each("killed, started anew", cold.points[:: 20 * every], sweep.kill)


def _refused(range_: Range, every: int) -> Iterator[Outcome]:
    """ENOSPC and EIO at each call that writes (where filing is COPY: each second), and ENOSPC from each fourth on."""
    at = writing(range_.log)[:: 1 if range_.bench.move else 2]
    for error in sweep.ERRORS:
        yield range_.each(error, at[::every], sweep.refused(error))
    yield range_.each("ENOSPC from there on", at[:: 4 * every], sweep.refused("ENOSPC", onwards=True))


def _cut(range_: Range, every: int) -> Iterator[Outcome]:
    """The line to the server breaks at each call that uses it."""
    at = [one for one in range_.points if one.call in ("sendto", "recvfrom")]
    yield range_.each("line cut", at[::every], sweep.refused("ECONNRESET", clean=sweep.LOST_LINE))


def _planted(range_: Range, every: int) -> Iterator[Outcome]:
    """Faults of design, of which each must be noticed; one of them is met only where filing is COPY. With too few
    points they would not be met."""
    for fault in FAULTS:
        if (fault == "copied-without-asking") is range_.bench.move:
            continue
        faulty = range_.variant(fault=fault, batch=5)
        outcome = faulty.each(f"planted, {fault}", faulty.points[:: 6 * min(every, 2)], sweep.kill)
        if outcome.found:
            outcome.noticed, outcome.found = len(outcome.violated), []
        else:
            outcome.found.append(f"{outcome.name}: it was not noticed")
        yield outcome


def _crowd(range_: Range, every: int) -> Iterator[Outcome]:
    """Six pulls at once, two of them killed, round after round."""
    yield crowd(range_, max(1, ROUNDS // every))


PARTS: dict[str, Callable[[Range, int], Iterator[Outcome]]] = {
    "kill": _kill,
    "twice": _twice,
    "cold": _cold,
    "refused": _refused,
    "cut": _cut,
    "planted": _planted,
    "crowd": _crowd,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stories.imap_crash",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th of the points")
    chosen = parser.parse_args()
    if reason := strace_missing() or dovecot_missing():
        sys.exit(f"NOTHING WAS CHECKED: {reason}")
    began = time.monotonic()
    found: list[str] = []
    for move in (True, False):
        print("filed by MOVE" if move else "filed by COPY and UID EXPUNGE", flush=True)
        with ready(move=move) as range_:
            for name in chosen.only:
                for outcome in PARTS[name](range_, chosen.every):
                    print("  ", outcome, flush=True)
                    print("".join(f"      {line}\n" for line in outcome.found[:20]), end="", flush=True)
                    found += outcome.found
    print(f"{len(found)} lines of what is wrong; {time.monotonic() - began:.0f} s")
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
