"""The ways to a mailbox that the contract runs on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from servers import dovecot, embedded, faulty
from servers.promise import MailServer

from allegro_privacy.core.account import Account, Method, Security
from imap.shop import USER, account

ALL_BUT_KEYWORDS = "lrstipekxa"
PLAIN, TLS, STARTTLS = Security.PLAIN, Security.TLS, Security.STARTTLS


@dataclass(frozen=True)
class Way:
    """A server with its options, and how one signs in to it."""

    server: str
    security: Security = PLAIN
    method: Method = Method.PASSWORD
    options: Mapping[str, Any] = field(default_factory=dict)


WAYS = {
    "Dovecot": Way("dovecot"),
    "Dovecot, TLS": Way("dovecot", TLS),
    "Dovecot, STARTTLS": Way("dovecot", STARTTLS),
    "Dovecot, XOAUTH2": Way("dovecot", TLS, Method.XOAUTH2),
    "Dovecot, OAUTHBEARER": Way("dovecot", STARTTLS, Method.OAUTHBEARER),
    "Dovecot without MOVE": Way("dovecot", options={"hidden": ("MOVE",)}),
    "Dovecot without MOVE and UIDPLUS": Way("dovecot", options={"hidden": ("MOVE", "UIDPLUS")}),
    "Dovecot without keywords": Way("dovecot", options={"rights": ALL_BUT_KEYWORDS}),
    "Dovecot without CONDSTORE": Way("dovecot", options={"hidden": ("CONDSTORE", "QRESYNC")}),
    "pymap": Way("embedded"),
    "pymap, TLS": Way("embedded", TLS),
    "scripted": Way("faulty"),
    "scripted, TLS, XOAUTH2": Way("faulty", TLS, Method.XOAUTH2, {"tls": "implicit"}),
    "scripted, STARTTLS": Way("faulty", STARTTLS, options={"tls": "starttls", "plain_login": False}),
    "scripted, poor": Way("faulty", options={"without": ("MOVE", "UIDPLUS", "IDLE"), "keywords": False}),
}


KINDS = [
    "Dovecot",
    "Dovecot without CONDSTORE",
    "Dovecot without MOVE and UIDPLUS",
    "pymap",
    "scripted",
    "scripted, poor",
]
"""The ways that differ after the sign-in."""


def _running(way: Way) -> AbstractContextManager[Any]:
    match way.server:
        case "dovecot":
            return dovecot.running_dovecot(folders=["Done"], **way.options)
        case "embedded":
            return embedded.running_embedded(folders=["Done"])
        case _:
            return faulty.faulty_server(folders=["Done"], **way.options)


@pytest.fixture(scope="session")
def running() -> Iterator[Callable[[Way], MailServer]]:
    """Servers by their kind and options, each started once."""
    found: dict[str, MailServer] = {}
    with ExitStack() as stack:

        def start(way: Way) -> MailServer:
            name = f"{way.server} {sorted(way.options.items())}"
            if name not in found:
                found[name] = stack.enter_context(_running(way))
            return found[name]

        yield start


@dataclass
class Post:
    """One way, ready: the server with empty mailboxes, and the accounts that lead to it."""

    way: Way
    server: MailServer
    top: Path

    def account(self, user: str = USER, **more: Any) -> Account:
        return account(self.server, self.top, user, security=self.way.security, method=self.way.method, **more)

    def said(self, user: str = USER) -> list[str]:
        """Every command that the program sent after signing in, without its tag; [] where nobody notes them."""
        if isinstance(self.server, dovecot.Dovecot):
            lines = [line.decode("latin-1") for line in self.server.received(user)]
            return [line.partition(" ")[2] for line in lines]
        if isinstance(self.server, faulty.Faulty):
            entering = ("LOGIN ", "AUTHENTICATE ", "STARTTLS", "CAPABILITY")
            entered = (each for each in self.server.commands() if not each.upper().startswith(entering))
            return [line for line in entered if line]
        return []


@pytest.fixture(params=WAYS)
def post(request: pytest.FixtureRequest, running: Callable[[Way], MailServer], tmp_path: Path) -> Post:
    """Each way in turn."""
    way = WAYS[request.param]
    module = {"dovecot": dovecot, "embedded": embedded}.get(way.server)
    if module is not None and (reason := module.missing()):
        pytest.skip(reason)
    server = running(way)
    server.clear()
    return Post(way, server, tmp_path)
