"""What is owed by when: each open case and each open question with its dates, what hurts first at the top.

A question that may be an opt-out has the opt-out's clock: time runs from receipt, also while it lies in review.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from allegro_privacy.core.deadlines import Clocks, Due, received_on, strictest
from allegro_privacy.core.kinds import Kind

OPT_OUT_CLOCK = "opt-out"


class Deed(StrEnum):
    """What is owed."""

    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing owed. of: the number of the case or review (C8, R12).  received: the day at the shop."""

    of: str
    deed: Deed
    kind: str
    lane: str
    received: date
    dates: Due
    repeats: int = 0

    def late(self, today: date) -> bool:
        """Has the legal last date gone by?"""
        return today > self.dates.last

    def presses(self, today: date, within: int = 0) -> bool:
        """Is the safe date today, past, or not more than `within` days away?"""
        return (self.dates.safe - today).days <= within


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the clocks need to know of an open case."""

    of: str
    kind: str
    lane: str
    received: datetime
    acknowledged: bool
    extended: bool
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """The clocks in force at this shop, by kind of request."""

    clocks: Clocks
    kinds: Mapping[str, Kind]
    zone: str
    _known: dict[tuple[frozenset[str], date], Due | None] = field(default_factory=dict, repr=False, compare=False)

    def answer_due(self, kind: str, received: datetime, extended: bool = False) -> Due | None:
        """When a request of that kind must be answered; None when no clock runs."""
        return self.clocks.due(self._clock(kind), received, self.zone, extended=extended)

    def confirm_due(self, kind: str, received: datetime) -> Due | None:
        """When the person must have heard that it arrived; None where no law asks for it."""
        return self.clocks.confirm_due(self._clock(kind), received, self.zone)

    def of_case(self, case: CaseFacts) -> tuple[Duty, ...]:
        """What is owed in an open case, soonest first."""
        answer = self.answer_due(case.kind, case.received, case.extended)
        confirm = None if case.acknowledged else self.confirm_due(case.kind, case.received)
        owed = ((Deed.ACKNOWLEDGE, confirm), (Deed.ANSWER, answer))
        day = received_on(case.received, self.zone)
        found = [Duty(case.of, deed, case.kind, case.lane, day, due, case.repeats) for deed, due in owed if due]
        return tuple(sorted(found, key=lambda duty: duty.dates.safe))

    def of_review(self, of: str, kinds: frozenset[str], lane: str, received: datetime) -> Duty | None:
        """By when an open question must be decided. kinds: those that were read in it; none read: it may be any."""
        day = received_on(received, self.zone)
        if (kinds, day) not in self._known:
            self._known[kinds, day] = self._decide_due(kinds, received)
        due = self._known[kinds, day]
        named = ", ".join(sorted(kinds)) or "?"
        return None if due is None else Duty(of, Deed.DECIDE, named, lane, day, due)

    def _decide_due(self, kinds: frozenset[str], received: datetime) -> Due | None:
        names = {self._clock(kind) for kind in kinds} - {""} if kinds else {OPT_OUT_CLOCK}
        house = [self.clocks.house[name] for name in sorted(names)]
        return strictest((law for one in house for law in (*one.confirm, *one.follows)), received, self.zone)

    def _clock(self, kind: str) -> str:
        # A kind that is no longer in the tables: the law has not forgotten it.
        return self.kinds[kind].clock if kind in self.kinds else OPT_OUT_CLOCK


def by_pain(duties: Iterable[Duty], today: date) -> tuple[Duty, ...]:
    """What is late first, the longest at the top; then what is due soonest by its safe date."""

    def pain(duty: Duty) -> tuple[bool, date, date, date, int]:
        late, dates = duty.late(today), duty.dates
        return not late, dates.last if late else dates.safe, dates.last, duty.received, int(duty.of[1:])

    return tuple(sorted(duties, key=pain))
