"""Who someone is, as they named themselves, and the keys they are found by. A *channel* is a way we contact people."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """A way *we* contact people."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"


class Level(StrEnum):
    """How far a postal suppression reaches at one address."""

    INDIVIDUAL = "individual"
    HOUSEHOLD = "household"
    ADDRESS = "address"


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
    """How someone named themselves; `email` is the address to act on, which may not be the sender's.
    `customer_number` is what they copied from a mailing label."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: PostalAddress | None = None
    customer_number: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A normalised, matchable form of one identifier: what suppression and scrubbing compare."""

    channel: Channel
    value: str
