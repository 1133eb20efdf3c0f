"""The mail servers as fixtures. Each test finds empty mailboxes, whatever the test before it did."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from servers.dovecot import Dovecot
    from servers.embedded import Embedded
    from servers.faulty import Faulty
    from servers.promise import MailServer
    from servers.token_provider import TokenProvider


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


@pytest.fixture(scope="session")
def embedded_of_the_session() -> "Iterator[Embedded]":
    """One pymap for all; tests take `embedded`."""
    from servers.embedded import missing, running_embedded

    if reason := missing():
        pytest.skip(reason)
    with running_embedded() as server:
        yield server


@pytest.fixture
def embedded(embedded_of_the_session: "Embedded") -> "Embedded":
    """A pymap with two empty mailboxes."""
    embedded_of_the_session.clear()
    return embedded_of_the_session


@pytest.fixture
def faulty() -> "Iterator[Faulty]":
    """A scripted server, plain, with a folder Done; every fault that a test plans must happen in it."""
    from servers.faulty import faulty_server

    with faulty_server(folders=["Done"]) as server:
        yield server


@pytest.fixture(params=["dovecot", "embedded", "faulty"])
def mail_server(request: pytest.FixtureRequest) -> "MailServer":
    """Each of the three in turn, for a contract that all servers must fit."""
    found: MailServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[TokenProvider]":
    """Microsoft and Google on loopback; this process and those it starts take it for them."""
    from servers.token_provider import token_provider

    with token_provider(tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running
