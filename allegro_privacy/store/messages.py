"""Messages by their names: the SHA-256 of their bytes outside, the number of the event that recorded them inside."""

from allegro_privacy.core.message import Message
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.tables import BEGINNINGS

# As much of an id as the ledger's index holds.
_INDEXED = 16
# In a SELECT that has a column `message`: the id of that message.
ID_OF_MESSAGE = "(SELECT subject FROM ledger WHERE number = message)"

# Of the header fields of a message those are kept that say how, and whether, it may be answered (RFC 5322 3.6.4,
# RFC 3834 2).
KEPT_HEADERS = frozenset(
    {"references", "in-reply-to", "auto-submitted", "precedence", "list-id", "list-post", "x-loop"}
)
LONGEST_HEADER = 2000


def headers_kept(message: Message) -> list[list[str]]:
    """Those header fields, as an event's content holds them."""
    return [[name, value[-LONGEST_HEADER:]] for name, value in message.headers if name in KEPT_HEADERS]


def number_of(database: Database, message_id: str) -> int | None:
    """The event that recorded a message; None when there is none."""
    sql = f"SELECT number FROM ledger WHERE {BEGINNINGS} AND substr(subject, 1, 16) = ? AND subject = ?"  # noqa: S608
    found = database.value(sql, (message_id[:_INDEXED], message_id))
    return None if found is None else int(found)


def number_met(database: Database, message_id: str) -> int | None:
    """The same, also for bytes that were recognised as a copy of another message."""
    found = number_of(database, message_id)
    if found is None:
        found = database.value("SELECT message FROM sightings WHERE bytes = ?", (message_id,))
    return None if found is None else int(found)


def numbers_beginning(database: Database, beginning: str) -> list[int]:
    """The messages whose ids begin so: at most two, which is one too many."""
    first = beginning[:_INDEXED]
    sql = (
        f"SELECT number FROM ledger WHERE {BEGINNINGS} AND substr(subject, 1, 16) >= ? "  # noqa: S608 a constant
        "AND substr(subject, 1, 16) < ? AND substr(subject, 1, ?) = ? LIMIT 2"
    )
    return [row[0] for row in database.rows(sql, (first, first + "g", len(beginning), beginning))]


def id_of(database: Database, number: int) -> str:
    """The id of a message; it stays when its content is erased."""
    return str(database.value("SELECT subject FROM ledger WHERE number = ?", (number,)) or "")


def id_of_content(database: Database, label: str, content: str) -> str:
    """The id of a message that came without bytes of its own (a letter, a call, a row of a file): a keyed hash of what
    it says. Without the key, what is left after an erasure could be guessed: there are only so many addresses."""
    return keyed(database.secret, label, content).hex()


def recorded_by(database: Database, message_id: str) -> tuple[int, str, str] | None:
    """The event that recorded a message, when (as stored) and by whom; None when there is none."""
    number = number_of(database, message_id)
    if number is None:
        return None
    row = database.row("SELECT at, actor FROM ledger WHERE number = ?", (number,))
    return None if row is None else (number, str(row[0]), str(row[1]))
