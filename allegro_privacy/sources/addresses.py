"""A strict grammar for the address headers, linear in their length: one plain address, or it is called bad.

Address confusion is an old attack (CVE-2023-27043, CVE-2019-16056): in `alice@example.org <bob@evil.example>` some
parsers see Alice and some see Bob. Whatever two readers could read differently is flagged, never resolved.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from allegro_privacy.core.message import Mailbox
from allegro_privacy.sources.charsets import clean_line, decode
from allegro_privacy.sources.headers import decode_words

ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
LOCAL_LIMIT = 64
MAILBOXES_LIMIT = 100

_ATOM = r"[^\s()<>\[\]:;@\\,.\"\x00-\x1f\x7f]"
_TOKEN = re.compile(
    rf"""(?P<space>[^\S\x0b\x0c\x1c-\x1f\x85]++)
    | (?P<quoted>"(?:[^"\\]|\\.)*+")
    | (?P<literal>\[[^\[\]\\\s]*+\])
    | (?P<word>(?:{_ATOM}|\.)++)
    | (?P<special>.)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"\\.|[()]", re.DOTALL)
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?\.?")
_IN_NAME = re.compile(r"[^\s<>()\"',;:@\[\]]{1,64}@[^\s<>()\"',;:@\[\]]{1,190}")
_AROUND = ("space", "comment")
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """The mailboxes of one header value. `bad`: something in it is not plain; `in_name`: a display name shows another
    address than the one behind it."""

    mailboxes: tuple[Mailbox, ...]
    bad: bool = False
    in_name: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@lru_cache(maxsize=1024)  # nearly every message is addressed to the same two mailboxes
def read_addresses(value: bytes) -> Addresses:
    """The mailboxes of an address header; those of a doubtful value are what a person may look at, no more."""
    text = decode(value)
    mailboxes: list[Mailbox] = []
    bad = in_name = False
    for item, plain in _items(list(_tokens(text))):
        mailbox, fits = _mailbox(item)
        bad = bad or not (plain and fits)
        if mailbox is not None and mailbox not in mailboxes:
            mailboxes.append(mailbox)
            in_name = in_name or _names_another(mailbox)
        if len(mailboxes) >= MAILBOXES_LIMIT:
            break
    return Addresses(tuple(mailboxes), bad, in_name)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        if text[place] == "(":
            end = _comment_end(text, place)
            yield _Token("comment" if end else "special", text[place + 1 : end - 1] if end else "(")
            place = end or len(text)
            continue
        match = _TOKEN.match(text, place)
        assert match is not None
        yield _Token(match.lastgroup or "special", match.group())
        place = match.end()


def _comment_end(text: str, start: int) -> int:
    """The place after the closing bracket of a (nested) comment; 0 when it never closes."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(edge.group(), 0)
        if depth == 0:
            return edge.end()
    return 0


def _items(tokens: list[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """The list split at its commas. A group (`Friends: a, b;`) gives its members, not plain; an empty one nothing."""
    item: list[_Token] = []
    in_angle = in_group = False
    plain = True
    for token in tokens:
        if token.kind != "special" or in_angle or token.text not in ",:;":
            in_angle = token.text == "<" or (in_angle and token.text != ">")
            item.append(token)
            continue
        if token.text == ":":
            in_group, plain = True, False
        else:
            plain = plain and (token.text == "," or in_group)
            if _has_substance(item):
                yield item, plain
        item = []
    if _has_substance(item):
        yield item, plain


def _has_substance(item: list[_Token]) -> bool:
    return any(token.kind not in _AROUND for token in item)


def _mailbox(item: list[_Token]) -> tuple[Mailbox | None, bool]:
    """One item as a mailbox, and whether it is of the plain form."""
    texts = [token.text if token.kind == "special" else "" for token in item]
    if "<" not in texts:
        email, fits = _address(item)
        name = next((token.text for token in item if token.kind == "comment"), "")
        return (Mailbox(_name(name), email) if email else None), fits
    opening = texts.index("<")
    closing = texts.index(">", opening) if ">" in texts[opening:] else len(item)
    phrase, inner, rest = item[:opening], item[opening + 1 : closing], item[closing + 1 :]
    email, fits = _address(inner)
    fits = fits and closing < len(item) and all(token.kind in _AROUND for token in rest)
    name = "".join(_spoken(token) for token in phrase)
    if name.strip().casefold() != email.casefold():  # an unquoted name may be the address itself: nothing to confuse
        fits = fits and all(token.kind not in ("special", "literal") for token in phrase)
    return (Mailbox(_name(name), email) if email else None), fits


def _spoken(token: _Token) -> str:
    if token.kind == "quoted":
        return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
    return "" if token.kind == "comment" else token.text


def _name(text: str) -> str:
    return clean_line(decode_words(text))


def _address(tokens: list[_Token]) -> tuple[str, bool]:
    """The addr-spec of these tokens and whether it is plain; ("", False) when there is none to show."""
    solid = [number for number, token in enumerate(tokens) if token.kind not in _AROUND]
    core = tokens[solid[0] : solid[-1] + 1] if solid else []
    text = "".join(token.text for token in core if token.kind not in _AROUND)
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return "", False
    # Dots in odd places of the local part are against the RFC but in use (Docomo), and nobody can misread them.
    plain = (
        len(core) == 3
        and core[0].kind in ("word", "quoted")
        and core[2].kind in ("word", "literal")
        and (core[2].kind == "literal" or _DOMAIN.fullmatch(domain) is not None)
        and len(text) <= ADDRESS_LIMIT
        and len(local) <= LOCAL_LIMIT
        and "=?" not in text
        and _is_seen(text)
    )
    text = clean_line(text)
    return (text if plain or _IN_NAME.fullmatch(text) else ""), plain


def _is_seen(text: str) -> bool:
    """Is every character one that shows? Direction marks, zero-width characters and odd spaces deceive the reader."""
    return (text.isascii() and text.replace(" ", "").isprintable()) or not any(
        unicodedata.category(character) in _UNSEEN_KINDS for character in text
    )


def _names_another(mailbox: Mailbox) -> bool:
    shown = _IN_NAME.findall(mailbox.name)
    return any(address.strip(".").casefold() != mailbox.email.casefold() for address in shown)
