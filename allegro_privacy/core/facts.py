"""What happened in a period, without the people, and the tables of numbers that are made of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allegro_privacy.core.decision import Verdict

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RequestFact:
    """One request without the person. `effective` is when it took effect (a rights request: when its case was closed),
    or None; `answer` what staff decided when it was asked about."""

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
    """One rights request without the person, as it stood at the period's end. `closed` is None while it is open."""

    kind: str
    state: str
    received: datetime
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in a period (by the time of receipt; start included, end excluded) and how long the lists were.

    size: (UTC day, channel, active suppressions at the end of that day) for each day on which a list changed, the
    first row of a channel being its size when the period began.  open_reviews: (received, opened) of those still open.
    duplicates, copies: sightings of messages that were recorded before.  addresses: (quality, how many) of postal
    addresses when the period ended: of those on the list, and the incomplete ones that waited in review.  cases: the
    rights requests received before the period's end: those of the period, and those that were still open then.
    checks: of the program's own decisions that a person checked in the period: (verdict, by whom, was it wrong)."""

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
