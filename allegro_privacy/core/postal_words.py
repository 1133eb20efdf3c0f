"""The words of a delivery line, straightened: what commas, blanks and full stops tore apart is put together again."""

import re
from dataclasses import replace
from functools import cache

from allegro_privacy.core.postal_parts import Word, is_house_number
from allegro_privacy.core.postal_tables import fold_word, tables

# "N.W.", "26.2" and "P.6" (county roads), "85/87", "3A/3B", "C/D"; then plain words and the marks that count.
_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}|\d+\.\d+\b|[A-DF-MO-RT-VX-Z]\.\d{1,2}\b"
    r"|[A-Za-z]?\d+[A-Za-z]?/[A-Za-z]?\d+[A-Za-z]?\b|\b[A-Z]/[A-Z]\b"
    r"|[\w½¼¾]+(?:['’-][\w½¼¾]+)*|[#&,;\n-]"
)
# The fraction comes first, so that `re` skips to the next one: most lines have none.
_GLUED_FRACTION = re.compile(r"[½¼¾](?<=\d.)")
_NUMBERED_ROADS = frozenset({"hwy", "highway", "route", "rte", "interstate", "i", "us", "sr", "cr", "fm", "loop"})


def words_of(text: str) -> list[Word]:
    """The words of a line; commas, semicolons and line ends begin a new chunk."""
    found, chunk, torn = [], 0, False
    triggers = _triggers()
    if not text.isascii():
        text = _GLUED_FRACTION.sub(r" \g<0>", text)
    for word in _WORD.findall(text):
        if word in ",;\n":
            chunk += 1
        else:
            found.append(Word(word, folded := fold_word(word), chunk))
            torn = torn or folded in triggers
    return _straightened(found) if torn else found


@cache
def _triggers() -> frozenset[str]:
    """Words that a comma or a blank may have torn from their neighbours."""
    return frozenset({*tables().directionals, "no", "so", "jr", "sr", "u"})


def _straightened(words: list[Word]) -> list[Word]:
    triggers, i = _triggers(), 1
    while i < len(words):
        if words[i].folded in triggers:
            words = _mended(words, i)
        i += 1
    return words


def _mended(words: list[Word], i: int) -> list[Word]:
    """The words with the one at i in its right place and form."""
    folded = words[i].folded
    if folded == "u":
        return _united_states(words, i)
    if folded in ("jr", "sr"):
        return _junior(words, i)
    if folded in ("no", "so"):
        return _short_directional(words, i)
    if not _ends_street(words, i):
        return words
    table, word = tables(), words[i]
    if i + 1 < len(words) and (pair := _pair(words, i)):
        word, words = Word(pair.upper(), pair, word.chunk), [*words[: i + 1], *words[i + 2 :]]
    following = words[i + 1] if i + 1 < len(words) else None
    # "1800 M Street, NW": the comma belongs to neither. "…, North Tower" is something else.
    alone = following is None or following.chunk != word.chunk or _begins_unit(following)
    if alone or len(table.directionals[word.folded]) == 2:
        word = replace(word, chunk=words[i - 1].chunk)
    return [*words[:i], word, *words[i + 1 :]]


def _ends_street(words: list[Word], i: int) -> bool:
    """Does the word before i end a street: its suffix, or the number of a highway?"""
    last = words[i - 1]
    if last.folded in tables().suffixes:
        return i > 1
    before = words[i - 2].folded if i > 2 else ""
    return last.folded[-1:].isdigit() and before in _NUMBERED_ROADS


def _begins_unit(word: Word) -> bool:
    table = tables()
    return (
        word.folded == "#"
        or word.folded[:1].isdigit()
        or table.units.get(word.folded, "twr") != "twr"
        or word.folded == "ph"
    )


def _pair(words: list[Word], i: int) -> str | None:
    """The quadrant that two words behind a suffix make: "DR N E", "Ave., S. W.", "STREET SOUTH EAST"."""
    table, following = tables(), words[i + 1]
    one, other = table.directionals[words[i].folded], table.directionals.get(following.folded)
    if one not in ("n", "s") or other not in ("e", "w") or following.chunk != words[i].chunk:
        return None
    return one + other if len(following.folded) == 1 or len(words[i].folded) > 1 else None


def _united_states(words: list[Word], i: int) -> list[Word]:
    """ "U. S. HWY 43" and "U S 401" made one word."""
    if i + 2 >= len(words) or words[i + 1].folded != "s":
        return words
    road = words[i + 2].folded
    if road in _NUMBERED_ROADS or road.isdigit():
        return [*words[:i], Word("US", "us", words[i].chunk), *words[i + 2 :]]
    return words


def _junior(words: list[Word], i: int) -> list[Word]:
    """ "MARTIN LUTHER KING, JR DRIVE": the comma is the name's."""
    if i + 1 >= len(words) or words[i].chunk == words[i - 1].chunk or words[i + 1].folded not in tables().suffixes:
        return words
    chunk = words[i].chunk
    return [replace(word, chunk=words[i - 1].chunk) if word.chunk == chunk else word for word in words]


def _short_directional(words: list[Word], i: int) -> list[Word]:
    """ "13th Ave No" and "217 No Lake Merced Hill": North; "Ave No 5" and "No Name Rd" are something else."""
    following = words[i + 1].folded if i + 1 < len(words) else ""
    numbered = any(character.isdigit() for character in following)
    if numbered or following in ("#", "name") or (len(following) == 1 and following not in "&-"):
        return words
    table = tables()
    front = (
        i == 1
        and is_house_number(words[0].text)
        and following
        and table.suffixes.get(following) not in table.strong_suffixes
    )
    if not (front or (i > 1 and table.suffixes.get(words[i - 1].folded) in table.strong_suffixes)):
        return words
    letter = words[i].folded[0]
    return [*words[:i], Word(letter.upper(), letter, words[i - 1].chunk), *words[i + 1 :]]
