"""The proof that lies beside each list that left: what it holds, from which state of the ledger, and what it is for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.moments import utc_text
from allegro_privacy.errors import PrivacyError

SCHEMA = 1
# 15 USC 7704(a)(4)(A)(iv): an address that opted out may be handed on for no other purpose than to comply.
PURPOSE = "suppression only"
REMINDERS = (
    "Do not run this list through change-of-address processing or address hygiene: altered, it no longer matches.",
    "Apply it before the presort, to every merge, late additions included.",
    "Do not mail, sell, rent or merge these people into any other list.",
)


@dataclass(frozen=True, slots=True)
class Previous:
    """The list that went to the same recipient before."""

    sequence: int
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one list is. rows: people in the file; held: rows kept out of it, by reason; erased: people of whom only a
    keyed hash is left, so that they are matched here but cannot be listed. The ledger's head is the one that the list
    was read from: later than the last event it includes, earlier than the event that records the export."""

    file: str
    sha256: str
    channel: str
    recipient: str
    sequence: int
    previous: Previous | None
    columns: tuple[str, ...]
    rows: int
    levels: Mapping[str, int]
    held: Mapping[str, int]
    held_file: str
    erased: int
    ledger_number: int
    ledger_hash: str
    as_of: datetime
    rules: str
    policy: str
    overrides: Mapping[str, str]


def to_json(manifest: Manifest) -> str:
    """The manifest as it is written; a field is only ever added."""
    previous = manifest.previous
    document = {
        "schema": SCHEMA,
        "purpose": PURPOSE,
        "reminders": REMINDERS,
        "file": manifest.file,
        "sha256": manifest.sha256,
        "channel": manifest.channel,
        "recipient": manifest.recipient,
        "sequence": manifest.sequence,
        "previous": previous and {"sequence": previous.sequence, "file": previous.file, "sha256": previous.sha256},
        "rows": manifest.rows,
        "levels": dict(manifest.levels),
        "held": {
            "rows": sum(manifest.held.values()),
            "reasons": dict(manifest.held),
            "file": manifest.held_file or None,
        },
        "erased": manifest.erased,
        "columns": manifest.columns,
        "format": {
            "encoding": "UTF-8",
            "line_ends": "CRLF",
            "quoting": "RFC 4180",
            "header": True,
            "reader": "machine",
        },
        "ledger": {"number": manifest.ledger_number, "hash": manifest.ledger_hash},
        "as_of": utc_text(manifest.as_of),
        "rules": manifest.rules,
        "policy": manifest.policy,
        "overrides": dict(manifest.overrides),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str | bytes, name: str = "the manifest") -> Manifest:
    """A manifest read back, for `verify --against`; fields that a newer program added are passed over."""
    try:
        return _manifest(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        why = f"No {problem} in it." if isinstance(problem, KeyError) else f"{problem}."
        raise PrivacyError(
            f"{name} cannot be read as a manifest.", why, "Give the .manifest.json that lies beside a list."
        ) from problem


def _manifest(document: Mapping[str, Any]) -> Manifest:
    if document["schema"] != SCHEMA:
        raise ValueError(f"Its schema is {document['schema']}, known is {SCHEMA}")
    previous = document["previous"]
    return Manifest(
        file=document["file"],
        sha256=document["sha256"],
        channel=document["channel"],
        recipient=document["recipient"],
        sequence=document["sequence"],
        previous=Previous(previous["sequence"], previous["file"], previous["sha256"]) if previous else None,
        columns=tuple(document["columns"]),
        rows=document["rows"],
        levels=document["levels"],
        held=document["held"]["reasons"],
        held_file=document["held"]["file"] or "",
        erased=document["erased"],
        ledger_number=document["ledger"]["number"],
        ledger_hash=document["ledger"]["hash"],
        as_of=datetime.fromisoformat(document["as_of"]),
        rules=document["rules"],
        policy=document["policy"],
        overrides=document["overrides"],
    )
