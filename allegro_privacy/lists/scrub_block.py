"""The block engine (extra `[fast]`): many rows at once, on vectors.

It judges only what it is sure of: blocks in which each quotation mark stands where RFC 4180 has it, and in them rows of
which every key is plain. Everything else goes to the reference: the block, or the row."""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from allegro_privacy.core import scrub_row
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists.block_emails import tables_of, vector_hits
from allegro_privacy.lists.block_post import passing, post_tables, watched
from allegro_privacy.lists.block_shape import Marks, Places, Shape, lines_of, shape_of
from allegro_privacy.lists.scrub import Delimited, Fate, Form, Found, Judged, Surveyed
from allegro_privacy.lists.scrub_reference import FATES, Reference, decoded, decoder, is_blank, judge_cells, ragged


def all_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Block:
    """Reads blocks as arrays. cores: how many processes judge blocks at once."""

    name: str = "block"
    cores: int = field(default_factory=all_cores)

    def prepare(self, form: Form, plan: ScrubPlan) -> None:
        """Make what all blocks share, before other processes get it."""
        tables_of(plan)
        post_tables(plan.post)

    def judge(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Judged:
        """See the promise in scrub.py."""
        if isinstance(form, Delimited) and _readable(form) and (shape := shape_of(block, form, last)):
            return _judged(block, shape, form, plan)
        return Reference().judge(block, form, plan, last)

    def survey(self, block: bytes, form: Form, plan: ScrubPlan, last: bool) -> Surveyed:
        """See the promise in scrub.py."""
        if isinstance(form, Delimited) and _readable(form) and (shape := shape_of(block, form, last)):
            return _surveyed(block, shape, form, plan)
        return Reference().survey(block, form, plan, last)


def _readable(form: Delimited) -> bool:
    return not form.encoding.startswith("utf-16") and form.delimiter.isascii()


def _judged(block: bytes, shape: Shape, form: Delimited, plan: ScrubPlan) -> Judged:
    blank = shape.starts == shape.stops
    usual = ~blank & ~shape.several & (shape.cells == form.width)
    unsure = ~blank & ~usual
    rows = np.flatnonzero(usual)
    hits, rules, doubtful = vector_hits(shape, rows, form.columns, plan)
    if form.columns.addresses or form.columns.labels:
        open_rows = (hits == 0) & ~doubtful
        doubtful[open_rows] = passing(shape, rows[open_rows], form.columns, plan)
    unsure[rows[doubtful]] = True
    counted = ~blank
    one_by_one = list(_one_by_one(block, shape, np.flatnonzero(unsure), form, plan, counted))
    numbers = np.cumsum(counted) - 1
    sure = (hits != 0) & ~doubtful
    found = _found(shape, rows[sure], rules[sure], hits[sure], numbers)
    found += [
        Found(int(shape.starts[row]), int(shape.ends[row]), int(numbers[row]), int(shape.lines[row]), *told)
        for row, told in one_by_one
    ]
    found.sort()
    ends = cast("list[int]", shape.ends)
    return Judged(shape.size, int(numbers[-1]) + 1, shape.total_lines, tuple(found), ends)


def _found(shape: Shape, rows: Places, rules: Places, hits: Places, numbers: Places) -> list[Found]:
    """The rows of which an e-mail address or a telephone number is suppressed."""
    columns = (shape.starts[rows], shape.ends[rows], numbers[rows], shape.lines[rows])
    told = (scrub_row.SAME_EMAIL, scrub_row.SAME_PHONE)
    return [
        Found(start, end, number, line, Fate.DROP, told[rule], hit)
        for start, end, number, line, rule, hit in zip(
            *(column.tolist() for column in (*columns, rules, hits)), strict=True
        )
    ]


def _one_by_one(
    block: bytes, shape: Shape, rows: Places, form: Delimited, plan: ScrubPlan, counted: Marks
) -> Iterator[tuple[int, tuple[Fate, str, int]]]:
    """Some rows as the reference judges them; those without anything in them are struck from `counted`."""
    text = decoder(form.encoding)
    for row, cells in _cells(block, shape, rows, form):
        if len(cells) != form.width:
            if is_blank(cells):
                counted[row] = False
                continue
            if problem := ragged(cells, form):
                yield row, (Fate.HELD, problem, 0)
                continue
        hit = judge_cells(cells, bool(shape.several[row]), form.columns, plan, text)
        if hit is not None:
            yield row, (FATES[hit.verdict], hit.rule, hit.suppression)


def _cells(block: bytes, shape: Shape, rows: Places, form: Delimited) -> Iterator[tuple[int, list[str]]]:
    """The cells of some rows, as the csv module reads them."""
    numbers = rows.tolist()
    several = shape.several[rows].any()

    def lines() -> Iterable[str]:
        for row, start, end in zip(numbers, shape.starts[rows].tolist(), shape.ends[rows].tolist(), strict=True):
            if several and shape.several[row]:
                yield from lines_of(block, shape, row)
            else:
                yield block[start:end].decode("latin-1")

    return zip(numbers, csv.reader(lines(), delimiter=form.delimiter), strict=True)


def _surveyed(block: bytes, shape: Shape, form: Delimited, plan: ScrubPlan) -> Surveyed:
    blank = shape.starts == shape.stops
    usual = ~blank & ~shape.several & (shape.cells == form.width)
    wanted = ~blank & ~usual
    rows = np.flatnonzero(usual)
    wanted[rows[watched(shape, rows, form.columns, plan)]] = True
    text = decoder(form.encoding)
    seen = [
        scrub_row.row_of(decoded(cells, text), form.columns)
        for _, cells in _cells(block, shape, np.flatnonzero(wanted), form)
        if not is_blank(cells) and (len(cells) == form.width or not ragged(cells, form))
    ]
    return Surveyed(shape.size, tuple(seen))
