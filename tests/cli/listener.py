"""A monitor as healthchecks-style services are: a real HTTP server that remembers what it was told, and misbehaves."""

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# Stands in every URL, as a monitor's secret does; nothing of ours may show it.
SECRET = "f3b1c2d4-0000-4000-8000-5ec4e7000001"


@dataclass(frozen=True)
class Heard:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def moment(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Listener:
    """A server on loopback. `manner` says how it answers: ok, slow, trickle, babble, no-post, or a status;
    several, divided by blanks, are used one after the other, the last for good."""

    manner: str = "ok"
    certificate: Path | None = None
    elsewhere: str = ""
    heard: list[Heard] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener._answer(self)

            do_GET = do_POST  # noqa: N815  (the name that http.server calls)

            def log_message(self, *_: object) -> None:
                pass

        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # A client that distrusts our certificate breaks off; that is no news of the test.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        scheme = "http"
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/{SECRET}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def moments(self) -> list[str]:
        return [each.moment for each in self.heard]

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.heard.append(Heard(request.command, request.path, dict(request.headers), body))
        self.arrived.set()
        manners = self.manner.split()
        manner = manners[min(len(self.heard), len(manners)) - 1]
        match manner:
            case "slow":
                self._over.wait(30)
            case "trickle":
                request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not self._over.wait(0.2):
                    request.wfile.write(b".")
                    request.wfile.flush()
            case "babble":
                request.wfile.write(b"this is not HTTP\r\n\r\n")
            case "301" | "302" | "303" | "307" | "308":
                request.send_response(int(manner))
                request.send_header("Location", self.elsewhere)
                request.end_headers()
            case "no-post" if request.command == "POST":
                request.send_error(405)
            case "ok" | "no-post":
                request.send_response(200)
                request.send_header("Content-Length", "2")
                request.end_headers()
                request.wfile.write(b"OK")
            case _:
                request.send_error(int(manner))


def until(true: Any, seconds: float = 10) -> bool:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not (came := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(came)
