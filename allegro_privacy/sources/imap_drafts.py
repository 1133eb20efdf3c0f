"""Putting a draft into a mailbox: which folder holds drafts, one APPEND, and whether it arrived.

The folder is named by the configuration, or by the server itself (SPECIAL-USE, RFC 6154); it is never guessed."""

from allegro_privacy.core.account import Account
from allegro_privacy.errors import SourceError
from allegro_privacy.sources.imap_answers import Wanted, fetch
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_filing import where_copies_begin
from allegro_privacy.sources.imap_line import Line, checked

DRAFT_FLAG = b"\\Draft"
_SPECIAL_USE = b"\\drafts"
_LARGEST = 1024 * 1024
_MOST_LOOKED_AT = 500


def drafts_folder(line: Line, account: Account) -> str:
    """The folder for drafts. SourceError when neither the configuration nor the server names one that is there."""
    rows = line.ask(lambda client: client.list_folders())
    names = [str(row[2]) for row in rows]
    if account.drafts:
        if account.drafts in names:
            return account.drafts
        raise _no_folder(account, f"There is no folder {account.drafts}.", names)
    for flags, _, name in rows:
        if _SPECIAL_USE in {bytes(flag).lower() for flag in flags}:
            return str(name)
    raise _no_folder(account, "The server does not say which folder holds the drafts.", names)


def _no_folder(account: Account, why: str, names: list[str]) -> SourceError:
    return SourceError(
        f"The Drafts folder of {account.sign_in.user} is not known.",
        f"{why} There are: {', '.join(sorted(names)[:12])}.",
        'Name it in the [[mailbox]] of the configuration, for example: drafts = "Drafts"',
    )


def where_it_begins(line: Line, folder: str) -> str:
    """The folder's UIDVALIDITY and next UID, before anything is put there."""
    return where_copies_begin(line, folder)


def append(line: Line, folder: str, raw: bytes) -> None:
    """Put one mail there, marked as a draft. The bytes are ours, and go over the line as a literal."""
    line.ask(lambda client: client.append(checked(folder), raw, flags=[DRAFT_FLAG]))


def arrived(line: Line, folder: str, message_id: str, appended_to: str) -> bool | None:
    """Did an APPEND that was begun come to its end? True: it lies there.  False: nothing came there since.  None:
    nobody can tell, since other drafts came and this one is not among them: it may have been sent meanwhile."""
    if where_copies_begin(line, folder) == appended_to:
        return False
    uidvalidity, _, uidnext = appended_to.partition(";")
    opened = line.open_folder(folder)
    if str(opened.uidvalidity) != uidvalidity:
        return None
    uids = line.uids(int(uidnext))[:_MOST_LOOKED_AT]
    commands = (Wanted((uid,), "UID BODY.PEEK[]", _LARGEST) for uid in uids)
    wanted = message_id.encode("ascii")
    try:
        return True if any(wanted in (piece.body or b"") for piece in fetch(line, commands)) else None
    except ServerFault:
        return None
