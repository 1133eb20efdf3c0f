"""`pull --watch`: the same pull again whenever a mailbox on a server says that something came (IDLE, RFC 2177), and
every so often anyway. A line that breaks is made anew, each time after a longer pause."""

import select
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress

from allegro_privacy.config import Settings
from allegro_privacy.core.account import Account, Patience
from allegro_privacy.errors import BusyError, NoSuchPlaceError, PrivacyError, SourceError
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.sources.imap_faults import LINE_ERRORS, ServerFault
from allegro_privacy.sources.imap_line import Line
from allegro_privacy.store import views
from allegro_privacy.workflow import insight

# RFC 2177: servers may end an IDLE after half an hour.
LONGEST_IDLE = 1500.0
LONGEST_PAUSE = 300.0
# An IDLE says nothing for a long time; its read time-out must be longer than it.
_IDLING = Patience(read=LONGEST_IDLE + 60, command=60)
# Mail that comes while IDLE is being asked for is told by some servers only when it ends (Dovecot looks at the folder's
# dates from then on), so IDLE is begun anew after this many seconds, then after twice as many, and so on.
_FIRST_IDLE = 1.0
# A closed line is ready to be read for ever and says nothing; TLS may be ready for once or twice without a word.
_MOST_SILENCES = 5


def watch(
    settings: Settings,
    accounts: Sequence[Account],
    pull: Callable[[], None],
    tell: Callable[[str], None],
    every: float,
) -> None:
    """Pull, wait, pull; until the process is told to end. What cannot be reached is told once, and tried again after
    pauses that grow; meanwhile the other mailboxes are waited for. A place that is not there is a mistyped one: it ends
    the watch."""
    failures, told = 0, ""
    while True:
        pause = pause_after(failures + 1)
        try:
            pull()
            trouble = wait_for_mail(settings, accounts, every, pause)
        except NoSuchPlaceError:
            raise
        except (SourceError, BusyError, ServerFault) as error:
            trouble = _words(error)
            time.sleep(pause)
        failures = failures + 1 if trouble else 0
        if trouble and trouble != told:
            tell(f"{trouble} It is tried again and again.")
        told = trouble


def _words(error: Exception) -> str:
    return error.what if isinstance(error, PrivacyError) else f"{error}."


def pause_after(failures: int) -> float:
    """Seconds before the next try: 1, 2, 4, … up to five minutes."""
    return min(2.0 ** min(failures - 1, 20), LONGEST_PAUSE)


def wait_for_mail(settings: Settings, accounts: Iterable[Account], every: float, pause: float) -> str:
    """Return when a mailbox has something new, or after so many seconds; after the pause when a mailbox is down.
    Returns what is wrong with that one. Raises ServerFault when a line breaks."""
    began, trouble = time.monotonic(), ""
    with ExitStack() as lines:
        idling: list[Line] = []
        for account in accounts:
            try:
                line, news = _open_idle(lines, settings, account)
            except (SourceError, ServerFault) as error:
                trouble = trouble or _words(error)
                continue
            if news:
                return trouble
            if line is not None:
                idling.append(line)
        _wait(idling, began + (min(every, pause) if trouble else min(every, LONGEST_IDLE)))
    return trouble


def _wait(idling: Sequence[Line], until: float) -> None:
    lasting = _FIRST_IDLE
    while (now := time.monotonic()) < until:
        if _told_within(idling, min(now + lasting, until)) or any(map(_idled_anew, idling)):
            return
        lasting *= 2


def _told_within(idling: Sequence[Line], until: float) -> bool:
    silences = 0
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([line.client.socket() for line in idling], [], [], left)
        said = [news for line in idling if line.client.socket() in ready and (news := _said(line))]
        if any(map(_is_news, said)):
            return True
        silences = silences + 1 if ready and not said else 0
        if silences >= _MOST_SILENCES:
            raise ServerFault("The server closed the line")
    return False


def _idled_anew(line: Line) -> bool:
    """Did mail come that IDLE did not tell?"""
    with line.watched(line.patience.connect):
        _, said = line.client.idle_done()
    line.ask(lambda client: client.idle())
    return _is_news(said) or _is_news(_said(line))


def _open_idle(lines: ExitStack, settings: Settings, account: Account) -> tuple[Line | None, bool]:
    """A connection that waits in IDLE (None where the server has none: it is only asked every so often), and whether
    something came between the pull and now."""
    with insight.opened(settings) as database:
        before = views.position(database, account.place)
    line = lines.enter_context(connect(account, patience=_IDLING))
    folder = line.open_folder(account.folder)
    if before is not None and before.uidnext and before.uidnext != folder.uidnext:
        return None, True
    if not line.can("IDLE"):
        return None, False
    line.ask(lambda client: client.idle())
    lines.callback(_end_idle, line)
    return line, _is_news(_said(line))


def _end_idle(line: Line) -> None:
    with suppress(ServerFault, *LINE_ERRORS), line.watched(line.patience.connect):
        line.client.idle_done()


def _said(line: Line) -> list[tuple[object, ...]]:
    with line.watched(line.patience.connect):
        return list(line.client.idle_check(timeout=0))


def _is_news(said: Iterable[tuple[object, ...]]) -> bool:
    return any(len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in said)
