"""A line with a delay, or one that breaks: a small TCP proxy before any server. Pipelined commands stay pipelined."""

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

Parcel = tuple[float, bytes]


def reset(line: socket.socket) -> None:
    """Close so that the other side sees a reset, not an orderly end."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@dataclass
class Line:
    """A proxy that runs. `sent` holds what each client said, in the order of connections (raw, also if encrypted)."""

    server: tuple[str, int]
    one_way: float
    host: str = "127.0.0.1"
    port: int = 0
    sent: list[bytearray] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    _cut_after: int | None = None
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)

    def open(self) -> None:
        """Listen on a free port."""
        self._listener.bind((self.host, 0))
        self._listener.listen(50)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new connections, and none of the old."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection now."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                reset(end)

    def cut_after(self, count: int | None) -> None:
        """Break each later connection when the server has answered so many bytes; the server has done its work then."""
        self._cut_after = count

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.server, timeout=10)
            except OSError:
                reset(client)
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs.append((client, server))
            number = len(self.sent)
            self.sent.append(bytearray())
            self.answered.append(0)
            self._pump(number, client, server, back=False)
            self._pump(number, server, client, back=True)

    def _pump(self, number: int, source: socket.socket, target: socket.socket, *, back: bool) -> None:
        parcels: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
        limit = self._cut_after if back else None
        threading.Thread(target=self._take, args=(number, source, parcels, back), daemon=True).start()
        threading.Thread(target=self._give, args=(parcels, source, target, limit), daemon=True).start()

    def _take(self, number: int, source: socket.socket, parcels: "queue.SimpleQueue[Parcel]", back: bool) -> None:
        while True:
            try:
                taken = source.recv(65536)
            except OSError:
                taken = b""
            if back:
                self.answered[number] += len(taken)
            else:
                self.sent[number] += taken
            parcels.put((time.monotonic() + self.one_way, taken))
            if not taken:
                return

    def _give(
        self, parcels: "queue.SimpleQueue[Parcel]", source: socket.socket, target: socket.socket, limit: int | None
    ) -> None:
        left = limit
        while True:
            due, parcel = parcels.get()
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            with contextlib.suppress(OSError):
                if not parcel:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(parcel if left is None else parcel[:left])
            if left is not None and (left := left - len(parcel)) <= 0:
                target.shutdown(socket.SHUT_RDWR)
                reset(source)
                return


@contextlib.contextmanager
def delayed_line(host: str, port: int, round_trip: float = 0.0) -> Iterator[Line]:
    """A line to a server whose round trip takes so many seconds: half of it in each direction."""
    line = Line((host, port), round_trip / 2)
    line.open()
    try:
        yield line
    finally:
        line.close()
