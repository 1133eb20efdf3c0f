"""The pages are made of what the tests of the store and of the command line record."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS / "store"), str(TESTS / "cli")]

import half_a_year  # noqa: E402

from allegro_privacy import config  # noqa: E402
from allegro_privacy.reports.html import Page  # noqa: E402
from allegro_privacy.store.database import open_database  # noqa: E402
from allegro_privacy.workflow import reporting  # noqa: E402


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of a half year in which nearly everybody has a hostile name."""
    path = tmp_path_factory.mktemp("half-a-year") / "privacy.sqlite3"
    now = half_a_year.fill(path)
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
    settings = config.parse(config.sample(), None)
    with open_database(path, read_only=True) as database:
        found, head = reporting.report(database, settings, first, last, now)
    shop = f"Allegro {half_a_year.SCRIPT}"
    return Page(shop, date(2026, 1, 1), date(2026, 7, 5), "UTC", now, found, (head.number, head.hash))
