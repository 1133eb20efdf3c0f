"""What is known of a message before it is recorded: its bytes, its Message-ID and text, its origin, its people."""

from collections.abc import Iterable

from allegro_privacy.core.decision import Standing
from allegro_privacy.core.message import Message, Origin
from allegro_privacy.core.person import Key
from allegro_privacy.store.attempts import place_of
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import decoys_among
from allegro_privacy.store.effects import active
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.messages import id_of, number_met


def standing(database: Database, message: Message, keys: Iterable[Key]) -> Standing:
    """What is already known when a message arrives."""
    same, keys = number_met(database, message.id), tuple(keys)
    copies = _same_message_id(database, message, same)
    copy = _copy_among(database, message, copies)
    return Standing(
        same_bytes=same is not None,
        copy_of=None if copy is None else id_of(database, copy),
        reused_id=bool(copies) and copy is None,
        suppressed=frozenset(key for key in keys if active(database, key) is not None),
        decoys=decoys_among(database, keys),
    )


def known_origin(database: Database, origin: Origin) -> bool:
    """Was what lies at that origin (with that stamp) recorded already?"""
    place = place_of(database, origin)
    return database.row("SELECT 1 FROM sightings WHERE origin = ?", (place,)) is not None


def recorded_as(database: Database, message: Message) -> int | None:
    """The event that recorded a message, or the message that it is a copy of; None when it is new."""
    same = number_met(database, message.id)
    return _copy_among(database, message, _same_message_id(database, message, None)) if same is None else same


def copy_key(secret: bytes, message: Message) -> bytes:
    """The keyed hash of a message's text, blanks aside: servers fold and pad, a copy stays a copy."""
    return keyed(secret, "text", " ".join(message.text.split()))


def _same_message_id(database: Database, message: Message, but: int | None) -> list[tuple[int, bytes]]:
    if not message.message_id:
        return []
    hashed = keyed(database.secret, "message-id", message.message_id)
    rows = database.rows("SELECT event, text_hash FROM messages WHERE message_id_hash = ?", (hashed,))
    return [(event, text) for event, text in rows if event != but]


def _copy_among(database: Database, message: Message, known: list[tuple[int, bytes]]) -> int | None:
    text = copy_key(database.secret, message) if known else b""
    return next((event for event, hashed in known if hashed == text), None)
