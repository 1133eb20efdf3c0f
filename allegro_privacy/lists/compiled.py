"""A layout and a recipient → one function that turns a row of the store into the texts of its columns."""

from collections.abc import Callable, Mapping, Sequence

from allegro_privacy.core.listing import Listed
from allegro_privacy.lists.fields import FIELDS, Address, address_of, dated, needs_address
from allegro_privacy.lists.hashing import hasher
from allegro_privacy.lists.layouts import Column

_Cell = Callable[[Listed, Address, str], str]


def cells_of(
    columns: Sequence[Column], values: Mapping[str, str], algorithm: str = "", key: bytes = b""
) -> Callable[[Listed, str], list[str]]:
    """(row, A or R) → its cells, in the order of the columns. values: what the recipient's configuration gives.
    algorithm, key: of the hash, for columns that hold one."""
    makers = tuple(_maker(column, values, algorithm, key) for column in columns)
    if not needs_address(frozenset(column.field for column in columns)):
        return lambda row, action: [make(row, {}, action) for make in makers]

    def taken_apart(row: Listed, action: str) -> list[str]:
        address = address_of(row)
        return [make(row, address, action) for make in makers]

    return taken_apart


def _maker(column: Column, values: Mapping[str, str], algorithm: str, key: bytes) -> _Cell:
    if not column.field:
        fixed = values[column.value] if column.value else column.text
        return lambda row, address, action: fixed
    plain, words, how = FIELDS[column.field], column.words, column.date
    if column.hashed:
        hashed = hasher(algorithm, column.field, key)
        return lambda row, address, action: hashed(plain(row, address, action))
    if column.field == "since" and how not in ("", "iso"):
        return lambda row, address, action: dated(row.since, how)
    if words:
        return lambda row, address, action: words.get(text := plain(row, address, action), text)
    return plain
