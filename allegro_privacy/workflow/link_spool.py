"""Wishes that came while the database was busy or gone: one synced file each, until they are recorded."""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from allegro_privacy.config import Settings
from allegro_privacy.core.clicked import Clicked, Wish, identity_of
from allegro_privacy.core.link_token import Link
from allegro_privacy.core.person import Channel

MOST_KEPT = 100_000
SCHEMA = 1


def folder_of(settings: Settings) -> Path:
    """Where they are kept: beside the database, unless the configuration names another place (another disk, say)."""
    return settings.serve.spool or settings.database.with_name(f"{settings.database.name}-link-spool")


class FullError(OSError):
    """So many wait already that something must be wrong."""


def keep(folder: Path, clicked: Clicked) -> None:
    """Keep a wish; when this returns it is on the disk. The same wish twice is kept once. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(identity_of(clicked).encode("utf-8", "replace")).hexdigest()[:40]
    final = folder / f"{name}.json"
    if not final.exists():
        if how_many(folder) >= MOST_KEPT:
            raise FullError("the spool is full")
        part = folder / f".{name}.{secrets.token_hex(4)}.part"
        try:
            _write(part, _document(clicked))
            part.rename(final)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    _sync(folder)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def waiting(folder: Path, most: int) -> list[Path]:
    """Some of the files that wait, in the order of their names."""
    return sorted(folder.glob("*.json"))[:most] if folder.is_dir() else []


def how_many(folder: Path) -> int:
    """How many wait."""
    try:
        return sum(path.suffix == ".json" for path in folder.iterdir())
    except OSError:
        return 0


def set_aside_ones(folder: Path) -> list[Path]:
    """Files that could not be recorded, for a person to look at."""
    return sorted(folder.glob("*.bad")) if folder.is_dir() else []


def can_keep(folder: Path) -> bool:
    """Is there a place for them?"""
    place = folder if folder.exists() else folder.parent
    return os.access(place, os.W_OK | os.X_OK) and how_many(folder) < MOST_KEPT


def read(path: Path) -> Clicked:
    """A wish as it was kept. Raises ValueError or KeyError for a file that is none."""
    kept = json.loads(path.read_text("utf-8"))
    if kept["schema"] != SCHEMA:
        raise ValueError("of another program's version")
    link = Link(kept["link"]["email"], kept["link"]["campaign"], Channel(kept["link"]["scope"]))
    return Clicked(
        link,
        Wish(kept["wish"]),
        datetime.fromisoformat(kept["received"]),
        bool(kept["one_click"]),
        str(kept["language"]),
        str(kept["name"]),
        str(kept["address"]),
    )


def done(path: Path) -> None:
    """It is recorded. Should the file come back with the power, it is only found to be recorded."""
    path.unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """It cannot be read: kept under another name for a person to see (`doctor` names it)."""
    path.rename(path.with_suffix(".bad"))


def _document(clicked: Clicked) -> str:
    return json.dumps({"schema": SCHEMA, **asdict(clicked), "received": clicked.received.isoformat()})
