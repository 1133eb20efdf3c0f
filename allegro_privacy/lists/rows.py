"""The rows of one export, written: those that leave, those that come off, and what was held with its reason."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from allegro_privacy.core.listing import Listed
from allegro_privacy.lists import files
from allegro_privacy.lists.cells import neutralised
from allegro_privacy.lists.compiled import columns_of
from allegro_privacy.lists.fields import ADDED, REMOVED, Block
from allegro_privacy.lists.holding import Sieve
from allegro_privacy.lists.layouts import Column, Layout
from allegro_privacy.lists.plan import Plan
from allegro_privacy.lists.writers import Writer, writer

AT_ONCE = 2_000
HELD_REASON = "reason (a leading ' in a cell was put there by us)"


@dataclass(slots=True)
class Written:
    """What became of the rows. held_rows: the numbers of the suppressions that did not leave.  cut: values that were
    shortened, by column.  parts: rows by file, when one was not enough."""

    rows: int = 0
    erased: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    held_rows: list[int] = field(default_factory=list)
    cut: Counter[str] = field(default_factory=Counter)
    parts: list[tuple[str, int]] = field(default_factory=list)


def write_added(
    directory: int, name_of: Callable[[int], str], held: str, entries: Iterable[Listed], plan: Plan
) -> Written:
    """The list itself. name_of: the hidden name of its first, second … file.  held: that of what must not leave."""
    columns = plan.layout.columns
    with ExitStack() as open_files:
        kept_out = open_files.enter_context(_held_file(directory, held, columns))
        files_ = _Files(open_files, directory, name_of, plan.layout, columns)
        return _write(entries, plan, columns, ADDED, files_, kept_out)


def write_removed(directory: int, name: str, entries: Iterable[Listed], plan: Plan) -> Written:
    """Those who come off. What cannot be written stays on their list, which harms nobody."""
    wanted = plan.layout.removals
    columns = [column for column in plan.layout.columns if not wanted or column.name in wanted]
    with ExitStack() as open_files:
        files_ = _Files(open_files, directory, lambda _: name, plan.layout, columns, split=False)
        return _write(entries, plan, columns, REMOVED, files_, lambda *_: None)


class _Files:
    """The file that is written to now: after so many rows, the next."""

    def __init__(
        self,
        open_files: ExitStack,
        directory: int,
        name_of: Callable[[int], str],
        layout: Layout,
        columns: Sequence[Column],
        split: bool = True,
    ) -> None:
        self._open_files, self._directory, self._name_of = open_files, directory, name_of
        self._layout, self._columns = layout, columns
        self._most = layout.most_rows if split else 0
        self.parts: list[tuple[str, int]] = []
        self._begin()

    def _begin(self) -> None:
        name = self._name_of(len(self.parts) + 1)
        file = self._open_files.enter_context(files.new_file(self._directory, name))
        self._writer = self._open_files.enter_context(_closing(file, self._layout, self._columns))
        self.parts.append((name, 0))

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        while rows:
            name, already = self.parts[-1]
            if self._most and already == self._most:
                self._begin()
                continue
            some = rows[: self._most - already] if self._most else rows
            self._writer.rows(some)
            self.parts[-1] = name, already + len(some)
            rows = rows[len(some) :]


@contextmanager
def _closing(file: BinaryIO, layout: Layout, columns: Sequence[Column]) -> Iterator[Writer]:
    made = writer(file, layout, columns)
    yield made
    made.close()


def _write(
    entries: Iterable[Listed],
    plan: Plan,
    columns: Sequence[Column],
    action: str,
    files_: _Files,
    hold: Callable[[str, Sequence[str]], None],
) -> Written:
    texts = columns_of(columns, plan.recipient.values, plan.recipient.hash, plan.key)
    sieve, done, rest = Sieve(plan.layout, columns), Written(), iter(entries)
    while some := list(islice(rest, AT_ONCE)):
        known = [entry for entry in some if not entry.erased]
        done.erased += len(some) - len(known)
        block = Block(known, action)
        leaving, held = sieve.sorted_out(texts(block))
        done.levels.update(block.levels)
        for at, row, reason in held:
            done.levels[block.levels[at]] -= 1
            done.held[reason] += 1
            done.held_rows.append(known[at].number)
            hold(reason, row)
        files_.write(leaving)
        done.rows += len(leaving)
    done.levels = Counter({level: count for level, count in done.levels.items() if level and count})
    done.cut, done.parts = sieve.cut, files_.parts
    return done


@contextmanager
def _held_file(directory: int, name: str, columns: Sequence[Column]) -> Iterator[Callable[[str, Sequence[str]], None]]:
    """For people: a spreadsheet wants a mark at the start and every cell quoted."""
    with files.new_file(directory, name) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        sheet = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        sheet.writerow((HELD_REASON, *(column.name for column in columns)))
        yield lambda reason, row: sheet.writerow((reason, *map(neutralised, row)))
        text.detach()
