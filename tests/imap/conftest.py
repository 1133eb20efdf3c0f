"""A shop and an office, each with an empty database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from imap.shop import Office, Shop, shop_at


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Pulls from this process."""
    with shop_at(tmp_path) as found:
        yield found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Commands as processes; `configure` it first."""
    return Office(tmp_path)
