"""The calendar of planned mailings and a suppression → which of them it came too late for, and when silence begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from allegro_privacy.core.person import Channel

ONE_DAY = timedelta(days=1)
SLACK = {Channel.POST: timedelta(days=7), Channel.EMAIL: ONE_DAY, Channel.PHONE: ONE_DAY}
"""How long after its last planned day a mailing may still arrive: bulk mail has no delivery date that the post keeps,
and a platform that was throttled goes on sending the next day."""


@dataclass(frozen=True, slots=True)
class Drop:
    """One mailing planned. Days are the shop's.

    in_home, in_home_until: when it is in people's mailboxes; of e-mail and calls, when they go out.  export: the list
    that is applied to it, by the event of its export; None: not said.  as_of: the last event that this list holds; when
    no list is named, the one that its recipient held at the cut.  held: suppressions that this list left out."""

    event: int
    name: str
    channel: Channel
    recipient: str
    file_cut: date
    in_home: date
    in_home_until: date
    export: int | None = None
    cancelled: bool = False
    as_of: int | None = None
    held: frozenset[int] = frozenset()

    @property
    def id(self) -> str:
        return f"D{self.event}"

    @property
    def over(self) -> date:
        """The last day on which it may still arrive."""
        return self.in_home_until + SLACK[self.channel]

    def lacks(self, event: int) -> bool:
        """Is that suppression missing from the list that is applied, as far as one is known?"""
        return self.as_of is not None and (event > self.as_of or event in self.held)


@dataclass(frozen=True, slots=True)
class Stop:
    """One suppression as the calendar sees it: its channel, its event, since which day at the shop."""

    channel: Channel
    event: int
    since: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was under way when somebody was suppressed. late: the mailings that their suppression came too late for, the
    first to arrive first.  silent_from: the first day on which none of them can arrive any more; None without any."""

    late: tuple[Drop, ...] = ()
    silent_from: date | None = None

    def ahead(self, today: date) -> tuple[Drop, ...]:
        """Those that may still arrive."""
        return tuple(each for each in self.late if each.over >= today)


def came_too_late(stop: Stop, drop: Drop, today: date) -> bool:
    """May this mailing reach somebody in spite of the suppression?

    Where a list is named it decides. Where none is, the day of the cut does: a suppression of that very day may have
    missed it, and so did one that no list told the recipient of by then. A cut that lies ahead misses nobody yet."""
    if drop.cancelled or drop.channel is not stop.channel or drop.over < stop.since:
        return False
    if drop.export is not None:
        return drop.lacks(stop.event)
    return drop.file_cut <= stop.since or (drop.file_cut < today and drop.lacks(stop.event))


def outlook(stops: Iterable[Stop], drops: Iterable[Drop], today: date) -> Outlook:
    """What may still arrive, or could have, in spite of any of these suppressions."""
    asked = tuple(stops)
    found = (drop for drop in drops if any(came_too_late(stop, drop, today) for stop in asked))
    late = tuple(sorted(found, key=lambda drop: (drop.in_home, drop.event)))
    return Outlook(late, max(drop.over for drop in late) + ONE_DAY) if late else Outlook()
