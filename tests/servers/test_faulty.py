"""The scripted server is right until it is told otherwise, and each of its faults really happens."""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from servers.certificates import Certificate
from servers.delay import delayed_line
from servers.faults import load
from servers.faulty import Faulty, faulty_server
from servers.promise import USERS, letter

USER = "customerservice"
PASSWORD = USERS[USER]
NESTED = (
    b"From: p@example.com\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nbefore\r\n--x\r\n"
    b"Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\nplain\r\n--y\r\nContent-Type: text/html\r\n\r\n"
    b"<p>html\r\n--y--\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninside\r\n--x--\r\nafter\r\n"
)


class Talk:
    """A client without any cleverness: what it sends is what was written, what it returns is what came."""

    def __init__(self, server: Faulty, *, log_in: bool = True) -> None:
        self.line = socket.create_connection((server.host, server.port), timeout=5)
        self.file = self.line.makefile("rb")
        self.count = 0
        if log_in:
            self.greeting = self.file.readline()
            self.ask(f'LOGIN {USER} "{PASSWORD}"')

    def send(self, command: str) -> bytes:
        self.count += 1
        self.line.sendall(f"a{self.count} {command}\r\n".encode())
        return b"a%d" % self.count

    def ask(self, command: str) -> bytes:
        """Everything up to the tagged line, or to the end of the connection."""
        return self.until(self.send(command))

    def until(self, tag: bytes) -> bytes:
        whole = b""
        while line := self.file.readline():
            whole += line
            if line.startswith(tag + b" "):
                break
        return whole

    def rest(self, seconds: float) -> bytes:
        """What still comes in a while."""
        self.line.settimeout(seconds)
        got, until = b"", time.monotonic() + seconds
        try:
            while time.monotonic() < until and (more := self.line.recv(65536)):
                got += more
        except OSError:
            pass
        return got


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


FETCH = "UID FETCH 1:3 (UID BODY.PEEK[])"
SIZES = "UID FETCH 1:3 (UID RFC822.SIZE)"
BODY_1 = re.compile(rb"\{(\d+)\}\r\n")


def closed(talk: Talk) -> bool:
    try:
        return talk.file.read() == b""
    except ConnectionResetError:
        return True


def silent(talk: Talk) -> bool:
    """Nothing comes, and the line is open."""
    talk.line.settimeout(0.2)
    try:
        talk.line.recv(1)
    except TimeoutError:
        return True
    return False


# For each fault: what is asked, and what must be true of the answer. A fault that is not listed fails a test below.
Check = Callable[[bytes, Talk, Faulty], bool]
ENDS = b" OK done\r\n"
PLAYED: dict[str, tuple[str, Check]] = {
    "close-before": ("UID STORE 1 +FLAGS (\\Seen)", lambda a, t, s: a == b"" and closed(t) and not s.deeds),
    "bye-before": ("UID STORE 1 +FLAGS (\\Seen)", lambda a, t, s: a.startswith(b"* BYE") and closed(t) and not s.deeds),
    "close-after": ("UID STORE 1 +FLAGS (\\Seen)", lambda a, t, s: a == b"" and closed(t) and len(s.deeds) == 1),
    "bye-after": ("UID STORE 1 +FLAGS (\\Seen)", lambda a, t, s: a.startswith(b"* BYE") and len(s.deeds) == 1),
    "close-before-tag": (FETCH, lambda a, t, s: a.count(b"FETCH") == 3 and ENDS not in a and closed(t)),
    "close-mid-line": (FETCH, lambda a, t, s: len(a) == 10 and closed(t)),
    "close-mid-literal": (FETCH, lambda a, t, s: 0 < len(a) < 200 and b"From: Pat" in a and closed(t)),
    "bye-mid-literal": (FETCH, lambda a, t, s: a.endswith(b"\r\n* BYE shutting down\r\n") and closed(t)),
    "literal-short": (FETCH, lambda a, t, s: a.count(letter(1)) == 1 and b"{%d}" % (len(letter(1)) + 20) in a),
    "literal-long": (FETCH, lambda a, t, s: b"BODY[] {5}\r\n" + letter(1) in a),
    "truncated": (FETCH, lambda a, t, s: b"{%d}" % (len(letter(1)) // 2) in a and letter(1) not in a),
    "nil-body": (FETCH, lambda a, t, s: b"UID 1 BODY[] NIL)" in a and letter(2) in a),
    "empty-body": (FETCH, lambda a, t, s: b"UID 1 BODY[] {0}\r\n)" in a and letter(2) in a),
    "size-small": (SIZES, lambda a, t, s: a.count(b"RFC822.SIZE 10)") == 3),
    "size-huge": (SIZES, lambda a, t, s: a.count(b"RFC822.SIZE 6000000000)") == 3),
    "size-missing": (SIZES, lambda a, t, s: b"SIZE" not in a and a.count(b"UID") == 3),
    "unknown-uid": (FETCH, lambda a, t, s: b"UID 1001 BODY" in a and b"UID 1 " not in a),
    "no-uid": (FETCH, lambda a, t, s: b"UID" not in a and a.count(b"BODY[]") == 3),
    "one-missing": (FETCH, lambda a, t, s: b"UID 1 " not in a and a.startswith(b"* 2 FETCH") and ENDS in a),
    "ok-without-data": (FETCH, lambda a, t, s: b"FETCH" not in a and ENDS in a),
    "other-message": (FETCH, lambda a, t, s: b"UID 4 " in a and letter(4) in a and letter(1) not in a),
    "twice": (FETCH, lambda a, t, s: a.count(b"* 1 FETCH (UID 1 ") == 2 and b"not the same" in a),
    "unsolicited-flags": (FETCH, lambda a, t, s: b")\r\n* 1 FETCH (FLAGS (\\Seen \\Flagged))\r\n* 2" in a),
    "unsolicited-body": (FETCH, lambda a, t, s: a.startswith(b"* 999 FETCH (UID 99999") and letter(1) in a),
    "expunged-meanwhile": (FETCH, lambda a, t, s: a.startswith(b"* 4 EXPUNGE") and len(s.listed(USER)) == 3),
    "vanished": (FETCH, lambda a, t, s: b"UID 1 " not in a and b"* 1 EXPUNGE" in a and len(s.listed(USER)) == 3),
    "arrived-meanwhile": (FETCH, lambda a, t, s: a.startswith(b"* 5 EXISTS") and len(s.listed(USER)) == 5),
    "new-epoch": (FETCH, lambda a, t, s: a == b"" and closed(t) and s.uidvalidity(USER) == 1_700_000_008),
    "new-epoch-silently": (FETCH, lambda a, t, s: b"UID 1 BODY[] {%d}\r\n" % len(letter(4)) + letter(4) in a),
    "uidvalidity-missing": ("SELECT INBOX", lambda a, t, s: b"UIDVALIDITY" not in a and b"UIDNEXT" in a),
    "uidvalidity-zero": ("SELECT INBOX", lambda a, t, s: b"[UIDVALIDITY 0]" in a),
    "uidvalidity-other": ("SELECT INBOX", lambda a, t, s: b"[UIDVALIDITY 4294967295]" in a),
    "read-only": ("SELECT INBOX", lambda a, t, s: b" OK [READ-ONLY]" in a),
    "no-permanent-flags": ("SELECT INBOX", lambda a, t, s: b"[PERMANENTFLAGS ()]" in a),
    "garbage-line": (FETCH, lambda a, t, s: a.startswith(b"\xff\xfe\x00")),
    "nested": (FETCH, lambda a, t, s: b"(" * 3000 in a),
    "long-line": (FETCH, lambda a, t, s: max(map(len, a.splitlines())) > 2_000_000),
    "copyuid-missing": ("UID MOVE 1:2 Done", lambda a, t, s: b"COPYUID" not in a and len(s.did("move")) == 2),
    "copyuid-bare": ("UID MOVE 1:2 Done", lambda a, t, s: a.startswith(b"[COPYUID") and len(s.did("move")) == 2),
    "move-half": ("UID MOVE 1:4 Done", lambda a, t, s: b" NO [UNAVAIL" in a and len(s.did("move")) == 2),
    "no-after": ("UID MOVE 1:2 Done", lambda a, t, s: b" NO " in a and len(s.did("move")) == 2),
    "target-gone": ("UID MOVE 1:2 Done", lambda a, t, s: b" NO [TRYCREATE]" in a and not s.did("move")),
    "overquota": ("UID COPY 1:2 Done", lambda a, t, s: b" NO [OVERQUOTA]" in a and not s.did("copy")),
    "not-connected": ("SELECT INBOX", lambda a, t, s: b" BAD User is authenticated but" in a),
    "inuse": ("SELECT INBOX", lambda a, t, s: b" NO [INUSE]" in a),
    "unavailable": ("SELECT INBOX", lambda a, t, s: b" NO [UNAVAILABLE]" in a),
    "no": (FETCH, lambda a, t, s: re.match(rb"a\d+ NO ", a) is not None),
    "bad": (FETCH, lambda a, t, s: re.match(rb"a\d+ BAD ", a) is not None),
    "limit": (FETCH, lambda a, t, s: b" NO [LIMIT]" in a),
    "serverbug": (FETCH, lambda a, t, s: b" NO [SERVERBUG]" in a),
    "login-refused": (f"LOGIN {USER} x", lambda a, t, s: b" NO [AUTHENTICATIONFAILED]" in a),
    "login-unavailable": (f"LOGIN {USER} x", lambda a, t, s: b" NO [UNAVAILABLE]" in a),
    "login-expired": (f"LOGIN {USER} x", lambda a, t, s: b" NO [EXPIRED]" in a),
    "login-privacyrequired": (f"LOGIN {USER} x", lambda a, t, s: b" NO [PRIVACYREQUIRED]" in a),
    "login-limit": (f"LOGIN {USER} x", lambda a, t, s: b" NO [LIMIT]" in a),
    "login-alert": (f"LOGIN {USER} x", lambda a, t, s: b" NO [ALERT]" in a),
}
NEVER_ENDING: dict[str, tuple[str, Check]] = {
    "stall-before": ("UID MOVE 1 Done", lambda a, t, s: a == b"" and silent(t) and not s.deeds),
    "stall-after": ("UID MOVE 1 Done", lambda a, t, s: a == b"" and silent(t) and len(s.did("move")) == 1),
    "stall-mid-literal": (FETCH, lambda a, t, s: b"From: Pat" in a and letter(1) not in a and silent(t)),
    "literal-huge": (FETCH, lambda a, t, s: a.endswith(b"{6000000000}\r\n") and silent(t)),
    "literal-absurd": (FETCH, lambda a, t, s: a.endswith(b"{99999999999999999}\r\n") and silent(t)),
    "trickle": ("NOOP", lambda a, t, s: 5 < len(a) < 40),
    "wrong-tag": (FETCH, lambda a, t, s: re.search(rb"\r\nXa\d+ OK done\r\n\Z", a) is not None and silent(t)),
}
OTHERWHERE = {"starttls-refused", "starttls-stripped", "starttls-injection", "reset-before", "preauth"} | {
    f"greeting-{how}" for how in ("silent", "close", "bye", "garbage", "trickle")
}


class TestFaults:
    def test_none_is_forgotten_here(self) -> None:
        assert set(load()) == set(PLAYED) | set(NEVER_ENDING) | OTHERWHERE

    def test_each_row_from_37_to_48_but_the_certificates_has_one(self) -> None:
        assert {fault.row for fault in load().values()} >= {37, 38, 39, 40, 41, 42, 43, 44, 45, 47}
        assert all(fault.meaning.strip() for fault in load().values())

    @pytest.mark.parametrize("name", PLAYED)
    def test_it_happens_once_and_then_all_is_well(self, server: Faulty, name: str) -> None:
        asked, fits = PLAYED[name]
        talk = Talk(server)
        talk.ask("SELECT INBOX")
        plan = server.plan(name, at=re.match(r"(?:UID )?\w+", asked)[0])  # type: ignore[index]
        answer = talk.ask(asked)
        assert fits(answer, talk, server), answer[:500]
        assert plan.played == 1
        again = Talk(server)
        assert b" OK " in again.ask("SELECT INBOX")
        assert b" OK " in again.ask(FETCH)

    @pytest.mark.parametrize("name", NEVER_ENDING)
    def test_it_happens_and_does_not_end(self, server: Faulty, name: str) -> None:
        asked, fits = NEVER_ENDING[name]
        talk = Talk(server)
        talk.ask("SELECT INBOX")
        server.plan(name, at=asked.split("(", maxsplit=1)[0].strip())
        talk.send(asked)
        answer = talk.rest(0.3)
        assert fits(answer, talk, server), answer[:500]

    def test_a_broken_line_is_a_reset(self, server: Faulty) -> None:
        talk = Talk(server)
        server.plan("reset-before")
        talk.send("NOOP")
        with pytest.raises(ConnectionResetError):
            talk.line.recv(100)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("greeting-silent", rb"\A\Z"),
            ("greeting-close", rb"\A\Z"),
            ("greeting-bye", rb"\A\* BYE"),
            ("greeting-garbage", rb"\A220 "),
            ("greeting-trickle", rb"\A\* OK.{0,20}\Z"),
            ("preauth", rb"\A\* PREAUTH"),
        ],
    )
    def test_greetings(self, server: Faulty, name: str, expected: bytes) -> None:
        server.plan(name)
        assert re.search(expected, Talk(server, log_in=False).rest(0.3))
        assert Talk(server).greeting.startswith(b"* OK")

    def test_preauth_lets_in_without_a_login(self, server: Faulty) -> None:
        server.plan("preauth")
        talk = Talk(server, log_in=False)
        talk.file.readline()
        assert b"4 EXISTS" in talk.ask("SELECT INBOX")

    def test_the_nth_and_each(self, server: Faulty) -> None:
        server.plan("no", at="NOOP", nth=3)
        server.plan("bad", at="CHECK", nth=0)
        talk = Talk(server)
        assert [b" NO " in talk.ask("NOOP") for _ in range(4)] == [False, False, True, False]
        assert all(b" BAD " in talk.ask("CHECK") for _ in range(3))

    def test_a_fault_that_never_came_fails_its_test(self) -> None:
        with pytest.raises(AssertionError, match="never played"), faulty_server() as server:
            server.plan("no")

    def test_a_fault_that_does_not_fit_fails_its_test(self) -> None:
        running = faulty_server()
        server = running.__enter__()
        server.plan("nil-body", at="NOOP")
        assert Talk(server).ask("NOOP") == b""
        with pytest.raises(AssertionError, match="the server itself failed"):
            running.__exit__(None, None, None)

    @pytest.mark.parametrize("name", ["close-mid-literal", "bye-mid-literal", "copyuid-bare"])
    def test_the_stdlib_aborts_as_was_measured(self, server: Faulty, client: IMAPClient, name: str) -> None:
        client.select_folder("INBOX")
        server.plan(name, at="UID (FETCH|MOVE)")
        with pytest.raises((IMAPClientError, imaplib.IMAP4.abort)):
            client.move([1], "Done") if name == "copyuid-bare" else client.fetch([1], ["BODY.PEEK[]"])


def ask_for_a_while(talk: Talk) -> None:
    for _ in range(20):
        talk.ask("NOOP")
        time.sleep(0.01)


class TestLine:
    def test_a_round_trip_takes_its_time_and_pipelined_ones_share_it(self, server: Faulty) -> None:
        with delayed_line(server.host, server.port, round_trip=0.1) as line:
            talk = Talk(line)  # type: ignore[arg-type]  # only host and port are used
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
            talk = Talk(line)  # type: ignore[arg-type]
            before = len(talk.greeting)
            assert b"OK" in talk.ask("SELECT INBOX")
            got = talk.ask(FETCH)
            assert got.startswith(b"* 1 FETCH")
            assert b"OK done" not in got
            assert before + len(got) < 900

    def test_it_breaks_now(self, server: Faulty) -> None:
        with delayed_line(server.host, server.port) as line:
            talk = Talk(line)  # type: ignore[arg-type]
            line.cut()
            with pytest.raises(OSError, match=r"reset|[Bb]roken|aborted"):
                ask_for_a_while(talk)
