"""The token in the link at the bottom of an e-mail: whose address it stops, of which campaign, sealed with our key.

AES-SIV (RFC 5297): nobody without the key can read or make one, the same link always has the same token, and whether a
token is ours is compared in constant time by OpenSSL. A token names its key, so that keys can be exchanged while old
links go on working."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allegro_privacy.core.person import Channel
from allegro_privacy.errors import MissingExtraError

KEY_ID = re.compile(r"[a-z0-9]{1,8}")
TOKEN = re.compile(r"[a-z0-9]{1,8}\.[A-Za-z0-9_-]{43,600}")
SHORTEST_KEY = 32
LONGEST_EMAIL, LONGEST_CAMPAIGN = 254, 60
_ABOUT = b"allegro-privacy link 1"
# What is sealed is padded, so that the length of a token says little about the length of the address.
_BLOCK = 16
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Link:
    """What a token names: the address it stops, the campaign it was sent with, and the channel it is about."""

    email: str
    campaign: str
    scope: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """The keys in force, by their ids. signing: the id of the one that new tokens are made with."""

    signing: str
    _ciphers: Mapping[str, Any] = field(repr=False)

    def token(self, link: Link) -> str:
        """The token of a link, of letters, digits and . _ -"""
        plain = _BETWEEN.join((link.scope.value, link.campaign, link.email)).encode()
        padded = plain + bytes(-len(plain) % _BLOCK)
        sealed = self._ciphers[self.signing].encrypt(padded, [_ABOUT, self.signing.encode()])
        return f"{self.signing}.{_written(sealed)}"

    def read(self, token: str) -> Link | None:
        """What a token names; None when it is not one of ours, whatever is wrong with it."""
        key_id, dot, body = token.partition(".")
        cipher = self._ciphers.get(key_id)
        if not dot or cipher is None or not TOKEN.fullmatch(token):
            return None
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            # Base64 has spare bits at the end: one token, not four.
            if _written(sealed) != body:
                return None
            plain = cipher.decrypt(sealed, [_ABOUT, key_id.encode()])
            scope, campaign, email = plain.rstrip(b"\0").decode().split(_BETWEEN)
            return Link(email, campaign, Channel(scope))
        except (ValueError, _invalid_tag()):
            return None


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def link_keys(secrets: Mapping[str, str], signing: str) -> LinkKeys:
    """The keys made of the secrets, by their ids. Raises MissingExtraError without the library that seals."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    except ImportError:
        raise MissingExtraError("Links need the library cryptography.", "serve") from None
    made = {
        key_id: AESSIV(hashlib.blake2b(secret.encode(), digest_size=64, person=b"allegro links").digest())
        for key_id, secret in secrets.items()
    }
    return LinkKeys(signing, made)


def _invalid_tag() -> type[Exception]:
    from cryptography.exceptions import InvalidTag

    wrong: type[Exception] = InvalidTag
    return wrong
