"""Every reply in every language, as the customer reads it: fixtures/replies. `pytest --bless` rewrites them; the review
is the diff, read as a customer would."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from written_replies import BASE, OPT_OUT, POSTAL, SHOWN, languages

from allegro_privacy import tables
from allegro_privacy.core.kinds import load_kinds
from allegro_privacy.core.replies import PLACEHOLDERS, Draft, write
from allegro_privacy.core.reply_words import SIGNATURE, load_language, placeholders
from allegro_privacy.errors import UsageError

PLACE = Path(__file__).parent.parent / "fixtures" / "replies"
LANGUAGES = languages()
BOTH = pytest.mark.parametrize("code", sorted(LANGUAGES))


def shown(draft: Draft) -> str:
    return f"To: {draft.to}\nSubject: {draft.subject}\n\n{draft.body}"


@BOTH
@pytest.mark.parametrize("case", SHOWN)
def test_a_reply_reads_as_its_fixture(case: str, code: str, request: pytest.FixtureRequest) -> None:
    template, facts = SHOWN[case]
    written = shown(write(template, LANGUAGES[code], facts))
    file = PLACE / code / f"{case}.txt"
    if request.config.getoption("--bless"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, "utf-8")
    assert file.read_text("utf-8") == written


def test_every_fixture_is_still_written_by_somebody() -> None:
    there = {file.relative_to(PLACE).as_posix() for file in PLACE.rglob("*.txt")}
    assert there == {f"{code}/{case}.txt" for code in LANGUAGES for case in SHOWN}


def test_every_reply_is_there_in_every_language_and_every_one_is_shown() -> None:
    names = {code: set(language.templates) for code, language in LANGUAGES.items()}
    assert set(LANGUAGES) >= {"en", "es"}
    assert all(each == names["en"] for each in names.values())
    assert names["en"] - {SIGNATURE} == {template for template, _ in SHOWN.values()}


@BOTH
def test_every_language_has_the_same_pieces(code: str) -> None:
    here, english = LANGUAGES[code].pieces, LANGUAGES["en"].pieces
    assert {table: set(pieces) for table, pieces in here.items()} == {
        table: set(pieces) for table, pieces in english.items()
    }
    for table, pieces in here.items():
        for key, text in pieces.items():
            assert placeholders(text) == placeholders(english[table][key]), f"[{table}] {key}"


@BOTH
def test_the_reply_that_each_kind_names_is_there(code: str) -> None:
    kinds = load_kinds(tables.load(languages=False).kinds)
    assert {kind.reply for kind in kinds.values()} <= set(LANGUAGES[code].templates)
    assert {kind for kind in kinds if kind not in LANGUAGES[code].pieces["next"]} == set()


@BOTH
@pytest.mark.parametrize("case", SHOWN)
def test_nothing_is_left_to_fill_and_no_line_is_too_long(case: str, code: str) -> None:
    template, facts = SHOWN[case]
    draft = write(template, LANGUAGES[code], facts)
    assert not re.search(r"[{}<>]|\bNone\b|\bTODO\b|  \S", draft.body.replace("\n  ", "\n"))
    assert max(map(len, draft.body.splitlines())) <= 72
    assert not re.search(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}", draft.body), "a date that can be misread"


@BOTH
def test_every_day_of_the_year_is_written_out(code: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]
    assert len({LANGUAGES[code].day(day) for day in days}) == 366


def test_days_are_named_as_each_language_does() -> None:
    assert LANGUAGES["en"].day(date(2026, 11, 20)) == "Friday, November 20, 2026"
    assert LANGUAGES["es"].day(date(2026, 11, 20)) == "viernes 20 de noviembre de 2026"
    assert LANGUAGES["es"].day(date(2027, 1, 3)) == "domingo 3 de enero de 2027"


@pytest.mark.parametrize(
    ("template", "facts", "why"),
    [
        ("need-to-verify", OPT_OUT, "16 CFR 316.5"),
        ("denied", replace(OPT_OUT, reason="no-match"), "16 CFR 316.5"),
        ("need-permission", OPT_OUT, "16 CFR 316.5"),
        ("need-permission", BASE, "permission"),
        ("need-to-verify", replace(BASE, for_another=True), "permission"),
        ("need-your-address", OPT_OUT, "postal address"),
        ("need-your-address", BASE, "postal address"),
        ("need-your-address", replace(POSTAL, missing=()), "Nothing is missing"),
        ("partial-deletion", BASE, "deletion"),
        ("we-do-not-sell", BASE, "selling"),
        ("done", OPT_OUT, "Nothing was stopped"),
        ("may-still-receive", POSTAL, "Nothing was stopped"),
        ("condolence", POSTAL, "Nothing was stopped"),
        ("denied", BASE, "for a reason"),
        ("denied", replace(BASE, reason="do not like them"), "It is one of"),
        ("done", replace(BASE, kind="question", lane="opt-out"), "own words"),
        ("signature", BASE, "There are"),
        ("../../etc/passwd", BASE, "There are"),
    ],
)
def test_a_reply_that_does_not_fit_or_lacks_a_fact_is_not_written(template: str, facts: object, why: str) -> None:
    for language in LANGUAGES.values():
        with pytest.raises(UsageError) as refused:
            write(template, language, facts)  # type: ignore[arg-type]
        assert why in refused.value.why


def test_the_list_is_for_the_mailings_that_were_begun_before_the_name_came_off_it() -> None:
    template, facts = SHOWN["may-still-receive-planned"]
    body = " ".join(write(template, LANGUAGES["en"], facts).body.split())
    assert "Thursday, December 3, 2026) and “piano days” (planned for Tuesday, December 8, 2026)" in body
    assert "no more of our circulars should come from Wednesday, December 16, 2026 on" in body
    assert "December 15" not in body


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Subject: Hi\n\n{greting}\n", "{greting} is not known"),
        ("Hello\n\n{greeting}\n", "its first line must be Subject"),
        ("Subject: Hi\n\n{greeting\n", "a brace stands alone"),
        ("Subject: Hi\n\n{facts.name}\n", "{facts.name} is not known"),
    ],
)
def test_a_letter_of_an_office_is_checked_before_it_is_used(text: str, problem: str) -> None:
    texts, words = tables.replies()["en"]
    with pytest.raises(ValueError, match="receipt") as refused:
        load_language("en", {**texts, "receipt": text}, words, frozenset(PLACEHOLDERS))
    assert problem in str(refused.value)


def test_the_pieces_of_an_office_are_checked_too() -> None:
    texts, words = tables.replies()["en"]
    wrong = {**words, "months": ["January"], "next": {**words["next"], "access": "by {when}", "deletion": ""}}
    with pytest.raises(ValueError, match="must be 12") as refused:
        load_language("en", texts, wrong, frozenset(PLACEHOLDERS))
    assert "[next] access: {when} is not known" in str(refused.value)
    assert "[next] deletion: needs some text" in str(refused.value)


def test_an_office_replaces_one_letter_and_adds_a_language(tmp_path: Path) -> None:
    (tmp_path / "replies" / "en").mkdir(parents=True)
    (tmp_path / "replies" / "en" / "receipt.txt").write_text("Subject: Got it\n\n{greeting}\n\nGot it.\n", "utf-8")
    (tmp_path / "replies" / "en" / "words.toml").write_text('greeting = "Hi!"\n', "utf-8")
    (tmp_path / "replies" / "pt").mkdir()
    for file in (Path(tables.__file__).parent / "data" / "replies" / "es").iterdir():
        (tmp_path / "replies" / "pt" / file.name).write_bytes(file.read_bytes())
    read = {
        code: load_language(code, *each, frozenset(PLACEHOLDERS)) for code, each in tables.replies(tmp_path).items()
    }
    assert write("receipt", read["en"], replace(BASE, name="")).body == "Hi!\n\nGot it.\n"
    assert "done" in read["en"].templates
    assert write("receipt", read["pt"], BASE).language == "pt"
