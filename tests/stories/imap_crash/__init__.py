"""Kill `pull` at each of its system calls while it reads a mailbox on a server, and see what is left.

The parts: `gate` (the program, loaded and waiting), `program` (starting it, under strace or not), `planted` (it with a
fault), `bench` (a mail server and offices as new as wanted), `truth` (what must hold), `points` (where to strike),
`sweep` (strike at each), `crowd` (many at once)."""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
sys.path[:0] = [str(PROJECT / place) for place in (".", "tests", "tests/stories", "tests/cli")]
