"""An mbox is split where a message begins, and nowhere else."""

import hashlib
import io
from datetime import UTC, datetime

import pytest

from allegro_privacy.sources.mbox import holds_one, is_mbox, read_mbox

LINE = b"From rosa@example.com Fri Nov 20 14:02:00 2026\n"
FIRST = b"From: rosa@example.com\nSubject: one\n\nfirst\n"
SECOND = b"From: hf@example.com\nSubject: two\n\nsecond\n"


def split(raw: bytes, limit: int = 10_000) -> list[bytes]:
    return [bytes(letter.raw) for letter in read_mbox(io.BytesIO(raw), limit)]


SPLITS = {
    "two messages": (LINE + FIRST + b"\n" + LINE + SECOND, [FIRST, SECOND]),
    "an empty line at the end of a text is its own": (LINE + FIRST + b"\n\n" + LINE + SECOND, [FIRST + b"\n", SECOND]),
    "an escaped line": (
        LINE + FIRST + b"\n>From me Fri Nov 20 14:02:00 2026\n",
        [FIRST + b"\nFrom me Fri Nov 20 14:02:00 2026\n"],
    ),
    "a line escaped twice (mboxrd)": (LINE + FIRST + b">>From x\n", [FIRST + b">From x\n"]),
    "a From in a sentence": (LINE + FIRST + b"\nFrom now on, stop.\n", [FIRST + b"\nFrom now on, stop.\n"]),
    "no empty line before": (LINE + FIRST + LINE + SECOND, [FIRST + LINE + SECOND]),
    "Thunderbird's line": (b"From - Fri Nov 20 14:02:00 2026\n" + FIRST, [FIRST]),
    "a zone in the line": (b"From a@example.com Fri Nov 20 14:02:00 -0500 2026\n" + FIRST, [FIRST]),
    "an envelope with spaces": (b'From "rosa q"@example.com Fri Nov 20 14:02 2026\n' + FIRST, [FIRST]),
    "something before the first line": (b"lost\n\n" + LINE + FIRST, [b"lost\n", FIRST]),
    "empty lines before the first line": (b"\n\n" + LINE + FIRST, [FIRST]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize(("raw", "expected"), SPLITS.values(), ids=SPLITS)
def test_an_mbox_is_split(raw: bytes, expected: list[bytes]) -> None:
    assert split(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), SPLITS.values(), ids=SPLITS)
def test_an_mbox_with_crlf_is_split_in_the_same_places(raw: bytes, expected: list[bytes]) -> None:
    assert split(raw.replace(b"\n", b"\r\n")) == [piece.replace(b"\n", b"\r\n") for piece in expected]


@pytest.mark.parametrize(("raw", "expected"), SPLITS.values(), ids=SPLITS)
def test_an_mbox_of_an_old_mac_is_split_in_the_same_places(raw: bytes, expected: list[bytes]) -> None:
    assert split(raw.replace(b"\n", b"\r")) == [piece.replace(b"\n", b"\r") for piece in expected]


def test_lines_of_an_old_mac_may_be_longer_than_what_is_read_at_once() -> None:
    long = b"x" * 150_000 + b"\r"
    raw = (LINE + FIRST).replace(b"\n", b"\r") + long + b"\r" + (LINE + SECOND).replace(b"\n", b"\r")
    assert split(raw, 1_000_000) == [FIRST.replace(b"\n", b"\r") + long, SECOND.replace(b"\n", b"\r")]


EARLIER = LINE.replace(b"14:02", b"13:02")
LATER = LINE.replace(b"14:02", b"15:02")
PARTS = b"From: rosa@example.com\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\n\nfirst\n"

ONE_LETTER = {
    "one": (LINE + FIRST, True),
    "a returned message below the text": (LINE + FIRST + b"\nWe return:\n\n" + EARLIER + SECOND, True),
    "a returned message of the same second": (LINE + FIRST + b"\n" + LINE + SECOND, True),
    "a returned message inside a part": (LINE + PARTS + b"--b1\n\n" + LATER + SECOND + b"\n--b1--\n", True),
    "a sentence with a date": (LINE + FIRST + b"\nFrom Monday 10:30 to 2027\n\nwe are closed\n", True),
    "a younger one": (LINE + FIRST + b"\n" + LATER + SECOND, False),
    "two more": (LINE + FIRST + b"\n" + EARLIER + SECOND + b"\n" + EARLIER + FIRST, False),
    "one behind the end of all parts": (LINE + PARTS + b"--b1--\n\n" + LINE + SECOND, False),
}


@pytest.mark.parametrize(("raw", "expected"), ONE_LETTER.values(), ids=ONE_LETTER)
def test_a_letter_saved_with_its_from_line_is_told_from_an_mbox(raw: bytes, expected: bool) -> None:
    assert holds_one(io.BytesIO(raw)) is expected
    assert holds_one(io.BytesIO(raw.replace(b"\n", b"\r"))) is expected


def test_place_time_size_and_digest_are_told() -> None:
    first, second = read_mbox(io.BytesIO(LINE + FIRST + b"\n" + LINE + SECOND), 20)
    assert (first.offset, second.offset) == (0, len(LINE + FIRST) + 1)
    assert first.received == datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
    assert (bytes(first.raw), first.size) == (FIRST[:20], len(FIRST))
    assert first.digest == hashlib.sha256(FIRST).hexdigest()


def test_one_endless_line_takes_no_memory() -> None:
    (letter,) = read_mbox(io.BytesIO(LINE + b"x" * 5_000_000), 1000)
    assert (len(letter.raw), letter.size) == (1000, 5_000_000)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (LINE, True),
        (b"From - Fri Nov 20 14:02:00 2026\r\n", True),
        (b"From: a@example.com\n", False),
        (b"From Rosa, Miami\n", False),
    ],
)
def test_an_mbox_is_known_by_its_first_line(beginning: bytes, expected: bool) -> None:
    assert is_mbox(beginning) is expected
