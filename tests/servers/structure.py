"""The parts of a message, byte for byte, as BODY[1.2] and BODYSTRUCTURE show them."""

import email
import re
from dataclasses import dataclass, field
from email.message import Message

from servers.speech import string


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its header with the empty line, its body still encoded, and the parts inside."""

    header: bytes
    body: bytes
    parts: tuple["Part", ...] = field(default=())

    @property
    def said(self) -> Message:
        return email.message_from_bytes(self.header)

    @property
    def is_message(self) -> bool:
        return self.said.get_content_type() == "message/rfc822"


def part_of(raw: bytes) -> Part:
    """A whole message, or the text between two boundaries, taken apart."""
    header, body = halves(raw)
    said = email.message_from_bytes(header)
    boundary = said.get_boundary()
    if said.get_content_maintype() == "multipart" and boundary:
        delimiter = rb"(?:\r?\n|\A)--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
        inner = re.split(delimiter, body)[1:]
        # What follows the closing boundary is no part.
        if body and re.search(re.escape(boundary.encode()) + rb"--", body):
            inner = inner[:-1]
        return Part(header, body, tuple(part_of(piece) for piece in inner))
    if said.get_content_type() == "message/rfc822":
        return Part(header, body, (part_of(body),))
    return Part(header, body)


def halves(raw: bytes) -> tuple[bytes, bytes]:
    """The header with its empty line, and what follows."""
    if raw.startswith((b"\r\n", b"\n")):
        end = raw.index(b"\n") + 1
        return raw[:end], raw[end:]
    found = re.search(rb"\r?\n\r?\n", raw)
    return (raw, b"") if not found else (raw[: found.end()], raw[found.end() :])


def section(raw: bytes, name: str) -> bytes | None:
    """What BODY[name] holds; None (NIL) where there is no such part."""
    numbered = re.match(r"((?:\d+\.?)*)(.*)", name.strip(), re.DOTALL)
    assert numbered
    whole = Part(*halves(raw), parts=())
    found: Part | None = part_of(raw)
    path = [int(number) for number in numbered[1].strip(".").split(".") if number]
    for depth, number in enumerate(path):
        assert found is not None
        holder = found.parts[0] if depth and found.is_message else found
        choices = holder.parts if holder.said.get_content_maintype() == "multipart" else (holder,)
        if not 1 <= number <= len(choices):
            return None
        found = choices[number - 1]
    assert found is not None
    rest = numbered[2].upper()
    if path and rest == "MIME":
        return found.header
    if path and not rest:
        return found.body
    message = found.parts[0] if path and found.is_message else whole
    return raw if not rest else _of_message(message, rest)


def _of_message(message: Part, rest: str) -> bytes | None:
    if rest == "HEADER":
        return message.header
    if rest == "TEXT":
        return message.body
    if found := re.match(r"HEADER\.FIELDS(\.NOT)? \(([^)]*)\)", rest):
        wanted = {name.strip('"').encode().lower() for name in found[2].split()}
        fields = re.findall(rb"(?m)^([^\s:][^:\r\n]*):((?:[^\n]*\n)(?:[ \t][^\n]*\n)*)", message.header)
        chosen = [name + b":" + value for name, value in fields if (name.lower() in wanted) is not bool(found[1])]
        return b"".join(chosen) + b"\r\n"
    return None


def bodystructure(part: Part) -> bytes:
    """The BODYSTRUCTURE of a message, with dispositions."""
    said = part.said
    kind, sub = (half.upper().encode("ascii", "replace") for half in said.get_content_type().split("/"))
    extension = b"%s NIL NIL" % _disposition(said)
    if kind == b"MULTIPART" and part.parts:
        inner = b"".join(bodystructure(one) for one in part.parts)
        return b"(%s %s %s %s)" % (inner, string(sub), _parameters(said.get_params()), extension)
    if kind == b"MULTIPART":
        kind, sub = b"TEXT", b"PLAIN"
    encoding = str(said.get("Content-Transfer-Encoding", "7bit")).strip().upper().encode("ascii", "replace")
    name = said.get("Content-ID")
    facts = [string(kind), string(sub), _parameters(said.get_params()), _optional(name), b"NIL", string(encoding)]
    facts.append(b"%d" % len(part.body))
    if part.is_message:
        facts += [b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", bodystructure(part.parts[0])]
    if kind == b"TEXT" or part.is_message:
        facts.append(b"%d" % part.body.count(b"\n"))
    return b"(%s NIL %s)" % (b" ".join(facts), extension)


def _optional(value: object) -> bytes:
    return b"NIL" if value is None else string(str(value).encode("ascii", "replace"))


def _parameters(found: list[tuple[str, str]] | None) -> bytes:
    pairs = [half for pair in (found or [])[1:] for half in pair]
    return b"(%s)" % b" ".join(_optional(half) for half in pairs) if pairs else b"NIL"


def _disposition(said: Message) -> bytes:
    found = said.get_params(header="Content-Disposition")
    if not found:
        return b"NIL"
    return b"(%s %s)" % (_optional(found[0][0].upper()), _parameters(found))
