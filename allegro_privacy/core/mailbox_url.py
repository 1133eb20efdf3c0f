"""A mailbox's address, `imaps://USER@HOST[:PORT][/FOLDER]`, read and written.

It is never quoted in an error: somebody may have put a password into it.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, unquote

PORTS = {"imaps": 993, "imap": 143}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_URL = re.compile(r"(imaps?)://(?:([^/]*)@)?(\[[^\]/]*\]|[^:/]*)(?::([^/]*))?(?:/(.*))?", re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.IGNORECASE)


class UnfitUrlError(ValueError):
    """An address that cannot be used; the words say what would do, and quote nothing of it."""


@dataclass(frozen=True, slots=True)
class MailboxUrl:
    """Whose mailbox, on which server, and which of its folders."""

    scheme: str
    user: str
    host: str
    port: int
    folder: str = "INBOX"

    @property
    def is_here(self) -> bool:
        """Does the server run on this machine, so that nobody listens on the line?"""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        """The one spelling of it: a default port is left out, the folder never is."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{quote(self.user, safe='')}@{host}{port}/{quote(self.folder)}"


def is_mailbox_url(text: str) -> bool:
    """Is it meant as the address of a mailbox on a server?"""
    return text.lower().startswith(("imap:", "imaps:"))


def parse(text: str) -> MailboxUrl:
    """The parts of an address, decoded. Raises UnfitUrlError."""
    match = _URL.fullmatch(text)
    if not match:
        raise UnfitUrlError("write it as imaps://USER@HOST or imaps://USER@HOST:PORT/FOLDER")
    scheme, user, host, port, folder = match[1].lower(), match[2] or "", match[3], match[4], match[5]
    # A password may hold a slash; then what stands before the @ looks like a host and a port.
    if ":" in user or (not user and re.match(r"[^@]*:[^@]*@", text.partition("://")[2])):
        raise UnfitUrlError(
            "a password does not belong into the address: take it out, and name a file that holds it with password_file"
            " (a : that is part of the user's name is written %3A)"
        )
    if not user:
        raise UnfitUrlError("the user is missing: imaps://USER@HOST (an @ in the user's name may be written %40)")
    return MailboxUrl(scheme, _decoded(user, "user"), _host(host), _port(port, scheme), _folder(folder))


def _decoded(text: str, what: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise UnfitUrlError(f"a % in the {what} is written %25")
    # They would begin parameters, a query or a fragment (RFC 5092), which we have no use for.
    if mark := re.search(r"[;?#]", text):
        raise UnfitUrlError(f"a {mark[0]} in the {what} is written {quote(mark[0])}")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise UnfitUrlError(f"the {what} is not UTF-8 when its % signs are decoded") from None
    if CONTROL.search(decoded):
        raise UnfitUrlError(f"the {what} must not hold control characters")
    if not decoded.strip():
        raise UnfitUrlError(f"the {what} is empty")
    return decoded


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return str(ip_address(text[1:-1]))
        except ValueError:
            raise UnfitUrlError("what stands in brackets must be an IPv6 address, like [::1]") from None
    if not _NAME.fullmatch(text):
        raise UnfitUrlError("the host must be a name like imap.example.com or an address like 192.0.2.1")
    return text.lower()


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return PORTS[scheme]
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise UnfitUrlError("the port must be a number from 1 to 65535")
    return int(text)


def _folder(text: str | None) -> str:
    folder = _decoded(text, "folder") if text else "INBOX"
    return "INBOX" if folder.upper() == "INBOX" else folder
