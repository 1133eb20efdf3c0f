"""A stretch of the ledger that verifies by itself: from an event to a head that left the machine."""

from collections.abc import Iterable, Iterator
from typing import Any

from allegro_privacy.store.append import append, head_of
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Export


def stretches(database: Database, events: Iterable[int], exports: Iterable[Export]) -> list[tuple[int, int]]:
    """For each event the way to the next head that left, else to the last event; those that meet are one."""
    heads, last = sorted(export.as_of for export in exports), head_of(database)[0]
    found: list[tuple[int, int]] = []
    for event in sorted(events):
        end = next((head for head in heads if head >= event), last)
        if found and event <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((event, end))
    return found


def rows_in(database: Database, stretch: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """The events of a stretch, without what they recorded."""
    sql = """SELECT number, at, actor, kind, subject, lower(hex(digest)), lower(hex(previous)), lower(hex(hash))
        FROM ledger WHERE number BETWEEN ? AND ? ORDER BY number"""
    names = ("number", "at", "actor", "kind", "subject", "digest", "previous", "hash")
    return (dict(zip(names, row, strict=True)) for row in database.stream(sql, stretch))


def opened(database: Database, event: int) -> tuple[str, str] | None:
    """Salt (hex) and content (canonical JSON) of an event: who has both can check its digest. None once erased."""
    row = database.row("SELECT salt, content FROM payload WHERE number = ?", (event,))
    return None if row is None else (row[0].hex(), database.unpack(row[1]))


def record_proof(
    database: Database, people: Iterable[bytes], fingerprint: str, files: int, actor: str, now: Any
) -> int:
    """A proof pack about somebody is about to be handed out; its fingerprint is the SHA-256 of its SHA256SUMS."""
    content = {"people": sorted(one.hex() for one in people), "fingerprint": fingerprint, "files": files}
    return append(database, "proof-made", "proof", content, actor, now)


def proof_recorded(database: Database, fingerprint: str) -> int | None:
    """The event that recorded a proof pack; None when there is none of this fingerprint."""
    from allegro_privacy.store.reviews import content_of

    for row in database.rows("SELECT number FROM ledger WHERE kind = 'proof-made' ORDER BY number DESC"):
        if (content_of(database, row[0]) or {}).get("fingerprint") == fingerprint:
            return int(row[0])
    return None
