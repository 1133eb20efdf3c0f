"""What of a record may be shown to one person: everything but what it says of others."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.identity import email_key, find_emails, phone_key
from allegro_privacy.core.names_same import same_person

BLACK = "[blacked out]"
SHORTEST = 3
_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]+(?:\s+[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]+)+")
# It looks like an address, and names a message.
_NAMES_NOBODY = frozenset({"message_id"})
_PHONE = re.compile(r"\+?[\d(][\d\s().–-]{8,20}\d")


@dataclass(frozen=True, slots=True)
class Own:
    """Whose proof it is, and whom we may name beside them: the shop. emails, phones: keys.  names: as written.
    lines: of postal addresses, folded."""

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[str]
    lines: frozenset[str]


def own_of(
    contents: Iterable[Mapping[str, Any]], keys: Iterable[tuple[str, str]], shop_emails: Iterable[str],
    shop_phones: Iterable[str],
) -> Own:  # fmt: skip
    """What is this person's, by their keys: also the names and addresses that stand beside those."""
    known = frozenset(keys)
    emails = {value for channel, value in known if channel == "email"}
    phones = {value for channel, value in known if channel == "phone"}
    names, lines = set[str](), set[str]()
    kept = tuple(contents)
    for content in kept:
        # A suppression by post knows its person by the key alone.
        if (content.get("channel"), content.get("key")) in known and content.get("person"):
            names.add(content["person"].get("name") or "")
            lines |= set(_lines(content["person"]))
    for person in (person for content in kept for person in _people(content)):
        if email_key(person.get("email") or "") in emails or phone_key(person.get("phone") or "") in phones:
            names.add(person.get("name") or "")
            lines |= set(_lines(person))
    emails |= {email_key(one) for one in shop_emails}
    phones |= {phone_key(one) for one in shop_phones}
    return Own(frozenset(emails), frozenset(phones), frozenset(names - {""}), frozenset(lines))


def _people(content: Any) -> Iterator[Mapping[str, Any]]:
    """Everybody whom a record names in a form of its own: people of requests, mailboxes of headers."""
    if isinstance(content, Mapping):
        if {"email", "phone", "address"} & content.keys() and all(
            isinstance(content.get(part), str | None) for part in ("name", "email", "phone")
        ):
            yield content
        for value in content.values():
            yield from _people(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _people(value)


def _lines(person: Mapping[str, Any]) -> list[str]:
    address = person.get("address")
    if not isinstance(address, Mapping):
        return []
    parts = [str(address.get(part) or "") for part in ("line1", "line2")]
    parts += str(address.get("as_given") or "").splitlines()
    return [line.strip(" ,").casefold() for line in parts if len(line.strip(" ,")) > SHORTEST]


def _is_own(person: Mapping[str, Any], own: Own) -> bool:
    email, phone, name = (person.get(part) or "" for part in ("email", "phone", "name"))
    if email or phone:
        return email_key(email) in own.emails or phone_key(phone) in own.phones
    return not name or any(same_person(name, known) for known in own.names)


def words_of_others(content: Mapping[str, Any], own: Own) -> frozenset[str]:
    """The names and lines of addresses of everybody else in a record."""
    kept = {word.casefold() for name in own.names for word in name.split()}
    found: set[str] = set()
    for person in _people(content):
        if _is_own(person, own):
            continue
        name = str(person.get("name") or "").strip()
        parts = [name, *(word for word in re.split(r"[\s,]+", name) if word.casefold() not in kept)]
        found.update(part for part in parts if len(part) >= SHORTEST and part.casefold() not in kept)
        found.update(line for line in _lines(person) if line not in own.lines)
    for line in (line for text in _texts(content) for line in text.splitlines()):
        # Whoever's address or number stands in a line may be named in it: capitals side by side.
        if _without(line, frozenset(), own) != line:
            names = (match[0] for match in _CAPITALS.finditer(line))
            found.update(name for name in names if not kept & {word.casefold() for word in name.split()})
    return frozenset(found)


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            if name not in _NAMES_NOBODY:
                yield from _texts(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _texts(value)


def blacked_out(value: Any, others: frozenset[str], own: Own) -> Any:
    """The same value without what is others': their names, addresses and numbers in every text of it."""
    if isinstance(value, str):
        return _without(value, others, own)
    if isinstance(value, Mapping):
        return {name: one if name in _NAMES_NOBODY else blacked_out(one, others, own) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [blacked_out(one, others, own) for one in value]
    return value


def _without(text: str, others: frozenset[str], own: Own) -> str:
    for email in find_emails(text):
        if email_key(email) not in own.emails:
            text = text.replace(email, BLACK)
    text = _PHONE.sub(lambda match: BLACK if _others_phone(match[0], own) else match[0], text)
    # The longest first: a name before its words.
    for words in sorted(others, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", BLACK, text, flags=re.IGNORECASE)
    return text


def _others_phone(written: str, own: Own) -> bool:
    key = phone_key(written)
    return bool(key) and key not in own.phones
