"""When requests came, week by week, and whether each was done by its clock's dates."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.facts import Facts, Figure, RequestFact, Row


class Kept(StrEnum):
    """How a request stands against its clock. The safe date is the strictest reading, the last date the law's."""

    SAFE = "by the safe date"
    LAST = "by the last date"
    LATE = "late"
    WAITS = "waits"
    OVERDUE = "waits, late"


def requests_per_week_by_kind(facts: Facts) -> Figure:
    """What was asked in each week; weeks begin on Monday, and one without requests has no row."""
    rows = _weekly(facts, lambda request: request.about)
    return Figure("requests-per-week-by-kind", "Requests per week, by kind", "requests", rows)


def requests_per_week_by_via(facts: Facts) -> Figure:
    """How people sent their requests in each week."""
    rows = _weekly(facts, lambda request: request.via)
    return Figure("requests-per-week-by-via", "Requests per week, by way in", "requests", rows)


def against_the_clock(facts: Facts) -> Figure:
    """How many requests were done in time; what has no clock, or was refused, is not among them."""
    counts: dict[str, Counter[Kept]] = defaultdict(Counter)
    for request in facts.requests:
        if request.due and (request.effective or request.waits):
            counts[request.about][_kept(facts, request, request.due)] += 1
    rows = tuple(Row(f"{about}: {kept}", counts[about][kept]) for about in sorted(counts) for kept in Kept)
    return Figure("against-the-clock", "Time to effect, against the clocks", "requests", rows)


def _kept(facts: Facts, request: RequestFact, due: Due) -> Kept:
    if request.effective is None:
        # The last moment of the period may be yet to come.
        today = facts.day(facts.now or facts.end - timedelta(microseconds=1))
        return Kept.OVERDUE if today > due.last else Kept.WAITS
    done = facts.day(request.effective)
    if done > due.last:
        return Kept.LATE
    return Kept.LAST if done > due.safe else Kept.SAFE


def _weekly(facts: Facts, series: Callable[[RequestFact], str]) -> tuple[Row, ...]:
    weeks = ((series(request), _monday(facts.day(request.received))) for request in facts.requests)
    counts = Counter(weeks)
    return tuple(Row(f"{name} {monday.isoformat()}", counts[name, monday]) for name, monday in sorted(counts))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
