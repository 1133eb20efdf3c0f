"""Every message of fixtures/mail is read as the TOML beside it says. `pytest --bless` rewrites the TOML files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from corpus import MAIL, Fixture, address_parts, differences, fixtures, judge, judged

from allegro_privacy.core.decision import Decision, RequestDecision
from allegro_privacy.core.reading import Reading

ALL = list(fixtures())


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_a_message_is_read_as_its_fixture_says(fixture: Fixture, request: pytest.FixtureRequest) -> None:
    reading, decision = judged(fixture)
    if request.config.getoption("--bless") and "gap" not in fixture.expected:
        fixture.toml.write_text(tomli_w.dumps(blessed(fixture.expected, reading, decision)), encoding="utf-8")
    found = differences(fixture.expected, reading, decision)
    if gap := fixture.expected.get("gap"):
        assert found, f"this gap is closed, delete it: {gap}"
        pytest.xfail(gap)
    assert found == []


def blessed(expected: dict[str, Any], reading: Reading, decision: Decision) -> dict[str, Any]:
    """What the program reads now, under what the fixture says about itself."""
    kept = {key: expected[key] for key in ("about", "case", "also") if key in expected}
    kept |= {"language": reading.language, "nature": reading.nature.value, "decision": decision.verdict.value}
    if decision.doubts:
        kept["doubts"] = [doubt.doubt.value for doubt in decision.doubts]
    if reading.notes:
        kept["notes"] = [note.value for note in reading.notes]
    kept["requests"] = [_request(one) for one in decision.requests]
    return kept


def _request(one: RequestDecision) -> dict[str, Any]:
    request = one.request
    row: dict[str, Any] = {"kind": request.kind, "decision": one.verdict.value}
    optional: dict[str, Any] = {
        "channel": request.channel and request.channel.value,
        "level": request.level and request.level.value,
        "email": request.person.email,
        "name": request.person.name,
        "phone": request.person.phone,
        "address": address_parts(request.person.address),
        "doubts": [doubt.doubt.value for doubt in request.doubts],
        "notes": [note.value for note in request.notes],
        "evidence": [f"{evidence.rule}: {evidence.quote}" for evidence in request.evidence],
    }
    return row | {key: value for key, value in optional.items() if value}


def test_half_of_the_messages_are_traps_that_must_not_act() -> None:
    decisions = [fixture.expected["decision"] for fixture in ALL]
    assert len(decisions) >= 300
    assert sum(decision != "accept" for decision in decisions) >= len(decisions) / 2


def test_every_kind_and_both_languages_are_shown() -> None:
    rows = [fixture.expected for fixture in ALL]
    kinds = {request["kind"] for row in rows for request in row.get("requests", ())}
    assert kinds == set(judge().kinds)
    assert {"en", "es"} <= {row["language"] for row in rows if "language" in row}


def test_every_row_of_the_case_list_that_a_mail_can_show_is_shown() -> None:
    # Twin domains of real providers (36), imports (58) and web orders (96) come in no mail that may lie here.
    shown = {case for fixture in ALL for case in (fixture.expected.get("case"), *fixture.expected.get("also", ()))}
    assert set(range(1, 101)) - shown <= {36, 58, 96}


def test_every_message_has_its_reading_and_every_reading_its_message() -> None:
    assert {path.with_suffix("") for path in MAIL.rglob("*.eml")} == {
        path.with_suffix("") for path in MAIL.rglob("*.toml")
    }


def test_every_rule_recognises_its_own_examples() -> None:
    assert list(judge().rules.check_examples()) == []


def test_every_rule_is_shown_by_an_example_or_by_a_fixture() -> None:
    shown = {rule_id for rule_id, _ in judge().rules.examples}
    for fixture in ALL:
        for row in tomllib.loads(Path(fixture.toml).read_text(encoding="utf-8")).get("requests", ()):
            shown |= {evidence.partition(":")[0] for evidence in row.get("evidence", ())}
    assert set(judge().rules.rules) - shown == set()
