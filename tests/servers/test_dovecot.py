"""The real server does what its module says, seen by the stdlib's client and by imapclient."""

import contextlib
import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from servers.certificates import Certificate
from servers.delay import delayed_line
from servers.dovecot import Dovecot, missing, running_dovecot
from servers.promise import USERS, Can, letter

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
USER = "privacy"


def trusting(server: Dovecot) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.ca_file))


def plain(server: Dovecot) -> IMAPClient:
    return IMAPClient(server.host, server.port, ssl=False, timeout=10)


def implicit(server: Dovecot) -> IMAPClient:
    return IMAPClient("localhost", server.tls_port, ssl_context=trusting(server), timeout=10)


def upgraded(server: Dovecot) -> IMAPClient:
    client = plain(server)
    client.starttls(trusting(server))
    return client


@pytest.mark.parametrize("connect", [plain, implicit, upgraded])
def test_both_users_log_in_over_every_kind_of_line(dovecot: Dovecot, connect: Callable[[Dovecot], IMAPClient]) -> None:
    for user, password in USERS.items():
        with connect(dovecot) as client:
            client.login(user, password)
            assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_a_wrong_password_is_refused_at_once(dovecot: Dovecot) -> None:
    with plain(dovecot) as client, pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
        client.login(USER, "wrong")


def test_the_stdlib_logs_in_over_tls(dovecot: Dovecot) -> None:
    with imaplib.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=trusting(dovecot)) as client:
        assert client.login("customerservice", USERS["customerservice"])[0] == "OK"


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
class TestTokens:
    def enter(self, server: Dovecot, mechanism: str, user: str, token: str) -> None:
        with plain(server) as client:
            if mechanism == "XOAUTH2":
                client.oauth2_login(user, token)
            else:
                client.oauthbearer_login(user, token)
            client.select_folder("INBOX")

    def test_a_good_token_lets_its_user_in(self, dovecot: Dovecot, mechanism: str) -> None:
        self.enter(dovecot, mechanism, USER, dovecot.token(USER))

    @pytest.mark.parametrize("fault", ["expired", "of another user", "forged"])
    def test_any_other_token_is_refused(self, dovecot: Dovecot, mechanism: str, fault: str) -> None:
        token = {
            "expired": dovecot.token(USER, expires=-60),
            "of another user": dovecot.token("customerservice"),
            "forged": dovecot.token(USER, forged=True),
        }[fault]
        with pytest.raises(LoginError):
            self.enter(dovecot, mechanism, USER, token)


def test_move_tells_where_the_copy_went(dovecot: Dovecot) -> None:
    dovecot.create(USER, "Done")
    uid = dovecot.deliver(USER, "INBOX", letter(1))
    with plain(dovecot) as client:
        client.login(USER, USERS[USER])
        assert {b"MOVE", b"UIDPLUS", b"CONDSTORE"} <= set(client.capabilities())
        client.select_folder("INBOX")
        client.move([uid], "Done")
    assert dovecot.listed(USER) == []
    assert [one.uid for one in dovecot.listed(USER, "Done")] == [1]


def test_thousands_are_seeded_as_files(dovecot: Dovecot) -> None:
    assert dovecot.seed(USER, "INBOX", map(letter, range(2000))) == 2000
    found = dovecot.listed(USER)
    assert [one.uid for one in found] == list(range(1, 2001))
    assert len({one.sha256 for one in found}) == 2000


def test_a_new_epoch_may_keep_the_numbers_or_begin_again(dovecot: Dovecot) -> None:
    dovecot.deliver_all(USER, "INBOX", map(letter, range(3)))
    dovecot.expunge(USER, "INBOX", [1])
    first = dovecot.uidvalidity(USER)
    second = dovecot.change_uidvalidity(USER)
    assert second == dovecot.uidvalidity(USER) != first
    assert [one.uid for one in dovecot.listed(USER)] == [2, 3]
    third = dovecot.change_uidvalidity(USER, renumber=True)
    assert third == dovecot.uidvalidity(USER) not in {first, second}
    assert [one.uid for one in dovecot.listed(USER)] == [1, 2]


def test_the_record_of_commands_has_the_clients_and_not_the_onlookers(dovecot: Dovecot) -> None:
    dovecot.deliver(USER, "INBOX", letter(1))
    with plain(dovecot) as client:
        client.login(USER, USERS[USER])
        client.select_folder("INBOX", readonly=True)
        client.fetch([1], ["BODY.PEEK[]"])
    commands = [line.split(b" ", 1)[1] for line in dovecot.received(USER)]
    assert commands[-2:] == [b"UID FETCH 1 (BODY.PEEK[])", b"LOGOUT"] or commands[-1].startswith(b"UID FETCH")
    assert not any(b"APPEND" in line for line in dovecot.received(USER))


def test_nothing_is_left_of_a_server() -> None:
    with running_dovecot() as server:
        pid = server._process.pid  # type: ignore[union-attr]
        client = plain(server)
        client.login(USER, USERS[USER])
        assert len(alive(pid)) > 3
    assert all_end(pid)
    assert not server.top.exists()
    with pytest.raises((OSError, imaplib.IMAP4.error)):
        client.noop()


@pytest.fixture(scope="module")
def poor() -> Iterator[Dovecot]:
    hidden = ["MOVE", "CONDSTORE", "QRESYNC"]
    with running_dovecot(hidden=hidden, rights="lrstipekxa", folders=["Done", "Señas/ä"]) as server:
        yield server


class TestOptions:
    def test_what_is_hidden_is_not_told(self, poor: Dovecot) -> None:
        with plain(poor) as client:
            client.login(USER, USERS[USER])
            assert b"UIDPLUS" in client.capabilities()
            assert not {b"MOVE", b"CONDSTORE", b"QRESYNC"} & set(client.capabilities())
        assert Can.MOVE not in poor.can
        assert Can.KEYWORDS not in poor.can

    def test_keywords_are_refused_and_seen_is_not(self, poor: Dovecot) -> None:
        uid = poor.deliver(USER, "INBOX", letter(1))
        with plain(poor) as client:
            client.login(USER, USERS[USER])
            assert set(client.select_folder("INBOX")[b"PERMANENTFLAGS"]) == {b"\\Seen", b"\\Deleted"}
            client.add_flags([uid], ["\\Seen", "$Done"])
        assert poor.listed(USER)[-1].flags == {"\\Seen"}

    def test_folders_are_there_for_each_user(self, poor: Dovecot) -> None:
        for user in USERS:
            assert {"INBOX", "Done", "Señas/ä"} <= set(poor.folders(user))

    def test_a_mailbox_may_refuse_every_change(self) -> None:
        with running_dovecot(rights="lr") as server:
            server.seed(USER, "INBOX", [letter(1)])
            with plain(server) as client:
                client.login(USER, USERS[USER])
                with pytest.raises(imaplib.IMAP4.readonly):
                    client.select_folder("INBOX")
            assert server.listed(USER)[0].flags == frozenset()

    @pytest.mark.parametrize(
        ("certificate", "reason"),
        [
            (Certificate.EXPIRED, "expired"),
            (Certificate.NOT_YET, "not yet valid"),
            (Certificate.WRONG_HOST, "[Hh]ostname mismatch"),
            (Certificate.STRANGER, "unable to get (local )?issuer"),
            (Certificate.SELF_SIGNED, "self[- ]signed"),
        ],
    )
    def test_a_wanting_certificate_is_noticed(self, certificate: Certificate, reason: str) -> None:
        with running_dovecot(certificate=certificate) as server, pytest.raises(ssl.SSLError, match=reason):
            implicit(server)


def test_stop_refuses_and_start_comes_back_with_the_mail(dovecot: Dovecot) -> None:
    dovecot.deliver(USER, "INBOX", letter(1))
    dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((dovecot.host, dovecot.port), timeout=2)
    dovecot.start()
    assert len(dovecot.listed(USER)) == 1


def test_killed_connections_are_noticed_by_the_client(dovecot: Dovecot) -> None:
    client = plain(dovecot)
    client.login(USER, USERS[USER])
    dovecot.kill_connections(USER)
    with pytest.raises((OSError, imaplib.IMAP4.abort)):
        ask_for_a_while(client)


def ask_for_a_while(client: IMAPClient) -> None:
    for _ in range(20):
        client.noop()
        time.sleep(0.01)


def test_it_answers_over_a_line_with_a_delay(dovecot: Dovecot) -> None:
    dovecot.deliver_all(USER, "INBOX", map(letter, range(3)))
    with delayed_line(dovecot.host, dovecot.port, round_trip=0.04) as line:
        client = IMAPClient(line.host, line.port, ssl=False, timeout=10)
        client.login(USER, USERS[USER])
        client.select_folder("INBOX", readonly=True)
        begin = time.monotonic()
        assert len(client.fetch([1, 2, 3], ["BODY.PEEK[]"])) == 3
        assert time.monotonic() - begin >= 0.04
        client.logout()


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed: apt-get install util-linux")
def test_a_killed_test_run_leaves_no_dovecot_behind() -> None:
    program = (
        "import time; from servers.dovecot import running_dovecot\n"
        "with running_dovecot() as server: print(server._process.pid, server.top, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
    assert run.stdout is not None
    pid, top = run.stdout.readline().split()
    run.kill()
    run.communicate()
    try:
        assert all_end(int(pid)), "Dovecot goes on after its test run was killed"
    finally:
        for one in alive(int(pid)):
            os.kill(one, signal.SIGKILL)
        shutil.rmtree(top)


def alive(group: int) -> list[int]:
    """The processes of a group that are more than a zombie."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, pgrp = file.read_text("utf-8").rpartition(")")[2].split()[:3]
            if int(pgrp) == group and state != "Z":
                found.append(int(file.parent.name))
    return found


def all_end(group: int) -> bool:
    """Nothing of a group lives on for more than a few seconds."""
    until = time.monotonic() + 10
    while alive(group) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(group)
