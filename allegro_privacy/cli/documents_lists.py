"""What is known of lists that left, as JSON values."""

from typing import TYPE_CHECKING, Any

from allegro_privacy.cli.documents import export, utc

if TYPE_CHECKING:
    from allegro_privacy.store.rows import Acknowledgement, Holding
    from allegro_privacy.workflow.receipts import Acknowledged

Document = dict[str, Any]


def acknowledgement(row: "Acknowledgement") -> Document:
    """A recipient's receipt."""
    return {
        "at": utc(row.at),
        "actor": row.actor,
        "applied": row.applied,
        "rejected": [{"row_id": each, "code": code} for each, code in row.rejected],
        "note": row.note,
    }


def holding(row: "Holding") -> Document:
    """What one recipient holds of one channel."""
    return {
        "recipient": row.last.recipient,
        "channel": row.last.channel.value,
        "last": export(row.last),
        "acknowledged": export(row.known) if row.known else None,
        "receipt": acknowledgement(row.said) if row.said else None,
        "behind": row.behind,
        "waiting_since": utc(row.waiting) if row.waiting else None,
    }


def acknowledged(done: "Acknowledged") -> Document:
    """The answer of `export ack`."""
    return {
        "export": export(done.export),
        "applied": done.applied,
        "rejected": [{"row_id": row, "code": code} for row, code in done.rejected],
        "strange": list(done.strange),
        "missing": done.missing,
        "recorded": not done.again,
    }
