"""What a scrub writes, from slices of the original bytes: whatever judged them, the outputs are made here."""

import csv
import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, BinaryIO, Protocol, cast

from allegro_privacy.errors import PrivacyError
from allegro_privacy.lists import files
from allegro_privacy.lists.scrub import Delimited, Fate, Fixed, Form, Found, Judged
from allegro_privacy.lists.scrub_files import Names, remove_all

# What stands before each row that did not stay, in its own file.
BEFORE = ("suppression", "since", "rule", "line")
WIDTHS = (12, 12, 80, 14)
FLAG, FLAG_WIDTH = "scrub", 20
Since = Callable[[int], str]
"""The day since which a suppression, by its number, stands."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the first record. raw: all of it.  mark: the byte order mark.  header: the line of names, with
    its end.  lines: how many lines it is."""

    raw: bytes = b""
    mark: bytes = b""
    header: bytes = b""
    lines: int = 0


@dataclass(slots=True)
class Sum:
    """What was written so far. hits: by suppression, how many rows dropped and how many to look at."""

    records: int = 0
    lines: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    bytes: Counter[Fate] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    hits: dict[int, list[int]] = field(default_factory=dict)
    first_held: list[tuple[int, str]] = field(default_factory=list)

    def add(self, found: Found, line: int) -> None:
        """One record that is not simply kept."""
        self.fates[found.fate] += 1
        self.bytes[found.fate] += found.end - found.start
        self.rules[found.rule] += 1
        if found.suppression:
            hit = self.hits.setdefault(found.suppression, [0, 0])
            hit[found.fate is Fate.LOOK] += 1
        elif len(self.first_held) < 20:
            self.first_held.append((line, found.rule))

    def add_block(self, judged: Judged) -> None:
        """A whole block, behind its records that are not kept."""
        gone = sum(one.end - one.start for one in judged.found)
        self.fates[Fate.KEEP] += judged.records - len(judged.found)
        self.bytes[Fate.KEEP] += judged.size - gone
        self.records += judged.records
        self.lines += judged.lines


class Sink(Protocol):
    """Where judged blocks go."""

    sum: Sum

    def take(self, block: bytes, judged: Judged) -> None: ...


class Count:
    """A sink that writes nothing: for --check."""

    def __init__(self, head: "Head") -> None:
        self.sum = Sum(lines=head.lines)

    def take(self, block: bytes, judged: Judged) -> None:
        """One block."""
        for found in judged.found:
            self.sum.add(found, self.sum.lines + found.line + 1)
        self.sum.add_block(judged)


class Partition:
    """Kept, dropped, looked at and held rows, each in a file of its own. keep_looks: rows to look at stay in the kept
    file as well."""

    def __init__(self, outputs: "Outputs", form: Form, head: "Head", since: Since, keep_looks: bool):
        self.sum = Sum(lines=head.lines)
        self._outputs, self._form, self._since, self._keep_looks = outputs, form, since, keep_looks
        outputs.kept.write(head.raw)
        self._head = head.mark + _before(form, BEFORE) + head.header if head.header else head.mark

    def take(self, block: bytes, judged: Judged) -> None:
        """One block."""
        done, view = 0, memoryview(block)
        kept: list[memoryview] = []
        aside: dict[str, list[bytes]] = {}
        for found in judged.found:
            line = self.sum.lines + found.line + 1
            self.sum.add(found, line)
            aside.setdefault(_PARTS[found.fate], []).append(self._told(found, line) + block[found.start : found.end])
            if found.fate is Fate.LOOK and self._keep_looks:
                continue
            kept.append(view[done : found.start])
            done = found.end
        kept.append(view[done:])
        self._outputs.kept.write(b"".join(kept) if done else block)
        for part, rows in aside.items():
            self._write(part, b"".join(rows))
        self.sum.add_block(judged)

    def _told(self, found: Found, line: int) -> bytes:
        suppressed = (f"S{found.suppression}", self._since(found.suppression)) if found.suppression else ("", "")
        return _before(self._form, (*suppressed, found.rule, str(line)))

    def _write(self, part: str, rows: bytes) -> None:
        file, fresh = self._outputs.aside(part)
        file.write(self._head + rows if fresh else rows)


_PARTS = {Fate.DROP: "dropped", Fate.LOOK: "look", Fate.HELD: "held"}


def _before(form: Form, cells: tuple[str, ...]) -> bytes:
    if isinstance(form, Fixed):
        return b"".join(cell[:width].ljust(width).encode() for cell, width in zip(cells, WIDTHS, strict=True))
    between = form.delimiter
    # A number and "S12" need no quotes, and are other ones in each row.
    quoted = [cell if cell.isalnum() and not between.isalnum() else _quoted(cell, between) for cell in cells]
    return _encoded(between.join((*quoted, "")), form)


@lru_cache(maxsize=4096)
def _quoted(cell: str, delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow((cell, ""))
    return text.getvalue().removesuffix(delimiter)


def _encoded(text: str, form: Form) -> bytes:
    return text.encode(form.encoding if form.encoding.startswith("utf-16") else "ascii", "replace")


class Flagged:
    """Every row, with one column more that tells its fate."""

    def __init__(self, outputs: "Outputs", form: Form, head: "Head") -> None:
        self.sum = Sum(lines=head.lines)
        self._file, self._form = outputs.kept, form
        self._file.write(self._flagged(head.raw, FLAG) if head.header else head.raw)

    def take(self, block: bytes, judged: Judged) -> None:
        """One block."""
        found = {one.start: one for one in judged.found}
        start = 0
        for end in judged.ends:
            raw = block[start:end]
            one = found.get(start)
            if one:
                self.sum.add(one, self.sum.lines + one.line + 1)
            blank = not raw.strip(b" \t\r\n\0\x1a")
            self._file.write(raw if blank and not one else self._flagged(raw, flag_of(one)))
            start = end
        self.sum.add_block(judged)

    def _flagged(self, raw: bytes, flag: str) -> bytes:
        form = self._form
        told = _encoded(form.delimiter + flag, form) if isinstance(form, Delimited) else _padded(flag)
        for end in ("\r\n", "\n", "\r"):
            line_end = _encoded(end, form)
            if raw.endswith(line_end):
                return raw[: -len(line_end)] + told + line_end
        return raw + told


def _padded(flag: str) -> bytes:
    return flag.ljust(FLAG_WIDTH).encode()


def flag_of(found: Found | None) -> str:
    """What the further column says of one row."""
    if found is None:
        return Fate.KEEP.value
    return f"{found.fate} S{found.suppression}" if found.suppression else found.fate.value


class _Hashing:
    """A file whose SHA-256 is known when it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0
        self.patched = False
        # Whoever writes a Parquet file asks this; the file is closed by who opened it.
        self.closed = False

    def write(self, raw: Any) -> int:
        self.digest.update(raw)
        self.size += len(raw)
        return self._file.write(raw)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Nothing: see `closed`."""

    def tell(self) -> int:
        return self.size

    def patch(self, place: int, raw: bytes) -> None:
        self._file.seek(place)
        self._file.write(raw)
        self.patched = True


@dataclass(slots=True)
class Written:
    """One finished file."""

    part: str
    sha256: str
    size: int


class Outputs:
    """The hidden files of one scrub, made when their first row comes."""

    def __init__(self, directory: int, names: Names, main: str, stack: ExitStack, packing: str) -> None:
        self._directory, self._names, self._stack = directory, names, stack
        self._hashing: dict[str, _Hashing] = {}
        self._files: dict[str, BinaryIO] = {}
        self.main = main
        self.kept = _packed(self._open(main), packing, stack)

    def aside(self, part: str) -> tuple[BinaryIO, bool]:
        """The file of rows put aside, and whether it is new."""
        fresh = part not in self._files
        return (self._open(part) if fresh else self._files[part]), fresh

    def _open(self, part: str) -> BinaryIO:
        raw = self._stack.enter_context(files.new_file(self._directory, self._names.hidden(part)))
        self._hashing[part] = _Hashing(raw)
        self._files[part] = cast(BinaryIO, self._hashing[part])
        return self._files[part]

    def patch(self, place: int, raw: bytes) -> None:
        """Write over some bytes of the main file: what only the end of the list tells."""
        self._hashing[self.main].patch(place, raw)

    def written(self) -> tuple[Written, ...]:
        """Every file that was written; call it when the stack is closed."""
        return tuple(
            Written(part, self._hash_again(part) if one.patched else one.digest.hexdigest(), one.size)
            for part, one in self._hashing.items()
        )

    def _hash_again(self, part: str) -> str:
        return files.hash_of(self._directory, self._names.hidden(part)) or ""


def _packed(file: BinaryIO, packing: str, stack: ExitStack) -> BinaryIO:
    if packing == "gzip":
        # The time is left out: the same list gives the same bytes.
        packed = gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="")
        return cast(BinaryIO, stack.enter_context(packed))
    if packing == "zstd":
        from allegro_privacy.lists.scrub_open import zstandard

        return cast(BinaryIO, stack.enter_context(zstandard().ZstdCompressor().stream_writer(file, closefd=False)))
    return file


@contextmanager
def outputs(directory: int, names: Names, main: str, packing: str) -> Iterator[Outputs]:
    """The files of one scrub, all of them synced at the end, none of them left when anything fails."""
    try:
        with ExitStack() as stack:
            yield Outputs(directory, names, main, stack, packing)
    except BaseException as problem:
        remove_all(directory, names)
        if isinstance(problem, OSError):
            raise _not_written(problem) from problem
        raise


def _not_written(problem: OSError) -> PrivacyError:
    what, why = "The lists could not be written; nothing was left behind.", f"{problem.strerror or problem}."
    return PrivacyError(what, why, "Mend that and try again.")
