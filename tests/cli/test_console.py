"""Strangers' text on its way to a terminal, and the shapes of what is printed."""

import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.cli import console

HOSTILE = {
    "clears the screen": "\x1b[2JSAFE",
    "writes the clipboard": "\x1b]52;c;ZXZpbA==\x07SAFE",
    "is a link": "\x1b]8;;http://evil.example\x1b\\SAFE\x1b]8;;\x1b\\",
    "uses the one-byte CSI": "\x9b31mSAFE",
    "overwrites the line": "EVIL\rSAFE",
    "rubs out": "EVIL\b\b\b\bSAFE",
    "rings": "SAFE\a",
    "turns the direction": "\u202eEFAS\u202cSAFE",
    "isolates": "\u2066SAFE\u2069",
    "hides": "S\u200bA\u200dF\ufeffE SAFE",
    "hyphenates softly": "SA\xadFE SAFE",
    "tags": "SAFE\U000e0041\U000e007f",
    "breaks lines": "SAFE\u2028SAFE\x85\nSAFE",
    "is half a character": "SAFE\ud83d",
    "deletes": "SAFE\x7f",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_control_reaches_the_terminal_when_text(text: str) -> None:
    shown = console.safe(text)
    assert "SAFE" in shown
    assert shown.isprintable()


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_whatever_the_text_only_printable_characters_are_left(text: str) -> None:
    shown = console.safe(text)
    # Every blank of Unicode other than the plain one counts as not printable; blanks are harmless.
    assert all(sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("text", ["[red]SAFE[/red]", "[/foo]", "[link=http://evil.example]x", ":smile:", "{0}", "%s"])
def test_markup_is_never_interpreted(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    console.out(text)
    console.table([(text, "x")])
    console.paragraph(text)
    shown = capsys.readouterr().out.splitlines()
    assert shown == [text, f"{text}  x", text]


def test_ordinary_text_of_any_language_stays_as_it_is() -> None:
    assert console.safe("Peña, 東京, Ελλάδα 🎸") == "Peña, 東京, Ελλάδα 🎸"


def test_a_table_never_passes_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    console.table([("a" * 80, "b" * 80, "東" * 60), ("short", "x", "y")], titles=("one", "two", "three"))
    lines = capsys.readouterr().out.splitlines()
    assert all(console._width(line) <= 100 for line in lines)
    assert "…" in lines[1]


def test_json_is_plain_ascii_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    console.document({"text": "".join(HOSTILE.values())})
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert all(sign >= " " or sign == "\n" for sign in shown)
    assert "\x7f" not in shown
    assert json.loads(shown)["schema"] == 1


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_streamed_document_is_one_json_document(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    stream = console.Stream({"rules": "x"}, "messages")
    for number in range(rows):
        stream.row({"number": number})
    stream.close({"totals": {"fetched": rows}})
    document = json.loads(written.getvalue())
    assert document == {
        "schema": 1,
        "rules": "x",
        "messages": [{"number": n} for n in range(rows)],
        "totals": {"fetched": rows},
    }


def test_a_spreadsheet_meets_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    console.rows_as_csv(("name",), [("=HYPERLINK(1)",), ("-1",), (3.5,)])
    assert capsys.readouterr().out == '"name"\n"\'=HYPERLINK(1)"\n"\'-1"\n"3.5"\n'


@pytest.mark.parametrize(
    ("text", "quotes", "shown"),
    [
        ("Please stop  emailing me.", ["stop emailing"], ["| Please [[stop  emailing]] me."]),
        ("NO\nE-MAIL", ["no e-mail"], ["| [[NO", "| E-MAIL]]"]),
        ("stop emailing me now", ["emailing me", "stop emailing"], ["| [[stop emailing me]] now"]),
        ("I write [[stop]] myself", ["nothing of it"], ["| I write [ [stop] ] myself"]),
        ("a \x1b[31mred\u202e word", ["red word"], ["| a [31m[[red word]]"]),
        ("(.*) costs $5", ["(.*)"], ["| [[(.*)]] costs $5"]),
        ("", ["stop"], ["| "]),
    ],
)
def test_the_words_that_count_are_marked_in_somebody_s_text(text: str, quotes: list[str], shown: list[str]) -> None:
    assert console.marked(text, quotes, 80, "| ") == shown
