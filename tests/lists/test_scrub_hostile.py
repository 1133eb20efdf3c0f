"""Hostile lists: every byte that came goes somewhere, in order, and nobody who asked stays by an accident of quoting."""

# ruff: noqa: E501  (each list on one line)

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrubbed import decisions, opened, plan, scrub

from allegro_privacy.lists.scrub_reference import TOO_LONG, UNCLOSED, Reference

HEAD = b"id,name,email\n"
KEPT, DROPPED, HELD = b"1,Bob,bob@example.com\n", b"2,Rosa,rosa@example.com\n", b"held"

# What the list holds below its header, what stays of it, and how many rows are dropped, looked at and held.
LISTS = [
    ("plain rows", KEPT + DROPPED, KEPT, (1, 0, 0)),
    ("upper case and blanks around", b'1,R," ROSA@Example.COM "\n' + KEPT, KEPT, (1, 0, 0)),
    ("needless quotes", b'"1","Bob","bob@example.com"\n"2","Rosa","rosa@example.com"\n', b'"1","Bob","bob@example.com"\n', (1, 0, 0)),
    ("doubled quotes", b'1,"Bob ""Bo"" Stone",bob@example.com\n' + DROPPED, b'1,"Bob ""Bo"" Stone",bob@example.com\n', (1, 0, 0)),
    ("one stray quote inside a cell", b'1,5" pipe,bob@example.com\n' + DROPPED, b'1,5" pipe,bob@example.com\n', (1, 0, 0)),
    ("stray quotes in two rows", b'1,5" pipe,a@example.com\n' + DROPPED + b'3,6" pipe,c@example.com\n', b'1,5" pipe,a@example.com\n3,6" pipe,c@example.com\n', (1, 0, 0)),
    ("a cell that begins with a quote and ends early", b'1,"5" pipe,bob@example.com\n' + DROPPED, b'1,"5" pipe,bob@example.com\n', (1, 0, 0)),
    ("a quote that is never closed", b'1,"Bob,bob@example.com\n' + DROPPED + KEPT, KEPT, (1, 0, 1)),
    ("two quotes that are never closed", b'1,"Bob,bob@example.com\n' + DROPPED + b'3,"Al,al@example.com\n', b"", (1, 0, 2)),
    ("a stray pair that makes three rows one of the right width", b'1,"Bob,bob@example.com\n2,Rosa,rosa@example.com\n3,Al",al@example.com\n', b"", (0, 1, 0)),
    ("an unclosed quote in the last row without a line end", KEPT + b'2,"Rosa,rosa@example.com', KEPT, (0, 0, 1)),
    ("CR LF", b"1,Bob,bob@example.com\r\n2,Rosa,rosa@example.com\r\n", b"1,Bob,bob@example.com\r\n", (1, 0, 0)),
    ("CR LF and LF mixed", b"1,Bob,bob@example.com\r\n" + DROPPED, b"1,Bob,bob@example.com\r\n", (1, 0, 0)),
    ("a lone CR between rows", b"1,Bob,bob@example.com\r2,Rosa,rosa@example.com\r", b"1,Bob,bob@example.com\r", (1, 0, 0)),
    ("a lone CR inside a cell", b"1,Bo\rb,bob@example.com\n" + KEPT, KEPT, (0, 0, 2)),
    ("a lone CR in quotes", b'1,"Bo\rb",bob@example.com\n' + DROPPED, b'1,"Bo\rb",bob@example.com\n', (1, 0, 0)),
    ("CR CR LF", b"1,Bob,bob@example.com\r\r\n2,Rosa,rosa@example.com\r\r\n", b"1,Bob,bob@example.com\r\r\n\r\n", (1, 0, 0)),
    ("a line end in a quoted cell", b'1,"Bob\nStone",bob@example.com\n2,"Rosa\nQ",rosa@example.com\n', b'1,"Bob\nStone",bob@example.com\n', (1, 0, 0)),
    ("a line end in the key itself", b'1,Bob,"rosa@example.com\nx"\n' + KEPT, KEPT, (0, 0, 2)),
    ("a line end behind the key", b'1,Bob,"rosa@example.com\n"\n' + KEPT, KEPT, (1, 0, 0)),
    ("too few cells", b"1,Bob\n" + DROPPED, b"", (1, 0, 1)),
    ("too many cells", b"1,Bob, Jr,bob@example.com\n" + DROPPED, b"", (1, 0, 1)),
    ("trailing separators", b"1,Bob,bob@example.com,,,\n2,Rosa,rosa@example.com,,,\n", b"1,Bob,bob@example.com,,,\n", (1, 0, 0)),
    ("blank lines", b"\n" + KEPT + b"\r\n  \n" + DROPPED, b"\n" + KEPT + b"\r\n  \n", (1, 0, 0)),
    ("rows of nothing but separators", b",,\n" + DROPPED, b",,\n", (1, 0, 0)),
    ("a row that begins with #", b"#1,Bob,bob@example.com\n#2,Rosa,rosa@example.com\n", b"#1,Bob,bob@example.com\n", (1, 0, 0)),
    ("a remark", b"# exported today\n" + DROPPED, b"", (1, 0, 1)),
    ("a NUL in another cell", b"1,B\0ob,bob@example.com\n" + DROPPED, b"1,B\0ob,bob@example.com\n", (1, 0, 0)),
    ("a NUL in the key", b"2,Rosa,ro\0sa@example.com\n" + KEPT, KEPT, (1, 0, 0)),
    ("Latin-1 in another cell", "1,José,jose@example.com\n".encode("latin-1") + DROPPED, "1,José,jose@example.com\n".encode("latin-1"), (1, 0, 0)),
    ("UTF-8 in another cell", "1,José,jose@example.com\n".encode() + DROPPED, "1,José,jose@example.com\n".encode(), (1, 0, 0)),
    ("two addresses in one cell", b"1,B,bob@example.com; rosa@example.com\n" + KEPT, KEPT, (1, 0, 0)),
    ("an address with its name", b"1,B,Rosa <rosa@example.com>\n" + KEPT, KEPT, (1, 0, 0)),
    ("somebody whose address ends like hers", b"1,J,joannrosa@example.com\n" + DROPPED, b"1,J,joannrosa@example.com\n", (1, 0, 0)),
    ("the end mark of old DOS files", KEPT + DROPPED + b"\x1a", KEPT + b"\x1a", (1, 0, 0)),
    ("no line end at the end", KEPT + b"2,Rosa,rosa@example.com", KEPT, (1, 0, 0)),
    ("words that others take for nothing", b"NA,null,True\n" + DROPPED, b"NA,null,True\n", (1, 0, 0)),
    ("a cell too long for the csv module", b"1," + b"x" * 140_000 + b",bob@example.com\n" + DROPPED, b"", (1, 0, 1)),
    ("an unclosed quote before very many rows", b'1,"Bob,bob@example.com\n' + KEPT * 3000 + DROPPED, KEPT * 3000, (1, 0, 1)),
]  # fmt: skip


@pytest.mark.parametrize("block", [1 << 20, 4096, 64])
@pytest.mark.parametrize(("rows", "kept", "others"), [pytest.param(*row[1:], id=row[0]) for row in LISTS])
def test_every_row_goes_where_it_belongs(
    rows: bytes, kept: bytes, others: tuple[int, ...], block: int, tmp_path: Path
) -> None:
    done = scrub(tmp_path, HEAD + rows, block=block)
    assert done.kept == HEAD + kept
    assert tuple(len(done.raw[fate]) for fate in ("drop", "look", "held")) == others


def test_the_encodings_of_whole_files_are_kept_to_the_byte(tmp_path: Path) -> None:
    text = "id,name,email\r\n1,José 𝄞,jose@example.com\r\n2,Rosa,ROSA@example.com\r\n3,Ñu,x@example.com"
    kept = "id,name,email\r\n1,José 𝄞,jose@example.com\r\n3,Ñu,x@example.com"
    for number, (mark, encoding) in enumerate(
        [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le")]
    ):
        for block in (1 << 20, 61):
            folder = tmp_path / f"{number}-{block}"
            folder.mkdir()
            done = scrub(folder, mark + text.encode(encoding), block=block)
            assert done.kept == mark + kept.encode(encoding), (encoding, block)
            assert done.raw["drop"] == ["2,Rosa,ROSA@example.com\r\n".encode(encoding)]


def test_an_internationalised_domain_is_one_address_in_each_of_its_spellings(tmp_path: Path) -> None:
    rows = "1,A,ana@BÜCHER.example\n2,B,ana@xn--bcher-kva.example\n3,C,ana@bucher.example\n".encode()
    done = scrub(tmp_path, HEAD + rows, plan("ana@xn--bcher-kva.example"))
    assert done.kept == HEAD + b"3,C,ana@bucher.example\n"


def test_what_is_put_aside_says_why_before_the_untouched_row(tmp_path: Path) -> None:
    done = scrub(tmp_path, HEAD + b'1,"Bob,bob@example.com\n' + DROPPED + KEPT)
    before = b"suppression,since,rule,line,"
    assert done.files["dropped"] == before + HEAD + b"S12,2026-11-20,the same e-mail address,3," + DROPPED
    assert done.files["held"] == before + HEAD + f',,"{UNCLOSED}",2,'.encode() + b'1,"Bob,bob@example.com\n'


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    rows = b'1,"Bob\nStone",b@example.com\n\n2,Al\n' + b"3," + b"x" * 140_000 + b",c@example.com\n"
    done = scrub(tmp_path, HEAD + rows, block=128)
    assert done.sum.first_held == [(5, "it has 2 cells where the header has 3"), (6, TOO_LONG)]


def test_flagging_adds_a_column_and_takes_nothing_out(tmp_path: Path) -> None:
    rows = b'1,"Bob\r\nStone",bob@example.com\r\n\r\n2,Rosa,rosa@example.com\n3,x\r\n4,Al,al@example.com'
    done = scrub(tmp_path, HEAD + rows, flag=True, block=90)
    assert done.files == {
        "flagged": b"id,name,email,scrub\n"
        b'1,"Bob\r\nStone",bob@example.com,keep\r\n\r\n2,Rosa,rosa@example.com,drop S12\n3,x,held\r\n4,Al,al@example.com,keep'
    }


def test_rows_to_look_at_can_stay_in_the_kept_file_too(tmp_path: Path) -> None:
    rows = b'1,"Bob,bob@example.com\n2,Rosa,rosa@example.com\n3,Al",al@example.com\n' + KEPT
    assert scrub(tmp_path, HEAD + rows).kept == HEAD + KEPT
    kept_too = scrub(tmp_path, HEAD + rows, keep_looks=True)
    assert kept_too.kept == HEAD + rows
    assert kept_too.raw["look"] == [rows.removesuffix(KEPT)]


CELLS = st.sampled_from(
    ["", "Bob", "rosa@example.com", "ROSA@EXAMPLE.COM", "bob@example.com", '"', '""', '"a""b"', '"x\ny"', '"x,y"', '5" pipe',
     "#", "\0", "é", "\r", " ", '"rosa@example.com"', "\u2028", "\x1a"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""])
LINES = st.builds(lambda cells, end: ",".join(cells) + end, st.lists(CELLS, max_size=5), ENDS)
ENCODINGS = st.sampled_from([(b"", "utf-8"), (b"", "latin-1"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])


def joined(done, mailing) -> bytes:
    """The list put together again from what was written, by the places of what was found."""
    return b"".join([mailing.head.raw, *done])


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINES, max_size=12), how=ENCODINGS, block=st.integers(40, 400))
def test_the_parts_are_exactly_the_list(lines, how, block, tmp_path_factory) -> None:
    mark, encoding = how
    body = "".join(lines).replace("\u2028", "" if encoding == "latin-1" else "\u2028").encode(encoding)
    content = mark + "id,name,email\n".encode(encoding) + body
    folder = tmp_path_factory.mktemp("list")
    done = scrub(folder, content, block=block)
    aside = [raw for fate in done.raw.values() for raw in fate]
    assert len(done.kept) + sum(map(len, aside)) == len(content)
    mailing = opened(folder, content)
    pieces, places = [], []
    from allegro_privacy.lists.scrub import judged

    with mailing.records() as records:
        for chunk, found in judged(records, Reference(), mailing.form, plan(), block):
            pieces.append(chunk)
            places.append([(one.start, one.end) for one in found.found])
            spans = [(0, 0), *places[-1], (len(chunk), len(chunk))]
            assert all(before[1] <= after[0] for before, after in pairwise(spans))
            assert [0, *found.ends][-1] == len(chunk)
    assert joined(pieces, mailing) == content
    kept = [
        chunk[before[1] : after[0]]
        for chunk, spans in zip(pieces, places, strict=True)
        for before, after in pairwise([(0, 0), *spans, (len(chunk), len(chunk))])
    ]
    assert joined(kept, mailing) == done.kept


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, max_size=12), how=ENCODINGS, block=st.integers(2, 200))
def test_the_decisions_do_not_depend_on_where_blocks_end(lines, how, block, tmp_path_factory) -> None:
    mark, encoding = how
    text = "id,name,email\n" + "".join(lines).replace("\u2028", "")
    mailing = opened(tmp_path_factory.mktemp("list"), mark + text.encode(encoding, "replace"))
    whole = decisions(mailing, plan(), Reference(), 1 << 20)
    assert decisions(mailing, plan(), Reference(), block) == whole
