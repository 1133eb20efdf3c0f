"""Strike at each point, look, let it run again in peace, and look again."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from queue import Queue

from .bench import MAILBOXES, Bench, Office, bench
from .points import Point, points
from .program import Cold, Gate, Program, Warm
from .truth import State, at_any_time, at_the_end, look

# How often the number of a second strike is halved when the run that goes on does not come so far.
HALVINGS = 8
ERRORS = ("ENOSPC", "EIO")
# Done, failed for want of a disk, done in part. Nothing else is a clean end.
CLEAN = (0, 1, 3)
LOST_LINE = (0, 3, 75)


@dataclass
class Outcome:
    """What a sweep came to. struck: how often the program died of, or was told of, what was done to it."""

    name: str
    points: int = 0
    struck: int = 0
    seconds: float = 0
    codes: Counter[int] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    noticed: int | None = None

    @property
    def violated(self) -> set[str]:
        """The points at which something was wrong."""
        return {line.partition(": ")[0] for line in self.found}

    def __str__(self) -> str:
        codes = ", ".join(f"{count} × {code}" for code, count in sorted(self.codes.items()))
        wrong = f"{len(self.violated)} violated" if self.noticed is None else f"noticed at {self.noticed}"
        return f"{self.name}: {self.points} points, {self.struck} struck, {wrong}, ended {codes}; {self.seconds:.0f} s"


@dataclass
class Range:
    """A bench with the program loaded, what an undisturbed run makes of it, and where it can be struck."""

    bench: Bench
    gates: Sequence[Gate]
    programs: "Queue[Program]"
    expected: State
    log: str

    @property
    def points(self) -> list[Point]:
        return points(self.log)

    def variant(self, *, fault: str = "", batch: int = 0, cold: bool = False) -> "Range":
        """The same mailboxes and the same expectation for a program with a fault, with small batches, or started as
        everybody starts it."""
        programs: Queue[Program] = Queue()
        for gate in self.gates:
            programs.put(Cold() if cold else Warm(gate, fault, batch))
        log = programs.queue[0].counted(self.new().folder)
        return replace(self, programs=programs, log=log)

    def each(self, name: str, at: Sequence[Point], strike: "Strike") -> Outcome:
        """One sweep, with as many at once as there are programs."""
        outcome, began = Outcome(name, len(at)), time.monotonic()
        with ThreadPoolExecutor(len(self.gates)) as pool:
            for point, (codes, struck, found) in zip(
                at, pool.map(lambda point: self._one(point, strike), at), strict=True
            ):
                outcome.codes.update(codes)
                outcome.struck += struck
                outcome.found += [f"{name}, {point}: {line}" for line in found]
        outcome.seconds = time.monotonic() - began
        return outcome

    def _one(self, point: Point, strike: "Strike") -> "Struck":
        program = self.programs.get()
        try:
            return strike(self, program, point)
        finally:
            self.programs.put(program)

    def new(self) -> Office:
        return self.bench.office()

    def afterwards(self, program: Program, office: Office, died: str) -> list[str]:
        """What is wrong now, and what after one run in peace; the office is taken away."""
        found = [f"{died}, {line}" for line in at_any_time(look(office), self.expected)]
        code = program.run(office.folder)
        if code:
            found.append(f"{died}, the next run ended with {code}: {office.said()[-300:]}")
        found += [f"{died} and run again, {line}" for line in at_the_end(look(office), self.expected)]
        office.away()
        return found


Struck = tuple[list[int], int, list[str]]
Strike = Callable[[Range, Program, Point], Struck]


@contextmanager
def ready(*, move: bool = True, workers: int = 2, mailboxes: int = MAILBOXES) -> Iterator[Range]:
    """Everything for sweeps of one kind of filing."""
    with ExitStack() as stack:
        made = stack.enter_context(bench(move=move, mailboxes=mailboxes))
        gates = [stack.enter_context(Gate()) for _ in range(workers)]
        for gate in gates:
            gate.load(made.office().folder)
        programs: Queue[Program] = Queue()
        for gate in gates:
            programs.put(Warm(gate))
        office = made.office()
        log = programs.queue[0].counted(office.folder)
        yield Range(made, gates, programs, look(office), log)


def kill(range_: Range, program: Program, point: Point) -> Struck:
    """SIGKILL before the call."""
    office = range_.new()
    code = program.struck(office.folder, point)
    found = range_.afterwards(program, office, "killed")
    if code != -signal.SIGKILL:
        found.append(f"was not killed but ended with {code}")
    return [code], int(code == -signal.SIGKILL), found


def kill_twice(range_: Range, program: Program, point: Point) -> Struck:
    """SIGKILL before the call, and again before some call of the run that goes on."""
    chance = random.Random(str(point))
    again = chance.choice([each for each in range_.points if not each.any_thread])
    for _ in range(HALVINGS):
        office = range_.new()
        code = program.struck(office.folder, point)
        if code != -signal.SIGKILL:
            return [code], 0, [f"was not killed but ended with {code}"]
        first = [f"killed, {line}" for line in at_any_time(look(office), range_.expected)]
        code = program.struck(office.folder, again)
        if code == -signal.SIGKILL:
            return [code], 1, first + range_.afterwards(program, office, f"killed again at {again}")
        # It had less to do than a first run and came to its end.
        office.away()
        again = Point(again.call, max(1, again.number // 2))
    return [code], 0, [f"was never killed a second time, last tried at {again}"]


def refused(error: str, *, onwards: bool = False, clean: Sequence[int] = CLEAN) -> Strike:
    """The call fails with this error; onwards: and so does each later one of its kind."""

    def strike(range_: Range, program: Program, point: Point) -> Struck:
        office = range_.new()
        code = program.struck(office.folder, point, f"error={error}", onwards=onwards)
        log = (office.folder / "strace").read_text("utf-8", "replace")
        said = office.said()
        found = []
        # Words are written too: where every write fails from here on, there can be none.
        if code not in clean:
            found.append(f"ended with {code}: {said[-300:]}")
        if "Traceback" in said or "unexpected" in said:
            found.append(f"ended with {code} and without words: {said[-300:]}")
        if code == 0:
            found += [f"ended well, {line}" for line in at_the_end(look(office), range_.expected)]
        elif not said.strip() and not (onwards and point.call == "write"):
            found.append(f"ended with {code} and said nothing")
        return [code], int("INJECTED" in log), found + range_.afterwards(program, office, error)

    return strike
