"""The words by which people are found: of names, postal addresses and e-mail addresses, folded."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

_WORD = re.compile(r"[^\W_]+")
LONGEST = 40


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents, in order."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return [word[:LONGEST] for word in _WORD.findall(text.casefold())]


def words_of_person(person: Mapping[str, Any]) -> set[str]:
    """Every word by which a person (as an event's content holds them) is found."""
    found = set(words_of(person.get("name") or ""))
    address = person.get("address") or {}
    parts = [address.get(part) or "" for part in ("line1", "line2", "city", "zip")]
    found.update(words_of(" ".join(parts) if any(parts) else address.get("as_given", "")))
    found.update(_words_of_email(person.get("email") or ""))
    return found


def _words_of_email(email: str) -> Iterator[str]:
    # Of the domain no single words: at a big provider they would be the same word for everybody.
    if email:
        yield email.casefold()[: 4 * LONGEST]
        yield from words_of(email.partition("@")[0])
