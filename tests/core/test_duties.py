"""What is owed by when, and what hurts first."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest

from allegro_privacy.core.deadlines import Due, read_clocks
from allegro_privacy.core.duties import Calendar, CaseFacts, Deed, Duty, by_pain
from allegro_privacy.core.kinds import load_kinds

DATA = resources.files("allegro_privacy") / "data"
CLOCKS = tomllib.loads((DATA / "clocks.toml").read_text("utf-8"))
KINDS = load_kinds(tomllib.loads((DATA / "kinds.toml").read_text("utf-8")))
CALENDAR = Calendar(read_clocks(CLOCKS), KINDS, "America/New_York")
# Friday 2026-11-20, ten minutes before midnight at the shop: the worked example's day.
RECEIVED = datetime(2026, 11, 21, 4, 50, tzinfo=UTC)


def owed(kind: str, *, acknowledged: bool = False, extended: bool = False) -> list[tuple[str, str, str]]:
    facts = CaseFacts("C8", kind, "customer", RECEIVED, acknowledged, extended)
    return [(duty.deed.value, str(duty.dates.safe), str(duty.dates.last)) for duty in CALENDAR.of_case(facts)]


CASES = [
    ("access: confirm within ten business days, answer within the month", owed("access"),
     [("acknowledge", "2026-12-04", "2026-12-07"), ("answer", "2026-12-18", "2026-12-21")]),
    ("once told, the answer is left", owed("deletion", acknowledged=True), [("answer", "2026-12-18", "2026-12-21")]),
    ("extended: ninety days are less than three months", owed("correction", acknowledged=True, extended=True),
     [("answer", "2027-02-17", "2027-02-18")]),
    ("do not sell: fifteen business days, nothing to confirm", owed("do-not-share"),
     [("answer", "2026-12-11", "2026-12-14")]),
    ("a child: two working days", owed("child-removal"), [("answer", "2026-11-24", "2026-11-24")]),
    ("a question has no clock", owed("question"), []),
    ("a kind that an office took out of the tables", owed("old-kind"), [("answer", "2026-11-24", "2026-12-07")]),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_case_owes(found: list[tuple[str, str, str]], expected: list[tuple[str, str, str]]) -> None:
    assert found == expected


REVIEWS = [
    ("an opt-out in review: its clock runs from receipt", {"opt-out"}, ("2026-11-24", "2026-12-07")),
    ("nothing was read: it may be an opt-out", set(), ("2026-11-24", "2026-12-07")),
    ("an access request: to be confirmed first", {"access"}, ("2026-12-04", "2026-12-07")),
    ("a deletion that implies an opt-out: the strictest", {"deletion", "opt-out"}, ("2026-11-24", "2026-12-07")),
    ("a child's", {"child-removal"}, ("2026-11-24", "2026-11-24")),
    ("who wants marketing again can wait", {"opt-in"}, None),
    ("a question can wait", {"question"}, None),
]


@pytest.mark.parametrize(("kinds", "dates"), [row[1:] for row in REVIEWS], ids=[row[0] for row in REVIEWS])
def test_an_open_review_owes(kinds: set[str], dates: tuple[str, str] | None) -> None:
    duty = CALENDAR.of_review("R5", frozenset(kinds), "customer", RECEIVED)
    assert (None if duty is None else (str(duty.dates.safe), str(duty.dates.last))) == dates


def test_forty_five_days_are_the_clock_where_no_european_law_is_followed() -> None:
    tables = CLOCKS | {"gdpr-answer": CLOCKS["gdpr-answer"] | {"enabled": False}}
    here = Calendar(read_clocks(tables), KINDS, "America/New_York")
    plain, longer = (here.answer_due("access", RECEIVED, extended) for extended in (False, True))
    assert plain == Due(date(2027, 1, 3), date(2027, 1, 4))
    assert longer == Due(date(2027, 2, 17), date(2027, 2, 18))


TODAY = date(2026, 12, 1)


def duty(of: str, safe: int, last: int) -> Duty:
    """safe, last: days from today."""
    return Duty(of, Deed.ANSWER, "access", "customer", date(2026, 11, 1),
                Due(TODAY + timedelta(days=safe), TODAY + timedelta(days=last)))  # fmt: skip


def test_what_is_late_comes_first_and_then_what_is_due_soonest_by_its_safe_date() -> None:
    rows = [duty("C1", 9, 10), duty("C2", -3, 4), duty("C3", -9, -1), duty("C4", -20, -8), duty("C5", 0, 30)]
    assert [one.of for one in by_pain(rows, TODAY)] == ["C4", "C3", "C2", "C5", "C1"]


def test_the_last_date_itself_is_not_late_and_the_safe_date_itself_presses() -> None:
    assert not duty("C1", -2, 0).late(TODAY)
    assert duty("C1", -3, -1).late(TODAY)
    assert duty("C1", 0, 3).presses(TODAY)
    assert not duty("C1", 1, 3).presses(TODAY)
    assert duty("C1", 1, 3).presses(TODAY, within=1)
