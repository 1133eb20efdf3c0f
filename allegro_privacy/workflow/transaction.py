"""One immediate transaction, tried again when somebody else holds the database."""

import time
from collections.abc import Callable
from typing import TypeVar

from allegro_privacy.errors import BusyError
from allegro_privacy.store.database import Database, writing

TRIES = 3
PAUSE_SECONDS = 0.5

Answer = TypeVar("Answer")


def transact(database: Database, work: Callable[[], Answer], dry_run: bool = False) -> Answer:
    """What `work` returns, committed (rolled back for a dry run). Still busy after the last try: BusyError."""
    for left in reversed(range(TRIES)):
        try:
            with writing(database, dry_run=dry_run):
                return work()
        except BusyError:
            if not left:
                raise
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("unreachable: the last try returns or raises")
