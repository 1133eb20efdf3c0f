"""A mail server with many mailboxes, all filled alike, and for each an office with a database of its own."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.dovecot import Dovecot, running_dovecot
from servers.dovecot_settings import runner
from servers.promise import Listed

from . import PROJECT
from .letters import letters

PASSWORD = "letterbox"
TARGET = "Done"
KEYWORD = "$AllegroReview"
DATABASE = "allegro-privacy.sqlite3"
PATTERN = "pattern"
# Each point has a mailbox of its own: the server may still be busy with what a killed program asked of another.
MAILBOXES = 3000
CONFIGURATION = """
[[mailbox]]
name = "letters"
role = "customer-service"
source = "imap://{user}@{host}:{port}"
security = "plain"
password_file = "password"
filing = {{ accept = "move:{target}", ask = "keyword" }}
"""


@dataclass(frozen=True)
class Office:
    """A folder with a configuration and a database, and the mailbox that is read there."""

    folder: Path
    user: str
    server: Dovecot

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    def inbox(self) -> list[Listed]:
        return self.server.listed(self.user, "INBOX")

    def target(self) -> list[Listed]:
        return self.server.listed(self.user, TARGET) if (self.server.maildir(self.user, TARGET)).exists() else []

    def said(self) -> str:
        """What the last run wrote to stderr."""
        return (self.folder / "err").read_text("utf-8", "replace")

    def away(self) -> None:
        """Nobody asks for it again."""
        shutil.rmtree(self.folder)
        shutil.rmtree(self.server.top / "home" / self.user, ignore_errors=True)


@dataclass
class Bench:
    """Where offices come from. Used by several threads."""

    top: Path
    server: Dovecot
    move: bool
    _names: Iterator[str] = field(default_factory=lambda: (f"u{number}" for number in itertools.count()))

    def prepare(self) -> None:
        """The office and the mailbox that all others are copies of."""
        folder = self.top / PATTERN
        folder.mkdir()
        environment = os.environ | {"PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": "/nonexistent"}
        command = [sys.executable, "-m", "allegro_privacy", "init", "-q"]
        subprocess.run(command, cwd=folder, env=environment, check=True, umask=0o077)
        (folder / "password").write_text(PASSWORD + "\n", "utf-8")
        (folder / "password").chmod(0o600)
        self.server.seed(PATTERN, "INBOX", letters())
        self.server.listed(PATTERN)

    def office(self, *, empty: bool = False) -> Office:
        """One that nobody has used; empty: without mail."""
        user = next(self._names)
        folder = self.top / user
        shutil.copytree(self.top / PATTERN, folder)
        configuration = folder / "allegro-privacy.toml"
        mailbox = CONFIGURATION.format(user=user, host=self.server.host, port=self.server.port, target=TARGET)
        configuration.write_text(configuration.read_text("utf-8") + mailbox, "utf-8")
        if not empty:
            self._fill(user)
        return Office(folder, user, self.server)

    def _fill(self, user: str) -> None:
        """The pattern's messages under the same numbers; what else Dovecot keeps, it makes anew."""
        who, pattern, mine = runner(), self.server.maildir(PATTERN), self.server.maildir(user)
        for name in ("", "cur", "new", "tmp"):
            (mine / name).mkdir()
        for file in [*(pattern / "cur").iterdir(), *pattern.glob("dovecot-uid*")]:
            shutil.copy2(file, mine / file.relative_to(pattern))
        for path in [mine, *mine.rglob("*")]:
            os.chown(path, who.mail_uid, who.mail_gid)


@contextmanager
def bench(*, move: bool = True, mailboxes: int = MAILBOXES) -> Iterator[Bench]:
    """A Dovecot of one's own; move False: it hides MOVE, so that filing is COPY and UID EXPUNGE."""
    users = dict.fromkeys([PATTERN, *(f"u{number}" for number in range(mailboxes))], PASSWORD)
    hidden = [] if move else ["MOVE"]
    with tempfile.TemporaryDirectory(prefix="crash-") as folder, running_dovecot(users=users, hidden=hidden) as server:
        made = Bench(Path(folder), server, move)
        made.prepare()
        yield made
