"""The place name of a last line: what stands before its state and its ZIP code."""

from dataclasses import replace
from difflib import get_close_matches

from allegro_privacy.core.places import Place, cities_of, place_name
from allegro_privacy.core.postal_tables import tables
from allegro_privacy.core.postal_tokens import Anchor, Token, back_over_marks


def with_city(tokens: list[Token], anchor: Anchor, known: Place | None) -> Anchor:
    """The anchor with its place name: one of the ZIP's own, else one of the state's, else a near miss."""
    end = back_over_marks(tokens, anchor.first, lines=2)
    runs = _runs(tokens, end)
    if known:
        for begin, name in runs:
            if name in known.names:
                return _placed(tokens, anchor, begin, end)
    state = anchor.state or (known.state if known else None)
    if anchor.state and state:
        cities = cities_of(state)
        for begin, name in runs:
            if name in cities and not _tail_of_street(tokens, begin, end):
                return _placed(tokens, anchor, begin, end)
    if known and runs:
        for begin, name in runs[-2:]:
            if len(name) > 3 and (close := _near(name, known.names)):
                placed = _placed(tokens, anchor, begin, end)
                return replace(placed, city=known.city) if close == place_name(known.city) else placed
    return anchor


def _near(name: str, names: frozenset[str]) -> str | None:
    """The place name that was meant: nearly the same letters ("Hialea"), or all of them in another order ("Maimi")."""
    letters = sorted(name)
    swapped = [other for other in names if len(other) == len(letters) and sorted(other) == letters]
    return next(iter(swapped or get_close_matches(name, names, 1, 0.8)), None)


def _tail_of_street(tokens: list[Token], begin: int, end: int) -> bool:
    """Is a one-word place name really a street's suffix ("123 Orange Park")?"""
    return end - begin == 1 and tables().suffixes.get(tokens[begin].folded) is not None


def _runs(tokens: list[Token], end: int) -> list[tuple[int, str]]:
    """The one to five words before a token, longest first, as place names. A full stop may follow "St" or "N"."""
    runs: list[tuple[int, str]] = []
    words: list[str] = []
    i = end
    while i > 0 and len(words) < 5:
        token = tokens[i - 1]
        if token.text == "." and len(tokens[i - 2].text) < 4 and words:
            i -= 1
            continue
        if not token.is_word or (token.text[0].isdigit() and not token.folded.endswith("th")):
            break
        words.insert(0, token.folded)
        i -= 1
        runs.insert(0, (i, place_name(" ".join(words))))
    return runs


def _placed(tokens: list[Token], anchor: Anchor, begin: int, end: int) -> Anchor:
    begin = _with_side(tokens, begin)
    return replace(
        anchor, first=begin, city=" ".join(token.text.strip(".") for token in tokens[begin:end] if token.is_word)
    )


def _with_side(tokens: list[Token], begin: int) -> int:
    """A side before a place name belongs to it where a comma or a line end stands before and none behind: "Pleasant
    Street, N. Orange"; "Riverside Drive, SW Cartersville" has a quadrant."""
    i = begin - 1
    if i > 0 and tokens[i].text == ".":
        i -= 1
    if i < 1 or len(tables().directionals.get(tokens[i].folded, "")) != 1 or tokens[i - 1].text not in ",\n":
        return begin
    return i
