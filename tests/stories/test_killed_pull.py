"""A pull that is killed, pulls that meet, and a message that kills: the ledger holds what it should, once."""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import killed_pull
import pytest
from killed_pull import Fact, Office
from office import PROJECT, Desk

from allegro_privacy.store.database import open_database

HERE = Path(__file__).parent
# A sample; the whole is `python -m tests.stories.killed_pull` (docs/measurements.md).
MESSAGES, KILLS = 200, 8


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def expected(place: Path) -> Counter[Fact]:
    return killed_pull.undisturbed(place, MESSAGES)


# Kills wait for commits; on a machine that others use that takes its time.
@pytest.mark.timeout(900)
def test_killed_at_random_moments_it_loses_and_doubles_nothing(place: Path, expected: Counter[Fact]) -> None:
    outcome = killed_pull.kill(place, expected, KILLS)
    assert outcome.found == []
    assert outcome.kills == KILLS


def test_six_pulls_at_once_write_what_one_would(place: Path, expected: Counter[Fact]) -> None:
    assert killed_pull.crowd(place, expected) == []


def test_what_is_compared_is_not_little(expected: Counter[Fact]) -> None:
    kinds = Counter(fact[0] for fact in expected.elements())
    assert kinds["met"] == MESSAGES
    assert kinds["message-received"] == MESSAGES - MESSAGES // 50
    assert min(kinds[kind] for kind in ("asked", "stands", "review-opened", "case-opened")) > 3


def test_a_planted_fault_is_noticed(tmp_path: Path) -> None:
    expected = killed_pull.undisturbed(tmp_path, 60)
    program = (sys.executable, str(HERE / "two_transactions.py"))
    whole = Office(tmp_path / "in-peace", tmp_path / "mail", program)
    assert whole.pull().wait() == 0
    assert killed_pull.differences(expected, whole.facts()) == []
    office = Office(tmp_path / "killed", tmp_path / "mail", program)
    assert office.pull_killed_after_an_event()
    assert office.pull().wait() == 0
    lost = killed_pull.differences(expected, office.facts())
    assert [one for one in lost if one.startswith("lost: ")] != []


def test_a_message_that_kills_is_set_aside_the_third_time_and_stops_nobody_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", "-q").code == 0
    for number in range(40):
        desk.mail(f"{number:02}.eml", "NO E-MAIL", "", f"N <n{number}@example.com>")
    desk.mail("20.eml", "NO E-MAIL", "poison", "Poison <poison@example.com>")

    def pull() -> tuple[int, str]:
        command = [sys.executable, str(HERE / "poisoned.py"), "pull", "eml:mail"]
        environment = {"PYTHONPATH": PROJECT, "HOME": str(tmp_path)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def listed() -> int:
        with open_database(tmp_path / "allegro-privacy.sqlite3", read_only=True) as database:
            return int(database.value("SELECT count(*) FROM suppressions"))

    assert pull()[0] == -signal.SIGKILL
    code, told = pull()
    assert (code, listed()) == (3, 39), "everybody else is done"
    assert "it will be tried again" in told
    code, told = pull()
    assert code != 0
    assert "20.eml" in told
    assert "a person must look at it" in told
    assert (pull()[0], listed()) == (0, 39)
    (review,) = json.loads(desk.run("review", "--json").out)["reviews"]
    assert "20.eml" in review["source"]
    assert desk.run("verify").code == 0
