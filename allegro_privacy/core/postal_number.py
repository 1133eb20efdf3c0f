"""The house number of a delivery line: "12B", "930 1/2", "138 - 140", "N165 W2123"; Puerto Rico's comes last."""

import re
from dataclasses import replace

from allegro_privacy.core.postal_parts import Word, is_house_number
from allegro_privacy.core.postal_tables import tables
from allegro_privacy.core.postal_units import unit_at

SPANISH_HOUSE = re.compile(r"[a-z]{0,2}-?\d{1,5}-?[a-z]?")
_FRACTION = re.compile(r"\d/\d|[½¼¾]")
_FRACTIONS = str.maketrans({"½": "1/2", "¼": "1/4", "¾": "3/4"})
GLUED_ORDINAL = re.compile(r"(\d{1,5})-(\d{1,3}(?:st|nd|rd|th))", re.IGNORECASE)
_LETTER = re.compile(r"[a-z]")
_DIGITS = re.compile(r"\d{1,6}")
_RANGE = re.compile(r"\d{2,6}/\d{2,6}")
_GRID = re.compile(r"[nsew]\d{1,5}[nsew]?")
_MOST_APART = 100


def house_number(words: list[Word]) -> tuple[str, list[Word]]:
    """The house number that a line begins with, and the words behind it; "" when there is none."""
    table = tables()
    if words[0].folded == "#" and len(words) > 1:
        # "# 2 TURNER RD"
        words = words[1:]
    word, rest = words[0], words[1:]
    if rest and (between := _range(words)):
        return between
    if rest and rest[0].folded == "-":
        rest = rest[1:]
    if word.folded in table.cardinals and any(w.folded in table.suffixes for w in rest):
        return str(table.cardinals[word.folded]), rest
    spanish = bool(rest) and rest[0].folded in table.prefixes
    if not (is_house_number(word.text) or (spanish and SPANISH_HOUSE.fullmatch(word.folded))):
        return "", rest
    number = word.text.upper()
    if spanish and not number[0].isdigit():
        number = number.replace("-", "")
    if rest and _FRACTION.fullmatch(rest[0].text):
        number, rest = f"{number} {rest[0].text.translate(_FRACTIONS)}", rest[1:]
    elif _is_letter_of_number(rest):
        number, rest = number + rest[0].text.upper(), rest[1:]
    if rest and rest[0].chunk == word.chunk + 1:
        # "1450, Brickell Ave": the comma belongs to neither.
        rest = [replace(w, chunk=word.chunk) if w.chunk == word.chunk + 1 else w for w in rest]
    return number, rest


def _range(words: list[Word]) -> tuple[str, list[Word]] | None:
    """Two numbers that make one ("2545 - 2547 Platte Pl", "2255/2343 S Throop St", "N165 W2123 Tartan Ct"), or one that
    is glued to its street ("4800-60th St")."""
    word, following = words[0], words[1]
    if glued := GLUED_ORDINAL.fullmatch(word.text):
        return glued[1], [Word(glued[2], glued[2].lower(), word.chunk), *words[1:]]
    if _RANGE.fullmatch(word.text):
        return word.text, words[1:]
    if word.folded[:1] in "nsew" and _GRID.fullmatch(word.folded):
        if _GRID.fullmatch(following.folded):
            return (word.text + following.text).upper(), words[2:]
        return None
    if not word.folded.isdigit():
        return None
    dashed = following.folded == "-"
    at = 2 if dashed else 1
    if len(words) < at + 2 or not _DIGITS.fullmatch(words[at].folded):
        return None
    # Without a dash only "358 370 E 71st" can be meant.
    if not (dashed or words[at + 1].folded in tables().directionals):
        return None
    if 0 < int(words[at].folded) - int(word.folded) <= _MOST_APART:
        return f"{word.text}-{words[at].text}", words[at + 1 :]
    return None


def _is_letter_of_number(rest: list[Word]) -> bool:
    """Is the first word the letter of the house number ("123 A Main St")? Not in "123 A St", "123 L B J Fwy",
    "123 I 10", "123 C and N Mill Rd", "123 O Neil St", "123 H Apt 1"."""
    if len(rest) < 3 or not _LETTER.fullmatch(rest[0].folded) or rest[0].folded in tables().directionals:
        return False
    table, following = tables(), rest[1].folded
    if rest[0].folded == "o" or rest[0].chunk != rest[1].chunk:
        return False
    if len(following) == 1 and following not in table.directionals and following != "-":
        return False
    others = following in ("and", "de") or following in table.units or following in table.suffixes
    return not (others or (rest[0].folded == "i" and following.isdigit()))


def number_first(words: list[Word], beside_urbanization: bool = False) -> list[Word]:
    """Spanish order turned: "Calle Luna #123" and "Calle 5 B-14" begin with the street; we begin with the number.
    Beside an urbanization the street may lack its Calle ("Laurel 360"), and a block its house ("A 17 Calle 1")."""
    prefixes = tables().prefixes
    if beside_urbanization and words[0].folded not in prefixes:
        if len(words) > 1 and words[1].folded in prefixes:
            return words
        if len(words) > 2 and words[2].folded in prefixes and len(words[0].folded) == 1 and words[1].folded.isdigit():
            return [
                replace(words[0], text=words[0].text + words[1].text, folded=words[0].folded + words[1].folded),
                *words[2:],
            ]
        if len(words) == 2 and SPANISH_HOUSE.fullmatch(words[1].folded) and words[1].folded[-1].isdigit():
            return [replace(words[1], chunk=words[0].chunk), words[0]]
    if not any(word.folded not in tables().directionals for word in words[1:2]):
        return words
    for i, word in enumerate(words[2:], 2):
        if SPANISH_HOUSE.fullmatch(word.folded) and any(c.isdigit() for c in word.folded):
            marked = 1 if words[i - 1].folded in ("#", "num", "numero", "no", "casa") else 0
            if unit_at(words, i - 1 - marked)[0] is None or marked:
                name = [replace(w, chunk=words[0].chunk) for w in words[: i - marked]]
                return [replace(word, chunk=words[0].chunk), *name, *words[i + 1 :]]
    return words
