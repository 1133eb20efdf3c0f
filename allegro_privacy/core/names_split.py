"""A name in two columns, as many mail houses want it: the words as written, only parted."""

from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.postal_tables import fold


def first_and_last(name: str) -> tuple[str, str]:
    """Given names, and the surname with its particles and its generation suffix: ("Ana María", "de la Cruz Jr").
    A single word is a surname; "Finch, Harold" is turned round. Titles stay out."""
    words = name_words()
    last, comma, first = name.partition(",")
    if comma and first.strip() and fold(first.strip(" .")) not in words.generations | words.degrees:
        return first.strip(), last.strip()
    tokens = name.replace(",", " ").split()
    while len(tokens) > 1 and _plain(tokens[0]) in words.titles:
        tokens = tokens[1:]
    at = len(tokens) - 1
    while at > 1 and _plain(tokens[at]) in words.generations | words.degrees:
        at -= 1
    while at > 1 and _plain(tokens[at - 1]) in words.particles:
        at -= 1
    at = max(at, 0) if len(tokens) > 1 else 0
    return " ".join(tokens[:at]), " ".join(tokens[at:])


def _plain(word: str) -> str:
    return fold(word.strip("."))
