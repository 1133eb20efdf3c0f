"""Opening the database: its file, its pragmas, its transactions."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from allegro_privacy.core.ledger import GENESIS
from allegro_privacy.core.moments import utc_text
from allegro_privacy.errors import DatabaseError
from allegro_privacy.store import failures, packing, tables
from allegro_privacy.store.failures import engine, translated
from allegro_privacy.store.migrations import MIGRATIONS, SCHEMA

# "ALPR": tells our file from any other SQLite file.
APPLICATION_ID = 0x414C5052
BUSY_SECONDS = 10
WAL_RESET_FIXED = (3, 51, 3)

Row = tuple[Any, ...]


class Database:
    """An open store: what `journal` writes to and `views` read. Close it, or use it in `with`.

    Every error of SQLite leaves these methods as a PrivacyError. One Database belongs to one thread."""

    __slots__ = ("_connection", "dictionary", "dry", "path", "read_only", "secret")

    def __init__(self, connection: Any, path: Path, read_only: bool = False, secret: bytes = b"") -> None:
        self._connection = connection
        self.path = path
        self.read_only = read_only
        self.secret = secret
        self.dictionary = packing.DICTIONARY
        self.dry = False

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was not committed is rolled back."""
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns how many rows it changed."""
        try:
            return int(self._connection.execute(sql, parameters).rowcount)
        except failures.SQLITE_ERRORS as error:
            raise failures.in_words(error, self.path) from error

    def run_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each row of parameters."""
        with translated(self.path):
            self._connection.executemany(sql, parameters)

    def chunks(self, sql: str, rows: int = 2000) -> Iterator[list[Row]]:
        """The rows, many at a time: for comparing whole tables."""
        with translated(self.path):
            cursor = self._connection.execute(sql)
            while chunk := cursor.fetchmany(rows):
                yield chunk

    def insert(self, table: tables.Table, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a derived table."""
        self.run_many(tables.INSERTIONS[table.name], rows)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        try:
            return self._connection.execute(sql, parameters).fetchone()  # type: ignore[no-any-return]
        except failures.SQLITE_ERRORS as error:
            raise failures.in_words(error, self.path) from error

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows."""
        with translated(self.path):
            return self._connection.execute(sql, parameters).fetchall()  # type: ignore[no-any-return]

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows one after the other, for answers that may be long."""
        with translated(self.path):
            # Not `yield from`: it would close the cursor of a database that is closed already.
            for row in self._connection.execute(sql, parameters):  # noqa: UP028
                yield row

    def pack(self, text: str) -> bytes:
        """The content of an event as it is stored."""
        return packing.pack(self.dictionary, text)

    def unpack(self, packed: bytes) -> str:
        """The content of an event, readable; ValueError when it was damaged."""
        return packing.unpack(self.dictionary, packed)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, parameters)
        return None if row is None else row[0]


def create(path: Path, shop_name: str, actor: str, now: datetime) -> None:
    """Make a new database; DatabaseError when something lies there already."""
    if path.exists() or path.is_symlink():
        raise failures.exists(path)
    # Under another name until it is whole: whoever is interrupted here can simply begin again.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # SQLite makes 0644 files under the usual umask, and -wal and -shm take the mode of the database.
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR | _NO_LINK, 0o600))
        with translated(path):
            _fill(unfinished, shop_name, actor, now)
        # A link, unlike a rename, never replaces what somebody else put there meanwhile.
        os.link(unfinished, path, follow_symlinks=False)
        _sync_directory(path.parent)
    except FileExistsError as error:
        raise failures.exists(path) from error
    except OSError as error:
        raise failures.not_made(path, error.strerror) from error
    finally:
        for name in ("", "-wal", "-shm", "-writer"):
            unfinished.with_name(unfinished.name + name).unlink(missing_ok=True)


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(path: Path, shop_name: str, actor: str, now: datetime) -> None:
    """The tables, the guards, and the first event."""
    from allegro_privacy.store.append import append

    with Database(_connect(path, read_only=False), path) as database:
        # Switching to WAL does not wait for others: once, here, where there are none.
        database.row("PRAGMA journal_mode = WAL")
        database.secret = os.urandom(32)
        with writing(database):
            _make(database, shop_name, utc_text(now))
            content = {"shop": shop_name, "schema": SCHEMA, "key": key_print(database.secret)}
            append(database, "installed", "shop", content, actor, now)


def _make(database: Database, shop_name: str, created: str) -> None:
    for statement in (*tables.statements(tables.KEPT), *tables.statements(tables.DERIVED), *tables.TRIGGERS):
        database.run(statement)
    facts = {
        "created": created, "dictionary": database.dictionary.decode(), "head": f"0 {GENESIS}",
        "secret": database.secret.hex(), "shop": shop_name,
    }  # fmt: skip
    database.run_many("INSERT INTO meta (key, value) VALUES (?, ?)", facts.items())
    database.run(f"PRAGMA application_id = {APPLICATION_ID}")
    database.run(f"PRAGMA user_version = {SCHEMA}")


def key_print(secret: bytes) -> str:
    """What the ledger may know of the secret for keyed hashes: enough to notice that it was exchanged."""
    return hashlib.sha256(b"allegro-privacy key print" + secret).hexdigest()


def open_database(path: Path, read_only: bool = False) -> Database:
    """Open an existing database; DatabaseError when it is missing, not ours, damaged or newer than the program."""
    if not path.is_file():
        raise failures.not_ours(path, "is a directory") if path.is_dir() else failures.missing(path)
    if not read_only and not os.access(path, os.W_OK):
        raise failures.read_only(path)
    with translated(path):
        connection = _connect(path, read_only)
    database = Database(connection, path, read_only)
    try:
        _recognise(database)
    except BaseException:
        database.close()
        raise
    return database


def _connect(path: Path, read_only: bool) -> Any:
    place = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    # isolation_level None: we say BEGIN IMMEDIATE ourselves, the module's own transactions are deferred.
    connection = engine.connect(place, uri=True, isolation_level=None, timeout=BUSY_SECONDS, cached_statements=256)
    try:
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _recognise(database: Database) -> None:
    path = database.path
    application, version = database.value("PRAGMA application_id"), database.value("PRAGMA user_version")
    if application != APPLICATION_ID:
        raise failures.not_ours(path, "is another program's database" if application or version else "is no table")
    if version > SCHEMA:
        raise failures.newer(path, version, SCHEMA)
    if version < SCHEMA:
        _migrate(database, version)
    facts: dict[str, str] = dict(database.rows("SELECT key, value FROM meta WHERE key IN ('secret', 'dictionary')"))
    try:
        secret, dictionary = bytes.fromhex(facts["secret"]), facts["dictionary"].encode()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise failures.damaged(path, "Its key for keyed hashes is missing or broken.") from error
    database.secret, database.dictionary = secret, dictionary


def _migrate(database: Database, version: int) -> None:
    """Bring an older database up to date, all steps in one transaction."""
    if database.read_only:
        raise failures.older(database.path, version, SCHEMA)
    with writing(database):
        # Another process may have done it while we waited for the lock.
        for step in range(database.value("PRAGMA user_version"), SCHEMA):
            for statement in MIGRATIONS[step]:
                database.run(statement)
        database.run(f"PRAGMA user_version = {SCHEMA}")


@contextmanager
def writing(database: Database, dry_run: bool = False) -> Iterator[None]:
    """One immediate transaction: committed at the end, rolled back on an error or for a dry run.

    BusyError when another process holds the database for longer than BUSY_SECONDS."""
    if database.read_only:
        raise failures.read_only(database.path)
    if dry_run:
        # Pages that do not fit the cache would be written to the -wal file, where even a rollback leaves them.
        database.run("PRAGMA cache_spill = OFF")
    database.run("BEGIN IMMEDIATE")
    database.dry = dry_run
    # The note is a courtesy to those who wait; a run must not fail for it.
    with suppress(OSError):
        _note_writer(database.path)
    try:
        yield
        database.run("ROLLBACK" if dry_run else "COMMIT")
    except BaseException:
        _roll_back(database)
        raise
    finally:
        database.dry = False
        if dry_run:
            database.run("PRAGMA cache_spill = ON")


@contextmanager
def snapshot(database: Database) -> Iterator[None]:
    """One state of the database for several questions, whatever others write meanwhile."""
    database.run("BEGIN")
    try:
        yield
    finally:
        _roll_back(database)


def _note_writer(path: Path) -> None:
    note = failures.writer_note(path)
    try:
        os.utime(note, follow_symlinks=False)
    except FileNotFoundError:
        os.close(os.open(note, os.O_CREAT | os.O_WRONLY | _NO_LINK, 0o600))


def _roll_back(database: Database) -> None:
    # A full disk or an I/O error may have rolled back by itself; a second ROLLBACK would hide the first error.
    if database.in_transaction:
        with suppress(DatabaseError):
            database.run("ROLLBACK")


def quick_check(database: Database) -> list[str]:
    """What SQLite's own quick check says about the file; [] when it is sound."""
    try:
        said = [str(row[0]) for row in database.rows("PRAGMA quick_check(20)")]
    except DatabaseError as error:
        return [f"{error.what} {error.why}".strip()]
    return [] if said == ["ok"] else said


def sqlite_version() -> tuple[str, bool]:
    """The version of the SQLite in use, and whether it has the WAL-reset bug (before 3.51.3)."""
    return engine.sqlite_version, tuple(map(int, engine.sqlite_version.split("."))) < WAL_RESET_FIXED
