"""Every clock against dates worked out by hand. A row: received (the shop's local day), safe, last."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.deadlines import Due, due, read_clocks, received_on, strictest
from allegro_privacy.errors import ConfigError, UsageError

MIAMI = ZoneInfo("America/New_York")
TABLES = tomllib.loads(resources.files("allegro_privacy").joinpath("data/clocks.toml").read_text("utf-8"))
CLOCKS = read_clocks(TABLES)
LAWS = CLOCKS.laws


def at(day: str, hour: str = "12:00") -> datetime:
    """A local time at the shop, in UTC."""
    local = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), MIAMI)
    return local.astimezone(UTC)


def dates(safe: str, last: str) -> Due:
    return Due(date.fromisoformat(safe), date.fromisoformat(last))


WORKED_EXAMPLE = [
    ("two business days", "two-day-promise", False, "2026-11-24", "2026-11-24"),
    ("ten business days skip Thanksgiving in the last date only", "can-spam", False, "2026-12-04", "2026-12-07"),
    ("fifteen business days", "ccpa-sale", False, "2026-12-11", "2026-12-14"),
    (
        "forty-five days count the day of receipt in the safe date only",
        "ccpa-answer",
        False,
        "2027-01-03",
        "2027-01-04",
    ),
    ("ninety days with the extension", "ccpa-answer", True, "2027-02-17", "2027-02-18"),
    ("a month that ends on a Sunday: Friday is safe, Monday is last", "gdpr-answer", False, "2026-12-18", "2026-12-21"),
]


@pytest.mark.parametrize(
    ("clock", "extended", "safe", "last"), [pytest.param(*row[1:], id=row[0]) for row in WORKED_EXAMPLE]
)
def test_the_worked_example_received_on_friday_2026_11_20(clock: str, extended: bool, safe: str, last: str) -> None:
    assert due(LAWS[clock], at("2026-11-20"), MIAMI, extended=extended) == dates(safe, last)


BUSINESS_DAYS = [
    # two business days
    ("Monday to Wednesday", "two-day-promise", "2026-11-16", "2026-11-18", "2026-11-18"),
    ("Thursday to Monday", "two-day-promise", "2026-11-12", "2026-11-16", "2026-11-16"),
    ("Friday to Tuesday", "two-day-promise", "2026-11-13", "2026-11-17", "2026-11-17"),
    ("Saturday counts from Monday", "two-day-promise", "2026-11-14", "2026-11-17", "2026-11-17"),
    ("Sunday counts from Monday", "two-day-promise", "2026-11-15", "2026-11-17", "2026-11-17"),
    ("the day before Veterans Day", "two-day-promise", "2026-11-10", "2026-11-12", "2026-11-13"),
    ("received on a holiday itself", "two-day-promise", "2026-11-11", "2026-11-13", "2026-11-13"),
    ("Wednesday before Thanksgiving", "two-day-promise", "2026-11-25", "2026-11-27", "2026-11-30"),
    ("over Christmas and New Year", "two-day-promise", "2026-12-31", "2027-01-04", "2027-01-05"),
    ("Independence Day on a Saturday is kept on Friday", "two-day-promise", "2026-07-02", "2026-07-06", "2026-07-07"),
    ("Independence Day on a Sunday is kept on Monday", "two-day-promise", "2027-07-02", "2027-07-06", "2027-07-07"),
    # ten business days, one row a holiday
    ("no holiday near", "can-spam", "2026-03-02", "2026-03-16", "2026-03-16"),
    ("over Martin Luther King Day", "can-spam", "2026-01-12", "2026-01-26", "2026-01-27"),
    ("over Washington's Birthday", "can-spam", "2026-02-09", "2026-02-23", "2026-02-24"),
    ("over Memorial Day", "can-spam", "2026-05-18", "2026-06-01", "2026-06-02"),
    ("over Juneteenth", "can-spam", "2026-06-15", "2026-06-29", "2026-06-30"),
    ("over Labor Day", "can-spam", "2026-08-31", "2026-09-14", "2026-09-15"),
    ("over Columbus Day", "can-spam", "2026-10-05", "2026-10-19", "2026-10-20"),
    ("over Veterans Day", "can-spam", "2026-11-02", "2026-11-16", "2026-11-17"),
    ("over Veterans Day and Thanksgiving", "ccpa-sale", "2026-11-09", "2026-11-30", "2026-12-02"),
    ("over Christmas and New Year's Day", "can-spam", "2026-12-18", "2027-01-01", "2027-01-05"),
    ("the safe date may be a holiday, the last date never", "can-spam", "2026-12-11", "2026-12-25", "2026-12-28"),
    ("New Year's Day on a Saturday is kept in the old year", "can-spam", "2021-12-20", "2022-01-03", "2022-01-05"),
    ("Juneteenth was no holiday before 2021", "can-spam", "2020-06-15", "2020-06-29", "2020-06-29"),
    ("over the leap day", "can-spam", "2028-02-22", "2028-03-07", "2028-03-07"),
    ("over the end of February in a common year", "can-spam", "2027-02-22", "2027-03-08", "2027-03-08"),
    ("Thursday before a long weekend", "can-spam", "2026-09-03", "2026-09-17", "2026-09-18"),
    ("received on Christmas", "can-spam", "2026-12-25", "2027-01-08", "2027-01-11"),
    ("received on Saturday", "can-spam", "2026-11-21", "2026-12-04", "2026-12-07"),
    ("the telephone law counts alike", "tcpa", "2026-11-20", "2026-12-04", "2026-12-07"),
    ("the confirmation of a rights request counts alike", "ccpa-confirm", "2026-11-20", "2026-12-04", "2026-12-07"),
    ("Canada counts its own holidays, not Thanksgiving in November", "casl", "2026-11-20", "2026-12-04", "2026-12-04"),
    ("Canada Day", "casl", "2026-06-29", "2026-07-13", "2026-07-14"),
    ("fifteen business days from a Monday", "ccpa-sale", "2026-03-02", "2026-03-23", "2026-03-23"),
    ("fifteen business days over the year's end", "ccpa-sale", "2026-12-15", "2027-01-05", "2027-01-07"),
]

CALENDAR_DAYS = [
    ("forty-five days inside a year", "ccpa-answer", "2026-03-02", "2026-04-15", "2026-04-16"),
    ("forty-five days over a leap day", "ccpa-answer", "2028-02-01", "2028-03-16", "2028-03-17"),
    ("forty-five days over a common February", "ccpa-answer", "2027-02-01", "2027-03-17", "2027-03-18"),
    ("forty-five days from a leap day", "ccpa-answer", "2028-02-29", "2028-04-13", "2028-04-14"),
    ("forty-five days over the start of summer time", "ccpa-answer", "2026-02-20", "2026-04-05", "2026-04-06"),
    ("forty-five days over the end of summer time", "ccpa-answer", "2026-10-01", "2026-11-14", "2026-11-15"),
    ("forty-five days over the year's end", "ccpa-answer", "2026-12-31", "2027-02-13", "2027-02-14"),
    ("an end on Christmas does not move", "ccpa-answer", "2026-11-10", "2026-12-24", "2026-12-25"),
    ("Florida counts from the day after", "florida-answer", "2026-11-20", "2027-01-04", "2027-01-04"),
    ("a prohibitory order: the thirtieth day", "prohibitory-order", "2026-11-20", "2026-12-20", "2026-12-20"),
    ("thirty days from the last of January", "prohibitory-order", "2027-01-31", "2027-03-02", "2027-03-02"),
    ("thirty days from the last of January, leap year", "prohibitory-order", "2028-01-31", "2028-03-01", "2028-03-01"),
]

MONTHS = [
    ("an ordinary month", "gdpr-answer", "2026-03-05", "2026-04-03", "2026-04-06"),
    ("a month that ends on a working day", "gdpr-answer", "2026-03-10", "2026-04-10", "2026-04-10"),
    ("from the last of January to the last of February", "gdpr-answer", "2025-01-31", "2025-02-28", "2025-02-28"),
    ("from the 30th of January to the last of February", "gdpr-answer", "2025-01-30", "2025-02-28", "2025-02-28"),
    ("from the last of January to a leap day", "gdpr-answer", "2028-01-31", "2028-02-29", "2028-02-29"),
    ("from a leap day", "gdpr-answer", "2028-02-29", "2028-03-29", "2028-03-29"),
    ("from the 31st to the 30th", "gdpr-answer", "2026-08-31", "2026-09-30", "2026-09-30"),
    ("a clipped month that ends on a Saturday", "gdpr-answer", "2026-01-31", "2026-02-27", "2026-03-02"),
    ("over the year's end", "gdpr-answer", "2026-12-15", "2027-01-15", "2027-01-15"),
    ("an end on a Saturday", "gdpr-answer", "2026-10-21", "2026-11-20", "2026-11-23"),
    ("an end on an American holiday does not move", "gdpr-answer", "2026-11-25", "2026-12-25", "2026-12-25"),
]


@pytest.mark.parametrize(
    ("clock", "received", "safe", "last"),
    [pytest.param(*row[1:], id=f"{row[1]}: {row[0]}") for row in BUSINESS_DAYS + CALENDAR_DAYS + MONTHS],
)
def test_a_clock_gives_a_safe_and_a_last_date(clock: str, received: str, safe: str, last: str) -> None:
    assert due(LAWS[clock], at(received), MIAMI) == dates(safe, last)


EXTENDED = [
    ("GDPR: three months from receipt, a Saturday", "gdpr-answer", "2026-11-20", "2027-02-19", "2027-02-22"),
    ("GDPR: three months, clipped at the month's end", "gdpr-answer", "2026-11-30", "2027-02-26", "2027-03-01"),
    ("Florida: sixty days", "florida-answer", "2026-11-20", "2027-01-19", "2027-01-19"),
    ("a law without an extension stays as it is", "can-spam", "2026-11-20", "2026-12-04", "2026-12-07"),
]


@pytest.mark.parametrize(("clock", "received", "safe", "last"), [pytest.param(*row[1:], id=row[0]) for row in EXTENDED])
def test_the_extension_counts_from_the_day_of_receipt(clock: str, received: str, safe: str, last: str) -> None:
    assert due(LAWS[clock], at(received), MIAMI, extended=True) == dates(safe, last)


LOCAL_DAYS = [
    ("ten to midnight in winter counts today", "2026-11-21T04:50:00+00:00", "2026-11-20"),
    ("ten to midnight in summer counts today", "2026-07-02T03:50:00+00:00", "2026-07-01"),
    ("midnight itself is the new day", "2026-11-21T05:00:00+00:00", "2026-11-21"),
    ("noon", "2026-11-20T17:00:00+00:00", "2026-11-20"),
    ("the hour that summer time skips", "2026-03-08T07:30:00+00:00", "2026-03-08"),
    ("the hour that comes twice, first time", "2026-11-01T05:30:00+00:00", "2026-11-01"),
    ("the hour that comes twice, second time", "2026-11-01T06:30:00+00:00", "2026-11-01"),
    ("the last moment of the year at the shop", "2027-01-01T04:59:59+00:00", "2026-12-31"),
    ("a time that came with its own offset", "2026-11-21T00:10:00-05:00", "2026-11-21"),
]


@pytest.mark.parametrize(("moment", "day"), [pytest.param(*row[1:], id=row[0]) for row in LOCAL_DAYS])
def test_the_day_of_receipt_is_the_shops_day(moment: str, day: str) -> None:
    assert received_on(datetime.fromisoformat(moment), "America/New_York") == date.fromisoformat(day)


def test_a_time_without_a_zone_starts_no_clock() -> None:
    with pytest.raises(UsageError):
        received_on(datetime(2026, 11, 20, 12), MIAMI)  # noqa: DTZ001  the point of the test


HOUSE = [
    ("opt-out: the promise alarms, the law makes it late", "opt-out", "2026-11-24", "2026-12-07"),
    ("rights: the European month is the strictest", "rights", "2026-12-18", "2026-12-21"),
    ("do-not-share", "do-not-share", "2026-12-11", "2026-12-14"),
    ("child: with promises alone, the promise is the last date too", "child", "2026-11-24", "2026-11-24"),
    ("prohibitory order", "prohibitory-order", "2026-12-20", "2026-12-20"),
]


@pytest.mark.parametrize(("name", "safe", "last"), [pytest.param(*row[1:], id=row[0]) for row in HOUSE])
def test_a_house_clock_is_the_strictest_of_those_it_follows(name: str, safe: str, last: str) -> None:
    assert CLOCKS.due(name, at("2026-11-20"), MIAMI) == dates(safe, last)


def test_a_rights_request_is_confirmed_before_it_is_answered() -> None:
    assert CLOCKS.confirm_due("rights", at("2026-11-20"), MIAMI) == dates("2026-12-04", "2026-12-07")
    assert CLOCKS.confirm_due("opt-out", at("2026-11-20"), MIAMI) is None


def test_a_kind_without_a_clock_is_never_due() -> None:
    assert CLOCKS.due("", at("2026-11-20"), MIAMI) is None


def test_a_law_that_is_switched_off_is_not_followed() -> None:
    tables = TABLES | {"gdpr-answer": TABLES["gdpr-answer"] | {"enabled": False}}
    assert read_clocks(tables).due("rights", at("2026-11-20"), MIAMI) == dates("2027-01-03", "2027-01-04")
    assert strictest([], at("2026-11-20"), MIAMI) is None


def test_every_clock_that_a_kind_names_exists() -> None:
    kinds = tomllib.loads(resources.files("allegro_privacy").joinpath("data/kinds.toml").read_text("utf-8"))
    assert {row["clock"] for row in kinds.values()} - {""} <= set(CLOCKS.house)


def test_every_law_names_its_source_and_some_house_clock_follows_it() -> None:
    followed = {law.name for clock in CLOCKS.house.values() for law in (*clock.follows, *clock.confirm)}
    assert all(law.source for law in LAWS.values())
    assert followed == set(LAWS)


BAD_TABLES = [
    ("an unknown unit", {"x": {"title": "t", "length": 1, "unit": "weeks", "source": "s"}}, "[x] unit"),
    ("no length", {"x": {"title": "t", "unit": "days", "source": "s"}}, "[x] length: missing"),
    ("a length of zero", {"x": {"title": "t", "length": 0, "unit": "days", "source": "s"}}, "[x] length"),
    ("a length of true", {"x": {"title": "t", "length": True, "unit": "days", "source": "s"}}, "[x] length"),
    ("an unknown key", {"x": {"title": "t", "length": 1, "unit": "days", "source": "s", "wait": 1}}, "[x] wait"),
    (
        "an unknown calendar",
        {"x": {"title": "t", "length": 1, "unit": "days", "source": "s", "calendar": "mars"}},
        "[x] calendar",
    ),
    (
        "a switch that is no switch",
        {"x": {"title": "t", "length": 1, "unit": "days", "source": "s", "enabled": 1}},
        "[x] enabled",
    ),
    ("an empty source", {"x": {"title": "t", "length": 1, "unit": "days", "source": ""}}, "[x] source"),
    (
        "a house clock that follows nothing known",
        {"house": {"h": {"title": "t", "follows": ["x"]}}},
        "[house.h] follows: no table [x]",
    ),
    ("a house clock without follows", {"house": {"h": {"title": "t"}}}, "[house.h] follows: missing"),
]


@pytest.mark.parametrize(("tables", "problem"), [pytest.param(*row[1:], id=row[0]) for row in BAD_TABLES])
def test_a_bad_table_is_refused_with_file_table_and_key(tables: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_clocks(tables, "office/clocks.toml")
    assert f"office/clocks.toml {problem}" in caught.value.why


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_clocks({"x": {"unit": "weeks"}, "house": {"h": {"follows": ["y"]}}})
    assert len(caught.value.why.splitlines()) == 6


@given(
    st.sampled_from(sorted(LAWS)),
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    st.booleans(),
)
def test_safe_is_never_after_last_and_neither_is_before_receipt(name: str, moment: datetime, extended: bool) -> None:
    dates = due(LAWS[name], moment, MIAMI, extended=extended)
    assert received_on(moment, MIAMI) < dates.safe <= dates.last


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis adds the zone
def test_a_later_receipt_is_never_due_earlier(moment: datetime) -> None:
    for law in LAWS.values():
        today, tomorrow = (due(law, moment + timedelta(days=days), MIAMI) for days in (0, 1))
        assert today.safe <= tomorrow.safe
        assert today.last <= tomorrow.last
