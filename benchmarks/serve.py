"""How many POSTs and GETs a second `serve` answers, beside its limits, and what memory it takes.

    python benchmarks/serve.py [--posts 20000] [--gets 2000] [--requests 100000] [--connections 32]

POSTs: each with a token of its own, answered after the commit. Beside them, on the same server: an application that
answers as many bytes and does nothing; and one that writes a line and syncs it for each request, one at a time, as a
commit for each would. Clients are one process with a thread for each connection, and share the cores with the server.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "web")]

from endpoint_asked import FORM, ONE_CLICK  # noqa: E402
from served import installed, start  # noqa: E402

from allegro_privacy import config  # noqa: E402
from allegro_privacy.config import ServeSettings  # noqa: E402
from allegro_privacy.core.link_token import Link  # noqa: E402
from allegro_privacy.store.database import open_database  # noqa: E402
from allegro_privacy.workflow import link_keys  # noqa: E402

BODY = b"x" * 3200


class Bare:
    """Answers; `each` is done before."""

    def __init__(self, each: Callable[[], None]) -> None:
        self._each = each

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        self._each()
        start_response("200 OK", [("Content-Length", str(len(BODY))), ("Content-Type", "text/html")])
        return [BODY]

    def close(self) -> None:
        pass


def bare(how: str, folder: Path) -> None:
    """In a process of its own: the same server with an application that does next to nothing."""
    from allegro_privacy.web import server

    lock = threading.Lock()
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def sync() -> None:
        with lock:
            os.write(log, b"one line of about as many signs as an event has" * 8)
            os.fdatasync(log)

    where = ServeSettings("127.0.0.1", 0, "", None)
    application: Any = Bare(sync if how == "sync" else lambda: None)
    server.serve(where, application, lambda url: print(url, file=sys.stderr, flush=True))


def clients(port: int, requests: Iterator[bytes], connections: int) -> tuple[int, float]:
    """How many were answered with 200, and in how many seconds."""
    lock, good = threading.Lock(), [0] * connections

    def client(number: int) -> None:
        line = socket.create_connection(("127.0.0.1", port), 60)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with lock:
                request = next(requests, None)
            if request is None:
                line.close()
                return
            line.sendall(request)
            found = line.recv(65536)
            head, _, rest = found.partition(b"\r\n\r\n")
            left = int(re.search(rb"Content-Length: (\d+)", head)[1]) - len(rest)  # type: ignore[index]
            while left > 0:
                left -= len(line.recv(65536))
            good[number] += head.startswith(b"HTTP/1.1 200")

    threads = [threading.Thread(target=client, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(good), time.perf_counter() - began


def post(path: str) -> bytes:
    head = f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(ONE_CLICK)}\r\n\r\n"
    return head.encode() + ONE_CLICK


def get(path: str, client: int = 0) -> bytes:
    # The rates count by client: as a web server in front would tell it.
    where = f"10.{client >> 16 & 255}.{client >> 8 & 255}.{client & 255}"
    return f"GET /{path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {where}\r\n\r\n".encode()


def told(name: str, answered: int, seconds: float, asked: int) -> None:
    print(f"{name:<52} {answered / seconds:>8,.0f}/s   ({answered:,} of {asked:,} with 200)", flush=True)


def memory(process: int) -> str:
    found = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", Path(f"/proc/{process}/status").read_text()))
    return ", ".join(f"{name} {int(size) >> 10} MB" for name, size in sorted(found.items()))


def beside(how: str, folder: Path, count: int, connections: int) -> tuple[int, float]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--bare", how, str(folder)], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    port = int(process.stderr.readline().strip().rpartition(":")[2])
    try:
        return clients(port, (post("x") for _ in range(count)), connections)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--gets", type=int, default=2_000, help="more are slowed by the rate for all")
    parser.add_argument("--requests", type=int, default=100_000, help="for the memory at the end")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--bare", nargs=2)
    chosen = parser.parse_args()
    if chosen.bare:
        bare(chosen.bare[0], Path(chosen.bare[1]))
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as name:
        folder = Path(name)
        installed(folder)
        path = folder / config.FILE_NAME
        path.write_text(path.read_text().replace('proxy = ""', 'proxy = "127.0.0.1"'))
        measure(folder, chosen.posts, chosen.gets, chosen.requests, chosen.connections)


def measure(folder: Path, posts: int, gets: int, requests: int, connections: int) -> None:
    settings = config.load(folder / config.FILE_NAME)
    keys = link_keys.needed(settings)
    tokens = [keys.token(Link(f"person{number}@example{number % 500}.com", "sale")) for number in range(posts)]
    told("POSTs, an application that does nothing", *beside("nothing", folder, posts, connections), posts)
    told("POSTs, one fdatasync for each", *beside("sync", folder, posts // 4, connections), posts // 4)
    served = start(folder)
    print("memory at the start:", memory(served.process.pid))
    told("POSTs, recorded and committed", *clients(served.port, map(post, tokens), connections), posts)
    told("POSTs, recorded already", *clients(served.port, map(post, tokens), connections), posts)
    looking = (get(tokens[number % posts], number) for number in range(gets))
    told("GETs of the page", *clients(served.port, looking, connections), gets)
    rest = max(requests - 3 * posts, 0)
    clients(served.port, (post(tokens[number % posts]) for number in range(rest)), connections)
    print(f"memory after {3 * posts + rest:,} requests:", memory(served.process.pid))
    with open_database(settings.database) as database:
        print(f"recorded: {database.value('SELECT count(*) FROM messages'):,}, ended with {served.end()}")


if __name__ == "__main__":
    main()
