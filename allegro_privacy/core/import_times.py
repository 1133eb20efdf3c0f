"""Times as platforms write them: Unix seconds or milliseconds, ISO 8601, RFC 5322, or as a mapping says."""

import re
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

_NUMBER = re.compile(r"\d{9,13}(?:\.\d{1,9})?")
# Go writes "2026-11-20 14:02:00.123456 +0000 UTC"; a blank before the zone, or more than six digits, is no ISO.
_GO = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?(?:\s+[A-Z]{3,4})?")
_EARLIEST = 1990


def read_time(written: str, zone: tzinfo, pattern: str = "") -> datetime | None:
    """The moment (UTC) that a cell names; None when it names none that can be read. zone: of times without one."""
    written = written.strip()
    if not written:
        return None
    with suppress(ValueError, OverflowError, OSError, TypeError, IndexError):
        found = _moment(written, pattern)
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        return found.replace(microsecond=0) if found.year >= _EARLIEST else None
    return None


def _moment(written: str, pattern: str) -> datetime:
    if pattern:
        return datetime.strptime(written, pattern)  # noqa: DTZ007  (the caller knows the zone)
    if _NUMBER.fullmatch(written):
        seconds = float(written)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
    with suppress(ValueError):
        return datetime.fromisoformat(written)
    if match := _GO.fullmatch(written):
        offset = {"UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", None: ""}.get(match[2], match[2])
        return datetime.fromisoformat(match[1] + (offset or ""))
    return parsedate_to_datetime(written)
