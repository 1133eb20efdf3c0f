"""`pull --watch`: the same pull again whenever a mailbox on a server says that something came (IDLE, RFC 2177), and
every so often anyway. A line that breaks is made anew, each time after a longer pause."""

import select
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress

from allegro_privacy.config import Settings
from allegro_privacy.core.account import Account, Patience
from allegro_privacy.errors import PrivacyError, SourceError
from allegro_privacy.sources.imap_faults import LINE_ERRORS, ServerFault
from allegro_privacy.sources.imap_line import Line, connect
from allegro_privacy.store import views
from allegro_privacy.workflow import insight

EVERY_SECONDS = 300.0
# RFC 2177: servers may end an IDLE after half an hour.
LONGEST_IDLE = 1500.0
LONGEST_PAUSE = 300.0
# An IDLE says nothing for a long time; its read time-out must be longer than it.
_IDLING = Patience(read=LONGEST_IDLE + 60)


def watch(settings: Settings, pull: Callable[[], None], tell: Callable[[str], None], every: float) -> None:
    """Pull, wait, pull; until the process is told to end. What cannot be reached is told once, and tried again."""
    accounts = [mailbox.account for mailbox in settings.mailboxes if mailbox.account]
    failures, told = 0, ""
    while True:
        try:
            pull()
            failures, told = 0, ""
            wait_for_mail(settings, accounts, every)
        except (SourceError, ServerFault) as error:
            failures += 1
            words = error.what if isinstance(error, PrivacyError) else str(error)
            if words != told:
                tell(f"{words} It is tried again and again.")
                told = words
            time.sleep(pause_after(failures))


def pause_after(failures: int) -> float:
    """Seconds before the next try: 1, 2, 4, … up to five minutes."""
    return min(2.0 ** (failures - 1), LONGEST_PAUSE)


def wait_for_mail(settings: Settings, accounts: Iterable[Account], every: float) -> None:
    """Return when a mailbox has something new, or after so many seconds."""
    until = time.monotonic() + min(every, LONGEST_IDLE)
    with ExitStack() as lines:
        idling: list[Line] = []
        for account in accounts:
            line, news = _open_idle(lines, settings, account)
            if news:
                return
            if line is not None:
                idling.append(line)
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([line.client.socket() for line in idling], [], [], left)
            if any(_has_news(line) for line in idling if line.client.socket() in ready):
                return


def _open_idle(lines: ExitStack, settings: Settings, account: Account) -> tuple[Line | None, bool]:
    """A connection that waits in IDLE (None where the server has none: it is only asked every so often), and whether
    something came between the pull and now."""
    line = lines.enter_context(connect(account, patience=_IDLING))
    folder = line.open_folder(account.folder)
    with insight.opened(settings) as database:
        before = views.position(database, account.place)
    if before is not None and before.uidnext and before.uidnext != folder.uidnext:
        return None, True
    if not line.can("IDLE"):
        return None, False
    line.ask(lambda client: client.idle())
    lines.callback(_end_idle, line)
    return line, _has_news(line)


def _end_idle(line: Line) -> None:
    with suppress(ServerFault, *LINE_ERRORS), line.watched(line.patience.connect):
        line.client.idle_done()


def _has_news(line: Line) -> bool:
    with line.watched(line.patience.connect):
        said = line.client.idle_check(timeout=0)
    return any(len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in said)
