"""What the scripted server says of itself, and whom it lets in."""

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servers.faulty import Faulty, Options

MECHANISMS = {b"PLAIN", b"XOAUTH2", b"OAUTHBEARER"}
REASON = b"+ %s\r\n" % base64.b64encode(b'{"status":"401","schemes":"bearer","scope":"mail"}')
"""How a bad token is explained before the NO, as the mechanisms have it."""


def capability(options: "Options", *, entered: bool, encrypted: bool) -> bytes:
    """What is told: less before login, as Dovecot does."""
    found = ["IMAP4rev1", "SASL-IR", "LITERAL+", "ID", "ENABLE", "IDLE"]
    if entered:
        found += ["UIDPLUS", "MOVE", "NAMESPACE", "UNSELECT", "CHILDREN"]
    else:
        found += ["STARTTLS"] if options.tls == "starttls" and not encrypted else []
        open_door = options.plain_login or encrypted
        found += ["AUTH=PLAIN", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER"] if open_door else ["LOGINDISABLED"]
    return " ".join(word for word in found if word not in options.without).encode()


def judged(server: "Faulty", mechanism: bytes, secret: bytes) -> tuple[str, bool]:
    """Who somebody says to be, and whether the password or token is theirs."""
    if mechanism == b"PLAIN":
        _, user, password = secret.decode().split("\0")
        return user, server.passwords.get(user) == password
    name = re.search(rb"user=([^\x01]*)|a=([^,]*),", secret)
    token = re.search(rb"auth=Bearer ([^\x01]*)", secret)
    user = ((name[1] or name[2]) if name else b"").decode()
    return user, token is not None and server.token_is_good(user, token[1].decode())
