"""An mbox is split where a message begins, and nowhere else."""

import hashlib
import io
from datetime import UTC, datetime

import pytest

from allegro_privacy.sources.mbox import is_mbox, read_mbox

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
