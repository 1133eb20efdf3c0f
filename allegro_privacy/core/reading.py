"""What was found in a message: its nature, what is asked, with the words that show it, and every doubt."""

from dataclasses import dataclass
from enum import StrEnum

from allegro_privacy.core.person import Channel, Level, Person


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
    LEAKED_LIST = "leaked-list"


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

    @property
    def is_about_post(self) -> bool:
        """Does it concern a postal address, given or not?"""
        return self.channel is Channel.POST or self.person.address is not None


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
