"""Files on a recipient's server: there whole or not at all, never in another's place, and only on the right server."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import asyncssh
import pytest
from servers.sftp import Sftp, sftp_server

from allegro_privacy.errors import DeliveryError, MissingExtraError
from allegro_privacy.lists.sftp import Sending, Target, put

CONTENT = b"email\r\n" + b"rosa@example.com\r\n" * 50_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sftp]:
    with sftp_server(tmp_path) as running:
        yield running


@pytest.fixture
def listed(tmp_path: Path) -> Sending:
    path = tmp_path / "list.csv"
    path.write_bytes(CONTENT)
    return Sending(path, sha256(CONTENT).hexdigest())


def target(server: Sftp, folder: str = "/in") -> Target:
    return Target(server.url(folder), server.host_key, server.client_key)


def arrived(server: Sftp) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (server.root / "in").iterdir()}


def test_a_file_gets_its_name_only_when_it_is_whole(server: Sftp, listed: Sending) -> None:
    put(target(server), [listed])
    assert arrived(server) == {"list.csv": CONTENT}
    assert server.writes == ["/in/.list.csv.part"]
    assert server.synced == 1


def test_what_is_there_already_is_left_alone(server: Sftp, listed: Sending) -> None:
    put(target(server), [listed])
    put(target(server), [listed])
    assert len(server.writes) == 1


def test_another_file_of_that_name_is_never_overwritten(server: Sftp, listed: Sending) -> None:
    (server.root / "in" / "list.csv").write_bytes(b"theirs")
    with pytest.raises(DeliveryError, match="was not put on"):
        put(target(server), [listed])
    assert arrived(server) == {"list.csv": b"theirs"}


def test_a_half_sent_file_of_a_killed_run_is_sent_anew(server: Sftp, listed: Sending) -> None:
    (server.root / "in" / ".list.csv.part").write_bytes(CONTENT * 2)
    put(target(server), [listed])
    assert arrived(server) == {"list.csv": CONTENT}


def test_a_server_with_another_key_is_told_nothing(server: Sftp, listed: Sending) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with pytest.raises(DeliveryError, match="not the known one") as caught:
        put(replace(target(server), host_key=other), [listed])
    assert "another key" in caught.value.why
    assert not server.writes


def test_a_cut_line_leaves_no_file_under_its_name_and_the_next_try_mends_it(server: Sftp, listed: Sending) -> None:
    server.cut_after = 200_000
    with pytest.raises(DeliveryError, match="not confirmed"):
        put(target(server), [listed])
    assert "list.csv" not in arrived(server)
    server.cut_after = None
    put(target(server), [listed])
    assert arrived(server) == {"list.csv": CONTENT}


def test_a_file_that_arrives_damaged_is_taken_away(server: Sftp, listed: Sending) -> None:
    server.spoil = True
    with pytest.raises(DeliveryError, match="damaged"):
        put(target(server), [listed])
    assert arrived(server) == {}


def test_a_file_that_changed_here_since_it_was_exported_does_not_leave(server: Sftp, listed: Sending) -> None:
    listed.path.write_bytes(b"altered")
    with pytest.raises(DeliveryError, match="not the file that was exported"):
        put(target(server), [listed])
    assert "list.csv" not in arrived(server)


REFUSED = [
    ("a folder that is not there", {"url": "{base}/nowhere"}, "no folder /nowhere"),
    ("a port where nobody listens", {"url": "sftp://lists@127.0.0.1:1/in"}, "connection failed"),
    ("a wrong password", {"key_file": None, "password": "guess"}, "does not let lists in"),
]


@pytest.mark.parametrize(("changes", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_goes_wrong_is_told_in_words(server: Sftp, listed: Sending, changes: dict[str, str], why: str) -> None:
    given = {key: value.format(base=server.url("")) if key == "url" else value for key, value in changes.items()}
    with pytest.raises(DeliveryError) as caught:
        put(replace(target(server), **given), [listed])
    assert why in caught.value.why


def test_a_missing_package_is_named_with_what_brings_it(
    server: Sftp, listed: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(MissingExtraError) as caught:
        put(target(server), [listed])
    assert caught.value.fix == "pip install 'allegro-privacy[sftp]'"
