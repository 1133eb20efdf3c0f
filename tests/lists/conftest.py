"""A directory for lists that is not there yet."""

from pathlib import Path

import pytest


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return tmp_path / "exports"
