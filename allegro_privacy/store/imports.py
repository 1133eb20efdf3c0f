"""What an import asks of the store, what it notes when it is done, and what it must remember of a file meanwhile."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from allegro_privacy.core.imported import Known
from allegro_privacy.core.link_scanners import Burst, Click
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import decoys_among
from allegro_privacy.store.effects import active
from allegro_privacy.store.failures import engine
from allegro_privacy.store.keys import key_hash, keyed
from allegro_privacy.store.messages import number_of
from allegro_privacy.store.plain import optional_moment
from allegro_privacy.store.reviews import content_of

CACHE_KIB = 65_536
_MET = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -16384",
    "CREATE TABLE met (hash BLOB PRIMARY KEY, bits INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE clicks (domain TEXT, at INTEGER, who BLOB, fresh INTEGER, PRIMARY KEY (domain, at, who)) "
    "WITHOUT ROWID",
    "CREATE TABLE sent (domain TEXT, sent INTEGER, who BLOB, at INTEGER, PRIMARY KEY (domain, sent, who)) "
    "WITHOUT ROWID",
    "BEGIN",
)
# As bits: how a person stands by the rows of a file that were read so far.
LISTED, COMPLAINED, SOFT, HARD = 1, 2, 4, 8


def known_row(
    database: Database, message_id: str, keys: Sequence[Key], wishes: bool, listed: Collection[Key] = ()
) -> Known:
    """What is known of a row and its people. wishes: it says that they want no more, not that mail comes back.  listed:
    keys to be taken as listed, whatever the list says."""
    if number_of(database, message_id) is not None:
        return Known(row=True)
    if keys and len(decoys_among(database, keys)) == len(set(keys)):
        return Known(decoy=True)
    hashes = [key_hash(database.secret, key) for key in keys]
    if not wishes:
        return Known(hard=_hard(database, hashes))
    stands = bool(keys) and all(key in listed or active(database, key) is not None for key in keys)
    complained = stands and any(_complained(database, one) for one in hashes)
    lifted = None if stands else max(filter(None, (_lifted(database, one) for one in hashes)), default=None)
    return Known(listed=stands, complained=complained, lifted=optional_moment(lifted))


def _hard(database: Database, hashes: Sequence[bytes]) -> bool | None:
    found = [database.value("SELECT hard FROM undeliverable WHERE key_hash = ?", (one,)) for one in hashes]
    return None if None in found or not found else all(found)


def _complained(database: Database, hashed: bytes) -> bool:
    sql = (
        "SELECT 1 FROM identifiers JOIN messages ON messages.event = identifiers.event "
        "WHERE hash = ? AND nature = 'feedback-report' LIMIT 1"
    )
    return database.row(sql, (hashed,)) is not None


def _lifted(database: Database, hashed: bytes) -> str | None:
    # By the identifiers, since those that were lifted have no index of their own.
    sql = (
        "SELECT max(lifted) FROM identifiers JOIN suppressions ON suppressions.event = identifiers.event "
        "WHERE hash = ?1 AND key_hash = ?1 AND lifted IS NOT NULL"
    )
    found = database.value(sql, (hashed,))
    return None if found is None else str(found)


def record_import(database: Database, content: Mapping[str, Any], actor: str, now: datetime) -> int:
    """An import came to its end: which file, how it was read, how many rows did what."""
    return append(database, "import-finished", "I#", content, actor, now)


def flagged_clicks(database: Database, since: datetime) -> dict[str, int]:
    """How many clicks that were imported since then look like a link scanner's, by domain, the most first."""
    found: Counter[str] = Counter()
    sql = "SELECT number FROM ledger WHERE number >= ? AND kind = 'import-finished'"
    for (number,) in database.rows(sql, (_first_since(database, utc_text(since)),)):
        found.update((content_of(database, number) or {}).get("flagged", {}))
    return dict(found.most_common())


def _first_since(database: Database, since: str) -> int:
    """The first event from that moment on. Times have no index, but they rise with the numbers."""
    first, end = 1, int(database.value("SELECT coalesce(max(number), 0) + 1 FROM ledger"))
    while first < end:
        middle = (first + end) // 2
        if str(database.value("SELECT at FROM ledger WHERE number = ?", (middle,))) < since:
            first = middle + 1
        else:
            end = middle
    return first


def widen_cache(database: Database) -> None:
    """Let a long import keep more of the indexes at hand; still a fixed amount."""
    database.run(f"PRAGMA cache_size = -{CACHE_KIB}")


class Met:
    """What was met in one file so far, by keyed hashes (of clicks also their domains), in a file without a name beside
    the database: memory stays the same however long the file is. Its tables lie in the order in which they are read."""

    def __init__(self, database: Database) -> None:
        self._secret = database.secret
        # A named file, whose name is then taken away: SQLite's own temporary files may be in memory (TEMP_STORE).
        handle, name = mkstemp(prefix=".import-", dir=database.path.parent)
        os.close(handle)
        try:
            self._database = Database(engine.connect(name, isolation_level=None), Path("(what a file holds)"))
            for statement in _MET:
                self._database.run(statement)
        finally:
            Path(name).unlink()

    def __enter__(self) -> "Met":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def row(self, message_id: str) -> bool:
        """Is this the first time that this row is met?"""
        return self._database.run("INSERT OR IGNORE INTO met VALUES (?, 0)", (bytes.fromhex(message_id),)) == 1

    def stands(self, key: Key) -> int:
        """How a person stands by the rows before."""
        return int(self._database.value("SELECT bits FROM met WHERE hash = ?", (self._hash(key),)) or 0)

    def note(self, key: Key, bits: int) -> None:
        """A person stands so from now on."""
        sql = "INSERT INTO met VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET bits = bits | ?2"
        self._database.run(sql, (self._hash(key), bits))

    def click(self, domain: str, at: int, sent: int | None, key: Key, fresh: bool) -> None:
        """Somebody of that domain clicked, at that moment (Unix seconds). fresh: that was not imported before."""
        who = keyed(self._secret, "met", key.value)[:8]
        self._database.run("INSERT OR IGNORE INTO clicks VALUES (?, ?, ?, ?)", (domain, at, who, int(fresh)))
        if sent is not None:
            self._database.run("INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?)", (domain, sent, who, at))

    def clicks(self) -> Iterator[Click]:
        """The clicks by domain and time."""
        for domain, at, who in self._database.stream("SELECT domain, at, who FROM clicks ORDER BY domain, at"):
            yield Click(domain, at, who)

    def after_sending(self, people: int, seconds: int) -> Iterable[Burst]:
        """Clicks of so many people of one domain within so many seconds of the mailing."""
        sql = (
            "SELECT domain, min(at), max(at) FROM sent WHERE at BETWEEN sent AND sent + ?1 "
            "GROUP BY domain, sent HAVING count(*) >= ?2"
        )
        return [Burst(*row) for row in self._database.rows(sql, (seconds, people))]

    def fresh_in(self, burst: Burst) -> int:
        """How many clicks of a burst were not imported before."""
        sql = "SELECT count(*) FROM clicks WHERE domain = ? AND at BETWEEN ? AND ? AND fresh"
        return int(self._database.value(sql, (burst.domain, burst.first, burst.last)))

    def _hash(self, key: Key) -> bytes:
        # A label of its own: rows and people share the table.
        return keyed(self._secret, "met-" + Channel(key.channel).value, key.value)
