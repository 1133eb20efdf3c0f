"""The mail servers as fixtures. Each test finds empty mailboxes, whatever the test before it did."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from servers.dovecot import Dovecot


@pytest.fixture(scope="session")
def dovecot_of_the_session() -> "Iterator[Dovecot]":
    """One Dovecot for all; tests take `dovecot`."""
    from servers.dovecot import missing, running_dovecot

    if reason := missing():
        pytest.skip(reason)
    with running_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_of_the_session: "Dovecot") -> "Dovecot":
    """A real Dovecot with two empty mailboxes; it may be stopped, it is started again for the next test."""
    dovecot_of_the_session.clear()
    return dovecot_of_the_session
