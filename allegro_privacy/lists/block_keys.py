"""The suppressed keys as arrays, in which many rows are looked up at once. A hash only finds; the key decides."""

from collections.abc import Mapping

import numpy as np

from allegro_privacy.lists.block_shape import PADDING
from allegro_privacy.lists.block_words import Cells, Marks, Places, Words, cells_of, hashes, plain_emails

NOBODY = 0


class EmailKeys:
    """E-mail keys by their hash. Those that are not plain are left out: so are the rows that could have them."""

    def __init__(self, keys: Mapping[str, int]) -> None:
        texts = [key.encode("utf-8", "surrogatepass") for key in keys]
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self._raw = np.frombuffer(b"".join(texts) + bytes(PADDING), np.uint8)
        stops = np.cumsum(lengths)
        starts = stops - lengths
        cells = cells_of(self._raw, starts, stops)
        kept = np.flatnonzero(plain_emails(cells))
        found = hashes(cells)[kept]
        order = np.argsort(found)
        self._hashes = found[order]
        self._starts, self._stops = starts[kept][order], stops[kept][order]
        self._numbers = np.fromiter(keys.values(), np.int64, len(texts))[kept][order]
        # Some sixteen slots for each key: most rows end here.
        self._shift = np.uint64(64 - max(len(kept).bit_length() + 4, 8))
        self._slots = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        self._slots[self._hashes >> self._shift] = True

    def find(self, cells: Cells) -> Places:
        """The number of the suppression of each of some plain cells, or NOBODY."""
        found = np.zeros(len(cells.lengths), np.int64)
        if not len(self._hashes):
            return found
        wanted = hashes(cells)
        rows = np.flatnonzero(self._slots[wanted >> self._shift])
        at = np.searchsorted(self._hashes, wanted[rows])
        # Two keys of one hash stand side by side.
        while len(rows):
            inside = at < len(self._hashes)
            inside[inside] = self._hashes[at[inside]] == wanted[rows[inside]]
            rows, at = rows[inside], at[inside]
            same = self._same(cells, rows, at)
            found[rows[same]] = self._numbers[at[same]]
            rows, at = rows[~same], at[~same] + 1
        return found

    def _same(self, cells: Cells, rows: Places, at: Places) -> Marks:
        mine = cells_of(self._raw, self._starts[at], self._stops[at])
        same: Marks = mine.lengths == cells.lengths[rows]
        for place, word in enumerate(mine.words):
            same &= word == cells.words[place][rows] if place < len(cells.words) else False
        return same


class PhoneKeys:
    """Telephone keys as the numbers that they are."""

    def __init__(self, keys: Mapping[str, int]) -> None:
        ours = {int(key[2:]): number for key, number in keys.items() if key.startswith("+1") and key[2:].isdecimal()}
        numbers = np.fromiter(ours, np.uint64, len(ours))
        order = np.argsort(numbers)
        self._numbers = numbers[order]
        self._of = np.fromiter(ours.values(), np.int64, len(ours))[order]

    def find(self, numbers: Words) -> Places:
        """The suppression of each number, or NOBODY."""
        if not len(self._numbers):
            return np.zeros(len(numbers), np.int64)
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        return np.where(self._numbers[at] == numbers, self._of[at], NOBODY)
