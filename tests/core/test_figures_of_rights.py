"""The figures of 11 CCR 7101 and 7102, of the clocks and of the lists, counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from allegro_privacy.core import figures as f
from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.facts import CaseFact, DropFact, ExportFact, Facts, LeakFact, RequestFact
from allegro_privacy.core.figures_cases import denials_by_reason, rights_by_via, rights_requests
from allegro_privacy.core.figures_clocks import against_the_clock, requests_per_week_by_kind, requests_per_week_by_via
from allegro_privacy.core.figures_lists import acknowledgements_behind, drops_ahead, exports_per_recipient, leaks_found

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
JANUARY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def case(
    kind: str, state: str = "open", came: float = 10, took: float | None = None, via: str = "email", why: str = ""
) -> CaseFact:
    """A case that came so many days after the beginning of the year and was closed so many days later."""
    received = START + days(came)
    return CaseFact(kind, state, received, None if took is None else received + days(took), via, why)


CASES = (
    case("deletion", "partly", came=-20, took=40),  # of last year, answered in this one
    case("deletion", "denied", took=44, why="no-match"),
    case("deletion", "partly", took=4, via="letter"),
    case("deletion", "revoked", took=1),
    case("deletion", came=360),
    case("access", "fulfilled", took=8),
    case("access", "denied", took=2, why=""),
    case("question", "fulfilled", took=1),
    case("child-removal", "fulfilled", took=1),
)
YEAR = Facts(START, END, cases=CASES)


def values(figure: f.Figure) -> dict[str, float]:
    return {row.dimension: row.value for row in figure.rows}


def test_rights_requests_are_counted_as_received_complied_with_and_denied() -> None:
    counted = values(rights_requests(YEAR))
    assert {name.removeprefix("deletion: "): value for name, value in counted.items() if "deletion" in name} == {
        "open at the beginning": 1,
        "received": 4,
        "complied with in whole": 0,
        "complied with in part": 2,
        "complied with in whole or in part": 2,
        "denied": 1,
        "withdrawn": 1,
        "open at the end": 1,
    }
    assert (counted["access: received"], counted["access: denied"]) == (2, 1)


def test_a_right_that_nobody_used_is_shown_and_a_question_is_no_right() -> None:
    kinds = list(dict.fromkeys(row.dimension.partition(": ")[0] for row in rights_requests(YEAR).rows))
    assert kinds == ["deletion", "correction", "access", "do-not-share", "child-removal"]
    assert values(rights_requests(YEAR))["correction: received"] == 0


def test_what_was_open_and_came_is_what_was_answered_and_is_open() -> None:
    counted = values(rights_requests(YEAR))
    for kind in ("deletion", "access", "child-removal"):
        of = {name: counted[f"{kind}: {name}"] for name in (
            "open at the beginning", "received", "complied with in whole or in part", "denied", "withdrawn",
            "open at the end",
        )}  # fmt: skip
        came = of.pop("open at the beginning") + of.pop("received")
        assert came == sum(of.values())


def test_days_to_answer_count_where_the_answer_was_given_and_not_what_was_withdrawn() -> None:
    assert values(f.median_days_to_answer(YEAR))["deletion"] == 40
    assert values(f.mean_days_to_answer(YEAR))["deletion"] == round((40 + 44 + 4) / 3, 1)
    assert values(f.median_days_to_answer(YEAR))["access"] == 5


def test_the_manner_and_the_basis_of_a_denial_are_kept() -> None:
    assert values(rights_by_via(YEAR)) == {
        "deletion: email": 3, "access: email": 2, "child-removal: email": 1, "deletion: letter": 1,
    }  # fmt: skip
    assert values(denials_by_reason(YEAR)) == {"access: no reason kept": 1, "deletion: no-match": 1}


CLOCK = Due(date(2026, 1, 7), date(2026, 1, 20))


def request(
    took: float | None = 0, kind: str = "opt-out", via: str = "email", came: datetime = JANUARY,
    verdict: Verdict = Verdict.ACCEPT, clock: Due | None = CLOCK,
) -> RequestFact:  # fmt: skip
    effective = None if took is None else came + days(took)
    return RequestFact(kind, "", "", via, "en", verdict, None, came, came, effective, due=clock)


NEW_YORK = "America/New_York"
AGAINST = [
    ("on the safe date", request(2), "by the safe date"),
    ("a day after the safe date", request(3), "by the last date"),
    ("on the last date", request(15), "by the last date"),
    ("a day after the last date", request(16), "late"),
    ("at the shop it is still the last date", request(15.75), "by the last date"),
    ("not done, and the last date is gone", request(None), "waits, late"),
    ("not done yet", request(None, clock=Due(date(2027, 1, 4), date(2027, 1, 5))), "waits"),
]


@pytest.mark.parametrize(("of", "kept"), [pytest.param(*row[1:], id=row[0]) for row in AGAINST])
def test_a_request_stands_against_its_clock(of: RequestFact, kept: str) -> None:
    counted = values(against_the_clock(Facts(START, END, requests=(of,), zone=NEW_YORK)))
    assert [name for name, value in counted.items() if value] == [f"opt-out: {kept}"]
    assert len(counted) == 5


@pytest.mark.parametrize("of", [request(clock=None), request(None, verdict=Verdict.IGNORE)])
def test_what_has_no_clock_or_was_refused_is_not_held_against_it(of: RequestFact) -> None:
    assert against_the_clock(Facts(START, END, requests=(of,))).rows == ()


def test_what_waits_is_late_as_soon_as_today_is_whatever_the_period() -> None:
    waits = request(None, clock=Due(date(2027, 1, 4), date(2027, 1, 5)))
    later = Facts(START, END, requests=(waits,), now=datetime(2027, 1, 6, 12, tzinfo=UTC))
    assert values(against_the_clock(later))["opt-out: waits, late"] == 1


def test_weeks_begin_on_the_shops_monday() -> None:
    sunday_night = datetime(2026, 1, 12, 3, tzinfo=UTC)  # 22:00 in Miami, the day before
    facts = Facts(START, END, requests=(request(came=sunday_night), request(), request(kind="access", via="letter")))
    assert values(requests_per_week_by_kind(facts)) == {
        "access 2026-01-05": 1, "opt-out 2026-01-05": 1, "opt-out 2026-01-12": 1,
    }  # fmt: skip
    there = Facts(START, END, requests=facts.requests, zone=NEW_YORK)
    assert values(requests_per_week_by_via(there)) == {"email 2026-01-05": 2, "letter 2026-01-05": 1}


def test_lists_are_counted_by_recipient_and_channel() -> None:
    left = [ExportFact("acme", "post", JANUARY, 4), ExportFact("acme", "email", JANUARY, 4)] * 2
    assert values(exports_per_recipient(Facts(START, END, exports=(*left, left[0])))) == {
        "acme: post": 3, "acme: email": 2,
    }  # fmt: skip


def test_what_mail_houses_owe_and_will_mail_is_told_as_it_was_at_the_end() -> None:
    assert values(acknowledgements_behind(Facts(START, END, behind=(("acme", "post", 2),)))) == {"acme: post": 2}
    over, ahead = DropFact("acme", "post", END.date() - days(1)), DropFact("acme", "post", END.date())
    assert values(drops_ahead(Facts(START, END, drops=(over, ahead)))) == {"acme: post": 1}


def test_whoever_was_mailed_all_the_same_is_counted_by_channel_and_by_whether_it_was_in_time() -> None:
    day = JANUARY.date()
    leaks = (LeakFact("email", day, True), LeakFact("email", day, False), LeakFact("email", day, False))
    assert values(leaks_found(Facts(START, END, leaks=leaks))) == {"email: not in time": 2, "email: in time": 1}


def test_a_period_that_is_not_over_knows_nothing_of_its_future() -> None:
    now = JANUARY + days(10)
    facts = Facts(
        START, END, now=now, size=((date(2026, 1, 6), "email", 3),), open_reviews=((now - days(3), now - days(3)),)
    )
    assert list(values(f.list_size(facts))) == ["email 2026-01-04", "email 2026-01-11", "email 2026-01-15"]
    assert values(f.open_reviews_by_age(facts))["2 to 4 days"] == 1
