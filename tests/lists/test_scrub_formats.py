"""Lists that are no CSV: fixed width, DBF, Excel, Parquet, Zstandard; each keeps what its format can keep."""

import io
import struct
from pathlib import Path

import pytest
from scrubbed import SINCE, Parts, plan, scrub

from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files, scrub_pass
from allegro_privacy.lists.scrub_files import Names
from allegro_privacy.lists.scrub_open import from_path
from allegro_privacy.lists.scrub_pass import Manner, Progress
from allegro_privacy.lists.scrub_reference import Reference
from allegro_privacy.lists.scrub_sniff import Wanted
from allegro_privacy.lists.scrub_tables import open_table

LAYOUT = '[[column]]\nname = "name"\nwidth = 12\n[[column]]\nname = "email"\nwidth = 20\n'
PEOPLE = [("Bob", "bob@example.com"), ("Rosa", "ROSA@example.com"), ("José", "jose@example.com")]


def fixed(end: bytes, encoding: str = "latin-1") -> list[bytes]:
    return [name.encode(encoding).ljust(12) + email.encode().ljust(20) + end for name, email in PEOPLE]


def layout(folder: Path, text: str = LAYOUT) -> Path:
    path = folder / "layout.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("block", [1 << 20, 40])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_records_of_fixed_width_stay_as_they_are(end: bytes, encoding: str, block: int, tmp_path: Path) -> None:
    rows = fixed(end, encoding)
    done = scrub(tmp_path, b"".join(rows), name="list.txt", layout=layout(tmp_path), block=block)
    assert done.kept == rows[0] + rows[2]
    before = b"S12".ljust(12) + SINCE.encode().ljust(12) + b"the same e-mail address".ljust(80) + b"2".ljust(14)
    assert done.files["dropped"] == before + rows[1]


def test_a_length_that_is_no_multiple_of_the_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not fit the layout"):
        scrub(tmp_path, b"".join(fixed(b"\n"))[:-3], name="list.txt", layout=layout(tmp_path))


def test_a_fixed_width_list_without_a_layout_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no columns that can be told apart"):
        scrub(tmp_path, b"BOB         1 MAIN ST           \n" * 3, name="list.txt")


@pytest.mark.parametrize("text", ["", "[[column]]\nname = 'a'\n", "[[column]]\nname = 'a'\nwidth = 0\n", "no = ["])
def test_a_layout_that_cannot_be_used_is_refused_in_words(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="layout"):
        scrub(tmp_path, b"x" * 32, name="list.txt", layout=layout(tmp_path, text))


def dbf(records: list[bytes], end: bytes = b"\x1a") -> bytes:
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name, b"C", width, 0) for name, width in ((b"FULLNAME", 12), (b"EMAIL", 20))
    )
    head = struct.pack("<4BLHH20x", 3, 126, 11, 20, len(records), 32 + len(fields) + 1, 33) + fields + b"\r"
    return head + b"".join(records) + end


def test_a_dbf_file_keeps_its_records_and_tells_their_new_number(tmp_path: Path) -> None:
    records = [b" " + each for each in fixed(b"")]
    done = scrub(tmp_path, dbf(records), name="LIST.DBF")
    assert done.kept == dbf([records[0], records[2]])
    assert done.mailing.header == ("FULLNAME", "EMAIL")


def test_a_dbf_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read as a DBF"):
        scrub(tmp_path, dbf([b" " + each for each in fixed(b"")])[:-20], name="list.dbf")


def table(folder: Path, path: Path, who=None, **how: bool) -> Parts:
    mailing = open_table(from_path(path), Wanted())
    assert mailing is not None
    names = Names("list", path.suffix, files.new_token())
    target = folder / "out"
    with files.opened_directory(target) as directory:
        manner = Manner(lambda _: SINCE, **how)
        done, written = scrub_pass.write(mailing, Reference(), who or plan(), (directory, names), manner, Progress())
    assert all(len(one.sha256) == 64 for one in written)
    return Parts(done, {one.part: (target / names.hidden(one.part)).read_bytes() for one in written}, mailing, {})


def workbook(folder: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "March"
    sheet.append(["Name", "Email", "Zip", "Since"])
    for number, (name, email) in enumerate(PEOPLE):
        sheet.append([name, email, 2134 + number, 40_000.5])
        sheet.cell(number + 2, 3).number_format = "00000"
    sheet.append(["=Eve", "eve@example.com", None, None])
    sheet["A5"].data_type = "s"
    path = folder / "list.xlsx"
    book.save(path)
    return path


def test_an_excel_list_keeps_values_and_their_formats(tmp_path: Path) -> None:
    import openpyxl

    done = table(tmp_path, workbook(tmp_path))
    sheet = openpyxl.load_workbook(io.BytesIO(done.files["kept"])).active
    assert sheet.title == "March"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "Email", "Zip", "Since"],
        ["Bob", "bob@example.com", 2134, 40_000.5],
        ["José", "jose@example.com", 2136, 40_000.5],
        ["=Eve", "eve@example.com", None, None],
    ]
    assert sheet["C2"].number_format == "00000"
    assert sheet["A4"].data_type == "s"
    assert b'"S12","2026-11-20","the same e-mail address","3","Rosa","ROSA@example.com","2135"' in done.files["dropped"]
    assert (done.sum.records, done.sum.fates["drop"]) == (4, 1)


def test_an_excel_list_can_be_flagged(tmp_path: Path) -> None:
    import openpyxl

    done = table(tmp_path, workbook(tmp_path), flag=True)
    sheet = openpyxl.load_workbook(io.BytesIO(done.files["flagged"])).active
    assert [row[4].value for row in sheet.iter_rows()] == ["scrub", "keep", "drop S12", "keep", "keep"]


def test_an_excel_list_with_formulas_or_two_sheets_is_refused(tmp_path: Path) -> None:
    import openpyxl

    for name, spoil in (
        ("formula", lambda book: book.active.append(["=1+1"])),
        ("sheet", lambda book: book.create_sheet("B").append([1])),
    ):
        book = openpyxl.load_workbook(workbook(tmp_path))
        spoil(book)
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        with pytest.raises(UsageError, match="cannot be scrubbed as it is"):
            table(tmp_path, path)


def test_a_parquet_list_keeps_schema_types_and_row_groups(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            pa.field("name", pa.large_string(), metadata={"a": "b"}),
            ("email", pa.dictionary(pa.int32(), pa.string())),
            ("n", pa.int8()),
        ],
        metadata={"made by": "somebody"},
    )
    columns = [[name for name, _ in PEOPLE] * 2, [email for _, email in PEOPLE] * 2, [1, None, 3, 4, 5, 6]]
    whole = pa.table([pa.array(each, kind) for each, kind in zip(columns, schema.types, strict=True)], schema=schema)
    path = tmp_path / "list.parquet"
    pq.write_table(whole, path, row_group_size=2, compression="zstd")
    done = table(tmp_path, path)
    kept = pq.ParquetFile(io.BytesIO(done.files["kept"]))
    assert kept.schema_arrow.equals(pq.ParquetFile(path).schema_arrow, check_metadata=True)
    assert kept.read().to_pylist() == [row for row in whole.to_pylist() if row["name"] != "Rosa"]
    assert kept.num_row_groups == 3
    assert kept.metadata.row_group(0).column(0).compression == "ZSTD"
    flagged = pq.read_table(io.BytesIO(table(tmp_path, path, flag=True).files["flagged"]))
    assert flagged.column("scrub").to_pylist() == ["keep", "drop S12", "keep"] * 2


def test_a_zstandard_list_is_written_as_one(tmp_path: Path) -> None:
    import zstandard

    content = b"email\n" + b"".join(email.encode() + b"\n" for _, email in PEOPLE)
    packed = zstandard.compress(content[:9]) + zstandard.compress(content[9:])
    done = scrub(tmp_path, packed, name="list.csv.zst", block=16)
    unpacked = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(done.kept)).read()
    assert unpacked == b"email\nbob@example.com\njose@example.com\n"
    with pytest.raises(Exception, match="cannot be read to its end"):
        scrub(tmp_path, packed[:-6], name="list.csv.zst")
