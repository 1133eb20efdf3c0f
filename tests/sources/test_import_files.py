"""Files of rows as strangers' programs write them: encodings, open quotation marks, NUL, lines without an end."""

import time
from pathlib import Path

import pytest

from allegro_privacy import tables
from allegro_privacy.core.platforms import load_shapes, recognise
from allegro_privacy.errors import UsageError
from allegro_privacy.sources.import_files import Examined, FileRow, examine, is_same, rows

SHAPES = load_shapes(tables.platforms())


def read(path: Path, content: bytes) -> tuple[Examined, list[FileRow]]:
    path.write_bytes(content)
    examined = examine(path, lambda _: None)
    (table,) = recognise(SHAPES, examined.first)
    return examined, list(rows(examined, table))


def good(found: list[FileRow]) -> list[tuple[str, ...]]:
    return [row.cells for row in found if not row.problem]


def bad(found: list[FileRow]) -> list[tuple[int, str]]:
    return [(row.line, row.problem) for row in found if row.problem]


TEXT = "email,reason,source\nrosa@example.com,manual,Café niño\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"), ("cp1252", "cp1252"),
    ],
)  # fmt: skip
def test_the_same_rows_are_read_in_every_usual_encoding(tmp_path: Path, encoding: str, named: str) -> None:
    examined, found = read(tmp_path / "f.csv", TEXT.encode(encoding))
    assert examined.encoding == named
    assert good(found) == [("rosa@example.com", "manual", "Café niño")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do_and_blank_lines_are_passed_over(tmp_path: Path, end: str) -> None:
    _, found = read(
        tmp_path / "f.csv", f"email,reason{end}{end}a@example.com,manual{end}{end}b@example.com,manual".encode()
    )
    assert [row.line for row in found] == [3, 5]
    assert [cells[0] for cells in good(found)] == ["a@example.com", "b@example.com"]


def test_a_few_broken_bytes_in_utf8_cost_only_their_rows(tmp_path: Path) -> None:
    lines = [
        b"email,reason,source",
        *["rosa@example.com,manual,ñ".encode()] * 5,
        b"a@example.com,manual,\xff",
        b"b@example.com,manual,x",
    ]
    _, found = read(tmp_path / "f.csv", b"\n".join(lines))
    assert bad(found) == [(7, "it holds bytes that are no text in utf-8")]
    assert len(good(found)) == 6


def test_a_quotation_mark_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    others = "".join(f"p{number}@example.com,manual\n" for number in range(1000))
    content = f'email,reason\nfirst@example.com,manual\n"open@example.com,manual\n{others}'
    _, found = read(tmp_path / "f.csv", content.encode())
    assert bad(found) == [(3, "a quotation mark opens a cell that does not end, or stands where none may")]
    assert len(good(found)) == 1001


def test_a_quotation_mark_that_another_row_closes_costs_those_two_at_most(tmp_path: Path) -> None:
    content = (
        'email,reason\n"open@example.com,manual\na@example.com,manual\nb@example.com","manual\nc@example.com,manual\n'
    )
    _, found = read(tmp_path / "f.csv", content.encode())
    assert ("c@example.com", "manual") in good(found)
    assert ("a@example.com", "manual") in good(found)


def test_a_cell_may_hold_a_line_end(tmp_path: Path) -> None:
    _, found = read(
        tmp_path / "f.csv", b'email,reason,source\na@example.com,manual,"two\nlines"\nb@example.com,manual,x\n'
    )
    assert good(found) == [("a@example.com", "manual", "two\nlines"), ("b@example.com", "manual", "x")]


def test_nul_and_huge_cells_and_wrong_widths_are_told_with_their_lines(tmp_path: Path) -> None:
    lines = [
        "email,reason",
        "a@example.com,man\0ual",
        "b" * 200_000 + ",manual",
        "c@example.com",
        "d@example.com,manual,more",
        "e@example.com,manual",
    ]
    _, found = read(tmp_path / "f.csv", "\n".join(lines).encode())
    assert bad(found) == [
        (2, "it holds a NUL character"),
        (3, "the line is longer than 65,536 characters"),
        (4, "it has 1 cell where the header has 2"),
        (5, "it has 3 cells where the header has 2"),
    ]
    assert good(found) == [("e@example.com", "manual")]
    assert all(len(row.raw) <= 2000 for row in found if row.problem)


def test_json_lines_that_are_none_cost_only_themselves(tmp_path: Path) -> None:
    lines = [
        '{"emailAddress": "a@example.com", "reason": "BOUNCE"}',
        "{",
        "[1]",
        "[" * 5000,
        "",
        '{"EMAILADDRESS": "b@example.com", "reason": null}',
    ]
    _, found = read(tmp_path / "f.json", "\n".join(lines).encode())
    assert [line for line, _ in bad(found)] == [2, 3, 4]
    assert [row.named for row in found if row.named] == [
        {"emailaddress": "a@example.com", "reason": "BOUNCE"},
        {"emailaddress": "b@example.com", "reason": ""},
    ]


def test_many_open_quotation_marks_do_not_take_long(tmp_path: Path) -> None:
    content = "email,reason\n" + '"a@example.com,manual\n' * 20_000
    started = time.monotonic()
    _, found = read(tmp_path / "f.csv", content.encode())
    assert time.monotonic() - started < 30
    assert len(bad(found)) == 20_000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04rest", "ZIP archive or an Excel file"),
        (b"\x1f\x8brest", "compressed"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_text_is_refused_with_the_way_out(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "f.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told) as error:
        examine(path, lambda _: None)
    assert "CSV" in error.value.fix


def test_a_file_that_is_written_on_is_noticed(tmp_path: Path) -> None:
    examined, _ = read(tmp_path / "f.csv", TEXT.encode())
    assert is_same(examined)
    with (tmp_path / "f.csv").open("a") as file:
        file.write("b@example.com,manual,x\n")
    assert not is_same(examined)
