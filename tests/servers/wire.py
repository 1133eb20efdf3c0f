"""One connection's two directions: commands come in whole, answers go out in order, each at its time."""

import contextlib
import queue
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Received:
    """What a client sent as one command, byte for byte; `session` counts connections from 0."""

    session: int
    raw: bytes
    at: float

    @property
    def tag(self) -> bytes:
        return self.raw.split(b" ", 1)[0].strip() or b"*"

    @property
    def words(self) -> bytes:
        """The command without its tag and line end."""
        return self.raw.rstrip(b"\r\n").partition(b" ")[2]


class Gone(Exception):  # noqa: N818 - a fact, not an error
    """The other side has closed, or we have."""


class Wire:
    """Reads with one thread and writes with another, so that an answer on its way keeps no command waiting."""

    def __init__(self, line: socket.socket, delay: float) -> None:
        self.line = line
        self.delay = delay
        self.due = time.monotonic()
        self.closing = threading.Event()
        self._coming = b""
        self._guard = threading.Lock()
        self._wakes, self._wake = socket.socketpair()
        self._todo: queue.SimpleQueue[tuple[float, Callable[[], None]]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    # In

    def command(self) -> bytes:
        """The next line, with the literals in it."""
        whole = b""
        while True:
            line = self.text_line()
            whole += line
            found = re.search(rb"\{(\d+)(\+?)\}\r\n$", line)
            if not found:
                return whole
            if not found[2]:
                self.say(b"+ go on\r\n")
            whole += self._take(int(found[1]))

    def text_line(self) -> bytes:
        """The next line, and the time when its answer is due."""
        while b"\n" not in self._coming:
            self._more()
        line, _, self._coming = self._coming.partition(b"\n")
        self.due = time.monotonic() + self.delay
        return line + b"\n"

    def _take(self, count: int) -> bytes:
        while len(self._coming) < count:
            self._more()
        taken, self._coming = self._coming[:count], self._coming[count:]
        return taken

    def _more(self) -> None:
        try:
            if not (isinstance(self.line, ssl.SSLSocket) and self.line.pending()):
                # A line is not really closed while a thread waits on it, so it waits on something else too.
                ready, _, _ = select.select([self.line, self._wakes], [], [])
                if self._wakes in ready:
                    raise Gone
            # A TLS line is not made for two threads at once.
            with self._guard:
                got = self.line.recv(65536)
        except (OSError, ValueError) as error:
            raise Gone from error
        if not got:
            raise Gone
        self._coming += got

    # Out

    def then(self, act: Callable[[], None]) -> None:
        """Do this when everything before it has been sent and its time has come."""
        self._todo.put((self.due, act))

    def say(self, what: bytes) -> None:
        self.then(lambda: self._send(what))

    def close(self) -> None:
        """An orderly end."""
        self.then(self._close)

    def reset(self) -> None:
        """A broken line."""
        self.then(self._reset)

    def stall(self) -> None:
        """Nothing more is ever said, and the line stays open."""
        self.then(lambda: (self.closing.wait(), None)[1])

    def trickle(self, what: bytes, pause: float) -> None:
        """Byte after byte with a pause between."""

        def drip() -> None:
            for byte in what:
                self._send(bytes([byte]))
                if self.closing.wait(pause):
                    return

        self.then(drip)

    def flush(self) -> None:
        """Wait until everything was sent."""
        done = threading.Event()
        self.then(done.set)
        done.wait(10)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """TLS from here on; what came before it in clear is forgotten."""
        self._coming = b""
        try:
            self.line.settimeout(10)
            self.line = context.wrap_socket(self.line, server_side=True)
            self.line.settimeout(None)
        except OSError as error:
            raise Gone from error

    def end(self) -> None:
        """Close at once, whatever waits."""
        if self.closing.is_set():
            return
        self._wake_up()
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
        self._todo.put((0.0, self._close))

    def forget(self) -> None:
        """Called by the thread that read, when it reads no more."""
        self.end()
        self._wakes.close()
        self._wake.close()

    def _wake_up(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"x")

    def _send(self, what: bytes) -> None:
        with self._guard:
            self.line.sendall(what)

    def _close(self) -> None:
        self._wake_up()
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()

    def _reset(self) -> None:
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._wake_up()
        self.line.close()

    def _write(self) -> None:
        while not self.closing.is_set():
            due, act = self._todo.get()
            if (wait := due - time.monotonic()) > 0:
                self.closing.wait(wait)
            try:
                act()
            except OSError:
                break
        self._close()
