"""The server as a process: where it listens, how it ends, and what is left when it is killed."""

import http.client
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from endpoint_asked import Shop
from served import Served, Storm, post, serving

from allegro_privacy import config
from allegro_privacy.core.link_token import Link
from allegro_privacy.workflow import link_keys


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Path:
    return Path(shutil.copytree(installed, tmp_path_factory.mktemp("served"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as process:
        yield process


def raw(port: int, sent: bytes) -> bytes:
    """What comes back for some bytes, until the server ends it."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), 30) as line, suppress(OSError):
        # Refused before all was read, a line may be cut off in the middle.
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        while block := line.recv(65536):
            found += block
    return found


def token(folder: Path, email: str) -> str:
    return link_keys.needed(config.load(folder / config.FILE_NAME)).token(Link(email, "sale"))


def test_it_listens_on_this_machine_only_unless_told_otherwise() -> None:
    serve = config.parse(config.sample(), None).serve
    assert (serve.host, serve.proxy) == ("127.0.0.1", "")


def test_it_answers_and_says_neither_what_it_is_nor_who_asked(folder: Path, served: Served) -> None:
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    line.request(
        "GET", f"/{token(folder, 'rosa@example.com')}", headers={"Accept-Language": "fr, es-US;q=0.8, en;q=0.1"}
    )
    answer = line.getresponse()
    assert (answer.status, answer.getheader("Content-Language")) == (200, "es")
    assert answer.getheader("Server") is None
    assert "No recibir más correo" in answer.read().decode()
    line.close()


HOSTILE = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"400"),
    "a request line without an end": (b"GET /" + b"A" * 17_000 + b" HTTP/1.1\r\n\r\n", b"431"),
    "headers without an end": (b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 17_000 + b"\r\n\r\n", b"431"),
    "a body of a gigabyte": (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx", b"413"),
    "two lengths": (b"POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", b"400"),
    "a length and chunks": (
        b"POST /x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n", b"501",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_no_request_is_refused(served: Served, how: str) -> None:
    sent, status = HOSTILE[how]
    found = raw(served.port, sent)
    assert found.split(b" ")[1:2] in ([status], [])
    assert b"Traceback" not in found
    assert raw(served.port, b"GET /health HTTP/1.0\r\n\r\n").split(b" ")[1] == b"200"


def test_chunks_are_one_body(folder: Path, served: Served) -> None:
    head = f"POST /{token(folder, 'chunks@example.com')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
    head += b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(served.port, head + b"10\r\nList-Unsubscribe\r\na\r\n=One-Click\r\n0\r\n\r\n").split(b" ")[1] == b"200"


def test_killed_again_and_again_it_loses_and_doubles_nothing(tmp_path: Path, installed: Path) -> None:
    """Larger by hand: python tests/web/served.py"""
    storm = Storm(Path(shutil.copytree(installed, tmp_path, dirs_exist_ok=True)), posts=100, clients=4)
    storm.run(kills=2, pause=0.4)
    found = storm.check()
    assert found["posts"] == found["messages"] == found["suppressed"] == 100, found
    assert (found["other"], found["problems"]) == (0, 0), found
    assert storm.codes == [0, 0], "and the last ones end well when they are told to"


def test_told_to_end_it_answers_whoever_waits(shop: Shop) -> None:
    with serving(Path(str(shop.settings.origin)).parent) as process:
        assert post(process.port, shop.token()) == 200
        line = socket.create_connection(("127.0.0.1", process.port), 30)
        body = b"List-Unsubscribe=One-Click"
        head = f"POST /{shop.token('late@example.com')} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        line.sendall(head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + body)
        assert line.recv(12) == b"HTTP/1.1 200"
        assert process.end(signal.SIGTERM) == 0
        line.close()
    assert shop.suppressed() == {"email": 2}
