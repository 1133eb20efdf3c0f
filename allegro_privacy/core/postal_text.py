"""Text made ready for looking for addresses. Every step keeps each character in its place, so that whatever is found
can be cut out of what the person wrote."""

import re
from dataclasses import dataclass

from allegro_privacy.core.postal_tables import fold, tables

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Label:
    """A field label ("Ciudad:") and where its value begins."""

    kind: str
    start: int
    value: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """`clean` is as long as the text. zips: where a ZIP code stands that is called one.  raw: what was written."""

    raw: str
    clean: str
    labels: tuple[Label, ...]
    zips: frozenset[int]


class _Characters(dict[int, str]):
    """One character in, one out: dashes, spaces, bullets and full-width letters become plain ones."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = self._plain(chr(code))
        return plain

    @staticmethod
    def _plain(character: str) -> str:
        if character in "‐‑‒–—―−":
            return "-"
        if character in "|•·‣▪;":
            return ";"
        if character in '*_~`"“”«»':
            return " "
        if 0xFF01 <= ord(character) <= 0xFF5E:
            return chr(ord(character) - 0xFEE0)
        if character in "\n\r\x0b\x0c\x85\u2028\u2029":
            return "\n" if character != "\r" else " "
        return " " if character.isspace() or not character.isprintable() else character


_CHARACTERS = _Characters()
# The country of a US address tells nothing; "United States Highway" is a road. "=20": what is left of quoted-printable.
_TELLS_NOTHING = re.compile(
    r"(?=[UuEe=])(?:\bU\.?S\.?A\b\.?|\bUnited States(?: of America)?\b(?! (?:Highway|Hwy|Route))|\bEstados Unidos\b"
    r"|\bEE\.? ?UU\b\.?|=20(?=\n|$))",
    re.IGNORECASE,
)
# "en el 1000 de Venetian Way": the word is no part of the street's name.
_SPANISH_OF = re.compile(r"\b[Ee]l \d{1,5} de (?=[A-Z])")
_BLOCK_TAG = re.compile(r"</?(?:br|p|div|td|tr|li)\b[^<>\n]{0,80}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)
_LINK = r"<[^<>\n]{0,200}>|\bhttps?://\S{1,300}|\bwww\.\S{1,300}"
_EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_NUMBER = (
    r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]{0,2}\d{3}[.-]\d{4}(?![\d-])"
    r"|(?<![\d-])(?:\(\d{3}\) ?|\d{3} )\d{3} \d{4}(?![\d-])"
    r"|(?<!\d)\d{1,2}/\d{1,2}/\d{2,4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
)
# "???" is what is left of a quote mark or a picture.
_QUOTE = r"(?m:^[ ]?(?:(?:>|\?{2,4})[ ]?){1,20})"
_NOISE = re.compile(f"{_LINK}|{_EMAIL}|{_NUMBER}|{_QUOTE}")
# An e-mail address may begin with any letter. Without one, most characters are passed at a glance.
_NOISE_WITHOUT_EMAIL = re.compile(rf"(?=[<hw(+\d> ?])(?:{_LINK}|{_NUMBER}|{_QUOTE})")
_ZIP_WORD = re.compile(
    r"\b(?:zip(?:[ -]?code)?|postal code|post ?code|c[oó]digo postal|c\.?p\.?)\b"
    r"(?:[ ](?:code|is|es|number|de))?[ ]?[.:=#-]?[ ]?(?:is |es )?(?=\d{5})",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:=]|[ ]-[ ]|\t|\.{3,40}")
_WORDS_BEFORE = re.compile(r"[^\s,;:=]+(?:,(?=[ ]))?")


def prepare(text: str) -> Prepared:
    """Clean the first 20,000 characters and find the field labels in them."""
    raw = text[:LONGEST]
    tabbed = raw.translate(_CHARACTERS | {9: "\t"}) if "\t" in raw else raw.translate(_CHARACTERS)
    clean = _BLOCK_TAG.sub(lambda match: "\n" + " " * (len(match[0]) - 1), tabbed)
    clean = _TELLS_NOTHING.sub(_blank, _ENTITY.sub(_blank, clean))
    clean = _SPANISH_OF.sub(lambda match: match[0][:-3] + "   ", clean)
    clean = "\n".join(map(_without_noise, clean.split("\n"))) if "@" in clean else _without_noise(clean)
    labels = _labels(clean)
    characters = list(clean)
    for label in labels:
        _hide(characters, clean, label)
    clean = "".join(characters).replace("\t", " ")
    zips = frozenset(match.end() for match in _ZIP_WORD.finditer(clean)) | {
        label.value for label in labels if label.kind == "zip"
    }
    return Prepared(raw, _ZIP_WORD.sub(_blank, clean), labels, zips)


def _without_noise(text: str) -> str:
    """Links, e-mail addresses, telephone numbers, dates and quote marks blanked; none of them crosses a line end."""
    return (_NOISE if "@" in text else _NOISE_WITHOUT_EMAIL).sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _labels(clean: str) -> tuple[Label, ...]:
    found = []
    for match in _COLON.finditer(clean):
        line = clean.rfind("\n", 0, match.start()) + 1
        begin = max(line, match.start() - 40)
        words = list(_WORDS_BEFORE.finditer(clean, begin, match.start()))[-5:]
        for first in words:
            spelled = fold(" ".join(clean[first.start() : match.start()].split()).strip("()-* "))
            kind = tables().labels.get(spelled)
            if kind and (kind != "other" or first.start() == line or ":" in match[0]):
                found.append(Label(kind, first.start(), _skip(clean, match.end())))
                break
    return tuple(sorted(found + _label_lines(clean, found), key=lambda label: label.start))


def _label_lines(clean: str, found: list[Label]) -> list[Label]:
    """Labels that stand alone on their line, the value below."""
    taken = {clean.rfind("\n", 0, label.start) for label in found}
    lines, position = [], 0
    for line in clean.split("\n"):
        kind = tables().labels.get(fold(line.strip(" :*()"))) if 2 < len(line) < 40 else None
        if kind and position - 1 not in taken:
            lines.append(Label(kind, position, min(position + len(line) + 1, len(clean))))
        position += len(line) + 1
    return lines if len(lines) > 1 else []


def _skip(clean: str, position: int) -> int:
    while position < len(clean) and clean[position] in " \t":
        position += 1
    return position


def _hide(characters: list[str], clean: str, label: Label) -> None:
    """Blank a label; a unit's label becomes the word Apt unless its value has a unit word of its own."""
    for i in range(label.start, label.value):
        if characters[i] != "\n":
            characters[i] = " "
    if label.start:
        characters[label.start] = "\n" if clean[label.start - 1] != "\n" else " "
    if label.kind == "unit" and label.value - label.start >= 4:
        value = fold(clean[label.value : label.value + 12].split("\n")[0])
        first = value.split()[:1]
        if first and any(c.isdigit() for c in value) and not (first[0] in tables().units or first[0][0] == "#"):
            characters[label.start + 1 : label.start + 4] = "Apt"


def label_values(prepared: Prepared) -> list[tuple[Label, int]]:
    """Each label with the end of its value: the next label, or the end of its paragraph."""
    ends = [*(label.start for label in prepared.labels[1:]), len(prepared.clean)]
    values = []
    for label, end in zip(prepared.labels, ends, strict=False):
        paragraph = prepared.clean.find("\n\n", label.value, end)
        values.append((label, paragraph if paragraph >= 0 else end))
    return values
