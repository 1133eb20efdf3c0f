"""The calendar of planned mailings."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.drops import Drop
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.exports import exports
from allegro_privacy.store.plain import plain
from allegro_privacy.store.rows import Export, Suppression
from allegro_privacy.store.tables import DROPS
from allegro_privacy.store.timeline import suppressions_among

_COLUMNS = ", ".join(DROPS.columns)
_DAYS = ("file_cut", "in_home", "in_home_until")
_PLANNED = ("name", "channel", "recipient", *_DAYS, "export")


def plan_drop(database: Database, drop: Drop, actor: str, now: datetime) -> Receipt:
    """A mailing is planned; its number is given here."""
    number = append(database, "drop-planned", "D#", _content(drop), actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"D{number} planned")])


def change_drop(database: Database, drop: Drop, actor: str, now: datetime) -> Receipt:
    """Its days, its recipient, its list or its name are others than before."""
    content = {**_content(drop), "drop": drop.event}
    number = append(database, "drop-changed", drop.id, content, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"{drop.id} changed")])


def cancel_drop(database: Database, drop: Drop, note: str, actor: str, now: datetime) -> Receipt:
    """It will not be mailed."""
    number = append(database, "drop-cancelled", drop.id, {"drop": drop.event, "note": note}, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"{drop.id} cancelled")])


def _content(drop: Drop) -> Mapping[str, Any]:
    given = {each.name: getattr(drop, each.name) for each in fields(drop) if each.name in _PLANNED}
    return {name: value.isoformat() if name in _DAYS else plain(value) for name, value in given.items()}


def drops(database: Database, zone: str) -> tuple[Drop, ...]:
    """The whole calendar, cancelled mailings included, by the day of the cut; with what the list of each held."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM drops ORDER BY file_cut, event")  # noqa: S608 a constant
    left = exports(database) if rows else ()
    return tuple(_drop(row, left, zone) for row in rows)


def drop(database: Database, drop_id: str, zone: str) -> Drop:
    """One planned mailing by its number; UsageError when there is none."""
    digits = drop_id.strip().upper().removeprefix("D")
    found = [each for each in drops(database, zone) if digits.isdigit() and each.event == int(digits)]
    if not found:
        raise UsageError(f"There is no planned mailing {drop_id}.", "", "allegro-privacy drops --all")
    return found[0]


def lacking(database: Database, channel: Channel, as_of: int) -> int:
    """How many active suppressions of a channel a list that ends with that event does not hold."""
    sql = "SELECT count(*) FROM suppressions WHERE channel = ? AND lifted IS NULL AND event > ?"
    return int(database.value(sql, (channel.value, as_of)))


def acted_on(database: Database, events: Iterable[int]) -> tuple[Suppression, ...]:
    """The suppressions that these events made, or found standing already."""
    sql = (
        "SELECT CAST(substr(subject, 2) AS INTEGER) FROM ledger WHERE kind IN ('suppressed', 'already-suppressed') "
        "AND number IN (SELECT value FROM json_each(?))"
    )
    return suppressions_among(database, [row[0] for row in database.rows(sql, (json.dumps(list(events)),))])


def _drop(row: Row, left: Sequence[Export], zone: str) -> Drop:
    event, name, channel, recipient, *days, export, cancelled = row
    cut, in_home, until = map(date.fromisoformat, days)
    known = [one for one in left if one.recipient == recipient and one.channel == channel]
    if export is None:
        known = [one for one in known if one.at.astimezone(ZoneInfo(zone)).date() <= cut]
    else:
        known = [one for one in known if one.event <= export]
    return Drop(
        event, name, Channel(channel), recipient, cut, in_home, until, export, cancelled is not None,
        as_of=known[-1].as_of if known else None, held=_held(known),
    )  # fmt: skip


def _held(known: Sequence[Export]) -> frozenset[int]:
    """Whom the last complete list and those after it left out: who is held in one is in none of the later."""
    full = max((place for place, one in enumerate(known) if one.change == "full"), default=0)
    return frozenset(event for one in known[full:] for event in one.held)
