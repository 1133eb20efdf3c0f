"""From what somebody typed to keys, and from keys to the events about a person."""

import re
from collections.abc import Iterable

from allegro_privacy.core.model import Key, Person
from allegro_privacy.errors import UsageError
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import keyed, keys_of_address, keys_of_person
from allegro_privacy.store.messages import numbers_beginning
from allegro_privacy.store.reviews import content_of

_NUMBERED = re.compile(r"[SRCMsrcm]\d{1,18}")
_MESSAGE_ID = re.compile(r"[0-9a-f]{8,64}")
_PHONE = re.compile(r"[+(]?\d[\d\s().-]{6,24}")


def events_about(database: Database, hashes: Iterable[bytes]) -> list[int]:
    """The events in which any of these keyed hashes was met, in order."""
    sql = "SELECT event FROM identifiers WHERE hash = ?"
    return sorted({row[0] for one in set(hashes) for row in database.rows(sql, (one,))})


def typed_keys(who: str) -> tuple[Key, ...]:
    """The keys of an e-mail address or a phone number as typed; () for anything else."""
    who = who.strip()
    if "@" in who.strip("@") and " " not in who:
        return keys_of_address(who)
    return keys_of_person(Person(phone=who)) if _PHONE.fullmatch(who) else ()


def numbered_event(database: Database, who: str) -> int | None:
    """The event of "S12", "R12", "C12", "M12" or of a message id (or its beginning); None when it is none of these."""
    who = who.strip()
    if _NUMBERED.fullmatch(who):
        table = {"S": "suppressions", "R": "reviews", "C": "cases", "M": "messages"}[who[0].upper()]
        found = database.value(f"SELECT event FROM {table} WHERE event = ?", (int(who[1:]),))  # noqa: S608 four names
        return None if found is None else int(found)
    if _MESSAGE_ID.fullmatch(who):
        found = numbers_beginning(database, who)
        return found[0] if len(found) == 1 else None
    return None


def exact_keys(database: Database, who: str) -> set[tuple[str, str]]:
    """The keys of exactly one person; UsageError for anything that could be several."""
    pairs = {(key.channel.value, key.value) for key in typed_keys(who)}
    if pairs:
        return pairs
    event = numbered_event(database, who)
    if event is None:
        raise UsageError(
            "That does not name exactly one person.", "A name or an address may be several people's.",
            "give the e-mail address, the phone number, an S-, R- or C-number, or a message id",
        )  # fmt: skip
    return _keys_in(database, event)


def _keys_in(database: Database, event: int) -> set[tuple[str, str]]:
    content = content_of(database, event)
    if content is None:
        raise UsageError("What that event recorded is erased already.")
    if "positions" in content and "message" in content:
        return _keys_in(database, content["message"])
    pairs = {(channel, value) for channel, value in content.get("keys", ())}
    if "key" in content:
        pairs.add((content.get("channel", "email"), content["key"]))
    if len({value for channel, value in pairs if channel == "email"}) > 1:
        raise UsageError("That event names several people.", "", "give the e-mail address of the one who is meant")
    return pairs


def hashes_of(database: Database, keys: Iterable[Key]) -> list[bytes]:
    """The keyed hashes of keys."""
    return [keyed(database.secret, key.channel.value, key.value) for key in keys]
