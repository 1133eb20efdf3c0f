"""Addresses outside the United States: recognised as such, kept as given, left to a person."""

import re
from functools import cache
from itertools import islice

from allegro_privacy.core.postal_tables import fold, tables

_CANADA = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d\b", re.IGNORECASE)
_BRITAIN = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_DIGIT = re.compile(r"\d")
_ZIP = re.compile(r"\b\d{5}\b")
_PIECES = re.compile(r"[,;(/-]|\s\s")
_US_LAST = re.compile(r"\s*(?:[A-Za-z]{2},?\s+)?\d{5}(?:-\d{4})?\s*$")
_MOST_STREETS = 10
_MOST_WORDS = 3
_MOST_LINES = 5


# A street of a Spanish-speaking country in a sentence.
_STREET_ABROAD = re.compile(
    r"\b(?:calle|carrera|cra|avenida|av(?:da)?|paseo|colonia|col|transversal|jir[oó]n)\b", re.IGNORECASE
)
_US = re.compile(r"\b[A-Z]{2},? \d{5}\b")
_SENTENCE = re.compile(r"[a-zà-ÿ]{5,}[.!?]\s|[!?\n]\s*\n")
_MOST_CHARACTERS = 200


def foreign_spans(clean: str) -> list[tuple[int, int]]:
    """Where foreign addresses stand: they end with a country, or with a Canadian or British postcode."""
    spans: list[tuple[int, int]] = []
    lines = _lines(clean)
    for number, (start, text) in enumerate(lines):
        if not _ends_abroad(lines, number):
            continue
        first = number
        while (
            first > 0
            and number - first < _MOST_LINES
            and _belongs(lines[first - 1][1])
            and not _whole(lines[first][1], text)
        ):
            first -= 1
        while first < number and not _looks_postal(lines[first][1]):
            first += 1
        span = (_street_start(clean, lines[first][0], start + len(text)), start + len(text))
        if _DIGIT.search(clean[span[0] : span[1]]):
            if spans and spans[-1][1] >= span[0]:
                span = (spans.pop()[0], span[1])
            spans.append(span)
    return spans or _in_a_sentence(clean)


def _in_a_sentence(clean: str) -> list[tuple[int, int]]:
    """A foreign address within a line of prose: from its street to ", México."."""
    for street in islice(_STREET_ABROAD.finditer(clean), _MOST_STREETS):
        window = clean[street.start() : street.start() + _MOST_CHARACTERS]
        country = _country_end().search(window)
        between = window[: country.start()] if country else ""
        if country and _DIGIT.search(between) and not _US.search(between) and not _SENTENCE.search(between):
            return [(street.start(), street.start() + country.end(1))]
    return []


@cache
def _country_end() -> re.Pattern[str]:
    """A country behind a comma, before the end of a sentence or a line."""
    names = "|".join(re.escape(name) for name in sorted(tables().countries, key=len, reverse=True))
    accented = names.replace("mexico", "m[eé]xico").replace("espana", "espa[nñ]a").replace("panama", "panam[aá]")
    return re.compile(rf",\s{{0,3}}({accented})(?=\s*(?:[.,;!?\n]|$))", re.IGNORECASE)


def _lines(clean: str) -> list[tuple[int, str]]:
    lines, position = [], 0
    for line in clean.split("\n"):
        lines.append((position, line))
        position += len(line) + 1
    return lines


def _ends_abroad(lines: list[tuple[int, str]], number: int) -> bool:
    text = lines[number][1]
    if not text.strip() or len(text) > 200:
        return False
    numbered = bool(_DIGIT.search(text))
    if numbered and (_CANADA.search(text) or (_BRITAIN.search(text) and not _ZIP.search(text))):
        return True
    bare = text.strip(" .,;)!")
    if not numbered and len(bare.split()) > _MOST_WORDS:
        # Without a digit only a country that stands alone on its line counts.
        return False
    pieces = _PIECES.split(bare)
    last = fold(pieces[-1].strip())
    words = last.split()
    country = next((" ".join(words[-n:]) for n in (3, 2, 1) if " ".join(words[-n:]) in tables().countries), None)
    if country is None:
        return False
    if last == country and len(pieces) == 1:
        if number + 1 < len(lines) and _US_LAST.match(lines[number + 1][1]):
            # Trinidad, Colorado and Peru, Indiana are places here.
            return False
        above = "\n".join(line for _, line in lines[max(number - 3, 0) : number])
        return bool(_DIGIT.search(above)) and not above.endswith("\n")
    us = _US.search(text)
    if us and not _DIGIT.search(text, us.end()):
        # "I live in San Juan PR 00901, my sister in Bogotá, Colombia."
        return False
    # In a sentence a country is no address: it needs digits and a comma, or a postcode right before.
    return numbered and (last == country or bool(_DIGIT.search(pieces[-1])))


def _belongs(line: str) -> bool:
    return bool(line.strip()) and len(line) < 70


def _whole(line: str, last: str) -> bool:
    """Does a line already hold the whole address (street, place and country)?"""
    return line is last and line.count(",") >= 2 and bool(_DIGIT.search(line))


def _looks_postal(line: str) -> bool:
    return bool(_DIGIT.search(line)) or any(fold(word) in tables().foreign_streets for word in line.split())


def _street_start(clean: str, start: int, end: int) -> int:
    """In a one-line address, leave the words before the street out: "my address is Calle Mayor 5, Madrid, Spain"."""
    text = clean[start : min(end, clean.find("\n", start) if "\n" in clean[start:end] else end)]
    for match in re.finditer(r"[^\s,;:]+", text):
        word = fold(match[0])
        if word in tables().foreign_streets or word[:1].isdigit():
            return start + match.start()
    return start
