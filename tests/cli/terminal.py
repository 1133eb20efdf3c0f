"""A person at a terminal: the program runs on a real pseudo-terminal, and what it shows is read as it comes."""

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nursery import PROJECT

PATIENCE = 60
PROMPT = "]?"


class Terminal:
    """One running command with its terminal. `shown` is all that was written to it, as lines of text."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 80, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ALLEGRO", "XDG", "NO_COL"))}
        clean |= {"XDG_CONFIG_HOME": str(folder / "no-config"), "PYTHONUTF8": "1", "PYTHONPATH": PROJECT}
        clean |= {"TERM": "xterm", **environment}
        self.process, self._line = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execvpe(sys.executable, [sys.executable, "-m", "allegro_privacy", *arguments], clean)
        fcntl.ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._raw = b""
        self._read = 0

    @property
    def raw(self) -> str:
        return self._raw.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def shown(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self.raw)

    def until(self, words: str) -> str:
        """What was shown from the last wait up to these words; an AssertionError when they do not come."""
        end = time.monotonic() + PATIENCE
        while words not in self.shown[self._read :]:
            if time.monotonic() > end or not self._take(end):
                raise AssertionError(f"{words!r} did not come. What came:\n{self.shown[self._read :]}")
        found = self.shown.index(words, self._read) + len(words)
        told, self._read = self.shown[self._read : found], found
        return told

    def _take(self, end: float) -> bool:
        """Read a little more; False when the program is gone."""
        if not select.select([self._line], [], [], max(0, end - time.monotonic()))[0]:
            return False
        try:
            read = os.read(self._line, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self._raw += read
        return bool(read)

    def type(self, line: str) -> None:
        os.write(self._line, line.encode() + b"\n")

    def answer(self, *lines: str) -> str:
        """Wait for the prompt and type the first line, then each further one at the next question mark or colon."""
        told = self.until(PROMPT)
        self.type(lines[0])
        for line in lines[1:]:
            time.sleep(0.3)
            self._drain()
            self.type(line)
        return told

    def _drain(self) -> None:
        while select.select([self._line], [], [], 0.3)[0] and self._take(time.monotonic() + 1):
            pass

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal sends it."""
        os.write(self._line, b"\x03")

    def hang_up(self) -> None:
        """The window is closed, or the line of ssh breaks."""
        os.close(self._line)

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)

    def end(self) -> int:
        """The exit code when it has ended (negative: the signal that ended it)."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            gone, status = os.waitpid(self.process, os.WNOHANG)
            if gone:
                return os.waitstatus_to_exitcode(status)
            self._drain_if_open()
            time.sleep(0.02)
        self.kill()
        os.waitpid(self.process, 0)
        raise AssertionError("it did not end")

    def _drain_if_open(self) -> None:
        try:
            if select.select([self._line], [], [], 0)[0]:
                self._take(time.monotonic() + 0.1)
        except OSError:
            return


@contextmanager
def sat_down(folder: Path, *arguments: str, **environment: str) -> Iterator[Terminal]:
    """A person sits down at a terminal; whatever still runs at the end is ended."""
    terminal = Terminal(folder, *arguments, **environment)
    try:
        yield terminal
    finally:
        try:
            gone, _ = os.waitpid(terminal.process, os.WNOHANG)
            if not gone:
                terminal.kill()
                os.waitpid(terminal.process, 0)
        except ChildProcessError:
            pass
