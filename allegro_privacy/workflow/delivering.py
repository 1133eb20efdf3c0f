"""Delivery of lists: whatever left and is not confirmed yet is put on its recipient's server, read back, and recorded.

The export itself is the outbox: it says that it is to be delivered, in the transaction that records it. Killed between
the server and the record, the next run finds the same files there, and records them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allegro_privacy.config import Settings
from allegro_privacy.core.listing import Recipient
from allegro_privacy.errors import DeliveryError, PrivacyError
from allegro_privacy.lists import sftp
from allegro_privacy.lists.export import stem_of
from allegro_privacy.lists.files import hash_of, opened_directory
from allegro_privacy.lists.manifest import MANIFEST
from allegro_privacy.sources import secrets
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Export
from allegro_privacy.workflow.lock import alone_at
from allegro_privacy.workflow.outgoing import recover
from allegro_privacy.workflow.recipients import recipient_of
from allegro_privacy.workflow.transaction import transact

TURN = 10.0
"""Seconds to wait for another run that delivers to the same place."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One list, and how its delivery went. problem: why it is not confirmed, None when it is."""

    export: Export
    target: str
    problem: PrivacyError | None = None


def deliver(
    database: Database, settings: Settings, actor: str, clock: Callable[[], datetime], recipient: str = ""
) -> tuple[Delivered, ...]:
    """Try everything that waits, of one recipient or of all. A list that fails stays waiting, and stops no other."""
    # A run that was killed may have recorded a list whose files have no names yet.
    recover(database, settings.export.directory, clock())
    return tuple(_deliver(database, settings, each, actor, clock) for each in views.undelivered(database, recipient))


def _deliver(
    database: Database, settings: Settings, export: Export, actor: str, clock: Callable[[], datetime]
) -> Delivered:
    recipient = recipient_of(settings, export.recipient)
    url = recipient.deliver
    try:
        target = _target(recipient)
        files = _files_of(settings.export.directory, export)
        with alone_at(database.path, f"deliver {url}", TURN):
            if export in views.undelivered(database, export.recipient):
                sftp.put(target, files)
                sent = [(each.path.name, each.sha256) for each in files]
                transact(
                    database,
                    lambda: journal.record_delivered(database, export.event, url, sent, actor, clock()),
                )
    except PrivacyError as problem:
        return Delivered(export, url, problem)
    return Delivered(export, url)


def _target(recipient: Recipient) -> sftp.Target:
    if not recipient.deliver:
        raise DeliveryError(
            f"{recipient.name} is not delivered to any more.",
            f"[recipient.{recipient.name}] says no deliver.",
            "Send the list in another way; when they have applied it: allegro-privacy export ack",
        )
    what = f"The sign-in of {recipient.name}'s server"
    if recipient.deliver_password_file:
        password = secrets.from_file(Path(recipient.deliver_password_file), what)
        return sftp.Target(recipient.deliver, recipient.host_key, password=password)
    key_file = Path(recipient.deliver_key_file)
    # Only to refuse a key that others may read, as ssh does.
    secrets.private_bytes(key_file, what)
    return sftp.Target(recipient.deliver, recipient.host_key, key_file=key_file)


def _files_of(directory: Path, export: Export) -> list[sftp.Sending]:
    """What is sent of a list, as its manifest says: the manifest and its signature first, the list itself last."""
    manifest = directory / f"{stem_of(Path(export.file).name)}{MANIFEST}"
    try:
        said = json.loads(manifest.read_bytes())
    except OSError as problem:
        why = f"{manifest}: {problem.strerror}."
        raise DeliveryError("The files of that list are not here.", why, "Export a new list.") from problem
    if said["sha256"] != export.sha256:
        raise DeliveryError(f"{manifest} was altered.", "It is not what was recorded.", "Export a new list.")
    sent = [each.get("encrypted", each) for each in said["files"]]
    proof = [manifest.name, *([said["signature"]["file"]] if said.get("signature") else [])]
    with opened_directory(directory) as opened:
        hashes = [(name, hash_of(opened, name) or "") for name in proof]
    hashes += [(each["file"], each["sha256"]) for each in reversed(sent)]
    return [sftp.Sending(directory / Path(name).name, sha256) for name, sha256 in hashes]
