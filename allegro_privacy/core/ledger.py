"""The append-only sequence of events: each one sealed to the one before, so that any later change shows.

An event's content may have to be erased one day, so the chain never holds it: it holds the digest of a random salt and
the content. Without the salt (which is erased together with the content) the digest tells nothing about either.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
# Rows that do not match their own hash are kept until the end, so that two swapped ones can be told from an edited one.
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One fact that happened, past tense, never changed. `at` is UTC in ISO form; `subject` an opaque id."""

    number: int
    at: str
    actor: str
    kind: str
    subject: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row as it lies in the ledger, and its salt and content (canonical JSON) as they lie beside it; both None
    when they are not there."""

    number: int
    at: str
    actor: str
    kind: str
    subject: str
    digest: str
    previous: str
    hash: str
    salt: bytes | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """Where the chain does not hold, in words; `event` is the number to look at."""

    event: int
    words: str


# A prepared encoder: json.dumps builds a new one for each call with options, which doubles the cost of an event.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(content: Mapping[str, Any]) -> str:
    """The one way to write an event's content: JSON, keys sorted, no blanks, UTF-8; a lone surrogate becomes "?"."""
    text = _ENCODER.encode(content)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def digest_of(salt: bytes, content: str) -> str:
    """SHA-256 of salt and canonical content: what the chain knows of an event's content."""
    return hashlib.sha256(salt + content.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of(previous: str, number: int, at: str, actor: str, kind: str, subject: str, digest: str) -> str:
    """The seal of one event over everything about it and over the seal before. Each part is written with its length,
    so that no two different rows are ever the same bytes."""
    parts = (previous, str(number), at, actor, kind, subject, digest)
    sealed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(sealed.encode("utf-8", "surrogatepass")).hexdigest()


def seal(previous: str, salt: bytes, event: Event) -> LedgerRow:
    """The ledger row of an event that follows the row whose hash is `previous`."""
    content = canonical(event.content)
    digest = digest_of(salt, content)
    sealed = hash_of(previous, event.number, event.at, event.actor, event.kind, event.subject, digest)
    return LedgerRow(
        event.number, event.at, event.actor, event.kind, event.subject, digest, previous, sealed, salt, content
    )


def verify_chain(
    rows: Iterable[LedgerRow],
    *,
    erased: Iterable[int] = (),
    heads: Mapping[int, str] | None = None,
) -> Iterator[ChainProblem]:
    """Every place where the chain does not hold, those within rows last.

    rows: in the order of their numbers.  erased: numbers whose content an `erased` event took away.  heads: hashes
    that were known at a number (kept elsewhere: a manifest, a report); rows must reach them and agree with them.
    """
    gone, heads = frozenset(erased), heads or {}
    broken: list[LedgerRow] = []
    last, link = 0, GENESIS
    for row in rows:
        if row.number != last + 1:
            yield ChainProblem(last + 1, f"{_events(last + 1, row.number - 1)} missing")
            link = row.previous
        if not _sealed(row, row.number):
            broken = [*broken, row][:MOST_PROBLEMS]
            last, link = row.number, ""
            continue
        if link and row.previous != link:
            yield ChainProblem(row.number, f"event {row.number} does not follow event {last}: one of them was replaced")
        if heads.get(row.number, row.hash) != row.hash:
            yield ChainProblem(row.number, f"event {row.number} is not the one that was the head: it was rewritten")
        yield from _content_problems(row, gone)
        last, link = row.number, row.hash
    for number in sorted(number for number in heads if number > last):
        words = f"{_events(last + 1, number)} missing: the ledger ends at {last}, but its head was {number}"
        yield ChainProblem(last + 1, words)
    yield from _told_apart(broken)


def _events(first: int, final: int) -> str:
    return f"event {first} is" if first >= final else f"events {first} to {final} are"


def _sealed(row: LedgerRow, number: int) -> bool:
    sealed = hash_of(row.previous, number, row.at, row.actor, row.kind, row.subject, row.digest)
    return sealed == row.hash


def _content_problems(row: LedgerRow, gone: frozenset[int]) -> Iterator[ChainProblem]:
    if row.content is None or row.salt is None:
        if row.number not in gone:
            yield ChainProblem(row.number, f"the content of event {row.number} is gone, and no erasure took it away")
    elif digest_of(row.salt, row.content) != row.digest:
        yield ChainProblem(row.number, f"the content of event {row.number} was changed")


def _told_apart(broken: list[LedgerRow]) -> Iterator[ChainProblem]:
    """Rows that do not match their own hash: swapped, moved by an insertion or a closed gap, or edited."""
    explained: set[int] = set()
    moved = {-1: False, 1: False}
    for row in broken:
        shift = next((shift for shift in moved if _sealed(row, row.number + shift)), 0)
        other = next((one for one in broken if one.number != row.number and _swapped(row, one)), None)
        if row.number in explained or (shift and moved[shift] and other is None):
            continue
        if other is not None:
            explained |= {row.number, other.number}
            yield ChainProblem(row.number, f"events {row.number} and {other.number} were swapped")
        elif shift:
            moved[shift] = True
            how = "an event was inserted before it" if shift < 0 else "an event before it was deleted"
            yield ChainProblem(row.number, f"event {row.number} was event {row.number + shift}: {how}")
        else:
            yield ChainProblem(row.number, f"event {row.number} was changed (time, actor, kind, subject or hash)")


def _swapped(one: LedgerRow, other: LedgerRow) -> bool:
    return _sealed(one, other.number) and _sealed(other, one.number)
