"""From the tree of parts to what can be read: text, machine reports, messages inside, attachments by name only."""

import hashlib
import re
from dataclasses import dataclass, field

from allegro_privacy.core.message import Attachment, Embedded, Flag
from allegro_privacy.sources.addresses import read_addresses
from allegro_privacy.sources.charsets import clean_text, decode
from allegro_privacy.sources.headers import HeaderBlock, decode_value, split_headers
from allegro_privacy.sources.html_text import html_to_text, strip_tags
from allegro_privacy.sources.structure import Budget, Part

TEXT_LIMIT = 256 * 1024
ENDING = 64 * 1024  # of a longer text; people also write below what they quote
MACHINE_LIMIT = 64 * 1024

_MACHINE = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/feedback-report", "message/tracking-status"}
    | {"message/disposition-notification", "message/global-disposition-notification"}
    | {"application/json", "text/calendar"}
)
_ONLY_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PGP_BLOCK = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s{0,4}=\s{0,4}[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_READ_THE_HTML = re.compile(r"(?i)\b(?:html|view (?:this|the) (?:e-?mail|message)|ver este (?:correo|mensaje))\b")
_LETTER = re.compile(r"[^\W_]")
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)


@dataclass(slots=True)
class Body:
    """What was found in one message while its parts are read."""

    budget: Budget
    forwarded: bool = False
    texts: list[str] = field(default_factory=list)
    machine: list[tuple[str, str]] = field(default_factory=list)
    embedded: list[Embedded] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    shows_images: bool = False
    holds_tnef: bool = False

    @property
    def text(self) -> str:
        """The readable parts in order, within the limit."""
        text = "\n\n".join(text.strip("\n") for text in self.texts if text.strip())
        if len(text) > TEXT_LIMIT:
            self.budget.flags.add(Flag.LONG_TEXT)
        return shortened(text)


def read_body(root: Part, budget: Budget, forwarded: bool = False) -> Body:
    """Read the whole tree (at most 20 deep) into one Body."""
    body = Body(budget, forwarded)
    _read(root, body)
    if not _LETTER.search(body.text):
        shows_something = (body.attachments or body.shows_images) and not (body.machine or body.embedded)
        if body.holds_tnef:
            budget.flags.add(Flag.ENCRYPTED)
        elif shows_something and Flag.ENCRYPTED not in budget.flags:
            budget.flags.add(Flag.NO_TEXT)
    return body


def _read(part: Part, body: Body) -> None:
    if body.budget.is_spent():
        return
    if part.type in _ENCRYPTED:
        body.budget.flags.add(Flag.ENCRYPTED)
    if part.embedded is not None:
        _read_embedded(part.embedded, part.children[0], body)
    elif part.type == "multipart/alternative":
        _read_alternative(part.children, body)
    elif part.children:
        for child in part.children:
            _read(child, body)
    elif not part.type.startswith("multipart/"):
        _read_leaf(part, body)


def _read_leaf(part: Part, body: Body) -> None:
    if part.type in _ONLY_HEADERS:
        headers = split_headers(part.content().replace(b"\r\n", b"\n").lstrip(b"\n") + b"\n\n")
        body.embedded.append(_embedded(headers, ""))
    elif part.type in _MACHINE:
        body.machine.append((part.type, _decoded(part)[:MACHINE_LIMIT]))
    elif _is_text(part):
        _read_text(part, body)
    else:
        _read_attachment(part, body)


def _is_text(part: Part) -> bool:
    if part.type not in ("text/plain", "text/html", "text/enriched", "text/richtext") or part.is_uuencoded:
        return False
    return part.disposition != "attachment" and (part.depth == 0 or not part.file_name)


def _read_text(part: Part, body: Body) -> None:
    text = _decoded(part)
    if part.type != "text/html" and len(text) > TEXT_LIMIT:
        body.budget.flags.add(Flag.LONG_TEXT)
        text = shortened(text)
    if part.type == "text/html":
        body.shows_images = body.shows_images or _IMAGE.search(text) is not None
        text = html_to_text(text, body.forwarded)
    elif part.type != "text/plain":
        text = strip_tags(text)
    elif part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
    if _PGP_BLOCK.search(text):
        body.budget.flags.add(Flag.ENCRYPTED)
    body.texts.append(text)


def _read_alternative(children: list[Part], body: Body) -> None:
    """Of several shapes of one text take the plain one, unless it says nothing; note the attachments of all."""
    plain = [child for child in children if child.type == "text/plain" and _is_text(child)]
    rich = [child for child in children if child not in plain and child.type != "text/x-amp-html"]
    before = len(body.texts)
    for child in plain:
        _read(child, body)
    said = "\n".join(body.texts[before:])
    if _is_trivial(said):
        del body.texts[before:]
        for child in rich:
            _read(child, body)
        if not _LETTER.search("".join(body.texts[before:])):
            body.texts.append(said)
        return
    for child in rich:
        if not (child.type.startswith("text/") and _is_text(child)):
            aside = Body(body.budget, body.forwarded)
            _read(child, aside)
            body.attachments += aside.attachments
            body.machine += aside.machine
            body.embedded += aside.embedded


def _is_trivial(text: str) -> bool:
    return not _LETTER.search(text) or (len(text) < 200 and _READ_THE_HTML.search(text) is not None)


def _read_embedded(headers: HeaderBlock, child: Part, body: Body) -> None:
    """A message inside: its headers and its own text, what it holds in turn follows it in the list."""
    inner = Body(body.budget)
    _read(child, inner)
    body.embedded.append(_embedded(headers, inner.text))
    body.embedded += inner.embedded
    body.attachments += inner.attachments


def _embedded(headers: HeaderBlock, text: str) -> Embedded:
    fields = tuple((name, decode_value(value)) for name, value in headers.fields)
    return Embedded(
        sender=tuple(mailbox for value in headers.values("from") for mailbox in read_addresses(value).mailboxes),
        to=tuple(mailbox for value in headers.values("to") for mailbox in read_addresses(value).mailboxes),
        subject=next((value for name, value in fields if name == "subject"), ""),
        text=text,
        headers=fields,
    )


def _read_attachment(part: Part, body: Body) -> None:
    content = part.content()
    name = part.file_name
    if part.type in _TNEF or name.lower() == "winmail.dat":
        body.holds_tnef = True
    if Flag.BY_PARTS in body.budget.flags:
        body.attachments.append(Attachment(name, part.type, part.octets))
        return
    body.attachments.append(Attachment(name, part.type, len(content), hashlib.sha256(content).hexdigest()))


def shortened(text: str) -> str:
    """The beginning and the ending of a text that is above the limit."""
    if len(text) <= TEXT_LIMIT:
        return text
    return text[: TEXT_LIMIT - ENDING - 2] + "\n\n" + text[-ENDING:]


def _decoded(part: Part) -> str:
    content = part.content()
    charset = part.parameters.get("charset", "")
    if part.type == "text/html" and not charset:
        declared = _META_CHARSET.search(content[:2048])
        charset = declared.group(1).decode("ascii") if declared else ""
    return clean_text(decode(content, charset))


def unflow(text: str, delsp: bool) -> str:
    """format=flowed lines joined again (RFC 3676): a trailing space says that the line goes on."""
    lines: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        goes_on = content.endswith(" ") and content != "-- "
        if depth != open_depth or content == "-- ":
            lines.append([">" * depth + " " * bool(depth)])
        lines[-1].append(content[:-1] if goes_on and delsp else content)
        open_depth = depth if goes_on else -1
    joined = map("".join, lines)
    return "\n".join(line if line == "-- " else line.rstrip() for line in joined)
