"""The messages of one folder, handed out one after the other: small ones many at a time, large ones by their parts.

Which ones are not small is asked first, by one SEARCH; their sizes and, where --since must know their age, those of all
are asked one by one. Small ones tell their size with their bytes.

A message that is missing from an answer, or comes in another size than told, is asked for alone. One at which the line
breaks again and again, or that the server refuses, is told as a problem, so that it stops nobody else's; but only when
others come, for else it is the server that is ill, not the message.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from allegro_privacy.sources.imap_answers import (
    SIZE_AND_TIME,
    Listed,
    RefusedError,
    Wanted,
    fetch,
    list_messages,
    read_listed,
)
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Line
from allegro_privacy.sources.imap_parts import read_by_parts

# Beyond this a message is read by its parts.
WHOLE = 1024 * 1024
# Up to this many together are small, whatever their sizes are.
SMALL = 32 * 1024
BATCH_MESSAGES = 250
BATCH_BYTES = 8 * 1024 * 1024
# Some servers guess the sizes they tell; a literal may be so much larger than told.
SIZE_SLACK = 64 * 1024
TRIES_ALONE = 2
_PROBLEM = "the server lists this message but does not hand it out whole"


class OutOfTimeError(Exception):
    """The time for this reading is over."""


@dataclass(frozen=True, slots=True)
class Got:
    """One message as it came, or the problem with it."""

    listed: Listed
    raw: bytes
    flags: frozenset[str] = frozenset()
    sha256: str = ""
    problem: str = ""


@dataclass(slots=True)
class Mail:
    """What of a folder was handed out already, and with which messages there was trouble; it outlives the line.

    since: older messages are passed over; passed_over: how many were.  until: when the time for reading is over, by the
    monotonic clock."""

    since: datetime | None = None
    until: float = 0
    done: set[int] = field(default_factory=set)
    passed_over: int = 0
    _came: int = 0
    _asked: set[int] = field(default_factory=set)
    _suspects: set[int] = field(default_factory=set)
    _strikes: Counter[int] = field(default_factory=Counter)

    def broke(self) -> None:
        """The line broke: what was asked for then is asked for alone when there is another."""
        self._suspects |= self._asked - self.done
        self._asked.clear()

    def read(self, line: Line, uids: Sequence[int]) -> Iterator[Got]:
        """Each of these messages that is still there. Raises ServerFault when the line breaks, OutOfTimeError."""
        trouble = self.done | self._suspects
        yield from self._small(line, [uid for uid in uids if uid not in trouble])
        listed, untold = self._list(line, [uid for uid in uids if uid not in self.done])
        wanted = [each for each in listed if not self._too_old(each)]
        self.passed_over += len(listed) - len(wanted)
        self.done.update(each.uid for each in listed if self._too_old(each))
        small = [each for each in wanted if each.size <= WHOLE and each.uid not in self._suspects]
        yield from map(self._refused, untold)
        yield from self._whole(line, small)
        rest = [each for each in wanted if each.uid not in self.done]
        there = set(line.uids(rest[0].uid, rest[-1].uid)) if rest else set()
        for each in sorted(rest, key=lambda each: self._strikes[each.uid]):
            if each.uid in there and (got := self._alone(line, each)) is not None:
                yield got
                self._see_the_time()

    def _see_the_time(self) -> None:
        if self.until and time.monotonic() > self.until:
            raise OutOfTimeError

    def _too_old(self, each: Listed) -> bool:
        return self.since is not None and each.received is not None and each.received < self.since

    def _small(self, line: Line, uids: Sequence[int]) -> Iterator[Got]:
        """Those that come at once, and in the size that they are told to have. Nothing when the age must be known
        first, or the server does not say which ones are larger."""
        larger = line.larger(SMALL, uids[0], uids[-1]) if uids and self.since is None else None
        if larger is None:
            return
        small = [uid for uid in uids if uid not in larger]

        def commands() -> Iterator[Wanted]:
            for at in range(0, len(small), BATCH_MESSAGES):
                group = tuple(small[at : at + BATCH_MESSAGES])
                self._asked.update(group)
                yield Wanted(group, f"{SIZE_AND_TIME} BODY.PEEK[]", SMALL + SIZE_SLACK)

        for piece in fetch(line, commands()):
            each = read_listed(piece)
            if each and piece.body and len(piece.body) == each.size and each.uid not in self.done:
                yield self._given(Got(each, piece.body))
                self._see_the_time()
        self._asked.clear()

    def _list(self, line: Line, uids: Sequence[int]) -> tuple[list[Listed], list[Listed]]:
        """Size and time of those that are there, in order; and those whose size the server will not tell."""
        found: dict[int, Listed] = {}
        with suppress(RefusedError):
            found |= {each.uid: each for each in list_messages(line, uids)}
        missing = [uid for uid in uids if uid not in found]
        there = set(line.uids(missing[0], missing[-1])) if missing else set()
        untold = []
        for uid in (uid for uid in missing if uid in there):
            with suppress(RefusedError):
                found |= {each.uid: each for each in list_messages(line, [uid])}
            if uid not in found:
                untold.append(Listed(uid, 0, None))
            if not found and len(untold) >= TRIES_ALONE:
                break
        if untold and not found:
            raise ServerFault("the server tells nothing of its messages")
        return [found[uid] for uid in uids if uid in found], untold

    def _whole(self, line: Line, small: Sequence[Listed]) -> Iterator[Got]:
        sizes = {each.uid: each for each in small}

        def commands() -> Iterator[Wanted]:
            for group in _groups(small):
                uids = tuple(each.uid for each in group)
                self._asked.update(uids)
                yield Wanted(uids, "UID BODY.PEEK[]", max(each.size for each in group) + SIZE_SLACK)

        for piece in fetch(line, commands()):
            each = sizes.get(piece.uid)
            if each is not None and piece.body and len(piece.body) == each.size and piece.uid not in self.done:
                yield self._given(Got(each, piece.body))
                self._see_the_time()
        self._asked.clear()

    def _alone(self, line: Line, each: Listed) -> Got | None:
        if self._strikes[each.uid] >= TRIES_ALONE and self._came:
            return self._refused(each)
        self._strikes[each.uid] += 1
        got = self._by_parts(line, each) if each.size > WHOLE else self._once_more(line, each)
        del self._strikes[each.uid]
        if got is not None:
            return self._given(got)
        return self._refused(each) if line.uids(each.uid, each.uid) else None

    def _once_more(self, line: Line, each: Listed) -> Got | None:
        """In the size that was told; else the same bytes twice are the message."""
        bodies: list[bytes | None] = []
        for _ in range(2):
            command = Wanted((each.uid,), "UID BODY.PEEK[]", each.size + SIZE_SLACK)
            bodies += [piece.body for piece in fetch(line, [command])]
            if len(bodies) == 1 and bodies[0] and len(bodies[0]) == each.size:
                return Got(each, bodies[0])
        same = len(bodies) == 2 and bodies[0] == bodies[1]
        return Got(each, bodies[0]) if same and bodies[0] and _may_be_whole(bodies[0], each.size) else None

    def _by_parts(self, line: Line, each: Listed) -> Got | None:
        read = read_by_parts(line, each) or read_by_parts(line, each)
        return Got(each, read.raw, read.flags, read.sha256) if read and read.raw else None

    def _given(self, got: Got) -> Got:
        self.done.add(got.listed.uid)
        self._came += 1
        return got

    def _refused(self, each: Listed) -> Got:
        self.done.add(each.uid)
        return Got(each, b"", problem=_PROBLEM)


def _may_be_whole(body: bytes, size: int) -> bool:
    """A message that is shorter than told must at least have come to the end of its headers."""
    return len(body) >= size or b"\r\n\r\n" in body or b"\n\n" in body


def _groups(small: Sequence[Listed]) -> Iterator[list[Listed]]:
    """As many messages as one command asks for: bounded by number and by bytes."""
    group: list[Listed] = []
    size = 0
    for each in small:
        if group and (len(group) >= BATCH_MESSAGES or size + each.size > BATCH_BYTES):
            yield group
            group, size = [], 0
        group.append(each)
        size += each.size
    if group:
        yield group
