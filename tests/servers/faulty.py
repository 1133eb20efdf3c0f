"""A mail server that is right until a test tells it how to be wrong; it records every byte it was sent."""

import contextlib
import re
import secrets
import socket
import ssl
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from servers.certificates import Authority, Certificate
from servers.drawers import Drawers
from servers.faults import Fault, load
from servers.promise import NOON, USERS, Can
from servers.session import Session
from servers.wire import Received, Wire


@dataclass(frozen=True, slots=True)
class Options:
    """What a test asks of the server; see `faulty_server`."""

    tls: Literal["implicit", "starttls"] | None = None
    certificate: Certificate = Certificate.GOOD
    weak_tls: bool = False
    without: frozenset[str] = frozenset()
    keywords: bool = True
    plain_login: bool = True
    idle_tells: bool = True
    delay: float = 0.0
    drip: float = 0.02


@dataclass
class Plan:
    """A fault that waits for its command: the `nth` that fits, or (nth 0) every one."""

    fault: Fault
    at: re.Pattern[bytes]
    nth: int
    met: int = 0
    played: int = 0


@dataclass
class Faulty(Drawers):
    """A running server on one port. Everything of `Drawers` acts on its mailboxes from behind."""

    passwords: Mapping[str, str]
    options: Options
    top: Path
    extra_folders: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 0
    received: list[Received] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)
    _authority: Authority | None = None
    _pem: Path | None = None
    _listener: socket.socket | None = None
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.passwords, self.extra_folders)
        if self.options.tls:
            self._authority = Authority(self.top)
            self._pem = self._authority.issue(self.options.certificate)

    @property
    def tls_port(self) -> int | None:
        return self.port if self.options.tls == "implicit" else None

    @property
    def ca_file(self) -> Path | None:
        return self._authority.ca_file if self._authority else None

    @property
    def can(self) -> frozenset[Can]:
        found = {Can.MOVE, Can.UIDPLUS} - {one for one in Can if one in self.options.without}
        found |= {Can.KEYWORDS} if self.options.keywords else set()
        found |= {Can.TLS} if self.options.tls == "implicit" else set()
        found |= {Can.STARTTLS} if self.options.tls == "starttls" else set()
        return frozenset(found | {Can.OAUTH, Can.EXACT})

    # Faults

    def plan(self, name: str, *, at: str | None = None, nth: int = 1) -> Plan:
        """Play this fault at the nth command (from now) that fits the pattern `at`; nth 0: at each.

        `at` is matched at the beginning of the command without its tag, in any case: "UID FETCH", "LOGIN|AUTH", "UID
        FETCH .*BODY"; "GREETING" is the greeting. Left out, the fault chooses its own command.
        """
        found = load()[name]
        new = Plan(found, re.compile((at or found.at).encode(), re.IGNORECASE | re.DOTALL), nth)
        self.plans.append(new)
        return new

    def unplayed(self) -> list[str]:
        """Faults that were planned and never happened: a test that has one proves nothing."""
        return [plan.fault.name for plan in self.plans if not plan.played]

    def fault_for(self, words: bytes) -> Fault | None:
        """The fault to play at this command, if one is due."""
        with self.lock:
            for plan in self.plans:
                if plan.at.match(words) and (plan.nth == 0 or not plan.played):
                    plan.met += 1
                    if plan.nth in (0, plan.met):
                        plan.played += 1
                        return plan.fault
        return None

    # What was said

    def commands(self) -> list[str]:
        """Each command without its tag, in order, as text; secrets included."""
        return [one.words.decode("latin-1") for one in self.received]

    def verbs(self) -> Counter[str]:
        """How often each command came: {"UID FETCH": 3, …}."""
        found = (re.match(r"(?:UID )?\w+", command, re.IGNORECASE) for command in self.commands())
        return Counter(one[0].upper() for one in found if one)

    def token(self, user: str, expires: float = 3600, *, forged: bool = False) -> str:
        """A bearer token, good for `expires` seconds (negative: expired); forged: unknown to the server."""
        new = secrets.token_urlsafe(24)
        if not forged:
            self._tokens[new] = (user, time.time() + expires)
        return new

    def token_is_good(self, user: str, token: str) -> bool:
        owner, until = self._tokens.get(token, ("", 0.0))
        return owner == user and time.time() < until

    # The promise of MailServer, where it touches connections

    def deliver(self, user: str, folder: str, raw: bytes, when: datetime = NOON, *, flags: Iterable[str] = ()) -> int:
        uid = super().deliver(user, folder, raw, when, flags=flags)
        for session in self.sessions:
            session.push()
        return uid

    def clear(self) -> None:
        super().clear()
        if hasattr(self, "received"):
            self.kill_connections()
            self.received.clear()
            self.plans.clear()
            if self._listener is None and self.port:
                self.start()

    def kill_connections(self, user: str | None = None) -> None:
        for session in [one for one in self.sessions if user in (None, one.user)]:
            self.sessions.remove(session)
            session.wire.end()

    def start(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self.port))
        listener.listen(50)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.kill_connections()

    def _accept(self, listener: socket.socket) -> None:
        count = 0
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(self, Wire(line, self.options.delay), count)
            count += 1
            self.sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()

    def tls_context(self) -> ssl.SSLContext:
        """What the server shows of itself."""
        assert self._pem is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.options.weak_tls:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self._pem)
        return context


@contextlib.contextmanager
def faulty_server(
    *,
    users: Mapping[str, str] = USERS,
    folders: Iterable[str] = (),
    tls: Literal["implicit", "starttls"] | None = None,
    certificate: Certificate = Certificate.GOOD,
    weak_tls: bool = False,
    without: Iterable[str] = (),
    keywords: bool = True,
    plain_login: bool = True,
    idle_tells: bool = True,
    delay: float = 0.0,
    drip: float = 0.02,
) -> Iterator[Faulty]:
    """A running scripted server; at its end every planned fault must have been played.

    `without`: capabilities that it neither tells nor obeys. `keywords` False: keywords are dropped without a word, as
    Exchange does. `plain_login` False: no login before TLS. `idle_tells` False: an
    idle client hears of mail only when it ends its IDLE. `delay`: seconds until each answer, pipelined commands side
    by side. `drip`: seconds between the bytes of a trickle. `weak_tls`: nothing above TLS 1.1.
    """
    options = Options(tls, certificate, weak_tls, frozenset(without), keywords, plain_login, idle_tells, delay, drip)
    with tempfile.TemporaryDirectory(prefix="faulty-") as top:
        server = Faulty(dict(users), options, Path(top), tuple(folders))
        server.start()
        try:
            yield server
            assert not server.broken, f"the server itself failed: {server.broken}"
            assert not server.unplayed(), f"planned and never played: {server.unplayed()}"
        finally:
            server.stop()
