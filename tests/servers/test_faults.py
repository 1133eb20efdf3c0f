"""Each fault of the scripted server really happens: a harness that cannot do harm proves nothing."""

import imaplib
import re
from collections.abc import Callable

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from servers.faults import load
from servers.faulty import Faulty, faulty_server
from servers.promise import letter
from servers.talk import PASSWORD, USER, Talk

LOGIN = f'LOGIN {USER} "{PASSWORD}"'
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
    "login-refused": (LOGIN, lambda a, t, s: b" NO [AUTHENTICATIONFAILED]" in a),
    "login-unavailable": (LOGIN, lambda a, t, s: b" NO [UNAVAILABLE]" in a),
    "login-expired": (LOGIN, lambda a, t, s: b" NO [EXPIRED]" in a),
    "login-privacyrequired": (LOGIN, lambda a, t, s: b" NO [PRIVACYREQUIRED]" in a),
    "login-limit": (LOGIN, lambda a, t, s: b" NO [LIMIT]" in a),
    "login-alert": (LOGIN, lambda a, t, s: b" NO [ALERT]" in a),
}
NEVER_ENDING: dict[str, tuple[str, Check]] = {
    "stall-before": ("UID MOVE 1 Done", lambda a, t, s: a == b"" and silent(t) and not s.deeds),
    "stall-after": ("UID MOVE 1 Done", lambda a, t, s: a == b"" and silent(t) and len(s.did("move")) == 1),
    "stall-mid-literal": (FETCH, lambda a, t, s: b"From: Pat" in a and letter(1) not in a and silent(t)),
    "literal-huge": (FETCH, lambda a, t, s: a.endswith(b"{6000000000}\r\n") and silent(t)),
    "literal-absurd": (FETCH, lambda a, t, s: a.endswith(b"{99999999999999999}\r\n") and silent(t)),
    "trickle": ("CAPABILITY", lambda a, t, s: 5 < len(a) < 40),
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
        plan = server.plan(name)
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
        server.plan(name)
        talk.send(asked)
        answer = talk.rest(0.3)
        assert fits(answer, talk, server), answer[:500]

    @pytest.mark.parametrize("name", [*PLAYED, *NEVER_ENDING])
    def test_its_check_does_not_pass_where_nothing_is_wrong(self, server: Faulty, name: str) -> None:
        asked, fits = (PLAYED | NEVER_ENDING)[name]
        talk = Talk(server)
        talk.ask("SELECT INBOX")
        answer = talk.ask(asked)
        assert not fits(answer, talk, server), answer[:500]

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
