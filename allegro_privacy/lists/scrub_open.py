"""The bytes of a mailing list: from a file or standard input, plain or packed, read as often as needed."""

import gzip
import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO, cast

from allegro_privacy.errors import PrivacyError, UsageError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
CHUNK = 1 << 20
# The parts of a Mail.dat job (header, segment, container, piece …): postage figures, no names or addresses.
_MAIL_DAT = frozenset(
    f".{end}"
    for end in ("hdr", "seg", "mpu", "mcr", "mpa", "cpt", "csm", "cqt", "pqt", "pbc", "pdr", "sfr", "oci", "rms", "ccr")
)
_REFUSED = {
    b"\xd0\xcf\x11\xe0": ("an old Excel or Access file", "Save it as .xlsx or CSV (UTF-8)."),
    b"%PDF": ("a PDF", "Ask for the list as CSV."),
    b"SQLite format 3": ("a database", "Export its table as CSV."),
    b"\xff\xfe\x00\x00": ("a text in UTF-32", "Save it as CSV (UTF-8)."),
    b"\x00\x00\xfe\xff": ("a text in UTF-32", "Save it as CSV (UTF-8)."),
    b"BZh": ("packed with bzip2", "Unpack it, or pack it with gzip."),
    b"\xfd7zXZ\x00": ("packed with xz", "Unpack it, or pack it with gzip."),
    b"Rar!": ("a RAR archive", "Unpack it first."),
    b"7z\xbc\xaf": ("a 7-Zip archive", "Unpack it first."),
}


class _Counted:
    """A file that counts what is read of it, and hashes it when wanted."""

    def __init__(self, file: BinaryIO, step: Callable[[int], None]) -> None:
        self._file, self._step = file, step
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        raw = self._file.read(size)
        self.digest.update(raw)
        self._step(len(raw))
        return raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@dataclass(slots=True)
class Source:
    """One list as it came. packing: "", "gzip" or "zstd".  sha256: of its bytes as they came, known after a whole
    reading."""

    name: str
    size: int
    packing: str
    sha256: str
    _path: Path | None
    _spooled: BinaryIO | None
    _stamp: tuple[int, int, int] | None

    @contextmanager
    def body(self, step: Callable[[int], None] = lambda _: None) -> Iterator[BinaryIO]:
        """Its unpacked bytes from the beginning. `step` is told how many bytes as they came were read."""
        with self._raw() as raw, _reading(self.name):
            counted = _Counted(raw, step)
            yield _unpacked(cast(BinaryIO, counted), self.packing)
            while counted.read(CHUNK):
                pass
            self.sha256 = counted.digest.hexdigest()
        if self._path is not None and self._stamp != _stamp_of(self._path.stat()):
            raise PrivacyError(
                f"{self.name} changed while it was read.", "Somebody is writing to it.", "Run it again when it is done."
            )

    def beginning(self, size: int) -> bytes:
        """Its first unpacked bytes."""
        with self._raw() as raw, _reading(self.name):
            unpacked, found = _unpacked(raw, self.packing), b""
            while len(found) < size and (more := unpacked.read(size - len(found))):
                found += more
            return found

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """Its bytes as a file in which one can go back and forth, unpacked: for Excel and Parquet."""
        if not self.packing:
            with self._raw() as raw:
                yield raw
            return
        with self._raw() as raw, tempfile.TemporaryFile() as whole:
            with _reading(self.name):
                shutil.copyfileobj(_unpacked(raw, self.packing), whole, CHUNK)
            whole.seek(0)
            yield cast(BinaryIO, whole)

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        if self._spooled is not None:
            self._spooled.seek(0)
            yield self._spooled
        elif self._path is not None:
            with self._path.open("rb") as file:
                yield file


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        why = f"What is packed in it is damaged or cut off ({problem})."
        raise PrivacyError(f"{name} cannot be read to its end.", why, "Fetch the file again.") from problem


def _unpacked(raw: BinaryIO, packing: str) -> BinaryIO:
    match packing:
        case "gzip":
            return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
        case "zstd":
            return cast(BinaryIO, _Zstd(raw))
        case _:
            return raw


class _Zstd:
    """Zstandard frames as bytes; a frame that does not end is an error, not an end."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._frame: Any = None
        self._ready = b""

    def read(self, size: int) -> bytes:
        module = zstandard()
        while len(self._ready) < size:
            packed = self._raw.read(CHUNK >> 3)
            if not packed:
                if self._frame is not None and not self._frame.eof:
                    raise EOFError("the last frame does not end")
                break
            try:
                self._feed(module, packed)
            except module.ZstdError as problem:
                raise EOFError(str(problem)) from problem
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def _feed(self, module: Any, packed: bytes) -> None:
        while packed:
            if self._frame is None or self._frame.eof:
                self._frame = module.ZstdDecompressor().decompressobj()
            self._ready += self._frame.decompress(packed)
            packed = self._frame.unused_data if self._frame.eof else b""


def zstandard() -> Any:
    """The library for Zstandard, which is an extra."""
    try:
        import zstandard as module
    except ImportError as problem:
        raise missing_extra("Zstandard (.zst)", "zstd") from problem
    return module


def missing_extra(what: str, extra: str) -> UsageError:
    """A format needs a library that is not installed."""
    return UsageError(
        f"{what} cannot be read here.",
        "The library for it is not installed.",
        f"pip install 'allegro-privacy[{extra}]', or give the list as CSV.",
    )


def from_path(path: Path) -> Source:
    """A list in a file. UsageError for what is none."""
    try:
        about = path.stat()
        with path.open("rb") as file:
            beginning = file.read(16)
    except IsADirectoryError as problem:
        raise UsageError(f"{path} is a folder.", "A scrub reads one list.", "Name the file.") from problem
    except OSError as problem:
        raise UsageError(f"{path} cannot be read.", f"{problem.strerror}.", "Check the path.") from problem
    if not S_ISREG(about.st_mode):
        raise UsageError(
            f"{path} is not an ordinary file.", "It is read more than once.", "Give it on standard input: -"
        )
    _refuse(path.name, beginning)
    return Source(path.name, about.st_size, _packing(beginning), "", path, None, _stamp_of(about))


@contextmanager
def from_stream(stream: BinaryIO, directory: Path) -> Iterator[Source]:
    """A list that comes on standard input. It is read more than once, so it lies meanwhile in a file without a name."""
    with tempfile.TemporaryFile(dir=directory) as spooled:
        shutil.copyfileobj(stream, spooled, CHUNK)
        size = spooled.tell()
        spooled.seek(0)
        beginning = spooled.read(16)
        _refuse("the list", beginning)
        yield Source("standard input", size, _packing(beginning), "", None, cast(BinaryIO, spooled), None)


def _stamp_of(about: os.stat_result) -> tuple[int, int, int]:
    return about.st_ino, about.st_size, about.st_mtime_ns


def _packing(beginning: bytes) -> str:
    return "gzip" if beginning.startswith(GZIP) else "zstd" if beginning.startswith(ZSTD) else ""


def _refuse(name: str, beginning: bytes) -> None:
    lower = name.lower()
    if Path(lower).suffix in _MAIL_DAT or "mail.dat" in lower or "maildat" in lower:
        raise UsageError(
            f"{name} is part of a Mail.dat job.",
            "Mail.dat describes pieces, containers and postage; it holds no name and no address of anybody.",
            "Scrub the address list that the job was made from, before it is presorted.",
        )
    for mark, (what, fix) in _REFUSED.items():
        if beginning.startswith(mark):
            raise UsageError(f"{name} is {what}.", "Such a list cannot be read row by row.", fix)
