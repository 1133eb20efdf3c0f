"""Options that all tests share."""

import pytest

# The mail servers: `dovecot`, `embedded` and `faulty`.
pytest_plugins = ["servers.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless",
        action="store_true",
        help="write what the program reads now into the fixtures' TOML files; the review is the diff",
    )
