"""The nouns of the trade, frozen. Two words are split on purpose: a *channel* is a way we contact people,
*via* is the way they reached us. See docs/glossary.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """A way *we* contact people."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"


class Via(StrEnum):
    """The way *they* reached us."""

    EMAIL = "email"
    LETTER = "letter"
    CALL = "call"
    COUNTER = "counter"
    FORM = "form"
    LINK = "link"
    FEEDBACK = "feedback"


class Level(StrEnum):
    """How far a postal suppression reaches at one address."""

    INDIVIDUAL = "individual"
    HOUSEHOLD = "household"
    ADDRESS = "address"


class Effect(StrEnum):
    """What a kind of request does. A closed set; the kinds themselves are rows of data/kinds.toml."""

    SUPPRESS = "suppress"
    OPEN_CASE = "open-case"
    LIFT = "lift"
    NONE = "none"


class Nature(StrEnum):
    """What sort of message it is, before asking what it wants."""

    PERSONAL = "personal"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    FEEDBACK_REPORT = "feedback-report"
    BULK = "bulk"
    RECEIPT = "receipt"
    OWN = "own"
    AGENT = "agent"
    UNREADABLE = "unreadable"


class Verdict(StrEnum):
    """What is done about a message or a request: act, let a person look, or log and leave it."""

    ACCEPT = "accept"
    ASK = "ask"
    IGNORE = "ignore"


class Doubt(StrEnum):
    """A named reason not to act alone. Each blocks acceptance of the request (or message) that carries it."""

    NO_SENDER = "no-sender"
    SEVERAL_SENDERS = "several-senders"
    ANOTHER_ADDRESS = "another-address"
    MANY_ADDRESSES = "many-addresses"
    WHOLE_DOMAIN = "whole-domain"
    RELAYED = "relayed"
    NOT_TO_US = "not-to-us"
    TWO_PEOPLE = "two-people"
    NEGATION = "negation"
    REPORTED = "reported"
    SOFT = "soft"
    SOUNDS_LIKE = "sounds-like"
    UNLIKELY = "unlikely"
    SPELLING = "spelling"
    TEMPORARY = "temporary"
    NARROW_SCOPE = "narrow-scope"
    WHICH_CHANNEL = "which-channel"
    NO_POSTAL_ADDRESS = "no-postal-address"
    INCOMPLETE_ADDRESS = "incomplete-address"
    DOUBTFUL_ADDRESS = "doubtful-address"
    FOREIGN_ADDRESS = "foreign-address"
    NO_NAME = "no-name"
    NO_PHONE = "no-phone"
    FORWARDED = "forwarded"
    QUOTED_ONLY = "quoted-only"
    NO_TEXT = "no-text"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    MINOR = "minor"
    CHILD = "child"
    BEREAVEMENT = "bereavement"
    SENSITIVE = "sensitive"
    LEGAL = "legal"
    AGENT = "agent"
    SOMEONE_ELSE = "someone-else"
    NOT_A_CUSTOMER = "not-a-customer"
    UNAUTHENTICATED = "unauthenticated"
    OPT_IN = "opt-in"
    CONFLICT = "conflict"
    WITHDRAWN = "withdrawn"
    INSTRUCTS_SOFTWARE = "instructs-software"
    LANGUAGE = "language"
    ROLE_CHANGE = "role-change"
    AUTOMATIC = "automatic"
    REUSED_MESSAGE_ID = "reused-message-id"


class Note(StrEnum):
    """A fact worth showing that does not block anything."""

    UNAUTHENTICATED = "unauthenticated"
    RELAY_ADDRESS = "relay-address"
    PLUS_TAG = "plus-tag"
    ON_BEHALF = "on-behalf"
    REPLY_TO_DIFFERS = "reply-to-differs"
    LEGAL_TONE = "legal-tone"
    LEGAL_ORDER = "legal-order"
    CLAIMS_EARLIER_REQUEST = "claims-earlier-request"
    CARD_REDACTED = "card-redacted"
    SENSITIVE_NUMBER = "sensitive-number"
    FORWARDED_BY_STAFF = "forwarded-by-staff"
    MACHINE_MADE = "machine-made"
    IMPLIED = "implied"
    HARD_BOUNCE = "hard-bounce"
    SOFT_BOUNCE = "soft-bounce"
    SECOND_SENDER_ADDRESS = "second-sender-address"
    SEED = "seed"
    DECEASED = "deceased"
    A_CHILD = "a-child"
    PREVIOUS_RESIDENT = "previous-resident"
    FOREIGN_LAW = "foreign-law"
    HANDED_OVER = "handed-over"
    LINK_SCANNER = "link-scanner"


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
class PostalAddress:
    """A US postal address. The parts are in USPS Publication 28 manner but ordinary case; `as_given` is never altered.

    kind: street | po-box | rural | military | puerto-rico | foreign.  missing: parts that are not there
    (`number`, `street`, `city`, `state`, `zip`).  doubts: what is uncertain, in words.
    """

    as_given: str
    line1: str = ""
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    zip4: str | None = None
    kind: str = "street"
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """How someone named themselves; `email` is the address to act on, which may not be the sender's."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A normalised, matchable form of one identifier: what suppression and scrubbing compare."""

    channel: Channel
    value: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The quoted words, the rule that matched (its language is the prefix), and where they stood:
    subject | text | forwarded | quoted | header | report | staff."""

    rule: str
    where: str
    quote: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A doubt and what it is about, in words for staff."""

    doubt: Doubt
    about: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that one person asks. `candidates` are other addresses that it could be about."""

    kind: str
    person: Person
    channel: Channel | None = None
    level: Level | None = None
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[Doubtful, ...] = ()
    notes: tuple[Note, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifier found in one message. `doubts` are about the whole message; `reason` says in words why
    nothing was found when nothing was; `own` is what the writer wrote themselves; `rules` is their version; `failed`:
    the addresses that our mail did not reach, as a bounce names them."""

    nature: Nature
    language: str
    requests: tuple[Request, ...]
    doubts: tuple[Doubtful, ...]
    notes: tuple[Note, ...]
    reason: str
    rules: str
    authentication: str = "none"
    own: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is already known when a message arrives. `same_bytes`: this very message is recorded; `copy_of`: the id of
    a recorded message with the same Message-ID and text; `reused_id`: that Message-ID is known with another text;
    `suppressed`: keys already on the list; `seeds`: our decoys."""

    same_bytes: bool = False
    copy_of: str | None = None
    reused_id: bool = False
    suppressed: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestDecision:
    """One request with its verdict and the reason in words."""

    request: Request
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Accept, Ask or Ignore for the message, and for each of its requests."""

    verdict: Verdict
    requests: tuple[RequestDecision, ...]
    doubts: tuple[Doubtful, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person changed in what was read: its name, what it was, what it is now; "" is nothing."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What a member of staff decided about an open review. `requests` replaces what the classifier found (empty: the
    requests that were asked about stand as they are); `note` is theirs, in their words; `corrections` says what they
    changed."""

    verdict: Verdict
    requests: tuple[Request, ...] = ()
    note: str = ""
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What recording returns: the event numbers written, the ledger head after them, one line for people."""

    message: str
    verdict: Verdict
    events: tuple[int, ...]
    head: str
    summary: str
    copy: bool = False


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
