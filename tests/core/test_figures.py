"""The figures of small periods, counted by hand."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core import figures as f
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.figures import Facts, MessageFact, RequestFact

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def message(via: str = "email", language: str = "en", verdict: Verdict = Verdict.ACCEPT) -> MessageFact:
    return MessageFact(via, "personal", language, verdict, MONDAY, MONDAY)


def request(
    kind: str = "opt-out",
    channel: str = "email",
    verdict: Verdict = Verdict.ACCEPT,
    answer: Verdict | None = None,
    hours: float | None = 1,
) -> RequestFact:
    effective = None if hours is None else MONDAY + timedelta(hours=hours)
    return RequestFact(kind, channel, "", "email", "en", verdict, answer, MONDAY, MONDAY, effective)


def facts(*rows: MessageFact | RequestFact) -> Facts:
    messages = tuple(row for row in rows if isinstance(row, MessageFact))
    requests = tuple(row for row in rows if isinstance(row, RequestFact))
    return Facts(START, END, messages, requests)


def reviews_of_age(*ages: timedelta) -> Facts:
    return Facts(START, END, open_reviews=tuple((END - age, END) for age in ages))


A, Q, I = Verdict.ACCEPT, Verdict.ASK, Verdict.IGNORE  # noqa: E741  one letter keeps the rows readable
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULING = [
    (
        "requests are counted by kind and channel, most first",
        f.received_by_kind,
        facts(request(), request(), request(channel="post"), request("access", "")),
        {"opt-out/email": 2, "access": 1, "opt-out/post": 1},
    ),
    (
        "messages by way in",
        f.received_by_via,
        facts(message(), message("letter"), message()),
        {"email": 2, "letter": 1},
    ),
    ("a language that is not known", f.received_by_language, facts(message(language="")), {"unknown": 1}),
    (
        "messages by decision",
        f.received_by_decision,
        facts(message(verdict=I), message(verdict=Q), message(verdict=I), message()),
        {"ignore": 2, "accept": 1, "ask": 1},
    ),
    (
        "requests by outcome",
        f.requests_by_outcome,
        facts(
            request(),
            request(verdict=Q),
            request(verdict=Q, answer=A),
            request(verdict=Q, answer=I),
            request(verdict=I),
        ),
        {"accepted at once": 1, "accepted by staff": 1, "declined by staff": 1, "ignored": 1, "waits for staff": 1},
    ),
    (
        "the median of an odd number is the middle one",
        f.median_time_to_effect,
        facts(request(hours=1), request(hours=90), request(hours=2)),
        {"opt-out/email": 2.0},
    ),
    (
        "the median of an even number is half-way",
        f.median_time_to_effect,
        facts(request(hours=1), request(hours=2)),
        {"opt-out/email": 1.5},
    ),
    (
        "each kind and channel has its own median",
        f.median_time_to_effect,
        facts(request(hours=1), request(channel="post", hours=5), request("deletion", "", hours=48)),
        {"deletion": 48.0, "opt-out/email": 1.0, "opt-out/post": 5.0},
    ),
    ("what has not taken effect has no time", f.median_time_to_effect, facts(request(hours=None)), {}),
    (
        "the longest is not hidden by the quick ones",
        f.longest_time_to_effect,
        facts(*[request(hours=0.1)] * 50, request(hours=300.26)),
        {"opt-out/email": 300.3},
    ),
    (
        "a clock set back gives zero, not a negative time",
        f.longest_time_to_effect,
        facts(request(hours=-3)),
        {"opt-out/email": 0.0},
    ),
    (
        "what waits is counted, what was refused is not",
        f.not_yet_in_effect,
        facts(
            request(hours=None, verdict=Q),
            request(hours=None, verdict=I),
            request(hours=None, verdict=Q, answer=I),
            request(),
        ),
        {"opt-out/email": 1},
    ),
    (
        "postal addresses by quality, each shown also when there is none",
        f.postal_addresses_by_quality,
        Facts(START, END, addresses=(("complete", 12), ("incomplete", 4))),
        {"complete": 12, "usable": 0, "incomplete": 4},
    ),
    (
        "open reviews fall into bands at their edges",
        f.open_reviews_by_age,
        reviews_of_age(23 * HOUR, DAY, 2 * DAY, 5 * DAY - HOUR, 5 * DAY, 10 * DAY, 30 * DAY, 400 * DAY),
        {
            "under 1 day": 1,
            "1 day": 1,
            "2 to 4 days": 2,
            "5 to 9 days": 1,
            "10 to 29 days": 1,
            "30 days and more": 2,
        },
    ),
]


@pytest.mark.parametrize(("figure", "given_facts", "rows"), [pytest.param(*row[1:], id=row[0]) for row in RULING])
def test_a_figure_counts_what_its_title_says(figure, given_facts: Facts, rows: dict[str, float]) -> None:
    assert {row.dimension: row.value for row in figure(given_facts).rows} == rows
    assert [row.dimension for row in figure(given_facts).rows] == list(rows)


def sizes(*rows: tuple[str, str, int], start: str = "2026-11-02", end: str = "2026-11-24") -> dict[str, float]:
    points = tuple((date.fromisoformat(day), channel, size) for day, channel, size in rows)
    period = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end)]
    return {row.dimension: row.value for row in f.list_size(Facts(period[0], period[1], size=points)).rows}


def test_the_list_is_measured_on_sundays_and_on_the_last_day() -> None:
    assert sizes(("2026-11-02", "email", 10), ("2026-11-15", "email", 12), ("2026-11-16", "email", 13)) == {
        "email 2026-11-08": 10,
        "email 2026-11-15": 12,
        "email 2026-11-22": 13,
        "email 2026-11-23": 13,
    }


def test_a_list_that_begins_inside_the_period_was_empty_before() -> None:
    assert sizes(("2026-11-10", "post", 3), end="2026-11-16") == {"post 2026-11-08": 0, "post 2026-11-15": 3}


def test_a_period_of_one_day_has_one_point() -> None:
    assert sizes(("2026-11-01", "email", 7), start="2026-11-04", end="2026-11-05") == {"email 2026-11-04": 7}


def test_a_period_of_the_shops_days_ends_on_its_own_last_day() -> None:
    points = sizes(("2026-11-02", "email", 1), start="2026-11-02T05:00", end="2026-11-05T05:00")
    assert list(points) == ["email 2026-11-04"]


def test_a_list_that_shrank_is_shown_so() -> None:
    assert sizes(("2026-11-02", "email", 9), ("2026-11-05", "email", 8), end="2026-11-09") == {"email 2026-11-08": 8}


def test_a_period_in_which_nothing_happened_has_every_figure_and_no_exception() -> None:
    bundle = f.figures(Facts(START, END))
    assert len({figure.name for figure in bundle.figures}) == len(f.FIGURES)
    assert all(row.value == 0 for figure in bundle.figures for row in figure.rows)


VERDICTS = st.sampled_from(Verdict)
MESSAGES = st.builds(message, st.sampled_from(["email", "letter", "call"]), st.sampled_from(["en", "es", ""]), VERDICTS)


@given(st.lists(MESSAGES, max_size=20))
def test_by_way_in_by_language_and_by_decision_have_the_same_sum(rows: list[MessageFact]) -> None:
    for figure in (f.received_by_via, f.received_by_language, f.received_by_decision):
        assert sum(row.value for row in figure(facts(*rows)).rows) == len(rows)


def test_json_and_csv_show_the_same_numbers() -> None:
    bundle = f.figures(facts(message(), request(), request(hours=2), request(channel="post", hours=None, verdict=Q)))
    shown = [
        (figure["figure"], row["dimension"], row["value"])
        for figure in bundle.as_json()["figures"]
        for row in figure["rows"]
    ]
    assert shown == bundle.as_rows()
    assert bundle.as_json()["schema"] == 1
    assert bundle.as_json()["start"] == "2026-11-01T00:00:00Z"


def test_every_row_of_the_csv_has_a_figure_a_dimension_and_a_number() -> None:
    out = io.StringIO()
    csv.writer(out).writerows(f.figures(facts(message(), request())).as_rows())
    for figure, dimension, value in csv.reader(io.StringIO(out.getvalue())):
        assert figure
        assert dimension
        assert float(value) >= 0


def test_the_error_rate_stands_apart_for_what_was_accepted_and_what_was_ignored() -> None:
    checks = [(A, "dana", False)] * 19 + [(A, "ben", True)] + [(I, "ben", False)] * 20
    rows = {row.dimension: row.value for row in f.error_rate(Facts(START, END, checks=tuple(checks))).rows}
    # Wilson's interval for 1 of 20 ends at 23.6 %, for 0 of 20 at 16.1 % (tables of the score interval).
    assert rows == {
        "accepted wrongly": 5.0,
        "accepted wrongly, at most": 23.6,
        "ignored wrongly": 0.0,
        "ignored wrongly, at most": 16.1,
    }


def test_who_checked_how_much_is_counted_and_nothing_checked_has_no_rate() -> None:
    facts = Facts(START, END, checks=((A, "dana", True), (I, "dana", False), (I, "ben", False)))
    assert [(row.dimension, row.value) for row in f.decisions_checked(facts).rows] == [
        ("accepted, by dana", 1),
        ("ignored, by ben", 1),
        ("ignored, by dana", 1),
    ]
    nothing = f.error_rate(Facts(START, END))
    assert nothing.rows == ()
    assert nothing.title == "Measured error rate (accepted n = 0, ignored n = 0)"
