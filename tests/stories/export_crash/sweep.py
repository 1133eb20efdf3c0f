"""Strike at each point, look, let it run again in peace, and look again; and several at once."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue

from imap_crash.points import Point, points, writing
from imap_crash.program import Gate, Warm
from imap_crash.sweep import Outcome, Struck

from . import order
from .bench import ARGUMENTS, Bench, bench
from .truth import wrong

CALLS = (
    "write", "pwrite64", "fsync", "fdatasync", "linkat", "unlinkat", "unlink", "ftruncate", "mkdir", "rmdir",
    "openat", "close", "fcntl", "flock", "exit_group",
)  # fmt: skip
WRITES = ("write", "pwrite64", "fsync", "fdatasync", "linkat", "unlinkat", "unlink", "ftruncate", "openat")
ERRORS = ("ENOSPC", "EIO")
# Done, failed for want of a disk. Nothing else is a clean end.
CLEAN = (0, 1)
# Two lists left with the pattern, two leave with each run.
LISTS = 2


@dataclass
class Range:
    """A bench with the program loaded, and where it can be struck."""

    bench: Bench
    gates: Sequence[Gate]
    programs: "Queue[Warm]"
    log: str

    @property
    def points(self) -> list[Point]:
        return points(self.log, CALLS)

    @property
    def writing(self) -> list[Point]:
        return writing(self.log, WRITES)

    def variant(self, fault: str) -> "Range":
        """The same with a planted fault."""
        programs: Queue[Warm] = Queue()
        for gate in self.gates:
            programs.put(Warm(gate, fault))
        return replace(self, programs=programs, log=_counted(programs.queue[0], self.bench))

    def not_on_the_disk(self) -> tuple[int, list[str]]:
        """How many files an undisturbed run names, and which of them were not synced in time."""
        return order.not_on_the_disk(self.programs.queue[0].counted(self.bench.office(), order.TRACED))

    def each(self, name: str, at: Sequence[Point], strike: "Strike") -> Outcome:
        """One sweep, with as many at once as there are programs."""
        outcome, began = Outcome(name, len(at)), time.monotonic()
        with ThreadPoolExecutor(len(self.gates)) as pool:
            for point, (codes, struck, found) in zip(at, pool.map(lambda one: self._one(one, strike), at), strict=True):
                outcome.codes.update(codes)
                outcome.struck += struck
                outcome.found += [f"{name}, {point}: {line}" for line in found]
        outcome.seconds = time.monotonic() - began
        return outcome

    def _one(self, point: Point, strike: "Strike") -> Struck:
        program = self.programs.get()
        try:
            return strike(self, program, point)
        finally:
            self.programs.put(program)

    def at_once(self, processes: int, rounds: int) -> Outcome:
        """So many exports of one office at one moment, round after round: a number for each."""
        outcome, began, gate, office = Outcome(f"{processes} at once", rounds), time.monotonic(), self.gates[0], None
        office = self.bench.office()
        for number in range(rounds):
            children = [gate.start(office) for _ in range(processes)]
            for child in children:
                gate.go(child)
            codes = [gate.wait(child) for child in children]
            outcome.codes.update(codes)
            outcome.struck += processes
            outcome.found += [f"round {number}: one ended with {code}: {_said(office)}" for code in codes if code]
            lists = LISTS * (1 + processes * (number + 1))
            outcome.found += [f"round {number}: {line}" for line in wrong(office, at_the_end=True, lists=lists)]
        outcome.seconds = time.monotonic() - began
        return outcome


Strike = Callable[[Range, Warm, Point], Struck]


@contextmanager
def ready(*, workers: int = 2) -> Iterator[Range]:
    """Everything for sweeps."""
    with ExitStack() as stack:
        made = stack.enter_context(bench())
        gates = [stack.enter_context(Gate(ARGUMENTS, "export_crash.planted", judging=False)) for _ in range(workers)]
        programs: Queue[Warm] = Queue()
        for gate in gates:
            gate.load(made.office())
            programs.put(Warm(gate))
        yield Range(made, gates, programs, _counted(programs.queue[0], made))


def _counted(program: Warm, made: Bench) -> str:
    return program.counted(made.office(), ["-f", "-e", f"trace={','.join(CALLS)}"])


def _said(office: Path) -> str:
    return (office / "err").read_text("utf-8", "replace")[-300:]


def _afterwards(program: Warm, office: Path, died: str) -> list[str]:
    """What is wrong now, and what after one run in peace; the office is taken away."""
    found = [f"{died}, {line}" for line in wrong(office)]
    if code := program.run(office):
        found.append(f"{died}, the next run ended with {code}: {_said(office)}")
    found += [f"{died} and run again, {line}" for line in wrong(office, at_the_end=True, lists=2 * LISTS)]
    shutil.rmtree(office)
    return found


def kill(range_: Range, program: Warm, point: Point) -> Struck:
    """SIGKILL before the call."""
    office = range_.bench.office()
    code = program.struck(office, point)
    found = _afterwards(program, office, "killed")
    if code != -signal.SIGKILL:
        found.append(f"was not killed but ended with {code}")
    return [code], int(code == -signal.SIGKILL), found


def refused(error: str) -> Strike:
    """The call fails with this error."""

    def strike(range_: Range, program: Warm, point: Point) -> Struck:
        office = range_.bench.office()
        code = program.struck(office, point, f"error={error}")
        log, said = (office / "strace").read_text("utf-8", "replace"), _said(office)
        found = []
        if code not in CLEAN or "Traceback" in said or "unexpected" in said:
            found.append(f"ended with {code}: {said}")
        if code == 0:
            found += [f"ended well, {line}" for line in wrong(office, at_the_end=True, lists=2 * LISTS)]
        elif not said.strip():
            found.append(f"ended with {code} and said nothing")
        return [code], int("INJECTED" in log), found + _afterwards(program, office, error)

    return strike
