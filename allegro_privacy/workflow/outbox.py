"""The outbox of drafts: what was planned when a draft was written is put into the mailbox's Drafts folder after that
commit, by one process at a time, and by the next run when it failed. Nothing is ever sent, and nothing put there twice.
"""

from allegro_privacy.core.account import Account, Patience
from allegro_privacy.errors import PrivacyError
from allegro_privacy.sources import imap_drafts as server
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Line
from allegro_privacy.store import drafts
from allegro_privacy.store.database import Database
from allegro_privacy.store.drafts import Waiting
from allegro_privacy.workflow.letters import mail_of
from allegro_privacy.workflow.lock import alone_at
from allegro_privacy.workflow.transaction import transact


def place_drafts(database: Database, account: Account, mailbox: str, patience: Patience) -> list[str]:
    """Put what waits for this mailbox into its Drafts folder. Returns what could not be done, in words for staff."""
    if not drafts.waiting_drafts(database, account.place):
        return []
    try:
        with alone_at(database.path, f"{account.place} drafts", patience.lock):
            # Read again: whoever held the mailbox before may have done it all.
            waiting = drafts.waiting_drafts(database, account.place)
            return _place_all(database, account, mailbox, patience, waiting) if waiting else []
    except PrivacyError as error:
        return [_later(account, f"{error.what} {error.why}".strip())]


def _place_all(
    database: Database, account: Account, mailbox: str, patience: Patience, waiting: list[Waiting]
) -> list[str]:
    try:
        with connect(account, mailbox, patience) as line:
            folder = server.drafts_folder(line, account)
            return [told for each in waiting if (told := _place(database, line, folder, each, account))]
    except (ServerFault, PrivacyError) as error:
        words = f"{error.what} {error.why} {error.fix}".strip() if isinstance(error, PrivacyError) else str(error)
        left = [each.event for each in drafts.waiting_drafts(database, account.place)]
        transact(database, lambda: drafts.not_placed(database, left, words))
        return [_later(account, words)]


def _place(database: Database, line: Line, folder: str, each: Waiting, account: Account) -> str:
    """One draft; what staff must know of it, "" when all is well."""
    made = mail_of(database, each.event)
    if made is None:
        transact(database, lambda: drafts.placed(database, each.event))
        return ""
    raw, message_id = made
    there = server.arrived(line, each.folder, message_id, each.appended_to) if each.state == "appending" else False
    if there is False:
        begin = server.where_it_begins(line, folder)
        transact(database, lambda: drafts.note_appending(database, each.event, folder, begin))
        server.append(line, folder, raw)
    transact(database, lambda: drafts.placed(database, each.event))
    if there is None:
        # Putting it there again could answer a customer twice.
        return (
            f"{account.place}: nobody can tell whether D{each.event} reached {each.folder}, and it is not put there "
            f"again. Look there; if it is missing, print it: allegro-privacy reply {_about(database, each.event)}"
        )
    return ""


def _about(database: Database, event: int) -> str:
    found = drafts.draft(database, event)
    return found.about if found else ""


def _later(account: Account, words: str) -> str:
    return f"{account.place}: drafts are not in the mailbox yet; the next pull or reply tries again. {words}"
