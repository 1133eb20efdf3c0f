"""Lists that leave: prepared, guarded, recorded and only then published, all in one go or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.listing import Change, Decoy, Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import GuardError, UsageError
from allegro_privacy.lists import export as lists
from allegro_privacy.lists import guards, layouts
from allegro_privacy.lists.layouts import Layout
from allegro_privacy.lists.manifest import Manifest, document, how_to_apply
from allegro_privacy.lists.plan import Plan, refuse_unfit_name
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.pulls import last_good_pull
from allegro_privacy.store.rows import Export, Head, Pull
from allegro_privacy.workflow import decoys, outgoing_plan, restored
from allegro_privacy.workflow.outgoing_plan import Errand as Errand
from allegro_privacy.workflow.recipients import layout_of, recipient_of
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Left:
    """One list that left (or would have): its manifest and where its files lie."""

    manifest: Manifest
    files: tuple[Path, ...]

    @property
    def how_to_apply(self) -> str:
        """What the recipient does with it, in a sentence."""
        return how_to_apply(self.manifest)

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {"files": [str(each) for each in self.files], "manifest": document(self.manifest)}


@dataclass(slots=True)
class Outcome:
    """What one call did. told: what the person should know besides, such as that nothing has changed."""

    left: tuple[Left, ...] = ()
    told: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    """What is prepared so far, inside the transaction."""

    prepared: list[lists.Prepared] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def export(database: Database, settings: Settings, errand: Errand) -> Outcome:
    """Write each list with its manifest. A guard that refuses one list keeps all of them here."""
    directory = settings.export.directory
    refuse_unfit_name(errand.recipient)
    recipient = recipient_of(settings, errand.recipient)
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not errand.dry_run:
        recover(database, directory, errand.now)
    work = _Work()
    try:
        transact(database, lambda: _prepare_all(database, settings, errand, recipient, work), errand.dry_run)
    except BaseException:
        _discard(work.prepared, missing)
        raise
    if errand.dry_run:
        _discard(work.prepared, missing)
        return Outcome(tuple(Left(each.manifest, ()) for each in work.prepared), work.told)
    return Outcome(tuple(Left(each.manifest, lists.publish(each)) for each in work.prepared), work.told)


def recover(database: Database, directory: Path, now: datetime) -> lists.Recovery:
    """Publish what a killed run had recorded but not yet named."""
    return lists.recover(directory, [(each.file, each.sha256) for each in views.exports(database)], now)


def _discard(prepared: Sequence[lists.Prepared], directories: Sequence[Path]) -> None:
    """Take back what was prepared, and the directories made for it, innermost first, unless another run uses them."""
    for each in prepared:
        with suppress(OSError):
            lists.discard(each)
    with suppress(OSError):
        for made in directories:
            made.rmdir()


def _prepare_all(database: Database, settings: Settings, errand: Errand, recipient: Recipient, work: _Work) -> None:
    """Inside one transaction, so that nobody else takes the same numbers and the lists agree with the ledger."""
    for given_up in work.prepared:
        lists.discard(given_up)
    work.prepared.clear()
    work.told.clear()
    head, status = views.ledger_head(database), views.status(database)
    wanted = _layouts(settings, errand, recipient, status.suppressed, status.exports)
    read = last_read(database, settings, status.last_pull)
    forgotten = restored.look(database, settings)
    found = [
        guards.stale_database(read, errand.now, settings.export.max_age, settings.pull_command),
        restored.guard(database, settings, forgotten),
        guards.failed_verify(problem.words for problem in views.verify(database)),
        None if wanted else guards.empty_list(0),
    ]
    seeded: list[tuple[lists.Prepared, tuple[Decoy, ...]]] = []
    for layout in wanted:
        plan = outgoing_plan.plan(database, settings, errand, recipient, layout, head, work.told)
        plan = restored.continued(plan, forgotten, work.told)
        since = outgoing_plan.since_event(database, plan)
        seeds = decoys.make(database, settings, plan, since)
        prepared = _prepare(database, settings, plan, since, seeds)
        if plan.change is Change.DELTA and not prepared.people(seeds) and not prepared.manifest.removals:
            lists.discard(prepared)
            work.told.append(f"Nothing has changed for {recipient.name} ({layout.channel}) since {plan.after}.")
            continue
        work.prepared.append(prepared)
        seeded.append((prepared, seeds))
        found += _guards_of(database, settings, plan, prepared.people(seeds))
    if refused := guards.refusals(found, errand.overrides):
        raise together(refused)
    for prepared, seeds in seeded:
        _record(database, recipient, prepared, seeds, head, errand)


def _layouts(
    settings: Settings,
    errand: Errand,
    recipient: Recipient,
    suppressed: Mapping[str, int],
    exports: Sequence[Export],
) -> tuple[Layout, ...]:
    """The layouts that this recipient gets: the configured one, or the plain list of each channel in use."""
    if recipient.layout:
        layout = layout_of(settings, recipient)
        if errand.channels and layout.channel not in errand.channels:
            raise UsageError(
                f"{recipient.name} gets no list for {errand.channels[0]}.",
                f"Its layout in the configuration, {layout.name}, is for {layout.channel}.",
                "Leave --channel out, or name another recipient with --to.",
            )
        return (layout,)
    channels = errand.channels or _in_use(suppressed, exports, recipient.name)
    known = tables.layouts(settings.overrides)
    return tuple(layouts.load(name, known[name]) for name in (f"plain-{channel}" for channel in channels))


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


def _prepare(database: Database, settings: Settings, plan: Plan, since: int, seeds: Sequence[Decoy]) -> lists.Prepared:
    held = views.last_acknowledged(database, plan.recipient.name, plan.channel) or views.last_export(
        database, plan.recipient.name, plan.channel
    )
    entries = views.listed(database, plan.channel, plan.recipient.levels, after=since)
    if seeds:
        entries = decoys.among(entries, seeds)
    removals = views.removed(database, plan.channel, since or (held.as_of if held else 0))
    return lists.prepare(entries, plan, settings.export.directory, removals)


def _guards_of(
    database: Database, settings: Settings, plan: Plan, people: int
) -> Iterator[guards.ExportRefusedError | None]:
    stops_all = plan.layout.account_wide or "*" in plan.recipient.values.values()
    yield guards.account_wide(plan.layout.title, stops_all)
    if plan.change is Change.DELTA:
        # Whoever applies it keeps what they hold, also of people who were erased.
        return
    before = views.last_export(database, plan.recipient.name, plan.channel)
    full = views.last_export(database, plan.recipient.name, plan.channel, full=True)
    yield guards.empty_list(people)
    yield guards.shrunk_list(people, _people_in(database, full), settings.export.max_shrink)
    erased = views.erased_since(database, plan.channel, before.as_of if before else 0)
    yield guards.erased_people(erased, before.file if before else "")


def _people_in(database: Database, full: Export | None) -> int | None:
    """How many people a list held, decoys aside."""
    return full.rows - len(views.rows_of_decoys(database, full.event)) if full else None


def _record(
    database: Database,
    recipient: Recipient,
    prepared: lists.Prepared,
    seeds: Sequence[Decoy],
    head: Head,
    errand: Errand,
) -> None:
    manifest = prepared.manifest
    left_out = views.events_left_out(database, Channel(manifest.channel), recipient.levels)
    base = manifest.after and views.numbered_export(
        database, manifest.recipient, Channel(manifest.channel), manifest.after
    )
    content: dict[str, Any] = {
        "recipient": manifest.recipient, "channel": manifest.channel, "layout": manifest.layout,
        "layout_version": manifest.layout_version, "file": manifest.file, "sha256": manifest.sha256,
        "files": [[each.file, each.rows, each.sha256] for each in manifest.files], "rows": manifest.rows,
        "sealed": [[each.sealed, each.sealed_sha256] for each in manifest.files if each.sealed],
        "removals": manifest.removals, "levels": dict(manifest.levels), "as_of": head.number, "head": head.hash,
        "change": manifest.change.value, "sequence": manifest.sequence, "after": manifest.after,
        "since_event": base.as_of if base else 0, "held": [*prepared.held, *left_out],
        "override": " ".join(sorted(errand.overrides)),
        "reason": "; ".join(errand.overrides[option] for option in sorted(errand.overrides)),
    }  # fmt: skip
    previous = manifest.previous
    if previous and not views.recorded_export(database, previous.file, previous.sha256):
        # Why the numbers jump.
        content["forgotten"] = previous.file
    if recipient.deliver:
        # Where to is told when it arrived: customers who ask for proof are shown this event.
        content["deliver"] = True
    event = journal.record_export(database, content, errand.actor, errand.now).events[0]
    decoys.record(database, event, seeds, prepared.held, errand.actor, errand.now)
