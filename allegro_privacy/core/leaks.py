"""A row of a list that was sent, and the suppression that it met → who was mailed after they asked, and was that inside
the clock."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import cache

from allegro_privacy.core.drops import Drop, Stop, came_too_late
from allegro_privacy.core.import_times import read_time
from allegro_privacy.core.person import Channel
from allegro_privacy.core.postal_tables import fold, read_table

# The house clock that e-mail and calls are held against (16 CFR 316.5 and 47 CFR 64.1200; data/clocks.toml).
CLOCK = "opt-out"
# read_time knows no order of days and months; mail houses here write the month first.
_AMERICAN = ("%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")


class Within(StrEnum):
    """What excuses a mailing to somebody who had asked; the empty word: nothing does."""

    CLOCK = "clock"
    DROP = "drop"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Leak:
    """Somebody was mailed after they asked. asked, sent: days at the shop.  last: the last day of the clock, of e-mail
    and calls only."""

    suppression: int
    asked: date
    sent: date
    within: Within
    last: date | None = None

    @property
    def days(self) -> int:
        return (self.sent - self.asked).days


@dataclass(frozen=True, slots=True)
class SentColumns:
    """Where a list says when each row was sent, and what its rows are about; None: nowhere."""

    time: int | None
    event: int | None


def sent_columns(header: Sequence[str]) -> SentColumns:
    """By the names of a header; of several times the one that is most surely that of the sending."""
    folded = [_folded(name) for name in header]
    table = _table()
    time = next((folded.index(name) for name in table["time"] if name in folded), None)
    event = next((folded.index(name) for name in table["event"] if name in folded), None)
    return SentColumns(time, event)


def is_sending(cell: str) -> bool:
    """Is a row of a log about a sending, by its word for what happened?"""
    return _folded(cell) not in _table()["no_sending"]


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in read_table("columns.toml")["sent"].items()}


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))


def sent_at(cell: str, zone: tzinfo) -> datetime | None:
    """The moment (UTC) at which a row was sent, at the earliest; None when the cell does not tell."""
    if found := read_time(cell, zone):
        return found
    for pattern in _AMERICAN:
        with suppress(ValueError):
            return datetime.strptime(cell.strip(), pattern).replace(tzinfo=zone).astimezone(UTC)
    return None


def within(stop: Stop, sent: date, last: date | None, drops: Iterable[Drop]) -> Within:
    """What excuses a mailing. last: the clock's last day, of e-mail and calls: a planned mailing is no excuse there.
    Of the post the planned mailing is all the clock there is."""
    if stop.channel is not Channel.POST:
        return Within.CLOCK if last is not None and sent <= last else Within.NOTHING
    planned = (drop for drop in drops if drop.file_cut <= sent <= drop.over)
    return Within.DROP if any(came_too_late(stop, drop, sent) for drop in planned) else Within.NOTHING


def reply_for(leak: Leak) -> str:
    """The reply that answers whoever complains of it. What was not in time is not explained away: `done` says what was
    stopped and since when, and the apology is a person's to write."""
    return "may-still-receive" if leak.within else "done"
