"""What the readers say of sent lists that were checked."""

from dataclasses import dataclass
from datetime import date, datetime

from allegro_privacy.core.leaks import Within


@dataclass(frozen=True, slots=True)
class LeakFound:
    """Somebody was mailed after they had asked, as a sent list showed. check, at: the event that says so.  recipient:
    who mailed, "" when nobody said.  drop: the planned mailing that the list is of, by its event."""

    check: int
    at: datetime
    suppression: str
    sent: date
    days: int
    within: Within
    recipient: str
    drop: int | None
    file: str
