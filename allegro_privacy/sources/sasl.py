"""What is said to a server to sign in with a token: XOAUTH2 (Google's and Microsoft's) and OAUTHBEARER (RFC 7628)."""

import re
from collections.abc import Callable

from allegro_privacy.core.account import Account, Method
from allegro_privacy.core.mailbox_url import CONTROL
from allegro_privacy.errors import SignInError

_TOKEN = re.compile(r"[\x21-\x7e]+")


def mechanism(method: Method) -> str:
    """The name that AUTHENTICATE wants."""
    return method.value.upper()


def checked_token(token: str, what: str = "The access token") -> str:
    """A token fit for the wire. Raises SignInError; shows nothing of it."""
    if not _TOKEN.fullmatch(token):
        why = "It holds blanks or signs that no token has." if token else "It is empty."
        raise SignInError(f"{what} cannot be used.", why, "See that what provides it gives the token alone.")
    return token


def xoauth2(user: str, token: str) -> bytes:
    """The one message of XOAUTH2."""
    return f"user={_checked_user(user)}\x01auth=Bearer {checked_token(token)}\x01\x01".encode()


def oauthbearer(user: str, token: str, host: str, port: int) -> bytes:
    """The one message of OAUTHBEARER; host and port are those that were connected to."""
    name = _checked_user(user).replace("=", "=3D").replace(",", "=2C")
    if CONTROL.search(host):
        raise SignInError("The name of the server cannot be used.", "It holds control characters.", "Write it anew.")
    fields = (f"n,a={name},", f"host={host}", f"port={port:d}", f"auth=Bearer {checked_token(token)}", "", "")
    return "\x01".join(fields).encode()


def answers(account: Account, token: str) -> Callable[[bytes], bytes]:
    """What imaplib's `authenticate` asks for: the message, then what ends a refusal.

    A server that refuses says why in a second challenge, and waits for an answer before it says NO.
    """
    user, bearer = account.sign_in.user, account.sign_in.method == Method.OAUTHBEARER
    message = oauthbearer(user, token, account.host, account.port) if bearer else xoauth2(user, token)
    left = [message]

    def answer(_: bytes) -> bytes:
        return left.pop() if left else (b"\x01" if bearer else b"")

    return answer


def _checked_user(user: str) -> str:
    if not user or CONTROL.search(user):
        raise SignInError("The name of the user cannot be used.", "It holds control characters.", "Write it anew.")
    return user
