"""Options that all tests share."""

import pytest
from hypothesis import settings

# No test measures time: a loaded machine would fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The mail servers: `dovecot`, `embedded` and `faulty`.
pytest_plugins = ["servers.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless",
        action="store_true",
        help="write what the program reads now into the fixtures' TOML files; the review is the diff",
    )
    parser.addoption(
        "--hostile-lists",
        type=int,
        default=120,
        help="how many hostile mailing lists the engines are compared on (thousands before a release)",
    )
    parser.addoption(
        "--hostile-cells",
        type=int,
        default=20_000,
        help="how many hostile cells the keys made on vectors are compared on",
    )
