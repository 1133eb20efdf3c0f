"""The road that a rights request takes: a lawyer's, a child's, a bereaved family's, an agent's, or the ordinary one."""

from collections.abc import Iterable
from enum import StrEnum

from allegro_privacy.core.reading import Doubt, Nature, Note

CHILD_KIND = "child-removal"


class Lane(StrEnum):
    """What staff must be careful of; the first that fits is taken. Their advice stands in data/cases.toml."""

    LEGAL = "legal"
    CHILD = "child"
    BEREAVEMENT = "bereavement"
    AGENT = "agent"
    CUSTOMER = "customer"


_SIGNS: dict[Lane, frozenset[str]] = {
    Lane.LEGAL: frozenset({Doubt.LEGAL}),
    # Who may be under age is treated as a child: what is shown cannot be unseen.
    Lane.CHILD: frozenset({Doubt.CHILD, Doubt.MINOR}),
    Lane.BEREAVEMENT: frozenset({Doubt.BEREAVEMENT, Note.DECEASED}),
    Lane.AGENT: frozenset({Doubt.AGENT}),
}


def lane_of(kind: str, nature: str, signs: Iterable[str]) -> Lane:
    """The lane of one request: `signs` are the doubts and notes of it and of its message."""
    found = {*signs}
    if kind == CHILD_KIND:
        found.add(Doubt.CHILD)
    if nature == Nature.AGENT:
        found.add(Doubt.AGENT)
    return next((lane for lane, named in _SIGNS.items() if named & found), Lane.CUSTOMER)


def more_careful(one: Lane, other: Lane) -> Lane:
    """Of two lanes the one that comes first."""
    lanes = list(Lane)
    return min(one, other, key=lanes.index)
