"""Passwords by reference: a file, a command, a systemd credential, the keyring. No error, log or repr shows a secret,
nor the line of a command, since people write secrets into those too."""

import contextlib
import os
import re
import selectors
import shlex
import signal
import stat
import subprocess
import time
from pathlib import Path

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError

LIMIT = 1 << 16
"""Bytes of a secret that are read at most."""
PATIENCE = 30.0
"""Seconds that a command may take."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def password(sign_in: SignIn, patience: float = PATIENCE) -> str:
    """The password of a mailbox, from where its configuration says. Raises SignInError."""
    if sign_in.password_file is not None:
        return from_file(sign_in.password_file, f"The password of {whose(sign_in)}")
    if sign_in.password_command:
        return from_command(sign_in.password_command, f"The password_command of {whose(sign_in)}", patience)
    if sign_in.credential:
        return from_credential(sign_in.credential, f"The credential {sign_in.credential} of {whose(sign_in)}")
    if sign_in.keyring:
        return _from_keyring(sign_in.keyring, sign_in)
    raise SignInError(
        f"There is no password for {whose(sign_in)}.",
        "The configuration does not say where it is kept.",
        "Add password_file to its [[mailbox]].",
    )


def whose(sign_in: SignIn) -> str:
    """What an error calls the mailbox."""
    return f"the mailbox {sign_in.mailbox}" if sign_in.mailbox else "the mailbox"


def from_file(path: Path, what: str) -> str:
    """The first line of a file that nobody else can read. Raises SignInError."""
    return first_line(private_bytes(path, what), what, f"{path}: ")


def private_bytes(path: Path, what: str, limit: int = LIMIT) -> bytes:
    """The bytes of a regular file of ours (or root's) that nobody else can read. Raises SignInError."""
    try:
        # Not to wait: what stands there may be a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(what, f"{path}: {error.strerror or error}.") from None
    try:
        _refuse_loose(os.fstat(descriptor), path, what)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    except OSError as error:
        raise _unreadable(what, f"{path}: {error.strerror or error}.") from None
    finally:
        os.close(descriptor)


def _unreadable(what: str, why: str) -> SignInError:
    return SignInError(f"{what} cannot be read.", why, "Check the path and who may read it.")


def _refuse_loose(state: os.stat_result, path: Path, what: str) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise SignInError(f"{what} cannot be read.", f"{path} is not an ordinary file.", "Write it into a file.")
    if state.st_uid not in (os.geteuid(), 0):
        why = f"{path} belongs to another user, who could exchange it."
        raise SignInError(f"{what} is not safe where it is.", why, f"chown {os.geteuid()} {shlex.quote(str(path))}")
    if state.st_mode & OTHERS:
        why = f"Others may read or write {path} (mode {stat.S_IMODE(state.st_mode):o})."
        raise SignInError(f"{what} is not safe where it is.", why, f"chmod 600 {shlex.quote(str(path))}")


def from_command(line: str, what: str, patience: float = PATIENCE) -> str:
    """The first line that a shell line prints. Its stderr goes nowhere: it may quote the secret. Raises SignInError."""
    with subprocess.Popen(  # noqa: S602  the line is the administrator's own
        line,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            printed = _printed(process, time.monotonic() + patience)
        except BaseException as problem:
            # With all that it started: a child that keeps the pipe open would keep us, too.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(problem, subprocess.TimeoutExpired):
                raise
            why = f"It took longer than {patience:g} s."
            raise SignInError(f"{what} does not end.", why, _RUN_IT) from None
    if process.returncode:
        how = f"status {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
        raise SignInError(f"{what} failed.", f"It ended with {how}; what it said is not shown.", _RUN_IT)
    return first_line(printed, what)


_RUN_IT = "Run the command by hand, as the user that runs this program, and see what it says."


def _printed(process: "subprocess.Popen[bytes]", until: float) -> bytes:
    """The beginning of what it prints; the rest is let go, so that an endless command fills nothing."""
    assert process.stdout is not None
    kept = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not ready.select(left):
                raise subprocess.TimeoutExpired("", 0)
            block = os.read(process.stdout.fileno(), LIMIT)
            if not block:
                break
            kept += block[: LIMIT - len(kept)]
    process.wait(max(until - time.monotonic(), 0.1))
    return bytes(kept)


def from_credential(name: str, what: str) -> str:
    """systemd keeps credentials in memory and shows them to one service only; their modes are its business."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    fix = f"Add LoadCredential={name}:FILE (or LoadCredentialEncrypted=) to the service, and let systemd start it."
    if not folder:
        raise SignInError(f"{what} is not there.", "The program was not started by systemd with credentials.", fix)
    try:
        with (Path(folder) / name).open("rb") as file:
            return first_line(file.read(LIMIT), what)
    except OSError as error:
        raise SignInError(f"{what} cannot be read.", f"{error.strerror or error}.", fix) from None


def _from_keyring(service: str, sign_in: SignIn) -> str:
    what = f"The password of {whose(sign_in)} in the keyring"
    try:
        import keyring
    except ImportError:
        why = "The library keyring is not installed."
        raise SignInError(f"{what} cannot be read.", why, "pip install 'allegro-privacy[keyring]'") from None
    try:
        found = keyring.get_password(service, sign_in.user)
    except Exception as error:  # noqa: BLE001  each backend has errors of its own
        why = f"It does not answer ({type(error).__name__}): it needs a desktop that is signed in, which cron has not."
        raise SignInError(f"{what} cannot be read.", why, "Use password_file or password_command instead.") from None
    if found is None:
        fix = f"keyring set {shlex.quote(service)} {shlex.quote(sign_in.user)}"
        raise SignInError(f"{what} is not there.", f"It holds none for the service {service} and this user.", fix)
    return _checked(found, what, "")


def first_line(raw: bytes, what: str, where: str = "") -> str:
    """The secret in some bytes: their first line, without its end. Raises SignInError."""
    try:
        text = raw.partition(b"\n")[0].removesuffix(b"\r").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SignInError(f"{what} cannot be used.", f"{where}It is not UTF-8 text.", "Write it anew.") from None
    return _checked(text, what, where)


def _checked(text: str, what: str, where: str) -> str:
    if not text:
        raise SignInError(
            f"{what} cannot be used.", f"{where}The first line is empty.", "Write it into the first line."
        )
    if _CONTROL.search(text):
        raise SignInError(f"{what} cannot be used.", f"{where}It holds control characters.", "Write it anew.")
    return text
