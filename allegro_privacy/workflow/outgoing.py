"""Lists that leave: prepared, guarded, recorded and only then published, all in one go or not at all."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from allegro_privacy.config import Settings
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import GuardError
from allegro_privacy.lists import export as lists
from allegro_privacy.lists import guards
from allegro_privacy.lists.manifest import Manifest, to_json
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.pulls import last_good_pull
from allegro_privacy.store.rows import Export, Head, Pull
from allegro_privacy.workflow.transaction import transact

LAYOUT = "plain"


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of `export`: to whom, which channels (empty: those in use), which guards are overridden and why."""

    recipient: str
    rules: str
    actor: str
    now: datetime
    channels: tuple[Channel, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """One list that left (or would have): its manifest and where its files lie."""

    manifest: Manifest
    files: tuple[Path, ...]

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {"files": [str(each) for each in self.files], "manifest": json.loads(to_json(self.manifest))}


def export(database: Database, settings: Settings, errand: Errand) -> tuple[Left, ...]:
    """Write the list of each channel with its manifest. A guard that refuses one list keeps all of them here."""
    directory = settings.export.directory
    # A recipient that cannot be a file's name is refused before any guard is asked.
    _ = _plan(settings, errand, Channel.EMAIL, Head(0, ""), None).stem
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not errand.dry_run:
        recover(database, directory, errand.now)
    prepared: list[lists.Prepared] = []
    try:
        transact(database, lambda: _prepare_all(database, settings, errand, prepared), errand.dry_run)
    except BaseException:
        _discard(prepared, missing)
        raise
    if errand.dry_run:
        _discard(prepared, missing)
        return tuple(Left(each.manifest, ()) for each in prepared)
    return tuple(Left(each.manifest, lists.publish(each)) for each in prepared)


def recover(database: Database, directory: Path, now: datetime) -> lists.Recovery:
    """Publish what a killed run had recorded but not yet named."""
    return lists.recover(directory, [(each.file, each.sha256) for each in views.status(database).exports], now)


def _discard(prepared: Sequence[lists.Prepared], directories: Sequence[Path]) -> None:
    """Take back what was prepared, and the directories made for it, innermost first, unless another run uses them."""
    for each in prepared:
        with suppress(OSError):
            lists.discard(each)
    with suppress(OSError):
        for made in directories:
            made.rmdir()


def _prepare_all(database: Database, settings: Settings, errand: Errand, prepared: list[lists.Prepared]) -> None:
    """Inside one transaction, so that nobody else takes the same numbers and the lists agree with the ledger."""
    prepared.clear()
    head = views.ledger_head(database)
    status = views.status(database)
    channels = errand.channels or _in_use(status.suppressed, status.exports, errand.recipient)
    read = last_read(database, settings, status.last_pull)
    found = [
        guards.stale_database(read, errand.now, settings.export.max_age, settings.pull_command),
        guards.failed_verify(problem.words for problem in views.verify(database)),
        None if channels else guards.empty_list(0),
    ]
    for channel in channels:
        before = views.last_export(database, errand.recipient, channel)
        plan = _plan(settings, errand, channel, head, before)
        prepared.append(lists.prepare(views.suppressions(database, channel), plan, settings.export.directory))
        rows = prepared[-1].manifest.rows
        found += [
            guards.empty_list(rows),
            guards.shrunk_list(rows, before.rows if before else None, settings.export.max_shrink),
            guards.erased_people(
                views.erased_since(database, channel, before.as_of if before else 0), before.file if before else ""
            ),
        ]
    refused = guards.refusals(found, errand.overrides)
    if refused:
        raise together(refused)
    for each in prepared:
        _record(database, each.manifest, head, errand)


def last_read(database: Database, settings: Settings, last_pull: Pull | None) -> datetime | None:
    """When the mailbox that was left alone the longest was read; None when one never was."""
    if not settings.mailboxes:
        return last_pull.at if last_pull else None
    read = [last_good_pull(database, mailbox.source).at for mailbox in settings.mailboxes]
    return min((at for at in read if at), default=None) if all(read) else None


def _in_use(suppressed: Mapping[str, int], exports: Sequence[Export], recipient: str) -> tuple[Channel, ...]:
    """The channels that have a list, or had one that this recipient still uses."""
    sent = {each.channel for each in exports if each.recipient == recipient}
    return tuple(channel for channel in Channel if suppressed.get(channel) or channel in sent)


def together(
    refused: Sequence[guards.ExportRefusedError], what: str = "No list was written: several guards refuse."
) -> GuardError:
    """One error for all refusals, so that nobody has to find them one run at a time."""
    if len(refused) == 1:
        return refused[0]
    return GuardError(
        what=what,
        why="\n".join(f"{each.what} {each.why}" for each in refused),
        fix="\n".join(dict.fromkeys(each.fix for each in refused)),
    )


def _plan(settings: Settings, errand: Errand, channel: Channel, head: Head, before: Export | None) -> lists.Plan:
    return lists.Plan(
        channel=channel,
        recipient=errand.recipient,
        day=errand.now.astimezone(ZoneInfo(settings.shop.time_zone)).date(),
        as_of=errand.now,
        ledger_number=head.number,
        ledger_hash=head.hash,
        rules=errand.rules,
        policy=settings.shop.policy_version,
        previous=lists.previous_of(before.file, before.sha256) if before else None,
        overrides=errand.overrides,
    )


def _record(database: Database, manifest: Manifest, head: Head, errand: Errand) -> None:
    journal.record_export(
        database,
        recipient=errand.recipient,
        channel=manifest.channel,
        layout=LAYOUT,
        file=manifest.file,
        sha256=manifest.sha256,
        rows=manifest.rows,
        as_of=head.number,
        head=head.hash,
        actor=errand.actor,
        now=errand.now,
        override=" ".join(sorted(errand.overrides)),
        reason="; ".join(errand.overrides[option] for option in sorted(errand.overrides)),
    )
