"""Microsoft's and Google's token addresses, played on loopback: the program's own libraries reach them through a proxy
and check a certificate of our authority, so that nothing in the program has to know of tests.

A refresh token is good once: whoever uses one again would, at a strict provider, lose the whole sign-in.
"""

import contextlib
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme

MICROSOFT = "login.microsoftonline.com"
HOSTS = (MICROSOFT, "oauth2.googleapis.com")
Form = dict[str, str]


@dataclass
class TokenProvider:
    """A provider that runs. `answer`: a status and a document for every request of tokens instead of the right one."""

    port: int
    ca_file: Path
    access: Callable[[int], str] = "access-{}".format
    seconds: int = 3600
    pause: float = 0.0
    answer: tuple[int, Any] | None = None
    asked: list[Form] = field(default_factory=list)
    replayed: int = 0
    rotates: bool = True
    _current: str = "refresh-0"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take us for the provider."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {"HTTPS_PROXY": proxy, "https_proxy": proxy, "REQUESTS_CA_BUNDLE": str(self.ca_file), "NO_PROXY": ""}

    @property
    def refresh_token(self) -> str:
        """The only one that is good now."""
        return self._current

    def grants(self) -> list[str]:
        """What was asked for, in order."""
        return [form["grant_type"].rpartition(":")[2] for form in self.asked]

    def discovered(self, path: str) -> dict[str, Any]:
        """Where Microsoft's addresses are."""
        base = f"https://{MICROSOFT}/{path.split('/')[1]}"
        return {
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "issuer": f"{base}/v2.0",
        }

    def device_code(self) -> dict[str, Any]:
        """A code for a person to type."""
        where = "https://microsoft.com/devicelogin"
        return {
            "device_code": "device-secret",
            "user_code": "ABCD-1234",
            "verification_uri": where,
            "expires_in": 60,
            "interval": 1,
            "message": "…",
        }

    def tokens(self, form: Form) -> tuple[int, Any]:
        """The answer to one request of tokens."""
        with self._lock:
            self.asked.append(form)
            if self.answer is not None:
                return self.answer
            if form["grant_type"] == "refresh_token" and form["refresh_token"] != self._current:
                self.replayed += 1
                described = "AADSTS70000: the grant of secret.person@example.com was used or withdrawn"
                return 400, {"error": "invalid_grant", "error_description": described}
        time.sleep(self.pause)
        with self._lock:
            number = next(self._numbers)
            given: dict[str, Any] = {"access_token": self.access(number), "expires_in": self.seconds}
            given |= {"token_type": "Bearer", "scope": form.get("scope", "https://mail.google.com/")}
            if form["grant_type"] == "client_credentials":
                return 200, given
            if self.rotates or form["grant_type"] != "refresh_token":
                self._current = f"refresh-{number}"
                given["refresh_token"] = self._current
            return 200, given


def _handler(provider: Callable[[], TokenProvider], context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            if self.path.partition(":")[0] not in HOSTS:
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            # From here on the same handler speaks TLS, as the host that was asked for.
            try:
                self.connection = context.wrap_socket(self.connection, server_side=True)
            except OSError:
                # A careful client that does not know our authority has gone.
                self.close_connection = True
                return
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def do_GET(self) -> None:
            self.reply(200, provider().discovered(self.path))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {key: values[0] for key, values in parse_qs(raw).items()}
            if self.path.endswith("/devicecode"):
                self.reply(200, provider().device_code())
            else:
                self.reply(*provider().tokens(form))

        def reply(self, status: int, document: Any) -> None:
            raw = (document if isinstance(document, str) else json.dumps(document)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler


@contextlib.contextmanager
def token_provider(folder: Path) -> Iterator[TokenProvider]:
    """A provider that plays both, in this process."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    ca_file = folder / "provider-ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: provider, context))
    server.daemon_threads = True
    provider = TokenProvider(server.server_address[1], ca_file)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
