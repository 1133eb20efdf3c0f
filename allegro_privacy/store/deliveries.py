"""Lists that are put on their recipient's server: which still wait, and which arrived."""

from collections.abc import Sequence
from datetime import datetime

from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database
from allegro_privacy.store.exports import EXPORT_COLUMNS, export
from allegro_privacy.store.rows import Export

# A list that the recipient acknowledged reached them, by whatever way; and so did what they had before it.
_WAITS = (
    "delivered IS NULL AND NOT EXISTS (SELECT 1 FROM acknowledgements JOIN exports AS held ON held.event = export "
    "WHERE held.recipient = exports.recipient AND held.channel = exports.channel AND held.event >= exports.event)"
)


def record_delivered(
    database: Database, export_event: int, target: str, files: Sequence[tuple[str, str]], actor: str, now: datetime
) -> int:
    """A list arrived: each of its files (name, SHA-256) was read back on the server and is the same."""
    content = {"export": export_event, "target": target, "files": [list(each) for each in files]}
    return append(database, "delivered", f"E{export_event}", content, actor, now)


def undelivered(database: Database, recipient: str = "") -> tuple[Export, ...]:
    """The lists whose arrival is not confirmed, oldest first; of one recipient, or of all."""
    columns = ", ".join(f"exports.{name.strip()}" for name in EXPORT_COLUMNS.split(","))
    sql = (
        f"SELECT {columns} FROM exports JOIN deliveries ON deliveries.event = exports.event "  # noqa: S608 constants
        f"WHERE {_WAITS} AND (?1 = '' OR exports.recipient = ?1) ORDER BY exports.event"
    )
    return tuple(export(row) for row in database.rows(sql, (recipient,)))
