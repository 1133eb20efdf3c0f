"""The figures about rights requests, as a business must publish them once a year (11 CCR 7102)."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from statistics import fmean, median

from allegro_privacy.core.cases import State
from allegro_privacy.core.facts import ONE_DAY, Facts, Figure, Row, most_first


def open_cases_by_state(facts: Facts) -> Figure:
    """The rights requests that were open when the period ended, whenever they came."""
    counts = Counter(f"{case.kind} {case.state}" for case in facts.cases if case.closed is None)
    return Figure("open-cases-by-state", "Privacy requests open at the end, by state", "cases", most_first(counts))


def cases_by_outcome(facts: Facts) -> Figure:
    """What became of the rights requests of the period: received, complied with in whole or in part, denied, withdrawn
    (11 CCR 7102(a)(1))."""
    received = [case for case in facts.cases if case.received >= facts.start]
    counts = Counter(f"{case.kind} received" for case in received)
    counts.update(f"{case.kind} {case.state}" for case in received if case.closed is not None)
    return Figure("cases-by-outcome", "Privacy requests of the period, by outcome", "cases", most_first(counts))


def median_days_to_answer(facts: Facts) -> Figure:
    """How long the middle rights request of the period waited for its answer, in days (11 CCR 7102(a)(1))."""
    return _days_to_answer("median-days-to-answer", "Median days to answer a privacy request", facts, median)


def mean_days_to_answer(facts: Facts) -> Figure:
    """How long rights requests of the period waited on average, in days."""
    return _days_to_answer("mean-days-to-answer", "Mean days to answer a privacy request", facts, fmean)


def _days_to_answer(name: str, title: str, facts: Facts, measure: Callable[[list[float]], float]) -> Figure:
    days: dict[str, list[float]] = defaultdict(list)
    for case in facts.cases:
        # Who took it back was owed no answer.
        if case.received >= facts.start and case.closed is not None and case.state != State.REVOKED:
            days[case.kind].append(max(case.closed - case.received, timedelta()) / ONE_DAY)
    rows = tuple(Row(kind, round(measure(waits), 1)) for kind, waits in sorted(days.items()))
    return Figure(name, title, "days", rows)
