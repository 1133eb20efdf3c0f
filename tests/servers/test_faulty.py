"""The scripted server is right until it is told otherwise, and each of its faults really happens."""

import base64
import imaplib
import ssl
import time

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from servers.certificates import Certificate
from servers.delay import delayed_line
from servers.faulty import Faulty, faulty_server
from servers.promise import letter
from servers.talk import PASSWORD, USER, Talk

NESTED = (
    b"From: p@example.com\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nbefore\r\n--x\r\n"
    b"Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\nplain\r\n--y\r\nContent-Type: text/html\r\n\r\n"
    b"<p>html\r\n--y--\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninside\r\n--x--\r\nafter\r\n"
)


class TestRight:
    def test_imapclient_reads_marks_files_and_leaves(self, server: Faulty, client: IMAPClient) -> None:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == server.uidvalidity(USER)
        assert client.search("ALL") == [1, 2, 3, 4]
        assert client.search(["NOT", "UID", "2:3", "UNSEEN"]) == [1, 4]
        assert client.search(["HEADER", "Message-ID", "<2@example.com>"]) == [2]
        found = client.fetch([1, 2], ["BODY.PEEK[]", "RFC822.SIZE", "FLAGS", "INTERNALDATE"])
        assert found[2][b"BODY[]"] == letter(2)
        assert found[2][b"RFC822.SIZE"] == len(letter(2))
        assert not server.did("flag")
        client.fetch([1], ["BODY[]"])
        assert [deed.uid for deed in server.did("flag", "\\Seen")] == [1]
        client.add_flags([2], ["$Done"])
        client.move([1, 2], "Señas")
        client.copy([3], "Done")
        client.add_flags([4], ["\\Deleted"], silent=True)
        client.uid_expunge([4])
        assert client.search("ALL") == [3]
        assert [one.flags for one in server.listed(USER, "Señas")] == [{"\\Seen"}, {"$Done"}]
        assert [(deed.verb, deed.uid, deed.detail) for deed in server.deeds[2:]] == [
            ("move", 1, "Señas"),
            ("move", 2, "Señas"),
            ("copy", 3, "Done"),
            ("flag", 4, "\\Deleted"),
            ("expunge", 4, ""),
        ]
        assert server.verbs()["UID MOVE"] == 1

    def test_the_stdlib_reads_and_appends(self, server: Faulty) -> None:
        with imaplib.IMAP4(server.host, server.port, timeout=5) as client:
            client.login(USER, PASSWORD)
            client.append("Done", "(\\Seen)", '"20-Nov-2026 12:00:00 -0500"', letter(9))
            client.select("Done", readonly=True)
            answer = client.uid("FETCH", "1:*", "(UID BODY.PEEK[])")[1]
            assert answer[0][1] == letter(9)
            assert client.uid("STORE", "1", "+FLAGS", "(\\Flagged)")[0] == "NO"

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("", NESTED),
            ("HEADER", NESTED[:66]),
            ("1.1", b"plain"),
            ("1.2", b"<p>html"),
            ("1.2.MIME", b"Content-Type: text/html\r\n\r\n"),
            ("2", b"Subject: inner\r\n\r\ninside"),
            ("2.HEADER", b"Subject: inner\r\n\r\n"),
            ("2.1", b"inside"),
            ("HEADER.FIELDS (FROM)", b"From: p@example.com\r\n\r\n"),
            ("3", None),
        ],
    )
    def test_a_part_is_byte_exact(self, server: Faulty, client: IMAPClient, name: str, expected: bytes | None) -> None:
        uid = server.deliver(USER, "INBOX", NESTED)
        client.select_folder("INBOX", readonly=True)
        assert list(client.fetch([uid], [f"BODY.PEEK[{name}]"])[uid].values())[-1] == expected

    def test_a_prefix_and_the_structure(self, server: Faulty, client: IMAPClient) -> None:
        uid = server.deliver(USER, "INBOX", NESTED)
        client.select_folder("INBOX", readonly=True)
        found = client.fetch([uid], ["BODY.PEEK[]<0.10>", "BODYSTRUCTURE"])[uid]
        assert found[b"BODY[]<0>"] == NESTED[:10]
        structure = found[b"BODYSTRUCTURE"]
        assert structure.is_multipart
        assert [part[0] for part in structure[0][0][0]] == [b"TEXT", b"TEXT"]
        assert structure[0][1][:2] == (b"MESSAGE", b"RFC822")

    @pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
    def test_tokens(self, server: Faulty, mechanism: str) -> None:
        for token, good in [
            (server.token(USER), True),
            (server.token(USER, expires=-1), False),
            (server.token("privacy"), False),
            (server.token(USER, forged=True), False),
        ]:
            client = IMAPClient(server.host, server.port, ssl=False, timeout=5)
            enter = client.oauth2_login if mechanism == "XOAUTH2" else client.oauthbearer_login
            if good:
                enter(USER, token)
                client.select_folder("INBOX")
            else:
                with pytest.raises(LoginError):
                    enter(USER, token)

    def test_a_login_may_come_in_one_line(self, server: Faulty) -> None:
        secret = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        talk = Talk(server, log_in=False)
        talk.file.readline()
        assert b" NO [AUTHENTICATIONFAILED]" in talk.ask("AUTHENTICATE PLAIN AGEAYg==")
        assert b" OK " in talk.ask(f"AUTHENTICATE PLAIN {secret}")

    def test_thousands_are_served_in_no_time(self, server: Faulty, client: IMAPClient) -> None:
        for number in range(2000):
            server.deliver(USER, "INBOX", letter(number))
        client.select_folder("INBOX")
        begin = time.monotonic()
        found = client.search("ALL")
        assert len(client.fetch(found, ["BODY.PEEK[]"])) == 2004
        client.move(found, "Done")
        assert time.monotonic() - begin < 5
        assert len(server.listed(USER, "Done")) == 2004

    def test_news_come_to_an_idle_client(self, server: Faulty, client: IMAPClient) -> None:
        client.select_folder("INBOX")
        client.idle()
        server.deliver(USER, "INBOX", letter(5))
        assert client.idle_check(timeout=2) == [(5, b"EXISTS")]
        client.idle_done()

    def test_what_it_is_without_it_does_not_do(self) -> None:
        with faulty_server(without=["MOVE", "UIDPLUS"], keywords=False, folders=["Done"]) as server:
            server.deliver(USER, "INBOX", letter(1))
            talk = Talk(server)
            assert b"MOVE" not in talk.ask("CAPABILITY")
            assert b"\\*" not in talk.ask("SELECT INBOX")
            assert b"BAD" in talk.ask("UID MOVE 1 Done")
            assert b"BAD" in talk.ask("UID EXPUNGE 1")
            assert b"COPYUID" not in talk.ask("UID COPY 1 Done")
            talk.ask("UID STORE 1 +FLAGS ($Done)")
            assert server.listed(USER)[0].flags == frozenset()

    def test_no_login_before_tls(self) -> None:
        with faulty_server(plain_login=False, tls="starttls") as server:
            talk = Talk(server)
            assert b"LOGINDISABLED" in talk.greeting
            assert b"BAD" in talk.ask("SELECT INBOX")

    def test_every_byte_is_recorded_and_an_injected_command_shows(self, server: Faulty, client: IMAPClient) -> None:
        client.select_folder("INBOX")
        client._imap.send(b'X0 UID SEARCH SUBJECT "a\r\nX1 STORE 1:* +FLAGS (\\Deleted)\r\nX2 EXPUNGE\r\n')
        time.sleep(0.2)
        assert server.commands()[-3:] == ['UID SEARCH SUBJECT "a', "STORE 1:* +FLAGS (\\Deleted)", "EXPUNGE"]
        assert len(server.did("expunge")) == 4

    def test_a_delay_is_kept_once_for_pipelined_commands(self) -> None:
        with faulty_server(delay=0.1) as server:
            talk = Talk(server)
            begin = time.monotonic()
            tags = [talk.send("NOOP") for _ in range(10)]
            talk.until(tags[-1])
            assert 0.1 <= time.monotonic() - begin < 0.3

    def test_stop_and_start(self, server: Faulty) -> None:
        talk = Talk(server)
        server.stop()
        assert talk.ask("NOOP") == b""
        with pytest.raises(ConnectionRefusedError):
            Talk(server)
        server.start()
        assert b"4 EXISTS" in Talk(server).ask("SELECT INBOX")


class TestTls:
    def trusting(self, server: Faulty) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(server.ca_file))

    def test_implicit(self) -> None:
        with (
            faulty_server(tls="implicit") as server,
            IMAPClient("localhost", server.port, ssl_context=self.trusting(server), timeout=5) as client,
        ):
            server.deliver(USER, "INBOX", big := letter(1, size=2_000_000))
            client.login(USER, PASSWORD)
            client.select_folder("INBOX")
            assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == big

    def test_starttls(self) -> None:
        with faulty_server(tls="starttls", plain_login=False) as server:
            with IMAPClient("localhost", server.port, ssl=False, timeout=5) as client:
                client.starttls(self.trusting(server))
                client.login(USER, PASSWORD)
            assert server.verbs()["STARTTLS"] == 1

    @pytest.mark.parametrize("certificate", [one for one in Certificate if one is not Certificate.GOOD])
    def test_a_wanting_certificate_is_refused(self, certificate: Certificate) -> None:
        with (
            faulty_server(tls="implicit", certificate=certificate) as server,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            IMAPClient("localhost", server.port, ssl_context=self.trusting(server), timeout=5)

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_a_weak_protocol_is_refused_and_is_really_offered(self) -> None:
        with faulty_server(tls="implicit", weak_tls=True) as server:
            with pytest.raises(ssl.SSLError):
                IMAPClient("localhost", server.port, ssl_context=self.trusting(server), timeout=5)
            lax = self.trusting(server)
            lax.minimum_version = ssl.TLSVersion.TLSv1
            lax.set_ciphers("ALL:@SECLEVEL=0")
            with IMAPClient("localhost", server.port, ssl_context=lax, timeout=5) as client:
                client.login(USER, PASSWORD)

    def test_starttls_stripped_refused_and_injected(self) -> None:
        with faulty_server(tls="starttls") as server:
            server.plan("starttls-stripped", nth=0)
            talk = Talk(server)
            assert b"STARTTLS" not in talk.greeting + talk.ask("CAPABILITY")
        with faulty_server(tls="starttls") as server:
            server.plan("starttls-refused")
            assert b"BAD" in Talk(server, log_in=False).ask("STARTTLS")
        with faulty_server(tls="starttls") as server:
            server.plan("starttls-injection")
            talk = Talk(server, log_in=False)
            assert b"OK" in talk.ask("STARTTLS")
            assert b"INJECTED" in talk.file.readline()


def ask_for_a_while(talk: Talk) -> None:
    for _ in range(20):
        talk.ask("NOOP")
        time.sleep(0.01)


class TestLine:
    def test_a_round_trip_takes_its_time_and_pipelined_ones_share_it(self, server: Faulty) -> None:
        with delayed_line(server.host, server.port, round_trip=0.1) as line:
            talk = Talk(line)
            begin = time.monotonic()
            talk.ask("NOOP")
            assert 0.1 <= time.monotonic() - begin < 0.2
            begin = time.monotonic()
            talk.until([talk.send("NOOP") for _ in range(20)][-1])
            assert 0.1 <= time.monotonic() - begin < 0.3
            assert line.sent[0].count(b"NOOP") == 21

    def test_it_cuts_after_so_many_bytes_of_answers(self, server: Faulty) -> None:
        with delayed_line(server.host, server.port) as line:
            line.cut_after(900)
            talk = Talk(line)
            before = len(talk.greeting)
            assert b"OK" in talk.ask("SELECT INBOX")
            got = talk.ask("UID FETCH 1:3 (UID BODY.PEEK[])")
            assert got.startswith(b"* 1 FETCH")
            assert b"OK done" not in got
            assert before + len(got) < 900

    def test_it_breaks_now(self, server: Faulty) -> None:
        with delayed_line(server.host, server.port) as line:
            talk = Talk(line)
            line.cut()
            with pytest.raises(OSError, match=r"reset|[Bb]roken|aborted"):
                ask_for_a_while(talk)
