"""Erasing: one person's words on their request, or whatever is kept no longer by the office's own rules."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allegro_privacy.config import Settings
from allegro_privacy.core.decision import Receipt
from allegro_privacy.core.retention import Retention
from allegro_privacy.lists import retention as old_lists
from allegro_privacy.lists import scrub_files
from allegro_privacy.store import journal, scrubs, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Cutoffs, Due, ErasurePlan, ErasureReceipt
from allegro_privacy.workflow.transaction import transact

# So many messages and cases in one transaction: others wait no longer than a few seconds.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What `erase --due` took (or would take). files: of the folder of exports; problems: those that are still there.
    more: the limit was reached, and a further run finds more."""

    text: tuple[int, ...]
    ignored: tuple[int, ...]
    cases: tuple[int, ...]
    kept_back: int
    events: int
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()
    more: bool = False


def plan(database: Database, settings: Settings, who: str) -> tuple[ErasurePlan, tuple[Path, ...]]:
    """What an erasure would take and what must stay; and the lists that still lie here and name the person."""
    found = views.erasure_plan(database, who)
    told = views.timeline(database, who)
    lists = (settings.export.directory / Path(export.file).name for export, _ in told.exports)
    return found, tuple(path for path in lists if path.is_file())


def erase(
    database: Database, who: str, reason: str, actor: str, now: datetime, dry_run: bool = False
) -> ErasureReceipt:
    """Remove what was recorded about one person; their suppressions go on matching by keyed hash."""
    receipt = transact(database, lambda: journal.erase(database, who, actor, now, reason), dry_run)
    if not dry_run:
        journal.compact(database)
    return receipt


def place_hold(database: Database, who: str, reason: str, actor: str, now: datetime, dry_run: bool = False) -> Receipt:
    """Nothing about this person goes from now on."""
    return transact(database, lambda: journal.place_hold(database, who, reason, actor, now), dry_run)


def release_hold(
    database: Database, who: str, reason: str, actor: str, now: datetime, dry_run: bool = False
) -> Receipt:
    """What was held about this person may go again."""
    return transact(database, lambda: journal.release_holds(database, who, reason, actor, now), dry_run)


def find_due(database: Database, settings: Settings, now: datetime, limit: int) -> Swept:
    """What is kept no longer, without taking it."""
    found = views.due(database, _cutoffs(settings.retention, now), limit)
    return _swept([found], len(found.events), _old_files(database, settings, now), limit)


def erase_due(database: Database, settings: Settings, actor: str, now: datetime, limit: int) -> Swept:
    """Take what is kept no longer, in batches that are each whole: stopped anywhere, the next run goes on there."""
    cutoffs, batches, events = _cutoffs(settings.retention, now), list[Due](), 0

    def step() -> Due:
        found = views.due(database, cutoffs, min(BATCH, limit - sum(map(_size, batches))))
        if found:
            journal.erase_due(database, found, actor, now)
        return found

    while sum(map(_size, batches)) < limit:
        found = transact(database, step)
        if not found:
            break
        batches.append(found)
        events += len(found.events)
    # Also what a run that was stopped had taken already.
    if views.needs_compacting(database):
        journal.compact(database)
    names = _old_files(database, settings, now)
    problems: tuple[str, ...] = ()
    if names:
        transact(database, lambda: journal.record_files_removed(database, names, actor, now))
        problems = old_lists.remove_files(settings.export.directory, names)
    return _swept(batches, events, names, limit, problems)


def _size(found: Due) -> int:
    return len(found.text) + len(found.ignored) + len(found.cases)


def _swept(
    batches: list[Due], events: int, names: tuple[str, ...], limit: int, problems: tuple[str, ...] = ()
) -> Swept:
    return Swept(
        text=tuple(one for batch in batches for one in batch.text),
        ignored=tuple(one for batch in batches for one in batch.ignored),
        cases=tuple(one for batch in batches for one in batch.cases),
        kept_back=sum(batch.kept_back for batch in batches),
        events=events,
        files=names,
        problems=problems,
        more=sum(map(_size, batches)) >= limit,
    )


def _cutoffs(kept: Retention, now: datetime) -> Cutoffs:
    return Cutoffs(kept.text.before(now), kept.ignored.before(now), kept.closed_cases.before(now))


def _old_files(database: Database, settings: Settings, now: datetime) -> tuple[str, ...]:
    directory = settings.export.directory
    before = settings.retention.lists.before(now), settings.retention.manifests.before(now)
    return (
        *old_lists.old_files(directory, views.exports(database), *before),
        *scrub_files.old_files(directory, scrubs.kept_files(database), *before),
    )
