"""Where people write their own name in a letter: behind a label, in a sentence, below the closing, on the last line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from allegro_privacy.core.names import (
    NameFrom,
    as_name,
    display_as_name,
    full_name,
    last_segment,
    leading_name,
    trailing_name,
)
from allegro_privacy.core.names_key import is_own
from allegro_privacy.core.names_labelled import RULE_LINE, Names, labelled_names
from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.postal_tables import fold, fold_word, read_table

_LONGEST = 20_000
_HERE = re.compile(
    r"(?<=\w )(?:here|aqu[ií]|ac[aá]|speaking)\b(?=\s*(?:[,.;:!\n–—-]|at\b|from\b|in\b|and\b|de\b|en\b|y\b))",
    re.IGNORECASE,
)
_AROUND = " ,.!-–—:;*_~>"
_NO_WORDS = re.compile(
    r"[^@\s]+@\S+|\b(?:https?://|www\.)\S+|\(?\b\d{3}\)?[ .-]{0,2}\d{3}[ .-]\d{4}\b|"
    r"\b(?:tel|cel|cell|phone|fax|mobile|ph|whatsapp|home|work|office|móvil|tlf|[chmtfop])\b\.?:?(?=[\s(+]*\d{3})",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\d{3}|@|://|www\.")
_SENT_FROM = re.compile(
    r"(?i)(?:sent|enviado|get|obtener|descarga)\b.{0,60}(?:iphone|ipad|android|outlook|samsung|galaxy|mail|yahoo|phone|dispositivo|m[oó]vil)"
)


@dataclass(frozen=True, slots=True)
class _Marks:
    """The words that say that a name follows, folded."""

    closings: frozenset[str]
    closing_words: frozenset[str]
    closing_heads: frozenset[str]
    weak: frozenset[str]
    introduction: re.Pattern[str]
    kin: re.Pattern[str]


def _alternatives(spellings: Iterable[str]) -> str:
    words = sorted(spellings, key=len, reverse=True)
    return "|".join(r"\s{1,3}".join(map(re.escape, word.split())) for word in words)


@cache
def _marks() -> _Marks:
    table = read_table("identity.toml")["names"]
    accented = {"aqui": "aqu[ií]", "mama": "mam[aá]", "papa": "pap[aá]", "tia": "t[ií]a", "tio": "t[ií]o"}
    kin = "|".join(accented.get(word, re.escape(word)) for word in table["kin"])
    return _Marks(
        closings=frozenset(table["closings"]),
        closing_words=frozenset(table["closing_words"]),
        closing_heads=frozenset(closing.split()[0] for closing in (*table["closings"], *table["closing_words"])),
        weak=frozenset(table["weak_introductions"]),
        introduction=re.compile(
            rf"(?i)(?<![\w'’])({_alternatives(table['introductions'])}|aquí)(?!\w)[ \t]{{0,3}}[:,]?\s{{1,3}}"
            r"([^\n]{2,100})(?:\n([^\n]{2,100}))?"
        ),
        kin=re.compile(
            rf"(?i)\b(?:my|mi|our|nuestr[ao])(?:[ ](?:late|dear|querid[oa]|difunt[oa]))?[ ](?:{kin}),?\s(?=[^\W\d_])"
        ),
    )


def find_name(text: str, display_name: str = "", own_names: tuple[str, ...] = ()) -> tuple[str | None, str]:
    """The writer's name and where it came from: a label, a self-introduction, the closing, the display name."""
    text = text[:_LONGEST]
    for place, find in (
        (NameFrom.LABEL, labelled_names),
        (NameFrom.SELF, introduced_names),
        (NameFrom.CLOSING, closing_names),
    ):
        for _, name in find(text):
            if not is_own(name, own_names):
                return name, place
    shown = display_as_name(display_name)
    if shown and not is_own(shown, own_names):
        return shown, NameFrom.DISPLAY_NAME
    return None, NameFrom.NONE


# Sentences


def introduced_names(text: str) -> Names:
    """Names in a self-introduction ("my name is …", "me llamo …", "Rosa Quintero here"), with their positions."""
    found: Names = []
    for match in _marks().introduction.finditer(text):
        weak = fold(" ".join(match[1].split())) in _marks().weak
        name = _unwrapped(leading_name(match[2]), match[2], match[3] or "")
        if name and not (weak and not _stands_out(name, match[2])):
            found.append((match.start(2), name))
    for match in _HERE.finditer(text):
        name, _ = trailing_name(last_segment(text[max(0, match.start() - 60) : match.start()]))
        if name and _stands_out(name, ""):
            found.append((match.start() - len(name) - 1, name))
    return sorted(found)


def kin_names(text: str) -> Names:
    """Names of those for whom somebody writes ("for my mother, Rosa Quintero"), with their positions."""
    found = [
        (match.end(), leading_name(text[match.end() : match.end() + 100])) for match in _marks().kin.finditer(text)
    ]
    return [(at, name) for at, name in found if name and " " in name and not name.islower()]


def _stands_out(name: str, line: str) -> bool:
    """May these be a name though what introduces them often introduces something else?"""
    if len(name.split()) < 2:
        return False
    if not name.islower() or fold(name.split()[0]) in name_words().given:
        return True
    behind = line[len(name) :]
    return (
        bool(line)
        and len(name.split()) < 4
        and re.match(r"\s*(?:$|[,.]|(?:y|and|i|at|from|vivo|live|de|en|con|with|resido)\b)", behind) is not None
    )


def _unwrapped(name: str | None, line: str, below: str) -> str | None:
    """A name that a line break cuts in two: "my name is Verity\\nLangstroth. Thanks"."""
    if not name or not line.rstrip().endswith(name) or not below[:1].isupper() or len(name.split()) > 2:
        return name
    rest = leading_name(below)
    if rest is None or len(rest.split()) > 2:
        return name
    ends = below[len(rest) : len(rest) + 1] in (".", ",", "") or below[len(rest) : len(rest) + 4].strip() in (
        "and",
        "y",
    )
    return f"{name} {rest}" if ends and " " not in name and fold(rest.split()[0]) not in name_words().given else name


# Ends of letters


def closing_names(text: str) -> Names:
    """Names on the line after a closing ("Thanks,", "Saludos,") or on its line, with their positions."""
    found, position, pending = [], 0, 0
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if line.strip():
            name = as_name(line) if pending else None
            if name:
                found.append((position, name))
            pending = 0
            closes, inline = _closing(line)
            if closes:
                pending = 3
            elif inline:
                found.append((position + line.rfind(inline.split()[0]), _over_the_line(inline, lines[index + 1 :])))
        pending -= pending > 0 and not line.strip()
        position += len(line) + 1
    return found


def _closing(line: str) -> tuple[bool, str | None]:
    """Is the line's end a closing, or what name stands behind one on it?"""
    tail = line[-120:]
    if _marks().closing_heads.isdisjoint(fold_word(word.strip(_AROUND)) for word in tail.split()):
        return False, None
    if is_closing(tail):
        return True, None
    for part in dict.fromkeys((tail, last_segment(tail.rstrip(" .!,")), _last_two(tail))):
        words = part.split()
        for size in range(min(len(words) - 1, 6), 0, -1):
            if not is_closing(" ".join(words[:size])):
                continue
            behind = " ".join(words[size:])
            name = as_name(behind)
            ended = words[size - 1][-1] in ",.:!-–—"
            if name and (ended or " " in name) and not is_closing(behind):
                return False, name
            break
    return is_closing(last_segment(tail.rstrip(" .!,"))), None


def _last_two(line: str) -> str:
    """The last two sentences of a line: "Gracias. Rosa Quintero"."""
    last = last_segment(line.rstrip(" .!,"))
    head = line.rstrip(" .!,")
    head = head[: len(head) - len(last)]
    return last_segment(head.rstrip(" .!,:")) + head[len(head.rstrip(" .!,:")) :] + last


def _over_the_line(name: str, below: list[str]) -> str:
    """A closing's name whose second half stands on the letter's last line."""
    rest = [line.strip() for line in below if line.strip()]
    more = as_name(rest[0]) if len(rest) == 1 else None
    return f"{name} {more}" if more and len(more.split()) < 3 and below[0].strip() else name


def is_closing(text: str) -> bool:
    spoken = fold(" ".join(text.split()).strip(_AROUND))
    if spoken in _marks().closings:
        return True
    first, *rest = re.findall(r"\w+", text) or [""]
    if len(rest) > 3 or "," in spoken or fold_word(first) not in _marks().closing_words:
        return False
    return not any(word.istitle() or word.isdigit() or fold_word(word) in name_words().given for word in rest)


def signed_names(text: str) -> Names:
    """Full names where a letter ends without a closing: below "--", as its last line or sentence, alone on a line."""
    lines, found, position = text.split("\n"), [], 0
    last = next((i for i in range(len(lines) - 1, -1, -1) if _says_something(lines[i])), -1)
    for index, line in enumerate(lines[: last + 1]):
        alone = index == 0 or not lines[index - 1].strip() or RULE_LINE.fullmatch(lines[index - 1])
        if index == last or (alone and 0 < len(line) < 60):
            name = full_name(without_contacts(line))
            if name is None and index == last:
                ended = line.rstrip(" .!*_~")
                name = full_name(last_segment(ended)) or full_name(ended.rpartition(",")[2])
            if name and believable(name, text):
                found.append((position, name))
        position += len(line) + 1
    return found


def _says_something(line: str) -> bool:
    return bool(without_contacts(line).strip(" -–—_*>|.,\t")) and not _SENT_FROM.search(line)


def without_contacts(line: str) -> str:
    """The line without telephone numbers, e-mail addresses and pages."""
    return _NO_WORDS.sub(" ", line) if _CONTACT.search(line) else line


def believable(name: str, text: str) -> bool:
    """Small letters make a name when one of its words is a given name, or when the writer uses no capitals at all."""
    if not name.islower() or any(fold_word(word) in name_words().given for word in name.split()):
        return True
    return re.search(r"(?<![.!?:] )(?<=\w[ ,])[ ]?[A-ZÀ-Ý][a-zà-ÿ]{2,}", text) is None
