"""Delivery lines without a street: PO boxes, rural and highway-contract routes, military boxes, private mailboxes."""

import re
from itertools import islice

from allegro_privacy.core.postal_parts import Line

_MOST_BOXES = 30
# Every box holds one of these; a text without one is refused before the searches below. It must begin with a plain set
# of characters: only then does `re` skip from one to the next.
_HINT = re.compile(r"[AaBbCcDdPp](?i:ox|x|uz|in|aller|asilla|ra?w|\.?\s?o\.?\s?b|partado)")
_NUMBER_WORD = r"[\s:.-]{0,3}(?:#|no\.?|number|num\.?|n[uú]m(?:ero)?\.?)?[\s:]{0,3}"
_NUMBER = _NUMBER_WORD + r"([a-z]?-?\d[\da-z-]{0,9}|[a-z])\b"
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?(?:box|bx|b\b\.?|drawer|drw)|post(?:al)?\s{1,3}office\s{1,3}box|postal\s{1,3}box"
    r"|apartado(?:\s{1,3}postal)?)" + _NUMBER,
    re.IGNORECASE,
)
# The other words for a box; beside a PO box they are the department that its mail goes to.
_OTHER = re.compile(
    r"(?:\b(?:lock\s?box|lbx|firm\s{1,3}caller)"
    r"|(?:^|(?<=[\n,;])|(?<=\bis )|(?<=\bat )|(?<=: ))[ ]{0,9}(?:box|caller|drawer|bin|casilla)\b)" + _NUMBER,
    re.IGNORECASE,
)
_BESIDE = (
    r"\b(dept|department|file|bin|drawer|lock\s?box|box|msc|m\.?s\.?|mail\s?(?:code|stop)|ref|substation)\b\.?"
    r"\s{0,3}(?:#|no\.?|number)?\s{0,3}(\d[\da-z-]{0,15}(?:[ ]\d{4,9})?)"
)
_IN_FRONT = re.compile(_BESIDE + r"[\s,;]{1,3}$", re.IGNORECASE)
_BEHIND = re.compile(r"[\s,;]{1,3}" + _BESIDE + r"\b", re.IGNORECASE)
_BOX_NUMBER = (
    r"[,\s]{1,3}(?:p\.?\s?o\.?\s?)?(?:box|bx|buz[oó]n)\b"
    + _NUMBER_WORD + r"(\d[\da-z-]{0,7}(?:[ ][a-d](?=\s|,|;|$))?|[a-z]{1,2}-?\d{0,5})\b"
)  # fmt: skip
_ROUTE = r"r(?:oute|te|t)?\.?"
_RURAL = re.compile(
    r"\b(?:r\.?\s?r\.?|rural\s{1,3}(?:route|rt|rte)|r\.?\s?f\.?\s?d\.?|rt\.?|rte\.?|route|ruta(?:\s{1,3}rural)?|rd\.?)"
    + _NUMBER_WORD + r"(\d{1,3})" + _BOX_NUMBER, re.IGNORECASE)  # fmt: skip
_CONTRACT = re.compile(
    rf"\b(?:h\.?\s?c\.?(?:\s?{_ROUTE})?|(?:hwy|highway)\s{{1,3}}contract(?:\s{{1,3}}{_ROUTE})?|star\s{{1,3}}{_ROUTE})"
    + _NUMBER_WORD + r"((?:\d{1,4}[a-z]{0,2})?)" + _BOX_NUMBER, re.IGNORECASE)  # fmt: skip
_MILITARY = re.compile(r"\b(psc|cmr|unit|ops)\s{0,3}#?\s{0,3}(\d{1,6})" + _BOX_NUMBER, re.IGNORECASE)


def box_spans(text: str) -> list[tuple[int, int]]:
    """Where PO boxes, routes and military boxes stand in a text, none inside another; a list of them is no letter."""
    spans: list[tuple[int, int]] = []
    if not _HINT.search(text):
        return spans
    # A highway contract before a rural route: "Star Route 6" holds "Route 6".
    for pattern in (_MILITARY, _CONTRACT, _RURAL, _BOX, _OTHER):
        for match in islice(pattern.finditer(text), _MOST_BOXES):
            span = _with_department(text, *match.span()) if pattern is _BOX else match.span()
            if not any(start < span[1] and span[0] < end for start, end in spans):
                spans.append(span)
    return sorted(spans)


def _with_department(text: str, start: int, end: int) -> tuple[int, int]:
    """The box with the department beside it: "drawer 1256 po box 5935", "PO Box 2303, Dept 130"."""
    line = max(text.rfind("\n", 0, start) + 1, start - 50)
    before = _IN_FRONT.search(text, line, start)
    behind = _BEHIND.match(text, end)
    return (before.start() if before else start), (behind.end() if behind else end)


def parse_box(text: str) -> Line | None:
    """The box or route in a text; None when there is none."""

    def box(number: str) -> str:
        return number.upper().replace(" ", "").strip("-")

    if not _HINT.search(text):
        return None
    if match := _MILITARY.search(text):
        return Line("military", match[3].upper(), name=(match[1].upper(), match[2]))
    for pattern, route in ((_CONTRACT, "HC"), (_RURAL, "RR")):
        if match := pattern.search(text):
            number = match[1].lstrip("0").upper()
            return Line("rural", box(match[2]).lstrip("0"), name=(route, number) if number else (route,))
    if match := _BOX.search(text):
        return Line("po-box", box(match[1]), units=_departments(text, *match.span()))
    if match := _OTHER.search(text):
        return Line("po-box", box(match[1]))
    return None


def _departments(text: str, start: int, end: int) -> tuple[tuple[str, str], ...]:
    found = (_IN_FRONT.search(text, max(start - 50, 0), start), _BEHIND.match(text, end))
    return tuple((" ".join(match[1].lower().replace(".", "").split()), match[2].upper()) for match in found if match)
