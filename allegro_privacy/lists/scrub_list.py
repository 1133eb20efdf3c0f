"""A mailing list opened for a scrub: what it is, how its records are cut, and its records as often as needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from allegro_privacy.core.columns import Columns
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.scrub import Delimited, Form
from allegro_privacy.lists.scrub_fixed import dbf_list, fixed_list, is_dbf
from allegro_privacy.lists.scrub_open import CHUNK, Source
from allegro_privacy.lists.scrub_sniff import DELIMITERS, SAMPLE, Wanted, sniff
from allegro_privacy.lists.scrub_write import Head

FIXED_ENDINGS = (".fix", ".fixed", ".asc")


@dataclass(frozen=True, slots=True)
class MailingList:
    """One list of records that lie in bytes. kind: delimited, fixed or dbf.  header: the names of its columns.  size:
    the bytes of all its records, None: up to the end.  tail: how many bytes behind them belong to none."""

    source: Source
    kind: str
    form: Form
    head: Head
    header: tuple[str, ...]
    size: int | None = None
    tail: int = 0

    @contextmanager
    def records(self, step: Callable[[int], None] = lambda _: None) -> Iterator[BinaryIO]:
        """Its records from the first, without what stands before and behind them."""
        with self.source.body(step) as body:
            skip = len(self.head.raw)
            while skip and (passed := len(body.read(min(skip, CHUNK)))):
                skip -= passed
            yield body if self.size is None else cast(BinaryIO, _Limited(body, self.size))

    def only(self, columns: Columns) -> "MailingList":
        """The same list read for fewer columns."""
        return replace(self, form=replace(self.form, columns=columns))

    @property
    def shown(self) -> str:
        """What it is, in words."""
        packed = f", packed with {self.source.packing}" if self.source.packing else ""
        if isinstance(self.form, Delimited):
            between = DELIMITERS.get(self.form.delimiter, repr(self.form.delimiter))
            header = "with a header" if self.header else "without a header"
            return f"{self.form.width} columns, {between} between them, {header}, {self.form.encoding}{packed}"
        name = "DBF" if self.kind == "dbf" else "fixed width"
        return f"{name}, records of {self.form.length} bytes, {self.form.encoding}{packed}"


class _Limited:
    """The first so many bytes of a stream."""

    def __init__(self, body: BinaryIO, left: int) -> None:
        self._body, self._left = body, left

    def read(self, size: int) -> bytes:
        raw = self._body.read(min(size, self._left))
        self._left -= len(raw)
        return raw


def open_bytes(source: Source, layout: Path | None, wanted: Wanted) -> MailingList:
    """What a list is, by its beginning; a UsageError says what to name when that cannot be told."""
    beginning = source.beginning(SAMPLE)
    if layout is not None:
        fixed = fixed_list(source.name, beginning, _length(source), layout, wanted)
        return MailingList(source, "fixed", fixed.form, fixed.head, fixed.header, fixed.size)
    if is_dbf(source.name, beginning):
        dbf = dbf_list(source.name, beginning, _length(source), wanted)
        return MailingList(source, "dbf", dbf.form, dbf.head, dbf.header, dbf.size, dbf.tail)
    if Path(source.name.lower()).suffix in FIXED_ENDINGS:
        raise _needs_layout(source.name)
    found = sniff(source.name, beginning, len(beginning) < SAMPLE, wanted)
    if found.form.width == 1 and not found.form.columns.channels:
        raise _needs_layout(source.name)
    return MailingList(source, "delimited", found.form, found.head, found.header)


def _length(source: Source) -> int:
    if not source.packing:
        return source.size
    length = 0
    with source.body() as body:
        while raw := body.read(CHUNK):
            length += len(raw)
    return length


def _needs_layout(name: str) -> UsageError:
    return UsageError(
        f"{name} has no columns that can be told apart.",
        "If its cells have fixed widths, they are not guessed: a wrong guess would let people through.",
        "Give the layout sheet as TOML, one [[column]] with name and width for each: --layout FILE",
    )
