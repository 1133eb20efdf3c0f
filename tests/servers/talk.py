"""A client without any cleverness, to see what a server really says."""

import socket
import time
from typing import Protocol

from servers.promise import USERS

USER = "customerservice"
PASSWORD = USERS[USER]


class Reachable(Protocol):
    """A server, or a line to one."""

    host: str
    port: int


class Talk:
    """What it sends is what was written, what it returns is what came."""

    def __init__(self, server: Reachable, *, log_in: bool = True) -> None:
        self.line = socket.create_connection((server.host, server.port), timeout=5)
        self.file = self.line.makefile("rb")
        self.count = 0
        if log_in:
            self.greeting = self.file.readline()
            self.ask(f'LOGIN {USER} "{PASSWORD}"')

    def send(self, command: str) -> bytes:
        self.count += 1
        self.line.sendall(f"a{self.count} {command}\r\n".encode())
        return b"a%d" % self.count

    def ask(self, command: str) -> bytes:
        """Everything up to the tagged line, or to the end of the connection."""
        return self.until(self.send(command))

    def until(self, tag: bytes) -> bytes:
        whole = b""
        while line := self.file.readline():
            whole += line
            if line.startswith(tag + b" "):
                break
        return whole

    def rest(self, seconds: float) -> bytes:
        """What still comes in a while."""
        self.line.settimeout(seconds)
        got, until = b"", time.monotonic() + seconds
        try:
            while time.monotonic() < until and (more := self.line.recv(65536)):
                got += more
        except OSError:
            pass
        return got
