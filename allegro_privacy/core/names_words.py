"""The words that stand in and around names, and those that tell a company from a person (data/identity.toml)."""

from dataclasses import dataclass
from functools import cache

from allegro_privacy.core.nicknames import given_names
from allegro_privacy.core.postal_tables import fold_word, read_table


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words that stand around and inside names (data/identity.toml), folded."""

    titles: frozenset[str]
    generations: frozenset[str]
    degrees: frozenset[str]
    particles: frozenset[str]
    couples: frozenset[str]
    never: frozenset[str]
    surnames_too: frozenset[str]
    common: frozenset[str]
    abbreviated: frozenset[str]
    given: frozenset[str]
    organisations: frozenset[str]
    before_a_place: frozenset[str]
    ranks: frozenset[str]
    town_words: frozenset[str]
    around: frozenset[str]
    joining: frozenset[str]
    after: frozenset[str]


@cache
def name_words() -> NameWords:
    """Read at the first name looked for."""
    table = read_table("identity.toml")["names"]
    sets = {key: frozenset(table[key]) for key in NameWords.__slots__ if key in table}
    joining, after = sets["couples"] | sets["particles"], sets["generations"] | sets["degrees"]
    return NameWords(
        **sets,
        given=given_names().known - sets["particles"] - sets["never"],
        around=joining | sets["titles"],
        joining=joining,
        after=after,
    )


def is_organisation(line: str) -> bool:
    """Does a line name a company, school or the like? "Rev. Obadiah Church" and "Kevin Bank" are people."""
    table = name_words()
    words = [folded for token in line.split() if (folded := fold_word(token.strip(".,")))]
    marks = [word for word in words if word in table.organisations]
    if not marks or not _FORMS.isdisjoint(marks):
        return bool(marks)
    spoken = [word for word in words if word not in table.titles]
    titled = len(spoken) < len(words)
    return not (1 < len(spoken) < 4 and marks == spoken[-1:] and (titled or spoken[0] in table.given))


_FORMS = frozenset({"inc", "llc", "corp", "ltd", "co", "pa", "pllc", "llp"})
