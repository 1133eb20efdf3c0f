"""What a pull fetched, batch by batch: tried, judged, recorded. A message may fail only itself; nothing is ever lost.

A batch is parsed and classified outside any transaction; looking up, deciding and recording share one. Attempts are
committed before parsing, so that a message which kills the program is found on the next run (see `attempts`)."""

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from allegro_privacy.core.account import PATIENCE, Filing, Patience, read_locator
from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.message import Message, Origin, RawMessage
from allegro_privacy.core.reading import Note, Reading
from allegro_privacy.errors import BusyError, DatabaseError, SourceError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.workflow import attempts, decoys
from allegro_privacy.workflow.judge import Clock, Judge, Judged, Outcome, Unread, failed_words, read
from allegro_privacy.workflow.keys import keys_in, keys_of
from allegro_privacy.workflow.transaction import transact

BATCH_MESSAGES = 200
BATCH_BYTES = 8 * 1024 * 1024
BATCH_SECONDS = 1.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Run:
    """One pull: with what, into which database, by whom; `clock` tells the time of each recording.

    filing: what is done in the mailbox that is being read with mail that was recorded.  since: older mail on servers is
    left alone.  patience: how long to wait for a server."""

    judge: Judge
    database: Database
    actor: str
    clock: Clock
    dry_run: bool = False
    filing: Mapping[Verdict, Filing] = field(default_factory=dict)
    since: datetime | None = None
    patience: Patience = PATIENCE

    def transact(self, work: Callable[[], Answer]) -> Answer:
        """What `work` returns, in one transaction; rolled back for a dry run."""
        return transact(self.database, work, self.dry_run)


@dataclass(frozen=True, slots=True)
class Read:
    """A message that was parsed and classified, and waits to be recorded."""

    raw: RawMessage
    message: Message
    reading: Reading


def in_batches(raws: Iterable[RawMessage]) -> Iterator[list[RawMessage]]:
    """As many messages as fit one transaction and a modest memory. What came before a source broke comes first."""
    batch: list[RawMessage] = []
    size = 0
    broken: SourceError | None = None
    try:
        for raw in raws:
            batch.append(raw)
            size += len(raw.raw)
            if len(batch) >= BATCH_MESSAGES or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except SourceError as error:
        broken = error
    if batch:
        yield batch
    if broken is not None:
        raise broken


def process(run: Run, batch: Sequence[RawMessage]) -> Iterator[Outcome]:
    """What becomes of each message of a batch; those that gave no bytes or failed come as Unread."""
    yield from (_not_read(run, raw) for raw in batch if not _has_bytes(raw))
    readable = [raw for raw in batch if _has_bytes(raw)]
    tried = _begin_attempts(run, readable)
    yield from _judge_and_record(run, [raw for raw, count in zip(readable, tried, strict=True) if count <= 1])
    yield from _process_suspects(run, [(raw, count) for raw, count in zip(readable, tried, strict=True) if count > 1])


def _has_bytes(raw: RawMessage) -> bool:
    return bool(raw.raw) or not raw.problem


def _not_read(run: Run, raw: RawMessage) -> Unread:
    """A place that gave no bytes. A message that a server will not hand out is set aside the third time, so that a
    person sees it; a file that cannot be read stays where somebody can mend it."""
    if run.dry_run or read_locator(raw.origin.locator) is None:
        return Unread(raw, raw.problem)
    return _failed(run, raw, raw.problem, _begin_attempts(run, [raw])[0])


def _begin_attempts(run: Run, raws: Sequence[RawMessage]) -> list[int]:
    """How often each was tried, this time included; committed before any of them is parsed."""
    if run.dry_run:
        return [1] * len(raws)
    return run.transact(lambda: [journal.begin_attempt(run.database, raw.origin, run.clock()) for raw in raws])


def _process_suspects(run: Run, suspects: Sequence[tuple[RawMessage, int]]) -> Iterator[Outcome]:
    """Messages whose earlier attempt never ended: mostly innocent, so proven together first, then each alone."""
    if not suspects:
        return
    if attempts.survives(lambda: _harmless(run, [raw for raw, _ in suspects])):
        yield from _judge_and_record(run, [raw for raw, _ in suspects])
        return
    for raw, count in suspects:
        if attempts.survives(functools.partial(_harmless, run, [raw])):
            yield from _judge_and_record(run, [raw])
        else:
            yield _failed(run, raw, "it stops the program", count)


def _harmless(run: Run, raws: Iterable[RawMessage]) -> None:
    """Judge only to see that it comes to an end; an exception kills nobody, and is met again in earnest."""
    for raw in raws:
        with suppress(Exception):
            read(run.judge, raw)


def _failed(run: Run, raw: RawMessage, words: str, tried: int) -> Unread:
    """The third time a message is set aside for a person; until then it is tried again."""
    if run.dry_run or tried < attempts.SET_ASIDE_AT:
        return Unread(raw, f"{words}; it will be tried again")

    def set_aside() -> None:
        journal.set_aside(run.database, raw.origin, words, run.actor, run.clock())
        _plan_filing(run, raw.origin, Verdict.ASK)

    run.transact(set_aside)
    return Unread(raw, f"{words}; set aside unread, a person must look at it", again=False)


def _judge_and_record(run: Run, raws: Iterable[RawMessage]) -> Iterator[Outcome]:
    waiting: list[Read] = []
    started = time.monotonic()
    for raw in raws:
        try:
            waiting.append(Read(raw, *read(run.judge, raw)))
        except Exception as error:  # noqa: BLE001  (one message may fail only itself)
            yield _failed(run, raw, failed_words(error), journal.attempts_of(run.database, raw.origin))
        if time.monotonic() - started > BATCH_SECONDS:
            yield from _record(run, waiting)
            waiting, started = [], time.monotonic()
    yield from _record(run, waiting)


def _record(run: Run, waiting: Sequence[Read]) -> Iterator[Outcome]:
    """One transaction for all; when it fails, one for each, so that a bad message fails only itself."""
    if not waiting:
        return
    try:
        outcomes = run.transact(lambda: [_record_one(run, each) for each in waiting])
    except (BusyError, DatabaseError, OSError):
        raise
    except Exception as error:  # noqa: BLE001  (one message may fail only itself)
        if len(waiting) == 1:
            raw = waiting[0].raw
            yield _failed(run, raw, failed_words(error), journal.attempts_of(run.database, raw.origin))
            return
        for each in waiting:
            yield from _record(run, [each])
        return
    yield from outcomes


def _record_one(run: Run, each: Read) -> Judged:
    """Look up, decide and record: one message, inside the transaction of its batch."""
    now = run.clock()
    origin = each.raw.origin
    standing = views.standing(run.database, each.message, keys_in(each.reading))
    leaks = decoys.leaks(run.database, each.message, run.judge.shop.time_zone)
    standing = replace(standing, leaks=leaks) if leaks else standing
    decision = decide(each.reading, standing, run.judge.policy)
    judged = Judged(each.raw, each.message, each.reading, decision)
    if views.known_origin(run.database, origin):
        # Another run was quicker.
        journal.clear_attempts(run.database, origin)
        return replace(judged, known=True)
    receipt = journal.record(
        run.database,
        each.message,
        each.reading.own,
        origin,
        each.reading,
        decision,
        run.actor,
        now,
        effects=run.judge.effects,
        keys_of=keys_of,
    )
    journal.clear_attempts(run.database, origin)
    known_as = views.verdict_of(run.database, each.message.id) if receipt.copy else None
    _plan_filing(run, origin, Verdict(known_as) if known_as else receipt.verdict)
    return replace(judged, receipt=receipt if receipt.copy else _with_bounces(run, each, receipt, now))


def _plan_filing(run: Run, origin: Origin, verdict: Verdict) -> None:
    """In the transaction that records the message: what is then to be done with it in its mailbox."""
    at = read_locator(origin.locator)
    filing = run.filing.get(verdict)
    if at and filing:
        journal.plan_filing(run.database, at, filing)


def _with_bounces(run: Run, each: Read, receipt: Receipt, now: datetime) -> Receipt:
    """Remember whom our mail does not reach, for a while or for good: undeliverable is not unwilling."""
    hard = Note.HARD_BOUNCE in each.reading.notes
    for address in each.reading.failed:
        done = journal.record_bounce(run.database, each.message.id, address, hard, run.actor, now)
        receipt = replace(receipt, events=(*receipt.events, *done.events), head=done.head, summary=done.summary)
    return receipt
