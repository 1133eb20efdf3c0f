"""The proof that lies beside a scrubbed list: which list, compared with which ledger head, and what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = 1
PURPOSE = "a mailing list without the people who asked to be left alone"
MOST_HELD = 20


@dataclass(frozen=True, slots=True)
class ScrubManifest:
    """What one scrub was. input, form: the list as it came.  outputs: part → file, sha256, bytes, rows.  counts: rows
    by fate; bytes: of those rows, which with the bytes before and behind the rows are exactly the list.  rules: rows
    by why.  notes: what a person should know of it."""

    name: str
    input: Mapping[str, Any]
    form: Mapping[str, Any]
    channels: Sequence[str]
    outputs: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, int]
    bytes: Mapping[str, int]
    rules: Mapping[str, int]
    held: Sequence[tuple[int, str]]
    compared: Mapping[str, int]
    unreadable: Sequence[str]
    ledger_number: int
    ledger_hash: str
    as_of: str
    day: str
    engine: str
    looks: str
    flagged: bool
    overrides: Mapping[str, str]
    notes: Sequence[str]


def document(manifest: ScrubManifest) -> dict[str, Any]:
    """The manifest as it is written and shown; a field is only ever added."""
    main = manifest.outputs.get("flagged" if manifest.flagged else "kept", {})
    return {
        "schema": SCHEMA,
        "kind": "scrub",
        "purpose": PURPOSE,
        "name": manifest.name,
        "file": main.get("file"),
        "sha256": main.get("sha256"),
        "input": dict(manifest.input),
        "form": dict(manifest.form),
        "channels": list(manifest.channels),
        "outputs": {part: dict(facts) for part, facts in manifest.outputs.items()},
        "rows": dict(manifest.counts),
        "bytes": dict(manifest.bytes),
        "rules": dict(manifest.rules),
        "held": [{"line": line, "why": why} for line, why in manifest.held[:MOST_HELD]],
        "compared_with": dict(manifest.compared),
        "not_comparable": list(manifest.unreadable),
        "ledger": {"number": manifest.ledger_number, "hash": manifest.ledger_hash},
        "as_of": manifest.as_of,
        "as_of_day": manifest.day or None,
        "engine": manifest.engine,
        "looks": manifest.looks,
        "flagged": manifest.flagged,
        "overrides": dict(manifest.overrides),
        "notes": list(manifest.notes),
    }


def to_json(manifest: ScrubManifest) -> str:
    """The manifest as a file."""
    return json.dumps(document(manifest), ensure_ascii=False, indent=2) + "\n"
