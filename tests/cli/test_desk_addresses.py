"""A question about a postal address at the desk: shown part by part, and a part corrected."""

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


@pytest.fixture
def asked(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """A desk where one letter about post waits in review; the letter is the test's parameter."""
    desk.mail("a.eml", "NO SNAIL MAIL", LETTERS[request.param], "hf@example.com")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    return desk


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
