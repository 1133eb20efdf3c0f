"""A program with a planted fault: a message is committed before what follows from it. The kill test must notice."""

import sys
import time
from typing import Any

from allegro_privacy.cli.app import run
from allegro_privacy.store import journal
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database


def append_and_commit(database: Database, kind: str, subject: str, content: Any, *rest: Any) -> int:
    number = append(database, kind, subject, content, *rest)
    if kind == "message-received" and content["decision"]["verdict"] != "ignore":
        database.run("COMMIT")
        time.sleep(0.2)
        database.run("BEGIN IMMEDIATE")
    return number


journal.append = append_and_commit  # type: ignore[attr-defined]
sys.exit(run(sys.argv[1:]))
