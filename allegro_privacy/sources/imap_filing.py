"""What is done in a mailbox with mail that is recorded: a keyword, or a move to a folder. Each step can be taken again.

An error from the server does not mean that a move did not happen, and two programs that move the same message at once
can both succeed (measured on Dovecot), so only what the folder shows afterwards is believed, and a failed MOVE is never
followed by a COPY.
"""

import hashlib
from collections.abc import Sequence

from imapclient import DELETED

from allegro_privacy.sources.imap_answers import Wanted, fetch
from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Folder, Line, checked

AT_ONCE = 100
_LARGEST = 64 * 1024 * 1024


def can_keep_keyword(folder: Folder, keyword: str) -> bool:
    """Exchange, for one, keeps no keyword of ours; some servers take one and drop it without a word."""
    return folder.keywords or keyword in folder.known


def set_keyword(line: Line, uids: Sequence[int], keyword: str) -> None:
    """Add a keyword to messages that are still there; the others are passed over by the server."""
    line.ask(lambda client: client.add_flags(list(uids), [checked(keyword).encode("ascii")], silent=True))


def make_target(line: Line, target: str) -> None:
    """The folder that messages are moved to, made when it is not there."""
    if not line.ask(lambda client: client.folder_exists(checked(target))):
        line.ask(lambda client: client.create_folder(target))


def still_there(line: Line, uids: Sequence[int]) -> set[int]:
    """Which of these the open folder still holds."""
    return set(line.uids(min(uids), max(uids))) & set(uids) if uids else set()


def move(line: Line, uids: Sequence[int], target: str) -> None:
    """MOVE (RFC 6851)."""
    line.ask(lambda client: client.move(list(uids), checked(target)))


def where_copies_begin(line: Line, target: str) -> str:
    """The target's UIDVALIDITY and next UID, before anything is copied there."""
    told = line.ask(lambda client: client.folder_status(checked(target), ["UIDVALIDITY", "UIDNEXT"]))
    return f"{int(told[b'UIDVALIDITY'])};{int(told[b'UIDNEXT'])}"


def copied_already(line: Line, uids: Sequence[int], target: str, copied_to: str) -> set[int]:
    """Which of these lie in the target since the copy began, by their bytes. The open folder is another afterwards."""
    uidvalidity, _, uidnext = copied_to.partition(";")
    named = _digests(line, uids)
    folder = line.open_folder(target)
    if str(folder.uidvalidity) != uidvalidity:
        # The target was made anew since: nothing tells whether a copy was made, and two are better than none.
        return set()
    there = set(_digests(line, line.uids(int(uidnext))).values())
    return {uid for uid, digest in named.items() if digest in there}


def _digests(line: Line, uids: Sequence[int]) -> dict[int, bytes]:
    commands = (Wanted((uid,), "UID BODY.PEEK[]", _LARGEST) for uid in uids)
    return {piece.uid: hashlib.sha256(piece.body).digest() for piece in fetch(line, commands) if piece.body}


def copy(line: Line, uids: Sequence[int], target: str) -> None:
    """COPY; what it copies is removed from here by `remove`."""
    line.ask(lambda client: client.copy(list(uids), checked(target)))


def remove(line: Line, uids: Sequence[int]) -> None:
    """Mark these deleted and expunge only them (UIDPLUS): a bare EXPUNGE would remove what staff marked too."""
    if not line.can("UIDPLUS"):
        raise ServerFault("the server cannot expunge single messages")
    line.ask(lambda client: client.add_flags(list(uids), [DELETED], silent=True))
    line.ask(lambda client: client.uid_expunge(list(uids)))
