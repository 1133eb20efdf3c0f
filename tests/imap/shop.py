"""A shop that reads its mailboxes: in this process with a short patience, or as the command that cron starts."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from servers.promise import MailServer

from allegro_privacy import config
from allegro_privacy.core.account import Account, Filing, FilingKind, Method, Patience, Security, SignIn
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.errors import ExitCode, PrivacyError
from allegro_privacy.sources.imap import ImapSource
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, create, open_database
from allegro_privacy.workflow import batches, intake
from allegro_privacy.workflow.judge import Judge, Outcome, Tally, appoint

PROJECT = str(Path(__file__).parents[2])
QUICK = Patience(connect=1.0, read=0.6, command=1.0, pause=0.02)
"""For servers on loopback that do something wrong: nobody waits for them longer than a moment."""
CALM = Patience(connect=5.0, read=5.0, command=10.0, pause=0.02)
"""For servers that are right, on a busy machine."""
USER = "privacy"
OTHER = "customerservice"


def request(number: int, *, message_id: str = "", body: str = "") -> bytes:
    """Somebody's opt-out, different for each number; accepted without a person."""
    lines = [
        f"From: Pat Example <pat{number}@example.com>",
        "To: privacy@allegromusiccenter.com",
        "Subject: NO E-MAIL",
        f"Message-ID: {message_id or f'<{number}@example.com>'}",
        "Date: Fri, 20 Nov 2026 12:00:00 -0500",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        body or f"Please send me no more e-mail. Pat, number {number}.",
        "",
    ]
    return "\r\n".join(lines).encode()


def question(number: int) -> bytes:
    """A request that a person must look at."""
    body = "Please no more e-mail, also to my husband Luis, luis@example.com."
    return request(number, body=body).replace(b"NO E-MAIL", b"Please")


def chatter(number: int) -> bytes:
    """Mail without a request."""
    return request(number, body="Do you sell bandoneons?").replace(b"NO E-MAIL", b"A question")


def password_file(top: Path, server: MailServer, user: str) -> Path:
    """The user's password, as a careful office keeps it."""
    file = top / f"{user}.password"
    if not file.exists():
        file.touch(0o600)
        file.write_text(server.passwords[user], "utf-8")
    return file


def account(
    server: MailServer,
    top: Path,
    user: str = USER,
    *,
    folder: str = "INBOX",
    security: Security = Security.PLAIN,
    method: Method = Method.PASSWORD,
    token: str = "",
    filing: Mapping[Verdict, Filing] | None = None,
    port: int = 0,
    host: str = "",
) -> Account:
    """One folder of a user, reached as a test wants it."""
    at = server.tls_port if security is Security.TLS else server.port
    sign_in = (
        SignIn(user, method, password_file=password_file(top, server, user))
        if method is Method.PASSWORD
        else SignIn(user, method, token_command=f"echo {token or server.token(user)}")  # type: ignore[attr-defined]
    )
    return Account(
        host=host or server.host,
        port=port or at or 0,
        sign_in=sign_in,
        folder=folder,
        security=security,
        ca_file=None if security is Security.PLAIN else server.ca_file,
        filing=dict(filing or {}),
    )


KEYWORD = {
    Verdict.ACCEPT: Filing(FilingKind.KEYWORD, "$AllegroDone"),
    Verdict.IGNORE: Filing(FilingKind.KEYWORD, "$AllegroDone"),
    Verdict.ASK: Filing(FilingKind.KEYWORD, "$AllegroReview"),
}


def moving(target: str = "Done") -> dict[Verdict, Filing]:
    """Everything goes to one folder."""
    return dict.fromkeys(Verdict, Filing(FilingKind.MOVE, target))


def unknown(_: Origin) -> bool:
    """Nothing is known yet."""
    return False


def read(
    source: ImapSource, known: Callable[[Origin], bool] = unknown, *, acknowledge: bool = True
) -> list[RawMessage]:
    """Everything that a source gives, each acknowledged as if it were recorded."""
    found = list(source.fetch(known))
    for raw in found if acknowledge else ():
        source.acknowledge(raw)
    return found


@dataclass
class Pulled:
    """What one pull came to, as its command would end."""

    tally: Tally
    outcomes: list[Outcome]
    error: PrivacyError | None
    seconds: float

    @property
    def code(self) -> ExitCode:
        if self.error is not None:
            return self.error.exit_code
        return ExitCode.PARTLY if self.tally.problems or self.tally.down or self.tally.unfiled else ExitCode.DONE


@cache
def judge() -> Judge:
    """The rules as they are shipped, loaded once."""
    return appoint(config.parse(config.sample(), None))


@dataclass
class Shop:
    """A database, and pulls into it from this process."""

    top: Path
    database: Database
    patience: Patience = QUICK
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def pull(self, *accounts: Account, dry_run: bool = False, since: datetime | None = None) -> Pulled:
        """What `pull` does, with this shop's patience."""
        places = [intake.Place(f"imap:{one.place}", "privacy", one, one.sign_in.user) for one in accounts]
        run = batches.Run(judge(), self.database, "tester", self.clock, dry_run, since=since, patience=self.patience)
        pulled = Pulled(Tally(), [], None, 0.0)
        began = time.monotonic()
        try:
            pulled.outcomes.extend(intake.pull(run, places, pulled.tally))
        except PrivacyError as error:
            pulled.error = error
        pulled.seconds = time.monotonic() - began
        return pulled

    def recorded(self) -> list[str]:
        """The SHA-256 of every message recorded, sorted."""
        return sorted(
            row[0] for row in self.database.rows("SELECT subject FROM ledger WHERE kind = 'message-received'")
        )

    def events(self, kind: str) -> int:
        """How often something happened."""
        return int(self.database.value("SELECT count(*) FROM ledger WHERE kind = ?", (kind,)))

    def suppressed(self) -> list[str]:
        """The addresses that get no more mail, each as often as it stands there."""
        return sorted(row[0] for row in self.database.rows("SELECT key FROM suppressions WHERE lifted IS NULL"))

    def waiting(self) -> int:
        """How many messages are still to be filed."""
        return sum(views.waiting(self.database).values())

    def problems(self) -> list[str]:
        """What stood in the way of each filing."""
        return [row[0] for row in self.database.rows("SELECT problem FROM filings ORDER BY uid")]

    def sound(self) -> bool:
        """The ledger is whole and the tables agree with it."""
        return not views.verify(self.database)


@contextmanager
def shop_at(top: Path, patience: Patience = QUICK) -> Iterator[Shop]:
    """A shop that has just begun."""
    file = top / "shop.sqlite3"
    create(file, "Test", "tester", datetime.now(UTC))
    with open_database(file) as database:
        yield Shop(top, database, patience)


@dataclass(frozen=True)
class Ran:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Office:
    """A folder with a configuration and a database; each command is a process of its own."""

    folder: Path

    def configure(self, *mailboxes: str) -> None:
        """Write the configuration and make the database."""
        (self.folder / "allegro-privacy.toml").write_text("\n".join([config.sample(), *mailboxes]), "utf-8")
        made = self.run("init", "-q")
        assert made.code == 0, made.err

    def start(self, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ALLEGRO", "XDG"))}
        clean |= {"XDG_CONFIG_HOME": str(self.folder / "no-config"), "PYTHONUTF8": "1", "PYTHONPATH": PROJECT}
        return subprocess.Popen(
            [sys.executable, "-m", "allegro_privacy", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.folder, env=clean, text=True, **more,
        )  # fmt: skip

    def run(self, *arguments: str) -> Ran:
        began = time.monotonic()
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return Ran(process.returncode, out, err, time.monotonic() - began)

    @contextmanager
    def opened(self) -> Iterator[Shop]:
        """The database, seen from here."""
        with open_database(self.folder / "allegro-privacy.sqlite3") as database:
            yield Shop(self.folder, database)


def mailbox(
    server: MailServer,
    top: Path,
    user: str = USER,
    *,
    name: str = "",
    folder: str = "",
    scheme: str = "imap",
    host: str = "",
    port: int = 0,
    lines: Iterable[str] = (),
    secret: str | None = None,
) -> str:
    """A [[mailbox]] of the configuration. `secret`: the line that says where the password or token is."""
    at = port or (server.tls_port if scheme == "imaps" else server.port)
    row = [
        "[[mailbox]]",
        f'name = "{name or user}"',
        'role = "privacy"',
        f'source = "{scheme}://{user}@{host or server.host}:{at}{"/" + folder if folder else ""}"',
        secret if secret is not None else f'password_file = "{password_file(top, server, user)}"',
        *(lines or (['security = "plain"'] if scheme == "imap" else [])),
    ]
    if scheme == "imaps" or any("starttls" in line for line in lines):
        row.append(f'ca_file = "{server.ca_file}"')
    return "\n".join(row) + "\n"


def within(seconds: float, true: Callable[[], bool]) -> bool:
    """Does it come true in this time?"""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return true()


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """End a process as a service manager does; how it ended and what it said."""
    process.send_signal(signal.SIGTERM)
    try:
        out, err = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err
