"""Which cells leave as they are, which are held, and what people see of those."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.lists.cells import TRIGGERS, begins_like_a_formula, neutralised, why_held

HARMLESS = [
    ("an e-mail address", "rosa@example.com"),
    ("a phone number with its plus", "+13055550123"),
    ("a negative number", "-12"),
    ("a ZIP with a leading zero", "02134"),
    ("a name with an apostrophe", "O'Neill"),
    ("a separator and a quote are for the CSV writer to mask", 'Finch, Harold "Hal"'),
    ("a trigger inside", "rosa+guitar@example.com"),
    ("a tab inside", "Apt\t2203"),
    ("another script", "Жанна Д'Арк 山田"),
    ("a number sign", "#12 Calle Ocho"),
    ("nothing", ""),
]
HELD = [
    ("a formula", '=HYPERLINK("http://x.example","y")', "begins like a formula"),
    ("a plus before letters", "+cmd", "begins like a formula"),
    ("an e-mail address that begins with a plus", "+rosa@example.com", "begins like a formula"),
    ("an e-mail address that begins with a minus", "-rosa@example.com", "begins like a formula"),
    ("a plus before a sum", "+1+1", "begins like a formula"),
    ("an at sign", "@SUM(A1)", "begins like a formula"),
    ("a tab ahead of a formula", "\t=1", "begins like a formula"),
    ("a carriage return ahead of a formula", "\r=1", "begins like a formula"),
    ("a blank ahead of a formula", " =1", "begins like a formula"),
    ("a byte order mark ahead of a formula", "\ufeff=1", "begins like a formula"),
    ("a full-width equals sign", "＝1", "begins like a formula"),
    ("a full-width plus", "＋1", "begins like a formula"),
    ("a full-width minus", "－1", "begins like a formula"),
    ("a full-width at sign", "＠x", "begins like a formula"),
    ("a line feed", "Rosa\nQuintero", "holds a line end"),
    ("a line separator", "Rosa\u2028Quintero", "holds a line end"),
    ("a next line", "Rosa\x85Quintero", "holds a line end"),
    ("a NUL", "Rosa\0Quintero", "holds a NUL or another control character"),
    ("an escape", "\x1b[2J", "holds a NUL or another control character"),
    ("half a surrogate pair", "Rosa\ud800", "holds a NUL or another control character"),
]


@pytest.mark.parametrize("cell", [pytest.param(cell, id=name) for name, cell in HARMLESS])
def test_a_harmless_cell_leaves_as_it_is(cell: str) -> None:
    assert why_held(cell) == ""


@pytest.mark.parametrize(("cell", "why"), [pytest.param(*row[1:], id=row[0]) for row in HELD])
def test_a_doubtful_cell_is_held(cell: str, why: str) -> None:
    assert why_held(cell) == why


@pytest.mark.parametrize("cell", [pytest.param(row[1], id=row[0]) for row in HELD])
def test_a_held_cell_is_shown_without_harm(cell: str) -> None:
    shown = neutralised(cell)
    assert shown[:1] not in TRIGGERS
    assert shown.isprintable()


@given(st.text())
def test_no_cell_for_people_begins_like_a_formula_or_hides_anything(cell: str) -> None:
    shown = neutralised(cell)
    assert not begins_like_a_formula(shown)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.lists(st.text(), min_size=1, max_size=6).filter(lambda row: not any(map(why_held, row))))
def test_cells_that_may_leave_come_back_as_they_were(row: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(row)
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [row]
    assert out.getvalue().count("\n") == 1
