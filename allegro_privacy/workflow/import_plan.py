"""What an import would do: each row compared with what is known and with the rows before; nothing is recorded."""

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from allegro_privacy.config import Settings
from allegro_privacy.core import link_scanners
from allegro_privacy.core.imported import BadLine, Change, Known, Line, change_of, identity_of
from allegro_privacy.core.link_scanners import Burst
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.core.platforms import Means, Shape
from allegro_privacy.core.reading import Request
from allegro_privacy.lists.bad_rows import BadRowsFile
from allegro_privacy.store import imports, views
from allegro_privacy.store.database import Database
from allegro_privacy.workflow.entering import House
from allegro_privacy.workflow.import_lines import Opened, Step, lines
from allegro_privacy.workflow.keys import keys_of

STEP_ROWS = 500
MOST_SHOWN, MOST_TOLD = 5, 1000
WISHES = (Means.OPT_OUT, Means.COMPLAINT)
RECORDED = (Change.NEW, Change.STRONGER, Change.ALREADY, Change.ASK)


@dataclass(slots=True)
class Tally:
    """What the rows of a file do (or would do). changes: by what they change.  means: of those, what they say.
    untimed: rows with a time that cannot be read.  flagged: clicks that look like a link scanner's, by domain.  bad:
    the first bad rows, of `bad_count`."""

    rows: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    means: Counter[Means] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    untimed: int = 0
    bad_count: int = 0
    bad: list[BadLine] = field(default_factory=list)
    sample: list[Line] = field(default_factory=list)

    def add(self, line: Line, change: Change, flagged: bool) -> None:
        """One row more."""
        self.rows += 1
        self.changes[change] += 1
        if change in RECORDED:
            self.means[line.means] += 1
            self.untimed += bool(line.date) and line.time is None
            if flagged and line.person.email:
                self.flagged[domain_of(line.person.email)] += 1

    def add_bad(self, line: BadLine) -> None:
        """One row more that cannot be used."""
        self.rows += 1
        self.bad_count += 1
        if len(self.bad) < MOST_TOLD:
            self.bad.append(line)

    @property
    def to_record(self) -> int:
        """How many rows there are to record."""
        return sum(self.changes[change] for change in RECORDED)


@dataclass(frozen=True, slots=True)
class Run:
    """One import: what is read, into which database, by whom; `clock` tells the time of each batch."""

    opened: Opened
    house: House
    settings: Settings
    database: Database
    actor: str
    clock: Callable[[], datetime]


def keys_in(run: Run, line: Line) -> tuple[Key, ...]:
    """The keys that a row is about: of what is to stop, or of the address that mail does not reach."""
    channels = line.channels if line.means in WISHES else (Channel.EMAIL,)
    level = run.settings.shop.postal_level
    requests = (Request("opt-out", line.person, channel, level) for channel in channels)
    return tuple(key for request in requests for key in keys_of(request))


def id_of(run: Run, line: Line, keys: Sequence[Key]) -> str:
    """The id of a row as a message."""
    return views.id_of_content(run.database, "imported", identity_of(line, run.opened.shape, keys))


@dataclass(slots=True)
class Plan:
    """What an import would do, and which clicks look like a link scanner's."""

    tally: Tally
    bursts: Mapping[str, tuple[Burst, ...]]

    def scanned(self, line: Line, shape: Shape) -> bool:
        """Does this row lie in a burst of clicks?"""
        if not shape.clicks or line.means is not Means.OPT_OUT or line.time is None or not line.person.email:
            return False
        at = int(line.time.timestamp())
        return any(each.first <= at <= each.last for each in self.bursts.get(domain_of(line.person.email), ()))


def domain_of(email: str) -> str:
    """The domain of an address, as bursts are told by."""
    return email.rpartition("@")[2].casefold()


def plan(run: Run, bad: BadRowsFile, step: Step) -> Plan:
    """Read the whole file and compare it with what is known; nothing is recorded."""
    made = Plan(Tally(), {})
    signs = link_scanners.signs()
    with imports.Met(run.database) as met:
        for number, line in enumerate(lines(run.opened)):
            if number % STEP_ROWS == 0:
                step(line.number)
            if isinstance(line, BadLine):
                made.tally.add_bad(line)
                bad.write(line.number, line.why, line.raw)
                continue
            if len(made.tally.sample) < MOST_SHOWN:
                made.tally.sample.append(line)
            keys = () if line.means is Means.NOTHING else keys_in(run, line)
            change = _planned(run, line, keys, met)
            made.tally.add(line, change, flagged=False)
            _note_click(run.opened.shape, line, keys, met, change in RECORDED)
        in_time = link_scanners.bursts(met.clicks(), signs.people, signs.within)
        made.bursts = link_scanners.merged([*in_time, *met.after_sending(signs.people, signs.after_sending)])
        for domain, found in made.bursts.items():
            made.tally.flagged[domain] = sum(met.fresh_in(burst) for burst in found)
    made.tally.flagged = +made.tally.flagged
    return made


def _planned(run: Run, line: Line, keys: Sequence[Key], met: imports.Met) -> Change:
    """What a row will change, given the database and the rows before it."""
    if line.means is Means.NOTHING:
        return Change.IGNORED
    message_id = id_of(run, line, keys)
    if not met.row(message_id):
        return Change.KNOWN
    stands = {key: met.stands(key) for key in keys}
    listed = [key for key, bits in stands.items() if bits & imports.LISTED]
    known = views.known_row(run.database, message_id, keys, line.means in WISHES, listed)
    seen = functools.reduce(int.__or__, stands.values(), 0)
    if line.means not in WISHES and not known.row and known.hard is None and seen & (imports.SOFT | imports.HARD):
        known = replace(known, hard=False)
    if seen & imports.HARD and not known.row:
        known = replace(known, hard=True)
    change = changed(line, keys, replace(known, complained=known.complained or bool(seen & imports.COMPLAINED)))
    if change in (Change.NEW, Change.STRONGER, Change.ALREADY):
        for key in keys:
            met.note(key, _BITS[line.means])
    return change


_BITS = {
    Means.OPT_OUT: imports.LISTED,
    Means.COMPLAINT: imports.LISTED | imports.COMPLAINED,
    Means.SOFT_BOUNCE: imports.SOFT,
    Means.BOUNCE: imports.HARD,
}


def changed(line: Line, keys: Sequence[Key], known: Known) -> Change:
    """What a row changes; with nothing to compare a person must look."""
    change = change_of(line, known)
    return Change.ASK if change is not Change.KNOWN and not keys else change


def _note_click(shape: Shape, line: Line, keys: Sequence[Key], met: imports.Met, fresh: bool) -> None:
    email = line.person.email
    if not shape.clicks or line.means is not Means.OPT_OUT or line.time is None or not email or not keys:
        return
    if (domain := domain_of(email)) not in link_scanners.signs().not_at:
        sent = int(line.sent.timestamp()) if line.sent else None
        met.click(domain, int(line.time.timestamp()), sent, keys[0], fresh)
