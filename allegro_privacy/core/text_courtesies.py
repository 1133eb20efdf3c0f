"""Lines that say nothing by themselves: greetings, closings, names below them, ways to reach the writer."""

import re

from allegro_privacy.core.text_markers import PUNCTUATION, Markers, fold_line
from allegro_privacy.core.text_sheet import Sheet

_PHONE = re.compile(r"[+(]?\d[\d ().+/-]*")
_LONGEST_COURTESY = 80


def is_courtesy(sheet: Sheet, index: int, markers: Markers) -> bool:
    """Is the line merely a greeting or a closing, with or without a name: "Hello Ms. Ortiz," or "Thanks, Rosa"?"""
    return _courtesy(sheet, index, markers, markers.greetings) or is_closing(sheet, index, markers)


def is_closing(sheet: Sheet, index: int, markers: Markers) -> bool:
    """Is the line a closing: "Best regards," or "Gracias, Rosa"?"""
    return _courtesy(sheet, index, markers, markers.closings)


def _courtesy(sheet: Sheet, index: int, markers: Markers, phrases: frozenset[str]) -> bool:
    folded = sheet.folded[index]
    if len(folded) > _LONGEST_COURTESY or folded.partition(" ")[0].strip(PUNCTUATION) not in markers.courtesy_words:
        return False
    words = [word.strip(PUNCTUATION) for word in folded.split()]
    written = sheet.lines[index].split()
    if len(words) != len(written):
        return False
    for length in range(min(5, len(words)), 0, -1):
        if " ".join(words[:length]) in phrases:
            rest = zip(written[length:], words[length:], strict=True)
            return len(words) - length <= 6 and all(_says_nothing(as_is, word, markers) for as_is, word in rest)
    return False


def _says_nothing(written: str, word: str, markers: Markers) -> bool:
    return not word or word in markers.vocatives or (_is_capital(written) and word not in markers.not_names)


def _is_capital(written: str) -> bool:
    word = written.strip(PUNCTUATION)
    return word[:1].isupper() and not any(character.isdigit() for character in word)


def is_name(line: str, markers: Markers) -> bool:
    """Could the line be a person's name and nothing else: one to four capitalised words, none of them a command?"""
    words = line.split()
    return 0 < len(words) <= 4 and all(
        _is_capital(word) and fold_line(word).strip(PUNCTUATION) not in markers.not_names for word in words
    )


def is_contact(folded: str, markers: Markers) -> bool:
    """Is it a line of ways to reach somebody: a phone number, a web address, each with or without its label?"""
    if len(folded) > 90:
        return False
    label, colon, rest = folded.partition(":")
    if colon and label.strip(PUNCTUATION) in markers.contact_labels:
        return _is_link(rest.strip()) or _is_phone(rest.strip(), 7)
    label, _, rest = folded.partition(" ")
    if rest and label.strip(PUNCTUATION) in markers.contact_labels:
        return _is_link(rest) or _is_phone(rest, 7)
    return _is_link(folded) or _is_phone(folded, 10)


def is_promotion(folded: str, markers: Markers) -> bool:
    """Does the writer advertise something of their own: "Unsubscribe from my list: https://…"?"""
    return folded.startswith(markers.promotions) and ("http" in folded or "www." in folded or "@" in folded)


def _is_link(folded: str) -> bool:
    link = folded.strip("<>()[] ")
    return link.startswith(("http://", "https://", "www.")) and " " not in link


def _is_phone(folded: str, digits: int) -> bool:
    found = _PHONE.match(folded)
    if found is None or sum(map(str.isdigit, found[0])) < digits:
        return False
    rest = folded[found.end() :].strip(" .,;()")
    return not rest or (len(rest) <= 12 and not rest[0].isdigit())
