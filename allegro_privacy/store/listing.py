"""The rows of a list, streamed as they are stored: a list of a million is written in seconds."""

from collections.abc import Iterable, Iterator, Mapping

from allegro_privacy.core.listing import Listed
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.store.database import Database

_COLUMNS = "event, key, name, address, level, since, reason, customer_number, erased"


def listed(
    database: Database, channel: Channel, levels: Iterable[Level] = tuple(Level), after: int = 0
) -> Iterator[Listed]:
    """The active suppressions of a channel, oldest first; only those recorded after that event. levels: of post."""
    # Not by an index: the rows would have to be sorted again, a hundred megabytes for a million.
    sql = f"SELECT {_COLUMNS} FROM suppressions NOT INDEXED WHERE channel = ? AND lifted IS NULL AND event > ?"  # noqa: S608
    return _streamed(database, f"{sql}{_of_levels(levels)} ORDER BY event", (channel.value, after))


def removed(database: Database, channel: Channel, after: int) -> Iterator[Listed]:
    """Who was on the list at that event and was lifted since. Whoever stands on it again by the same key is not among
    them: a recipient who takes rows off by address would take off the new one."""
    sql = (
        f"SELECT {_COLUMNS} FROM suppressions AS old WHERE channel = ? AND event <= ? AND lifted_event > ? "  # noqa: S608
        "AND erased = 0 AND NOT EXISTS (SELECT 1 FROM suppressions AS standing "
        "WHERE standing.key_hash = old.key_hash AND standing.lifted IS NULL) ORDER BY event"
    )
    return _streamed(database, sql, (channel.value, after, after))


def ever_listed(database: Database, channel: Channel) -> Iterator[Listed]:
    """Everybody who was ever suppressed in a channel, lifted or not."""
    return _streamed(database, f"SELECT {_COLUMNS} FROM suppressions WHERE channel = ?", (channel.value,))  # noqa: S608


def ever_keyed(database: Database, channel: Channel) -> frozenset[bytes]:
    """Their keyed hashes, of erased people too."""
    rows = database.stream("SELECT key_hash FROM suppressions WHERE channel = ?", (channel.value,))
    return frozenset(bytes(row[0]) for row in rows)


def left_out(database: Database, channel: Channel, levels: Iterable[Level]) -> Mapping[str, int]:
    """How many active suppressions of a channel are beyond these levels, by level."""
    wanted = {each.value for each in levels}
    sql = "SELECT level, count(*) FROM suppressions WHERE channel = ? AND lifted IS NULL GROUP BY level"
    return {level: count for level, count in database.rows(sql, (channel.value,)) if level and level not in wanted}


def events_left_out(database: Database, channel: Channel, levels: Iterable[Level]) -> tuple[int, ...]:
    """Those suppressions themselves."""
    wanted = {each.value for each in levels}
    if wanted == {each.value for each in Level}:
        return ()
    sql = "SELECT event, level FROM suppressions WHERE channel = ? AND lifted IS NULL AND level IS NOT NULL"
    return tuple(event for event, level in database.stream(sql, (channel.value,)) if level not in wanted)


def _of_levels(levels: Iterable[Level]) -> str:
    wanted = sorted(each.value for each in levels)
    if len(wanted) == len(Level):
        return ""
    names = ", ".join(f"'{each}'" for each in wanted)
    return f" AND (level IS NULL OR level IN ({names}))"


def _streamed(database: Database, sql: str, parameters: tuple[object, ...]) -> Iterator[Listed]:
    return map(Listed._make, database.stream(sql, parameters))
