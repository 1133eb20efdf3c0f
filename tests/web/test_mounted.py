"""The application in any other WSGI server: what PEP 3333 wants of it, as the standard library checks it."""

import io
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from endpoint_asked import FORM, ONE_CLICK, Shop

CASES = {
    "a look": ("GET", "", b"", 200),
    "a look without a body": ("HEAD", "", b"", 200),
    "one click": ("POST", "", ONE_CLICK, 200),
    "nothing": ("POST", "", b"x=1", 400),
    "another method": ("PUT", "", b"x", 405),
    "too much": ("POST", "", b"x" * 5000, 413),
    "health": ("GET", "/health", b"", 200),
}


@pytest.mark.parametrize("how", CASES)
def test_it_keeps_to_the_protocol(shop: Shop, how: str) -> None:
    method, path, body, status = CASES[how]
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "/optout", "PATH_INFO": path or f"/{shop.token()}", "QUERY_STRING": "",
        "CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        "REMOTE_ADDR": "2001:db8::1",
    }  # fmt: skip
    told: list[str] = []

    def start_response(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
        told.append(line)
        return lambda _: None

    answer = validator(shop.endpoint)(environ, start_response)
    whole = b"".join(answer)
    answer.close()
    assert told[0].startswith(str(status))
    assert (whole == b"") == (method == "HEAD")


def test_neighbours_in_one_network_share_their_rate(shop: Shop) -> None:
    clients = [f"2001:db8::{number:x}" for number in range(1, 80)]
    assert 429 in {shop.ask("GET", f"/{shop.token()}", client=client).status for client in clients}
    assert shop.ask("GET", f"/{shop.token()}", client="2001:db8:0:1::1").status == 200
