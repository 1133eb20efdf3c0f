"""`leaks`: a list that was sent, or a platform's send log, held against the ledger."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.deadlines import Clocks, read_clocks, received_on
from allegro_privacy.core.drops import Drop, Stop
from allegro_privacy.core.leaks import CLOCK, Leak, SentColumns, is_sending, sent_at, sent_columns, within
from allegro_privacy.core.leaks import Within as Within
from allegro_privacy.core.leaks import reply_for as reply_for
from allegro_privacy.core.listing import RECIPIENT
from allegro_privacy.core.person import Channel
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import sent_list
from allegro_privacy.lists.scrub import Fate
from allegro_privacy.lists.scrub_list import MailingList
from allegro_privacy.lists.scrub_open import Source, from_path, from_stream
from allegro_privacy.lists.scrub_sniff import Wanted as Wanted
from allegro_privacy.lists.scrub_tables import TableList
from allegro_privacy.lists.sent_list import Met
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Suppression
from allegro_privacy.workflow import scrub_plan, scrub_told
from allegro_privacy.workflow.transaction import transact

# More would make one event a list of its own.
MOST_LEAKS = 100_000
MOST_LOOKS = 1000


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of `leaks`. file: None for `stream`.  recipient: who mailed.  drop: the planned mailing that it was.
    sent: the day on which all of it was sent; None: a column says it.  time_column: the name of that column."""

    file: Path | None
    stream: BinaryIO | None
    actor: str
    now: datetime
    recipient: str = ""
    drop: str = ""
    sent: date | None = None
    time_column: str = ""
    channel: Channel | None = None
    wanted: Wanted = field(default_factory=Wanted)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A leak with whom it is about. reply: the template that answers a complaint."""

    leak: Leak
    suppression: Suppression
    reply: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a sent list showed. counts: rows, looks, undated, passed (no sendings), unreadable.  looks: rows that are
    perhaps somebody's, by row and suppression.  event: 0 for a dry run.  again: the same was recorded before."""

    file: str
    shown: str
    sha256: str
    channel: Channel
    recipient: str
    drop: Drop | None
    counts: Mapping[str, int]
    leaks: tuple[Named, ...]
    looks: tuple[tuple[int, str], ...]
    event: int = 0
    again: bool = False


def check(database: Database, settings: Settings, errand: Errand) -> Checked:
    """Read the list, tell who was mailed after they asked, and record it."""
    drop = views.drop(database, errand.drop, settings.shop.time_zone) if errand.drop else None
    recipient = errand.recipient or (drop.recipient if drop else "")
    if recipient and not RECIPIENT.fullmatch(recipient):
        raise UsageError(f"{recipient!r} is not the name of a recipient.", "", "allegro-privacy export status")
    with _opened(errand, database) as source:
        mailing = sent_list.opened(source, errand.wanted)
        channel = _channel(mailing, errand, drop)
        mailing = mailing.only(mailing.form.columns.only((channel,)))
        reading = _Reading(database, settings, errand, channel, drop, _columns(mailing, errand, drop))
        plan = reading.plan(mailing)
        rows = sent_list.read(mailing, plan, reading.take)
    counts = {"rows": rows, **reading.counts}
    leaks = tuple(sorted(reading.leaks.values(), key=lambda leak: (leak.sent, leak.suppression)))
    found = Checked(
        source.name, mailing.shown, source.sha256, channel, recipient, drop, counts, _named(database, leaks),
        tuple(reading.looks),
    )  # fmt: skip
    return _recorded(database, errand, found, leaks)


@contextmanager
def _opened(errand: Errand, database: Database) -> Iterator[Source]:
    if errand.file is not None:
        yield from_path(errand.file)
    elif errand.stream is not None:
        with from_stream(errand.stream, database.path.parent) as source:
            yield source


def _channel(mailing: MailingList | TableList, errand: Errand, drop: Drop | None) -> Channel:
    """How it was sent: a circular's list may hold e-mail addresses too, and nobody was e-mailed by it."""
    there = mailing.form.columns.channels
    wanted = errand.channel or (drop.channel if drop else None)
    if not there or (wanted and wanted not in there):
        raise scrub_told.no_columns(mailing.source.name, mailing.header, (wanted,) if wanted else ())
    if wanted is None and len(there) > 1:
        why = f"Its columns are those of several ways: {', '.join(there)}."
        raise UsageError(
            "It does not tell how it was sent.", why, f"Add --channel {there[0]}, or --drop with the planned mailing."
        )
    return wanted or there[0]


def _columns(mailing: MailingList | TableList, errand: Errand, drop: Drop | None) -> SentColumns:
    """The columns that say when a row was sent and what it is about."""
    found = sent_columns(mailing.header)
    if errand.time_column:
        folded = [name.strip().casefold() for name in mailing.header]
        if errand.time_column.strip().casefold() not in folded:
            why = f"The list has: {', '.join(mailing.header) or 'columns without names'}."
            raise UsageError(f"There is no column {errand.time_column!r}.", why, "Give its name as the header has it.")
        return SentColumns(folded.index(errand.time_column.strip().casefold()), found.event)
    if errand.sent is None and found.time is None and drop is None:
        raise UsageError(
            "It does not tell when it was sent.",
            f"None of its columns is called so: {', '.join(mailing.header) or 'they have no names'}.",
            "Say it with --sent DATE, or --sent-column NAME, or --drop with the planned mailing.",
        )
    return found


class _Reading:
    """One reading of a sent list: each row that meets somebody is judged as it comes."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        errand: Errand,
        channel: Channel,
        drop: Drop | None,
        columns: SentColumns,
    ) -> None:
        self._database, self._channel, self._columns = database, channel, columns
        self._zone = ZoneInfo(settings.shop.time_zone)
        self._day = self._one_day(errand, drop)
        self._drops = (drop,) if drop else views.drops(database, settings.shop.time_zone)
        self._clocks: Clocks = read_clocks(tables.load(settings.overrides, languages=False).clocks)
        self._lifted: Mapping[bytes, Sequence[Suppression]] = {}
        self.counts = {"looks": 0, "undated": 0, "passed": 0, "unreadable": 0}
        self.leaks: dict[tuple[int, date], Leak] = {}
        self.looks: list[tuple[int, str]] = []

    def _one_day(self, errand: Errand, drop: Drop | None) -> date | None:
        """The day on which all of it was sent; None when a column says it."""
        planned = drop.in_home if drop and self._columns.time is None else None
        day = errand.sent or planned
        today = errand.now.astimezone(self._zone).date()
        if day and day > today:
            why = f"It would be sent on {day}; today is {today}."
            raise UsageError("That list is not sent yet.", why, "Say when it was sent: --sent DATE")
        return day

    def plan(self, mailing: MailingList | TableList) -> ScrubPlan:
        """Everybody who had asked at the time, those who were put back since included."""
        day = self._day
        at = datetime.combine(day, time.min, self._zone) if day else None
        known = list(views.ever_suppressed(self._database, self._channel, at))
        lifted: dict[bytes, list[Suppression]] = defaultdict(list)
        for one in known:
            if not one.active:
                lifted[one.key_hash].append(one)
        self._lifted = lifted
        algorithms = scrub_told.algorithms(mailing)
        loaded = scrub_plan.made_of({self._channel: known}, self._database.secret, algorithms)
        if self._channel is not Channel.POST or not loaded.plan.post.entries:
            return loaded.plan
        return scrub_plan.settled(loaded.plan, sent_list.survey(mailing, loaded.plan))

    def take(self, met: Met) -> None:
        """One row that meets somebody, or cannot be read."""
        if met.fate is Fate.HELD:
            self.counts["unreadable"] += 1
            return
        if self._columns.event is not None and not is_sending(_cell(met.cells, self._columns.event)):
            self.counts["passed"] += 1
            return
        sent = self._sent(met.cells)
        if sent is None:
            self.counts["undated"] += 1
            return
        stood = self._stood(met.suppression, sent)
        if stood is None:
            return
        if met.fate is Fate.LOOK:
            self.counts["looks"] += 1
            if len(self.looks) < MOST_LOOKS:
                self.looks.append((met.row, stood[0].id))
            return
        leak = self._leak(*stood, sent.astimezone(self._zone).date())
        self.leaks.setdefault((leak.suppression, leak.sent), leak)

    def _sent(self, cells: Sequence[str]) -> datetime | None:
        if self._day is not None:
            return datetime.combine(self._day, time.min, self._zone)
        return None if self._columns.time is None else sent_at(_cell(cells, self._columns.time), self._zone)

    def _stood(self, event: int, sent: datetime) -> tuple[Suppression, datetime] | None:
        """The suppression that stood when it was sent, and when it was asked for: that one, or one of the same person
        that was lifted since."""
        (found,) = views.suppressions_among(self._database, [event])
        for one in (*self._lifted.get(found.key_hash, ()), found):
            asked = views.asked_at(self._database, one.event)
            if asked <= sent and (one.lifted is None or one.lifted > sent):
                return one, asked
        return None

    def _leak(self, one: Suppression, asked: datetime, sent: date) -> Leak:
        due = None if self._channel is Channel.POST else self._clocks.due(CLOCK, asked, self._zone.key)
        last = due.last if due else None
        stop = Stop(one.channel, one.event, received_on(one.since, self._zone))
        return Leak(one.event, received_on(asked, self._zone), sent, within(stop, sent, last, self._drops), last)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _named(database: Database, leaks: Sequence[Leak]) -> tuple[Named, ...]:
    known = {one.event: one for one in views.suppressions_among(database, [leak.suppression for leak in leaks])}
    return tuple(Named(leak, known[leak.suppression], reply_for(leak)) for leak in leaks)


def _recorded(database: Database, errand: Errand, found: Checked, leaks: Sequence[Leak]) -> Checked:
    content = {
        "file": found.file,
        "sha256": found.sha256,
        "channel": found.channel.value,
        "recipient": found.recipient,
        "drop": found.drop.event if found.drop else None,
        "counts": dict(found.counts),
        "leaks": [[one.suppression, one.sent.isoformat(), one.days, one.within.value] for one in leaks[:MOST_LEAKS]],
        "more": max(0, len(leaks) - MOST_LEAKS),
    }

    def work() -> Checked:
        earlier = views.same_check(database, content)
        if earlier is not None:
            return replace(found, event=earlier, again=True)
        done = journal.record_check(database, content, errand.actor, errand.now)
        return replace(found, event=0 if errand.dry_run else done.events[0])

    return transact(database, work, errand.dry_run)
