"""What came in: messages, frozen, as the sources hand them over. *Via* is the way people reached us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Via(StrEnum):
    """The way *they* reached us."""

    EMAIL = "email"
    LETTER = "letter"
    CALL = "call"
    COUNTER = "counter"
    FORM = "form"
    LINK = "link"
    FEEDBACK = "feedback"


class Flag(StrEnum):
    """What the parser noticed about a message; it travels in `Message.flags`. Judging it is the classifier's work."""

    UNREADABLE = "unreadable"  # the source could not be read, or the parser failed
    NOT_MAIL = "not-mail"  # no header field of a mail in it: an image, a database, a note
    EMPTY = "empty"  # not a single byte
    BY_PARTS = "by-parts"  # a large message: its attachments were not fetched
    TRUNCATED = "truncated"  # above the size cap: only the first part was read
    OUT_OF_TIME = "out-of-time"
    BAD_HEADER = "bad-header"  # a line among the headers that is none
    LONG_HEADER = "long-header"  # a value, or the whole block, above its cap
    MANY_HEADERS = "many-headers"
    DUPLICATE_SUBJECT = "duplicate-subject"
    DUPLICATE_DATE = "duplicate-date"
    DUPLICATE_MESSAGE_ID = "duplicate-message-id"
    NO_FROM = "no-from"
    SEVERAL_FROM = "several-from"  # several From lines, or several mailboxes in one
    BAD_ADDRESS = "bad-address"  # From is not one plain address: never act on it alone
    ADDRESS_IN_NAME = "address-in-name"  # the display name shows another address than the real one
    BAD_REPLY_TO = "bad-reply-to"
    DEEP_NESTING = "deep-nesting"
    MANY_PARTS = "many-parts"
    BROKEN_MULTIPART = "broken-multipart"
    LONG_TEXT = "long-text"
    NO_TEXT = "no-text"  # something was sent, but nothing that can be read
    ENCRYPTED = "encrypted"
    CARD_REDACTED = "card-redacted"
    NO_DATE = "no-date"  # nothing says when it was received: `received` is the epoch
    DATE_DISTRUSTED = "date-distrusted"  # the topmost Received lies in the future of the file
    NO_RECEIVED = "no-received"  # no server says when it came: the time of its file, or of its sender, stands in


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One e-mail address as it stood in a header: `email` as written (never folded), `name` decoded and cleaned."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attachment: it is never opened, decompressed or stored."""

    name: str
    type: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where exactly a message was found, so that it can be acknowledged. `locator` is unique within `source`
    (a path, a path and a byte offset, or folder/UIDVALIDITY/UID); `stamp` tells whether it has changed since."""

    source: str
    locator: str
    stamp: str = ""
    mailbox: str = ""
    received: datetime | None = None

    @property
    def shown(self) -> str:
        return f"{self.source}{self.locator}"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A message inside a message (message/rfc822 or text/rfc822-headers), as far as it was read."""

    sender: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One incoming communication, frozen, plain text; `id` is the SHA-256 of its raw bytes.

    headers: (lower-case name, decoded value) in order, bounded.  text: the readable body (HTML turned to text,
    blockquotes as "> " lines), card numbers redacted.  received: when *we* got it (UTC); clocks start there.
    machine: text of machine-readable report parts by their content type (message/delivery-status, ...).
    flags: what the parser noticed (`truncated`, `deep-nesting`, `several-from`, ...).
    date: what the sender says (a Date header, a postmark, a platform's time), as written; evidence only.
    taken_by: the initials of who took a letter, a call or a visit in.
    """

    id: str
    received: datetime
    received_by: str = "file"
    via: Via = Via.EMAIL
    message_id: str = ""
    date: str = ""
    sender: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    return_path: str | None = None
    subject: str = ""
    text: str = ""
    content_type: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    machine: tuple[tuple[str, str], ...] = ()
    embedded: tuple[Embedded, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: frozenset[str] = frozenset()
    size: int = 0
    taken_by: str = ""
    _first: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The natures ask for some sixty headers of each message.
        object.__setattr__(self, "_first", dict(reversed(self.headers)))

    def header(self, name: str) -> str:
        """The first value of a header, "" when absent."""
        return self._first.get(name, "")

    def headers_among(self, names: frozenset[str]) -> int:
        """How many of these headers are there and say something."""
        return sum(bool(self._first[name]) for name in names & self._first.keys())

    def header_values(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """What a source yields: bytes (possibly cut at the size cap) and where they were found.
    `full_size` is the size at the source; `problem` says why bytes could not be read; `sha256` is of the whole
    content, and must be given when `raw` was cut."""

    raw: bytes
    origin: Origin
    full_size: int = 0
    problem: str = ""
    flags: frozenset[str] = field(default_factory=frozenset)
    sha256: str = ""
