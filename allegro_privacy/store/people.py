"""From what somebody typed to keys, and from keys to the events about a person."""

import re
from collections.abc import Iterable

from allegro_privacy.core.person import Key, Person
from allegro_privacy.errors import UsageError
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import keyed, keys_of_address, keys_of_person
from allegro_privacy.store.messages import numbers_beginning
from allegro_privacy.store.reviews import content_of

# "S12", "s 12", "#12" with its letter, "case 12", "review R12": as people type and say it.
_NUMBERED = re.compile(
    r"(?:(suppression|review|case|message)\s*)?([SRCM](?=[\s#-]{0,3}\d))?[\s#-]{0,3}(\d{1,18})", re.IGNORECASE
)
_TABLES = {"S": "suppressions", "R": "reviews", "C": "cases", "M": "messages"}
_MESSAGE_ID = re.compile(r"[0-9a-f]{8,64}")
_LABEL = re.compile(
    r"(?:telephone|phone|tel|cell|mobile|fax|call|tel[eé]fono|celular|m[oó]vil)\b[\s.:#]*", re.IGNORECASE
)
_EXTENSION = re.compile(r"[\s,;]*(?:extension|ext|x|anexo)[\s.:#]*\d{1,6}$", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?\d[\d\s()./·‐-―-]{5,24}")


def events_about(database: Database, hashes: Iterable[bytes]) -> list[int]:
    """The events in which any of these keyed hashes was met, in order."""
    sql = "SELECT event FROM identifiers WHERE hash = ?"
    return sorted({row[0] for one in set(hashes) for row in database.rows(sql, (one,))})


def typed_keys(who: str) -> tuple[Key, ...]:
    """The keys of an e-mail address (alone, in angle brackets, or behind a name) or of a phone number in any way of
    writing it; () for anything else."""
    email = _typed_email(who)
    if email:
        return keys_of_address(email)
    digits = phone_digits(who)
    return keys_of_person(Person(phone=digits)) if digits else ()


def _typed_email(who: str) -> str:
    who = who.strip().strip("<>\"'“”")
    if "@" not in who.strip("@"):
        return ""
    if " " not in who:
        return who
    # A name before it, as mail programs copy it: exactly one address, and nothing that could be a second.
    name, opening, rest = who.rpartition("<")
    return rest.rstrip("> ") if opening and "@" not in name and " " not in rest.strip() else ""


def phone_digits(who: str) -> str:
    """The digits of what is written like a phone number, without its label and extension; "" for anything else."""
    bare = _EXTENSION.sub("", _LABEL.sub("", who.strip(), count=1)).strip()
    return "".join(sign for sign in bare if sign.isdigit()) if _PHONE.fullmatch(bare) else ""


def numbered_event(database: Database, who: str) -> int | None:
    """The event of "S12", "R12", "C12", "M12", "case 12", or of a message id (or its beginning); None when it is none
    of these."""
    who = who.strip()
    match = _NUMBERED.fullmatch(who)
    if match and (match[1] or match[2]):
        word, letter = (match[1] or match[2])[0].upper(), (match[2] or match[1])[0].upper()
        if word != letter:
            return None
        found = database.value(f"SELECT event FROM {_TABLES[letter]} WHERE event = ?", (int(match[3]),))  # noqa: S608
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
