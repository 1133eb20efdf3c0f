"""The beginnings of all words of many names at once: more of them than matching makes keys of, never fewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from allegro_privacy.core.matching_sieve import name_words_apart
from allegro_privacy.lists.block_shape import Shape
from allegro_privacy.lists.block_words import LONGEST, Bits, Marks, Places, Words, cells_of, lower

# A name with more words in one cell is told by nothing less than `people`.
_MOST = 6
_U = np.uint64
_ONE, _EIGHT = _U(1), _U(8)
_THREE = _U(0xFFFFFF)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of some rows. begins: one array for each word, its first three letters as a number (0: no such word);
    lengths: how many letters that is.  unsure: rows whose name must be read by `people`."""

    begins: list[Words]
    lengths: list[Places]
    unsure: Marks

    def initial(self, word: int) -> Words:
        """The first letter of a word."""
        return self.begins[word] & _U(0xFF)


def names_of(shape: Shape, rows: Places, ways: Sequence[tuple[int, ...]]) -> Names:
    """Every word of every way in which a row's name may be put together, alone and with the words behind it."""
    unsure = np.zeros(len(rows), np.bool_)
    begins: list[Words] = []
    lengths: list[Places] = []
    for way in ways:
        words: list[tuple[Words, Places]] = []
        for column in way:
            found, unknown = _words(shape, rows, column)
            unsure |= unknown
            words += found
        unsure |= _in_pieces(words)
        for begin, length in (*words, *_joined(words)):
            begins.append(begin)
            lengths.append(length)
    return Names(begins, lengths, unsure)


def _words(shape: Shape, rows: Places, column: int) -> tuple[list[tuple[Words, Places]], Marks]:
    """The words of one cell, and whether it holds anything but letters and what stands between words."""
    start, stop = shape.cell(column, rows)
    cells = cells_of(shape.raw, start, stop)
    bits = Bits(cells)
    letters, commas = bits.within("a", "z"), bits.of(",")
    unsure: Marks = ((letters | commas | bits.of(" -/&")) != bits.whole) | (cells.lengths > LONGEST)
    # A comma may stay at the end of a word; that changes the beginning of a short one.
    unsure |= (commas & ~((letters << _ONE) & (letters << _U(2)) & (letters << _U(3)))) != 0
    left = letters & ~(letters << _ONE)
    most = min(_MOST, int(np.bitwise_count(left).max(initial=0)))
    eights = np.ndarray((len(shape.raw) - 7,), "V8", shape.raw.data, 0, (1,))
    found = []
    for _ in range(most):
        lowest = left & (~left + _ONE)
        there = lowest != 0
        place = np.bitwise_count(lowest - _ONE).astype(np.int64)
        run = np.where(there, letters >> np.where(there, place, 0).astype(np.uint64), _U(0))
        length = np.bitwise_count(run & ~(run + _ONE)).astype(np.int64)
        word = lower(eights[np.where(there, start + place, 0)].view("<u8"))
        length = np.minimum(np.where(there, length, 0), 8)
        word = np.where(length >= 8, word, word & ((_ONE << (_EIGHT * np.minimum(length, 7).astype(np.uint64))) - _ONE))
        unsure |= there & np.isin(word, _apart())
        found.append((word & _THREE, np.minimum(length, 3)))
        left = left & ~lowest
    return found, unsure | (left != 0)


@cache
def _apart() -> Words:
    words = sorted(word for word in name_words_apart() if word.isascii())
    return np.array([int.from_bytes(word.encode()[:8].ljust(8, b"\0"), "little") for word in words], np.uint64)


def _in_pieces(words: list[tuple[Words, Places]]) -> Marks | bool:
    """Does a single letter stand behind a word of one or two? Then what is joined is not told by its beginning."""
    if not words:
        return False
    short = np.zeros(len(words[0][0]), np.bool_)
    found = np.zeros(len(words[0][0]), np.bool_)
    for _, length in words:
        found |= short & (length == 1)
        short = np.where(length == 0, short, length < 3)
    return found


def _joined(words: list[tuple[Words, Places]]) -> list[tuple[Words, Places]]:
    """The beginning of each word written together with those behind it ("de la Torre": "del")."""
    joined: list[tuple[Words, Places]] = []
    if not words:
        return joined
    behind, behind_length = np.zeros(len(words[0][0]), np.uint64), np.zeros(len(words[0][0]), np.int64)
    for begin, length in reversed(words):
        short = bool(((length > 0) & (length < 3)).any())
        behind = (begin | (behind << (_EIGHT * length.astype(np.uint64)))) & _THREE
        behind_length = np.minimum(length + behind_length, 3)
        if short:
            is_short = (length > 0) & (length < 3)
            joined.append((np.where(is_short, behind, _U(0)), np.where(is_short, behind_length, 0)))
    return joined
