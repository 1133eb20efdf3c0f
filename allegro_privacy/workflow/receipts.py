"""What recipients say of the lists they got: recorded, and held against what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import receipts
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Export, Suppression
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a recipient said of one list. sequence: its number, 0 for the last one.  applied: rows, None: not said.
    file: a CSV of the rows that they could not apply."""

    recipient: str
    sequence: int = 0
    channel: Channel | None = None
    applied: int | None = None
    file: Path | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A receipt as it was recorded. rejected: what they could not apply, as (row id, code); people: those rows as we
    know them.  strange: row ids that the list did not hold.  missing: rows that they neither applied nor named; None
    when they gave no count."""

    export: Export
    applied: int | None
    rejected: tuple[tuple[str, str], ...]
    people: tuple[Suppression, ...]
    strange: tuple[str, ...]
    missing: int | None
    again: bool


def acknowledge(database: Database, receipt: Receipt, actor: str, now: datetime, dry_run: bool = False) -> Acknowledged:
    """Record a receipt. The same receipt again is not recorded twice."""
    rejected = receipts.read(receipt.file) if receipt.file else ()
    return transact(database, lambda: _acknowledge(database, receipt, rejected, actor, now), dry_run)


def _acknowledge(
    database: Database, receipt: Receipt, rejected: Sequence[tuple[str, str]], actor: str, now: datetime
) -> Acknowledged:
    export = _export_of(database, receipt)
    known = {one.id: one for one in views.suppressions_among(database, [int(row[1:]) for row, _ in rejected])}
    carried = {row for row, one in known.items() if export.carried(one)} | views.rows_of_decoys(database, export.event)
    strange = tuple(row for row, _ in rejected if row not in carried)
    ours = tuple((row, code) for row, code in rejected if row in carried)
    already = views.acknowledgements(database, export.event)
    again = any((one.applied, one.rejected, one.note) == (receipt.applied, ours, receipt.note) for one in already)
    if not again:
        journal.acknowledge(database, export.event, receipt.applied, ours, receipt.note, actor, now)
    return Acknowledged(
        export=export,
        applied=receipt.applied,
        rejected=ours,
        people=tuple(known[row] for row, _ in ours if row in known),
        strange=strange,
        missing=None if receipt.applied is None else export.rows - receipt.applied - len(ours),
        again=again,
    )


def _export_of(database: Database, receipt: Receipt) -> Export:
    left = views.of_recipient(database, receipt.recipient)
    channels = sorted({each.channel for each in left})
    if receipt.channel is None and len(channels) > 1:
        raise UsageError(
            f"{receipt.recipient} gets several lists ({', '.join(channels)}).",
            "The receipt must say which one it is about.",
            f"Add --channel {channels[0]}",
        )
    channel = receipt.channel or channels[0]
    about = [each for each in left if each.channel is channel]
    found = [each for each in about if each.sequence == receipt.sequence] if receipt.sequence else about[-1:]
    if not found:
        numbers = ", ".join(str(each.sequence) for each in about[-5:]) or "none"
        raise UsageError(
            f"No list number {receipt.sequence} has left to {receipt.recipient} ({channel}).",
            f"Their last ones are: {numbers}.",
            "allegro-privacy export status",
        )
    return found[-1]
