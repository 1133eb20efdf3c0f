"""Letters and mailing-list rows written, with their answers, by people who had seen neither the rules nor the code.

A line with a `gap` is known to come out wrong; its reason stands there. Compared as benchmarks/postal.py compares.
"""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.append(str(ROOT / "benchmarks"))

import postal as benchmark  # noqa: E402

from allegro_privacy.core.matching import Row, RowAddress, Suppressed, decide_row, make_plan  # noqa: E402
from allegro_privacy.core.person import Level  # noqa: E402
from allegro_privacy.core.postal import address_from_parts, find_named_addresses  # noqa: E402

FIXTURES = ROOT / "fixtures" / "postal"
SHOP = ("6869 SW 8th Street, Miami, FL 33144",)
SHOP_NAMES = ("Allegro Music Center", "Hi Key Music, Inc.")


def _cases(pattern: str) -> list[object]:
    cases = []
    for path in sorted(FIXTURES.glob(pattern)):
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            known = [pytest.mark.xfail(reason=case["gap"], strict=True)] if "gap" in case else []
            cases.append(pytest.param(line, id=case["id"], marks=known))
    return cases


@pytest.mark.parametrize("line", _cases("shapes-*.jsonl"))
def test_a_letter_gives_the_addresses_and_names_that_a_person_would_key_in(line: str, tmp_path: Path) -> None:
    (tmp_path / "shape.jsonl").write_text(line, "utf-8")
    text = next(benchmark.shapes(tmp_path / "shape.jsonl"))
    named = find_named_addresses(text.subject, text.text, text.display, SHOP, SHOP_NAMES, ("NO SNAIL MAIL",))
    home = [one for one in named if one.address.kind != "foreign" and one.address.line1]
    found = [benchmark.of_address(one.address) for one in home]

    for place, (gold, at) in enumerate(benchmark.paired(text.gold, found)):
        assert at is not None, f"not found: {gold}"
        assert benchmark.judged(gold, found[at])["full"], f"{gold} <> {found[at]}"
        if text.people is not None:
            assert benchmark.same_name(text.people[place], home[at].name), f"{text.people[place]} <> {home[at].name}"
    assert len(found) == len(text.gold)
    assert not text.foreign or any(one.address.kind == "foreign" for one in named)


@pytest.mark.parametrize("line", _cases("pairs.jsonl"))
def test_a_row_of_a_mailing_list_gets_the_verdict_that_a_person_would_give(line: str) -> None:
    pair = json.loads(line)
    asked, listed = pair["asked"], pair["row"]
    address = address_from_parts(asked["street"], asked["unit"], asked["city"], asked["state"], asked["zip"])
    row = RowAddress(listed["line1"], listed["line2"], listed["city"], listed["state"], listed["zip"])

    found = decide_row(
        Row(listed["name"], (row,)), make_plan([Suppressed("S-1", Level(pair["level"]), asked["name"], address)])
    )

    assert found.verdict in (pair["verdict"], *pair["also_fine"]), found.rule
