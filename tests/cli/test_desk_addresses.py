"""A question about a postal address at the desk: shown part by part, and a part corrected."""

import re
import shutil
from collections.abc import Callable
from functools import cache

import pytest
from office import Desk

LETTERS = {
    "no-state": "Harold Finch\n1450 Brickell Ave Apt 2203\nMiami",
    "no-number": "Harold Finch\nBrickell Ave\nMiami, FL 33131",
    "wrong-zip": "Harold Finch\n1450 Brickell Ave Apt 2203\nMiami, FL 90210",
    "unknown-zip": "Harold Finch\n12 W Oak St\nArcadia, FL 34256",
    "no-name": "1450 Brickell Ave Apt 2203\nMiami, FL 33131",
    "nothing": "",
    "abroad": "Harold Finch\n12 Main St\nToronto ON M5V 2T6\nCanada",
}


@pytest.fixture(scope="session")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Desk]:
    """A desk where this letter was read, made once: no test may change it."""

    @cache
    def made(letter: str) -> Desk:
        desk = Desk(tmp_path_factory.mktemp(letter))
        desk.mail("a.eml", "NO SNAIL MAIL", LETTERS[letter], "hf@example.com")
        assert desk.run("init", "-q").code == 0
        assert desk.run("pull", "eml:mail", "-q").code == 0
        return desk

    return made


@pytest.fixture
def asked(bare_desk: Desk, pulled: Callable[[str], Desk], request: pytest.FixtureRequest) -> Desk:
    """A desk where one letter about post waits in review; the letter is the test's parameter."""
    shutil.copytree(pulled(request.param).folder, bare_desk.folder, dirs_exist_ok=True)
    return bare_desk


def review_of(desk: Desk) -> str:
    return str(desk.run("review", "--json").json["reviews"][0]["id"])


SHOWN = {
    "no-state": [
        "              as given                          read as",
        "    street    1450 Brickell Ave                 1450 Brickell Ave",
        "    unit      Apt 2203                          Apt 2203",
        "    state     (not given)                       missing",
        "    Still needed: ZIP code (or city and state).",
        "    ZIP table: Miami is in 8 states: AZ, FL, IN, MO, NM, OK, TX, WV.",
    ],
    "no-number": [
        "    street    Brickell Ave                      Brickell Ave (no house number)",
        "    Still needed: house number.",
    ],
    "wrong-zip": ["    ZIP table: 90210 is in CA.", "    ZIP table: 90210 is Beverly Hills, CA."],
    "unknown-zip": [
        "    ZIP table: Arcadia, FL has 2 ZIP codes near 34256 (one digit off, or two",
        "      swapped): 34265, 34266.",
    ],
    "no-name": [
        "    name      (not given)                       missing",
        "    Without a name it stops the post of everybody there (or give --name NAME",
        "      --level individual).",
    ],
    "nothing": [
        "    city      (not given)                       missing",
        "    Still needed: name, house number, street, ZIP code (or city and state).",
    ],
    "abroad": ["    An address outside the United States cannot be matched with our lists."],
}


@pytest.mark.parametrize("asked", SHOWN, indirect=True)
def test_an_address_is_shown_part_by_part(asked: Desk, request: pytest.FixtureRequest) -> None:
    lines = asked.run("review").out.splitlines()
    expected = SHOWN[request.node.callspec.params["asked"]]
    assert [line for line in lines if line in expected] == expected
    assert max(map(len, (line for line in lines if line.startswith("    ")))) <= 80


@pytest.mark.parametrize("asked", ["wrong-zip"], indirect=True)
def test_the_json_holds_parts_missing_doubts_and_suggestions(asked: Desk) -> None:
    postal = asked.run("review", "--json").json["reviews"][0]["requests"][0]["postal"]
    assert list(postal) == ["quality", "parts", "missing", "needed", "doubts", "suggestions"]
    assert postal["parts"][1] == {
        "part": "street",
        "given": "1450 Brickell Ave",
        "read": "1450 Brickell Ave",
        "by": None,
    }
    assert (postal["missing"], postal["needed"]) == ([], [])
    assert postal["doubts"] == ["90210 is in CA, not in FL."]
    assert postal["suggestions"][0] == {"part": "state", "values": ["CA"], "count": 1, "words": "90210 is in CA."}


def test_a_question_about_e_mail_shows_no_address(desk: Desk) -> None:
    desk.mail("a.eml", "NO E-MAIL", "I do not want to stop e-mail. Or should I?")
    desk.run("pull", "eml:mail", "-q")
    (review,) = desk.run("review", "--json").json["reviews"]
    assert {request["postal"] for request in review["requests"]} == {None}
    assert "as given" not in desk.run("review").out


def answered(desk: Desk, *arguments: str) -> dict[str, object]:
    """The suppression that an accepting answer led to."""
    ran = desk.run("review", "answer", review_of(desk), "accept", *arguments, "--as", "Dana")
    assert ran.code == 0, ran.text
    (found,) = desk.run("find", "harold finch", "--json").json["suppressions"]
    return dict(found)


CORRECTED = {
    "no-state": (["--state", "Florida"], "miami fl|1450|brickell|ave||2203|harold finch"),
    "no-number": (["--street", "1450 Brickell Avenue", "--unit", "4"], "33131|1450|brickell|ave||4|harold finch"),
    "wrong-zip": (["--zip", "33131", "--unit", "none"], "33131|1450|brickell|ave|||harold finch"),
    "unknown-zip": (["--zip", "34265-1234"], "34265|12|oak|st|w||harold finch"),
    "no-name": (["--name", "Harold Finch", "--level", "individual"], "33131|1450|brickell|ave||2203|harold finch"),
    "nothing": (
        ["--name", "Harold Finch", "--street", "12 Elm St", "--zip", "33131"],
        "33131|12|elm|st|||harold finch",
    ),
}


@pytest.mark.parametrize("asked", CORRECTED, indirect=True)
def test_a_part_is_corrected_without_typing_the_rest(asked: Desk, request: pytest.FixtureRequest) -> None:
    arguments, key = CORRECTED[request.node.callspec.params["asked"]]
    assert answered(asked, *arguments)["key"] == key
    assert asked.run("verify").code == 0


@pytest.mark.parametrize("asked", ["wrong-zip"], indirect=True)
def test_the_words_as_given_stay_and_the_record_says_who_changed_what(asked: Desk) -> None:
    found = answered(asked, "--zip", "33131")
    assert found["address"]["zip"] == "33131"  # type: ignore[index]
    assert found["address"]["as_given"] == "1450 Brickell Ave Apt 2203\nMiami, FL 90210"  # type: ignore[index]
    event = next(
        one for one in asked.run("why", "hf@example.com", "--json").json["events"] if one["kind"] == "review-answered"
    )
    assert event["actor"] == "Dana"
    assert event["content"]["corrections"] == [{"part": "zip", "before": "90210", "after": "33131"}]
    assert "    corrected ZIP code: was 90210, now 33131" in asked.run("why", "hf@example.com").out.splitlines()


@pytest.mark.parametrize("asked", ["wrong-zip"], indirect=True)
def test_a_correction_that_contradicts_the_rest_is_done_and_told(asked: Desk) -> None:
    ran = asked.run("review", "answer", review_of(asked), "accept", "--zip", "30301")
    assert ran.code == 0
    assert "look again: 30301 is in GA, not in FL." in ran.err


REFUSED = {
    "a state that there is not": ("no-state", ["--state", "Floridia"], "after --state is not a state"),
    "a ZIP code of four digits": ("wrong-zip", ["--zip", "3313"], "five digits, or five and four"),
    "a street without its number": ("no-number", ["--street", "Brickell Ave"], 'like this: --street "1450 Brickell'),
    "a unit that is none": ("no-number", ["--unit", "the blue door"], "after --unit is not an apartment"),
    "the number still missing": ("no-number", ["--zip", "33131"], 'Add --street "NUMBER STREET" to the answer'),
    "the ZIP code still missing": ("no-state", ["--unit", "none"], "Miami is in 8 states: AZ, FL"),
    "everything still missing": ("nothing", ["--city", "Miami"], "the person's name, the house number, the street"),
}


@pytest.mark.parametrize(
    ("asked", "arguments", "words"), [pytest.param(*REFUSED[name], id=name) for name in REFUSED], indirect=["asked"]
)
def test_what_cannot_be_is_refused_and_how_to_mend_it_is_said(asked: Desk, arguments: list[str], words: str) -> None:
    ran = asked.run("review", "answer", review_of(asked), "accept", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert all(f"  {part}: " in ran.err for part in ("why", "fix"))
    assert asked.run("status", "--json").json["open_reviews"] == 1


def test_a_part_is_not_written_into_two_addresses(desk: Desk) -> None:
    body = "Please stop the mailings to both of us.\n\nHarold Finch\n12 Elm St\nMiami, FL 33131\n\nRosa Paz\n9 Oak St"
    desk.mail("a.eml", "NO SNAIL MAIL", f"{body}\nMiami, FL 33133", "hf@example.com")
    desk.run("pull", "eml:mail", "-q")
    ran = desk.run("review", "answer", review_of(desk), "accept", "--zip", "33134")
    assert ran.code == 2
    assert "is about several addresses" in ran.err


def test_a_part_of_an_address_means_post(desk: Desk) -> None:
    desk.mail("a.eml", "NO E-MAIL", "I do not want to stop e-mail. Or should I?")
    desk.run("pull", "eml:mail", "-q")
    ran = desk.run("review", "answer", review_of(desk), "accept", "--zip", "33134")
    assert ran.code == 2
    assert "accept --channel post" in ran.err


def test_find_says_when_it_found_only_something_near(desk: Desk) -> None:
    desk.mail("a.eml", "NO SNAIL MAIL", "Harold Finch\n1450 Brickell Ave\nMiami, FL 33131", "hf@example.com")
    desk.run("pull", "eml:mail", "-q")
    ran = desk.run("find", "1450 brikcell avenue")
    assert ran.out.startswith("No exact match; near: brickell. Look whether it is who you mean.\nOn the lists\n")
    (hint,) = re.findall(r"allegro-privacy why (S\d+)", ran.err)
    assert desk.run("why", hint).out.startswith("20")
    assert desk.run("find", "1450 brikcell avenue", "--json").json["near"] == ["brickell"]
    exact = desk.run("find", "1450 brickell avenue")
    assert exact.out.startswith("On the lists\n")
    assert desk.run("find", "1450 brickell avenue", "--json").json["near"] == []
    assert "Nothing is known" in desk.run("find", "1540 brikcell avenue").out


def test_status_and_report_count_addresses_by_quality(desk: Desk) -> None:
    letters = {
        "whole": "Harold Finch\n1450 Brickell Ave\nMiami, FL 33131",
        "no-zip": "Rosa Paz\n12 Elm St\nMiami, FL",
        "no-number": "Ana Sol\nElm St\nMiami, FL 33131",
    }
    for name, body in letters.items():
        desk.mail(f"{name}.eml", "NO SNAIL MAIL", body, f"{name}@example.com")
    desk.run("pull", "eml:mail", "-q")
    assert desk.run("status", "--json").json["addresses"] == {"complete": 1, "usable": 1, "incomplete": 1}
    shown = " ".join(desk.run("status").out.split())
    assert "Postal addresses: 1 complete, 1 usable (a part is missing, but they are matched), 1 incomplete" in shown
    rows = [line for line in desk.run("report", "--csv").out.splitlines() if "postal-addresses-by-quality" in line]
    assert rows == [
        f'"postal-addresses-by-quality","{quality}","1"' for quality in ("complete", "usable", "incomplete")
    ]
    figures = {each["figure"]: each["rows"] for each in desk.run("report", "--json").json["figures"]}
    assert [row["value"] for row in figures["postal-addresses-by-quality"]] == [1, 1, 1]
    assert "Postal addresses on the list at the end (incomplete: waiting in review)" in desk.run("report").out
