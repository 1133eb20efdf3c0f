"""One pass over an opened list: to survey it, to count, or to write what is left of it."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allegro_privacy.core.matching import Row
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists import scrub_tables
from allegro_privacy.lists.scrub import BLOCK, Engine, Fate, judged, surveyed
from allegro_privacy.lists.scrub_files import Names
from allegro_privacy.lists.scrub_list import MailingList
from allegro_privacy.lists.scrub_manner import Manner as Manner
from allegro_privacy.lists.scrub_open import CHUNK
from allegro_privacy.lists.scrub_tables import TableList
from allegro_privacy.lists.scrub_write import Count, Flagged, Outputs, Partition, Sink, Sum, Written, outputs

Bytes = Callable[[int], None]
"""Told how many bytes more of the list, as it came, were read."""
Rows = Callable[[int], None]
"""Told how many rows more were done."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how far a pass is."""

    bytes: Bytes = lambda _: None
    rows: Rows = lambda _: None


def survey(
    mailing: MailingList | TableList, engine: Engine, plan: ScrubPlan, progress: Progress, block: int = BLOCK
) -> Iterator[Row]:
    """What a first reading tells postal matching."""
    if isinstance(mailing, TableList):
        yield from scrub_tables.survey(mailing, engine, plan)
        return
    with mailing.records(progress.bytes) as body:
        yield from surveyed(body, engine, mailing.form, plan, block)


def count(
    mailing: MailingList | TableList, engine: Engine, plan: ScrubPlan, progress: Progress, block: int = BLOCK
) -> Sum:
    """What a scrub would do, without writing anything."""
    if isinstance(mailing, TableList):
        return scrub_tables.judge(mailing, engine, plan, scrub_tables.Nothing(), progress.rows)
    return _drive(mailing, engine, plan, Count(mailing.head), progress, block)


def write(
    mailing: MailingList | TableList,
    engine: Engine,
    plan: ScrubPlan,
    place: tuple[int, Names],
    manner: Manner,
    progress: Progress,
    block: int = BLOCK,
) -> tuple[Sum, tuple[Written, ...]]:
    """Write all outputs under hidden names. place: the open directory and the names."""
    with outputs(*place, manner.main, mailing.source.packing) as made:
        if isinstance(mailing, TableList):
            into = scrub_tables.writer(mailing, made, manner)
            done = scrub_tables.judge(mailing, engine, plan, into, progress.rows)
        else:
            done = _written(mailing, engine, plan, made, manner, progress, block)
    return done, made.written()


def _written(
    mailing: MailingList,
    engine: Engine,
    plan: ScrubPlan,
    made: Outputs,
    manner: Manner,
    progress: Progress,
    block: int,
) -> Sum:
    sink = _sink(mailing, made, manner)
    done = _drive(mailing, engine, plan, sink, progress, block)
    if mailing.kind == "dbf":
        made.kept.write(_tail(mailing))
        kept = done.fates[Fate.KEEP] + (done.fates[Fate.LOOK] if manner.keep_looks else 0)
        made.patch(4, struct.pack("<L", kept))
    return done


def _sink(mailing: MailingList, made: Outputs, manner: Manner) -> Sink:
    if manner.flag:
        return Flagged(made, mailing.form, mailing.head)
    return Partition(made, mailing.form, mailing.head, manner.since, manner.keep_looks)


def _drive(mailing: MailingList, engine: Engine, plan: ScrubPlan, sink: Sink, progress: Progress, block: int) -> Sum:
    with mailing.records(progress.bytes) as body:
        for raw, found in judged(body, engine, mailing.form, plan, block):
            sink.take(raw, found)
            progress.rows(found.records)
    return sink.sum


def _tail(mailing: MailingList) -> bytes:
    """What stands behind the last record, which no record's bytes tell."""
    behind = len(mailing.head.raw) + (mailing.size or 0)
    with mailing.source.body() as body:
        while behind and (passed := len(body.read(min(behind, CHUNK)))):
            behind -= passed
        return body.read(mailing.tail) if mailing.tail else b""
