"""What is wrong with a mailbox is told apart by `doctor`, each with its remedy; exit code 4."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.certificates import Certificate
from servers.dovecot import missing, running_dovecot
from servers.embedded import running_embedded
from servers.faulty import faulty_server

from allegro_privacy import config
from allegro_privacy.core.account import Patience
from allegro_privacy.workflow import upkeep
from imap.shop import USER, Office, mailbox, request

PLAIN = 'security = "plain"'
WELL = {"plain": "signed in, 1 messages in the folder", "TLS": "signed in, 1 messages in the folder"}
# For each way of being wrong: what is found, and the remedy.
ILL = {
    "no such machine": ("There is no machine of the name mail.invalid", "Check the host"),
    "nobody listens": ("Nothing listens on port", "port"),
    "another service": ("does not speak IMAP", "whoever runs the mail server"),
    "TLS at a port without": ("but not with TLS", "starttls"),
    "wrong password": ("refused the sign-in of user", "stored password"),
    "login-expired": ("expired", "set a new one"),
    "login-unavailable": ("For the moment", "next pull"),
    "login-privacyrequired": ("open line", "imaps"),
    "login-alert": ("application-specific", "password"),
    "not-connected": ("lacks permission", "administrator"),
    "inuse": ("For the moment", "next pull"),
    "greeting-bye": ("too many connections", "next pull"),
    "expired token": ("The token has expired", "token_command"),
    "expired token, OAUTHBEARER": ("The token has expired", "token_command"),
    "expired certificate": ("has expired", "renew"),
    "certificate of another host": ("127.0.0.1", "name that the certificate carries"),
    "certificate of a stranger": ("issuer", "ca_file"),
    "self-signed certificate": ("Self-signed", "ca_file"),
    "certificate of tomorrow": ("not yet valid", "clock"),
    "no such folder": ("There are: INBOX, Requests", "folder"),
    "keyword refused": ("keeps no keyword", "move:FOLDER"),
    "keyword refused by Dovecot": ("keeps no keyword", "move:FOLDER"),
    "no STARTTLS": ("does not protect the line", "Nothing was sent"),
}
CERTIFICATES = {
    "expired certificate": Certificate.EXPIRED,
    "certificate of another host": Certificate.WRONG_HOST,
    "certificate of a stranger": Certificate.STRANGER,
    "self-signed certificate": Certificate.SELF_SIGNED,
    "certificate of tomorrow": Certificate.NOT_YET,
}
# A configuration has no place twice, so each mailbox has a user of its own; all servers know them.
PEOPLE = {f"user{number}": f"letter-box {number}" for number in range(len(WELL) + len(ILL))}


def _mailboxes(stack: ExitStack, top: Path) -> Iterator[str]:
    dovecot = stack.enter_context(running_dovecot(users=PEOPLE, folders=["Requests"]))
    users = iter(PEOPLE)
    for user in ("user0", "user1"):
        dovecot.deliver(user, "INBOX", request(1))
    (top / "wrong").touch(0o600)
    (top / "wrong").write_text("not it", "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    keyword = 'filing = { accept = "keyword" }'
    yield mailbox(dovecot, top, next(users), name="plain", lines=[PLAIN, keyword])
    yield mailbox(dovecot, top, next(users), name="TLS", scheme="imaps")
    yield mailbox(dovecot, top, next(users), name="no such machine", scheme="imaps", host="mail.invalid")
    yield mailbox(dovecot, top, next(users), name="nobody listens", scheme="imaps", port=free)
    yield mailbox(dovecot, top, next(users), name="TLS at a port without", scheme="imaps", port=dovecot.port)
    yield mailbox(dovecot, top, next(users), name="wrong password", scheme="imaps", secret='password_file = "wrong"')
    yield mailbox(dovecot, top, next(users), name="no such folder", scheme="imaps", folder="Request")
    for name, method in (("expired token", "xoauth2"), ("expired token, OAUTHBEARER", "oauthbearer")):
        user = next(users)
        token = f'token_command = "echo {dovecot.token(user, -60)}"'
        yield mailbox(dovecot, top, user, name=name, scheme="imaps", secret=token, lines=[f'sign_in = "{method}"'])
    for name, kind in CERTIFICATES.items():
        other = stack.enter_context(running_dovecot(users=PEOPLE, certificate=kind))
        yield mailbox(other, top, next(users), name=name, scheme="imaps")
    refusing = stack.enter_context(running_dovecot(users=PEOPLE, rights="lrstipekxa"))
    yield mailbox(refusing, top, next(users), name="keyword refused by Dovecot", lines=[PLAIN, keyword])
    embedded = stack.enter_context(running_embedded(users=PEOPLE))
    yield mailbox(embedded, top, next(users), name="keyword refused", lines=[PLAIN, keyword])
    faults = [name for name in ILL if name.startswith(("login-", "greeting-", "not-connected", "inuse"))]
    for name in [*faults, "another service"]:
        faulty = stack.enter_context(faulty_server(users=PEOPLE))
        faulty.plan("greeting-garbage" if name == "another service" else name, nth=0)
        yield mailbox(faulty, top, next(users), name=name)
    stripped = stack.enter_context(faulty_server(users=PEOPLE, tls="starttls"))
    stripped.plan("starttls-refused", nth=0)
    yield mailbox(stripped, top, next(users), name="no STARTTLS", lines=['security = "starttls"'])


def test_what_is_wrong_is_told_apart_with_its_remedy(office: Office, tmp_path: Path) -> None:
    """One command for all of them: each start of it costs a second."""
    if reason := missing():
        pytest.skip(reason)
    with ExitStack() as stack:
        office.configure(*_mailboxes(stack, tmp_path))
        ran = office.run("doctor", "--json")
    assert ran.code == 4
    found = {row["check"].removeprefix("mailbox "): row for row in ran.json["checks"]}
    for name, says in WELL.items():
        assert (found[name]["well"], says in found[name]["found"]) == (True, True), found[name]
    for name, (says, remedy) in ILL.items():
        row = found[name]
        assert (row["well"], says in row["found"], remedy in row["fix"]) == (False, True, True), row
    assert "not it" not in ran.out, "no password in it"


@pytest.mark.parametrize("fault", ["greeting-silent", "stall-before"])
def test_a_server_that_does_not_answer(tmp_path: Path, fault: str) -> None:
    with faulty_server() as server:
        server.plan(fault, nth=0)
        check = _examined(tmp_path, mailbox(server, tmp_path), Patience(0.3, 0.3, 0.5))
    assert not check.well
    assert "too slow" in check.found


def test_a_server_that_is_only_slow(tmp_path: Path) -> None:
    with faulty_server(delay=0.12) as server:
        check = _examined(tmp_path, mailbox(server, tmp_path), Patience(0.3, 5, 5))
    assert not check.well
    assert "is slow" in check.found
    assert "Pulls will work, slowly" in check.fix


def _examined(top: Path, row: str, patience: Patience) -> upkeep.Check:
    settings = config.parse(config.sample() + row, top / "allegro-privacy.toml")
    checks = upkeep.doctor(lambda: settings, datetime.now(UTC), None, patience)
    return next(check for check in checks if check.name == f"mailbox {USER}")
