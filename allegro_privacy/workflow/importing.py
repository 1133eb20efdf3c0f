"""`import`: what was planned is recorded, batch by batch. A run that is killed and begun again goes on: rows that are
recorded are known by what they say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, Standing, Verdict
from allegro_privacy.core.imported import BadLine, Change, Line, message_of, reading_of
from allegro_privacy.core.message import Origin
from allegro_privacy.core.platforms import Means, Shape
from allegro_privacy.core.reading import Note
from allegro_privacy.errors import BusyError, DatabaseError, PrivacyError
from allegro_privacy.lists.bad_rows import BadRowsFile
from allegro_privacy.sources import import_files
from allegro_privacy.store import imports, journal, views
from allegro_privacy.workflow.import_lines import Step, lines
from allegro_privacy.workflow.import_plan import RECORDED, WISHES, Plan, Run, Tally, changed, id_of, keys_in
from allegro_privacy.workflow.keys import keys_of
from allegro_privacy.workflow.transaction import transact

BATCH_ROWS = 500


def bad_rows(path: Path | None) -> BadRowsFile:
    """Where the rows that cannot be used are written, for a person to mend; nowhere when no file is named."""
    return BadRowsFile(path)


def commit(run: Run, made: Plan, bad: BadRowsFile, step: Step) -> Tally:
    """Record what was planned, batch by batch; what another run recorded meanwhile is known. Returns what was done."""
    imports.widen_cache(run.database)
    done = Tally()
    for batch in _batches(lines(run.opened)):
        if not import_files.is_same(run.opened.examined):
            raise PrivacyError(
                f"{run.opened.examined.path.name} changed while it was read.",
                "What was recorded up to here stays.",
                "Run it again: it goes on, and nothing is doubled.",
            )
        for line in batch:
            if isinstance(line, BadLine):
                done.add_bad(line)
        _record(run, made, [line for line in batch if isinstance(line, Line)], done, bad)
        step(batch[-1].number)
    if done.to_record:
        transact(run.database, lambda: journal.record_import(run.database, _content(run, done), run.actor, run.clock()))
    return done


def _batches(found: Iterable[Line | BadLine]) -> Iterator[list[Line | BadLine]]:
    rows = iter(found)
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch


def _record(run: Run, made: Plan, batch: Sequence[Line], done: Tally, bad: BadRowsFile) -> None:
    """One transaction for all; when it fails, one for each, so that a bad row fails only itself."""
    if not batch:
        return
    try:
        now = run.clock()
        changes = transact(run.database, lambda: [_record_one(run, made, line, now) for line in batch])
    except (BusyError, DatabaseError, OSError):
        raise
    except Exception as error:  # noqa: BLE001  (one row may fail only itself)
        if len(batch) > 1:
            for line in batch:
                _record(run, made, [line], done, bad)
            return
        failed = BadLine(batch[0].number, f"it could not be recorded ({type(error).__name__})")
        done.add_bad(failed)
        bad.write(failed.number, failed.why, failed.raw)
        return
    for line, change in zip(batch, changes, strict=True):
        done.add(line, change, made.scanned(line, run.opened.shape))


def _record_one(run: Run, made: Plan, line: Line, now: datetime) -> Change:
    """Look up, decide and record: one row, inside the transaction of its batch."""
    if line.means is Means.NOTHING:
        return Change.IGNORED
    shape, database = run.opened.shape, run.database
    keys = keys_in(run, line)
    message_id = id_of(run, line, keys)
    change = changed(line, keys, views.known_row(database, message_id, keys, line.means in WISHES))
    if change not in RECORDED:
        return change
    message = message_of(line, shape, message_id, now)
    level = run.settings.shop.postal_level
    reading = reading_of(line, shape, change, made.scanned(line, shape), level, run.opened.version)
    decision = _told_by(shape, decide(reading, Standing(), run.house.policy))
    origin = Origin(f"import:{run.opened.examined.path.name}, ", f"line {line.number}", run.opened.examined.sha256)
    receipt = journal.record(
        database, message, line.said, origin, reading, decision, run.actor, now,
        effects=run.house.effects, keys_of=keys_of,
    )  # fmt: skip
    for address in reading.failed:
        journal.record_bounce(database, message_id, address, Note.HARD_BOUNCE in reading.notes, run.actor, now)
    return Change.ASK if receipt.verdict is Verdict.ASK else change


def _told_by(shape: Shape, decision: Decision) -> Decision:
    """Why it is accepted: the platform or the website says so, no program weighed any words."""
    reason = f"{shape.title} says so"
    judged = tuple(replace(one, reason=reason) if one.verdict is Verdict.ACCEPT else one for one in decision.requests)
    return replace(decision, requests=judged)


def _content(run: Run, done: Tally) -> dict[str, object]:
    """What the last event of an import says: the file, how it was read, what its rows did. No person is in it."""
    examined = run.opened.examined
    return {
        "file": examined.path.name,
        "sha256": examined.sha256,
        "format": run.opened.shape.platform,
        "version": run.opened.version,
        "rows": done.rows,
        "changes": {change.value: done.changes[change] for change in Change},
        "bad": done.bad_count,
        "flagged": dict(done.flagged),
    }
