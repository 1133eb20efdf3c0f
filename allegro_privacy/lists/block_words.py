"""Many cells at once, as words of eight bytes: put in lower case, compared, hashed, and told whether they are plain.

A cell is *plain* when its key is surely the cell itself in lower case. Of anything else the Python key must be made."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Marks = NDArray[np.bool_]
WORDS = 7
LONGEST = WORDS * 8
_U = np.uint64
_ONES = _U(0x0101010101010101)
_HIGH = _U(0x8080808080808080)
_LOW = _U(0x7F7F7F7F7F7F7F7F)
# Moves the high bits of eight bytes together.
_GATHER = _U(0x0102040810204080)
_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(8)] + [(1 << 64) - 1], np.uint64)
_BITS = np.array([(1 << length) - 1 for length in range(LONGEST + 1)], np.uint64)
_MIX, _MORE = _U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells in lower case (ASCII letters only), eight bytes a word; what is longer than LONGEST is cut. lengths: in
    bytes, uncut."""

    words: list[Words]
    lengths: Places


def cells_of(raw: NDArray[np.uint8], start: Places, stop: Places, as_written: bool = False) -> Cells:
    """The cells between these places of padded bytes. as_written: capitals stay."""
    lengths = stop - start
    eights = np.ndarray((len(raw) - 7,), "V8", raw.data, 0, (1,))
    words = []
    most = int(lengths.max(initial=0))
    last = len(raw) - 8
    for place in range(0, min(most, LONGEST), 8):
        word = eights[np.minimum(start + place, last)].view("<u8")
        word = word & _MASKS[np.clip(lengths - place, 0, 8)]
        words.append(word if as_written else lower(word))
    return Cells(words, lengths)


def _within(word: Words, first: str, last: str) -> Words:
    """The high bit of each ASCII byte between two signs; other bytes must be masked."""
    low = word & _LOW
    above = low + _ONES * _U(0x80 - ord(first))
    beyond = low + _ONES * _U(0x7F - ord(last))
    return above & ~beyond & ~word & _HIGH


def lower(word: Words) -> Words:
    """ASCII letters in lower case."""
    return word | (_within(word, "A", "Z") >> _U(2))


def _is(word: Words, sign: str) -> Words:
    return ~(((word ^ (_ONES * _U(ord(sign)))) & _LOW) + _LOW | word) & _HIGH


def hashes(cells: Cells) -> Words:
    """A hash of 64 bits of each cell as far as it is not cut."""
    found = cells.lengths.astype(np.uint64) * _MORE
    for place, word in enumerate(cells.words):
        # A word of nothing must change nothing: how many words there are depends on the longest neighbour.
        mixed = (found ^ word) * _MIX
        mixed ^= mixed >> _U(29)
        found = np.where(cells.lengths > 8 * place, mixed, found)
    found = (found ^ (found >> _U(32))) * _MORE
    return found ^ (found >> _U(29))


class Bits:
    """One bit for each byte of each cell that is of a class."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    @property
    def whole(self) -> Words:
        """A bit for every byte."""
        return _BITS[np.minimum(self._cells.lengths, LONGEST)]

    def within(self, first: str, last: str) -> Words:
        """Those between two signs."""
        return self._joined([_within(word, first, last) for word in self._cells.words])

    def of(self, signs: str) -> Words:
        """Those that are one of some signs."""
        found = []
        for word in self._cells.words:
            each = _is(word, signs[0])
            for sign in signs[1:]:
                each = each | _is(word, sign)
            found.append(each)
        return self._joined(found)

    def _joined(self, words: list[Words]) -> Words:
        joined = np.zeros(len(self._cells.lengths), np.uint64)
        for place, word in enumerate(words):
            joined |= (((word >> _U(7)) * _GATHER) >> _U(56)) << _U(8 * place)
        return joined


def plain_emails(cells: Cells) -> Marks:
    """Which cells are one e-mail address in ASCII without anything unusual: those that scrub_row.PLAIN matches."""
    one, bits = _U(1), Bits(cells)
    letters, digits, dots, hyphens = bits.within("a", "z"), bits.within("0", "9"), bits.of("."), bits.of("-")
    ats, others = bits.of("@"), bits.of("_%+")
    whole = bits.whole
    local = (ats - one) & ~ats & whole
    domain = whole & ~(local | ats)
    known = (letters | digits | dots | hyphens | ats | others) == whole
    one_at = (ats != 0) & ((ats & (ats - one)) == 0) & (ats != one)
    beside = (dots & one) | (dots & (dots << one)) | (dots & (ats << one)) | (dots & (ats >> one))
    length = np.clip(cells.lengths, 2, LONGEST).astype(np.uint64)
    letters_last = ((letters >> (length - _U(2))) & _U(3)) == _U(3)
    last_other = _highest(whole & ~letters)
    dotted = (last_other & dots & domain) != 0
    good: Marks = known & one_at & (beside == 0) & ((others & domain) == 0) & letters_last & dotted
    return good & (cells.lengths <= LONGEST)


def _highest(bits: Words) -> Words:
    for shift in (1, 2, 4, 8, 16, 32):
        bits = bits | (bits >> _U(shift))
    return bits ^ (bits >> _U(1))


def numbers(raw: NDArray[np.uint8], start: Places, stop: Places, most: int = 24) -> tuple[Words, Places, Marks]:
    """The digits of each cell as one number, how many they are, and whether the cell holds nothing but digits and what
    stands between those of a telephone number."""
    value, digits = np.zeros(len(start), np.uint64), np.zeros(len(start), np.int64)
    lengths = stop - start
    fine = lengths <= most
    last = len(raw) - 1
    for place in range(min(int(lengths.max(initial=0)), most)):
        here = place < lengths
        byte = raw[np.minimum(start + place, last)]
        digit = here & (byte >= 48) & (byte <= 57)
        fine &= ~here | digit | np.isin(byte, _BETWEEN)
        # More digits than a number has are not counted into it.
        digit_fits = digit & (digits < 18)
        value = np.where(digit_fits, value * _U(10) + (byte - np.uint8(48)), value)
        digits = digits + digit
    return value, digits, fine


_BETWEEN = np.frombuffer(b" ().-+", np.uint8)
