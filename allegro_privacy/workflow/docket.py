"""Everything that is owed by a date, and the calendar that other programs can show."""

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from allegro_privacy.core.duties import Duty, by_pain
from allegro_privacy.errors import PrivacyError
from allegro_privacy.reports.calendar import calendar
from allegro_privacy.store import views
from allegro_privacy.store.database import Database
from allegro_privacy.workflow.cases import Rulebook


def duties(database: Database, rules: Rulebook, now: datetime, questions: bool = True) -> tuple[Duty, ...]:
    """What is owed in open cases and (questions) in open reviews, what hurts first at the top."""
    owed = [duty for case in views.open_cases(database) for duty in rules.duties(case)]
    for each in views.open_questions(database) if questions else ():
        duty = rules.calendar.of_review(each.of, each.kinds, each.lane.value, each.received)
        owed += [duty] if duty else []
    return by_pain(owed, rules.today(now))


def write_calendar(path: Path, owed: Sequence[Duty], shop: str, now: datetime) -> None:
    """The dates as a calendar file (RFC 5545), complete or not at all; one that is there already is replaced."""
    text = calendar(owed, shop, now)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PrivacyError(f"{path} cannot be written.", f"{error.strerror or error}.", "Name another file.") from error
