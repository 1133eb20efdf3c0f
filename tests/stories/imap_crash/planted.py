"""Four faults of design. Each must be noticed, or a sweep that finds nothing proves nothing."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from allegro_privacy.core.account import Account, Filing, FilingKind, Position, read_locator
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.sources import imap_filing
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.store import journal
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database
from allegro_privacy.workflow import batches, intake


def filed_before_the_commit() -> None:
    """What is to be filed is filed at once, in the middle of the transaction that records it."""
    pull_server, plan = intake._pull_server, batches._plan_filing
    accounts: list[Account] = []

    def remember(run: batches.Run, place: intake.Place, account: Account, *rest: Any) -> Iterator[Any]:
        accounts.append(account)
        return pull_server(run, place, account, *rest)

    def plan_and_file(run: batches.Run, origin: Origin, verdict: Verdict) -> None:
        plan(run, origin, verdict)
        at, filing = read_locator(origin.locator), run.filing.get(verdict, Filing())
        if at and filing.kind is FilingKind.MOVE:
            with connect(accounts[-1]) as line:
                line.open_folder(accounts[-1].folder, read_only=False)
                imap_filing.make_target(line, filing.target)
                imap_filing.move(line, [at[2]], filing.target)

    intake._pull_server, batches._plan_filing = remember, plan_and_file


def two_transactions() -> None:
    """A message is committed before what follows from it."""

    def append_and_commit(database: Database, kind: str, subject: str, content: Any, *rest: Any) -> int:
        number = append(database, kind, subject, content, *rest)
        if kind == "message-received":
            database.run("COMMIT")
            database.run("BEGIN IMMEDIATE")
        return number

    journal.append = append_and_commit  # type: ignore[attr-defined]


def copied_without_asking() -> None:
    """After a crash everything is copied again, whatever lies in the target already."""

    def nothing(*_: object) -> set[int]:
        return set()

    imap_filing.copied_already = nothing


def position_before_the_commit() -> None:
    """That a batch is read is remembered before it is recorded."""
    process = intake.process

    def remember_and_process(run: batches.Run, batch: Sequence[RawMessage]) -> Iterator[Any]:
        at = read_locator(batch[-1].origin.locator)
        assert at is not None
        reached = Position(*at)
        run.transact(lambda: journal.note_position(run.database, reached, run.actor, run.clock()))
        yield from process(run, batch)

    intake.process = remember_and_process


FAULTS: dict[str, Callable[[], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (filed_before_the_commit, two_transactions, copied_without_asking, position_before_the_commit)
}
