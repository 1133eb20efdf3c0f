"""The guards: what each lets pass, what it refuses, and that one option with a reason overrides it."""

from datetime import timedelta

import pytest
from listed_people import NOW

from allegro_privacy.errors import ExitCode, GuardError
from allegro_privacy.lists.guards import (
    empty_list,
    erased_people,
    failed_verify,
    refusals,
    restored_backup,
    shrunk_list,
    stale_database,
)

DAY = timedelta(days=1)
LIMIT = timedelta(hours=26)
PASSES = [
    ("one row is not empty", empty_list(1)),
    ("the first list to a recipient cannot have shrunk", shrunk_list(10, None, 0.05)),
    ("after an empty list anything has grown", shrunk_list(0, 0, 0.05)),
    ("a list that grew", shrunk_list(101, 100, 0.05)),
    ("a list as long as before", shrunk_list(100, 100, 0.05)),
    ("shrunk by exactly the limit", shrunk_list(95, 100, 0.05)),
    ("pulled just now", stale_database(NOW, NOW, LIMIT)),
    ("pulled exactly as long ago as is allowed", stale_database(NOW - LIMIT, NOW, LIMIT)),
    ("a pull in the future, by a clock set back, is not old", stale_database(NOW + DAY, NOW, LIMIT)),
    ("nothing found by verify", failed_verify([])),
    ("lists of another database, all of whose people are known", restored_backup(3, 0, [], [])),
    ("nobody was erased since the last list", erased_people(0, "acme-email-0001.csv")),
]
REFUSES = [
    ("an empty list", empty_list(0), "--allow-empty"),
    ("shrunk by more than the limit", shrunk_list(94, 100, 0.05), "--allow-shrink"),
    ("shrunk to nothing", shrunk_list(0, 100, 0.05), "--allow-shrink"),
    ("shrunk by one when nothing is allowed", shrunk_list(99, 100, 0), "--allow-shrink"),
    ("pulled a second too long ago", stale_database(NOW - LIMIT - timedelta(seconds=1), NOW, LIMIT), "--allow-stale"),
    ("never pulled", stale_database(None, NOW, LIMIT), "--allow-stale"),
    ("one person was erased since the last list", erased_people(1, "acme-email-0001.csv"), "--allow-erased"),
    ("people were erased before the first list", erased_people(2, ""), "--allow-erased"),
    ("one opt-out of a forgotten list is not known", restored_backup(1, 1, ["a.csv, line 2"], []), "--allow-restored"),
    ("a forgotten list cannot be read", restored_backup(2, 0, [], ["a.csv is gone"]), "--allow-restored"),
    ("a broken chain", failed_verify(["Event 7 does not follow from event 6.", "another"]), "--allow-unverified"),
]


@pytest.mark.parametrize("answer", [pytest.param(answer, id=name) for name, answer in PASSES])
def test_a_guard_lets_pass(answer: GuardError | None) -> None:
    assert answer is None


@pytest.mark.parametrize(("answer", "option"), [pytest.param(*row[1:], id=row[0]) for row in REFUSES])
def test_a_guard_refuses_and_names_its_one_option(answer: GuardError, option: str) -> None:
    assert answer.exit_code is ExitCode.FOUND
    assert option in answer.fix
    assert answer.why


def test_a_database_never_pulled_is_to_be_pulled_first_and_only_then_overridden() -> None:
    answer = stale_database(None, NOW, LIMIT, "allegro-privacy pull SOURCE")
    assert answer is not None
    first, then = answer.fix.splitlines()
    assert first.endswith("allegro-privacy pull SOURCE")
    assert "--allow-stale" in then
    assert "never" not in answer.why


def test_only_the_named_option_with_a_reason_overrides() -> None:
    found = [empty_list(0), shrunk_list(0, 100, 0.05), stale_database(NOW, NOW, LIMIT)]
    assert [refusal.option for refusal in refusals(found, {})] == ["--allow-empty", "--allow-shrink"]
    assert [refusal.option for refusal in refusals(found, {"--allow-empty": "first day"})] == ["--allow-shrink"]
    assert len(refusals(found, {"--allow-empty": " ", "--allow-stale": "x"})) == 2
    assert refusals(found, {"--allow-empty": "first day", "--allow-shrink": "moved shop"}) == ()
