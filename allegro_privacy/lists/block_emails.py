"""E-mail addresses and telephone numbers of many rows against the suppressed ones."""

from dataclasses import dataclass

import numpy as np

from allegro_privacy.core.columns import Columns
from allegro_privacy.core.keyed import keyed
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists.block_keys import NOBODY, EmailKeys, PhoneKeys
from allegro_privacy.lists.block_shape import Marks, Places, Shape
from allegro_privacy.lists.block_words import cells_of, numbers, plain_emails

EMAIL, PHONE = 0, 1
_TEN = np.uint64(10**10)


@dataclass(frozen=True, slots=True)
class Tables:
    """The suppressed keys of one plan as arrays."""

    emails: EmailKeys
    phones: PhoneKeys


# Of the last plan only: a process has one.
_made: list[tuple[ScrubPlan, Tables]] = []


def tables_of(plan: ScrubPlan) -> Tables:
    """The tables of a plan, made once."""
    if not (_made and _made[0][0].emails is plan.emails and _made[0][0].phones is plan.phones):
        _made[:] = [(plan, Tables(EmailKeys(plan.emails.readable), PhoneKeys(plan.phones.readable)))]
    return _made[0][1]


def vector_hits(shape: Shape, rows: Places, columns: Columns, plan: ScrubPlan) -> tuple[Places, Places, Marks]:
    """Of each row the suppression that its first key has (or NOBODY), which sort of key it was, and whether the row has
    a cell that is not plain: then nothing is said of it."""
    tables = tables_of(plan)
    hits, rules = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    # Hashed addresses are rare on lists, and read one by one.
    doubtful = np.full(len(rows), bool(columns.hashes))
    for column in columns.emails:
        found, unknown = _emails(shape, column, rows, tables, plan)
        doubtful |= unknown
        hits = np.where(hits == NOBODY, found, hits)
    for column in columns.phones:
        found, unknown = _phones(shape, column, rows, tables, plan)
        doubtful |= unknown
        rules = np.where((hits == NOBODY) & (found != NOBODY), PHONE, rules)
        hits = np.where(hits == NOBODY, found, hits)
    return hits, rules, doubtful


def _emails(shape: Shape, column: int, rows: Places, tables: Tables, plan: ScrubPlan) -> tuple[Places, Marks]:
    start, stop = shape.cell(column, rows)
    cells = cells_of(shape.raw, start, stop)
    plain = plain_emails(cells)
    found = np.where(plain, tables.emails.find(cells), NOBODY)
    if plan.emails.tombstones:
        raw = shape.raw.tobytes()
        for row in np.flatnonzero(plain & (found == NOBODY)).tolist():
            key = raw[start[row] : stop[row]].lower().decode("ascii")
            found[row] = plan.emails.tombstones.get(keyed(plan.secret, "email", key), NOBODY)
    return found, ~plain & (cells.lengths > 0)


def _phones(shape: Shape, column: int, rows: Places, tables: Tables, plan: ScrubPlan) -> tuple[Places, Marks]:
    value, digits, fine = numbers(shape.raw, *shape.cell(column, rows))
    with_one = (digits == 11) & (value // _TEN == 1)
    key = np.where(with_one, value - _TEN, value)
    known = (digits == 10) | with_one
    known &= (key // np.uint64(10**9) >= 2) & (key // np.uint64(10**6) % np.uint64(10) >= 2)
    found = np.where(fine & known, tables.phones.find(key), NOBODY)
    if plan.phones.tombstones:
        for row in np.flatnonzero(fine & known & (found == NOBODY)).tolist():
            found[row] = plan.phones.tombstones.get(keyed(plan.secret, "phone", f"+1{key[row]}"), NOBODY)
    return found, ~fine | ((digits >= 10) & ~known)
