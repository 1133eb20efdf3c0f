"""The token of one of our links in a mail that a mail program wrote by itself, to the address in our List-Unsubscribe
header (RFC 2369)."""

import re
from collections.abc import Collection

from allegro_privacy.core.link_token import TOKEN, Link, LinkKeys
from allegro_privacy.core.message import Message

_SUBJECT = re.compile(rf"(?:(?P<command>[A-Za-z-]{{4,17}})[\s:=]+)?(?P<token>{TOKEN.pattern})")


def link_in(message: Message, keys: LinkKeys, commands: Collection[str]) -> Link | None:
    """What the token names; None without one of ours. It counts only as the whole subject, or behind a command that is
    the rest of it: one that quotes it ("Undeliverable: unsubscribe …") asks nothing. (As the tag of an address it would
    not fit: RFC 5321 4.5.3.1.1 leaves 64 signs.)"""
    match = _SUBJECT.fullmatch(message.subject.strip())
    if match is None or (match["command"] or "unsubscribe").lower() not in commands:
        return None
    return keys.read(match["token"])
