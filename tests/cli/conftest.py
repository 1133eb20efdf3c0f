"""A desk before and after it was set up."""

import os
from pathlib import Path

import pytest
from office import PROJECT, Desk

# Also for the processes that a test starts by itself.
os.environ["PYTHONPATH"] = PROJECT


@pytest.fixture
def bare_desk(tmp_path: Path) -> Desk:
    """A folder where nothing was set up."""
    return Desk(tmp_path)


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    """A folder after `init`."""
    assert bare_desk.run("init", "-q").code == 0
    return bare_desk


@pytest.fixture(scope="session")
def quiet_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk after `init`, shared by tests that change nothing."""
    desk = Desk(tmp_path_factory.mktemp("quiet"))
    assert desk.run("init", "-q").code == 0
    return desk
