"""A database in a temporary place, opened as often as a test needs it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from recorded_people import NOON, Desk

from allegro_privacy.store.database import Database, create, open_database


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    opened: list[Database] = []

    def make() -> Desk:
        path = tmp_path / "privacy.sqlite3"
        if not path.exists():
            create(path, "The Shop", "owner", NOON)
        opened.append(open_database(path))
        return Desk(path, opened[-1])

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    return make_desk()
