"""A clock and the moment of receipt → the safe date and the legal last date.

The rows are data/clocks.toml; nothing here knows a law by name. A business day is Monday to Friday; the day of
receipt is the calendar day in the shop's time zone, so a message of 23:50 counts today.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from allegro_privacy.errors import ConfigError, UsageError

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Unit(StrEnum):
    """What a clock counts."""

    BUSINESS_DAYS = "business-days"
    DAYS = "days"
    MONTHS = "months"


class Calendar(StrEnum):
    """Whose holidays the last date skips; `weekends` knows no holidays."""

    US_FEDERAL = "us-federal"
    CA_FEDERAL = "ca-federal"
    WEEKENDS = "weekends"


@dataclass(frozen=True, slots=True)
class Clock:
    """One law or promise as a row of data/clocks.toml; that file explains each field."""

    name: str
    title: str
    length: int
    unit: Unit
    source: str
    calendar: Calendar = Calendar.US_FEDERAL
    extension: int = 0
    counts_receipt: bool = False
    rolls: bool = False
    binding: bool = True
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class HouseClock:
    """What this shop keeps for a kind of request: the strictest of several clocks."""

    name: str
    title: str
    follows: tuple[Clock, ...]
    confirm: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """The two dates of one duty: alarm on `safe`, be late after `last`. `safe` is never after `last`."""

    safe: date
    last: date


def received_on(received: datetime, zone: str | ZoneInfo) -> date:
    """The calendar day in the shop's zone on which something arrived; `received` must know its own zone."""
    if received.tzinfo is None:
        raise UsageError("A time of receipt without a time zone cannot start a clock.", "Times are kept in UTC.")
    return received.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def due(clock: Clock, received: datetime, zone: str | ZoneInfo, *, extended: bool = False) -> Due:
    """When a duty under one clock is due; `extended` adds the extension that the law allows once."""
    day = received_on(received, zone)
    length = clock.length + (clock.extension if extended else 0)
    match clock.unit:
        case Unit.BUSINESS_DAYS:
            safe = _after_working_days(day, length, _is_weekday)
            return Due(safe, _after_working_days(day, length, _working_day(clock.calendar)))
        case Unit.DAYS:
            end = day + timedelta(days=length)
            return _rolled(clock, Due(end - ONE_DAY if clock.counts_receipt else end, end))
        case Unit.MONTHS:
            end = _after_months(day, length)
            return _rolled(clock, Due(end - ONE_DAY if clock.counts_receipt else end, end))
        case _:
            assert_never(clock.unit)


def strictest(
    clocks: Iterable[Clock], received: datetime, zone: str | ZoneInfo, *, extended: bool = False
) -> Due | None:
    """The earliest dates of all enabled clocks, None without any. A promise that binds nobody else brings only the
    safe date forward, unless promises are all there is."""
    rows = [(clock, due(clock, received, zone, extended=extended)) for clock in clocks if clock.enabled]
    if not rows:
        return None
    last = min(dates.last for clock, dates in rows if clock.binding or not any(other.binding for other, _ in rows))
    return Due(min(last, *(dates.safe for _, dates in rows)), last)


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks in force: the laws and promises, and the house clocks that the kinds name."""

    laws: Mapping[str, Clock]
    house: Mapping[str, HouseClock]

    def due(self, name: str, received: datetime, zone: str | ZoneInfo, *, extended: bool = False) -> Due | None:
        """When a request under the house clock `name` must be done; None for the empty name or when no law applies."""
        return strictest(self.house[name].follows, received, zone, extended=extended) if name else None

    def confirm_due(self, name: str, received: datetime, zone: str | ZoneInfo) -> Due | None:
        """When the person must have heard that their request arrived; None where no law asks for it."""
        return strictest(self.house[name].confirm, received, zone) if name else None


def read_clocks(tables: Mapping[str, Any], file: str = "clocks.toml") -> Clocks:
    """The clocks of a parsed clocks.toml; every problem is named at once, with file, table and key."""
    problems: list[str] = []
    laws = {name: _clock(name, row, problems) for name, row in tables.items() if name != "house"}
    house = {name: _house_clock(name, row, laws, problems) for name, row in tables.get("house", {}).items()}
    if problems:
        raise ConfigError(
            "The table of clocks cannot be used.",
            "\n".join(f"{file} {problem}" for problem in problems),
            f"Mend {file}; its first lines explain each key.",
        )
    return Clocks(laws, house)


def _clock(name: str, row: Mapping[str, Any], problems: list[str]) -> Clock:
    known = {field.name: field for field in fields(Clock) if field.name != "name"}
    needed = [key for key, field in known.items() if field.default is MISSING]
    problems += [f"[{name}] {key}: missing" for key in needed if key not in row]
    problems += [f"[{name}] {key}: not a key of a clock" for key in row if key not in known]
    given: dict[str, Any] = dict.fromkeys(needed, "") | {"length": 1, "unit": Unit.DAYS}
    for key, value in row.items():
        try:
            given[key] = _clock_value(key, value)
        except ValueError as problem:
            problems.append(f"[{name}] {key}: {problem}")
    return Clock(name=name, **{key: value for key, value in given.items() if key in known})


def _clock_value(key: str, value: object) -> object:
    match key:
        case "unit":
            return Unit(str(value))
        case "calendar":
            return Calendar(str(value))
        case "length" | "extension":
            least = 1 if key == "length" else 0
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ValueError(f"{value!r} is not a whole number of at least {least}")
        case "counts_receipt" | "rolls" | "binding" | "enabled":
            if value is not True and value is not False:
                raise ValueError(f"{value!r} is neither true nor false")
        case _:
            if not isinstance(value, str) or not value:
                raise ValueError("needs some text")
    return value


def _house_clock(name: str, row: Mapping[str, Any], laws: Mapping[str, Clock], problems: list[str]) -> HouseClock:
    where = f"[house.{name}]"
    problems += [f"{where} {key}: missing" for key in ("title", "follows") if not row.get(key)]
    problems += [
        f"{where} {key}: not a key of a house clock" for key in row if key not in ("title", "follows", "confirm")
    ]
    named = {key: row.get(key, ()) for key in ("follows", "confirm")}
    problems += [f"{where} {key}: no table [{law}]" for key, names in named.items() for law in names if law not in laws]
    follows, confirm = (tuple(laws[law] for law in names if law in laws) for names in named.values())
    return HouseClock(name, str(row.get("title", "")), follows, confirm)


def _is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


@cache
def _holidays(calendar: Calendar, year: int) -> frozenset[date]:
    countries = {Calendar.US_FEDERAL: "US", Calendar.CA_FEDERAL: "CA"}
    if calendar not in countries:
        return frozenset()
    from holidays import country_holidays  # only when a date is asked for: --help must feel instant

    return frozenset(country_holidays(countries[calendar], years=year, observed=True))


def _working_day(calendar: Calendar) -> Callable[[date], bool]:
    return lambda day: _is_weekday(day) and day not in _holidays(calendar, day.year)


def _after_working_days(start: date, length: int, works: Callable[[date], bool]) -> date:
    """The `length`-th working day after `start`, which itself never counts."""
    day = start
    for _ in range(length):
        day = _nearest(day + ONE_DAY, ONE_DAY, works)
    return day


def _nearest(day: date, step: timedelta, works: Callable[[date], bool]) -> date:
    while not works(day):
        day += step
    return day


def _after_months(start: date, length: int) -> date:
    """The same day of a later month, or that month's last day when it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + length, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _rolled(clock: Clock, dates: Due) -> Due:
    if not clock.rolls:
        return dates
    # Backwards over weekends only: the safe date counts holidays as working days.
    return Due(_nearest(dates.safe, -ONE_DAY, _is_weekday), _nearest(dates.last, ONE_DAY, _working_day(clock.calendar)))
