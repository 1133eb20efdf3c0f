"""What can be wrong with a mailbox on a server, told apart and each with its remedy."""

import imaplib
import re
import socket
import ssl

from imapclient.exceptions import IMAPClientError

from allegro_privacy.core.account import Account
from allegro_privacy.errors import SourceError, UnreachableError

# imapclient's errors are imaplib's; time-outs and closed lines come as OSError, nonsense as ValueError or worse.
LINE_ERRORS: tuple[type[Exception], ...] = (
    IMAPClientError, imaplib.IMAP4.error, OSError, EOFError, ValueError, RecursionError, MemoryError, AssertionError,
    IndexError, KeyError, TypeError, AttributeError,
)  # fmt: skip
_LONGEST = 160
# What imapclient puts before and Dovecot behind the words that matter.
_TIMING = re.compile(r"^(?:select|examine|login|authenticate) failed: | \(\d+\.\d+ \+ [^)]*\)\.*")
_TEMPORARY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "TEMPORARY", "TRY AGAIN", "TOO MANY")


class ServerFault(Exception):  # noqa: N818  the server's, not ours: nothing it concerns counts as done
    """The server said or did what it may not; whatever was asked for must be asked again. The error of the line that
    it comes from, if there is one, is its cause."""

    too_late = False


def is_passing(fault: ServerFault) -> bool:
    """Is it about the line or the server's state, and not about what was asked?"""
    cause = fault.__cause__
    # imapclient makes an error of its own of whatever happens while signing in.
    for error in (cause, cause.__context__ if cause else None):
        if isinstance(error, OSError | EOFError | imaplib.IMAP4.abort):
            return True
    if fault.too_late:
        return True
    return any(mark in str(fault).upper() for mark in _TEMPORARY)


def said(error: BaseException) -> str:
    """The server's words, short and on one line, as far as they may be shown."""
    words = str(error) or type(error).__name__
    if words.startswith(("b'", 'b"')):
        words = words[2:-1]
    shown = "".join(character if character.isprintable() else " " for character in words)
    return _TIMING.sub("", " ".join(shown.split()))[:_LONGEST].rstrip(". ")


def unreachable(account: Account, error: BaseException) -> SourceError:
    """The line could not be made, or broke."""
    if isinstance(error, ServerFault):
        error = TimeoutError() if error.too_late else error.__cause__ or error
    what = f"The mail server {account.host} cannot be reached."
    again = "The next pull tries again. If it stays so, ask whoever runs the mail server."
    match error:
        case ssl.SSLCertVerificationError():
            return _bad_certificate(account, error)
        case ssl.SSLError():
            why = f"It answers on port {account.port}, but not with TLS ({said(error)})."
            return SourceError(what, why, 'Check the port; for STARTTLS write imap:// and security = "starttls".')
        case socket.gaierror():
            why = f"There is no machine of the name {account.host}."
            return UnreachableError(what, why, "Check the host in the mailbox's source, and the network.")
        case ConnectionRefusedError():
            return UnreachableError(what, f"Nothing listens on port {account.port} there.", "Check host and port.")
        case _:
            return UnreachableError(what, _why_broken(error), again)


def _why_broken(error: BaseException) -> str:
    words = said(error)
    if isinstance(error, TimeoutError):
        return "It was too slow: an answer did not come in time."
    if any(mark in words.upper() for mark in _TEMPORARY):
        return f"For the moment, it says: {words}."
    if isinstance(error, OSError):
        return f"The line broke: {words}."
    if "EOF" in words or "socket error" in words:
        return "The line broke in the middle of an answer."
    if isinstance(error, imaplib.IMAP4.abort) and "unexpected response" not in words:
        return f"It closed the line: {words}."
    return f"It does not speak IMAP as it should: {words}."


def _bad_certificate(account: Account, error: ssl.SSLCertVerificationError) -> SourceError:
    reason = (error.verify_message or said(error)).rstrip(".")
    fix = "Ask whoever runs the mail server for a good certificate."
    if "self-signed" in reason or "self signed" in reason or "issuer" in reason:
        fix = "If the server's certificate comes from your own authority, name its file: ca_file."
    elif "hostname" in reason.lower() or "IP address" in reason:
        fix = "Write the name that the certificate carries as the host of the mailbox's source."
    elif "not yet valid" in reason:
        fix = "Check this machine's clock; if it is right, ask whoever runs the mail server for a good certificate."
    elif "expired" in reason:
        fix = "It has run out: ask whoever runs the mail server to renew it (and check this machine's clock)."
    return SourceError(f"The certificate of {account.host} is not good.", f"{reason[:1].upper()}{reason[1:]}.", fix)


def no_starttls(account: Account, error: BaseException) -> SourceError:
    """STARTTLS is configured, so nothing may go over the line without it."""
    return SourceError(
        f"{account.host} does not protect the line.",
        f"STARTTLS is required here, and the server refused it ({said(error)}).",
        "Nothing was sent. Use imaps:// if the server offers it, and ask whoever runs it.",
    )


def preauthenticated(account: Account) -> SourceError:
    """A server that skips the sign-in is not ours, or somebody stands between."""
    return SourceError(
        f"{account.host} let us in without a sign-in.",
        "No mail server of a shop does that: somebody may stand between.",
        "Check host and port, and ask whoever runs the mail server.",
    )


def refused_sign_in(account: Account, error: ServerFault, by_token: bool, mailbox: str) -> SourceError:
    """The server would not let us in; for a while, or because of what we showed it."""
    words, upper = said(error), said(error).upper()
    what = f"{account.host} refused the sign-in of {account.sign_in.user}."
    if any(mark in upper for mark in _TEMPORARY):
        return UnreachableError(what, f"For the moment, it says: {words}.", "The next pull tries again.")
    if is_passing(error):
        return unreachable(account, error)
    if "[PRIVACYREQUIRED]" in upper or "LOGINDISABLED" in upper:
        return SourceError(what, "It takes no password over an open line.", 'Use imaps://, or security = "starttls".')
    if by_token:
        fix = f"allegro-privacy auth {mailbox}" if account.sign_in.provider else "Check the token_command."
        return SourceError(what, f"It says: {words}. The token has expired, or is for another mailbox.", fix)
    if "[EXPIRED]" in upper:
        return SourceError(what, f"It says: {words}.", "The password has expired: set a new one and store it.")
    return SourceError(what, f"It says: {words}.", "Check the user in the mailbox's source, and the stored password.")


def no_folder(account: Account, error: BaseException, folders: list[str]) -> SourceError:
    """Signed in, but the folder cannot be opened."""
    words = said(error)
    if "not connected" in words:
        return SourceError(
            f"{account.sign_in.user} may not open the mailbox at {account.host}.",
            f"The sign-in was taken, but: {words}. The user or the app lacks permission for this mailbox.",
            "Ask the administrator to give it (for a shared mailbox: full access, and IMAP switched on).",
        )
    known = f"There are: {', '.join(folders[:12])}." if folders else ""
    return SourceError(
        f"The folder {account.folder} of {account.sign_in.user} cannot be opened.",
        f"The server says: {words}. {known}".strip(),
        "Correct the folder at the end of the mailbox's source.",
    )
