"""What is asked behind a link is recorded: as each other input, by one thread for all who ask at once.

One transaction takes all that wait, so that a burst of clicks costs a few syncs of the disk, not one each; nobody is
answered before the commit. What the database cannot take is kept in the spool and recorded later."""

import itertools
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from allegro_privacy.config import Settings
from allegro_privacy.core.clicked import Clicked, Wish, identity_of, reading_of, requests_of
from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, Receipt, Verdict
from allegro_privacy.core.message import Origin
from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import BusyError, DatabaseError, PrivacyError
from allegro_privacy.sources.oneclick import message_of
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database, open_database, writing
from allegro_privacy.workflow import link_spool
from allegro_privacy.workflow.bursts import Bursts
from allegro_privacy.workflow.entering import NOTHING_READ, House, house
from allegro_privacy.workflow.keys import keys_in, keys_of

log = logging.getLogger(__name__)

ACTOR = "link"
MOST_AT_ONCE = 200
BUSY_MILLISECONDS = 2000
SPOOL_SECONDS = 5.0
PATIENCE_SECONDS = 20.0


class Outcome(Enum):
    """What became of a wish: on the list; kept, to be put on it; or lost, which whoever asked must be told."""

    RECORDED = "recorded"
    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Books:
    """What recording takes: the settings, the kinds and the policy."""

    settings: Settings
    house: House


def books(settings: Settings) -> Books:
    """The books of the settings."""
    return Books(settings, house(settings))


def record(database: Database, held: Books, clicked: Clicked, scanner: bool, now: datetime) -> Receipt:
    """Look up, decide and record one wish, inside a transaction. The same wish before: nothing is added."""
    requests = _requests(held, clicked)
    message = message_of(clicked, _id_of(database, held, clicked, requests))
    reading = reading_of(clicked, requests, scanner)
    standing = views.standing(database, message, keys_in(reading))
    decision = _asked_by_link(decide(reading, standing, held.house.policy))
    origin = Origin("link:", message.id, received=clicked.received)
    return journal.record(
        database, message, message.text, origin, reading, decision, ACTOR, now,
        effects=held.house.effects, keys_of=keys_of,
    )  # fmt: skip


def is_recorded(database: Database, held: Books, clicked: Clicked) -> bool:
    """Was the same wish recorded before, and does what came of it still stand?"""
    message_id = _id_of(database, held, clicked, _requests(held, clicked))
    return views.recorded_by(database, message_id) is not None


def _requests(held: Books, clicked: Clicked) -> tuple[Request, ...]:
    return requests_of(clicked, _address(clicked.address), held.settings.shop.postal_level)


def _id_of(database: Database, held: Books, clicked: Clicked, requests: Sequence[Request]) -> str:
    """The id of a wish as a message. Whoever was put back since, and presses the same link, asks anew."""
    # What only a person may accept stays open until then, however often it is asked.
    acted_on = [request for request in requests if held.house.kinds[request.kind].automatic]
    keys = [key for request in acted_on for key in keys_of(request)]
    for anew in itertools.count():
        message_id = views.id_of_content(database, "clicked", identity_of(clicked, anew))
        if views.recorded_by(database, message_id) is None or all(views.is_suppressed(database, key) for key in keys):
            return message_id
    raise AssertionError("unreachable: there is always one that is not recorded")


def _address(typed: str) -> PostalAddress | None:
    if not typed.strip():
        return None
    found = find_addresses(typed)
    return replace(found[0], as_given=typed) if len(found) == 1 else PostalAddress(typed, missing=NOTHING_READ)


def _asked_by_link(decision: Decision) -> Decision:
    """Why it is accepted: a button was pressed, no program weighed any words."""
    reason = "asked by the link in our e-mail"
    judged = tuple(replace(one, reason=reason) if one.verdict is Verdict.ACCEPT else one for one in decision.requests)
    return replace(decision, requests=judged, reason=reason if decision.verdict is Verdict.ACCEPT else decision.reason)


@dataclass(slots=True)
class _Asked:
    """One who waits for an answer."""

    clicked: Clicked
    outcome: Outcome | None = None
    settled: threading.Event = field(default_factory=threading.Event)

    def settle(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.settled.set()


class Recorder:
    """The thread that records. It begins with the first wish, in whatever process that comes to, and ends with
    `close`."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.spool = link_spool.folder_of(settings)
        self._books = books(settings)
        self._clock = clock
        self._bursts = Bursts()
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._database: Database | None = None
        self._file: tuple[int, int] = (0, 0)
        self._away_until = 0.0

    def begin(self) -> None:
        """Start the thread, if it does not run in this process: what was kept earlier is then recorded too."""
        with self._starting:
            if self._process != os.getpid():
                self._process, self._database, self._waiting = os.getpid(), None, queue.SimpleQueue()
                self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
                self._thread.start()

    def put(self, clicked: Clicked) -> Outcome:
        """Record a wish; returns when it is on the disk, or is lost."""
        self.begin()
        asked = _Asked(clicked)
        self._waiting.put(asked)
        if asked.settled.wait(PATIENCE_SECONDS) and asked.outcome is not None:
            return asked.outcome
        return self._keep(clicked)

    def close(self) -> None:
        """Let the thread finish what waits, and end it."""
        if self._thread is not None and self._process == os.getpid():
            self._waiting.put(None)
            self._thread.join(PATIENCE_SECONDS)

    def _work(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next()
            if batch:
                self._settle(batch)
            if not self._away() and link_spool.how_many(self.spool):
                self._record_kept()
        self._let_go()

    def _next(self) -> tuple[list[_Asked], bool]:
        """All who wait, and whether more may come; without anybody, () after a while."""
        batch: list[_Asked] = []
        with suppress(queue.Empty):
            asked = self._waiting.get(timeout=SPOOL_SECONDS)
            while asked is not None:
                batch.append(asked)
                if len(batch) >= MOST_AT_ONCE:
                    return batch, True
                asked = self._waiting.get_nowait()
            return batch, False
        return batch, True

    def _settle(self, batch: Sequence[_Asked]) -> None:
        """Everybody of a batch gets an answer, whatever happens."""
        if self._away():
            for asked in batch:
                asked.settle(self._keep(asked.clicked))
            return
        try:
            self._record([asked.clicked for asked in batch])
        except Exception as problem:  # noqa: BLE001  (whoever waits must be answered; one wish may fail only itself)
            if len(batch) > 1 and not isinstance(problem, PrivacyError | OSError):
                for asked in batch:
                    self._settle([asked])
                return
            log.warning("%d wishes could not be recorded (%s); they are kept", len(batch), type(problem).__name__)
            self._note_away(problem)
            for asked in batch:
                asked.settle(self._keep(asked.clicked))
            return
        for asked in batch:
            asked.settle(Outcome.RECORDED)

    def _record(self, wishes: Sequence[Clicked]) -> None:
        """One transaction for all that are new."""
        database = self._opened()
        try:
            if fresh := [each for each in wishes if not is_recorded(database, self._books, each)]:
                now = self._clock()
                flagged = [self._looks_like_scanner(each) for each in fresh]
                with writing(database):
                    for each, scanner in zip(fresh, flagged, strict=True):
                        receipt = record(database, self._books, each, scanner, now)
                        log.info("wish %s recorded, event %s", each.wish, receipt.events[0] if receipt.events else "-")
        except BusyError:
            raise
        except (DatabaseError, OSError):
            self._let_go()
            raise

    def _looks_like_scanner(self, clicked: Clicked) -> bool:
        return clicked.wish is Wish.STOP and self._bursts.met(clicked.link.email, clicked.received)

    def _keep(self, clicked: Clicked) -> Outcome:
        try:
            link_spool.keep(self.spool, clicked)
        except OSError as problem:
            log.error("a wish could neither be recorded nor kept (%s)", type(problem).__name__)  # noqa: TRY400  no names
            return Outcome.LOST
        return Outcome.KEPT

    def _record_kept(self) -> None:
        try:
            record_kept(self._opened(), self._books, self.spool, self._clock)
        except (PrivacyError, OSError) as problem:
            log.info("what is kept stays kept (%s)", type(problem).__name__)
            self._note_away(problem)
            self._let_go()

    def _note_away(self, problem: Exception) -> None:
        """Whoever comes in the next seconds is not kept waiting for a database that was busy or gone a moment ago."""
        if isinstance(problem, PrivacyError | OSError):
            self._away_until = time.monotonic() + SPOOL_SECONDS

    def _away(self) -> bool:
        return time.monotonic() < self._away_until

    def _opened(self) -> Database:
        """The database, opened anew when another file lies in its place (a backup that was put back)."""
        path = self.settings.database
        about = path.stat() if path.exists() else None
        now = (about.st_dev, about.st_ino) if about else (0, 0)
        if self._database is not None and now == self._file:
            return self._database
        self._let_go()
        self._database, self._file = open_database(path), now
        self._database.row(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        return self._database

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def catch_up(settings: Settings, database: Database, clock: Callable[[], datetime]) -> int:
    """Record what `serve` kept, should it not run any more; how many. `pull` does so."""
    spool = link_spool.folder_of(settings)
    return record_kept(database, books(settings), spool, clock) if link_spool.how_many(spool) else 0


def record_kept(database: Database, held: Books, spool: Path, clock: Callable[[], datetime]) -> int:
    """Record what was kept while the database could not be written; how many. A file goes after the commit."""
    number = 0
    while paths := link_spool.waiting(spool, MOST_AT_ONCE):
        number += _record_files(database, held, paths, clock)
    return number


def _record_files(database: Database, held: Books, paths: Sequence[Path], clock: Callable[[], datetime]) -> int:
    """One transaction for all; when it fails, one for each, so that a bad file is set aside alone."""
    number = 0
    try:
        with writing(database):
            for path in paths:
                with suppress(FileNotFoundError):  # another process was quicker
                    record(database, held, link_spool.read(path), scanner=False, now=clock())
                    number += 1
    except (PrivacyError, OSError):
        raise
    except Exception as problem:  # noqa: BLE001  (one file may fail only itself)
        if len(paths) > 1:
            return sum(_record_files(database, held, [path], clock) for path in paths)
        log.error("%s cannot be recorded (%s)", paths[0].name, type(problem).__name__)  # noqa: TRY400  names somebody
        link_spool.set_aside(paths[0])
        return 0
    for path in paths:
        link_spool.done(path)
    return number
