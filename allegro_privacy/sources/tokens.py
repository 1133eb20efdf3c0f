"""The file that keeps the tokens of one mailbox: private, replaced whole or not at all, by one process at a time.

A lost refresh token means that a person must sign in again, so the room for the new one is taken on the disk before
the provider is asked for it.
"""

import contextlib
import glob
import json
import os
import secrets
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError, UnreachableError
from allegro_privacy.sources.secrets import LIMIT, private_bytes, whose
from allegro_privacy.sources.turns import got_turn

SCHEMA = 1
MARGIN = timedelta(minutes=5)
"""A token with less time than this left is not begun with."""
JUST_NOW = timedelta(minutes=1)
"""A token that another process obtained so lately is as new as one that we would ask for."""
LOCK_PATIENCE = 90.0
"""Seconds to wait while another process talks to the provider."""
PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave, and when. refresh_token: empty when the program signs in as itself."""

    access_token: str = field(repr=False)
    obtained: datetime
    expires: datetime
    refresh_token: str = field(default="", repr=False)

    def good(self, now: datetime) -> bool:
        """Has the access token enough time left to begin with?"""
        return now + MARGIN < self.expires

    def just_obtained(self, now: datetime) -> bool:
        """Has somebody asked for it a moment ago?"""
        # Of two that began together either may have looked at the clock first.
        return abs(now - self.obtained) < JUST_NOW


def auth_command(sign_in: SignIn) -> str:
    """What a person types to sign in."""
    return f"allegro-privacy auth {shlex.quote(sign_in.mailbox) if sign_in.mailbox else 'MAILBOX'}"


def read(path: Path, sign_in: SignIn) -> Tokens | None:
    """The tokens in a file; None when there is no file. Raises SignInError when they are not this mailbox's."""
    what = f"The token file of {whose(sign_in)}"
    with _told(path, sign_in):
        if not path.exists():
            return None
    raw = private_bytes(path, what)
    try:
        found = json.loads(raw)
        tokens = Tokens(
            access_token=_text(found["access_token"]),
            obtained=_moment(found["obtained"]),
            expires=_moment(found["expires"]),
            refresh_token=_text(found["refresh_token"]),
        )
        known = {key: found[key] for key in _owner(sign_in)}
    except (ValueError, KeyError, TypeError):
        why = f"{path} is damaged, or was not written by this program."
        raise SignInError(f"{what} cannot be used.", why, auth_command(sign_in)) from None
    other = [key for key, value in _owner(sign_in).items() if known[key] != value]
    if other:
        why = f"{path} was made for another {other[0].replace('_', ' ')} than the configuration names."
        raise SignInError(f"{what} cannot be used.", why, auth_command(sign_in))
    return tokens


def _owner(sign_in: SignIn) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "provider": sign_in.provider,
        "client_id": sign_in.client_id,
        "tenant": sign_in.tenant,
        "user": sign_in.user,
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


@contextlib.contextmanager
def alone(path: Path, sign_in: SignIn, patience: float = LOCK_PATIENCE) -> Iterator[None]:
    """Only one process at a time is in here for the same file; the lock is a file beside it. Raises UnreachableError
    when its turn does not come, and not BusyError: it must not stop the other mailboxes."""
    with _told(path, sign_in):
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if not got_turn(lock, patience):
            raise UnreachableError(
                f"The tokens of {whose(sign_in)} are being renewed by another process.",
                "It does not come to an end.",
                "Try again later.",
            )
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def replacing(path: Path, sign_in: SignIn) -> Iterator[Callable[[Tokens], None]]:
    """A function that puts new tokens in the place of the old; the room for them is there already."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with _told(path, sign_in):
            _sweep(path)
            descriptor = os.open(part, PRIVATE, 0o600)
        try:
            with _told(path, sign_in):
                _write(descriptor, bytes(LIMIT))
            yield lambda tokens: _replace(path, part, descriptor, tokens, sign_in)
        finally:
            os.close(descriptor)
    finally:
        part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """What a process that was killed left behind; we are alone here."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)


def _replace(path: Path, part: Path, descriptor: int, tokens: Tokens, sign_in: SignIn) -> None:
    document = _owner(sign_in) | {
        "access_token": tokens.access_token,
        "obtained": tokens.obtained.astimezone(UTC).isoformat(),
        "expires": tokens.expires.astimezone(UTC).isoformat(),
        "refresh_token": tokens.refresh_token,
    }
    with _told(path, sign_in):
        text = json.dumps(document, indent=1).encode() + b"\n"
        _write(descriptor, text)
        os.ftruncate(descriptor, len(text))
        os.fsync(descriptor)
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(descriptor: int, raw: bytes) -> None:
    done = 0
    while done < len(raw):
        done += os.pwrite(descriptor, raw[done:], done)
    os.fsync(descriptor)


@contextlib.contextmanager
def _told(path: Path, sign_in: SignIn) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"{path}: {error.strerror or error}."
        fix = "Make room, or let its folder be written by this user; or name another place with token_file."
        raise SignInError(f"The tokens of {whose(sign_in)} cannot be kept.", why, fix) from error
