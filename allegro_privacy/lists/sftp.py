"""Files put on a recipient's SFTP server, so that each is there whole or not at all, and never in another's place.

Each goes up under a hidden name, is read back and compared, and only then gets its own name: whoever looks into the
folder meanwhile sees no half of a list. Put there again after a kill, what is there already is found and left alone."""

import hashlib
import posixpath
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from allegro_privacy.errors import DeliveryError, MissingExtraError

EXTRA = "sftp"
PORT = 22
PATIENCE = 60.0
"""Seconds that the server may be silent."""
BLOCK = 1 << 18
_FSYNC = "fsync@openssh.com"


@dataclass(frozen=True, slots=True)
class Target:
    """A folder on a server. host_key: the server's public key, as known_hosts writes it.  key_file, password: how we
    sign in; one of them."""

    url: str
    host_key: str
    key_file: Path | None = None
    password: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or PORT

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.url).username or "")

    @property
    def folder(self) -> str:
        return unquote(urlsplit(self.url).path) or "/"


@dataclass(frozen=True, slots=True)
class Sending:
    """A file that is to be there, under its own name, with this SHA-256."""

    path: Path
    sha256: str


def put(target: Target, files: Sequence[Sending]) -> None:
    """Put these files there, in order; when it returns, each was read back and is the same. Raises DeliveryError."""
    with _connected(target) as sftp, _told(target):
        for file in files:
            _put(sftp, target, file)


def _put(sftp: Any, target: Target, file: Sending) -> None:
    final = posixpath.join(target.folder, file.path.name)
    hidden = posixpath.join(target.folder, f".{file.path.name}.part")
    there = _hash_of(sftp, final)
    if there is None:
        _send(sftp, file, hidden)
        if _hash_of(sftp, hidden) != file.sha256:
            with suppress(OSError):
                sftp.remove(hidden)
            raise DeliveryError(
                f"{file.path.name} arrived damaged at {target.url}.", "It was taken away again.", _AGAIN
            )
        # The plain rename of SFTP: unlike posix-rename it replaces nothing.
        sftp.rename(hidden, final)
    elif there != file.sha256:
        why = "Another file of that name lies there, and nothing is ever overwritten."
        raise DeliveryError(f"{file.path.name} was not put on {target.url}.", why, "Ask them to move that file away.")


def _send(sftp: Any, file: Sending, hidden: str) -> None:
    digest = hashlib.sha256()
    with file.path.open("rb") as ours, sftp.open(hidden, "wb") as theirs:
        # Without waiting for each block's answer; errors come at the end.
        theirs.set_pipelined(True)
        while block := ours.read(BLOCK):
            digest.update(block)
            theirs.write(block)
        theirs.set_pipelined(False)
        theirs.flush()
        # Not every server can; and what was not synced is read back from its memory, which is all one can do.
        with suppress(OSError):
            _sync(sftp, theirs)
    if digest.hexdigest() != file.sha256:
        why = f"Its SHA-256 is {digest.hexdigest()}, recorded was {file.sha256}."
        raise DeliveryError(f"{file.path} is not the file that was exported.", why, "Export a new list.")


def _sync(sftp: Any, file: Any) -> None:
    from paramiko.sftp import CMD_EXTENDED

    # The library has no public name for it.
    sftp._request(CMD_EXTENDED, _FSYNC, file.handle)


def _hash_of(sftp: Any, name: str) -> str | None:
    """The SHA-256 of a file there, None when there is none."""
    try:
        with sftp.open(name, "rb") as file:
            file.prefetch(file.stat().st_size)
            digest = hashlib.sha256()
            while block := file.read(BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


@contextmanager
def _connected(target: Target) -> Iterator[Any]:
    try:
        import paramiko
    except ImportError:
        raise MissingExtraError("To deliver by SFTP, a package is needed.", EXTRA) from None
    client = paramiko.SSHClient()
    kind, _, rest = target.host_key.partition(" ")
    name = target.host if target.port == PORT else f"[{target.host}]:{target.port}"
    key = paramiko.PKey.from_type_string(kind, _decoded(rest))
    client.get_host_keys().add(name, kind, key)
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    with closing(client):
        with _told(target):
            client.connect(
                target.host, target.port, target.user,
                password=target.password or None, key_filename=str(target.key_file) if target.key_file else None,
                allow_agent=False, look_for_keys=False,
                timeout=PATIENCE, banner_timeout=PATIENCE, auth_timeout=PATIENCE, channel_timeout=PATIENCE,
            )  # fmt: skip
            sftp = client.open_sftp()
            sftp.get_channel().settimeout(PATIENCE)
        yield sftp


def _decoded(host_key: str) -> bytes:
    from base64 import b64decode

    return b64decode(host_key.split()[0])


@contextmanager
def _told(target: Target) -> Iterator[None]:
    """What goes wrong, in words. None of the library's: they may quote what a server says."""
    import paramiko

    try:
        yield
    except DeliveryError:
        raise
    except paramiko.BadHostKeyException as problem:
        why = f"{target.host} shows another key than host_key in the configuration: it may be somebody else's server."
        fix = "Ask them, by another way, whether they changed their key; then write the new one into the configuration."
        raise DeliveryError("Nothing was delivered: the server is not the known one.", why, fix) from problem
    except paramiko.AuthenticationException as problem:
        why = f"{target.host} does not let {target.user} in."
        raise DeliveryError("Nothing was delivered.", why, "Check the key or the password with them.") from problem
    except PermissionError as problem:
        why = f"{target.user} may not write there."
        raise DeliveryError(f"Nothing was delivered to {target.url}.", why, "Ask them to allow it.") from problem
    except FileNotFoundError as problem:
        why = f"There is no folder {target.folder}."
        raise DeliveryError(f"Nothing was delivered to {target.url}.", why, "Ask them for the folder.") from problem
    except (OSError, EOFError, paramiko.SSHException) as problem:
        why = f"The connection failed ({type(problem).__name__})."
        raise DeliveryError(f"The delivery to {target.url} is not confirmed.", why, _AGAIN) from problem


_AGAIN = "It is tried again by: allegro-privacy export deliver"
