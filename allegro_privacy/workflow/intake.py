"""`pull`: what is read, one source after the other; each in batches (batches.py), acknowledged after their commit."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from allegro_privacy.config import Settings
from allegro_privacy.core.account import Account
from allegro_privacy.core.decision import Receipt
from allegro_privacy.core.message import Origin
from allegro_privacy.errors import NoSuchPlaceError, PrivacyError, SourceError, UnreachableError, UsageError
from allegro_privacy.sources import Source, open_source
from allegro_privacy.store import journal, views
from allegro_privacy.workflow.batches import Run, in_batches, process
from allegro_privacy.workflow.judge import Judged, Outcome, Tally
from allegro_privacy.workflow.lock import alone_at


@dataclass(frozen=True, slots=True)
class Place:
    """A source to read, as it is written on the command line or in the configuration, whose mailbox it is, and how to
    reach it when it lies on a server."""

    spec: str
    mailbox: str = ""
    account: Account | None = None
    name: str = ""

    @property
    def shown(self) -> str:
        """What stands before its problems; a place without a name is named by the problem itself."""
        return f"{self.name}: " if self.name else ""


def places(settings: Settings, specs: Sequence[str]) -> tuple[Place, ...]:
    """What is to be read: the sources or mailboxes named (a mailbox in capitals or not), else the mailboxes of the
    configuration."""
    configured = [Place(each.source, each.role, each.account, each.name) for each in settings.mailboxes]
    known = {place.name.casefold(): place for place in configured if place.name}
    known |= {place.name: place for place in configured} | {place.spec: place for place in configured}
    named = [known.get(spec) or known.get(spec.casefold()) or Place(spec) for spec in specs]
    found = tuple(named if specs else configured)
    if not found:
        raise UsageError(
            "There is no mailbox to read.",
            "None was named, and the configuration has no [[mailbox]].",
            "Name one, for example: allegro-privacy pull maildir:PATH   (or add a [[mailbox]] to the configuration)",
        )
    return found


def pull(run: Run, specs: Sequence[Place], tally: Tally) -> Generator[Outcome, None, None]:
    """Everything new in the sources, judged and recorded; each outcome is yielded after its commit.

    A source that is down does not stop the others; its problem is in the tally. When all are down: SourceError."""
    down: list[PrivacyError] = []
    unread: set[str] = set()
    for place in specs:
        try:
            for outcome in _pull_place(run, place, tally):
                tally.add(outcome)
                yield outcome
        except SourceError as error:
            down.append(error)
            unread.add(place.spec)
            tally.down.append(f"{place.shown}{error.what} {error.why}".strip())
    if tally.undated:
        tally.told.append(_undated(tally.undated))
    mistyped = all(isinstance(error, NoSuchPlaceError) for error in down)
    all_down = len(down) == len(specs) and not tally.fetched
    if not run.dry_run and not (all_down and mistyped):
        read = tuple(place.spec for place in specs if place.spec not in unread)
        run.transact(lambda: _record_pull(run, read, tally))
    if down and all_down:
        raise down[0] if len(down) == 1 else _all_down(down)


def _undated(number: int) -> str:
    """No names: what is told stays in the ledger."""
    which = "1 message has" if number == 1 else f"{number:,} messages have"
    return (
        f"{which} no Received line, so the file's time counts as the day of receipt, and dates run from it. "
        "If the mail came earlier, act by its own date (why and review show which it is)."
    )


def _record_pull(run: Run, read: tuple[str, ...], tally: Tally) -> Receipt:
    """That a pull came to its end, which sources it read, what could not be read, and what was told (also how much
    was left alone)."""
    problems = (*tally.down, *tally.problems)
    return journal.record_pull(run.database, read, tally.counts(), problems, run.actor, run.clock(), tuple(tally.told))


def _all_down(down: Sequence[PrivacyError]) -> SourceError:
    why = "\n".join(f"{each.what} {each.why}".strip() for each in down)
    passing = all(isinstance(each, UnreachableError) for each in down)
    return (UnreachableError if passing else SourceError)(
        what="None of the sources could be read.", why=why, fix=down[0].fix
    )


def _pull_place(run: Run, place: Place, tally: Tally) -> Iterator[Outcome]:
    if place.account is None:
        yield from _pull_source(run, open_source(place.spec, place.mailbox))
        return
    with alone_at(run.database.path, place.account.place, run.patience.lock):
        yield from _pull_server(replace(run, filing=place.account.filing), place, place.account, tally)


def _pull_server(run: Run, place: Place, account: Account, tally: Tally) -> Iterator[Outcome]:
    """A folder on a server: read on from where it was read before, then file what is recorded. A reading that breaks
    off keeps how far it came."""
    from allegro_privacy.sources.imap import ImapSource
    from allegro_privacy.workflow.filing import file_away

    before = views.position(run.database, account.place)
    source = ImapSource(place.name or place.spec, account, place.mailbox, before, run.since, run.patience)
    try:
        yield from _pull_source(run, source)
    finally:
        tally.told += source.told
        if run.since is not None and source.passed_over:
            tally.told.append(f"{place.shown}left alone for good, being older than --since: {source.passed_over:,}")
        if not run.dry_run and (reached := source.reached) is not None and reached != before:
            run.transact(lambda: journal.note_position(run.database, reached, run.actor, run.clock()))
    if not run.dry_run:
        tally.unfiled += file_away(run.database, account, source.name, run.patience)
        tally.unfiled += _place_drafts(run, account, source.name)


def _place_drafts(run: Run, account: Account, mailbox: str) -> list[str]:
    """Replies that could not be put into the mailbox when they were written."""
    if not views.places_waiting(run.database).get(account.place):
        return []
    from allegro_privacy.workflow.outbox import place_drafts  # what replies are made of, only when there is one

    return place_drafts(run.database, account, mailbox, run.patience)


def _pull_source(run: Run, source: Source) -> Iterator[Outcome]:
    """Known origins are skipped by the source itself, so that an untouched mailbox costs nearly nothing."""

    def known(origin: Origin) -> bool:
        return views.known_origin(run.database, origin)

    for batch in in_batches(source.fetch(known)):
        for outcome in process(run, batch):
            if not run.dry_run and (isinstance(outcome, Judged) or not outcome.again):
                source.acknowledge(outcome.raw)
            yield outcome
