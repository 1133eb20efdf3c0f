"""As much mail as wanted, made of the fixtures: each message with its own Message-ID and sender."""

import os
import re
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
ARRIVED = 1_795_000_000
_MESSAGE_ID = re.compile(rb"(?im)^message-id:[^\r\n]*")
_FROM = re.compile(rb"(?im)^(from:[^\r\n]*?)([\w.-]+)@")
# Every so many messages, one is met again at another place.
AGAIN = 50


def write_mail(folder: Path, count: int) -> None:
    """So many files in a folder; among them, here and there, the same bytes twice."""
    folder.mkdir(parents=True, exist_ok=True)
    fixtures = [path.read_bytes() for path in sorted(FIXTURES.rglob("*.eml"))]
    raw = b""
    for number in range(count):
        if number % AGAIN != AGAIN - 1:
            raw = varied(fixtures[number * 7 % len(fixtures)], number)
        path = folder / f"{number:06}.eml"
        path.write_bytes(raw)
        # The file's time is evidence of receipt where no header tells.
        os.utime(path, (ARRIVED, ARRIVED))


def varied(raw: bytes, number: int) -> bytes:
    """The same message from somebody else."""
    head, gap, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    head = _MESSAGE_ID.sub(b"Message-ID: <%d@varied.example.com>" % number, head)
    return _FROM.sub(rb"\g<1>\g<2>.%d@" % number, head, count=1) + gap + body
