"""A real Dovecot of one's own: unprivileged, in a temporary folder, on free loopback ports, gone when the test is."""

import base64
import contextlib
import hmac
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imapclient.imap_utf7 import encode as to_utf7

from servers.certificates import Authority, Certificate
from servers.dovecot_settings import Options, oauth_settings, runner, settings
from servers.onlooker import TAG, Onlooker
from servers.promise import NOON, USERS, Can

HOW_TO_INSTALL = "apt-get install --no-install-recommends dovecot-imapd"
PATIENCE = 10.0


def missing() -> str | None:
    """Why no Dovecot can be started here, and what to do; None when it can."""
    binary = _binary("dovecot")
    if binary is None or _binary("doveadm") is None:
        return f"Dovecot is not installed: {HOW_TO_INSTALL}"
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        return f"Dovecot {version.split()[0]} wants a configuration that these tests do not write; they know 2.3"
    return None


def _binary(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/bin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Dovecot(Onlooker):
    """A private server. Port `port` is plain and offers STARTTLS, `tls_port` is TLS from the first byte."""

    top: Path
    authority: Authority
    options: Options
    certificate: Certificate
    passwords: Mapping[str, str]
    extra_folders: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    @property
    def users(self) -> list[str]:
        return list(self.passwords)

    @property
    def can(self) -> frozenset[Can]:
        said = {one for one in (Can.MOVE, Can.UIDPLUS, Can.CONDSTORE) if one not in self.options.hidden}
        keywords = {Can.KEYWORDS} if "w" in (self.options.rights or "w") else set()
        return frozenset(said | keywords | {Can.TLS, Can.STARTTLS, Can.OAUTH, Can.EXACT})

    # The process

    def prepare(self) -> None:
        """Everything on disk but the ports."""
        who = runner()
        self.top.chmod(0o755)
        for name in ("run", "state", "home", "raw", "keys/default/HS256"):
            (self.top / name).mkdir(parents=True)
        lines = [f"{user}:{{PLAIN}}{password}:::::::\n" for user, password in self.passwords.items()]
        (self.top / "users").write_text("".join(lines), "utf-8")
        (self.top / "oauth2.conf").write_text(oauth_settings(self.top), "utf-8")
        (self.top / "keys/default/HS256/default").write_bytes(base64.b64encode(self._key))
        (self.top / "acl").write_text(f"* owner {self.options.rights}\n", "utf-8")
        for folder in (self.top / "home", self.top / "raw"):
            os.chown(folder, who.mail_uid, who.mail_gid)
        self._make_homes()

    def _make_homes(self) -> None:
        who = runner()
        for user in self.passwords:
            for folder in (self.top / "home" / user, self.top / "raw" / user):
                folder.mkdir(exist_ok=True)
                os.chown(folder, who.mail_uid, who.mail_gid)

    def start(self) -> None:
        """Listen, on the same ports as before if they were ever chosen; returns when it greets."""
        assert self._process is None, "it runs already"
        for _ in range(3):
            port, tls_port = self.port or _free_port(), self.tls_port or _free_port()
            pem = self.authority.issue(self.certificate)
            file = self.top / "dovecot.conf"
            file.write_text(settings(self.top, port, tls_port, pem, self.options), "utf-8")
            if self._greets(self._spawn(file), port):
                self.port, self.tls_port = port, tls_port
                return
            self.stop()
        raise RuntimeError(f"Dovecot does not start:\n{self.log()}")

    def _spawn(self, file: Path) -> subprocess.Popen[bytes]:
        # Should the test run itself be killed, the kernel ends Dovecot's master, and the master its children.
        follow = [setpriv, "--pdeathsig", "TERM"] if (setpriv := shutil.which("setpriv")) else []
        self._process = subprocess.Popen(
            [*follow, str(_binary("dovecot")), "-F", "-c", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def _greets(self, process: subprocess.Popen[bytes], port: int) -> bool:
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection((self.host, port), timeout=2) as line:
                if line.recv(4) == b"* OK":
                    return True
            time.sleep(0.01)
        return False

    def stop(self) -> None:
        """End the master and everything it started; the mailboxes stay."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def doveadm(self, *arguments: str) -> str:
        """Run Dovecot's own tool on this server."""
        command = [str(_binary("doveadm")), "-c", str(self.top / "dovecot.conf"), *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if ran.returncode:
            raise RuntimeError(f"doveadm {' '.join(arguments)}: {ran.stderr}")
        return ran.stdout

    def log(self) -> str:
        """What Dovecot complained of."""
        file = self.top / "log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def received(self, user: str) -> list[bytes]:
        """Every line that a user's sessions sent after login, in order of time; those of onlookers are left out."""
        lines: list[tuple[float, bytes]] = []
        for file in sorted((self.top / "raw" / user).glob("*.in")):
            whole = [line.partition(b" ") for line in file.read_bytes().split(b"\n") if line]
            if whole and not whole[0][2].startswith(TAG):
                lines += [(float(when), line.removesuffix(b"\r")) for when, _, line in whole]
        return [line for _, line in sorted(lines, key=lambda pair: pair[0])]

    # Who may come in

    def token(self, user: str, expires: float = 3600, *, forged: bool = False) -> str:
        """A bearer token, good for `expires` seconds (negative: expired); forged: signed by somebody else."""
        now = int(time.time())
        claims = {"sub": user, "iat": now - 7200, "nbf": now - 7200, "exp": now + int(expires), "iss": "test"}
        parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "HS256"}, claims)]
        signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        key = secrets.token_bytes(32) if forged else self._key
        signature = base64.urlsafe_b64encode(hmac.digest(key, signed, "sha256")).rstrip(b"=")
        return (signed + b"." + signature).decode()

    # What happens to a mailbox

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder lies on disk."""
        home = self.top / "home" / user / "Maildir"
        return home if folder == "INBOX" else home / ("." + to_utf7(folder.replace("/", ".")).decode())

    def seed(self, user: str, folder: str, raws: Iterable[bytes], when: datetime = NOON) -> int:
        """Thousands of messages at once, as files; how many."""
        who = runner()
        if folder not in self.folders(user):
            self.create(user, folder)
        self.uidvalidity(user, folder)  # INBOX has no folder before somebody looks
        place, count = self.maildir(user, folder) / "cur", 0
        for count, raw in enumerate(raws, 1):
            file = place / f"{int(when.timestamp())}.{count:07d}-{secrets.token_hex(4)}.seed:2,"
            file.write_bytes(raw)
            os.utime(file, (when.timestamp(), when.timestamp()))
            os.chown(file, who.mail_uid, who.mail_gid)
        return count

    def change_uidvalidity(self, user: str, folder: str = "INBOX", *, renumber: bool = False) -> int:
        """A new epoch: the same UIDs in it, or (renumber) numbers that begin at 1 again, as after a lost index."""
        new = self.uidvalidity(user, folder) + 7
        if renumber:
            for pattern in ("dovecot-uidlist*", "dovecot.index*"):
                for file in self.maildir(user, folder).glob(pattern):
                    file.unlink()
            self.doveadm("index", "-u", user, folder)
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(new), folder)
        return new

    def kill_connections(self, user: str | None = None) -> None:
        for one in [user] if user else self.users:
            with contextlib.suppress(RuntimeError):
                self.doveadm("kick", one)

    def clear(self) -> None:
        """Empty mailboxes and an empty record of commands; started again if it was stopped."""
        if self._process is None:
            self.start()
        self.kill_connections()
        for place in ("home", "raw"):
            for folder in (self.top / place).iterdir():
                away = self.top / f"old-{secrets.token_hex(4)}"
                folder.rename(away)
                shutil.rmtree(away, ignore_errors=True)
        self._make_homes()
        for user in self.users:
            for name in self.extra_folders:
                self.create(user, name)


@contextlib.contextmanager
def running_dovecot(
    *,
    users: Mapping[str, str] = USERS,
    folders: Iterable[str] = (),
    hidden: Iterable[str] = (),
    rights: str = "",
    certificate: Certificate = Certificate.GOOD,
) -> Iterator[Dovecot]:
    """A running Dovecot.

    `folders`: made for each user. `hidden`: capabilities not told, such as MOVE, UIDPLUS, CONDSTORE, QRESYNC (Dovecot
    still obeys them: look at `received`). `rights`: an ACL for all folders; "lrstipekxa" refuses keywords, "lr" every
    change. Dovecot counts loopback as safe, so a login without TLS cannot be refused here.
    """
    # Unix sockets have short names, so not pytest's deep folders.
    with tempfile.TemporaryDirectory(prefix="dc-", ignore_cleanup_errors=True) as name:
        top = Path(name)
        (top / "tls").mkdir()
        options = Options(tuple(hidden), rights)
        server = Dovecot(top, Authority(top / "tls"), options, certificate, dict(users), tuple(folders))
        server.prepare()
        try:
            server.start()
            if server.extra_folders:
                server.clear()
            yield server
        finally:
            server.stop()
