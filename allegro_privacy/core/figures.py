"""The facts of a period → numbers. One function per figure; terminal, JSON, CSV and HTML all show the same rows.

A new figure is one function here and its place in FIGURES.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from allegro_privacy.core.model import Channel, Verdict, Via

NO_REQUEST = "no-request"
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
AGE_BANDS = ((1, "under 1 day"), (2, "1 day"), (5, "2 to 4 days"), (10, "5 to 9 days"), (30, "10 to 29 days"))
OLDEST_BAND = "30 days and more"


@dataclass(frozen=True, slots=True)
class Fact:
    """One request as received; a message that asked nothing is one Fact with the kind `no-request`.

    verdict: how it stands now, so an answered review counts as what it was answered with.  effective: when it took
    effect (suppressed, case closed), None while it has not."""

    kind: str
    channel: Channel | None
    via: Via
    language: str
    verdict: Verdict
    received: datetime
    effective: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """One question for staff: when it was opened, and answered if it was."""

    opened: datetime
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListPoint:
    """How many people were on the list of one channel at the end of a day (UTC). Days without change may be left out."""

    day: date
    channel: Channel
    size: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report needs to know about the period from `start` up to, not including, `end`.

    requests: received in the period.  reviews: open at its end or touched in it.  sizes: from the last point before
    the period on."""

    start: datetime
    end: datetime
    requests: tuple[Fact, ...] = ()
    reviews: tuple[ReviewFact, ...] = ()
    sizes: tuple[ListPoint, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one period."""

    start: datetime
    end: datetime
    figures: tuple[Figure, ...]

    def as_rows(self) -> list[tuple[str, str, float]]:
        """(figure, dimension, value), as the CSV shows them."""
        return [(figure.name, row.dimension, row.value) for figure in self.figures for row in figure.rows]

    def as_json(self) -> dict[str, object]:
        """The same rows for `--json`; a field is only ever added."""
        return {
            "schema": 1,
            "start": _utc(self.start),
            "end": _utc(self.end),
            "figures": [
                {
                    "figure": figure.name,
                    "title": figure.title,
                    "unit": figure.unit,
                    "rows": [{"dimension": row.dimension, "value": row.value} for row in figure.rows],
                }
                for figure in self.figures
            ],
        }


def received_by_kind(facts: Facts) -> Figure:
    """What was asked."""
    return _counted("received-by-kind", "Received, by kind", facts, _about)


def received_by_via(facts: Facts) -> Figure:
    """How people reached us."""
    return _counted("received-by-via", "Received, by way in", facts, lambda fact: fact.via.value)


def received_by_language(facts: Facts) -> Figure:
    """In which language they wrote."""
    return _counted("received-by-language", "Received, by language", facts, lambda fact: fact.language or "unknown")


def received_by_decision(facts: Facts) -> Figure:
    """What was done about it."""
    return _counted("received-by-decision", "Received, by decision", facts, lambda fact: fact.verdict.value)


def median_time_to_effect(facts: Facts) -> Figure:
    """How long the middle request took, in hours; half were quicker."""
    return _timed("median-time-to-effect", "Median time to effect", facts, median)


def longest_time_to_effect(facts: Facts) -> Figure:
    """How long the slowest request took, in hours."""
    return _timed("longest-time-to-effect", "Longest time to effect", facts, max)


def not_yet_in_effect(facts: Facts) -> Figure:
    """What still waits: requests without which the two times above would look better than they are."""
    waiting = [
        fact for fact in _asked(facts) if fact.verdict is not Verdict.IGNORE and _late(fact.effective, facts.end)
    ]
    rows = _sorted_rows(Counter(_about(fact) for fact in waiting))
    return Figure("not-yet-in-effect", "Not yet in effect", "requests", rows)


def open_reviews_by_age(facts: Facts) -> Figure:
    """How long the open questions for staff have been open at the end of the period, youngest first."""
    open_ones = [review for review in facts.reviews if review.opened < facts.end and _late(review.answered, facts.end)]
    counts = Counter(_band(facts.end - review.opened) for review in open_ones)
    bands = [*(name for _, name in AGE_BANDS), OLDEST_BAND]
    return Figure(
        "open-reviews-by-age", "Open reviews, by age", "reviews", tuple(Row(band, counts[band]) for band in bands)
    )


def list_size(facts: Facts) -> Figure:
    """The length of each channel's list at the end of each week, and on the last day of the period."""
    by_channel: dict[Channel, list[ListPoint]] = defaultdict(list)
    for point in sorted(facts.sizes, key=lambda point: point.day):
        by_channel[point.channel].append(point)
    rows = tuple(
        Row(f"{channel.value} {day.isoformat()}", _size_on(by_channel[channel], day))
        for channel in Channel
        if channel in by_channel
        for day in _weekly(facts.start, facts.end)
    )
    return Figure("list-size", "List size over time", "people", rows)


FIGURES: tuple[Callable[[Facts], Figure], ...] = (
    received_by_kind,
    received_by_via,
    received_by_language,
    received_by_decision,
    median_time_to_effect,
    longest_time_to_effect,
    not_yet_in_effect,
    open_reviews_by_age,
    list_size,
)


def figures(facts: Facts) -> Figures:
    """Every figure of the period, in the order in which a report shows them."""
    return Figures(facts.start, facts.end, tuple(figure(facts) for figure in FIGURES))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _about(fact: Fact) -> str:
    return f"{fact.kind}/{fact.channel.value}" if fact.channel else fact.kind


def _asked(facts: Facts) -> list[Fact]:
    return [fact for fact in facts.requests if fact.kind != NO_REQUEST]


def _late(moment: datetime | None, end: datetime) -> bool:
    """Had it not happened yet when the period ended?"""
    return moment is None or moment >= end


def _sorted_rows(counts: Counter[str]) -> tuple[Row, ...]:
    return tuple(Row(name, count) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _counted(name: str, title: str, facts: Facts, dimension: Callable[[Fact], str]) -> Figure:
    return Figure(name, title, "received", _sorted_rows(Counter(dimension(fact) for fact in facts.requests)))


def _timed(name: str, title: str, facts: Facts, measure: Callable[[list[float]], float]) -> Figure:
    hours: dict[str, list[float]] = defaultdict(list)
    for fact in _asked(facts):
        if fact.effective and not _late(fact.effective, facts.end):
            # A clock that was set back must not make a request take effect before it came.
            hours[_about(fact)].append(max(fact.effective - fact.received, timedelta()) / timedelta(hours=1))
    rows = tuple(Row(about, round(measure(times), 1)) for about, times in sorted(hours.items()))
    return Figure(name, title, "hours", rows)


def _band(age: timedelta) -> str:
    return next((name for days, name in AGE_BANDS if age < days * ONE_DAY), OLDEST_BAND)


def _weekly(start: datetime, end: datetime) -> list[date]:
    """The Sundays of the period and its last day."""
    first = start.astimezone(UTC).date()
    last = (end.astimezone(UTC) - timedelta(microseconds=1)).date()
    sunday = first + timedelta(days=6 - first.weekday())
    days = []
    while sunday < last:
        days.append(sunday)
        sunday += ONE_WEEK
    return [*days, last]


def _size_on(points: Iterable[ListPoint], day: date) -> int:
    """The size at the end of `day`: the last known one, 0 before the first."""
    return next((point.size for point in reversed(list(points)) if point.day <= day), 0)
