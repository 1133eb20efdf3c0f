"""Sent lists that were held against the ledger, and who was mailed after they had asked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.leaks import Within
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Channel
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database
from allegro_privacy.store.plain import moment
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Suppression
from allegro_privacy.store.rows_leaks import LeakFound
from allegro_privacy.store.search import SUPPRESSION_COLUMNS, suppression


def record_check(database: Database, content: Mapping[str, Any], actor: str, now: datetime) -> Receipt:
    """A sent list was checked: which file by which hash, what came of it, and each leak as [suppression's event, day
    sent, days after the request, within]."""
    number = append(database, "sent-list-checked", "K#", content, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"K{number} checked")])


def same_check(database: Database, content: Mapping[str, Any]) -> int | None:
    """The event that found the very same in the very same file, if there is one."""
    for (event,) in database.rows("SELECT number FROM ledger WHERE kind = 'sent-list-checked' ORDER BY number"):
        if content_of(database, event) == content:
            return int(event)
    return None


def ever_suppressed(database: Database, channel: Channel, since: datetime | None) -> Iterator[Suppression]:
    """Everybody who stands on a list, or stood at a moment (None: ever), those who were taken off first."""
    sql = (
        f"SELECT {SUPPRESSION_COLUMNS} FROM suppressions WHERE channel = ? "  # noqa: S608 a constant
        "AND (lifted IS NULL OR lifted > ?) ORDER BY lifted IS NULL, event"
    )
    return map(suppression, database.stream(sql, (channel.value, utc_text(since) if since else "")))


def asked_at(database: Database, event: int) -> datetime:
    """When somebody asked: when their message reached us, which may be long before it was recorded."""
    sql = (
        "SELECT min(received, since) FROM suppressions JOIN messages ON messages.event = message "
        "WHERE suppressions.event = ?"
    )
    return moment(str(database.value(sql, (event,))))


def leaks_of(database: Database, suppressions: Iterable[int], until: str) -> tuple[LeakFound, ...]:
    """Every leak of these suppressions that a list showed up to a moment."""
    rows = database.rows(
        "SELECT leaks.event, at, suppression, sent, days, within FROM leaks JOIN ledger ON number = leaks.event "
        "WHERE suppression IN (SELECT value FROM json_each(?)) AND at <= ? ORDER BY sent, leaks.event, suppression",
        (json.dumps(sorted(suppressions)), until),
    )
    checks = {event: content_of(database, event) or {} for event in {row[0] for row in rows}}
    return tuple(
        LeakFound(
            event, moment(at), f"S{number}", date.fromisoformat(sent), days, Within(within),
            checks[event].get("recipient", ""), checks[event].get("drop"), checks[event].get("file", ""),
        )
        for event, at, number, sent, days, within in rows
    )  # fmt: skip
