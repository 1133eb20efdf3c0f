"""The facts of a period about lists that left, mailings planned, and lists that were checked after they were sent."""

from datetime import date

from allegro_privacy.core.drops import SLACK
from allegro_privacy.core.facts import DropFact, LeakFact
from allegro_privacy.core.person import Channel
from allegro_privacy.store.database import Database

_ACKNOWLEDGED = (
    "SELECT max(export) FROM acknowledgements JOIN exports AS known ON known.event = export "
    "WHERE known.recipient = exports.recipient AND known.channel = exports.channel AND acknowledgements.at < ?1"
)


def behind(database: Database, end: str) -> tuple[tuple[str, str, int], ...]:
    """For each recipient and channel, how many lists were not acknowledged at a moment."""
    rows = database.rows(
        f"SELECT recipient, channel, count(*) FROM exports WHERE at < ?1 AND event > coalesce(({_ACKNOWLEDGED}), 0) "  # noqa: S608
        "GROUP BY recipient, channel",
        (end,),
    )
    return tuple((recipient, channel, int(count)) for recipient, channel, count in rows)


def planned(database: Database, end: str) -> tuple[DropFact, ...]:
    """The mailings that stood in the calendar at a moment, with their days as they are known now."""
    rows = database.rows(
        "SELECT recipient, channel, in_home_until FROM drops JOIN ledger AS plan ON plan.number = event "
        "LEFT JOIN ledger AS cancel ON cancel.number = cancelled "
        "WHERE plan.at < ?1 AND (cancel.at IS NULL OR cancel.at >= ?1) ORDER BY event",
        (end,),
    )
    return tuple(
        DropFact(recipient, channel, date.fromisoformat(until) + SLACK[Channel(channel)])
        for recipient, channel, until in rows
    )


def leaked(database: Database, period: tuple[str, str]) -> tuple[LeakFact, ...]:
    """Who was mailed after they had asked, each mailing once however many lists show it."""
    rows = database.rows(
        "SELECT channel, sent, max(within) FROM leaks JOIN ledger ON number = leaks.event "
        "JOIN suppressions ON suppressions.event = suppression WHERE at >= ? AND at < ? "
        "GROUP BY suppression, sent ORDER BY sent, suppression",
        period,
    )
    return tuple(LeakFact(channel, date.fromisoformat(sent), bool(within)) for channel, sent, within in rows)
