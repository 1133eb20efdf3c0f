"""When mail was last read well, and what has happened since."""

from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.store.database import Database
from allegro_privacy.store.plain import moment


@dataclass(frozen=True, slots=True)
class GoodPull:
    """The last pull that could read everything, or None; `since`: how many came to their end after it and could not."""

    at: datetime | None
    since: int


def last_good_pull(database: Database, source: str = "") -> GoodPull:
    """The last pull in which every source and every message could be read; of a source that is named, the last in which
    it was read to its end."""
    reads = "EXISTS (SELECT 1 FROM json_each(sources) WHERE value = ?)"
    if source:
        event = database.value(f"SELECT max(event) FROM pulls WHERE {reads}", (source,))  # noqa: S608
    else:
        event = database.value("SELECT max(event) FROM pulls WHERE json_array_length(problems) = 0")
    since = int(database.value("SELECT count(*) FROM pulls WHERE event > ?", (event or 0,)))
    at = database.value("SELECT at FROM pulls WHERE event = ?", (event,)) if event else None
    return GoodPull(moment(at) if at else None, since)
