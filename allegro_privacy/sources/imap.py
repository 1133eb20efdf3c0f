"""A folder of a mailbox over IMAP, read for years while staff read the same mailbox.

The mailbox is a queue, our database is the truth: what was recorded is known by its place (folder, UIDVALIDITY, UID)
and its bytes, never by a flag that anybody can set. Reading is EXAMINE and PEEK, so nothing changes. An answer that is
missing, foreign or NIL counts as nothing: the message is asked for again, and the folder does not count as read beyond
it.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from allegro_privacy.core.account import PATIENCE, Account, Patience, Position, locator
from allegro_privacy.core.model import Origin, RawMessage
from allegro_privacy.errors import UnreachableError
from allegro_privacy.sources import Known
from allegro_privacy.sources.imap_answers import Listed, Wanted, fetch, list_messages
from allegro_privacy.sources.imap_faults import ServerFault, unreachable
from allegro_privacy.sources.imap_line import Folder, Line, connect
from allegro_privacy.sources.imap_parts import read_by_parts
from allegro_privacy.sources.receipt import SERVER_TIME

SCHEME = "imap:"
# Beyond this a message is read by its parts.
WHOLE = 1024 * 1024
BATCH_MESSAGES = 200
BATCH_BYTES = 8 * 1024 * 1024
# Some servers guess the sizes they tell; a literal may be so much larger than told.
SIZE_SLACK = 64 * 1024
# An answer to SEARCH with more numbers than this would be too long a line.
SEARCH_AT_ONCE = 100_000
MOST_FAULTS = 4


@dataclass(slots=True)
class ImapSource:
    """One folder. position: how far it was read before.  since: older messages are left alone for good.  told: what
    staff should know of this reading. What is not read in the time given comes next time."""

    name: str
    account: Account
    mailbox: str = ""
    position: Position | None = None
    since: date | None = None
    patience: Patience = PATIENCE
    total: int = 0
    told: list[str] = field(default_factory=list)
    _folder: Folder | None = None
    _last: int = 0
    _open: set[int] = field(default_factory=set)
    _done: set[int] = field(default_factory=set)
    _until: float = 0
    _stopped: bool = False

    def fetch(self, known: Known) -> Iterator[RawMessage]:
        """Every message that is not known. A line that breaks is made anew a few times; what was given out already is
        not given out again. Raises SourceError when the folder cannot be read to its end."""
        self._until = time.monotonic() + self.patience.reading
        faults, before, finished = 0, 0, False
        while not finished:
            try:
                yield from self._read(known)
                finished = True
            except (ServerFault, UnreachableError) as fault:
                # A line that breaks again and again but brings something each time gets on; one that does not is down.
                faults = 1 if len(self._done) > before else faults + 1
                if faults >= MOST_FAULTS or time.monotonic() > self._until or not (self._done or self._folder):
                    if isinstance(fault, UnreachableError):
                        raise
                    raise unreachable(self.account, fault.__cause__ or fault) from fault
                before = len(self._done)
                time.sleep(self.patience.pause * 2 ** (faults - 1))

    def acknowledge(self, raw: RawMessage) -> None:
        """The message is recorded: the folder may count as read beyond it."""
        if (uid := _uid_of(raw.origin)) is not None:
            self._open.discard(uid)

    @property
    def reached(self) -> Position | None:
        """How far the folder is read when everything that was acknowledged is recorded; None when it was not read."""
        folder = self._folder
        if folder is None:
            return None
        before = self.position if self._same_epoch(folder) else None
        through = max(self._last, before.through if before else 0)
        if self._open:
            through = min(through, min(self._open) - 1)
        complete = not self._open and not self._stopped
        return Position(
            self.account.place,
            folder.uidvalidity,
            through,
            folder.uidnext if complete else 0,
            folder.modseq if complete else 0,
            renumbered=self.position is not None and before is None,
        )

    def _same_epoch(self, folder: Folder) -> bool:
        return self.position is not None and self.position.uidvalidity == folder.uidvalidity

    def _read(self, known: Known) -> Iterator[RawMessage]:
        with connect(self.account, self.name, self.patience) as line:
            folder = line.open_folder(self.account.folder)
            self._begin(folder)
            if self._nothing_new(folder):
                return
            first = self.position.through + 1 if self.position and self._same_epoch(folder) else 1
            found = [uid for uid in _search(line, first, folder) if uid not in self._done]
            new = [uid for uid in found if not known(self._origin(uid))]
            self.total = len(self._done) + len(new)
            for chunk in _chunks(new, 5 * BATCH_MESSAGES):
                yield from self._read_some(line, chunk)
                if time.monotonic() > self._until:
                    self._stop()
                    return
                # What was recorded of this chunk is done; what was not is in self._open.
                self._last = max(self._last, chunk[-1])
            self._last = max(self._last, folder.uidnext - 1, *found, 0)

    def _begin(self, folder: Folder) -> None:
        if self._folder is not None and self._folder.uidvalidity != folder.uidvalidity:
            # Renumbered under our hands: what was read is known by its bytes, the numbers mean nothing any more.
            self._done, self._open, self._last = set(), set(), 0
        self._folder = folder
        if self.position is not None and not self._same_epoch(folder):
            self.told.append(f"{self.account.place}: the server numbered the folder anew; all of it is looked at again")

    def _nothing_new(self, folder: Folder) -> bool:
        before = self.position
        if before is None or not self._same_epoch(folder) or self._done:
            return False
        untouched = bool(before.uidnext) and before.uidnext == folder.uidnext
        if untouched:
            self._last = before.through
        return untouched

    def _stop(self) -> None:
        self._stopped = True
        self.told.append(f"{self.account.place}: not read to its end in the time given; the next pull goes on")

    def _read_some(self, line: Line, uids: Sequence[int]) -> Iterator[RawMessage]:
        listed = {each.uid: each for each in list_messages(line, uids)}
        wanted = [each for uid in uids if (each := listed.get(uid)) and not self._too_old(each)]
        small = [each for each in wanted if each.size <= WHOLE]
        missing = {each.uid: each for each in small}
        for raw in self._whole(line, small):
            missing.pop(_uid_of(raw.origin) or 0, None)
            yield raw
        for each in missing.values():
            if (late := self._once_more(line, each)) is not None:
                yield late
        for each in wanted:
            if each.size > WHOLE and (large := self._by_parts(line, each)) is not None:
                yield large

    def _too_old(self, each: Listed) -> bool:
        return self.since is not None and each.received is not None and each.received.date() < self.since

    def _whole(self, line: Line, small: Sequence[Listed]) -> Iterator[RawMessage]:
        sizes = {each.uid: each for each in small}
        commands = (
            Wanted(tuple(each.uid for each in group), "UID BODY.PEEK[]", max(each.size for each in group) + SIZE_SLACK)
            for group in _groups(small)
        )
        for piece in fetch(line, commands):
            each = sizes.get(piece.uid)
            if each is not None and piece.body and len(piece.body) == each.size and piece.uid not in self._done:
                yield self._given(each, piece.body)

    def _once_more(self, line: Line, each: Listed) -> RawMessage | None:
        """A message that did not come, or not in the size that was told: asked for alone, twice. The same bytes twice
        are the message, whatever size was told; none at all is a problem, unless it is gone."""
        bodies = []
        for _ in range(2):
            command = Wanted((each.uid,), "UID BODY.PEEK[]", each.size + SIZE_SLACK)
            bodies += [piece.body for piece in fetch(line, [command])]
        if len(bodies) == 2 and bodies[0] and bodies[0] == bodies[1]:
            return self._given(each, bodies[0])
        if each.uid not in line.uids(each.uid, each.uid):
            return None
        return self._refused(each)

    def _by_parts(self, line: Line, each: Listed) -> RawMessage | None:
        read = read_by_parts(line, each)
        if read is None or not read.raw:
            return None if each.uid not in line.uids(each.uid, each.uid) else self._refused(each)
        return self._given(each, read.raw, read.flags, read.sha256)

    def _given(self, each: Listed, raw: bytes, flags: frozenset[str] = frozenset(), sha256: str = "") -> RawMessage:
        self._done.add(each.uid)
        self._open.add(each.uid)
        server_time = {SERVER_TIME} if each.received else set()
        return RawMessage(raw, self._origin(each.uid, each), each.size, flags=flags | server_time, sha256=sha256)

    def _refused(self, each: Listed) -> RawMessage:
        self._done.add(each.uid)
        self._open.add(each.uid)
        problem = "the server lists this message but does not hand it out whole"
        return RawMessage(b"", self._origin(each.uid, each), each.size, problem=problem)

    def _origin(self, uid: int, each: Listed | None = None) -> Origin:
        assert self._folder is not None
        where = locator(self.account.place, self._folder.uidvalidity, uid)
        return Origin(SCHEME, where, mailbox=self.mailbox, received=each.received if each else None)


def _uid_of(origin: Origin) -> int | None:
    _, _, number = origin.locator.rpartition(";UID=")
    return int(number) if number.isdigit() else None


def _search(line: Line, first: int, folder: Folder) -> list[int]:
    """The numbers from `first` on, in stretches whose answers are lines of a bearable length."""
    if folder.exists <= SEARCH_AT_ONCE or not folder.uidnext:
        return line.uids(first)
    step = max(1, (folder.uidnext - first) * SEARCH_AT_ONCE // (2 * folder.exists))
    found: list[int] = []
    for begin in range(first, folder.uidnext, step):
        found += line.uids(begin, begin + step - 1)
    return [*found, *line.uids(folder.uidnext)]


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[at : at + size] for at in range(0, len(uids), size))


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


def looked_at(account: Account, mailbox: str, to_file: bool = False, patience: Patience = PATIENCE) -> Folder:
    """Sign in and look at the folder, reading nothing: for `doctor`. What may be set on messages is told only when the
    folder is opened for it. Raises SourceError naming what is wrong."""
    try:
        with connect(account, mailbox, patience) as line:
            return line.open_folder(account.folder, read_only=not to_file)
    except ServerFault as fault:
        raise unreachable(account, fault.__cause__ or fault) from fault
