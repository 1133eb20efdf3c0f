"""Delivery lines without a street: PO boxes, rural and highway-contract routes, military boxes, private mailboxes."""

import re
from itertools import islice

from allegro_privacy.core.postal_parts import Line

_MOST_BOXES = 30
# Every box holds one of these; a text without one is refused before the four searches below. It must begin with a
# plain set of characters: only then does `re` skip from one to the next.
_HINT = re.compile(r"[AaBbCcDdPp](?i:ox|x|uz|in|aller|asilla|ra?w|\.?\s?o\.?\s?b|partado)")
_NUMBER_WORD = r"\s{0,3}(?:#|no\.?|number|num\.?|n[uú]m(?:ero)?\.?)?\s{0,3}"
_BOX = re.compile(
    r"(?:\b(?:p\.?\s?o\.?\s?(?:box|bx|b\b\.?|drawer|drw)|post(?:al)?\s{1,3}office\s{1,3}box|postal\s{1,3}box|apartado(?:\s{1,3}postal)?|lock\s?box|firm\s{1,3}caller)"
    r"|(?:^|(?<=[\n,;])|(?<=\bis )|(?<=\bat ))[ ]{0,9}(?:box|caller|drawer|bin|casilla)\b)"
    + _NUMBER_WORD
    + r"([a-z]?-?\d[\da-z-]{0,9}|[a-z])\b",
    re.IGNORECASE,
)
_BOX_NUMBER = r"[,\s]{1,3}(?:box|bx|buz[oó]n)\b" + _NUMBER_WORD + r"(\d[\da-z-]{0,7}|[a-z]{1,2}-?\d{0,5})\b"
_RURAL = re.compile(
    r"\b(?:r\.?\s?r\.?|rural\s{1,3}(?:route|rt|rte)|r\.?\s?f\.?\s?d\.?|rt\.?|rte\.?|route|ruta(?:\s{1,3}rural)?|rd\.?)"
    + _NUMBER_WORD + r"(\d{1,3})" + _BOX_NUMBER, re.IGNORECASE)  # fmt: skip
_CONTRACT = re.compile(
    r"\b(?:h\.?\s?c\.?(?:\s?r\.?)?|(?:hwy|highway)\s{1,3}contract(?:\s{1,3}r(?:oute|te|t))?|star\s{1,3}r(?:oute|te|t))"
    + _NUMBER_WORD + r"(\d{0,3})" + _BOX_NUMBER, re.IGNORECASE)  # fmt: skip
_MILITARY = re.compile(r"\b(psc|cmr|unit|ops)\s{0,3}#?\s{0,3}(\d{1,6})" + _BOX_NUMBER, re.IGNORECASE)


def box_spans(text: str) -> list[tuple[int, int]]:
    """Where PO boxes, routes and military boxes stand in a text, none inside another; a list of them is no letter."""
    spans: list[tuple[int, int]] = []
    if not _HINT.search(text):
        return spans
    for pattern in (_MILITARY, _RURAL, _CONTRACT, _BOX):
        for match in islice(pattern.finditer(text), _MOST_BOXES):
            if not any(start < match.end() and match.start() < end for start, end in spans):
                spans.append(match.span())
    return sorted(spans)


def parse_box(text: str) -> Line | None:
    """The box or route in a text; None when there is none."""

    def box(number: str) -> str:
        return number.upper().strip("-")

    if not _HINT.search(text):
        return None
    if match := _MILITARY.search(text):
        return Line("military", match[3].upper(), name=(match[1].upper(), match[2]))
    for pattern, route in ((_RURAL, "RR"), (_CONTRACT, "HC")):
        if match := pattern.search(text):
            number = match[1].lstrip("0")
            return Line("rural", box(match[2]).lstrip("0"), name=(route, number) if number else (route,))
    if match := _BOX.search(text):
        return Line("po-box", box(match[1]))
    return None
