"""Files of rows that come from elsewhere: what they are, and their rows one by one, in bounded memory.

Nothing in a file can stop the rest of it: a quotation mark that is never closed costs the row that it stands in, a
line without an end costs that line.
"""

import codecs
import csv
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, TextIO

from allegro_privacy.core.platforms import JSON_LINES, Table, folded
from allegro_privacy.errors import UsageError

CHUNK = 1 << 16
# A row of more characters, or over more lines, is none: a quotation mark was not closed, or a line end is missing.
MOST_SIGNS, MOST_LINES = 1 << 16, 20
FIRST_LINES = 40
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_PACKED = {
    b"PK\x03\x04": "a ZIP archive or an Excel file",
    b"\x1f\x8b": "a compressed file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a database",
}

_UNCLOSED = "a quotation mark opens a cell that does not end, or stands where none may"

Step = Callable[[int], None]
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is. sha256: of its bytes.  lines: about how many it has.  stamp: tells whether it changed since."""

    path: Path
    size: int
    sha256: str
    encoding: str
    lines: int
    stamp: Stamp
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row: the line it begins on, its cells by folded column name (JSON) or in order, or why it has none."""

    line: int
    cells: tuple[str, ...] = ()
    named: dict[str, str] | None = None
    raw: str = ""
    problem: str = ""


def examine(path: Path, step: Step) -> Examined:
    """Read a file once: its hash, its encoding, its first lines. UsageError when it is no text; `step` gets the bytes
    read so far."""
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        if not S_ISREG(about.st_mode):
            raise UsageError(f"{path} is not an ordinary file.", "It is read twice.", "Save it as a file first.")
        beginning = file.read(CHUNK)
        for mark, what in _PACKED.items():
            if beginning.startswith(mark):
                fix = "Unpack it, or save it as CSV (UTF-8), and import that."
                raise UsageError(f"{path.name} is {what}.", "Rows are read from CSV and JSON lines.", fix)
        file.seek(0)
        encoding, sha256, lines = _measured(file, beginning, step)
    stamp = (about.st_ino, about.st_size, about.st_mtime_ns)
    with path.open("r", encoding=encoding, errors=_errors(encoding), newline="") as text:
        first = tuple(line for _ in range(FIRST_LINES) if (line := text.readline(MOST_SIGNS)))
    return Examined(path, about.st_size, sha256, encoding, lines, stamp, first)


def _measured(file: BinaryIO, beginning: bytes, step: Step) -> tuple[str, str, int]:
    """The encoding, the hash and the number of lines. Without a mark at its beginning a file is UTF-8 when it can be;
    else Windows-1252, unless most of its signs are UTF-8 after all, and a few lines are broken."""
    encoding = next((name for mark, name in _MARKS if beginning.startswith(mark)), "") or _without_mark(beginning)
    digest, lines, right, wrong, read = hashlib.sha256(), 0, 0, 0, 0
    while line := file.readline(CHUNK):
        digest.update(line)
        lines += 1
        read += len(line)
        if not line.isascii():
            try:
                line.decode("utf-8-sig")
                right += 1
            except UnicodeDecodeError:
                wrong += 1
        if lines % 4096 == 0:
            step(read)
    if not encoding:
        encoding = "cp1252" if wrong > right else "utf-8"
    return encoding, digest.hexdigest(), lines


def _without_mark(beginning: bytes) -> str:
    """UTF-16 without a mark: every second byte of western text is zero."""
    odd, even = beginning[1::2].count(0), beginning[::2].count(0)
    half = len(beginning) // 2
    if half and odd > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.7 else ""


def _errors(encoding: str) -> str:
    # What cannot be decoded stays recognisable, so that only its row is bad.
    return "surrogateescape" if encoding in ("utf-8", "utf-8-sig", "cp1252") else "replace"


def rows(examined: Examined, table: Table) -> Iterator[FileRow]:
    """The rows of a file in order; what cannot be read as a row has a `problem`."""
    handle = examined.path.open("r", encoding=examined.encoding, errors=_errors(examined.encoding), newline="")
    with closing(handle):
        feed = _Feed(handle, examined.encoding)
        for _ in range(table.first):
            feed.skip()
        yield from _json_rows(feed) if table.shape.kind == JSON_LINES else _csv_rows(feed, table)


def is_same(examined: Examined) -> bool:
    """Is the file still the one that was examined?"""
    about = examined.path.stat()
    return (about.st_ino, about.st_size, about.st_mtime_ns) == examined.stamp


class _SpoiltError(Exception):
    """The row that is being read is none."""


@dataclass(frozen=True, slots=True)
class _Physical:
    number: int
    text: str
    problem: str


class _Feed:
    """The lines of a file for the csv module, which asks for more while a quotation mark is open. What a spoilt row
    swallowed is given back."""

    def __init__(self, handle: TextIO, encoding: str) -> None:
        self._handle, self._encoding = handle, encoding
        self._waiting: deque[_Physical] = deque()
        self._number = 0
        self._signs = 0
        self.taken: list[_Physical] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= MOST_LINES or self._signs > MOST_SIGNS):
            raise _SpoiltError(_UNCLOSED)
        line = self._waiting.popleft() if self._waiting else self._read()
        if line is None:
            raise StopIteration
        if line.problem and self.taken:
            # The row before it never ended; this line is told by itself.
            self._waiting.appendleft(line)
            raise _SpoiltError(_UNCLOSED)
        self.taken.append(line)
        self._signs += len(line.text)
        if line.problem:
            raise _SpoiltError(line.problem)
        return line.text

    def begin(self) -> None:
        """A new row begins."""
        self.taken.clear()
        self._signs = 0

    def give_back(self) -> _Physical:
        """The line that the spoilt row began on; the others are read again."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        return first

    def skip(self) -> None:
        self._read()

    def _read(self) -> _Physical | None:
        text = self._handle.readline(MOST_SIGNS + 1)
        if not text:
            return None
        self._number += 1
        problem = ""
        if len(text) > MOST_SIGNS and not text.endswith(("\n", "\r")):
            problem = f"the line is longer than {MOST_SIGNS:,} characters"
            while (rest := self._handle.readline(MOST_SIGNS)) and not rest.endswith(("\n", "\r")):
                pass
        elif "\0" in text:
            problem = "it holds a NUL character"
        elif not text.isascii() and _broken(text):
            problem = f"it holds bytes that are no text in {self._encoding}"
        return _Physical(self._number, text, problem)


def _broken(text: str) -> bool:
    return "\ufffd" in text or any("\udc80" <= sign <= "\udcff" for sign in text)


def _csv_rows(feed: _Feed, table: Table) -> Iterator[FileRow]:
    width = len(table.header or table.shape.header)
    # Their cells never hold a line end: where one does, a quotation mark has swallowed other rows.
    plain = [place for name in table.shape.columns.values() if (place := table.places.get(folded(name))) is not None]
    while True:
        reader = csv.reader(feed, delimiter=table.delimiter, strict=True)
        while True:
            feed.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (_SpoiltError, csv.Error) as problem:
                line = feed.give_back()
                told = str(problem) if isinstance(problem, _SpoiltError) else _UNCLOSED
                yield FileRow(line.number, raw=_shown(line.text), problem=told)
                break
            if not any(cells):
                continue
            if len(cells) != width:
                line = feed.give_back()
                yield FileRow(line.number, raw=_shown(line.text), problem=_width(len(cells), width, len(feed.taken)))
                break
            if len(feed.taken) > 1 and any("\n" in cells[place] or "\r" in cells[place] for place in plain):
                line = feed.give_back()
                yield FileRow(line.number, raw=_shown(line.text), problem=_UNCLOSED)
                break
            line = feed.taken[0]
            yield FileRow(line.number, tuple(cells), raw=line.text)


def _width(found: int, width: int, lines: int) -> str:
    if lines > 1:
        return _UNCLOSED
    cells = "cell" if found == 1 else "cells"
    return f"it has {found} {cells} where the header has {width}"


def _json_rows(feed: _Feed) -> Iterator[FileRow]:
    while True:
        feed.begin()
        try:
            text = next(feed)
        except StopIteration:
            return
        except _SpoiltError as problem:
            line = feed.give_back()
            yield FileRow(line.number, raw=_shown(line.text), problem=str(problem))
            continue
        if not text.strip():
            continue
        number = feed.taken[0].number
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            yield FileRow(number, raw=_shown(text), problem="it is not one JSON object")
            continue
        named = {folded(str(key)): _cell(cell) for key, cell in value.items()}
        yield FileRow(number, named=named, raw=text)


def _cell(value: object) -> str:
    """A JSON value as a cell; a list of words as a cell holds several."""
    if isinstance(value, list):
        return ", ".join(_cell(one) for one in value)
    return "" if value is None or isinstance(value, dict) else str(value)


def _shown(text: str) -> str:
    return text[:2000].rstrip("\r\n")
