"""Kill `export` at each of its system calls, and see what is left.

    python -m tests.stories.export_crash              everything; some minutes on two cores
    python -m tests.stories.export_crash --every 10   each tenth of the points

Each point has a new database, from which two lists left; the run that is struck writes two more. Counted are the system
calls from the moment when the database is first touched. Needs strace. Exit code 4 when something was violated, a child
did not die as it should, or a planted fault was not noticed.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from imap_crash.program import missing
from imap_crash.sweep import Outcome

from . import sweep
from .sweep import Range, ready

AT_ONCE, ROUNDS = 2, 30


def _all(range_: Range, every: int) -> Iterator[Outcome]:
    yield range_.each("killed", range_.points[::every], sweep.kill)
    for error in sweep.ERRORS:
        yield range_.each(error, range_.writing[::every], sweep.refused(error))
    yield range_.at_once(AT_ONCE, max(1, ROUNDS // every))
    named, found = range_.not_on_the_disk()
    yield Outcome("synced before named", named, named, found=found)
    direct = range_.variant("written-under-its-final-name")
    yield _noticed(direct.each("planted, written under its final name", direct.points[:: 2 * every], sweep.kill))
    named, found = range_.variant("never-synced").not_on_the_disk()
    yield _noticed(Outcome("planted, never synced", named, named, found=[f"{line}: " for line in found]))


def _noticed(outcome: Outcome) -> Outcome:
    if outcome.found:
        outcome.noticed, outcome.found = len(outcome.violated), []
    else:
        outcome.found.append(f"{outcome.name}: it was not noticed")
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stories.export_crash",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th of the points")
    chosen = parser.parse_args()
    if reason := missing():
        sys.exit(f"NOTHING WAS CHECKED: {reason}")
    began, found = time.monotonic(), list[str]()
    with ready() as range_:
        for outcome in _all(range_, chosen.every):
            print("  ", outcome, flush=True)
            print("".join(f"      {line}\n" for line in outcome.found[:20]), end="", flush=True)
            found += outcome.found
    print(f"{len(found)} lines of what is wrong; {time.monotonic() - began:.0f} s")
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
