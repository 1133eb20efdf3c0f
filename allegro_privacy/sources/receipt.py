"""When we received a message: legal clocks start there, so the sender's own Date header never decides."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from allegro_privacy.core.message import Flag, RawMessage
from allegro_privacy.sources.headers import HeaderBlock, decode_value

SERVER_TIME = "server-time"
"""What a source puts into RawMessage.flags when Origin.received is the server's own time (IMAP INTERNALDATE)."""

FILE_TIME = "file-time"
"""The same when Origin.received is at best the time of a file, which saving and copying change."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DATE = re.compile(
    r"(?<!\d)(\d{1,2})[ -]+([A-Za-z]{3})[a-z]{0,6}[ ,-]+(\d{4}|\d{2})[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?"
    r"\s{0,4}([+-]\d{4}|[A-Za-z]{1,5})?"
)
_ENVELOPE_DATE = re.compile(
    r"\b([A-Za-z]{3})[a-z]{0,6} +(\d{1,2}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: +([A-Za-z]{1,5}|[+-]\d{4}))? +(\d{4})\b"
)
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AST": -4, "AKST": -9}


def read_date(text: str) -> datetime | None:
    """An RFC 5322 date and time in UTC; None for what is none. A zone that is missing or unknown counts as UTC."""
    match = _DATE.search(text[:200])
    if match is None:
        return None
    day, month, year, hour, minute, second, zone = match.groups()
    if len(year) == 2:
        year = ("20" if int(year) < 50 else "19") + year
    return _moment(year, month, day, (hour, minute, second), zone)


def read_envelope_date(line: str) -> datetime | None:
    """The date of an mbox "From " line in UTC, None when there is none."""
    match = _ENVELOPE_DATE.search(line[:300])
    if match is None:
        return None
    month, day, hour, minute, second, zone, year = match.groups()
    return _moment(year, month, day, (hour, minute, second), zone)


def _moment(year: str, month: str, day: str, clock: tuple[str, str, str | None], zone: str | None) -> datetime | None:
    hour, minute, second = clock
    try:
        at = datetime(
            int(year),
            _MONTHS[month.lower()],
            int(day),
            int(hour),
            int(minute),
            min(int(second or 0), 59),
            tzinfo=_zone(zone),
        )
        return at.astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def _zone(zone: str | None) -> timezone:
    if zone is None or zone[0] not in "+-":
        return timezone(timedelta(hours=_ZONES.get((zone or "").upper(), 0)))
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return timezone(-offset if zone[0] == "-" else offset)


def received_at(raw: RawMessage, headers: HeaderBlock) -> tuple[datetime, str, frozenset[str]]:
    """The moment of receipt (UTC), what says so, and flags.

    The server's own time wins; then the topmost Received line, which our own server wrote, unless it lies more than a
    day in the future of the file; then the file's time. Only without any of them the Date header stands in.
    """
    found = raw.origin.received
    if found is not None and SERVER_TIME in raw.flags:
        return found.astimezone(UTC), "server", frozenset()
    flags: frozenset[str] = frozenset()
    unsure = frozenset({Flag.NO_RECEIVED}) if FILE_TIME in raw.flags else flags
    topmost = next(iter(headers.values("received")), b"")
    by_server = read_date(decode_value(topmost).rpartition(";")[2]) if topmost else None
    if by_server is not None and by_server.year >= 1982:  # RFC 822: no Received line is older
        if found is None or by_server <= found + timedelta(days=1):
            return by_server, "received-header", flags
        flags = frozenset({Flag.DATE_DISTRUSTED})
    if found is not None:
        return found.astimezone(UTC), "file", flags | unsure
    by_sender = read_date(decode_value(next(iter(headers.values("date")), b"")))
    if by_sender is not None:
        return by_sender, "date-header", flags | unsure
    return _EPOCH, "date-header", flags | unsure | {Flag.NO_DATE}
