"""The scripted server with four letters, and a client that is signed in."""

from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from servers.faulty import Faulty, faulty_server
from servers.promise import letter
from servers.talk import PASSWORD, USER


@pytest.fixture
def server() -> Iterator[Faulty]:
    with faulty_server(folders=["Done", "Señas"]) as found:
        for number in range(1, 5):
            found.deliver(USER, "INBOX", letter(number))
        yield found


@pytest.fixture
def client(server: Faulty) -> Iterator[IMAPClient]:
    with IMAPClient(server.host, server.port, ssl=False, timeout=5) as found:
        found.login(USER, PASSWORD)
        yield found
