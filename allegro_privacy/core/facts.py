"""What happened in a period, without the people, and the tables of numbers that are made of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allegro_privacy.core.deadlines import Due, received_on
from allegro_privacy.core.decision import Verdict

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RequestFact:
    """One request without the person. `effective` is when it took effect (a rights request: when its case was closed),
    or None; `answer` what staff decided when it was asked about; `extended` whether its case may take longer; `due` by
    when it had to be done, None where no clock runs."""

    kind: str
    channel: str
    level: str
    via: str
    language: str
    verdict: Verdict
    answer: Verdict | None
    received: datetime
    decided: datetime
    effective: datetime | None
    extended: bool = False
    due: Due | None = None

    @property
    def about(self) -> str:
        """Its kind and channel, as figures name it."""
        return f"{self.kind}/{self.channel}" if self.channel else self.kind

    @property
    def waits(self) -> bool:
        """Is it still to be done?"""
        refused = self.verdict is Verdict.IGNORE or self.answer is Verdict.IGNORE
        return self.effective is None and not refused


@dataclass(frozen=True, slots=True)
class MessageFact:
    """One message without the person."""

    via: str
    nature: str
    language: str
    verdict: Verdict
    received: datetime
    decided: datetime


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One rights request without the person, as it stood at the period's end. `closed` is None while it is open;
    `reason` says why it was denied."""

    kind: str
    state: str
    received: datetime
    closed: datetime | None
    via: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExportFact:
    """One list that left."""

    recipient: str
    channel: str
    at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class DropFact:
    """One mailing that was planned before the period's end and not cancelled by then. over: the last day on which it
    may arrive."""

    recipient: str
    channel: str
    over: date


@dataclass(frozen=True, slots=True)
class LeakFact:
    """Somebody was mailed after they had asked, as a list showed that was checked in the period. in_time: a clock that
    had not ended, or a planned mailing, excuses it."""

    channel: str
    sent: date
    in_time: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in a period (by the time of receipt; start included, end excluded) and how long the lists were.

    size: (UTC day, channel, active suppressions at the end of that day) for each day on which a list changed, the
    first row of a channel being its size when the period began.  open_reviews: (received, opened) of those still open.
    duplicates, copies: sightings of messages that were recorded before.  addresses: (quality, how many) of postal
    addresses when the period ended: of those on the list, and the incomplete ones that waited in review.  cases: the
    rights requests received before the period's end: those of the period, and those that were still open when it began.
    checks: of the program's own decisions that a person checked in the period: (verdict, by whom, was it wrong).
    exports: the lists that left in the period.  behind: (recipient, channel, lists not acknowledged) at its end.
    drops, leaks: the mailings planned by then, and who was mailed after they had asked, as lists checked in it showed.
    zone: of the shop, for its days and weeks.  now: when this was read."""

    start: datetime
    end: datetime
    messages: tuple[MessageFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()
    size: tuple[tuple[date, str, int], ...] = ()
    open_reviews: tuple[tuple[datetime, datetime], ...] = ()
    duplicates: int = 0
    copies: int = 0
    addresses: tuple[tuple[str, int], ...] = ()
    cases: tuple[CaseFact, ...] = ()
    checks: tuple[tuple[Verdict, str, bool], ...] = ()
    exports: tuple[ExportFact, ...] = ()
    behind: tuple[tuple[str, str, int], ...] = ()
    drops: tuple[DropFact, ...] = ()
    leaks: tuple[LeakFact, ...] = ()
    zone: str = "UTC"
    now: datetime | None = None

    @property
    def until(self) -> datetime:
        """The end of what is known of the period: a year that is not over yet has no future."""
        return self.end if self.now is None else min(self.end, self.now)

    def day(self, moment: datetime) -> date:
        """The day at the shop."""
        return received_on(moment, self.zone)


@dataclass(frozen=True, slots=True)
class Row:
    """One number and what it is about."""

    dimension: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One table of a report: its stable name, its title for people, what its values count, its rows in order."""

    name: str
    title: str
    unit: str
    rows: tuple[Row, ...]


def most_first(counts: Counter[str]) -> tuple[Row, ...]:
    """The most frequent at the top."""
    return tuple(Row(name, count) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
