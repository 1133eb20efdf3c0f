"""The figures about rights requests, as a business must keep (11 CCR 7101) and publish (11 CCR 7102) them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from statistics import fmean, median

from allegro_privacy.core.cases import State
from allegro_privacy.core.facts import ONE_DAY, CaseFact, Facts, Figure, Row, most_first

# The rights that 11 CCR 7102(a)(1) names and this shop has; each is shown also when nobody used it.
NAMED_RIGHTS = ("deletion", "correction", "access", "do-not-share")
# A question about privacy exercises no right.
NO_RIGHT = frozenset({"question"})


def open_cases_by_state(facts: Facts) -> Figure:
    """The rights requests that were open when the period ended, whenever they came."""
    counts = Counter(f"{case.kind} {case.state}" for case in facts.cases if case.closed is None)
    return Figure("open-cases-by-state", "Privacy requests open at the end, by state", "cases", most_first(counts))


def cases_by_outcome(facts: Facts) -> Figure:
    """What became of the rights requests that came in the period, as it stood at its end."""
    received = list(_received(facts))
    counts = Counter(f"{case.kind} received" for case in received)
    counts.update(f"{case.kind} {case.state}" for case in received if case.closed is not None)
    return Figure("cases-by-outcome", "Privacy requests of the period, by outcome", "cases", most_first(counts))


def rights_requests(facts: Facts) -> Figure:
    """How many were received, complied with in whole or in part, and denied in the period (11 CCR 7102(a)(1)).

    An answer counts when it was given, so the numbers balance: open at the beginning + received = complied with in
    whole or in part + denied + withdrawn + open at the end."""
    cases = [case for case in facts.cases if case.kind not in NO_RIGHT]
    kinds = (*NAMED_RIGHTS, *sorted({case.kind for case in cases} - set(NAMED_RIGHTS)))
    rows = [
        Row(f"{kind}: {what}", count)
        for kind in kinds
        for what, count in _metrics(facts, [case for case in cases if case.kind == kind])
    ]
    title = "Privacy requests received and answered (11 CCR 7102)"
    return Figure("rights-requests", title, "requests", tuple(rows))


def median_days_to_answer(facts: Facts) -> Figure:
    """How long the middle one of the requests answered in the period had waited, in days (11 CCR 7102(a)(1))."""
    return _days_to_answer("median-days-to-answer", "Median days to answer a privacy request", facts, median)


def mean_days_to_answer(facts: Facts) -> Figure:
    """How long the requests answered in the period had waited on average, in days (11 CCR 7102(a)(1))."""
    return _days_to_answer("mean-days-to-answer", "Mean days to answer a privacy request", facts, fmean)


def rights_by_via(facts: Facts) -> Figure:
    """In which manner the rights requests of the period were made (11 CCR 7101(b))."""
    counts = Counter(f"{case.kind}: {case.via}" for case in _received(facts) if case.kind not in NO_RIGHT)
    return Figure("rights-by-via", "Privacy requests received, by way in", "requests", most_first(counts))


def denials_by_reason(facts: Facts) -> Figure:
    """Why requests were denied in the period (11 CCR 7101(b): the basis for the denial)."""
    denied = (case for case in _answered(facts) if case.state == State.DENIED)
    counts = Counter(f"{case.kind}: {case.reason or 'no reason kept'}" for case in denied)
    return Figure("denials-by-reason", "Privacy requests denied, by reason", "requests", most_first(counts))


def _metrics(facts: Facts, cases: list[CaseFact]) -> Iterator[tuple[str, int]]:
    ended = Counter(case.state for case in _answered(facts, cases))
    yield "open at the beginning", sum(case.received < facts.start for case in cases)
    yield "received", sum(case.received >= facts.start for case in cases)
    yield "complied with in whole", ended[State.FULFILLED]
    yield "complied with in part", ended[State.PARTLY]
    yield "complied with in whole or in part", ended[State.FULFILLED] + ended[State.PARTLY]
    yield "denied", ended[State.DENIED]
    yield "withdrawn", ended[State.REVOKED]
    yield "open at the end", sum(case.closed is None for case in cases)


def _received(facts: Facts) -> Iterator[CaseFact]:
    return (case for case in facts.cases if case.received >= facts.start)


def _answered(facts: Facts, cases: Iterable[CaseFact] | None = None) -> Iterator[CaseFact]:
    given = facts.cases if cases is None else cases
    return (case for case in given if case.closed is not None and case.closed >= facts.start)


def _days_to_answer(name: str, title: str, facts: Facts, measure: Callable[[list[float]], float]) -> Figure:
    days: dict[str, list[float]] = defaultdict(list)
    for case in _answered(facts):
        # Who took it back was owed no answer.
        if case.closed is not None and case.state != State.REVOKED:
            days[case.kind].append(max(case.closed - case.received, timedelta()) / ONE_DAY)
    rows = tuple(Row(kind, round(measure(waits), 1)) for kind, waits in sorted(days.items()))
    return Figure(name, title, "days", rows)
