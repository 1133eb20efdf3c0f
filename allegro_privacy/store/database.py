"""Opening the database: its file, its pragmas, its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path


class Database:
    """An open store: what `journal` writes to and `views` read. Close it (or use it in `with`)."""

    path: Path
    read_only: bool

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create(path: Path, shop_name: str, actor: str, now: datetime) -> None:
    """Make a new database; DatabaseError when something lies there already."""
    raise NotImplementedError


def open_database(path: Path, read_only: bool = False) -> Database:
    """Open an existing database; DatabaseError when it is missing, not ours, damaged or newer than the program."""
    raise NotImplementedError


@contextmanager
def writing(database: Database, dry_run: bool = False) -> Iterator[None]:
    """One immediate transaction: committed at the end, rolled back on an error or for a dry run."""
    raise NotImplementedError
    yield


def quick_check(database: Database) -> list[str]:
    """What SQLite's own quick check says about the file; [] when it is sound."""
    raise NotImplementedError


def sqlite_version() -> tuple[str, bool]:
    """The version of the SQLite in use, and whether it has the WAL-reset bug (before 3.51.3)."""
    raise NotImplementedError
