"""One contract for the three servers: what a test may rely on, whichever it is given."""

import imaplib
import ssl
import time

import pytest
from imapclient import IMAPClient

from servers.promise import NOON, USERS, Can, MailServer, digest, letter

USER = "privacy"


def entered(server: MailServer, user: str = USER) -> IMAPClient:
    client = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    client.login(user, USERS[user])
    return client


def test_what_was_delivered_is_listed_as_it_is(mail_server: MailServer) -> None:
    uids = [mail_server.deliver(USER, "INBOX", letter(number), flags=["\\Seen"]) for number in range(3)]
    found = mail_server.listed(USER)
    assert [one.uid for one in found] == uids == sorted(set(uids))
    assert [one.sha256 for one in found] == [digest(letter(number)) for number in range(3)]
    assert {(one.flags, one.when, one.size) for one in found} == {(frozenset({"\\Seen"}), NOON, len(letter(1)))}
    assert mail_server.listed("customerservice") == []


def test_the_mailboxes_of_the_last_test_are_gone(mail_server: MailServer) -> None:
    assert mail_server.listed(USER) == []
    assert set(mail_server.folders(USER)) <= {"INBOX", "Done"}


def test_a_client_reads_without_marking(mail_server: MailServer) -> None:
    uid = mail_server.deliver(USER, "INBOX", letter(1, size=100_000))
    with entered(mail_server) as client:
        client.select_folder("INBOX")
        assert client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] == letter(1, size=100_000)
    assert mail_server.listed(USER)[0].flags == frozenset()


def test_capabilities_are_as_told(mail_server: MailServer) -> None:
    with entered(mail_server) as client:
        told = set(client.capabilities())
        for one in (Can.MOVE, Can.UIDPLUS, Can.CONDSTORE):
            assert (one.value.encode() in told) is (one in mail_server.can)


def test_keywords_are_kept_where_told(mail_server: MailServer) -> None:
    uid = mail_server.deliver(USER, "INBOX", letter(1))
    with entered(mail_server) as client:
        client.select_folder("INBOX")
        client.add_flags([uid], ["$Done", "\\Flagged"])
    kept = {"$Done", "\\Flagged"} if Can.KEYWORDS in mail_server.can else {"\\Flagged"}
    assert mail_server.listed(USER)[0].flags == kept


def test_a_move_takes_and_puts(mail_server: MailServer) -> None:
    if "Done" not in mail_server.folders(USER):
        mail_server.create(USER, "Done")
    uids = [mail_server.deliver(USER, "INBOX", letter(number)) for number in range(4)]
    with entered(mail_server) as client:
        client.select_folder("INBOX")
        client.move(uids[:2], "Done")
        assert client.search("ALL") == uids[2:]
    assert [one.sha256 for one in mail_server.listed(USER, "Done")] == [digest(letter(0)), digest(letter(1))]


def test_staff_mark_drag_and_expunge(mail_server: MailServer) -> None:
    if "Done" not in mail_server.folders(USER):
        mail_server.create(USER, "Done")
    uids = [mail_server.deliver(USER, "INBOX", letter(number)) for number in range(3)]
    mail_server.mark(USER, "INBOX", uids[:1], ["\\Seen"])
    mail_server.mark(USER, "INBOX", uids[1:2], ["\\Seen"])
    mail_server.mark(USER, "INBOX", uids[1:2], ["\\Seen"], add=False)
    assert [one.flags for one in mail_server.listed(USER)] == [{"\\Seen"}, set(), set()]
    mail_server.move(USER, "INBOX", uids[:1], "Done")
    mail_server.expunge(USER, "INBOX", uids[1:2])
    assert [one.uid for one in mail_server.listed(USER)] == uids[2:]
    assert [one.sha256 for one in mail_server.listed(USER, "Done")] == [digest(letter(0))]


def test_a_new_epoch_keeps_the_messages(mail_server: MailServer) -> None:
    mail_server.deliver(USER, "INBOX", letter(1))
    before = mail_server.uidvalidity(USER)
    after = mail_server.change_uidvalidity(USER)
    assert before != after == mail_server.uidvalidity(USER)
    with entered(mail_server) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == after
    assert len(mail_server.listed(USER)) == 1


def test_tls_where_told(mail_server: MailServer) -> None:
    if Can.TLS not in mail_server.can:
        pytest.skip("this server was started without TLS; its TLS is shown elsewhere")
    context = ssl.create_default_context(cafile=str(mail_server.ca_file))
    with IMAPClient("localhost", mail_server.tls_port, ssl_context=context, timeout=10) as client:
        client.login(USER, USERS[USER])
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient("localhost", mail_server.tls_port, timeout=10)


def test_killed_connections_are_noticed(mail_server: MailServer) -> None:
    client = entered(mail_server)
    mail_server.kill_connections(USER)
    with pytest.raises((OSError, imaplib.IMAP4.abort)):
        ask_for_a_while(client)
    entered(mail_server)


def test_stop_refuses_and_start_comes_back_with_the_mail(mail_server: MailServer) -> None:
    mail_server.deliver(USER, "INBOX", letter(1))
    mail_server.stop()
    with pytest.raises(OSError, match="refused"):
        IMAPClient(mail_server.host, mail_server.port, ssl=False, timeout=2)
    mail_server.start()
    assert len(mail_server.listed(USER)) == 1


def ask_for_a_while(client: IMAPClient) -> None:
    for _ in range(20):
        client.noop()
        time.sleep(0.01)
