"""Given names, and which of them are one: Bob is Robert (data/nicknames.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from allegro_privacy.core.postal_tables import fold, read_table


@dataclass(frozen=True, slots=True)
class GivenNames:
    """groups: of each name, which groups of like names it stands in.  initials: of a nickname, those of the names on
    its bearer's papers.  known: every given name.  after_particle: those that a particle may precede ("Maria del
    Carmen")."""

    groups: Mapping[str, frozenset[int]]
    initials: Mapping[str, frozenset[str]]
    known: frozenset[str]
    after_particle: frozenset[str]


@cache
def given_names() -> GivenNames:
    """Read when the first name is looked at; all folded."""
    table = read_table("nicknames.toml")
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(table["groups"]):
        for name in group:
            groups.setdefault(fold(name), set()).add(number)
    heads = {fold(group[0]) for group in table["groups"]}
    formal = [fold(group[0])[0] for group in table["groups"]]
    return GivenNames(
        {name: frozenset(numbers) for name, numbers in groups.items()},
        {n: frozenset(formal[number] for number in numbers) for n, numbers in groups.items() if n not in heads},
        frozenset(map(fold, table["given"])) | groups.keys(),
        frozenset(table["after_particle"]),
    )


def are_one_name(mine: str, yours: str) -> bool:
    """May one person be called by both given names?"""
    groups = given_names().groups
    return not groups.get(mine, _NO_GROUP).isdisjoint(groups.get(yours, _NO_GROUP))


_NO_GROUP: frozenset[int] = frozenset()


def initials(given: str) -> frozenset[str]:
    """The letters that a given name may be shortened to: Bob is R. too, for the name on his papers."""
    return given_names().initials.get(given, frozenset()) | {given[:1]}
