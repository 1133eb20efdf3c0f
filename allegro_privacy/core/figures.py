"""The facts of a period → numbers. One function per figure; terminal, JSON, CSV and HTML all show the same rows.

A new figure is one function, here or in the file of its subject (figures_cases, figures_checks, figures_clocks,
figures_lists: what mail houses got, acknowledged, will mail and leaked), and its place in FIGURES. What it counts is a
fact (core/facts.py), read in store/period.py. A dimension of two parts ends in the one that is a day or one of a closed
set: "email 2026-11-08", "deletion: denied".
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.facts import ONE_DAY, Facts, Figure, RequestFact, Row, most_first
from allegro_privacy.core.facts import CaseFact as CaseFact
from allegro_privacy.core.facts import MessageFact as MessageFact
from allegro_privacy.core.figures_cases import (
    cases_by_outcome,
    denials_by_reason,
    mean_days_to_answer,
    median_days_to_answer,
    open_cases_by_state,
    rights_by_via,
    rights_requests,
)
from allegro_privacy.core.figures_checks import decisions_checked, error_rate
from allegro_privacy.core.figures_clocks import against_the_clock, requests_per_week_by_kind, requests_per_week_by_via
from allegro_privacy.core.figures_lists import (
    acknowledgements_behind,
    drops_ahead,
    exports_per_recipient,
    leaks_found,
)
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.postal_quality import Quality

ONE_WEEK = timedelta(days=7)
AGE_BANDS = ((1, "under 1 day"), (2, "1 day"), (5, "2 to 4 days"), (10, "5 to 9 days"), (30, "10 to 29 days"))
OLDEST_BAND = "30 days and more"


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
            "start": utc_text(self.start),
            "end": utc_text(self.end),
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
    """What was asked; one message may ask several things."""
    counts = Counter(request.about for request in facts.requests)
    return Figure("received-by-kind", "Requests received, by kind", "requests", most_first(counts))


def received_by_via(facts: Facts) -> Figure:
    """How people reached us."""
    counts = Counter(message.via for message in facts.messages)
    return Figure("received-by-via", "Messages received, by way in", "messages", most_first(counts))


def received_by_language(facts: Facts) -> Figure:
    """In which language they wrote."""
    counts = Counter(message.language or "unknown" for message in facts.messages)
    return Figure("received-by-language", "Messages received, by language", "messages", most_first(counts))


def received_by_decision(facts: Facts) -> Figure:
    """What the program did by itself: accept, ask or ignore. Unreadable messages are among those it asks about."""
    counts = Counter(message.verdict.value for message in facts.messages)
    return Figure("received-by-decision", "Messages received, by decision", "messages", most_first(counts))


def requests_by_outcome(facts: Facts) -> Figure:
    """How each request ended, and how often it took a person."""
    counts = Counter(_outcome(request) for request in facts.requests)
    return Figure("requests-by-outcome", "Requests, by outcome", "requests", most_first(counts))


def median_time_to_effect(facts: Facts) -> Figure:
    """How long the middle request took, in hours; half were quicker."""
    return _timed("median-time-to-effect", "Median time to effect", facts, median)


def longest_time_to_effect(facts: Facts) -> Figure:
    """How long the slowest request took, in hours."""
    return _timed("longest-time-to-effect", "Longest time to effect", facts, max)


def not_yet_in_effect(facts: Facts) -> Figure:
    """What still waits: left out of the two times above, which would look too good without this row."""
    counts = Counter(request.about for request in facts.requests if request.waits)
    return Figure("not-yet-in-effect", "Not yet in effect", "requests", most_first(counts))


def open_reviews_by_age(facts: Facts) -> Figure:
    """How long people have waited for the answers that staff still owe, counted from receipt to the period's end
    (or to now, when it is not over)."""
    counts = Counter(_band(facts.until - received) for received, _ in facts.open_reviews)
    bands = (*(name for _, name in AGE_BANDS), OLDEST_BAND)
    rows = tuple(Row(band, counts[band]) for band in bands)
    return Figure("open-reviews-by-age", "Open reviews, by age", "reviews", rows)


def list_size(facts: Facts) -> Figure:
    """The length of each channel's list at the end of each week (Sunday) and of the period."""
    days = _weekly(facts.start, min(facts.end, facts.until + ONE_DAY))
    rows = tuple(
        Row(f"{channel} {day.isoformat()}", _size_on(changes, day))
        for channel, changes in _sizes_by_channel(facts).items()
        for day in days
    )
    return Figure("list-size", "List size over time", "suppressions", rows)


def postal_addresses_by_quality(facts: Facts) -> Figure:
    """How well the postal addresses can be matched (core/postal_quality.py): complete and usable ones are on the list,
    incomplete ones wait in review."""
    counts = dict(facts.addresses)
    rows = tuple(Row(quality.value, counts.get(quality.value, 0)) for quality in Quality)
    title = "Postal addresses on the list at the end (incomplete: waiting in review)"
    return Figure("postal-addresses-by-quality", title, "addresses", rows)


FIGURES: tuple[Callable[[Facts], Figure], ...] = (
    received_by_kind,
    received_by_via,
    received_by_language,
    received_by_decision,
    requests_by_outcome,
    requests_per_week_by_kind,
    requests_per_week_by_via,
    against_the_clock,
    median_time_to_effect,
    longest_time_to_effect,
    not_yet_in_effect,
    open_reviews_by_age,
    list_size,
    postal_addresses_by_quality,
    open_cases_by_state,
    cases_by_outcome,
    rights_requests,
    median_days_to_answer,
    mean_days_to_answer,
    rights_by_via,
    denials_by_reason,
    decisions_checked,
    error_rate,
    exports_per_recipient,
    acknowledgements_behind,
    drops_ahead,
    leaks_found,
)


def figures(facts: Facts) -> Figures:
    """Every figure of the period, in the order in which a report shows them."""
    return Figures(facts.start, facts.end, tuple(figure(facts) for figure in FIGURES))


def _outcome(request: RequestFact) -> str:
    match request.verdict, request.answer:
        case Verdict.ASK, None:
            return "waits for staff"
        case Verdict.ASK, Verdict.ACCEPT:
            return "accepted by staff"
        case Verdict.ASK, _:
            return "declined by staff"
        case Verdict.ACCEPT, _:
            return "accepted at once"
    return "ignored"


def _timed(name: str, title: str, facts: Facts, measure: Callable[[list[float]], float]) -> Figure:
    hours: dict[str, list[float]] = defaultdict(list)
    for request in facts.requests:
        if request.effective:
            # A computer's clock that was set back must not make a request take effect before it came.
            waited = max(request.effective - request.received, timedelta())
            hours[request.about].append(waited / timedelta(hours=1))
    rows = tuple(Row(about, round(measure(times), 1)) for about, times in sorted(hours.items()))
    return Figure(name, title, "hours", rows)


def _band(age: timedelta) -> str:
    return next((name for days, name in AGE_BANDS if age < days * ONE_DAY), OLDEST_BAND)


def _sizes_by_channel(facts: Facts) -> dict[str, list[tuple[date, int]]]:
    changes: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for day, channel, size in sorted(facts.size, key=lambda row: (row[1], row[0])):
        changes[channel].append((day, size))
    return changes


def _weekly(start: datetime, end: datetime) -> list[date]:
    first = start.astimezone(UTC).date()
    # A day of the shop ends some hours into the next UTC day, which is not a day of the period.
    last = max(first, (end.astimezone(UTC) - ONE_DAY).date())
    sunday = first + timedelta(days=6 - first.weekday())
    days = []
    while sunday < last:
        days.append(sunday)
        sunday += ONE_WEEK
    return [*days, last]


def _size_on(changes: list[tuple[date, int]], day: date) -> int:
    """The size at the end of `day`: what the last change up to then left, 0 before the first."""
    before = bisect_right(changes, day, key=lambda change: change[0])
    return changes[before - 1][1] if before else 0
