"""What is done about a reading: by the program, by staff, and what recording it returns."""

from dataclasses import dataclass
from enum import StrEnum

from allegro_privacy.core.listing import Leak
from allegro_privacy.core.person import Key
from allegro_privacy.core.reading import Doubtful, Request


class Effect(StrEnum):
    """What a kind of request does. A closed set; the kinds themselves are rows of data/kinds.toml."""

    SUPPRESS = "suppress"
    OPEN_CASE = "open-case"
    LIFT = "lift"
    NONE = "none"


class Verdict(StrEnum):
    """What is done about a message or a request: act, let a person look, or log and leave it."""

    ACCEPT = "accept"
    ASK = "ask"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is already known when a message arrives. `same_bytes`: this very message is recorded; `copy_of`: the id of
    a recorded message with the same Message-ID and text; `reused_id`: that Message-ID is known with another text;
    `suppressed`: keys already on the list; `decoys`: keys of decoys, so nobody's; `leaks`: the decoys it came to."""

    same_bytes: bool = False
    copy_of: str | None = None
    reused_id: bool = False
    suppressed: frozenset[Key] = frozenset()
    decoys: frozenset[Key] = frozenset()
    leaks: tuple[Leak, ...] = ()


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
    changed; `takes_back` is the event of the case that the message ends."""

    verdict: Verdict
    requests: tuple[Request, ...] = ()
    note: str = ""
    corrections: tuple[Correction, ...] = ()
    takes_back: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What recording returns: the event numbers written, the ledger head after them, one line for people."""

    message: str
    verdict: Verdict
    events: tuple[int, ...]
    head: str
    summary: str
    copy: bool = False
