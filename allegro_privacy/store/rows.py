"""What the readers return: the store's answers, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allegro_privacy.core.account import Filing
from allegro_privacy.core.decision import RequestDecision, Verdict
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.reading import Reading
from allegro_privacy.store.rows_cases import Case as Case
from allegro_privacy.store.rows_leaks import LeakFound as LeakFound
from allegro_privacy.store.rows_scrubs import ScrubHit


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the ledger: what leaves the machine in every manifest and report. Number 0: none yet."""

    number: int
    hash: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """A standing "do not send marketing". After an erasure `key`, `name` and `address` are None and only the keyed
    hash of the key goes on matching. `reason` is the kind of request; `event` and `lifted_event` are event numbers."""

    id: str
    event: int
    channel: Channel
    level: Level | None
    key_hash: bytes
    key: str | None
    name: str | None
    address: Mapping[str, Any] | None
    reason: str
    since: datetime
    lifted: datetime | None
    lifted_event: int | None
    message: str
    erased: bool

    @property
    def active(self) -> bool:
        return self.lifted is None


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A recorded message in a search result; `sender` and `subject` are "" once erased. `child`: a child may be
    concerned."""

    id: str
    event: int
    received: datetime
    via: str
    sender: str
    subject: str
    nature: str
    language: str
    verdict: Verdict
    erased: bool
    child: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """An open (or answered) question for staff about one message. `asked` are the requests to decide; `doubts` are
    (doubt, about) pairs of the message and of those requests; `reading` is None once the message was erased. `mailbox`:
    which of ours it came to; `customer_asked`: since when a question to the customer is wanted; `child`: a child may be
    concerned, so listings mask it; `alike`: what questions of one sender or agent share, "" when nobody is known;
    `undated`: no server says when it was received."""

    id: str
    event: int
    message: str
    opened: datetime
    received: datetime
    answered: datetime | None
    answered_by: str | None
    verdict: Verdict | None
    reason: str
    asked: tuple[RequestDecision, ...]
    doubts: tuple[tuple[str, str], ...]
    sender: str
    subject: str
    text: str
    source: str
    reading: Reading | None
    mailbox: str = ""
    customer_asked: datetime | None = None
    child: bool = False
    alike: str = ""
    message_event: int = 0
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """A list that left. `as_of` is the last event that it includes; `since_event` the last that it does not, since the
    recipient holds it already (0 for a full list); `after` the number of that list. `held`: suppressions that did not
    leave."""

    id: str
    event: int
    at: datetime
    recipient: str
    channel: Channel
    layout: str
    file: str
    sha256: str
    rows: int
    as_of: int
    head: str
    override: str
    reason: str
    change: str
    sequence: int
    after: int
    since_event: int
    removals: int
    held: frozenset[int]

    def carried(self, suppression: Suppression) -> bool:
        """Did this list hold that suppression? A delta holds only what came after the list before it."""
        there = self.since_event < suppression.event <= self.as_of and suppression.event not in self.held
        standing = suppression.lifted_event is None or suppression.lifted_event > self.as_of
        return there and standing and suppression.channel is self.channel


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A recipient's receipt. applied: how many rows, None when they did not say.  rejected: (row id, code)."""

    event: int
    at: datetime
    actor: str
    applied: int | None
    rejected: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a list was confirmed to be on its recipient's server, and on which; None: not yet."""

    target: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one recipient holds of one channel. last: sent last.  known: acknowledged last, with what they said.
    behind: how many lists are not acknowledged; waiting: since when.  delivery: of the last."""

    last: Export
    known: Export | None
    said: Acknowledgement | None
    behind: int
    waiting: datetime | None
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull that came to its end; `counts` are fetched, accepted, review, ignored, unreadable."""

    event: int
    at: datetime
    actor: str
    sources: tuple[str, ...]
    counts: Mapping[str, int]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything known about whom one searched for; `more` when the limit cut the answer. `near`: nothing has the words
    that were typed, and these, spelt alike, were found in their place."""

    who: str
    suppressions: tuple[Suppression, ...] = ()
    messages: tuple[FoundMessage, ...] = ()
    reviews: tuple[Review, ...] = ()
    cases: tuple[Case, ...] = ()
    more: bool = False
    near: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.suppressions or self.messages or self.reviews or self.cases)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. `content` is what the event recorded, {} once erased; `title` says it in words."""

    number: int
    at: datetime
    actor: str
    kind: str
    subject: str
    title: str
    content: Mapping[str, Any]
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened to one person, oldest first, and what stood at its end (`as_of`, or now). receipts: what was said
    of the lists, by their events."""

    who: str
    entries: tuple[Entry, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    exports: tuple[tuple[Export, tuple[str, ...]], ...] = ()
    as_of: datetime | None = None
    scrubs: tuple[ScrubHit, ...] = ()
    leaks: tuple[LeakFound, ...] = ()
    receipts: Mapping[int, tuple[Acknowledgement, ...]] = field(default_factory=dict)

    def not_applied(self, export: Export) -> tuple[tuple[str, str], ...]:
        """What the recipient of a list said they could not apply of these suppressions: (row id, code)."""
        known = next((names for one, names in self.exports if one.event == export.event), ())
        said = (pair for receipt in self.receipts.get(export.event, ()) for pair in receipt.rejected)
        return tuple((row, code) for row, code in said if row in known)

    def __bool__(self) -> bool:
        return bool(self.entries)


@dataclass(frozen=True, slots=True)
class Status:
    """Where things stand. `suppressed` counts what is active now by channel; `addresses` counts postal addresses by
    quality: complete and usable of those on the list, incomplete of those that wait in review; `exports` is the last
    one to each recipient and channel; `oldest_cases` names the two received first. `customers_asked` counts the open
    reviews where the customer's answer is awaited, `drafts_waiting` the replies that are not in their mailbox yet."""

    shop: str
    created: datetime
    head: Head
    messages: int
    suppressed: Mapping[str, int]
    open_reviews: int
    oldest_review: Review | None
    open_cases: int
    oldest_cases: tuple[str, ...]
    last_pull: Pull | None
    exports: tuple[Export, ...]
    size: int
    addresses: Mapping[str, int] = field(default_factory=dict)
    customers_asked: int = 0
    drafts_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `verify` found; `event` is the number of the event it is about, 0 when it is about none.
    `part`: ledger, content, tables, head, file, manifest or list."""

    part: str
    event: int
    words: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: nothing about whoever has one of these keyed hashes may go."""

    id: str
    event: int
    at: datetime
    actor: str
    reason: str
    people: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do. goes, stays: events whose content goes, or must stay for now.  kinds: how many of each
    kind go.  kept: suppressions that go on matching.  open_cases: why content stays.  tickets: privacy requests of
    which all but the words stays.  mentions: events of others that name the person.  legal: messages that go and speak
    of a lawyer or an authority.  outside: what lies elsewhere, by name or place, and is not reached."""

    who: str
    goes: tuple[int, ...]
    stays: tuple[int, ...]
    kinds: Mapping[str, int]
    kept: tuple[str, ...]
    open_cases: tuple[str, ...]
    tickets: tuple[str, ...]
    holds: tuple[Hold, ...]
    mentions: tuple[int, ...]
    legal: tuple[int, ...]
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What was received (or, a case, closed) before these moments is kept no longer; None: for ever. text: messages
    that something came of.  ignored: those that nothing came of."""

    text: datetime | None
    ignored: datetime | None
    closed_cases: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """Some of what is kept no longer, by its numbers; kept_back: how many events an open case had kept from an erasure.
    events: all whose content goes."""

    text: tuple[int, ...] = ()
    ignored: tuple[int, ...] = ()
    cases: tuple[int, ...] = ()
    kept_back: int = 0
    events: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.events)


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What an erasure did. `erased` are the events whose content is gone; `kept` the suppressions that go on matching
    as keyed hashes; `mentions` are events of others that still name the address, for a person to look at."""

    event: int
    head: str
    erased: tuple[int, ...]
    kept: tuple[str, ...]
    mentions: tuple[int, ...] = ()
    summary: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenFiling:
    """One message that waits to be filed in its mailbox. state: `planned`, or `copying` when a copy may have been made
    already (`copied_to` says where to look for it)."""

    place: str
    uidvalidity: int
    uid: int
    filing: Filing
    state: str
    copied_to: str
    tries: int
