"""Blocks over several processes, in order: the list is cut where a record surely seems to end, and proven after.

A cut is only a guess (an even number of quotation marks before a line end). It was right when the engine judged every
byte up to it; else what came behind is cut anew. So the outcome is that of one process, by the engine's promise."""

import mmap
import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any, BinaryIO

from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import PrivacyError
from allegro_privacy.lists.scrub import LONGEST, Engine, Fixed, Form, Judged, Surveyed, endless

# One is judged while the next lies ready.
_SLOTS = 2
_TRIES = 200


def blocks_over_cores(
    body: BinaryIO, engine: Engine, form: Form, plan: ScrubPlan, block: int, act: str
) -> Iterator[tuple[bytes, Any]]:
    """Every block with what the engine says of it, in order. act: "judge" or "survey"."""
    engine.prepare(form, plan)
    ready = body.read(block), body.read(block)
    if not ready[1]:
        # A short list is done before another process begins.
        if ready[0]:
            yield ready[0], getattr(engine, act)(ready[0], form, plan, True)
        return
    with _workers(engine, form, plan, act, 2 * block) as workers:
        here = partial(getattr(engine, act), form=form, plan=plan)
        yield from _Line(body, block, form, workers, here, ready)


class _Line:
    """The blocks that are being judged, oldest first, and what was read behind them."""

    def __init__(
        self, body: BinaryIO, block: int, form: Form, workers: list["_Worker"], here: Any, ready: tuple[bytes, bytes]
    ) -> None:
        self._body, self._block, self._form, self._workers, self._here = body, block, form, workers, here
        self._rest, self._coming = ready
        self._waiting: deque[tuple[_Worker, bytes]] = deque()
        self._turn = 0

    def __iter__(self) -> Iterator[tuple[bytes, Judged | Surveyed]]:
        while self._coming or self._rest or self._waiting:
            while len(self._waiting) < _SLOTS * len(self._workers) and (self._coming or self._rest):
                if not self._send():
                    break
            yield self._oldest() if self._waiting else self._alone()

    def _send(self) -> bool:
        """Give one more block away, if it can be cut."""
        buffer, coming = self._rest + self._coming, self._body.read(self._block)
        cut = safe_cut(buffer, self._form) if coming else len(buffer)
        self._rest, self._coming = buffer, coming
        worker = self._workers[self._turn % len(self._workers)]
        if not cut or cut > worker.room:
            return False
        chunk, self._rest = buffer[:cut], buffer[cut:]
        worker.give(chunk, not coming)
        self._waiting.append((worker, chunk))
        self._turn += 1
        return True

    def _oldest(self) -> tuple[bytes, Judged | Surveyed]:
        worker, chunk = self._waiting.popleft()
        found = worker.take()
        if found.size == len(chunk):
            return chunk, found
        # The cut was none: what lies behind begins elsewhere.
        behind = [chunk[found.size :]]
        for other, given in self._waiting:
            other.take()
            behind.append(given)
        self._waiting.clear()
        self._rest = b"".join((*behind, self._rest))
        return chunk[: found.size], found

    def _alone(self) -> tuple[bytes, Judged | Surveyed]:
        """What cannot be cut is judged here, and the list goes on where that ends."""
        buffer = self._rest
        found = self._here(buffer, last=not self._coming)
        self._rest = buffer[found.size :]
        if len(self._rest) > LONGEST:
            raise endless()
        return buffer[: found.size], found


def safe_cut(buffer: bytes, form: Form) -> int:
    """Where a record seems to end, as late as possible; 0 when nothing tells."""
    if isinstance(form, Fixed):
        return len(buffer) // form.length * form.length
    quotes = buffer.count(b'"')
    end = buffer.rfind(b"\n")
    quotes -= buffer.count(b'"', end + 1)
    for _ in range(_TRIES):
        if end < 0:
            return 0
        if not quotes % 2:
            return end + 1
        quote = buffer.rfind(b'"', 0, end)
        before = buffer.rfind(b"\n", 0, max(quote, 0))
        quotes -= buffer.count(b'"', before + 1, end)
        end = before
    return 0


@dataclass(slots=True)
class _Worker:
    """Another process. room: how long a block it can take."""

    line: Connection
    slots: list[mmap.mmap]
    room: int
    process: Any = None
    _given: int = 0

    def give(self, raw: bytes, last: bool) -> None:
        slot = self._given % _SLOTS
        self.slots[slot][: len(raw)] = raw
        self.line.send((slot, len(raw), last))
        self._given += 1

    def take(self) -> Any:
        try:
            found = self.line.recv()
        except EOFError as problem:
            raise PrivacyError(
                "A process that judged a part of the list ended by itself; nothing was written.",
                "Perhaps the memory did not suffice.",
                "Try again, or with --engine reference, which needs less.",
            ) from problem
        if isinstance(found, BaseException):
            raise found
        return found


@contextmanager
def _workers(engine: Engine, form: Form, plan: ScrubPlan, act: str, room: int) -> Iterator[list[_Worker]]:
    # Forked: the plan is not copied. Nothing here has threads that could hold a lock meanwhile.
    context = get_context("fork")
    pairs = [Pipe() for _ in range(engine.cores)]
    workers = [_Worker(ours, [mmap.mmap(-1, room) for _ in range(_SLOTS)], room) for ours, _ in pairs]
    try:
        for worker, (_, theirs) in zip(workers, pairs, strict=True):
            others = [end for pair in pairs for end in pair if end is not theirs]
            job = (engine, form, plan, act)
            worker.process = context.Process(target=_serve, args=(theirs, worker.slots, others, job), daemon=True)
            worker.process.start()
        for _, theirs in pairs:
            theirs.close()
        yield workers
    finally:
        for worker in workers:
            worker.line.close()
            if worker.process is not None:
                worker.process.terminate()
                worker.process.join()
            for slot in worker.slots:
                slot.close()


def _serve(line: Connection, slots: list[mmap.mmap], others: list[Connection], job: tuple[Any, ...]) -> None:
    # Ctrl-C comes to all; the first process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    engine, form, plan, act = job
    with suppress(EOFError, BrokenPipeError):
        while True:
            slot, size, last = line.recv()
            try:
                found = getattr(engine, act)(slots[slot][:size], form, plan, last)
            except Exception as problem:  # noqa: BLE001  raised again where the scrub runs
                found = problem
            line.send(found)
    os._exit(0)
