"""How near a date is, in words that say which of the two dates is meant."""

from datetime import date, timedelta

import pytest

from allegro_privacy.cli.case_told import duty_document, nearest, when_due
from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.duties import Deed, Duty

SAFE, LAST = date(2026, 12, 14), date(2026, 12, 17)
DUTY = Duty("C8", Deed.ANSWER, "access", "customer", date(2026, 11, 20), Due(SAFE, LAST))

# Days after the safe date; what is said; the numbers of the document.
CASES = {
    "long before": (-5, "in 5 days", (False, 8, 0)),
    "the day before": (-1, "in 1 day", (False, 4, 0)),
    "on the safe date": (0, "NOW: safe date today", (False, 3, 0)),
    "after the safe date": (1, "NOW: past safe, 2 days left", (True, 2, 0)),
    "the day before the last": (2, "NOW: past safe, 1 day left", (True, 1, 0)),
    "on the legal last date": (3, "NOW: last day (legal)", (True, 0, 0)),
    "the day after it": (4, "LATE by 1 day (legal)", (True, -1, 1)),
    "long after it": (13, "LATE by 10 days (legal)", (True, -10, 10)),
}


@pytest.mark.parametrize(("after", "said", "numbers"), CASES.values(), ids=CASES)
def test_which_date_is_meant_is_said(after: int, said: str, numbers: tuple[bool, int, int]) -> None:
    today = SAFE + timedelta(days=after)
    assert when_due(DUTY, today) == said
    told = duty_document(DUTY, today)
    assert (told["past_safe"], told["days_to_last"], told["days_late"]) == numbers
    assert (told["days"], told["late"]) == (-after, numbers[2] > 0)
    assert nearest([DUTY], today) == f"C8, answer by {SAFE} (legal last date {LAST}): {said}"
