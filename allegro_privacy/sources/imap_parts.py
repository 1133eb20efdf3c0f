"""A large message read by its parts: headers and text, and of each attachment only what its headers say.

What the server tells of the structure (BODYSTRUCTURE) says which parts are text. The pieces are put together as the
message has them, boundaries and all, only with empty attachments; the parser reads it like any other. A structure
that cannot be followed is read from the front, as far as the limit goes, and says so.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.message import Flag
from allegro_privacy.sources.imap_answers import Listed, Wanted, fetch
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Line
from allegro_privacy.sources.structure import OCTETS

FRONT = 1024 * 1024
TEXT_LIMIT = 256 * 1024
HEADER_LIMIT = 64 * 1024
PART_HEADER_LIMIT = 8 * 1024
MOST_PARTS = 60
DEEPEST = 10


@dataclass(frozen=True, slots=True)
class ByParts:
    """What was read of a large message: bytes for the parser, the name of the whole, and what to know of it."""

    raw: bytes
    sha256: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part by its section number ("1.2"). children: of a multipart, with the boundary between them."""

    section: str
    is_text: bool
    size: int
    boundary: bytes = b""
    children: "tuple[_Part, ...]" = ()

    def all(self) -> "Iterator[_Part]":
        yield self
        for child in self.children:
            yield from child.all()


def read_by_parts(line: Line, listed: Listed) -> ByParts | None:
    """Headers and text of a message that is too large to read whole; None when it is gone, or a piece of it does not
    come: a text that is missing would be a request that is lost."""
    root = _structure(line, listed.uid)
    if root is None:
        return _from_the_front(line, listed)
    flags = {Flag.BY_PARTS}
    header = _section(line, listed.uid, "HEADER", HEADER_LIMIT)
    if header is None:
        return None
    if len(header) >= HEADER_LIMIT:
        return _from_the_front(line, listed)
    parts = [part for part in root.all() if part is not root]
    if len(parts) > MOST_PARTS:
        flags.add(Flag.TRUNCATED)
    pieces: dict[str, bytes] = {}
    for part in parts[:MOST_PARTS]:
        own = _section(line, listed.uid, f"{part.section}.MIME", PART_HEADER_LIMIT)
        text = _section(line, listed.uid, part.section, TEXT_LIMIT) if part.is_text else b""
        if own is None or text is None or (part.is_text and part.size and not text):
            return None
        if part.is_text and part.size > TEXT_LIMIT:
            flags.add(Flag.TRUNCATED)
        told = b"" if part.is_text or part.children else b"%s: %d\r\n" % (OCTETS.encode(), part.size)
        pieces[part.section] = told + (own or b"\r\n") + text
    raw = header + _assembled(root, pieces)
    named = hashlib.sha256(b"by parts\0%d\0" % listed.size + raw).hexdigest()
    return ByParts(raw, named, frozenset(flags))


def _assembled(part: _Part, pieces: dict[str, bytes]) -> bytes:
    """The bodies of a multipart with the boundary around each."""
    written = b""
    for child in part.children:
        piece = pieces.get(child.section)
        if piece is not None:
            written += b"--" + part.boundary + b"\r\n" + piece + _assembled(child, pieces) + b"\r\n"
    return written + b"--" + part.boundary + b"--\r\n" if part.children else written


def _from_the_front(line: Line, listed: Listed) -> ByParts | None:
    raw = _section(line, listed.uid, "", FRONT)
    if raw is None:
        return None
    named = hashlib.sha256(b"from the front\0%d\0" % listed.size + raw).hexdigest()
    return ByParts(raw, named, frozenset({Flag.TRUNCATED}))


def _section(line: Line, uid: int, section: str, limit: int) -> bytes | None:
    items = f"UID BODY.PEEK[{section}]<0.{limit}>"
    found = [piece.body for piece in fetch(line, [Wanted((uid,), items, limit)])]
    return found[-1] if found else None


def _structure(line: Line, uid: int) -> _Part | None:
    """The parts of a multipart; None for a message of one part, and for a structure that cannot be followed."""
    try:
        told = line.ask(lambda client: client.fetch([uid], ["BODYSTRUCTURE"]))
        body = told[uid][b"BODYSTRUCTURE"]
        return _part(body, "", 0) if isinstance(body[0], list) else None
    except (ServerFault, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def _part(body: Any, section: str, depth: int) -> _Part:
    if isinstance(body[0], list):
        if depth >= DEEPEST:
            raise ValueError("too deep")
        children = tuple(
            _part(child, f"{section}.{number}" if section else f"{number}", depth + 1)
            for number, child in enumerate(body[0], 1)
        )
        return _Part(section, is_text=False, size=0, boundary=_parameter(body, b"boundary"), children=children)
    kind = (body[0] or b"").lower()
    attached = any(isinstance(each, tuple) and each and _lower(each[0]) == b"attachment" for each in body[7:])
    # A message inside is read like a text: its own comes before what is attached to it.
    is_text = kind == b"message" or (kind == b"text" and not attached)
    return _Part(section, is_text=is_text, size=int(body[6] or 0))


def _parameter(body: Any, wanted: bytes) -> bytes:
    """The value of a parameter of a multipart, whose parameters stand behind its subtype."""
    for each in body[1:]:
        if isinstance(each, tuple):
            pairs = dict(zip((_lower(name) for name in each[::2]), each[1::2], strict=False))
            if isinstance(pairs.get(wanted), bytes):
                return bytes(pairs[wanted])
    raise ValueError("a multipart without a boundary")


def _lower(value: Any) -> bytes:
    return value.lower() if isinstance(value, bytes) else b""
