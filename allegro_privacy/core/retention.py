"""How long words are kept: spans of time that an office states, and the moments that they lead back to."""

import re
from dataclasses import dataclass
from datetime import datetime

_SPAN = re.compile(r"(\d{1,4}) (day|month|year)s?")
# 11 CCR 7101(a): records of privacy requests, and of how they were answered, for at least 24 months.
LEAST_FOR_CASES = 24


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar months and days; both 0: for ever."""

    months: int = 0
    days: int = 0

    @property
    def for_ever(self) -> bool:
        return not self.months and not self.days

    def __str__(self) -> str:
        if self.for_ever:
            return "for ever"
        years, months = divmod(self.months, 12)
        number, unit = (self.days, "day") if self.days else (self.months, "month") if months else (years, "year")
        return f"{number} {unit}{'' if number == 1 else 's'}"

    def before(self, now: datetime) -> datetime | None:
        """What is older than this moment has been kept so long; None: nothing ever is."""
        from dateutil.relativedelta import relativedelta  # 30 ms, which only erasures pay

        return None if self.for_ever else now - relativedelta(months=self.months, days=self.days)


def span(value: object) -> Span:
    """ "24 months", "90 days", "5 years" or "for ever" as a span; ValueError, in words, for anything else."""
    if value == "for ever":
        return Span()
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None or not int(match[1]):
        raise ValueError('must be a time like "90 days", "24 months" or "5 years", or "for ever"')
    number = int(match[1])
    return Span(days=number) if match[2] == "day" else Span(months=number * (12 if match[2] == "year" else 1))


def span_for_cases(value: object) -> Span:
    """The same, not shorter than the law wants records of privacy requests to be kept."""
    found = span(value)
    # Longest months, so that no number of days is a day short.
    if not found.for_ever and found.months * 31 + found.days < LEAST_FOR_CASES * 31:
        raise ValueError(f"must not be shorter than {LEAST_FOR_CASES} months (11 CCR 7101(a))")
    return found


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept. text: the words of messages that something came of.  ignored: of those that nothing came
    of.  closed_cases: the words of a privacy request, once it is closed.  lists, manifests: the files of lists that
    left; the last one to each recipient stays."""

    text: Span = Span(months=24)
    ignored: Span = Span(days=90)
    closed_cases: Span = Span(months=24)
    lists: Span = Span(months=12)
    manifests: Span = Span(months=60)
