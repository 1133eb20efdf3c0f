"""Every layout: written, and read back by its own format's rules."""

import csv
import io
import json
import shutil
import string
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from listed_people import LAYOUTS, addressed, layout, person, plan

from allegro_privacy.core.listing import Listed, Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import ConfigError
from allegro_privacy.lists import layouts
from allegro_privacy.lists.cells import begins_like_a_formula
from allegro_privacy.lists.export import Prepared, prepare, publish
from allegro_privacy.lists.layouts import Format, Layout, Reader

NAMES = sorted(file.name.removesuffix(".toml") for file in LAYOUTS.iterdir())
Rows = list[list[str]]


def recipient(of: Layout, **changes: object) -> Recipient:
    values = dict.fromkeys(of.values, "marketing")
    return Recipient("acme", hash="sha256" if of.hashed else "", values=values, **changes)  # type: ignore[arg-type]


def people(of: Layout) -> list[Listed]:
    if of.channel is Channel.POST:
        return [
            addressed("Rosa Quintero", 2),
            addressed('José "Pepe" Núñez, Jr.', 5, "household", line2=None, zip4="1234"),
            addressed("O'Brien; Ana", 9, "address", as_given="1450 Brickell Ave, Apt 2203\r\nMiami, FL 02134"),
        ]
    key = "+13055550123" if of.channel is Channel.PHONE else "josé@example.org"
    return [person(2, key), person(5, "rosa@example.com", name="Rosa Quintero", reason="deletion")]


def read_csv(path: Path, of: Layout) -> Rows:
    text = path.read_bytes().decode("utf-8-sig" if of.reader is Reader.SPREADSHEET else of.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=of.delimiter))[1 if of.header else 0 :]


def read_fixed(path: Path, of: Layout) -> Rows:
    raw, end = path.read_bytes(), of.line_end.encode(of.encoding)
    size = sum(column.width for column in of.columns)
    lines = raw.removesuffix(end).split(end)
    assert {len(line) for line in lines} == {size}
    if of.trailer:
        assert lines.pop().decode(of.encoding).rstrip() == of.trailer.format(rows=len(lines))
    rows = []
    for line in lines:
        cells, at = [], 0
        for column in of.columns:
            cells.append(line[at : at + column.width].decode(of.encoding).strip(" "))
            at += column.width
        rows.append(cells)
    return rows


def read_xlsx(path: Path, of: Layout) -> Rows:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    header, *rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert header == [column.name for column in of.columns]
    return [[str(cell) for cell in row] for row in rows]


def read_json(path: Path, of: Layout) -> Rows:
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [[row.get(column.name, "") for column in of.columns] for row in found]


READERS: dict[Format, Callable[[Path, Layout], Rows]] = {
    Format.CSV: read_csv,
    Format.FIXED: read_fixed,
    Format.XLSX: read_xlsx,
    Format.JSON_LINES: read_json,
}


def published(of: Layout, entries: list[Listed], exports: Path) -> tuple[Path, Prepared]:
    prepared = prepare(entries, plan(of.name, recipient(of), layout=of), exports)
    return publish(prepared)[-1], prepared


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_back_by_the_formats_own_rules(name: str, exports: Path) -> None:
    of = layout(name)
    path, prepared = published(of, people(of), exports)
    read = READERS[of.format](path, of)
    assert prepared.manifest.held == {}
    assert len(read) == len(people(of)) == prepared.manifest.rows
    for row, one in zip(read, people(of), strict=True):
        told = dict(zip((column.name for column in of.columns), row, strict=True))
        for column in of.columns:
            if column.field in ("email", "phone") and not column.hashed:
                assert told[column.name] == one.key
            if column.field == "name":
                assert told[column.name] == (one.name or "")
            if column.field == "row_id":
                assert told[column.name] == one.id
            if column.field == "zip9":
                assert told[column.name] in ("02134", "02134-1234")


EXPECTED = {
    "ses": "josé@example.org,COMPLAINT\nrosa@example.com,COMPLAINT\n",
    "ses-json": '{"emailAddress": "josé@example.org", "reason": "COMPLAINT"}\n'
    '{"emailAddress": "rosa@example.com", "reason": "COMPLAINT"}\n',
    "sendgrid-group": "email\r\njosé@example.org\r\nrosa@example.com\r\n",
    "mailgun": "address,tags,created_at\r\n"
    'josé@example.org,marketing,"Fri, 20 Nov 2026 14:02:00 +0000"\r\n'
    'rosa@example.com,marketing,"Fri, 20 Nov 2026 14:02:00 +0000"\r\n',
    "postmark": "EmailAddress,SuppressionReason,Origin,CreatedAt\r\n"
    "josé@example.org,ManualSuppression,Customer,2026-11-20T14:02:00Z\r\n"
    "rosa@example.com,ManualSuppression,Customer,2026-11-20T14:02:00Z\r\n",
    "mailchimp": "Email Address,UNSUB_TIME,UNSUB_REASON\r\n"
    "josé@example.org,2026-11-20 14:02:00,opt-out\r\nrosa@example.com,2026-11-20 14:02:00,deletion\r\n",
    "klaviyo": "Email\r\njosé@example.org\r\nrosa@example.com\r\n",
    "listmonk": "email,name\r\njosé@example.org,\r\nrosa@example.com,Rosa Quintero\r\n",
    "generic": "email,reason,source,scope,created_at,expires_at\r\n"
    "josé@example.org,unsubscribe,manual,marketing,2026-11-20T14:02:00Z,\r\n"
    "rosa@example.com,unsubscribe,manual,marketing,2026-11-20T14:02:00Z,\r\n",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_platform_gets_exactly_these_bytes(name: str, exports: Path) -> None:
    path, _ = published(layout(name), people(layout(name)), exports)
    assert path.read_bytes().decode() == EXPECTED[name]


def test_the_published_fixed_width_is_350_bytes_a_row(exports: Path) -> None:
    of = layout("mail-house-fixed")
    path, _ = published(of, [addressed("José Núñez", 7)], exports)
    line = path.read_bytes().split(b"\r\n")[0]
    assert line == (
        b"S7          AI20261120                    "
        + b"Jos\xe9".ljust(55) + "Núñez".encode("latin-1").ljust(30) + b" " * 50
        + b"1450 Brickell Ave".ljust(60) + b"Apt 2203".ljust(50) + b"Miami".ljust(30) + b"FL" + b"02134".ljust(10)
        + b"opt-out".ljust(20)
    )  # fmt: skip


HELD = [
    ("a name over 55 bytes", addressed("A" * 56 + " Finch"), "first is longer than 55"),
    ("a name that the encoding lacks", addressed("王 Finch"), "first cannot be written in latin-1"),
    ("a line end inside an address", addressed(line1="1 Main\nSt"), "address holds a line end"),
    ("a NUL inside a city", addressed(city="Mia\0mi"), "city holds a NUL or another control character"),
]


@pytest.mark.parametrize(("one", "reason"), [pytest.param(*row[1:], id=row[0]) for row in HELD])
def test_what_does_not_fit_a_fixed_width_is_held_and_never_cut(one: Listed, reason: str, exports: Path) -> None:
    path, prepared = published(layout("mail-house-fixed"), [one, addressed("Rosa Quintero", 2)], exports)
    assert prepared.manifest.held == {reason: 1}
    assert prepared.held == (1,)
    assert len(read_fixed(path, layout("mail-house-fixed"))) == 1


def test_a_layout_that_may_cut_says_how_many_values_it_cut(exports: Path) -> None:
    table = tomllib.loads((LAYOUTS / "mail-house-published.toml").read_text("utf-8"))
    columns = [{**column, "cut": True} if column["name"] == "last" else column for column in table["column"]]
    of = layout("mail-house-published", column=columns)
    path, prepared = published(of, [addressed("Rosa " + "Q" * 40), addressed("Ana Luz", 2)], exports)
    assert prepared.manifest.cut == {"last": 1}
    assert [row[1] for row in read_csv(path, of)] == ["Q" * 30, "Luz"]


def test_more_rows_than_a_file_may_hold_go_into_several_each_with_its_hash(exports: Path) -> None:
    of = layout("ses", most_rows=2)
    entries = [person(number, f"p{number}@example.com") for number in range(2, 7)]
    *_, first = publish(prepared := prepare(entries, plan("ses", recipient(of), layout=of), exports))
    parts = [first, *sorted(exports.glob("*-part*.csv"))]
    assert [len(read_csv(path, of)) for path in parts] == [2, 2, 1]
    assert [one.file for one in prepared.manifest.files] == [path.name for path in parts]
    assert [one.rows for one in prepared.manifest.files] == [2, 2, 1]


def test_who_comes_off_stands_in_a_file_of_its_own_with_the_columns_that_it_needs(exports: Path) -> None:
    of = layout("ses")
    gone = [person(3, "back@example.com")]
    publish(prepare(people(of), plan("ses", recipient(of)), exports, gone))
    (removals,) = exports.glob("*.removals.csv")
    assert removals.read_text() == "back@example.com\n"


HASHES = {
    "md5": "85f5715bd23e30952e185ca7debdd92d",
    "sha1": "b1cd0c11dc60175560d958ec00a55ad4ac0a0aaf",
    "sha256": "e74ca18976de872371436a848a9ef19001ba18e0c6d430945c1a37a79841df4d",
    "sha256-base64": "50yhiXbehyNxQ2qEip7xkAG6GODG1DCUXBo3p5hB300=",
}


@pytest.mark.parametrize(("algorithm", "expected"), HASHES.items())
def test_a_hash_is_that_of_the_trimmed_lower_case_address(algorithm: str, expected: str, exports: Path) -> None:
    to = Recipient("acme", hash=algorithm)
    path = publish(prepare([person(2, " Jane.Doe+guitar@Example.com ")], plan("hashed-email", to), exports))[-1]
    assert read_csv(path, layout("hashed-email")) == [[expected, "S2"]]


def test_a_phone_is_hashed_by_its_last_ten_digits(exports: Path) -> None:
    to = Recipient("acme", hash="sha256-base64")
    path = publish(prepare([person(2, "+14155559317")], plan("hashed-phone", to), exports))[-1]
    assert read_csv(path, layout("hashed-phone")) == [["vGM7y5n+hBXRSEAklhHDPCbysyNgYTmXdMcagGUOY8E=", "S2"]]


def test_an_hmac_differs_with_its_key(exports: Path) -> None:
    hashes = set()
    for number, key in enumerate((b"one", b"two")):
        to = Recipient(f"acme{number}", hash="hmac-sha256")
        path = publish(prepare([person()], plan("hashed-email", to, key=key), exports))[-1]
        hashes.add(read_csv(path, layout("hashed-email"))[0][0])
    assert len(hashes) == 2
    assert {len(each) for each in hashes} == {64}


def test_an_e_mail_opt_out_never_stands_in_a_postal_layout() -> None:
    postal = [layout(name) for name in NAMES if layout(name).channel is Channel.POST]
    assert postal
    assert not [column for of in postal for column in of.columns if column.field in ("email", "phone")]


BROKEN = [
    ("an unknown key", {"colour": "red"}, "colour: unknown key"),
    ("an unknown channel", {"channel": "fax"}, "channel: must be one of"),
    ("an unknown encoding", {"encoding": "ebcdic-x"}, "encoding: ebcdic-x is not known"),
    ("a delimiter of two characters", {"delimiter": "||"}, "delimiter: must be one character"),
    ("no columns", {"column": []}, "write one [[column]]"),
    ("an unknown field", {"column": [{"name": "a", "field": "shoe"}]}, "column 1: field: must be one of"),
    ("a fixed width without widths", {"format": "fixed"}, "column 1: width: missing"),
    ("removals of no column", {"removals": ["x"]}, "removals: there is no column x"),
    ("a hashed name", {"column": [{"name": "a", "field": "name", "hashed": True}]}, "only an email or a phone"),
]


@pytest.mark.parametrize(("changes", "words"), [pytest.param(*row[1:], id=row[0]) for row in BROKEN])
def test_a_broken_layout_is_told_in_words(changes: dict[str, object], words: str) -> None:
    table = tomllib.loads((LAYOUTS / "klaviyo.toml").read_text("utf-8")) | changes
    with pytest.raises(ConfigError) as caught:
        layouts.load("ours", table)
    assert words in caught.value.why


STRANGE = some.text(
    some.one_of(
        some.sampled_from("=+-@\t\r\n\0\"',;|＝＠\u200b\u202e\u0301 é王😀"), some.sampled_from(string.ascii_letters)
    ),
    max_size=12,
)
HOSTILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@HOSTILE
@given(names=some.lists(STRANGE, max_size=6), cities=STRANGE)
def test_whatever_people_are_called_a_machine_reads_exactly_that_or_it_is_held(
    names: list[str], cities: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    entries = [addressed(name, number, city=cities) for number, name in enumerate(names, start=1)]
    path, prepared = published(layout("plain-post"), entries, tmp_path_factory.mktemp("x") / "exports")
    read = read_csv(path, layout("plain-post"))
    left = [entry for entry in entries if entry.number not in prepared.held]
    assert [(row[0], row[3]) for row in read] == [(entry.name, cities) for entry in left]
    assert sum(prepared.manifest.held.values()) == len(prepared.held)


@HOSTILE
@given(names=some.lists(STRANGE, max_size=6))
def test_whatever_people_are_called_every_fixed_row_has_the_same_bytes(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    entries = [addressed(name, number) for number, name in enumerate(names, start=1)]
    of = layout("mail-house-fixed")
    path, prepared = published(of, entries, tmp_path_factory.mktemp("x") / "exports")
    assert len(read_fixed(path, of)) + len(prepared.held) == len(names)


@HOSTILE
@given(names=some.lists(STRANGE, min_size=1, max_size=6))
def test_no_cell_for_a_spreadsheet_runs(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    entries = [addressed(name, number) for number, name in enumerate(names, start=1)]
    path, _ = published(layout("spreadsheet-post"), entries, tmp_path_factory.mktemp("x") / "exports")
    read = read_csv(path, layout("spreadsheet-post"))
    assert len(read) == len(names)
    assert not [cell for row in read for cell in row if begins_like_a_formula(cell)]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed (libreoffice-calc-nogui)")
@pytest.mark.parametrize("name", ["spreadsheet-post", "xlsx-post"])
def test_libreoffice_shows_what_was_written(name: str, exports: Path, tmp_path: Path) -> None:
    of = layout(name)
    entries = [
        addressed('=HYPERLINK("http://x.example","y")', 2),
        addressed("José 'Pepe' Núñez", 3, zip="00501"),
        addressed("-1+2", 4),
    ]
    path, _ = published(of, entries, exports)
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", filter_]
    if of.format is Format.CSV:
        command.append("--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,true")
    subprocess.run([*command, "--outdir", tmp_path, path], check=True, capture_output=True, timeout=180)
    (shown,) = tmp_path.glob("*.csv")
    with shown.open(encoding="utf-8-sig", newline="") as file:
        _, *read = csv.reader(file)
    at = [column.name for column in of.columns].index("name")
    marked = "'" if of.format is Format.CSV else ""
    assert [row[at] for row in read] == [f"{marked}{entries[0].name}", entries[1].name, f"{marked}-1+2"]
    assert read[1][[column.name for column in of.columns].index("zip")] == "00501"
