"""Kill `export` at each of its system calls, and see what is left. The program behind its gate and the places
where to strike are those of `imap_crash`.

The parts: `planted` (faults that must be noticed), `bench` (offices as new as wanted), `truth` (what must hold),
`order` (what was on the disk before it was named), `sweep` (strike at each)."""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
sys.path[:0] = [str(PROJECT / place) for place in (".", "tests", "tests/stories", "tests/cli")]
