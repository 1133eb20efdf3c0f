"""Decoys: invented people in a recipient's lists. Nobody else knows them, so mail to one tells whose list leaked."""

import re
from collections.abc import Mapping, Sequence

from allegro_privacy.core.identity import email_key, find_emails, post_key
from allegro_privacy.core.listing import CODE, Decoy
from allegro_privacy.core.message import Message
from allegro_privacy.core.names_key import name_key
from allegro_privacy.core.person import Channel

# The label of a name's key: printed mail may write the address in many ways, and no two decoys share a name.
NAME = "seed-name"
# Where mail servers write for whom a message really was (a copy, a forwarding address, a catch-all domain).
ARRIVED_FOR = frozenset(
    {
        "apparently-to", "delivered-to", "envelope-to", "original-recipient", "resent-to", "x-delivered-to",
        "x-envelope-to", "x-forwarded-to", "x-original-to",
    }
)  # fmt: skip
_RECEIVED_FOR = re.compile(r"\bfor\s+<?([^\s<>;]+@[^\s<>;]+?)>?(?=[\s;]|$)", re.IGNORECASE)
_JOINTS = (".", "", "_")
_LONGEST = 2_000
_MOST = 50


def keys_of(decoy: Decoy) -> tuple[tuple[str, str], ...]:
    """What a decoy is recognised by, as (label, text)."""
    if decoy.address is None:
        return ((Channel.EMAIL.value, email_key(decoy.email)),)
    return ((Channel.POST.value, post_key(decoy.name, decoy.address) or ""), (NAME, name_key(decoy.name)))


def invented(draw: int, names: Mapping[str, Sequence[str]], pattern: str = "") -> tuple[str, str]:
    """A name, and an e-mail address by the pattern ("" without one), from a large number that nobody can guess."""
    draw, first = divmod(draw, len(names["first"]))
    draw, last = divmod(draw, len(names["last"]))
    draw, initial = divmod(draw, 26)
    draw, joint = divmod(draw, len(_JOINTS))
    draw, digits = divmod(draw, 10_000)
    given, family = names["first"][first], names["last"][last]
    if pattern:
        code = f"{given}{_JOINTS[joint]}{family}{digits:04d}".lower()
        return f"{given} {family}", email_key(pattern.replace(CODE, code))
    # By post the name alone must be unique, so it needs more to vary.
    return f"{given} {chr(ord('A') + initial)}. {family}", ""


def addressed_to(message: Message) -> tuple[str, ...]:
    """The keys of everybody whom a message was for, by its own To and Cc and by what mail servers noted."""
    written = [mailbox.email for mailbox in message.to]
    for name, value in message.headers:
        if name in ARRIVED_FOR:
            written += find_emails(value[:_LONGEST].rpartition(";")[2])
        elif name == "received":
            written += _RECEIVED_FOR.findall(value[:_LONGEST])
    return tuple(dict.fromkeys(key for key in map(email_key, written[:_MOST]) if key))


def keys_as_typed(who: str) -> tuple[tuple[str, str], ...]:
    """What a decoy could be known by in an e-mail address, or in a name and address as printed on a piece of mail."""
    emails = [(Channel.EMAIL.value, key) for key in map(email_key, find_emails(who)) if key]
    lines = [line.strip() for line in re.split(r"[\n,;/]", who) if line.strip()]
    without = (re.sub(r"\s+or\s+(?:current|our)\s+.*", "", line, flags=re.IGNORECASE) for line in lines)
    names = [(NAME, key) for key in map(name_key, without) if key]
    return tuple(dict.fromkeys([*emails, *names]))
