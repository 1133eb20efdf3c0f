"""`scrub`: a mailing list without the people who asked to be left alone; judged, guarded, recorded, then published.

The suppressions are read once, at one ledger head. No transaction is held while the list is read; the outputs lie under
hidden names until the scrub is recorded, and whoever asked meanwhile is told of."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from allegro_privacy.config import Settings
from allegro_privacy.core.columns import Columns
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files, guards, scrub_files, scrub_guards, scrub_pass
from allegro_privacy.lists.scrub import Engine, Fate
from allegro_privacy.lists.scrub_engines import AUTO, engine_named
from allegro_privacy.lists.scrub_list import MailingList, open_bytes
from allegro_privacy.lists.scrub_manifest import ScrubManifest, to_json
from allegro_privacy.lists.scrub_open import Source, from_path, from_stream
from allegro_privacy.lists.scrub_pass import Manner
from allegro_privacy.lists.scrub_pass import Progress as Progress
from allegro_privacy.lists.scrub_sniff import Wanted as Wanted
from allegro_privacy.lists.scrub_tables import TableList, open_table
from allegro_privacy.lists.scrub_write import Since, Sum, Written
from allegro_privacy.store import scrubs, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Head
from allegro_privacy.workflow import outgoing, scrub_plan, scrub_told
from allegro_privacy.workflow.scrub_plan import Loaded
from allegro_privacy.workflow.transaction import transact

# More would make one event a list of its own; the files of rows that went name all of them.
MOST_HITS = 200_000


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of `scrub`. file: None for `stream`.  name: what the office calls the mailing.  channels: empty for all
    that the columns allow.  day, as_of: the past day to compare as of, and its last moment.  check: write nothing."""

    file: Path | None
    stream: BinaryIO | None
    actor: str
    now: datetime
    name: str = ""
    out: Path | None = None
    channels: tuple[Channel, ...] = ()
    wanted: Wanted = field(default_factory=Wanted)
    layout: Path | None = None
    keep_looks: bool = False
    flag: bool = False
    check: bool = False
    day: str = ""
    as_of: datetime | None = None
    engine: str = AUTO
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A list that is opened and understood, and everybody it is to be compared with."""

    errand: Errand
    mailing: MailingList | TableList
    channels: tuple[Channel, ...]
    loaded: Loaded
    head: Head
    refused: tuple[guards.ExportRefusedError | None, ...]

    @property
    def columns(self) -> Columns:
        """The columns that are read."""
        return self.mailing.form.columns


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a scrub. files: what was written.  event: 0 when nothing was recorded.  newer: suppressions that
    came while it ran."""

    manifest: ScrubManifest
    sum: Sum
    files: tuple[Path, ...] = ()
    event: int = 0
    newer: int = 0

    @property
    def hits(self) -> int:
        """Rows of somebody who asked, surely or perhaps."""
        return self.sum.fates[Fate.DROP] + self.sum.fates[Fate.LOOK]


@contextmanager
def opened(database: Database, settings: Settings, errand: Errand) -> Iterator[Ready]:
    """Open the list and find its columns, before anything is done."""
    if errand.file is not None:
        yield _ready(database, settings, errand, from_path(errand.file))
    elif errand.stream is not None:
        with from_stream(errand.stream, database.path.parent) as source:
            yield _ready(database, settings, errand, source)


def _ready(database: Database, settings: Settings, errand: Errand, source: Source) -> Ready:
    mailing = opened_list(source, errand)
    if errand.flag and mailing.kind == "dbf":
        raise UsageError("A DBF file takes no further column.", "Its header fixes them.", "Save it as CSV for --flag.")
    columns = mailing.form.columns
    channels = tuple(channel for channel in errand.channels or columns.channels if channel in columns.channels)
    if not channels:
        raise scrub_told.no_columns(source.name, mailing.header, errand.channels)
    mailing = mailing.only(columns.only(channels))
    head = views.ledger_head(database)
    loaded = scrub_plan.load(database, channels, errand.as_of, head.number, scrub_told.algorithms(mailing))
    # The plan stays to the end: nobody need look through it again and again.
    gc.freeze()
    refused = (
        scrub_guards.missing_column(errand.channels, channels),
        None if errand.as_of else _stale(database, settings, errand),
    )
    return Ready(errand, mailing, channels, loaded, head, refused)


def opened_list(source: Source, errand: Errand) -> MailingList | TableList:
    """What a list is: a table of Excel or Parquet, else records that lie in bytes."""
    return open_table(source, errand.wanted) or open_bytes(source, errand.layout, errand.wanted)


def _stale(database: Database, settings: Settings, errand: Errand) -> guards.ExportRefusedError | None:
    last = outgoing.last_read(database, settings, views.status(database).last_pull)
    return guards.stale_database(last, errand.now, settings.export.max_age, settings.pull_command)


def run(
    database: Database, settings: Settings, ready: Ready, survey: Progress, progress: Progress, dry_run: bool = False
) -> Done:
    """Judge every row; write, guard, record and publish unless it is only a check."""
    engine = engine_named(ready.errand.engine)
    ready = replace(ready, errand=replace(ready.errand, engine=engine.name))
    ready = _surveyed(ready, engine, survey)
    if ready.errand.check or dry_run:
        found = scrub_pass.count(ready.mailing, engine, ready.loaded.plan, progress)
        if dry_run and not ready.errand.check:
            _guard(ready, found)
        return Done(scrub_told.manifest(ready, found, {}), found)
    _guard_before(ready)
    directory = (ready.errand.out or settings.export.directory).absolute()
    made = [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    scrub_files.recover(directory, scrubs.left(database), ready.errand.now)
    names = scrub_files.free_names(directory, *scrub_told.naming(ready, settings))
    try:
        done, parts = _prepare(database, settings, ready, engine, directory, names, progress)
    except BaseException:
        with suppress(OSError):
            scrub_files.discard(directory, names)
            for each in made:
                each.rmdir()
        raise
    written = scrub_files.publish(directory, names, parts)
    return replace(done, files=written, newer=scrubs.came_since(database, ready.head.number, ready.channels))


def _surveyed(ready: Ready, engine: Engine, progress: Progress) -> Ready:
    """The first reading, which only postal matching needs."""
    if Channel.POST not in ready.channels or not ready.loaded.plan.post.entries:
        return ready
    rows = scrub_pass.survey(ready.mailing, engine, ready.loaded.plan, progress)
    plan = scrub_plan.settled(ready.loaded.plan, rows)
    return replace(ready, loaded=replace(ready.loaded, plan=plan))


def _prepare(
    database: Database,
    settings: Settings,
    ready: Ready,
    engine: Engine,
    directory: Path,
    names: scrub_files.Names,
    progress: Progress,
) -> tuple[Done, tuple[str, ...]]:
    """Everything under hidden names, and recorded."""
    errand = ready.errand
    manner = Manner(_since(database, settings), errand.keep_looks, errand.flag)
    with files.opened_directory(directory) as opened_directory:
        place = (opened_directory, names)
        found, written = scrub_pass.write(ready.mailing, engine, ready.loaded.plan, place, manner, progress)
        files.refuse_without_links(opened_directory, names.hidden(manner.main))
        _guard(ready, found)
        manifest = scrub_told.manifest(ready, found, {one.part: _facts(one, names) for one in written})
        with files.new_file(opened_directory, names.hidden("manifest")) as file:
            file.write(to_json(manifest).encode())
    event = transact(database, lambda: _record(database, ready, found, manifest, names.token))
    return Done(manifest, found, event=event), (*(one.part for one in written), "manifest")


def _facts(one: Written, names: scrub_files.Names) -> dict[str, object]:
    return {"file": names.final(one.part), "sha256": one.sha256, "bytes": one.size}


def _since(database: Database, settings: Settings) -> Since:
    zone = ZoneInfo(settings.shop.time_zone)

    @lru_cache(maxsize=10_000)
    def told(suppression: int) -> str:
        return scrubs.since(database, suppression).astimezone(zone).date().isoformat()

    return told


def _guard_before(ready: Ready) -> None:
    """What can be refused before the list is read."""
    if refused := guards.refusals(ready.refused, ready.errand.overrides):
        raise outgoing.together(refused, "The list was not scrubbed: several guards refuse.")


def _guard(ready: Ready, found: Sum) -> None:
    gone = found.fates[Fate.DROP] + found.fates[Fate.HELD]
    gone += 0 if ready.errand.keep_looks else found.fates[Fate.LOOK]
    hits = found.fates[Fate.DROP] + found.fates[Fate.LOOK]
    refused = guards.refusals(
        (
            *ready.refused,
            scrub_guards.nothing_matched(found.records, hits, sum(ready.loaded.standing.values())),
            scrub_guards.too_many(found.records, gone),
        ),
        ready.errand.overrides,
    )
    if refused:
        raise outgoing.together(refused, "The list was not scrubbed: several guards refuse.")


def _record(database: Database, ready: Ready, found: Sum, manifest: ScrubManifest, token: str) -> int:
    errand = ready.errand
    main = manifest.outputs["flagged" if errand.flag else "kept"]
    hits = [(suppression, dropped, looked) for suppression, (dropped, looked) in sorted(found.hits.items())]
    content = {
        "name": errand.name,
        "file": ready.mailing.source.name,
        "sha256": ready.mailing.source.sha256,
        "kept_file": main["file"],
        "kept_sha256": main["sha256"],
        "channels": " ".join(ready.channels),
        "rows": found.records,
        "kept": found.fates[Fate.KEEP],
        "dropped": found.fates[Fate.DROP],
        "looked": found.fates[Fate.LOOK],
        "held": found.fates[Fate.HELD],
        "as_of": ready.head.number,
        "head": ready.head.hash,
        "day": errand.day,
        "flagged": int(errand.flag),
        "token": token,
        "override": " ".join(sorted(errand.overrides)),
        "reason": "; ".join(errand.overrides[option] for option in sorted(errand.overrides)),
        "engine": errand.engine,
        "hits_left_out": max(len(hits) - MOST_HITS, 0),
    }
    return scrubs.record_scrub(database, content, hits[:MOST_HITS], errand.actor, errand.now)
