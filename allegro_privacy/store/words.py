"""The words by which people are found: of names, postal addresses and e-mail addresses, folded.

A word of a street is found in each of its forms: beside "avenue" its standard form "ave" is indexed, and whoever asks
for "avenue" is answered for "ave" too. The same for directions (Northwest, NW), for numbers (Seventh, 7th, séptima, 7),
and for saints."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")
LONGEST = 40


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents, in order; initials that stand together are one (N.W., P.O.)."""
    return _plain_words(_INITIALS.sub(r"\1", text))


def without_accents(text: str) -> str:
    """A text without accents."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _plain_words(text: str) -> list[str]:
    text = without_accents(text)
    return [word[:LONGEST] for word in _WORD.findall(text.casefold())]


def with_forms(words: Iterable[str]) -> set[str]:
    """Words with their standard forms."""
    return {form for word in words for form in forms_of(word)}


@lru_cache(maxsize=4096)
def forms_of(word: str) -> tuple[str, ...]:
    """A word as it is, and its standard form when it is a word of streets: the spellings that mean the same."""
    # Late: who looks an e-mail address up must not pay for the tables.
    from allegro_privacy.core.postal_tables import number_of, tables

    table = tables()
    number = None if word.isdigit() else number_of(word)
    standard = table.suffixes.get(word) or table.directionals.get(word) or _SAINTS.get(word)
    return tuple(dict.fromkeys(filter(None, (word, standard, None if number is None else str(number)))))


def telling(text: str) -> list[str]:
    """The words of a text that can tell people apart, for who types a whole address or a title: without state, country,
    "Apt", "Mr.", "Jr." and the four digits behind a ZIP code, which the index holds for few."""
    from allegro_privacy.core.names_words import name_words
    from allegro_privacy.core.postal_tables import tables

    table, names = tables(), name_words()
    idle = (
        {word for states in table.states for word in states.split()} - table.suffixes.keys() - table.directionals.keys()
    )
    idle |= table.units.keys() | table.countries | names.titles | names.generations | {"no", "num", "zip", "usa", "us"}
    words = words_of(_ZIP4.sub(r"\1", text))
    return list(dict.fromkeys(word for word in words if word not in idle)) or list(dict.fromkeys(words))


_ZIP4 = re.compile(r"\b(\d{5})-\d{4}\b")
_SAINTS = {"saint": "st", "sainte": "ste"}


def words_of_person(person: Mapping[str, Any]) -> set[str]:
    """Every word by which a person (as an event's content holds them) is found."""
    found = set(words_of(person.get("name") or ""))
    if address := person.get("address"):
        parts = [address.get(part) or "" for part in ("line1", "line2", "city", "zip")]
        found.update(with_forms(words_of(" ".join(parts) if any(parts) else address.get("as_given", ""))))
    found.update(_words_of_email(person.get("email") or ""))
    return found


def _words_of_email(email: str) -> Iterator[str]:
    # Of the domain no single words: at a big provider they would be the same word for everybody.
    if email:
        yield email.casefold()[: 4 * LONGEST]
        yield from _plain_words(email.partition("@")[0])
