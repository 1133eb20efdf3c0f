"""The command line as a person meets it: a real process, real files, real exit codes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nursery import PROJECT, Nursery

NURSERY = Nursery()


@dataclass(frozen=True)
class Ran:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        return self.out + self.err


def _run_afresh(
    arguments: list[str], folder: Path, environment: dict[str, str], stdin: bytes
) -> tuple[int, bytes, bytes]:
    """In a new interpreter, for what is told to the interpreter itself."""
    command = [sys.executable, "-m", "allegro_privacy", *arguments]
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=folder, env=environment, timeout=120, check=False
    )
    return done.returncode, done.stdout, done.stderr


@dataclass
class Desk:
    """A folder with a configuration, a database and mail, as an office has it."""

    folder: Path

    def run(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ALLEGRO", "XDG"))}
        clean |= {"XDG_CONFIG_HOME": str(self.folder / "no-config"), "PYTHONUTF8": "1", "PYTHONPATH": PROJECT}
        run = _run_afresh if any(name.startswith("PYTHON") for name in environment) else NURSERY.run
        code, out, err = run([*map(str, arguments)], self.folder, clean | environment, stdin)
        return Ran(code, out.decode(), err.decode())

    def mail(self, name: str, subject: str, body: str = "", sender: str = "Rosa Quintero <rosa@example.com>") -> Path:
        """One message as a mail program writes it, in the folder mail/."""
        path = self.folder / "mail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(message(subject, body, sender, message_id=f"<{name}@example.com>"))
        return path


def message(
    subject: str, body: str = "", sender: str = "Rosa Quintero <rosa@example.com>", message_id: str = "<1@example.com>"
) -> bytes:
    """The bytes of a plain message to the shop."""
    lines = [
        "Received: from mail.example.com by mx.allegromusiccenter.com; Fri, 20 Nov 2026 09:02:00 -0500",
        f"From: {sender}",
        "To: customerservice@allegromusiccenter.com",
        f"Subject: {subject}",
        "Date: Fri, 20 Nov 2026 09:01:00 -0500",
        f"Message-ID: {message_id}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        body,
        "",
    ]
    return "\r\n".join(lines).encode()
