"""Starting the program: at once, or under strace with something done to it at one of its system calls."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from . import PROJECT
from .points import CALLS, Point

GATE = Path(__file__).with_name("gate.py")
ARGUMENTS = ("pull", "--as", "cron")
KILL = "signal=KILL"


def missing() -> str | None:
    """Why nothing can be traced here; None when it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed: apt-get install --no-install-recommends strace"
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()}"


def environment() -> dict[str, str]:
    """Each run must make the same system calls: no hashes by chance, no configuration of whoever runs it."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("ALLEGRO", "XDG"))}
    return known | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": "/nonexistent"}


def _injection(point: Point, what: str, onwards: bool) -> list[str]:
    # Never with --seccomp-bpf: then nothing is injected, and every run looks well.
    every = ["-f"] if point.any_thread else []
    inject = f"inject={point.call}:{what}:when={point.number}{'+' if onwards else ''}"
    return [*every, "-e", f"trace={point.call}", "-e", inject]


_COUNTING = ["-f", "-e", f"trace={','.join(CALLS)}"]


class Program(Protocol):
    """A way of running `pull` in an office; what is returned is its exit code, negative: the signal that ended it."""

    def run(self, office: Path) -> int:
        """From its first step to its end."""
        ...

    def struck(self, office: Path, point: Point, what: str = KILL, *, onwards: bool = False) -> int:
        """The same, with a signal or an error at one system call (or, onwards, at this and all later ones)."""
        ...

    def counted(self, office: Path) -> str:
        """An undisturbed run: its system calls as strace writes them."""
        ...


class Cold:
    """The program as everybody starts it, traced from the first instruction of Python on."""

    def run(self, office: Path) -> int:
        return self._ended(office, [])

    def struck(self, office: Path, point: Point, what: str = KILL, *, onwards: bool = False) -> int:
        return self._ended(office, ["strace", "-o", "strace", *_injection(point, what, onwards)])

    def counted(self, office: Path) -> str:
        assert self._ended(office, ["strace", "-o", "strace", *_COUNTING]) == 0
        return (office / "strace").read_text("utf-8", "replace")

    def _ended(self, office: Path, before: Sequence[str]) -> int:
        command = [*before, sys.executable, "-m", "allegro_privacy", *ARGUMENTS]
        with (office / "out").open("wb") as out, (office / "err").open("wb") as err:
            # strace ends as the program that it started.
            return subprocess.run(
                command, cwd=office, env=environment(), stdout=out, stderr=err, check=False
            ).returncode


class Gate:
    """The program, loaded and waiting (see `gate`). For one thread at a time. planted: the module of the faults.
    judging: messages are judged beforehand."""

    def __init__(
        self, arguments: Sequence[str] = ARGUMENTS, planted: str = "imap_crash.planted", judging: bool = True
    ) -> None:
        self._arguments, self._planted, self._judging = arguments, planted, judging

    def __enter__(self) -> "Gate":
        ask, asked = os.pipe()
        told, tell = os.pipe()
        command = [sys.executable, str(GATE), str(ask), str(tell)]
        self._process = subprocess.Popen(command, env=environment(), pass_fds=(ask, tell), stdin=subprocess.DEVNULL)
        os.close(ask)
        os.close(tell)
        self._asked, self._told = os.fdopen(asked, "w"), os.fdopen(told)
        return self

    def __exit__(self, *_: object) -> None:
        self._asked.close()
        self._told.close()
        self._process.wait()

    def _say(self, **order: Any) -> Any:
        self._asked.write(json.dumps(order) + "\n")
        self._asked.flush()
        return json.loads(self._told.readline())

    def load(self, office: Path) -> None:
        """Load what a run loads: one is run in an office of its own, and tells."""
        names = office / "modules"
        child = self.start(office, names=str(names))
        self.go(child)
        self.wait(child)
        modules = [name for name in names.read_text("utf-8").split("\n") if name != "__main__"]
        configuration = str(office / "allegro-privacy.toml")
        self._say(load=[*modules, self._planted], configuration=configuration, judging=self._judging)

    def start(self, office: Path, fault: str = "", batch: int = 0, *, quick: bool = False, names: str = "") -> int:
        """A process that stands before its first step, with a planted fault, or with batches of so many messages.
        quick: it leaves without taking Python down.  names: a file for the names of the modules that it loaded."""
        order = {"start": str(office), "arguments": self._arguments, "fault": fault, "batch": batch, "quick": quick}
        child: int = self._say(**order, planted=self._planted, **({"names": names} if names else {}))
        return child

    def go(self, child: int) -> None:
        os.kill(child, signal.SIGCONT)

    def wait(self, child: int) -> int:
        """Its exit code."""
        code: int = self._say(wait=child)
        return code


@dataclass(frozen=True, slots=True)
class Warm:
    """The program from behind its gate."""

    gate: Gate
    fault: str = ""
    batch: int = 0

    def run(self, office: Path) -> int:
        child = self.gate.start(office, self.fault, self.batch, quick=True)
        self.gate.go(child)
        return self.gate.wait(child)

    def struck(self, office: Path, point: Point, what: str = KILL, *, onwards: bool = False) -> int:
        return self._traced(office, _injection(point, what, onwards))

    def counted(self, office: Path, options: Sequence[str] = _COUNTING) -> str:
        code = self._traced(office, options)
        assert code == 0, f"the undisturbed run ended with {code}"
        return (office / "strace").read_text("utf-8", "replace")

    def _traced(self, office: Path, options: Sequence[str]) -> int:
        child = self.gate.start(office, self.fault, self.batch)
        with _traced(child, office / "strace", options):
            self.gate.go(child)
            return self.gate.wait(child)


@contextmanager
def _traced(child: int, log: Path, options: Sequence[str]) -> Iterator[None]:
    """Strace is attached in this block, and has come to its end after it."""
    command = ["strace", "-p", str(child), "-o", str(log), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as strace:
        assert strace.stderr
        told = strace.stderr.readline()
        if "attached" not in told:
            os.kill(child, signal.SIGKILL)
            raise RuntimeError(f"strace was not attached: {told}{strace.stderr.read()}")
        yield
        strace.wait(30)
