"""A mailbox on a server: where it is, how to sign in, and what is done there with mail that was recorded.

Pure data: the configuration makes it, sources/imap.py uses it. It holds references to secrets, never a secret."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from allegro_privacy.core.decision import Verdict

if TYPE_CHECKING:
    from pathlib import Path


class Security(StrEnum):
    """How the line is protected (RFC 8314). `plain` is for a server on this machine only."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class Method(StrEnum):
    """How one signs in: LOGIN, or a token by XOAUTH2 or OAUTHBEARER (RFC 7628)."""

    PASSWORD = "password"  # noqa: S105  the name of a method, no password
    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signs in, and where the secret is kept. Exactly one reference is set.

    password_file: a file that only its owner may read.  password_command: what prints it (a shell line).  credential:
    the name of a systemd credential (in $CREDENTIALS_DIRECTORY).  keyring: the service's name in the desktop's keyring.
    For tokens: provider "microsoft" or "google" with client_id, tenant and token_file (written by `auth`), or
    token_command, which prints an access token. With a client_secret_file Microsoft signs the program itself in, and
    nobody has to.  mailbox: what staff call it; an error names it.
    """

    user: str
    method: Method = Method.PASSWORD
    password_file: "Path | None" = None
    password_command: str = field(default="", repr=False)
    credential: str = ""
    keyring: str = ""
    provider: str = ""
    client_id: str = ""
    client_secret_file: "Path | None" = None
    tenant: str = ""
    token_file: "Path | None" = None
    token_command: str = field(default="", repr=False)
    mailbox: str = ""


class FilingKind(StrEnum):
    """What is done in the mailbox with a message after it was recorded."""

    NOTHING = "nothing"
    KEYWORD = "keyword"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Filing:
    """One way of filing; target: the keyword or the folder."""

    kind: FilingKind = FilingKind.NOTHING
    target: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of one mailbox on an IMAP server. drafts: the folder for drafts ("": the one that the server names);
    reply_from: the address that replies to this mailbox's mail come from ("": the shop's)."""

    host: str
    port: int
    sign_in: SignIn
    folder: str = "INBOX"
    security: Security = Security.TLS
    ca_file: "Path | None" = None
    filing: dict[Verdict, Filing] = field(default_factory=dict)
    drafts: str = ""
    reply_from: str = ""

    @property
    def place(self) -> str:
        """The folder's name among all places that mail comes from; what stands before the number of each message."""
        return f"{self.sign_in.user}@{self.host}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds: for a connection, for each piece of an answer, for a whole command;
    how long one reading of a folder may take; the first pause before a broken line is made anew (it doubles); and for
    another run that reads the same folder."""

    connect: float = 10
    read: float = 60
    command: float = 300
    reading: float = 3600
    pause: float = 1
    lock: float = 20


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder was read: every message up to the number `through` is recorded. A folder with another
    uidvalidity is another folder (RFC 9051 2.3.1.1).

    uidnext: what the server said then; while it stays the same nothing has come.  modseq: the same for any change,
    where the server counts them (RFC 7162).  epoch: how often the uidvalidity was seen to change; one that comes back
    is a new epoch too.  renumbered: the folder had another uidvalidity when it was read before.
    """

    place: str
    uidvalidity: int
    through: int = 0
    uidnext: int = 0
    modseq: int = 0
    epoch: int = 0
    renumbered: bool = False


def locator(place: str, uidvalidity: int, uid: int) -> str:
    """Where one message lies, in the manner of RFC 5092; it never changes."""
    return f"{place};UIDVALIDITY={uidvalidity};UID={uid}"


_LOCATOR = re.compile(r"(?P<place>.+);UIDVALIDITY=(?P<uidvalidity>\d+);UID=(?P<uid>\d+)", re.DOTALL)


def read_locator(text: str) -> tuple[str, int, int] | None:
    """The place, UIDVALIDITY and UID of a locator; None for a place that is no mailbox on a server."""
    match = _LOCATOR.fullmatch(text)
    return (match["place"], int(match["uidvalidity"]), int(match["uid"])) if match else None
