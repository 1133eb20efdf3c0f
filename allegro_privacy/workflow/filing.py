"""The outbox of the mailboxes: what was planned when a message was recorded is done after that commit, one process at a
time, and again by the next run when it failed. It never holds up the recording."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from allegro_privacy.core.account import Account, FilingKind, Patience
from allegro_privacy.errors import PrivacyError
from allegro_privacy.sources import imap_filing as server
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Folder, Line
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import OpenFiling
from allegro_privacy.workflow.transaction import transact


def file_away(database: Database, account: Account, mailbox: str, patience: Patience) -> list[str]:
    """Do what is planned in one folder. Returns what could not be done, in words for staff."""
    if not views.filings(database, account.place):
        return []
    wanted = account.filing.values()
    transact(database, lambda: journal.drop_unwanted(database, account.place, wanted))
    if not views.filings(database, account.place):
        return []
    try:
        with connect(account, mailbox, patience) as line:
            folder = line.open_folder(account.folder, read_only=False)
            transact(database, lambda: journal.drop_other_epochs(database, account.place, folder.uidvalidity))
            return _Desk(database, line, folder, account).clear()
    except ServerFault as fault:
        return [f"{account.place}: recorded mail is not filed yet ({fault})"]
    except PrivacyError as error:
        return [f"{account.place}: recorded mail is not filed yet. {error.what} {error.why}".strip()]


class _Desk:
    """One open folder and the list of what is to be filed in it."""

    def __init__(self, database: Database, line: Line, folder: Folder, account: Account) -> None:
        self.database = database
        self.line = line
        self.folder = folder
        self.account = account

    def clear(self) -> list[str]:
        planned = views.filings(self.database, self.account.place, self.folder.uidvalidity)
        by_filing = groupby(sorted(planned, key=_order), key=lambda each: each.filing)
        problems: list[str] = []
        for filing, rows in by_filing:
            waiting = list(rows)
            steps = self._keep if filing.kind is FilingKind.KEYWORD else self._move
            for chunk in (waiting[at : at + server.AT_ONCE] for at in range(0, len(waiting), server.AT_ONCE)):
                problem = self._tried(chunk, steps)
                if problem and problem not in problems:
                    problems.append(problem)
        return [f"{self.account.place}: {problem}" for problem in problems]

    def _tried(self, rows: Sequence[OpenFiling], steps: Callable[[Sequence[OpenFiling]], str]) -> str:
        try:
            problem = steps(rows)
        except ServerFault as fault:
            self._note(rows, str(fault))
            raise
        if problem:
            self._note(rows, problem)
        return problem

    def _keep(self, rows: Sequence[OpenFiling]) -> str:
        keyword = rows[0].filing.target
        if not server.can_keep_keyword(self.folder, keyword):
            return f"the server keeps no keyword {keyword}; choose another filing for this mailbox"
        server.set_keyword(self.line, _uids(rows), keyword)
        self._done(_uids(rows))
        return ""

    def _move(self, rows: Sequence[OpenFiling]) -> str:
        target, there = rows[0].filing.target, server.still_there(self.line, _uids(rows))
        self._done(set(_uids(rows)) - there)
        rows = [row for row in rows if row.uid in there]
        if not rows:
            return ""
        server.make_target(self.line, target)
        if self.line.can("MOVE") and not any(row.state == "copying" for row in rows):
            server.move(self.line, _uids(rows), target)
            left = server.still_there(self.line, _uids(rows))
            self._done(set(_uids(rows)) - left)
            return f"the server did not move every message to {target}" if left else ""
        if not self.line.can("UIDPLUS"):
            return "the server can neither move a message nor expunge a single one; choose another filing"
        self._copy(rows, target)
        return ""

    def _copy(self, rows: Sequence[OpenFiling], target: str) -> None:
        """COPY, then expunge just these. What was begun before a crash is looked for in the target first."""
        copied: set[int] = set()
        begun_before = sorted((row for row in rows if row.state == "copying"), key=lambda row: row.copied_to)
        for copied_to, begun in groupby(begun_before, key=lambda row: row.copied_to):
            copied |= server.copied_already(self.line, _uids(begun), target, copied_to)
            self.line.open_folder(self.account.folder, read_only=False)
        fresh = [row.uid for row in rows if row.uid not in copied]
        if fresh:
            begin = server.where_copies_begin(self.line, target)
            place, epoch = self.account.place, self.folder.uidvalidity
            transact(self.database, lambda: journal.note_copying(self.database, place, epoch, fresh, begin))
            server.copy(self.line, fresh, target)
        server.remove(self.line, _uids(rows))
        self._done(set(_uids(rows)) - server.still_there(self.line, _uids(rows)))

    def _done(self, uids: Iterable[int]) -> None:
        done = sorted(uids)
        if done:
            place, epoch = self.account.place, self.folder.uidvalidity
            transact(self.database, lambda: journal.filed(self.database, place, epoch, done))

    def _note(self, rows: Sequence[OpenFiling], problem: str) -> None:
        place, epoch = self.account.place, self.folder.uidvalidity
        transact(self.database, lambda: journal.not_filed(self.database, place, epoch, _uids(rows), problem))


def _order(row: OpenFiling) -> tuple[str, str, int]:
    return row.filing.kind.value, row.filing.target, row.uid


def _uids(rows: Iterable[OpenFiling]) -> list[int]:
    return [row.uid for row in rows]
