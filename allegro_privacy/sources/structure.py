"""The parts of a message: split at the boundaries on bytes, without recursion, each with its headers read apart.

Our own split instead of the standard library's: that one evaluates parameters in quadratic time while it parses
(python/cpython#136063) and dies of deep nesting (#103800), so strangers' mail would have to be censored before it
sees it. Here every limit holds by construction.
"""

import binascii
import re
import time
from dataclasses import dataclass, field

from allegro_privacy.core.message import Flag
from allegro_privacy.sources.headers import HeaderBlock, decode_base64, media_type, parameters, split_headers

OCTETS = "x-allegro-octets"
"""The header that a source puts before all others of a part whose body it left where it is: the size of that body."""
DEPTH_LIMIT = 20
PARTS_LIMIT = 100
SECONDS_LIMIT = 5.0

_EMBEDDED = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
_GUESSED_BOUNDARY = re.compile(rb"^--([^\s-][^\n]{0,198}[^\s-]|[^\s-])[ \t]*\n[Cc]ontent-", re.MULTILINE)


@dataclass(slots=True)
class Budget:
    """What may still be spent on one message; running out sets a flag, never raises."""

    seconds: float = SECONDS_LIMIT
    parts: int = PARTS_LIMIT
    flags: set[str] = field(default_factory=set)
    _end: float = 0.0

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def is_spent(self) -> bool:
        """Is the time over? Asked between parts: whatever one part costs is bounded by its size."""
        if time.monotonic() > self._end:
            self.flags.add(Flag.OUT_OF_TIME)
            return True
        return False

    def take_part(self) -> bool:
        if self.parts <= 0:
            self.flags.add(Flag.MANY_PARTS)
            return False
        self.parts -= 1
        return not self.is_spent()


@dataclass(slots=True)
class Part:
    """One node of the message: its type and headers, and either children or a body still in its transfer encoding.
    `embedded`: the headers of a message inside this message; its one child is that message's body."""

    type: str
    parameters: dict[str, str]
    headers: HeaderBlock
    depth: int
    children: list["Part"] = field(default_factory=list)
    embedded: HeaderBlock | None = None

    @property
    def disposition(self) -> str:
        return self.headers.content("content-disposition").partition(";")[0].strip().lower()

    @property
    def file_name(self) -> str:
        named = parameters(self.headers.content("content-disposition")).get("filename", "")
        return (named or self.parameters.get("name", ""))[:200]

    @property
    def is_base64(self) -> bool:
        return self._encoding == "base64"

    @property
    def is_uuencoded(self) -> bool:
        return self._encoding in ("x-uuencode", "uuencode", "x-uue")

    @property
    def _encoding(self) -> str:
        return self.headers.content("content-transfer-encoding").partition(";")[0].strip(" \t\"'").lower()

    @property
    def octets(self) -> int:
        """The size of a body that was not fetched, about as it is with its transfer encoding undone."""
        told = next(iter(self.headers.values(OCTETS)), b"0").strip()
        octets = int(told) if told.isdigit() and len(told) < 16 else 0
        # Lines of 76 characters and their ends hold 57 bytes.
        return octets * 57 // 78 if self.is_base64 else octets

    def content(self) -> bytes:
        """The body with its transfer encoding undone; broken encodings give what can be had."""
        if self.is_base64:
            return decode_base64(self.headers.body)
        if self._encoding == "quoted-printable":
            return binascii.a2b_qp(self.headers.body)
        return self.headers.body


def read_structure(headers: HeaderBlock, budget: Budget) -> Part:
    """The tree of parts under these headers, at most 20 deep and 100 parts in all."""
    root = _part(headers, "text/plain", 0)
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.type.startswith("multipart/") or part.type in _EMBEDDED:
            if part.depth >= DEPTH_LIMIT:
                budget.flags.add(Flag.DEEP_NESTING)
                continue
            if part.type in _EMBEDDED:
                _open_embedded(part, budget)
            else:
                _open_multipart(part, budget)
            waiting.extend(reversed(part.children))
    return root


def _part(headers: HeaderBlock, default: str, depth: int) -> Part:
    declared = headers.content("content-type")
    kind = media_type(declared) if declared else default
    return Part(kind, parameters(declared) if ";" in declared else {}, headers, depth)


def _open_embedded(part: Part, budget: Budget) -> None:
    if not budget.take_part():
        return
    part.embedded = split_headers(part.content().replace(b"\r\n", b"\n").lstrip(b"\n"))
    part.children = [_part(part.embedded, "text/plain", part.depth + 1)]


def _open_multipart(part: Part, budget: Budget) -> None:
    body = part.headers.body
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")[:200].rstrip()
    pieces = split_at_boundary(body, boundary, budget.parts + 1) if boundary else []
    if not pieces:
        budget.flags.add(Flag.BROKEN_MULTIPART)
        guessed = _GUESSED_BOUNDARY.search(body)
        pieces = split_at_boundary(body, guessed.group(1), budget.parts + 1) if guessed else []
    if not pieces:
        part.type = "text/plain"  # nothing to split it by: read what there is
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for piece in pieces:
        if not budget.take_part():
            break
        part.children.append(_part(split_headers(piece), default, part.depth + 1))


def split_at_boundary(body: bytes, boundary: bytes, limit: int) -> list[bytes]:
    """The pieces between the delimiter lines, at most `limit`; the last may lack its closing line (RFC 2046 5.1.1)."""
    delimiter = b"--" + boundary
    pieces: list[bytes] = []
    begin = -1
    place = body.find(delimiter)
    while place >= 0 and len(pieces) < limit:
        after = place + len(delimiter)
        if place and body[place - 1 : place] != b"\n":
            place = body.find(delimiter, after)
            continue
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end
        rest = body[after:end].strip(b" \t") if end - after < 1000 else b"x"
        if rest in (b"", b"--"):
            if begin >= 0:
                pieces.append(body[begin : max(place - 1, begin)])
            begin = end + 1 if rest == b"" else -1
            if rest:
                break
        place = body.find(delimiter, end)
    if 0 <= begin < len(body) and len(pieces) < limit:
        pieces.append(body[begin:])
    return pieces
