"""What is known of a message before it is recorded: its bytes, its Message-ID and text, its origin, its people."""

from collections.abc import Iterable

from allegro_privacy.core.model import Key, Message, Origin, Standing
from allegro_privacy.store.attempts import place_of
from allegro_privacy.store.database import Database
from allegro_privacy.store.effects import active
from allegro_privacy.store.keys import keyed


def standing(database: Database, message: Message, keys: Iterable[Key]) -> Standing:
    """What is already known when a message arrives."""
    copies = _same_message_id(database, message)
    text = copy_key(database.secret, message) if copies else ""
    copy = next((message_id for message_id, hashed in copies if hashed == text), None)
    return Standing(
        same_bytes=_same_bytes(database, message.id) is not None,
        copy_of=copy,
        reused_id=bool(copies) and copy is None,
        suppressed=frozenset(key for key in keys if active(database, key) is not None),
    )


def known_origin(database: Database, origin: Origin) -> bool:
    """Was what lies at that origin (with that stamp) recorded already?"""
    place = place_of(database, origin)
    return database.row("SELECT 1 FROM sightings WHERE origin = ?", (place,)) is not None


def recorded_as(database: Database, message: Message) -> str | None:
    """The id under which a message is recorded: its own, that of the message it is a copy of, or None."""
    same = _same_bytes(database, message.id)
    if same is not None:
        return same
    copies = _same_message_id(database, message)
    text = copy_key(database.secret, message) if copies else ""
    return next((message_id for message_id, hashed in copies if hashed == text), None)


def copy_key(secret: bytes, message: Message) -> str:
    """The keyed hash of a message's text, blanks aside: servers fold and pad, a copy stays a copy."""
    return keyed(secret, "text", " ".join(message.text.split()))


def _same_bytes(database: Database, message_id: str) -> str | None:
    found = database.value("SELECT id FROM messages WHERE id = ?", (message_id,))
    if found is None:
        sql = "SELECT message FROM sightings WHERE bytes = ? AND bytes <> message"
        found = database.value(sql, (message_id,))
    return None if found is None else str(found)


def _same_message_id(database: Database, message: Message) -> list[tuple[str, str]]:
    if not message.message_id:
        return []
    hashed = keyed(database.secret, "message-id", message.message_id)
    rows = database.rows(
        "SELECT id, text_hash FROM messages WHERE message_id_hash = ? AND id <> ?", (hashed, message.id)
    )
    return [(row[0], row[1]) for row in rows]
