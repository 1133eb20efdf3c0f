"""A manifest that was kept elsewhere, held against what was recorded when its list left."""

import json
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

from allegro_privacy.errors import UsageError
from allegro_privacy.lists import signing
from allegro_privacy.store import scrubs, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Export, Head, Problem


def read(manifest: Path) -> Mapping[str, Any]:
    """What a manifest says; an UsageError when it is none."""
    try:
        content = manifest.read_bytes()
        document: dict[str, Any] = _of_page(content) or json.loads(content)
        head_in(document)
    except OSError as error:
        raise UsageError(f"The manifest {manifest} cannot be read.", f"{error.strerror}.", "Check the path.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            what=f"{manifest} is not a manifest.",
            why="It holds no ledger head (ledger.number and ledger.hash).",
            fix="Give the .manifest.json file that lies beside an exported list, or a report (--json, --html).",
        ) from error
    return document


def _of_page(content: bytes) -> dict[str, Any] | None:
    """What a report's page says of the ledger, as a report in JSON says it; None when it is no page of ours."""
    from allegro_privacy.reports import html  # only a page needs it

    head = html.head_in(content) if content.startswith(html.BEGINNING) else None
    return None if head is None else {"figures": [], "ledger": {"number": head[0], "hash": head[1]}}


def head_in(document: Mapping[str, Any]) -> Head:
    """The ledger head that a manifest or a report carries."""
    head = document["ledger"]
    return Head(number=int(head["number"]), hash=str(head["hash"]))


def disagreements(
    database: Database, manifest: Path, document: Mapping[str, Any], allowed_signers: Path | None = None
) -> list[Problem]:
    """Where a manifest, or the list beside it, is not what was recorded. allowed_signers: the manifest of a list must
    be signed by one of them.

    A report or a ping names no list, only a head."""
    if "figures" in document or "ping" in document:
        return []
    file, sha256 = str(document.get("file", "")), str(document.get("sha256", ""))
    if document.get("kind") == "scrub":
        return _disagreements_of_scrub(database, manifest, document)
    recorded = views.recorded_export(database, file, sha256)
    if recorded is None:
        return [Problem("manifest", 0, f"no list was recorded to have left as {file or 'a file without a name'}")]
    sealed = (content_of(database, recorded.event) or {}).get("sealed", [])
    beside = [(recorded.file, recorded.sha256), *sealed]
    altered = [
        problem
        for name, known in beside
        for problem in _altered_list(manifest.parent / Path(name).name, recorded.event, known)
    ]
    unsigned = _unsigned(manifest, recorded.event, allowed_signers) if allowed_signers else []
    return [*_altered(document, recorded), *altered, *unsigned]


def _unsigned(manifest: Path, event: int, allowed: Path) -> list[Problem]:
    """What is wrong with a manifest's signature, or that it has none."""
    signature = manifest.with_name(f"{manifest.name}{signing.ENDING}")
    if not signature.is_file():
        return [Problem("manifest", event, f"it is not signed: there is no {signature.name} beside it")]
    try:
        signing.check(manifest.read_bytes(), signature, allowed)
    except signing.BadSignatureError as problem:
        return [Problem("manifest", event, f"{signature.name}: {problem.what}")]
    return []


def _altered(document: Mapping[str, Any], recorded: Export) -> list[Problem]:
    kept = {
        "file": recorded.file,
        "sha256": recorded.sha256,
        "channel": recorded.channel.value,
        "recipient": recorded.recipient,
        "rows": recorded.rows,
        "ledger.number": recorded.as_of,
    }
    said = {**document, "ledger.number": head_in(document).number}
    return [
        Problem("manifest", recorded.event, f"{name} is {_shown(said.get(name))}, recorded was {_shown(value)}")
        for name, value in kept.items()
        if said.get(name) != value
    ]


def _disagreements_of_scrub(database: Database, manifest: Path, document: Mapping[str, Any]) -> list[Problem]:
    file, sha256 = str(document.get("file", "")), str(document.get("sha256", ""))
    recorded = scrubs.recorded_scrub(database, file, sha256)
    if recorded is None:
        return [Problem("manifest", 0, f"no scrub was recorded to have left {file or 'a file without a name'}")]
    said: dict[str, Any] = {"input": document.get("input", {}).get("sha256"), "ledger.number": head_in(document).number}
    said |= {"file": file, "sha256": sha256, "name": document.get("name")}
    kept: dict[str, Any] = {"file": recorded.kept_file, "sha256": recorded.kept_sha256, "input": recorded.sha256}
    kept |= {"name": recorded.name, "ledger.number": recorded.as_of}
    altered = [
        Problem("manifest", recorded.event, f"{name} is {_shown(said.get(name))}, recorded was {_shown(value)}")
        for name, value in kept.items()
        if said.get(name) != value
    ]
    listed = manifest.parent / Path(recorded.kept_file).name
    return [*altered, *_altered_list(listed, recorded.event, recorded.kept_sha256)]


def _shown(value: object) -> str:
    return "missing" if value is None else str(value)


def _altered_list(listed: Path, event: int, sha256: str) -> list[Problem]:
    """The list itself, when it still lies beside its manifest."""
    try:
        with listed.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [Problem("list", event, f"{listed} cannot be read: {error.strerror}")]
    if found == sha256:
        return []
    return [Problem("list", event, f"{listed} was altered: its SHA-256 is {found}, not {sha256}")]
