"""Connecting to a mailbox: the line protected, its greeting read, signed in.

A greeting, a password and a token each fail in their own way, and each failure has its own remedy."""

import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, Queue

from imapclient import IMAPClient, SocketTimeout

from allegro_privacy.core.account import PATIENCE, Account, Method, Patience, Security
from allegro_privacy.sources import imap_faults as faults
from allegro_privacy.sources.imap_faults import LINE_ERRORS, ServerFault
from allegro_privacy.sources.imap_line import Line, checked
from allegro_privacy.sources.oauth import access_token
from allegro_privacy.sources.sasl import answers, mechanism
from allegro_privacy.sources.secrets import password


def connect(account: Account, mailbox: str = "", patience: Patience = PATIENCE) -> Line:
    """Connect, protect the line, sign in. Raises SourceError, each kind of failure with its own remedy."""
    line = Line(_open(account, patience), account, patience)
    try:
        _greet(line)
        _sign_in(line, mailbox)
        with line.watched():
            line.capabilities = frozenset(name.decode("ascii", "replace") for name in line.client.capabilities())
    except ServerFault as fault:
        line.close(well=False)
        raise faults.unreachable(account, fault) from fault
    except BaseException:
        line.close(well=False)
        raise
    return line


def _open(account: Account, patience: Patience) -> IMAPClient:
    """The connection with its greeting. A greeting that drips byte by byte trips no socket time-out, so it is waited
    for in a thread of its own."""
    arrived: Queue[IMAPClient | Exception] = Queue()
    given_up = threading.Event()

    def work() -> None:
        try:
            client = IMAPClient(
                account.host,
                account.port,
                ssl=account.security is Security.TLS,
                ssl_context=_context(account) if account.security is Security.TLS else None,
                timeout=SocketTimeout(patience.connect, patience.read),
            )
        except Exception as error:  # noqa: BLE001  it is raised by whoever waits
            arrived.put(error)
            return
        client.normalise_times = False
        arrived.put(client)
        if given_up.is_set():
            with suppress(*LINE_ERRORS):
                client.shutdown()

    threading.Thread(target=work, daemon=True).start()
    try:
        found = arrived.get(timeout=2 * patience.connect)
    except Empty:
        given_up.set()
        raise faults.unreachable(account, TimeoutError()) from None
    if isinstance(found, Exception):
        raise faults.unreachable(account, found) from found
    return found


def _context(account: Account) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(account.ca_file) if account.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _greet(line: Line) -> None:
    account = line.account
    if line.client.welcome.startswith(b"* PREAUTH"):
        raise faults.preauthenticated(account)
    if account.security is not Security.STARTTLS:
        return
    try:
        with line.watched(line.patience.connect):
            line.client.starttls(_context(account))
    except ServerFault as fault:
        if isinstance(fault.__cause__, ssl.SSLError) or faults.is_passing(fault):
            raise faults.unreachable(account, fault) from fault
        raise faults.no_starttls(account, fault) from fault


def _sign_in(line: Line, mailbox: str) -> None:
    account = line.account
    by_token = account.sign_in.method is not Method.PASSWORD
    try:
        if by_token:
            _show_token(line)
        else:
            secret = password(account.sign_in)
            with line.watched(line.patience.read):
                line.client.login(_quoted(account.sign_in.user), secret)
    except ServerFault as fault:
        raise faults.refused_sign_in(account, fault, by_token, mailbox) from fault


def _show_token(line: Line) -> None:
    """One try with the token at hand, and when it is refused one with a fresh one."""
    account = line.account
    for fresh in (False, True):
        token = access_token(account.sign_in, datetime.now(UTC), force=fresh)
        try:
            with line.watched(line.patience.read):
                line.client.sasl_login(mechanism(account.sign_in.method), answers(account, token))
        except ServerFault:
            if fresh or account.sign_in.token_command:
                raise
        else:
            return


def _quoted(user: str) -> str:
    """imaplib quotes the password but not the user."""
    if checked(user).isalnum() or not any(character in user for character in ' "\\(){%*'):
        return user
    return '"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"'
