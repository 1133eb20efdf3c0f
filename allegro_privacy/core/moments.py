"""Moments as text, for what is kept and for what leaves."""

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """A moment in UTC, ISO, whole seconds, so that the order of texts is that of times."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
