"""What is known of lists that left, as JSON values."""

from typing import TYPE_CHECKING, Any

from allegro_privacy.cli.documents import export, utc

if TYPE_CHECKING:
    from allegro_privacy.store.decoys import Known
    from allegro_privacy.store.rows import Acknowledgement, Holding
    from allegro_privacy.workflow.delivering import Delivered
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
        "delivery": {"to": row.delivery.target, "at": utc(row.delivery.at) if row.delivery.at else None}
        if row.delivery
        else None,
    }


def delivered(one: "Delivered") -> Document:
    """How the delivery of one list went."""
    problem = one.problem
    return {
        "export": export(one.export),
        "to": one.target,
        "delivered": problem is None,
        "problem": {"code": problem.code, "what": problem.what, "why": problem.why, "fix": problem.fix}
        if problem
        else None,
    }


def decoy(known: "Known") -> Document:
    """A decoy, and the lists that it stands in."""
    one = known.decoy
    return {
        "row_id": one.id,
        "name": one.name,
        "email": one.email or None,
        "address": one.address.as_given if one.address else None,
        "recipient": known.exports[0].recipient,
        "channel": known.exports[0].channel.value,
        "exports": [export(each) for each in known.exports],
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
