"""Lists that left, and what their recipients said of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.plain import moment, optional_moment
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Acknowledgement, Delivery, Export, Holding
from allegro_privacy.store.tables import EXPORTS, SUPPRESSIONS

EXPORT_COLUMNS = ", ".join(EXPORTS.columns)


def record_export(database: Database, content: Mapping[str, Any], actor: str, now: datetime) -> Receipt:
    """A list left: to whom, which files, how many rows, from which event up to which; with the overridden guards and
    their reason. content: the columns of `exports`, and whatever else proves it."""
    number = append(database, "exported", "E#", content, actor, now)
    words = f"E{number}: {content['rows']} rows to {content['recipient']}"
    return receipt(database, "", Verdict.ACCEPT, [(number, words)])


def acknowledge(
    database: Database,
    export_event: int,
    applied: int | None,
    rejected: Sequence[tuple[str, str]],
    note: str,
    actor: str,
    now: datetime,
) -> Receipt:
    """A recipient's receipt: how many rows they applied (None: they did not say), and the (row id, code) of those that
    they could not."""
    content = {"export": export_event, "applied": applied, "rejected": [list(each) for each in rejected], "note": note}
    number = append(database, "export-acknowledged", f"E{export_event}", content, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"E{export_event} acknowledged")])


def export(row: Row) -> Export:
    """An export from EXPORT_COLUMNS."""
    event, at, recipient, channel, *rest = row
    rest[-1] = frozenset(json.loads(rest[-1]))
    return Export(f"E{event}", event, moment(at), recipient, Channel(channel), *rest)


def exports(database: Database) -> tuple[Export, ...]:
    """Every list that left, oldest first."""
    return tuple(export(row) for row in database.rows(f"SELECT {EXPORT_COLUMNS} FROM exports ORDER BY event"))  # noqa: S608


def last_export(database: Database, recipient: str, channel: Channel, full: bool = False) -> Export | None:
    """The last list of a channel that left to a recipient; full: the last that held everybody."""
    row = database.row(
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE recipient = ? AND channel = ? "  # noqa: S608
        f"{'AND change = ' + repr('full') if full else ''} ORDER BY event DESC LIMIT 1",
        (recipient, channel.value),
    )
    return None if row is None else export(row)


def numbered_export(database: Database, recipient: str, channel: Channel, sequence: int) -> Export | None:
    """The list of that number."""
    sql = f"SELECT {EXPORT_COLUMNS} FROM exports WHERE recipient = ? AND channel = ? AND sequence = ?"  # noqa: S608
    row = database.row(sql, (recipient, channel.value, sequence))
    return None if row is None else export(row)


def recorded_export(database: Database, file: str, sha256: str) -> Export | None:
    """The list that left under this name, else the one with these bytes."""
    sql = (
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE file = ? OR sha256 = ? ORDER BY file = ? DESC, event DESC LIMIT 1"  # noqa: S608
    )
    row = database.row(sql, (file, sha256, file))
    return None if row is None else export(row)


def acknowledgements(database: Database, export_event: int) -> tuple[Acknowledgement, ...]:
    """What was said of one list, oldest first."""
    sql = "SELECT event, at, actor FROM acknowledgements WHERE export = ? ORDER BY event"
    found = []
    for event, at, actor in database.rows(sql, (export_event,)):
        content = content_of(database, event) or {}
        rejected = tuple((row, code) for row, code in content.get("rejected", ()))
        found.append(
            Acknowledgement(event, moment(at), actor, content.get("applied"), rejected, content.get("note", ""))
        )
    return tuple(found)


def last_acknowledged(database: Database, recipient: str, channel: Channel) -> Export | None:
    """The newest list that the recipient said they applied: what they certainly hold."""
    row = database.row(
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE recipient = ? AND channel = ? "  # noqa: S608
        "AND event IN (SELECT export FROM acknowledgements) ORDER BY event DESC LIMIT 1",
        (recipient, channel.value),
    )
    return None if row is None else export(row)


def holdings(database: Database) -> tuple[Holding, ...]:
    """Who holds which list: for each recipient and channel the last one, the last acknowledged, and how many came
    since."""
    last = database.rows(
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE event IN "  # noqa: S608
        "(SELECT max(event) FROM exports GROUP BY recipient, channel) ORDER BY recipient, channel"
    )
    return tuple(_holding(database, export(row)) for row in last)


def _holding(database: Database, last: Export) -> Holding:
    known = last_acknowledged(database, last.recipient, last.channel)
    since = 0 if known is None else known.event
    sql = "SELECT count(*), min(at) FROM exports WHERE recipient = ? AND channel = ? AND event > ?"
    behind, waiting = database.row(sql, (last.recipient, last.channel.value, since)) or (0, None)
    said = acknowledgements(database, known.event) if known else ()
    return Holding(
        last=last,
        known=known,
        said=said[-1] if said else None,
        behind=int(behind),
        waiting=moment(waiting) if waiting else None,
        delivery=delivery(database, last.event),
    )


def delivery(database: Database, export_event: int) -> Delivery | None:
    """How a list was to be delivered, and whether it was; None when nobody asked for that."""
    row = database.row("SELECT target, at FROM deliveries WHERE event = ?", (export_event,))
    return None if row is None else Delivery(row[0], optional_moment(row[1]))


def of_recipient(database: Database, recipient: str) -> tuple[Export, ...]:
    """The lists that left to a recipient, oldest first; UsageError when none did."""
    sql = f"SELECT {EXPORT_COLUMNS} FROM exports WHERE recipient = ? ORDER BY event"  # noqa: S608
    found = tuple(export(row) for row in database.rows(sql, (recipient,)))
    if not found:
        known = [row[0] for row in database.rows("SELECT DISTINCT recipient FROM exports ORDER BY recipient")]
        why = f"Lists left to: {', '.join(known)}." if known else "No list has left yet."
        raise UsageError(f"No list has left to {recipient}.", why, "allegro-privacy export status")
    return found


def erased_since(database: Database, channel: Channel, event: int) -> int:
    """How many suppressions of a channel are in force and were erased after an event: the lists before named them."""
    columns = list(SUPPRESSIONS.columns)
    channel_at, event_at = columns.index("channel"), columns.index("event")
    erasures = database.rows("SELECT number FROM ledger WHERE kind = 'erased' AND number > ?", (event,))
    contents = (content_of(database, row[0]) or {} for row in erasures)
    remains = (row for content in contents for row in content["remains"].get("suppressions", ()))
    erased = json.dumps(sorted({row[event_at] for row in remains if row[channel_at] == channel.value}))
    sql = "SELECT count(*) FROM suppressions WHERE lifted IS NULL AND event IN (SELECT value FROM json_each(?))"
    return int(database.value(sql, (erased,)))
