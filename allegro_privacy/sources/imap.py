"""A folder of a mailbox over IMAP, read for years while staff read the same mailbox.

The mailbox is a queue, our database is the truth: what was recorded is known by its place (folder, UIDVALIDITY, UID)
and its bytes, never by a flag that anybody can set. Reading is EXAMINE and PEEK, so nothing changes. An answer that is
missing, foreign or NIL counts as nothing: the message is asked for again, and the folder does not count as read beyond
it.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from allegro_privacy.core.account import PATIENCE, Account, Patience, Position, locator, read_locator
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.errors import UnreachableError
from allegro_privacy.sources import Known
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.sources.imap_faults import ServerFault, unreachable
from allegro_privacy.sources.imap_line import Folder, Line
from allegro_privacy.sources.imap_mail import Got, Mail, OutOfTimeError
from allegro_privacy.sources.receipt import SERVER_TIME

SCHEME = "imap:"
# An answer to SEARCH with more numbers than this would be too long a line (a million bytes).
SEARCH_AT_ONCE = 80_000
# So many messages are asked for their size before the first of them is fetched.
CHUNK = 5_000
MOST_FAULTS = 4


@dataclass(slots=True)
class ImapSource:
    """One folder. position: how far it was read before.  since: older messages are left alone for good.  told: what
    staff should know of this reading. What is not read in the time given comes next time."""

    name: str
    account: Account
    mailbox: str = ""
    position: Position | None = None
    since: datetime | None = None
    patience: Patience = PATIENCE
    total: int = 0
    told: list[str] = field(default_factory=list)
    _place: str = ""
    _folder: Folder | None = None
    _epoch: int = 0
    _mail: Mail = field(default_factory=Mail)
    _given: int = 0
    _last: int = 0
    _open: set[int] = field(default_factory=set)
    _finished: bool = False

    def fetch(self, known: Known) -> Iterator[RawMessage]:
        """Every message that is not known. A line that breaks is made anew a few times; what was given out already is
        not given out again. Raises SourceError when the folder cannot be read to its end."""
        until = time.monotonic() + self.patience.reading
        self._place = self.account.place  # it is put together anew each time
        faults, before = 0, 0
        while not self._finished:
            try:
                yield from self._read(known, until)
                self._finished = True
            except OutOfTimeError:
                self.told.append(f"{self.account.place}: not read to its end in the time given; the next pull goes on")
                return
            except (ServerFault, UnreachableError) as fault:
                # A line that breaks again and again but brings something each time gets on; one that does not is down.
                faults = 1 if self._given > before else faults + 1
                before = self._given
                if self._folder is None or faults >= MOST_FAULTS or time.monotonic() > until:
                    raise fault if isinstance(fault, UnreachableError) else unreachable(self.account, fault) from fault
                self._mail.broke()
                time.sleep(self.patience.pause * 2 ** (faults - 1))

    def acknowledge(self, raw: RawMessage) -> None:
        """The message is recorded: the folder may count as read beyond it."""
        at = read_locator(raw.origin.locator)
        if at and self._folder and raw.origin == self._origin(at[2], raw.origin.received):
            self._open.discard(at[2])

    @property
    def reached(self) -> Position | None:
        """How far the folder is read when everything that was acknowledged is recorded; None when it was not read."""
        folder = self._folder
        if folder is None:
            return None
        before = self.position if self._is_as_before() else None
        through = max(self._last, before.through if before else 0)
        if self._open:
            through = min(through, min(self._open) - 1)
        complete = self._finished and not self._open
        return Position(
            self.account.place,
            folder.uidvalidity,
            through,
            folder.uidnext if complete else 0,
            folder.modseq if complete else 0,
            self._epoch,
            renumbered=self.position is not None and before is None,
        )

    def _is_as_before(self) -> bool:
        return self.position is not None and self.position.epoch == self._epoch

    @property
    def passed_over(self) -> int:
        """How many messages were left alone as older than `since`."""
        return self._mail.passed_over

    def _read(self, known: Known, until: float) -> Iterator[RawMessage]:
        with connect(self.account, self.name, self.patience) as line:
            folder = line.open_folder(self.account.folder)
            self._begin(folder, until)
            if self._nothing_new(folder):
                return
            first = self.position.through + 1 if self.position and self._is_as_before() else 1
            found = _search(line, first, folder)
            new = [uid for uid in found if uid not in self._mail.done and not known(self._origin(uid))]
            self.total = self._given + len(new)
            for chunk in (new[at : at + CHUNK] for at in range(0, len(new), CHUNK)):
                for got in self._mail.read(line, chunk):
                    yield self._handed_out(got)
                # What was recorded of this chunk is done; what was not is in self._open.
                self._last = max(self._last, chunk[-1])
            self._last = max(self._last, folder.uidnext - 1, *found, 0)

    def _begin(self, folder: Folder, until: float) -> None:
        """Another UIDVALIDITY is another epoch, also one that was there before: its numbers name other messages. What
        was read is then known by its bytes alone."""
        if self._folder is None:
            self._epoch = self.position.epoch if self.position else 0
            before = self.position.uidvalidity if self.position else folder.uidvalidity
        else:
            before = self._folder.uidvalidity
        if before != folder.uidvalidity:
            self._epoch += 1
            self._open, self._last = set(), 0
            self.told.append(f"{self.account.place}: the server numbered the folder anew; all of it is looked at again")
        if before != folder.uidvalidity or self._folder is None:
            self._mail = Mail(self.since, until)
        self._folder = folder

    def _nothing_new(self, folder: Folder) -> bool:
        before = self.position
        if before is None or not self._is_as_before() or self._given:
            return False
        return bool(before.uidnext) and before.uidnext == folder.uidnext

    def _handed_out(self, got: Got) -> RawMessage:
        self._given += 1
        self._open.add(got.listed.uid)
        received = got.listed.received
        return RawMessage(
            got.raw,
            self._origin(got.listed.uid, received),
            got.listed.size,
            problem=got.problem,
            flags=got.flags | ({SERVER_TIME} if received else set()),
            sha256=got.sha256,
        )

    def _origin(self, uid: int, received: datetime | None = None) -> Origin:
        assert self._folder is not None
        where = locator(self._place, self._folder.uidvalidity, uid)
        stamp = f"epoch {self._epoch}" if self._epoch else ""
        return Origin(SCHEME, where, stamp, mailbox=self.mailbox, received=received)


def _search(line: Line, first: int, folder: Folder) -> Sequence[int]:
    """The numbers from `first` on, in stretches whose answers are lines of a bearable length."""
    if folder.exists <= SEARCH_AT_ONCE or not folder.uidnext:
        return line.uids(first)
    step = max(1, (folder.uidnext - first) * SEARCH_AT_ONCE // (2 * folder.exists))
    found: list[int] = []
    for begin in range(first, folder.uidnext, step):
        found += line.uids(begin, begin + step - 1)
    return [*found, *line.uids(folder.uidnext)]


def looked_at(account: Account, mailbox: str, to_file: bool = False, patience: Patience = PATIENCE) -> Folder:
    """Sign in and look at the folder, reading nothing: for `doctor`. What may be set on messages is told only when the
    folder is opened for it. Raises SourceError naming what is wrong."""
    try:
        with connect(account, mailbox, patience) as line:
            return line.open_folder(account.folder, read_only=not to_file)
    except ServerFault as fault:
        raise unreachable(account, fault) from fault
