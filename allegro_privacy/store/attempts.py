"""How often a message was tried: what stops the program again and again must not stop it for ever."""

from datetime import datetime

from allegro_privacy.core.message import Origin
from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import origin_hash


def place_of(database: Database, origin: Origin) -> bytes:
    """The keyed hash of an origin: the name under which it is known."""
    return origin_hash(database.secret, origin.source, origin.locator, origin.stamp)


def begin_attempt(database: Database, origin: Origin, now: datetime) -> int:
    """Note, before reading it, that a message is tried; returns how often it has been tried, this one included.
    It counts only when it is committed before the message is read."""
    place = place_of(database, origin)
    return int(
        database.value(
            "INSERT INTO attempts (origin, count, since) VALUES (?, 1, ?) "
            "ON CONFLICT (origin) DO UPDATE SET count = count + 1 RETURNING count",
            (place, utc_text(now)),
        )
    )


def attempts_of(database: Database, origin: Origin) -> int:
    """How often a message has been tried without coming to an end."""
    place = place_of(database, origin)
    return int(database.value("SELECT count FROM attempts WHERE origin = ?", (place,)) or 0)


def clear_attempts(database: Database, origin: Origin) -> None:
    """The message came to an end."""
    place = place_of(database, origin)
    database.run("DELETE FROM attempts WHERE origin = ?", (place,))
