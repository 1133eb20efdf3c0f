"""A real SFTP server on a free loopback port, in a thread of its own, that can cut the line or spoil what it gets."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh


@dataclass
class Sftp:
    """The server. root: what its user sees as /.  cut_after: close the line once so many bytes came, None: never.
    spoil: change the first byte of what it is sent.  writes: names that were opened to be written.
    synced: how often it was asked to sync a file."""

    root: Path
    host_key: str
    client_key: Path
    port: int = 0
    cut_after: int | None = None
    spoil: bool = False
    writes: list[str] = field(default_factory=list)
    synced: int = 0

    def url(self, folder: str = "/in") -> str:
        return f"sftp://lists@127.0.0.1:{self.port}{folder}"


class _Handler(asyncssh.SFTPServer):
    def __init__(self, channel: Any, sftp: Sftp) -> None:
        super().__init__(channel, chroot=str(sftp.root).encode())
        self._sftp, self._came = sftp, 0

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if pflags & asyncssh.FXF_WRITE:
            self._sftp.writes.append(path.decode())
        return super().open(path, pflags, attrs)

    def fsync(self, file_obj: Any) -> Any:
        self._sftp.synced += 1
        return super().fsync(file_obj)

    def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        self._came += len(data)
        if self._sftp.cut_after is not None and self._came > self._sftp.cut_after:
            super().write(file_obj, offset, data[: len(data) // 2])
            self.channel.get_connection().abort()
        if self._sftp.spoil and offset == 0:
            data = bytes([data[0] ^ 1]) + data[1:]
        return super().write(file_obj, offset, data)


@contextmanager
def sftp_server(folder: Path) -> Iterator[Sftp]:
    """A server whose user may write into /in."""
    host_key, client_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    private = folder / "desk-key"
    client_key.write_private_key(str(private))
    private.chmod(0o600)
    (folder / "server" / "in").mkdir(parents=True)
    public = " ".join(host_key.export_public_key().decode().split()[:2])
    sftp = Sftp(folder / "server", public, private)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> Any:
        known = asyncssh.import_authorized_keys(client_key.export_public_key().decode())
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=known,
            sftp_factory=lambda channel: _Handler(channel, sftp),
        )  # fmt: skip

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    sftp.port = acceptor.get_port()
    try:
        yield sftp
    finally:
        asyncio.run_coroutine_threadsafe(_end(acceptor), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _end(acceptor: Any) -> None:
    acceptor.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
