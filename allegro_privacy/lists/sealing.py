"""Lists encrypted to their recipient: age (to an age or ssh key) or OpenPGP (to a certificate), each with a library
that only offices install which need it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from allegro_privacy.errors import ConfigError, MissingExtraError

EXTRA = "encrypt"
LONGEST_KEY = 1 << 20
AGE, OPENPGP = ".age", ".pgp"


@dataclass(frozen=True, slots=True)
class Seal:
    """How files are encrypted to one recipient. ending: of the encrypted file's name.  to: the key, as people compare
    keys.  write: from the open file to a new one."""

    ending: str
    to: str
    write: Callable[[BinaryIO, BinaryIO], None]


def seal_to(key: str, recipient: str) -> Seal:
    """The seal for a key: "age1…", "ssh-…", or the path of a file that holds one of these or an OpenPGP certificate.
    Raises ConfigError and MissingExtraError before anything is written."""
    if key.startswith(("age1", "ssh-")):
        return _age(key, recipient)
    try:
        with Path(key).open("rb") as file:
            raw = file.read(LONGEST_KEY)
    except OSError as problem:
        raise _unfit(recipient, f"{key}: {problem.strerror or problem}") from problem
    if raw.startswith((b"age1", b"ssh-")):
        return _age(raw.split(b"\n", 1)[0].decode("ascii", "replace").strip(), recipient)
    return _openpgp(raw, recipient)


def _age(key: str, recipient: str) -> Seal:
    try:
        import pyrage
    except ImportError:
        raise MissingExtraError("To encrypt a list with age, a package is needed.", EXTRA) from None
    kind: Any = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    try:
        to = kind.Recipient.from_str(key)
    except (pyrage.RecipientError, ValueError) as problem:
        raise _unfit(recipient, f"it is not a public key of age or ssh-ed25519 or ssh-rsa ({problem})") from problem
    shown = key if key.startswith("age1") else " ".join(key.split()[:2])
    return Seal(AGE, shown, lambda plain, sealed: pyrage.encrypt_io(plain, sealed, [to]))


def _openpgp(raw: bytes, recipient: str) -> Seal:
    try:
        import pysequoia
    except ImportError:
        raise MissingExtraError("To encrypt a list with OpenPGP, a package is needed.", EXTRA) from None
    try:
        certificate: Any = pysequoia.Cert.from_bytes(raw)
    except Exception as problem:
        # The library has no error of its own.
        raise _unfit(recipient, "the file holds no OpenPGP certificate, and no key of age or ssh") from problem
    if certificate.is_revoked or certificate.has_secret_keys:
        words = "revoked" if certificate.is_revoked else "somebody's secret key: ask for the public one"
        raise _unfit(recipient, f"the OpenPGP certificate is {words}")

    def write(plain: BinaryIO, sealed: BinaryIO) -> None:
        # By their descriptors: it wants paths, and ours hold only within a directory that is open already.
        source, target = (f"/dev/fd/{file.fileno()}" for file in (plain, sealed))
        try:
            pysequoia.encrypt_file(source, target, recipients=[certificate], armor=False)
        except RuntimeError as problem:
            raise _unfit(recipient, "the OpenPGP certificate cannot be encrypted to; it may have expired") from problem

    return Seal(OPENPGP, certificate.fingerprint.upper(), write)


def _unfit(recipient: str, words: str) -> ConfigError:
    return ConfigError(
        what=f"No list can be encrypted to {recipient}.",
        why=f"[recipient.{recipient}] encrypt_to: {words}.",
        fix="Ask them for their public key again, and write it into the configuration.",
    )
