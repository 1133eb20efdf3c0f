"""An mbox as a stream of messages, whatever its size, in bounded memory.

The separator is a "From " line with a date, at the start or after an empty line. mboxo and mboxrd escape such lines in
a text as ">From "; one level is taken off again.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from allegro_privacy.sources.receipt import read_envelope_date

LINE_LIMIT = 64 * 1024

_SEPARATOR = re.compile(rb"From [^\n]{0,300}?\d{1,2}:\d{2}[^\n]{0,40}\b\d{4}\b")
_ESCAPED = re.compile(rb">+From ")


@dataclass(slots=True)
class Letter:
    """One message of an mbox: its bytes up to the cap, where its "From " line stands and when that says it came."""

    offset: int
    received: datetime | None
    limit: int
    raw: bytearray = field(default_factory=bytearray)
    size: int = 0
    digest: str = ""
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _held: bytes = b""

    def add(self, line: bytes) -> None:
        """Take one more line; an empty one is held back, since the last before a separator belongs to the mbox."""
        self._take(self._held)
        self._held = b""
        if line in (b"\n", b"\r\n"):
            self._held = line
        else:
            self._take(line)

    def finish(self, at_separator: bool) -> "Letter":
        if not at_separator:
            self._take(self._held)
        self.digest = self._hash.hexdigest()
        return self

    def _take(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        self.raw += data[: max(self.limit - len(self.raw), 0)]


def is_mbox(beginning: bytes) -> bool:
    """Does a file that begins so hold an mbox? (One letter that begins "From Rosa" does not.)"""
    return _SEPARATOR.match(beginning.removeprefix(b"\xef\xbb\xbf")) is not None


def read_mbox(stream: BinaryIO, limit: int) -> Iterator[Letter]:
    """The messages in order. What stands before the first separator is a message too, so that nothing is lost."""
    letter: Letter | None = None
    offset = 0
    after_empty = after_end = True
    while line := stream.readline(LINE_LIMIT):
        if after_empty and _SEPARATOR.match(line):
            if letter is not None:
                yield letter.finish(at_separator=True)
            letter = Letter(offset, read_envelope_date(line.decode("latin-1")), limit)
        elif letter is not None or line.strip():
            letter = letter or Letter(offset, None, limit)
            letter.add(line[1:] if after_end and _ESCAPED.match(line) else line)
        offset += len(line)
        after_empty = after_end and line in (b"\n", b"\r\n")
        after_end = line.endswith(b"\n")
    if letter is not None:
        yield letter.finish(at_separator=False)
