"""Mailing lists that were scrubbed: which file by which hash, and whose rows were taken out of it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.core.person import Channel
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.plain import moment
from allegro_privacy.store.rows_scrubs import Scrub, ScrubHit

COLUMNS = (
    "event, at, actor, name, file, sha256, kept_file, kept_sha256, channels, rows, kept, dropped, looked, held, as_of, "
    "head, day, flagged, override, reason"
)


def record_scrub(
    database: Database, content: Mapping[str, Any], hits: Iterable[tuple[int, int, int]], actor: str, now: datetime
) -> int:
    """A list was scrubbed. content: what the table `scrubs` says of it.  hits: (suppression, rows dropped, rows to look
    at). Nobody is named: suppressions by their numbers."""
    return append(database, "scrubbed", "L#", {**content, "hits": sorted(hits)}, actor, now)


def scrubs_that_hit(database: Database, suppressions: Iterable[int], until: str) -> tuple[ScrubHit, ...]:
    """The scrubs that took out rows of any of these suppressions, oldest first, with how many."""
    sql = (
        f"SELECT {COLUMNS}, suppression, scrub_hits.dropped, scrub_hits.looked "  # noqa: S608 a constant
        "FROM (SELECT event AS scrub, suppression, dropped, looked FROM scrub_hits "
        "WHERE suppression IN (SELECT value FROM json_each(?))) AS scrub_hits JOIN scrubs ON event = scrub "
        "WHERE at <= ? ORDER BY event, suppression"
    )
    columns = COLUMNS.replace("dropped", "scrubs.dropped").replace("looked", "scrubs.looked")
    rows = database.rows(sql.replace(COLUMNS, columns, 1), (json.dumps(sorted(suppressions)), until))
    return tuple(ScrubHit(_scrub(row[:-3]), f"S{row[-3]}", row[-2], row[-1]) for row in rows)


def left(database: Database) -> list[tuple[str, str]]:
    """Every scrub that left: what its hidden files shared, and the SHA-256 of the kept file."""
    return [(row[0], row[1]) for row in database.rows("SELECT token, kept_sha256 FROM scrubs")]


def kept_files(database: Database) -> list[tuple[str, datetime]]:
    """The kept or flagged file of each scrub, oldest first, and when it left."""
    return [(row[0], moment(row[1])) for row in database.rows("SELECT kept_file, at FROM scrubs ORDER BY event")]


def recorded_scrub(database: Database, kept_file: str, kept_sha256: str) -> Scrub | None:
    """The scrub that left this kept file, else one with these bytes."""
    sql = (
        f"SELECT {COLUMNS} FROM scrubs WHERE kept_file = ? OR kept_sha256 = ? "  # noqa: S608 a constant
        "ORDER BY kept_file = ? DESC, event DESC LIMIT 1"
    )
    row = database.row(sql, (kept_file, kept_sha256, kept_file))
    return None if row is None else _scrub(row)


def came_since(database: Database, head: int, channels: Iterable[Channel]) -> int:
    """How many suppressions of these channels came after an event, and stand."""
    sql = (
        "SELECT count(*) FROM suppressions WHERE lifted IS NULL AND event > ? "
        "AND channel IN (SELECT value FROM json_each(?))"
    )
    return int(database.value(sql, (head, json.dumps([channel.value for channel in channels]))))


def since(database: Database, suppression: int) -> datetime:
    """Since when a suppression stands."""
    return moment(str(database.value("SELECT since FROM suppressions WHERE event = ?", (suppression,))))


def _scrub(row: Row) -> Scrub:
    event, at, actor, name, file, sha256, kept_file, kept_sha256, channels, *numbers, override, reason = row
    rows, kept, dropped, looked, held, as_of, head, day, flagged = numbers
    return Scrub(
        f"L{event}", event, moment(at), actor, name, file, sha256, kept_file, kept_sha256,
        tuple(Channel(one) for one in channels.split()), rows, kept, dropped, looked, held, as_of, head, day,
        bool(flagged), override, reason,
    )  # fmt: skip
