"""Who wrote: e-mail addresses, telephones and names, found in text and folded into keys."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import idna

from allegro_privacy.core.names import NameFrom
from allegro_privacy.core.names_found import find_name
from allegro_privacy.core.names_key import name_key, surname_tokens
from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal_normal import address_key
from allegro_privacy.core.postal_tables import read_table

__all__ = [
    "NameFrom",
    "email_key",
    "find_emails",
    "find_name",
    "find_phones",
    "name_key",
    "phone_key",
    "plus_tag_base",
    "post_key",
    "post_keys",
    "relay_address",
    "twins",
]

_LONGEST = 100_000
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,64}|\"[^\"\\\r\n]{1,62}\"")
_IN_TEXT = re.compile(
    r"(?<![^\s<>\[\](){},;:|\"'“”‘’*=/?&])[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|[ ]?(?:\(at\)|\[at\])[ ]?)"
    r"[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,6}",
)
_PHONE = re.compile(
    r"(?<![\w#$./-])(?:\+?1[ .-]{0,2})?(?:\(\d{3}\)[ .-]{0,2}|\d{3}[ .-]{1,2}|\d{3}(?=\d{7}(?!\d)))"
    r"\d{3}[ .-]{0,2}\d{4}(?![\w-])"
)
_NOT_A_PHONE = re.compile(
    r"(?:order|invoice|account|customer|orden|factura|pedido|cliente|cuenta|tracking|item|ref|#)[\w .:#-]{0,12}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Words:
    relays: frozenset[str]
    twins: tuple[tuple[str, ...], ...]


@cache
def _words() -> _Words:
    table: dict[str, Any] = read_table("identity.toml")
    return _Words(frozenset(table["relays"]["domains"]), tuple(tuple(group) for group in table["twins"]["groups"]))


def email_key(address: str) -> str:
    """The address as it is compared: trimmed, lower case, its domain in A-labels; "" when it is no address.

    Dots and plus-tags stay: folding them would suppress one customer for another.
    """
    local, at, domain = address.strip().removeprefix("mailto:").rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        return ""
    domain = _domain_key(domain.removesuffix("."))
    return f"{local.lower()}@{domain}" if domain else ""


@lru_cache(maxsize=4096)
def _domain_key(domain: str) -> str:
    try:
        encoded = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""
    return encoded if "." in encoded and not encoded.rpartition(".")[2].isdigit() else ""


def relay_address(address: str) -> bool:
    """Is this a forwarding address that a privacy service gave out (Hide My Email, Firefox Relay, SimpleLogin …)?"""
    domain = email_key(address).rpartition("@")[2]
    parents = {domain[i + 1 :] for i, character in enumerate(domain) if character == "."} | {domain}
    return bool(parents & _words().relays)


def plus_tag_base(address: str) -> str | None:
    """The address without its plus-tag: a suggestion to staff, never a key."""
    local, _, domain = email_key(address).partition("@")
    base, plus, tag = local.partition("+")
    return f"{base}@{domain}" if base and plus and tag else None


def twins(address: str) -> tuple[str, ...]:
    """The same local part at the provider's other domains: suggestions to staff, never keys."""
    local, _, domain = email_key(address).rpartition("@")
    return tuple(
        f"{local}@{other}" for group in _words().twins if domain in group for other in group if other != domain
    )


def is_shared_domain(domain: str) -> bool:
    """Do strangers to each other have their mailboxes there: at a big provider, or behind a relay?"""
    return relay_address(f"x@{domain}") or any(domain in group for group in _words().twins)


def find_emails(text: str) -> tuple[str, ...]:
    """Every address written in a text, as written, in order, each once."""
    found: dict[str, str] = {}
    for match in _IN_TEXT.finditer(text[:_LONGEST]):
        written = re.sub(r"[ ]?[(\[]at[)\]][ ]?", "@", match[0]).removeprefix("mailto:").strip(".'*_|`-=")
        key = email_key(written)
        if key:
            found.setdefault(key, written)
    return tuple(found.values())


def phone_key(phone: str) -> str:
    """A North American number as +1XXXXXXXXXX; "" when it cannot be one."""
    digits = "".join(character for character in phone if character in "0123456789")
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(digits) != 10 or digits[0] in "01" or digits[3] in "01":
        return ""
    return f"+1{digits}"


def find_phones(text: str) -> tuple[str, ...]:
    """Every telephone of a text as +1XXXXXXXXXX, in order, each once; order and customer numbers are none."""
    found: dict[str, None] = {}
    text = text[:_LONGEST]
    for match in _PHONE.finditer(text):
        key = phone_key(match[0])
        if key and not _NOT_A_PHONE.search(text, max(match.start() - 24, 0), match.start()):
            found[key] = None
    return tuple(found)


def post_key(person_name: str | None, address: PostalAddress) -> str | None:
    """The key of one person at one address; None when either is too incomplete."""
    place, name = address_key(address), name_key(person_name or "")
    return f"{place}|{name}" if place and name else None


def post_keys(name: str | None, address: PostalAddress, level: str) -> tuple[str, ...]:
    """The keys that a suppression of this level covers: the person, each surname of the household, or the door."""
    place = address_key(address)
    if place is None:
        return ()
    if level == "address":
        return (place,)
    if level == "household":
        return tuple(f"{place}|{surname}" for surname in surname_tokens(name or ""))
    key = post_key(name, address)
    return (key,) if key else ()
