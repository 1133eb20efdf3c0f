"""A figure whose dimensions have two parts, as a table with rows and columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from allegro_privacy.core.facts import Figure

DATED, PAIRED = " ", ": "
# What parts the two (the last place where it stands), and whether the first part names the rows.
SHAPES = {
    "requests-per-week-by-kind": (DATED, False),
    "requests-per-week-by-via": (DATED, False),
    "list-size": (DATED, False),
    "against-the-clock": (PAIRED, True),
    "rights-requests": (PAIRED, False),
    "rights-by-via": (PAIRED, True),
    "denials-by-reason": (PAIRED, True),
    "exports-per-recipient": (PAIRED, True),
    "acknowledgements-behind": (PAIRED, True),
    "drops-ahead": (PAIRED, True),
    "leaks-found": (PAIRED, True),
}


@dataclass(frozen=True, slots=True)
class Pivot:
    """Rows and columns by name. dated: the rows are days.  A pair without a number is none at all, 0."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Mapping[tuple[str, str], float]
    dated: bool

    def value(self, row: str, column: str) -> float:
        """One number."""
        return self.values.get((row, column), 0)


def has_two_parts(figure: Figure) -> bool:
    """Can it be laid out in rows and columns?"""
    return figure.name in SHAPES


def pivot(figure: Figure) -> Pivot:
    """The same numbers in rows and columns: days in their order, names as they first come."""
    mark, first_is_row = SHAPES[figure.name]
    values: dict[tuple[str, str], float] = {}
    for row in figure.rows:
        first, _, second = row.dimension.rpartition(mark)
        values[(first, second) if first_is_row else (second, first)] = row.value
    rows = dict.fromkeys(name for name, _ in values)
    dated = mark == DATED
    columns = tuple(dict.fromkeys(name for _, name in values))
    return Pivot(tuple(sorted(rows) if dated else rows), columns, values, dated)


def number(value: float) -> str:
    """A number as every report shows it."""
    return f"{value:,.10g}"
