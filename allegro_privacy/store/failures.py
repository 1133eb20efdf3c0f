"""What SQLite says when something is wrong, turned into errors that a person can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from allegro_privacy.errors import BusyError, DatabaseError, PrivacyError

engine: Any = sqlite3
with suppress(ImportError):
    # CPython mostly links a SQLite with the WAL-reset bug (before 3.51.3), which hits two processes at once.
    engine = import_module("pysqlite3.dbapi2")

# pysqlite3's exceptions are not sqlite3's: both are caught, whichever of the two made the connection. A text
# whose bytes are no UTF-8, which a fault of the disk can make of any, comes as a UnicodeDecodeError.
SQLITE_ERRORS: tuple[type[Exception], ...] = (sqlite3.Error, engine.Error, UnicodeDecodeError)

_RESTORE = (
    "do not repair it in place: keep the file, restore the newest backup beside it and check that one with "
    "`allegro-privacy verify --against` the newest manifest"
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Errors of SQLite leave this block as PrivacyErrors that name the file."""
    try:
        yield
    except SQLITE_ERRORS as error:
        raise in_words(error, path) from error


def in_words(error: Exception, path: Path) -> PrivacyError:
    """The PrivacyError for an error of SQLite about the database at `path`."""
    said = str(error)
    lower = said.lower()
    if "locked" in lower or "busy" in lower:
        return busy(path)
    if "not a database" in lower:
        return not_ours(path, "it is not an SQLite file")
    if "malformed" in lower or "corrupt" in lower or "decode" in lower:
        return damaged(path, f"SQLite says: {said}.")
    if "full" in lower:
        return DatabaseError(
            f"There is no room left for the database {path}.", "The disk is full; nothing was recorded.",
            "make room on that disk and run the command again",
        )  # fmt: skip
    if "readonly" in lower or "read-only" in lower:
        return read_only(path)
    if "unable to open" in lower:
        return DatabaseError(
            f"The database {path} cannot be opened.", f"SQLite says: {said}.",
            "check that you may read and write the file and its directory",
        )  # fmt: skip
    if "i/o error" in lower:
        return DatabaseError(
            f"The disk refused to read or write the database {path}.", f"SQLite says: {said}; nothing was recorded.",
            "check the disk (room, limits, health) and run the command again",
        )  # fmt: skip
    return DatabaseError(f"The database {path} refused.", f"SQLite says: {said}.", "allegro-privacy doctor")


def damaged(path: Path, why: str) -> DatabaseError:
    """Something in the file was never written by the program."""
    return DatabaseError(f"The database {path} is damaged.", why, _RESTORE)


def damaged_row(table: str, event: int) -> DatabaseError:
    """A row holds what the program never writes."""
    return DatabaseError(
        "The database is damaged.",
        f"The row of event {event} in the table {table} holds what was never written.",
        _RESTORE,
    )


def missing(path: Path) -> DatabaseError:
    """There is no database yet."""
    return DatabaseError(f"There is no database at {path}.", "It was never made, or lies elsewhere.",
                         "allegro-privacy init")  # fmt: skip


def not_ours(path: Path, why: str) -> DatabaseError:
    """The file is something else."""
    return DatabaseError(
        f"{path} is not a database of allegro-privacy.", f"Here {why}.",
        "check the path in the configuration ([store] database) or after --db",
    )  # fmt: skip


def exists(path: Path) -> DatabaseError:
    """A new database was to be made where something lies."""
    return DatabaseError(f"{path} exists already.", "A database is never overwritten.",
                         "use it as it is, or name another path")  # fmt: skip


def not_made(path: Path, why: str | None) -> DatabaseError:
    """A new database could not be made there."""
    return DatabaseError(
        f"The database {path} cannot be made.",
        f"The system says: {why}.",
        "check that its directory exists and that you may write there",
    )


def newer(path: Path, found: int, known: int) -> DatabaseError:
    """A newer program wrote the database."""
    return DatabaseError(
        f"The database {path} was written by a newer allegro-privacy.",
        f"Its schema is {found}; this program knows {known}.", "install the newest allegro-privacy",
    )  # fmt: skip


def older(path: Path, found: int, known: int) -> DatabaseError:
    """The database wants a migration, and may only be read here."""
    return DatabaseError(
        f"The database {path} was written by an older allegro-privacy.",
        f"Its schema is {found}; this program needs {known}.", "allegro-privacy doctor, which brings it up to date",
    )  # fmt: skip


def read_only(path: Path) -> DatabaseError:
    """The database may not be written."""
    return DatabaseError(
        f"The database {path} cannot be written.", "The file or its directory is read-only for this user.",
        "run as the user that owns it, or mend its permissions",
    )  # fmt: skip


def writer_note(path: Path) -> Path:
    """The empty file whose time says since when somebody has been writing."""
    return path.with_name(path.name + "-writer")


def busy(path: Path) -> BusyError:
    """Another process holds the database."""
    try:
        since = datetime.fromtimestamp(writer_note(path).stat().st_mtime).astimezone()
        why = f"Another run has held it since {since:%H:%M:%S}."
    except OSError:
        why = "Another run holds it."
    return BusyError(f"The database {path} is busy.", why, "wait for the other run to end, then run this again")
