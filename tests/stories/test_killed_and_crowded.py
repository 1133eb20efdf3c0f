"""A pull that is killed, and pulls that meet: the ledger holds what one undisturbed run would have written."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from office import PROJECT, Desk

SUBJECTS = ("NO E-MAIL", "an order", "NO SNAIL MAIL")
MESSAGES = 90
KILLS = 6


def _office(folder: Path) -> Desk:
    office = Desk(folder)
    for number in range(MESSAGES):
        office.mail(f"{number:03}.eml", SUBJECTS[number % 3], f"I am number {number}", f"N <n{number}@example.com>")
    assert office.run("init", "-q").code == 0
    return office


def _start(office: Desk) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "allegro_privacy", "pull", "eml:mail", "-q"]
    return subprocess.Popen(command, cwd=office.folder, env={"PYTHONPATH": PROJECT, "HOME": str(office.folder)})


def _content(office: Desk) -> dict[str, Any]:
    """What is recorded, without what depends on the hour."""
    status = office.run("status", "--json").json
    known = sorted(
        office.run("find", f"n{number}@example.com", "--json").json["messages"][0]["id"] for number in (0, 1, 2, 88)
    )
    return {
        "counts": [status[name] for name in ("messages", "suppressed", "open_reviews", "open_cases")],
        "known": known,
    }


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, Any]:
    office = _office(tmp_path / "undisturbed")
    assert _start(office).wait() == 0
    return _content(office)


def test_killed_at_random_moments_it_loses_and_doubles_nothing(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    office = _office(tmp_path / "killed")
    chance = random.Random(7)
    for _ in range(KILLS):
        run = _start(office)
        try:
            run.wait(chance.uniform(0.5, 3))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
    assert _start(office).wait() == 0
    assert _content(office) == undisturbed
    assert office.run("verify").code == 0


def test_six_pulls_at_once_write_what_one_would(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    office = _office(tmp_path / "crowded")
    runs = [_start(office) for _ in range(6)]
    assert [run.wait() for run in runs] == [0] * 6
    assert _content(office) == undisturbed
    assert office.run("verify").code == 0
