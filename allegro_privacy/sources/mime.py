"""Raw bytes to a Message. Never raises, whatever the bytes; every limit that was hit is a flag; never re-serialises.

A 106-byte message hangs the standard library's generator for ever (python/cpython#138223), 16 KB of quotes in To cost
its modern parser 12 seconds: a stranger's bytes are read here by our own linear code only.
"""

import hashlib
import logging
import re
from dataclasses import replace

from allegro_privacy.core.message import Flag, Mailbox, Message, RawMessage
from allegro_privacy.core.redact import redact_message
from allegro_privacy.sources.addresses import read_addresses
from allegro_privacy.sources.body import read_body
from allegro_privacy.sources.charsets import clean_line
from allegro_privacy.sources.headers import HeaderBlock, decode_value, split_headers
from allegro_privacy.sources.receipt import FILE_TIME, SERVER_TIME, received_at
from allegro_privacy.sources.structure import Budget, read_structure

SIZE_LIMIT = 2 * 1024 * 1024

_log = logging.getLogger(__name__)

# One of these makes it a mail; anything else in the shape "word: value" is a note, a script or a table.
_MAIL_FIELDS = frozenset(
    {"from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "content-type", "return-path"}
    | {"reply-to", "delivered-to", "sender", "in-reply-to", "x-mailer", "list-id", "resent-from"}
)
_FORWARD = re.compile(r"\s*(?:(?:re|aw)\s*:\s*)*(?:fwd?|rv|tr|wg|enc|reenv[a-z]*)\s*:", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_EMLX = re.compile(rb"\d{1,10}[ \t]*\n(?=[!-9;-~]+:)")


def parse(raw: RawMessage) -> Message:
    """The message in these bytes, card numbers redacted. What could not be read is said in its flags."""
    flags = set(raw.flags) - {SERVER_TIME, FILE_TIME}
    if raw.problem:
        flags.add(Flag.UNREADABLE)
    if len(raw.raw) > SIZE_LIMIT:
        flags.add(Flag.TRUNCATED)
    headers = split_headers(_plain_lines(raw.raw[:SIZE_LIMIT]))
    if not any(name in _MAIL_FIELDS for name, _ in headers.fields):
        flags |= {Flag.NOT_MAIL} | ({Flag.EMPTY} if not raw.raw else set())
        binary = _BINARY.search(raw.raw[:4096]) is not None  # an image, an archive, a database: no text in it
        headers = HeaderBlock((), b"" if binary else raw.raw[:SIZE_LIMIT], frozenset())
    message = _read_headers(raw, headers, flags)
    try:
        message = _read_body(message, headers)
    except Exception as error:  # noqa: BLE001 - the last net: one message may fail only itself, and says so
        _log.warning("message %s: body unreadable (%s)", message.id[:12], type(error).__name__)
        message = replace(message, flags=message.flags | {Flag.UNREADABLE})
    return redact_message(message)


def _plain_lines(data: bytes) -> bytes:
    """The same bytes with LF line ends (they come as CRLF, LF, CR, mixed, or CR CR LF from a broken converter)."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        first = data.find(b"\r")
        if data[first : first + 3] == b"\r\r\n":
            data = data.replace(b"\r\r\n", b"\n")
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    leading = data.lstrip(b"\n")
    if len(leading) != len(data) and leading and b":" in leading.partition(b"\n")[0]:
        data = leading  # empty lines before the headers
    return _EMLX.sub(b"", data, count=1) if data[:1].isdigit() else data


def _read_headers(raw: RawMessage, headers: HeaderBlock, flags: set[str]) -> Message:
    fields = tuple((name, decode_value(value)) for name, value in headers.fields)
    received, received_by, notices = received_at(raw, headers)
    flags |= headers.flags | notices
    for name in ("subject", "date", "message-id"):
        if len(headers.values(name)) > 1:
            flags.add(Flag(f"duplicate-{name}"))
    sender = _senders(headers, flags)
    return_paths = headers.values("return-path")

    def first(name: str) -> str:
        return next((value for key, value in fields if key == name), "")

    return Message(
        id=_identity(raw),
        received=received,
        received_by=received_by,
        message_id=first("message-id"),
        date=first("date"),
        sender=sender,
        reply_to=_reply_to(headers, flags),
        to=_mailboxes(headers, "to", "cc"),
        return_path=_return_path(return_paths[0]) if return_paths else None,
        subject=first("subject"),
        headers=fields,
        flags=frozenset(flags),
        size=raw.full_size or len(raw.raw),
    )


def _identity(raw: RawMessage) -> str:
    if raw.problem and not raw.raw:  # no bytes: unreadable places must not all be one message
        return hashlib.sha256(b"unreadable\0" + raw.origin.shown.encode("utf-8", "surrogateescape")).hexdigest()
    return raw.sha256 or hashlib.sha256(raw.raw).hexdigest()


def _senders(headers: HeaderBlock, flags: set[str]) -> tuple[Mailbox, ...]:
    lines = headers.values("from")
    if not lines:
        flags.add(Flag.NO_FROM)
    read = [read_addresses(line) for line in lines]
    mailboxes = tuple(dict.fromkeys(mailbox for addresses in read for mailbox in addresses.mailboxes))
    if len(lines) > 1 or len(mailboxes) > 1:
        flags.add(Flag.SEVERAL_FROM)
    if any(addresses.bad or not addresses.mailboxes for addresses in read):
        flags.add(Flag.BAD_ADDRESS)
    if any(addresses.in_name for addresses in read):
        flags.add(Flag.ADDRESS_IN_NAME)
    return mailboxes


def _reply_to(headers: HeaderBlock, flags: set[str]) -> tuple[Mailbox, ...]:
    read = [read_addresses(line) for line in headers.values("reply-to") if line]
    if any(addresses.bad for addresses in read):
        flags.add(Flag.BAD_REPLY_TO)
    return tuple(mailbox for addresses in read for mailbox in addresses.mailboxes)


def _mailboxes(headers: HeaderBlock, *names: str) -> tuple[Mailbox, ...]:
    return tuple(
        mailbox for name in names for line in headers.values(name) for mailbox in read_addresses(line).mailboxes
    )


def _return_path(value: bytes) -> str:
    mailboxes = read_addresses(value).mailboxes
    return mailboxes[0].email if mailboxes else ""


def _read_body(message: Message, headers: HeaderBlock) -> Message:
    budget = Budget(flags=set(message.flags & {Flag.BY_PARTS}))
    root = read_structure(headers, budget)
    declared = root.type
    body = read_body(root, budget, forwarded=_FORWARD.match(message.subject) is not None)
    return replace(
        message,
        text=body.text,
        content_type=declared,
        machine=tuple(body.machine),
        embedded=tuple(body.embedded),
        attachments=tuple(replace(found, name=clean_line(found.name)) for found in body.attachments),
        flags=message.flags | budget.flags,
    )
