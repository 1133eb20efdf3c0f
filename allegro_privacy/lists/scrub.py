"""The Engine promise, and the pass over a list that any engine can drive.

An engine is one pure function on the bytes of a block. It says of every record what becomes of it; it never writes. The
same writer (scrub_write.py) then makes all outputs from slices of the original bytes, so no engine can alter a row.

The promise, which tests hold every engine to (the reference in scrub_reference.py is the oracle):

- `judge(block, form, plan, last)` gets bytes that begin at a record's first byte, and judges every record that is
  complete in them. `Judged.size` tells how many bytes those are; the rest is given again, with more behind it.  last:
  nothing more comes, so all of it must be judged.
- What is judged does not depend on where blocks end: any cutting of a list into blocks gives the same verdicts.
- The verdict is that of `core.scrub_row.decide` on the record's cells (`look_inside` for a record of several lines), or
  HELD with a reason when the reference cannot read it. Only records that are not kept are named in `Judged.found`.
- `survey(block, form, plan, last)` is the first reading that postal matching needs: name and addresses of every record
  that is neither blank nor held, in order; those may be left out that `matching.settle` would pass over.
- `cores` tells over how many processes blocks may be spread; `prepare` makes, before that, what all of them share.
- Form and plan are frozen and can be pickled; neither function has other inputs, a clock or a memory of blocks before.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, NamedTuple, Protocol

from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching import Row
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import PrivacyError

BLOCK = 1 << 20
# No list has such a record; without a bound one missing quotation mark or line end would fill the memory.
LONGEST = 1 << 24


class Fate(StrEnum):
    """What becomes of one record."""

    KEEP = "keep"
    DROP = "drop"
    LOOK = "look"
    HELD = "held"
    """It cannot be read, so nobody knows whose it is."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """Records of cells with a delimiter between them. encoding: utf-8 (where a cell is none, Windows-1252), cp1252,
    latin-1, utf-16-le or utf-16-be.  width: how many cells a record has."""

    delimiter: str
    encoding: str
    width: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Fixed:
    """Records of a fixed length in bytes, line end included. spans: (first byte, byte behind the last) of each cell."""

    length: int
    spans: tuple[tuple[int, int], ...]
    encoding: str
    columns: Columns


Form = Delimited | Fixed


class Found(NamedTuple):
    """A record that is not simply kept: where it lies in its block, its record and line in that block (from 0), and
    why. suppression: 0 for a record that is held."""

    start: int
    end: int
    record: int
    line: int
    fate: Fate
    rule: str
    suppression: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What an engine says of one block: how many bytes, records and lines it judged, and what it found. ends: the byte
    behind each record (blank lines too), in order."""

    size: int
    records: int
    lines: int
    found: tuple[Found, ...]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a first reading saw in one block: how many bytes it read, and the rows that matching may learn from."""

    size: int
    rows: tuple[Row, ...]


class Engine(Protocol):
    """What judges blocks: see the promise above."""

    @property
    def name(self) -> str: ...
    @property
    def cores(self) -> int: ...
    def prepare(self, form: Form, plan: ScrubPlan) -> None: ...
    def judge(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Judged: ...
    def survey(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Surveyed: ...


Step = Callable[[int], None]
"""Told how many records more were done."""


def judged(
    body: BinaryIO, engine: Engine, form: Form, plan: ScrubPlan, block: int = BLOCK
) -> Iterator[tuple[bytes, Judged]]:
    """Every block of a list with what the engine says of it, in order. Memory does not grow with the list."""
    if several_cores(engine, form):
        from allegro_privacy.lists.scrub_cores import blocks_over_cores

        yield from blocks_over_cores(body, engine, form, plan, block, "judge")
        return
    for buffer, last in _Blocks(body, block):
        found = engine.judge(buffer.taken, form, plan, last)
        yield buffer.taken[: found.size], found
        buffer.used(found.size)


def surveyed(body: BinaryIO, engine: Engine, form: Form, plan: ScrubPlan, block: int = BLOCK) -> Iterator[Row]:
    """What a first reading of the whole list tells postal matching."""
    if several_cores(engine, form):
        from allegro_privacy.lists.scrub_cores import blocks_over_cores

        for _, told in blocks_over_cores(body, engine, form, plan, block, "survey"):
            yield from told.rows
        return
    for buffer, last in _Blocks(body, block):
        found = engine.survey(buffer.taken, form, plan, last)
        yield from found.rows
        buffer.used(found.size)


def several_cores(engine: Engine, form: Form) -> bool:
    """Are blocks given to several processes? Not where a line end is no byte of its own."""
    return engine.cores > 1 and not form.encoding.startswith("utf-16") and hasattr(os, "fork")


def endless() -> PrivacyError:
    """A record does not end."""
    return PrivacyError(
        "The list cannot be read: a record does not end.",
        f"It is longer than {LONGEST >> 20} MB, so a line end is missing, or this is no list.",
        "Look at the file; name its delimiter or layout if it was taken for something else.",
    )


class _Blocks:
    """The bytes of a list, block by block; what was not used comes again with more behind it."""

    def __init__(self, body: BinaryIO, block: int) -> None:
        self._body, self._block = body, block
        self.taken = b""

    def __iter__(self) -> Iterator[tuple["_Blocks", bool]]:
        coming = self._body.read(self._block)
        while coming or self.taken:
            self.taken += coming
            coming = self._body.read(self._block)
            yield self, not coming
            if not coming:
                return

    def used(self, size: int) -> None:
        """So much of it is done."""
        self.taken = self.taken[size:]
        if len(self.taken) > LONGEST:
            raise endless()
