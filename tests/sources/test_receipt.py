"""When we received it: the server, the topmost Received, the file, and never the sender's Date if it can be helped
(hostile.md 23, cases.md 44)."""

from datetime import UTC, datetime

import pytest

from allegro_privacy.core.message import Flag, Origin, RawMessage
from allegro_privacy.sources.mime import parse
from allegro_privacy.sources.receipt import FILE_TIME, SERVER_TIME, read_date, read_envelope_date

DATES = {
    "plain": ("Fri, 20 Nov 2026 09:02:00 -0500", "2026-11-20T14:02:00"),
    "no weekday": ("20 Nov 2026 14:02:00 +0000", "2026-11-20T14:02:00"),
    "no seconds": ("20 Nov 2026 14:02 GMT", "2026-11-20T14:02:00"),
    "a named zone": ("20 Nov 2026 09:02:00 EST", "2026-11-20T14:02:00"),
    "a comment after it": ("20 Nov 2026 14:02:00 +0000 (UTC)", "2026-11-20T14:02:00"),
    "an unknown zone counts as UTC": ("20 Nov 2026 14:02:00 -0000", "2026-11-20T14:02:00"),
    "two digits of a year": ("20 Nov 26 14:02:00 +0000", "2026-11-20T14:02:00"),
    "a leap second": ("31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59"),
    "a full month name": ("20 November 2026 14:02:00 +0000", "2026-11-20T14:02:00"),
    "the 31st of February": ("31 Feb 2026 14:02:00 +0000", None),
    "a zone of 24 hours": ("20 Nov 2026 14:02:00 +2400", None),
    "a zone of 99 hours": ("20 Nov 2026 14:02:00 +9999", None),
    "year 99999": ("20 Nov 99999 14:02:00 +0000", None),
    "year 0": ("20 Nov 0000 14:02:00 +0000", None),
    "the last year, westward": ("31 Dec 9999 23:59:59 -0500", None),
    "hour 25": ("20 Nov 2026 25:02:00 +0000", None),
    "words": ("yesterday", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("text", "expected"), DATES.values(), ids=DATES)
def test_a_date_is_read_or_it_is_none(text: str, expected: str | None) -> None:
    found = read_date(text)
    assert found == (None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC))


def test_the_date_of_an_envelope_line_is_read() -> None:
    expected = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
    assert read_envelope_date("From rosa@example.com Fri Nov 20 14:02:00 2026") == expected
    assert read_envelope_date("From rosa@example.com Fri Nov 20 09:02:00 -0500 2026") == expected
    assert read_envelope_date("From - nothing") is None


FILE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOP = b"Received: by mx.example; Fri, 20 Nov 2026 09:02:00 -0500\n"
OLDER = b"Received: by other.example; Thu, 19 Nov 2026 09:02:00 -0500\n"
FUTURE = b"Received: by mx.example; Fri, 20 Nov 2099 09:02:00 -0500\n"
DATE = b"Date: Mon, 16 Nov 2026 10:00:00 +0000\n"

WHEN = [
    ("the server's own time wins", TOP + DATE, FILE, {SERVER_TIME}, FILE, "server"),
    (
        "the topmost Received",
        TOP + OLDER + DATE,
        FILE,
        set(),
        datetime(2026, 11, 20, 14, 2, tzinfo=UTC),
        "received-header",
    ),
    ("a Received in the future is not believed", FUTURE + DATE, FILE, set(), FILE, "file"),
    ("the file's time", DATE, FILE, set(), FILE, "file"),
    ("Date only without anything else", DATE, None, set(), datetime(2026, 11, 16, 10, tzinfo=UTC), "date-header"),
    ("nothing at all", b"", None, set(), datetime(1970, 1, 1, tzinfo=UTC), "date-header"),
]


@pytest.mark.parametrize(
    ("headers", "file", "flags", "received", "by"), [row[1:] for row in WHEN], ids=[row[0] for row in WHEN]
)
def test_the_receipt_time_is_ours(
    headers: bytes, file: datetime | None, flags: set[str], received: datetime, by: str
) -> None:
    raw = headers + b"From: rosa@example.com\n\nSTOP"
    message = parse(RawMessage(raw, Origin("eml:", "a", received=file), len(raw), flags=frozenset(flags)))
    assert (message.received, message.received_by) == (received, by)
    assert (Flag.DATE_DISTRUSTED in message.flags) == (headers == FUTURE + DATE)
    assert (Flag.NO_DATE in message.flags) == (by == "date-header" and not headers)
    assert SERVER_TIME not in message.flags


UNSURE = [
    ("a Received line says it", TOP + DATE, FILE, {FILE_TIME}, False),
    ("a saved file without one", DATE, FILE, {FILE_TIME}, True),
    ("a saved file whose Received lies in the future", FUTURE + DATE, FILE, {FILE_TIME}, True),
    ("standard input, where only the sender says it", DATE, None, {FILE_TIME}, True),
    ("a file that was delivered", DATE, FILE, set(), False),
    ("the server's own time", DATE, FILE, {SERVER_TIME}, False),
]


@pytest.mark.parametrize(
    ("headers", "file", "flags", "unsure"), [row[1:] for row in UNSURE], ids=[row[0] for row in UNSURE]
)
def test_a_day_of_receipt_that_no_server_says_is_marked(
    headers: bytes, file: datetime | None, flags: set[str], unsure: bool
) -> None:
    raw = headers + b"From: rosa@example.com\n\nSTOP"
    message = parse(RawMessage(raw, Origin("eml:", "a", received=file), len(raw), flags=frozenset(flags)))
    assert (Flag.NO_RECEIVED in message.flags) is unsure
    assert FILE_TIME not in message.flags
