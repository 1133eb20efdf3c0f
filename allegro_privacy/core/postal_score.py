"""Is this number a house number? Each sign counts for or against; nothing here is a probability."""

import re

import usaddress

from allegro_privacy.core.postal_line import parse_street
from allegro_privacy.core.postal_number import GLUED_ORDINAL
from allegro_privacy.core.postal_parts import Line, is_house_number
from allegro_privacy.core.postal_tables import number_of, tables
from allegro_privacy.core.postal_tokens import Token

# What it counts for a number that `usaddress` takes it for a house number; `house_score` is without it.
_LABELLED = 2
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_GRID = re.compile(r"[nsew]\d{3,5}[nsew]?")
_LETTERED = re.compile(r"[a-z]{1,2}-?\d{1,4}")


def begins_line(tokens: list[Token], i: int) -> bool:
    return i == 0 or tokens[i - 1].text == "\n"


def may_be_house(tokens: list[Token], i: int) -> bool:
    """Can a delivery line begin here at all?"""
    token, table = tokens[i], tables()
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is None:
        return False
    if token.folded in table.prefixes and table.prefixes[token.folded] in (
        "calle",
        "avenida",
        "camino",
        "paseo",
        "callejon",
    ):
        return begins_line(tokens, i) or tokens[i - 1].text in ",;:/"
    if token.folded in table.cardinals and token.text[0].isupper():
        return begins_street_words(tokens, i + 1) > 0
    if token.text.isalpha() or not token.is_word:
        return False
    if following.folded == "sq" or (token.text.isdigit() and _ends_range(tokens, i)):
        return False
    if _GRID.fullmatch(token.folded):
        # Wisconsin's "N165 W2123" is one number.
        if i and _GRID.fullmatch(tokens[i - 1].folded):
            return False
        return bool(_GRID.fullmatch(following.folded)) or begins_street_words(tokens, i + 1) > 0
    if GLUED_ORDINAL.fullmatch(token.text):
        return table.suffixes.get(following.folded) in table.strong_suffixes
    if _LETTERED.fullmatch(token.folded):
        return following.folded in table.prefixes
    return (
        is_house_number(token.text) and following.text not in ("%", ")", ":") and not _ORDINAL.fullmatch(token.folded)
    )


def _ends_range(tokens: list[Token], i: int) -> bool:
    """Is the number the second of a range ("2545 - 2547 Platte Pl")?"""
    if i < 2 or tokens[i - 1].text != "-" or not tokens[i - 2].text.isdigit():
        return False
    return 0 < int(tokens[i].text) - int(tokens[i - 2].text) <= 100


def begins_street_words(tokens: list[Token], i: int) -> int:
    """How surely a street name follows: most with a suffix at hand, a highway or a Spanish street word; else 0."""
    table = tables()
    if i + 2 < len(tokens) and tokens[i].folded == "de":
        # "en el 1637 de la Calle Ocho"
        i += 2 if tokens[i + 1].folded == "la" else 1
    first = tokens[i].folded if i < len(tokens) else ""
    if first in tables().highway_words or (first in table.prefixes and first not in table.suffixes):
        return 5
    if first == "i" and i + 1 < len(tokens) and tokens[i + 1].text.isdigit():
        return 5
    sure = 3 if first in table.directionals else 0
    for distance, token in enumerate(tokens[i : i + 7]):
        if token.text in ",;\n" or (token.folded in table.prose and not names_a_street(tokens, i + distance)):
            break
        if distance and table.suffixes.get(token.folded) in table.strong_suffixes:
            return sure + 3 if distance < 5 else sure + 1
        if distance and table.suffixes.get(token.folded) and token.folded != "is":
            sure = max(sure, 2)
    return sure


def names_a_street(tokens: list[Token], i: int) -> bool:
    """Is this word of prose part of a street name after all ("State St", "1 The Esplanade")?"""
    following = tokens[i + 1].folded if i + 1 < len(tokens) else ""
    article = tokens[i].folded == "the" and i > 0 and is_house_number(tokens[i - 1].text)
    if tokens[i].folded == "the" and i > 1 and tokens[i - 1].folded == "of":
        # "Avenue of the Stars"
        return True
    if tokens[i].folded == "and" and i + 2 < len(tokens) and following[:1].isalpha():
        # "Wind and Fire Dr"
        return tables().suffixes.get(tokens[i + 2].folded) in tables().strong_suffixes
    return article or tables().suffixes.get(following) in tables().strong_suffixes


def house_score(tokens: list[Token], i: int, end: int) -> int:
    """The signs for and against token i beginning the delivery line that ends before token `end` (its place name)."""
    score = 2 * begins_street_words(tokens, i + 1) // 2
    score += 2 if begins_line(tokens, i) else _introduced(tokens, i)
    if tokens[i].folded in tables().prefixes:
        # "Calle 5 B-14": the number comes last.
        score += 3
    score -= _refused_before(tokens, i) + _refused_after(tokens, i)
    return score - _prose_between(tokens, i, end)


def _introduced(tokens: list[Token], i: int) -> int:
    before = tokens[i - 1]
    if before.text in ",;:/-(.":
        return 1
    return 2 if before.folded in tables().before else 0


def _refused_before(tokens: list[Token], i: int) -> int:
    """Against: after a unit word, an order number's word, a currency sign, a directional, a highway or a number."""
    table = tables()
    if not i:
        return 0
    before = tokens[i - 1]
    last = tokens[i - 2] if i > 1 else before
    if before.text in "#$":
        return 9
    if before.text == ":" or (before.text == "." and last.folded in tables().abbreviations):
        before = last
    elif before.text == ".":
        return 0
    if before.folded in table.units or before.folded in table.units_alone:
        # "4th floor 300 East Randolph St"
        floor = table.units.get(before.folded) == "fl" and (last.text[0].isdigit() or number_of(last.folded))
        return 0 if floor else 9
    # "25440 I 45 North"
    interstate = before.folded == "i" and is_house_number(last.text)
    if interstate or before.folded in table.not_before or before.folded in ("box", "zip", "usc"):
        return 7
    if before.folded in tables().highway_words or before.folded in table.prefixes or before.folded in ("road", "rd"):
        return 4 if before.folded not in ("ave", "av", "rd") else 2
    if before.folded in table.directionals or is_house_number(before.text):
        return 3
    return 0


def _refused_after(tokens: list[Token], i: int) -> int:
    following = tokens[i + 1] if i + 1 < len(tokens) else tokens[i]
    table = tables()
    if following.folded in table.not_after and begins_street_words(tokens, i + 1) < 3:
        return 7
    if following.text == "\n":
        return 3
    return 4 if following.text in ".!?" else 0


def _prose_between(tokens: list[Token], i: int, end: int) -> int:
    """Against: sentence breaks, words of prose, many words or lines between the number and its place name."""
    table = tables()
    words = lines = against = 0
    for j in range(i + 1, end):
        token = tokens[j]
        if token.text == "\n":
            lines += 1
            against += 3 if tokens[j - 1].text == "\n" else 0
        elif token.text in ".!?":
            short = tokens[j - 1].folded in tables().abbreviations or len(tokens[j - 1].folded) < 3
            against += 0 if short and token.text == "." else 4
        elif token.is_word:
            words += 1
            against += 3 if token.folded in table.prose and not names_a_street(tokens, j) else 0
    return against + max(words - 9, 0) + 2 * max(lines - 3, 0)


def best_house(
    clean: str, tokens: list[Token], houses: list[int], window: tuple[int, int], enough: int
) -> tuple[int, Line] | None:
    """Where the best-scored house number of a window of tokens stands, with its parsed line. The text `clean` ends with
    the window. `usaddress` takes longer than all the other signs: it is asked only when it may change the choice."""
    ranked = sorted((-house_score(tokens, i, window[1]), i) for i in houses)
    ranked = [(against, i) for against, i in ranked if _LABELLED - against >= enough]
    if not ranked:
        return None
    best = ranked[0]
    clear = -best[0] >= enough and all((against - _LABELLED, i) > best for against, i in ranked[1:])
    if clear and (line := parse_street(clean[tokens[best[1]].start :])):
        return tokens[best[1]].start, line
    labelled = _labelled(clean[tokens[window[0]].start :])
    ranked = sorted((against - _LABELLED * (tokens[i].text in labelled), i) for against, i in ranked)
    for _, i in [(against, i) for against, i in ranked if -against >= enough][:4]:
        if line := parse_street(clean[tokens[i].start :]):
            return tokens[i].start, line
    return None


def _labelled(window: str) -> frozenset[str]:
    """What `usaddress` takes for house numbers: one signal among others."""
    try:
        return frozenset(text.strip(",.") for text, label in usaddress.parse(window) if label == "AddressNumber")
    except (ValueError, UnicodeError):
        return frozenset()
