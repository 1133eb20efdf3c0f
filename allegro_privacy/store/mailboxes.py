"""Mailboxes on servers: how far each was read, and what is still to be filed there.

The position only saves asking for every message again; that a message is recorded is known by its sighting. What is to
be filed is noted in the transaction that records the message, and done after its commit: an outbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from allegro_privacy.core.account import Filing, FilingKind, Position
from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import OpenFiling


def position(database: Database, place: str) -> Position | None:
    """How far a folder was read; None when it never was."""
    row = database.row("SELECT uidvalidity, through, uidnext, modseq, epoch FROM positions WHERE place = ?", (place,))
    if row is None:
        return None
    uidvalidity, through, uidnext, modseq, epoch = map(int, row)
    return Position(place, uidvalidity, through, uidnext, modseq, epoch)


def note_position(database: Database, reached: Position, actor: str, now: datetime) -> None:
    """Remember how far a folder was read. That its numbering began anew is an event: every message was met again."""
    if reached.renumbered:
        before = position(database, reached.place)
        content = {"mailbox": reached.place, "from": before.uidvalidity if before else 0, "to": reached.uidvalidity}
        append(database, "mailbox-renumbered", "mailbox", content, actor, now)
    database.run(
        "INSERT INTO positions (place, uidvalidity, through, uidnext, modseq, epoch, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (place) DO UPDATE SET uidvalidity = excluded.uidvalidity, through = excluded.through, "
        "uidnext = excluded.uidnext, modseq = excluded.modseq, epoch = excluded.epoch, at = excluded.at",
        (
            reached.place,
            reached.uidvalidity,
            reached.through,
            reached.uidnext,
            reached.modseq,
            reached.epoch,
            utc_text(now),
        ),
    )


def plan_filing(database: Database, at: tuple[str, int, int], filing: Filing) -> None:
    """Note that the message at this place, UIDVALIDITY and UID is to be filed so; once, however often it is met."""
    if filing.kind is FilingKind.NOTHING:
        return
    database.run(
        "INSERT OR IGNORE INTO filings (place, uidvalidity, uid, kind, target, state, tries, problem) "
        "VALUES (?, ?, ?, ?, ?, 'planned', 0, '')",
        (*at, filing.kind.value, filing.target),
    )


def filings(database: Database, place: str, uidvalidity: int | None = None) -> list[OpenFiling]:
    """What is still to be filed in a folder, in the order of its messages."""
    rows = database.rows(
        "SELECT uidvalidity, uid, kind, target, state, copied_to, tries FROM filings "
        "WHERE place = ? AND (? IS NULL OR uidvalidity = ?) ORDER BY uid",
        (place, uidvalidity, uidvalidity),
    )
    return [
        OpenFiling(place, validity, uid, Filing(FilingKind(kind), target), state, copied_to or "", tries)
        for validity, uid, kind, target, state, copied_to, tries in rows
    ]


def filed(database: Database, place: str, uidvalidity: int, uids: Sequence[int]) -> None:
    """These are where they belong, or no longer there for us to file."""
    database.run_many(
        "DELETE FROM filings WHERE place = ? AND uidvalidity = ? AND uid = ?",
        [(place, uidvalidity, uid) for uid in uids],
    )


def note_copying(database: Database, place: str, uidvalidity: int, uids: Sequence[int], copied_to: str) -> None:
    """These are about to be copied. `copied_to` says where in the target their copies can begin (its UIDVALIDITY and
    next UID before the copy), so that after a crash they are looked for there before anything is copied again."""
    database.run_many(
        "UPDATE filings SET state = 'copying', copied_to = ? WHERE place = ? AND uidvalidity = ? AND uid = ?",
        [(copied_to, place, uidvalidity, uid) for uid in uids],
    )


def not_filed(database: Database, place: str, uidvalidity: int, uids: Sequence[int], problem: str) -> None:
    """The server would not, this time; the next run tries again."""
    database.run_many(
        "UPDATE filings SET tries = tries + 1, problem = ? WHERE place = ? AND uidvalidity = ? AND uid = ?",
        [(problem[:200], place, uidvalidity, uid) for uid in uids],
    )


def drop_other_epochs(database: Database, place: str, uidvalidity: int) -> int:
    """A folder whose numbering began anew holds none of the numbers planned before; how many were dropped. Its
    messages are met again under new numbers, and planned again."""
    return database.run("DELETE FROM filings WHERE place = ? AND uidvalidity <> ?", (place, uidvalidity))


def drop_unwanted(database: Database, place: str, wanted: Iterable[Filing]) -> int:
    """What was planned under another configuration is no longer wanted; how many were dropped."""
    keep = {(filing.kind.value, filing.target) for filing in wanted}
    planned = database.rows("SELECT DISTINCT kind, target FROM filings WHERE place = ?", (place,))
    return sum(
        database.run("DELETE FROM filings WHERE place = ? AND kind = ? AND target = ?", (place, kind, target))
        for kind, target in planned
        if (kind, target) not in keep
    )


def waiting(database: Database) -> dict[str, int]:
    """How many messages wait to be filed, by place."""
    return dict(database.rows("SELECT place, count(*) FROM filings GROUP BY place"))


def verdict_of(database: Database, message_id: str) -> str | None:
    """What was decided about a message that is recorded, also when these bytes are a copy of it."""
    row = database.value(
        "SELECT verdict FROM messages WHERE event = coalesce("
        "(SELECT number FROM ledger WHERE kind IN ('message-received', 'message-set-aside') "
        "AND substr(subject, 1, 16) = substr(?, 1, 16) AND subject = ?), "
        "(SELECT message FROM sightings WHERE bytes = ?))",
        (message_id, message_id, message_id),
    )
    return None if row is None else str(row)
