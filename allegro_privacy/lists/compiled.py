"""A layout and a recipient → one function that turns a block of rows into the texts of each column."""

from collections.abc import Callable, Mapping, Sequence

from allegro_privacy.lists.fields import FIELDS, Block, Texts, dated
from allegro_privacy.lists.hashing import hasher
from allegro_privacy.lists.layouts import Column


def columns_of(
    columns: Sequence[Column], values: Mapping[str, str], algorithm: str = "", key: bytes = b""
) -> Callable[[Block], list[Texts]]:
    """A block → its columns, in the order of the layout. values: what the recipient's configuration gives.  algorithm,
    key: of the hash, for columns that hold one."""
    makers = tuple(_maker(column, values, algorithm, key) for column in columns)
    return lambda block: [make(block) for make in makers]


def _maker(column: Column, values: Mapping[str, str], algorithm: str, key: bytes) -> Callable[[Block], Texts]:
    if not column.field:
        fixed = values[column.value] if column.value else column.text
        return lambda block: [fixed] * len(block.keys)
    plain, words, how = FIELDS[column.field], column.words, column.date
    if column.hashed:
        hashed = hasher(algorithm, column.field, key)
        return lambda block: [hashed(text) for text in plain(block)]
    if column.field == "since" and how not in ("", "iso"):
        return lambda block: [dated(text, how) for text in plain(block)]
    if words:
        return lambda block: [words.get(text, text) for text in plain(block)]
    return plain
