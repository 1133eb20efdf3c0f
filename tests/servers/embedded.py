"""pymap inside the test's own process: a second, independent server for machines without Dovecot.

What it lacks: CONDSTORE, tokens, STARTTLS beside plain logins, and keywords: it accepts them and drops them without a
word, as Exchange does. Its UIDs begin at 101.
"""

import asyncio
import contextlib
import importlib.util
import os
import ssl
import tempfile
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from servers.certificates import Authority
from servers.onlooker import Onlooker
from servers.promise import NOON, USERS, Can

T = TypeVar("T")


def missing() -> str | None:
    """Why pymap cannot be started here, and what to do; None when it can."""
    return None if importlib.util.find_spec("pymap") else "pymap is not installed: pip install 'pymap>=0.36.7'"


@dataclass
class Embedded(Onlooker):
    """A running server: `port` is plain, `tls_port` is TLS from the first byte."""

    authority: Authority
    passwords: Mapping[str, str]
    extra_folders: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int = 0
    can: frozenset[Can] = frozenset({Can.MOVE, Can.UIDPLUS, Can.TLS})
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _listeners: list[asyncio.Server] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _backend: Any = None

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    def open(self) -> None:
        """Start the thread that everything runs in, and listen."""
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._do(self._prepare())
        self.start()
        self.clear()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._do(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _prepare(self) -> None:
        from pymap.backend.dict import DictBackend
        from pymap.user import UserMetadata
        from pysasl.hashing import Cleartext

        os.environ.setdefault("FQDN", "localhost")  # or each greeting asks the name server
        args = Namespace(
            host=self.host, port=0, debug=False, cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None
        )
        args.demo_data, args.demo_user, args.demo_password = False, "nobody", "unused"
        self._backend, config = await DictBackend.init(args, hash_context=Cleartext(), reject_dnsbl=False)
        config.apply_context()
        for user, password in self.passwords.items():
            identity = await self._backend.login.authorize(self._backend.login.demo_user_identity, "nobody")
            identity._name = user
            await identity.set(UserMetadata(config, user, password=password))

    # The promise of MailServer

    def start(self) -> None:
        self._do(self._listen())

    async def _listen(self) -> None:
        from proxyprotocol.result import ProxyResultLocal
        from proxyprotocol.sock import SocketInfo
        from pymap.imap import IMAPServer

        config = self._backend.config
        config.apply_context()
        serve = IMAPServer(self._backend.login, config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            config.apply_context()
            self._writers.add(writer)
            try:
                await serve(reader, writer, SocketInfo.get(writer, ProxyResultLocal()))
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                self._writers.discard(writer)
                writer.close()

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.authority.issue())
        plain = await asyncio.start_server(connected, self.host, self.port)
        safe = await asyncio.start_server(connected, self.host, self.tls_port, ssl=context)
        self._listeners = [plain, safe]
        self.port, self.tls_port = (one.sockets[0].getsockname()[1] for one in self._listeners)

    def stop(self) -> None:
        self._do(self._silence())

    async def _silence(self) -> None:
        listeners, self._listeners = self._listeners, []
        for one in listeners:
            one.close()
        self._abort()

    def _abort(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def kill_connections(self, user: str | None = None) -> None:
        """Close every session; who logged in on which is not known here."""

        async def abort() -> None:
            self._abort()

        self._do(abort())

    def deliver(self, user: str, folder: str, raw: bytes, when: datetime = NOON, *, flags: Iterable[str] = ()) -> int:
        from pymap.parsing.message import AppendMessage
        from pymap.parsing.specials.flag import Flag

        async def append() -> int:
            box = await self._box(user, folder)
            kept = frozenset(Flag(flag.encode()) for flag in flags if flag.startswith("\\"))
            new = await box.append(AppendMessage(raw, when, kept))
            return int(new.uid)

        return self._do(append())

    async def _box(self, user: str, folder: str) -> Any:
        identity = await self._backend.login.authorize(self._backend.login.demo_user_identity, "nobody")
        identity._name = user
        async with identity.new_session() as session:
            return await session.mailbox_set.get_mailbox(folder)

    def change_uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        async def change() -> int:
            box = await self._box(user, folder)
            box._uid_validity += 7
            self._abort()
            return int(box._uid_validity)

        return self._do(change())

    def clear(self) -> None:
        if not self._listeners:
            self.start()
        self.kill_connections()
        self._backend.config.set_cache.clear()
        for user in self.passwords:
            for name in self.extra_folders:
                self.create(user, name)


@contextlib.contextmanager
def running_embedded(*, users: Mapping[str, str] = USERS, folders: Iterable[str] = ()) -> Iterator[Embedded]:
    """A running pymap; `folders` are made for each user."""
    with tempfile.TemporaryDirectory(prefix="pymap-") as top:
        server = Embedded(Authority(Path(top)), dict(users), tuple(folders))
        server.open()
        try:
            yield server
        finally:
            server.close()
