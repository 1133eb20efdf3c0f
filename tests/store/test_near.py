"""Near words: the same as comparing with every word there is, but read from a few places of the index."""

from bisect import bisect_left
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from allegro_privacy.store.near import near_words, slips_allowed


def index(words: list[str]) -> Callable[[str], str | None]:
    """A sorted index in memory; what it is asked is counted in `asked`."""
    ordered = sorted(set(words))

    def first_from(text: str) -> str | None:
        asked.append(text)
        place = bisect_left(ordered, text)
        return ordered[place] if place < len(ordered) else None

    return first_from


asked: list[str] = []
WORDS = st.text("abcñ\u0430\ud7a3\U00020000", min_size=1, max_size=9)


@given(st.lists(WORDS, max_size=60), WORDS, st.integers(1, 2))
def test_it_finds_what_comparing_with_all_words_finds(words: list[str], sought: str, most: int) -> None:
    every = {word: OSA.distance(word, sought) for word in words}
    assert near_words(index(words), sought, most) == {word: far for word, far in every.items() if far <= most}


@given(st.lists(st.text("ab1@.", min_size=1, max_size=9), max_size=60), st.text("ab", min_size=1, max_size=9))
def test_words_with_digits_and_e_mail_addresses_are_never_near(words: list[str], sought: str) -> None:
    assert all(word.isalpha() for word in near_words(index(words), sought, 2))


def test_it_reads_a_few_places_of_a_long_list() -> None:
    letters = "abdeiklmnorst"
    words = [one + two + three + four for one in letters for two in letters for three in letters for four in letters]
    asked.clear()
    assert "nose" not in words or "nose" in near_words(index(words), "nsoe", 1)
    assert len(asked) < len(words) / 100


def test_short_words_and_numbers_must_be_right() -> None:
    allowed = {"33131": 0, "7th": 0, "b12": 0, "oak": 0, "pine": 1, "coral": 1, "flagler": 2, "séptima": 2}
    assert {word: slips_allowed(word) for word in allowed} == allowed
