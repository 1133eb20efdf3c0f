"""The tables of postal words (data/postal/*.toml), read once: constants of the trade, not settings."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any


def fold(text: str) -> str:
    """Lower case without accents and full stops: how every word is compared."""
    if text.isascii():
        return text.lower().replace(".", "")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace(".", "").replace("’", "'")


@lru_cache(maxsize=16_384)
def fold_word(word: str) -> str:
    """`fold` for single words: the same ones come again and again."""
    return fold(word)


@dataclass(frozen=True, slots=True)
class PostalTables:
    """Every table maps a folded spelling to its standard form."""

    suffixes: dict[str, str]
    strong_suffixes: frozenset[str]
    directionals: dict[str, str]
    units: dict[str, str]
    units_alone: dict[str, str]
    prefixes: dict[str, str]
    highways: dict[str, str]
    highway_beginnings: dict[str, int]
    states: dict[str, str]
    state_beginnings: dict[str, int]
    state_words: frozenset[str]
    cardinals: dict[str, int]
    ordinals: dict[str, int]
    tens: dict[str, int]
    urbanization: dict[str, str]
    urbanization_beginnings: frozenset[str]
    not_before: frozenset[str]
    not_after: frozenset[str]
    before: frozenset[str]
    prose: frozenset[str]
    closings: frozenset[str]
    companies: frozenset[str]
    abbreviations: frozenset[str]
    highway_words: frozenset[str]
    labels: dict[str, str]
    countries: frozenset[str]
    foreign_streets: frozenset[str]


def read_table(*path: str) -> dict[str, Any]:
    """A TOML table that ships inside the package."""
    text = files("allegro_privacy").joinpath("data", *path).read_text("utf-8")
    return tomllib.loads(text)


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    return {fold(spelling): standard for standard, spellings in table.items() for spelling in spellings}


def _beginnings(spellings: Iterable[str]) -> dict[str, int]:
    """First words, each with the most words that a spelling beginning with it has."""
    return {words[0]: len(words) for words in sorted(map(str.split, spellings), key=len)}


@cache
def tables() -> PostalTables:
    """All postal words, read at the first address looked for."""
    suffixes, words, foreign = (read_table("postal", f"{name}.toml") for name in ("suffixes", "words", "foreign"))
    context, numbers = words["context"], words["numbers"]
    states = _inverted(words["states"]) | {abbreviation.lower(): abbreviation for abbreviation in words["states"]}
    return PostalTables(
        suffixes=_inverted(suffixes["suffixes"]),
        strong_suffixes=frozenset(suffixes["strong"]["words"]),
        directionals=_inverted(words["directionals"]),
        units=_inverted(words["units"]),
        units_alone=_inverted(words["units_alone"]),
        prefixes=_inverted(words["prefixes"]),
        highways=(highways := _inverted(words["highways"])),
        highway_beginnings=_beginnings(highways),
        states=states,
        state_beginnings=_beginnings(states),
        state_words=frozenset(words["states_that_are_words"]["words"]),
        cardinals=numbers["cardinals"],
        ordinals=numbers["ordinals"],
        tens=numbers["tens"],
        urbanization=_inverted(words["urbanization"]),
        urbanization_beginnings=frozenset(words["urbanization_beginnings"]["words"]),
        not_before=frozenset(context["not_before"]),
        not_after=frozenset(context["not_after"]),
        before=frozenset(context["before"]),
        prose=frozenset(context["prose"]),
        closings=frozenset(context["closings"]),
        companies=frozenset(context["companies"]),
        abbreviations=frozenset(context["abbreviations"]),
        highway_words=frozenset(context["highway_words"]),
        labels=_inverted(words["labels"]),
        countries=frozenset(map(fold, foreign["countries"])),
        foreign_streets=frozenset(foreign["street_words"]),
    )


ORDINAL = re.compile(r"(\d{1,4})(?:st|nd|rd|th|o|a|mo|ma|do|da|ro|ra|to|ta|vo|va|no|na|er)", re.IGNORECASE)


def ordinal_text(number: int) -> str:
    """7 -> "7th", 22 -> "22nd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def number_of(word: str) -> int | None:
    """The number a folded word of a street name means: 7, 7th, seventh, septima, twenty-third."""
    table = tables()
    if word.isascii() and word.isdigit() and len(word) < 6:
        return int(word)
    if match := ORDINAL.fullmatch(word):
        return int(match[1])
    tens, _, unit = word.partition("-")
    if unit and tens in table.tens and table.ordinals.get(unit, 10) < 10:
        return table.tens[tens] + table.ordinals[unit]
    return table.ordinals.get(word, table.cardinals.get(word))
