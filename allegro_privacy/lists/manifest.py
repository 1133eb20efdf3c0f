"""The proof that lies beside each list that left: what it holds, from which state of the ledger, and what it is for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allegro_privacy.core.listing import Change
from allegro_privacy.core.moments import utc_text
from allegro_privacy.lists.hashing import NORMALISATION
from allegro_privacy.lists.layouts import Format, Layout, Reader
from allegro_privacy.lists.plan import Plan, Previous
from allegro_privacy.lists.rows import Written
from allegro_privacy.lists.signing import ENDING, NAMESPACE

SCHEMA = 1
MANIFEST = ".manifest.json"
# 15 USC 7704(a)(4)(A)(iv): an address that opted out may be handed on for no other purpose than to comply.
PURPOSE = "suppression only"
REMINDERS = (
    "Do not run this list through change-of-address processing or address hygiene: altered, it no longer matches.",
    "Apply it before the presort, to every merge, late additions included.",
    "Do not mail, sell, rent or merge these people into any other list.",
)
RECEIPT = (
    "Please tell us that you have applied it: how many rows, and of those that you could not apply the row id and why "
    "(a CSV with the columns row_id and code will do)."
)
_ADDRESSES = {
    "email": "e-mail addresses trimmed and lower-cased, internationalised domains as ASCII",
    "phone": "phone numbers with + and country code",
    "post": "postal addresses in the manner of USPS Publication 28, ordinary case; as_given is what the customer wrote",
}


@dataclass(frozen=True, slots=True)
class FileOf:
    """One file for the recipient. sealed: the encrypted file, which is the one that is sent, and its SHA-256; "" when
    it is not encrypted."""

    file: str
    rows: int
    sha256: str
    sealed: str = ""
    sealed_sha256: str = ""

    @property
    def sent(self) -> tuple[str, str]:
        """The file that is sent, and its SHA-256."""
        return (self.sealed, self.sealed_sha256) if self.sealed else (self.file, self.sha256)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one export is. file, sha256: the list's first file.  rows: people in all its files; removals: who comes off
    again; held: rows kept out, by reason; erased: people of whom only a keyed hash is left, so that they are matched
    here but cannot be listed; left_out: those beyond the recipient's levels.  cut: values that were shortened.  The
    ledger's head is the one that the list was read from: later than the last event it includes, earlier than the event
    that records the export.  encrypted_to: the recipient's key, when what is sent is encrypted.  signature: the file
    that signs this one."""

    file: str
    sha256: str
    files: tuple[FileOf, ...]
    channel: str
    recipient: str
    purpose: str
    sequence: int
    change: Change
    after: int
    previous: Previous | None
    layout: str
    layout_version: int
    format: Mapping[str, Any]
    columns: tuple[str, ...]
    normalisation: str
    rows: int
    removals: int
    levels: Mapping[str, int]
    held: Mapping[str, int]
    held_file: str
    cut: Mapping[str, int]
    left_out: Mapping[str, int]
    erased: int
    ledger_number: int
    ledger_hash: str
    as_of: datetime
    rules: str
    policy: str
    overrides: Mapping[str, str] = field(default_factory=dict)
    encrypted_to: str = ""
    signature: str = ""


def of_plan(plan: Plan, listed: Written, removed: Written, files: tuple[FileOf, ...]) -> Manifest:
    """The manifest of what was written."""
    layout = plan.layout
    return Manifest(
        file=files[0].file,
        sha256=files[0].sha256,
        files=files,
        channel=plan.channel.value,
        recipient=plan.recipient.name,
        purpose=plan.recipient.purpose,
        sequence=plan.sequence,
        change=plan.change,
        after=plan.after,
        previous=plan.previous,
        layout=layout.name,
        layout_version=layout.version,
        format=_format(layout),
        columns=tuple(column.name for column in layout.columns),
        normalisation=_normalisation(plan),
        rows=listed.rows,
        removals=removed.rows,
        levels=dict(sorted(listed.levels.items())),
        held=dict(sorted(listed.held.items())),
        held_file=f"{plan.stem}.held.csv" if listed.held else "",
        cut=dict(sorted(listed.cut.items())),
        left_out=dict(sorted(plan.left_out.items())),
        erased=listed.erased,
        ledger_number=plan.ledger_number,
        ledger_hash=plan.ledger_hash,
        as_of=plan.as_of,
        rules=plan.rules,
        policy=plan.policy,
        overrides=plan.overrides,
        encrypted_to=plan.seal.to if plan.seal else "",
        signature=f"{plan.stem}{MANIFEST}{ENDING}" if plan.sign_with else "",
    )


def _format(layout: Layout) -> dict[str, Any]:
    said: dict[str, Any] = {
        "format": layout.format.value,
        "encoding": layout.encoding.upper(),
        "header": layout.header,
        "reader": layout.reader.value,
    }
    if layout.format is Format.CSV:
        said |= {"delimiter": layout.delimiter, "quoting": "RFC 4180"}
    if layout.format in (Format.CSV, Format.FIXED):
        said["line_ends"] = {"\r\n": "CRLF", "\n": "LF"}.get(layout.line_end, layout.line_end)
    if layout.format is Format.FIXED:
        said["widths"] = [column.width for column in layout.columns]
    if layout.format is Format.CSV and layout.reader is Reader.SPREADSHEET:
        said["altered"] = "a ' stands before cells that a spreadsheet would run; what cannot be seen is an escape"
    return said


def _normalisation(plan: Plan) -> str:
    if not plan.layout.hashed:
        return _ADDRESSES[plan.channel.value]
    return f"{plan.recipient.hash} of the {plan.channel.value}, {NORMALISATION[plan.channel.value]}"


def how_to_apply(manifest: Manifest) -> str:
    """What the recipient does with it, in one sentence."""
    off = " Take off those in the removals file first." if manifest.removals else ""
    if manifest.change is Change.DELTA:
        return f"Apply {manifest.sequence} after {manifest.after}: add these rows to what you hold.{off}"
    return f"Number {manifest.sequence} is complete: it replaces every earlier list of ours.{off}"


def _file(one: FileOf) -> dict[str, Any]:
    said = {"file": one.file, "rows": one.rows, "sha256": one.sha256}
    return {**said, "encrypted": {"file": one.sealed, "sha256": one.sealed_sha256}} if one.sealed else said


def to_json(manifest: Manifest) -> str:
    """The manifest as it is written; a field is only ever added."""
    return json.dumps(document(manifest), ensure_ascii=False, indent=2) + "\n"


def document(manifest: Manifest) -> dict[str, Any]:
    """The manifest as JSON values."""
    previous = manifest.previous
    return {
        "schema": SCHEMA,
        "purpose": PURPOSE,
        "what_for": manifest.purpose,
        "how_to_apply": how_to_apply(manifest),
        "reminders": list(REMINDERS),
        "receipt": RECEIPT,
        "file": manifest.file,
        "sha256": manifest.sha256,
        "files": [_file(one) for one in manifest.files],
        "encrypted_to": manifest.encrypted_to or None,
        "signature": {"file": manifest.signature, "namespace": NAMESPACE} if manifest.signature else None,
        "channel": manifest.channel,
        "recipient": manifest.recipient,
        "sequence": manifest.sequence,
        "change": manifest.change.value,
        "after": manifest.after or None,
        "previous": previous and {"sequence": previous.sequence, "file": previous.file, "sha256": previous.sha256},
        "rows": manifest.rows,
        "removals": manifest.removals,
        "levels": dict(manifest.levels),
        "held": {
            "rows": sum(manifest.held.values()),
            "reasons": dict(manifest.held),
            "file": manifest.held_file or None,
        },
        "cut": dict(manifest.cut),
        "left_out": dict(manifest.left_out),
        "erased": manifest.erased,
        "layout": {"name": manifest.layout, "version": manifest.layout_version},
        "columns": list(manifest.columns),
        "format": dict(manifest.format),
        "normalisation": manifest.normalisation,
        "ledger": {"number": manifest.ledger_number, "hash": manifest.ledger_hash},
        "as_of": utc_text(manifest.as_of),
        "rules": manifest.rules,
        "policy": manifest.policy,
        "overrides": dict(manifest.overrides),
    }
