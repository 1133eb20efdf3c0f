"""Dates that are owed, as a calendar that other programs show (RFC 5545). Numbers and dates only: calendars are shared,
so no name, no address and no word of anybody stands in one."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from allegro_privacy.core.duties import Deed, Duty

# RFC 5545, section 3.1: a line is at most 75 octets without its end; what follows begins with a blank.
LONGEST_LINE = 75
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, appendix C: for URLs


def calendar(owed: Iterable[Duty], shop: str, now: datetime) -> str:
    """One all-day entry for each duty, on its safe date. The same duty keeps its UID, so that a calendar that reads the
    file again moves it instead of showing it twice."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//allegro-privacy//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:" + escaped(f"{shop}: privacy deadlines"),
        *(line for duty in owed for line in _entry(duty, shop, stamp)),
        "END:VCALENDAR",
    ]
    return "".join(folded(line) for line in lines)


_DEEDS = {Deed.ACKNOWLEDGE: "acknowledge", Deed.ANSWER: "answer", Deed.DECIDE: "decide"}


def _entry(duty: Duty, shop: str, stamp: str) -> Iterator[str]:
    safe, last = duty.dates.safe, duty.dates.last
    command = f"review answer {duty.of} …" if duty.deed is Deed.DECIDE else f"case show {duty.of}"
    told = f"Safe date {safe}, legal last date {last}.\nallegro-privacy {command}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid.uuid5(_NAMESPACE, f'allegro-privacy {shop} {duty.of} {duty.deed} {duty.received}')}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{safe:%Y%m%d}"
    # The end of an all-day entry is the day after it (RFC 5545, section 3.6.1).
    yield f"DTEND;VALUE=DATE:{safe + timedelta(days=1):%Y%m%d}"
    yield "SUMMARY:" + escaped(f"{duty.of}: {_DEEDS[duty.deed]}, at the latest {last}")
    yield "DESCRIPTION:" + escaped(told)
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value (RFC 5545, section 3.3.11); control signs, which none may hold, are left out."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return "".join(sign for sign in text if sign == "\t" or sign.isprintable())


def folded(line: str) -> str:
    """A line with its end, folded before it is longer than 75 octets, never inside a character."""
    parts, part = [], b""
    for sign in line:
        raw = sign.encode()
        if len(part) + len(raw) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += raw
    return b"\r\n".join([*parts, part]).decode() + "\r\n"
