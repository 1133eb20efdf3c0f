"""Clicks on an unsubscribe link that no person made: bursts from one domain (data/link_scanners.toml)."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from allegro_privacy.core.postal_tables import read_table

_MOST_HELD = 1000


@dataclass(frozen=True, slots=True)
class Signs:
    """When clicks look like a scanner's: so many people of one domain within so many seconds of each other, or of the
    mailing; never at `not_at`, where people share nothing but their provider."""

    people: int
    within: int
    after_sending: int
    not_at: frozenset[str]


@dataclass(frozen=True, slots=True)
class Click:
    """One click: the domain of its address, when (Unix seconds), and who, as anything that tells people apart."""

    domain: str
    at: int
    who: bytes


@dataclass(frozen=True, slots=True)
class Burst:
    """Clicks of one domain that look like a scanner's, from the first to the last (Unix seconds, both included)."""

    domain: str
    first: int
    last: int


@cache
def signs() -> Signs:
    """The signs in force."""
    table = read_table("link_scanners.toml")
    return Signs(table["people"], table["within_seconds"], table["after_sending_seconds"], frozenset(table["not_at"]))


def bursts(clicks: Iterable[Click], people: int, within: int) -> Iterator[Burst]:
    """The bursts among clicks that come sorted by domain and time. Overlapping ones are told as one."""
    window: deque[Click] = deque()
    who: Counter[bytes] = Counter()
    found: Burst | None = None
    for click in clicks:
        while window and (window[0].domain != click.domain or click.at - window[0].at > within or _full(window)):
            gone = window.popleft().who
            who[gone] -= 1
            if not who[gone]:
                del who[gone]
        window.append(click)
        who[click.who] += 1
        if len(who) < people:
            continue
        if found and found.domain == click.domain and window[0].at <= found.last:
            found = Burst(click.domain, found.first, click.at)
            continue
        if found:
            yield found
        found = Burst(click.domain, window[0].at, click.at)
    if found:
        yield found


def merged(found: Iterable[Burst]) -> dict[str, tuple[Burst, ...]]:
    """Bursts by domain, those that touch as one."""
    by_domain: dict[str, list[Burst]] = {}
    for burst in sorted(found, key=lambda each: (each.domain, each.first)):
        known = by_domain.setdefault(burst.domain, [])
        if known and burst.first <= known[-1].last:
            known[-1] = Burst(burst.domain, known[-1].first, max(known[-1].last, burst.last))
        else:
            known.append(burst)
    return {domain: tuple(known) for domain, known in by_domain.items()}


def _full(window: "deque[Click]") -> bool:
    # Of a long burst the last clicks are enough to see that it goes on.
    return len(window) >= _MOST_HELD
