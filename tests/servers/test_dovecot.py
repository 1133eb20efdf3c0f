"""The real server does what its module says, seen by the stdlib's client and by imapclient."""

import imaplib
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from servers.certificates import Certificate
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


def test_nothing_is_left_of_a_server(tmp_path: str) -> None:
    with running_dovecot() as server:
        pid = server._process.pid  # type: ignore[union-attr]
        client = plain(server)
        client.login(USER, USERS[USER])
        group = subprocess.run(["ps", "-o", "pid=", "-g", str(pid)], capture_output=True, text=True, check=False)
        assert len(group.stdout.split()) > 3
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)
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
