"""An mbox as a stream of messages, whatever its size, in bounded memory.

The separator is a "From " line with a date, at the start or after an empty line. mboxo and mboxrd escape such lines in
a text as ">From "; one level is taken off again. Lines may end as on any system, also with the CR of old Macs.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from allegro_privacy.sources.receipt import read_envelope_date

LINE_LIMIT = 64 * 1024

_SEPARATOR = re.compile(rb"From [^\r\n]{0,300}?\d{1,2}:\d{2}[^\r\n]{0,40}\b\d{4}\b")
_ESCAPED = re.compile(rb">+From ")
_FIELD = re.compile(rb"[!-9;-~]{1,100}:")
_BOUNDARY = re.compile(rb"boundary\s*=\s*\"?([^\s\";]{1,200})", re.IGNORECASE)
_EMPTY = (b"\n", b"\r\n", b"\r")
_NO_TIME = datetime.min.replace(tzinfo=UTC)


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
        if line in _EMPTY:
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
    for line in _lines(stream):
        if after_empty and _SEPARATOR.match(line):
            if letter is not None:
                yield letter.finish(at_separator=True)
            letter = Letter(offset, read_envelope_date(line.decode("latin-1")), limit)
        elif letter is not None or line.strip():
            letter = letter or Letter(offset, None, limit)
            letter.add(line[1:] if after_end and _ESCAPED.match(line) else line)
        offset += len(line)
        after_empty = after_end and line in _EMPTY
        after_end = line.endswith((b"\n", b"\r"))
    if letter is not None:
        yield letter.finish(at_separator=False)


def holds_one(stream: BinaryIO) -> bool:
    """Is a file that begins like an mbox one letter after all, whose "From " line was left on when it was saved?

    What it quotes or returns may bring such a line too: inside a part of it, or below its text as the beginning of the
    returned message, which is never younger. What follows the end of all its parts, or is younger, or is more than one
    message, makes an mbox."""
    first: datetime | None = None
    boundary = b""
    ended = several = False
    later: list[datetime] = []
    empty = separator = b"\n"
    for line in _lines(stream):
        if empty in _EMPTY and _SEPARATOR.match(separator) and _FIELD.match(line):
            told = read_envelope_date(separator.decode("latin-1")) or _NO_TIME
            if first is None:
                first = told
            else:
                later.append(told)
                several = several or ended
        if boundary and not several and line.startswith(boundary):
            later.clear()  # the letter goes on: what looked like others stood inside of it
            ended = line.rstrip() == boundary + b"--"
        elif not boundary and not later and (match := _BOUNDARY.search(line)):
            boundary = b"--" + match.group(1)
        empty, separator = separator, line
    younger = first is not None and any(told > first for told in later)
    return not (several or younger or len(later) > 1)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines with their ends, at most LINE_LIMIT bytes each."""
    line = stream.readline(LINE_LIMIT)
    if b"\r" not in line.rstrip(b"\r\n"):
        while line:
            yield line
            line = stream.readline(LINE_LIMIT)
        return
    rest = b""
    while line:
        *whole, rest = (rest + line).split(b"\r")
        yield from (each + b"\r" for each in whole)
        if len(rest) >= LINE_LIMIT:
            yield rest
            rest = b""
        line = stream.readline(LINE_LIMIT)
    if rest:
        yield rest
