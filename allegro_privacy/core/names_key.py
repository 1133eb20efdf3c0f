"""How names are compared: one spelling for all, and the words that may be surnames."""

import re
from functools import lru_cache

from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.postal_tables import fold


def is_own(name: str, own_names: tuple[str, ...]) -> bool:
    """Is this one of the shop's own names or people?"""
    spoken = f" {name_key(name)} "
    return any(spoken in own for own in _own_keys(own_names))


@lru_cache(maxsize=8)
def _own_keys(own_names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {name_key(own)} " for own in own_names)


def name_key(name: str) -> str:
    """The name as it is compared: no case, accents, punctuation or titles; a generation suffix stands apart
    ("john smith;jr"), so that a father is never dropped for his son."""
    words = name_words()
    last, comma, first = name.partition(",")
    if comma and first.strip() and fold(first.strip()) not in words.generations | words.degrees:
        name = f"{first} {last}"
    tokens = [token for token in re.split(r"[\s,./&-]+", fold(name).replace("'", "")) if token]
    while len(tokens) > 1 and tokens[0] in words.titles:
        tokens = tokens[1:]
    generation = ""
    while len(tokens) > 1 and tokens[-1] in words.generations | words.degrees:
        generation = (
            {"junior": "jr", "senior": "sr", "hijo": "jr"}.get(tokens[-1], tokens[-1])
            if tokens[-1] in words.generations
            else generation
        )
        tokens = tokens[:-1]
    return " ".join(tokens) + (f";{generation}" if generation else "")


def surname_tokens(name: str) -> tuple[str, ...]:
    """Every word that may be a surname: both of a Hispanic double surname, both halves of a hyphenated one."""
    words, found = name_words(), {}
    for person in re.split(r"\s+(?:and|&|y|e|or)\s+", name):
        tokens = [
            token
            for token in name_key(person).partition(";")[0].split()
            if len(token) > 1 and token not in words.particles
        ]
        surnames = tokens[1:] if len(tokens) > 1 else []
        found.update(dict.fromkeys(surnames[-2:]))
    if not found:
        found.update(dict.fromkeys(name_key(name).partition(";")[0].split()[-1:]))
    return tuple(found)
