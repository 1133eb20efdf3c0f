"""The words by which clients and writers mark what is not their own text: rows of the language tables, compiled."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from allegro_privacy.errors import ConfigError

DECORATION = "-_=*~+#>|·•<[ "
"""What clients draw around a marker line."""

PUNCTUATION = ".,;:!?¡¿-*_()\"'"

_UNSEEN = re.compile("[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u1427]+")
_TYPOGRAPHY = str.maketrans("‘’‚‛“”„‐‑‒–—―−", "''''\"\"\"-------")
_NOTICE_KEY = 4


def fold_line(line: str) -> str:
    """The form in which marker lines are compared: lower case, no accents or invisible characters, single spaces."""
    if not line.isascii():
        line = _UNSEEN.sub("", unicodedata.normalize("NFKD", line)).translate(_TYPOGRAPHY)
    return " ".join(line.lower().split())


class Notice(StrEnum):
    """What sort of foreign line an opening phrase announces; the values are keys of the tables."""

    DEVICE = "device_lines"
    SCANNER = "scanner_lines"
    BANNER = "banners"
    DISCLAIMER = "disclaimers"
    NEWSLETTER = "newsletter_footers"
    LIST = "list_footers"


class Opening(StrEnum):
    """What a separator line opens: a message passed on, or the one that is answered."""

    FORWARD = "forward"
    ORIGINAL = "original"


class Role(StrEnum):
    """What a pasted header line says; the values are keys of `[markers.fields]`."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    DATE = "date"
    SUBJECT = "subject"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Markers:
    """All languages' marker phrases together, folded, in the shape in which lines are looked up.

    A mail client's language is not its user's, so every message is read with the markers of all languages.
    """

    attribution_openings: frozenset[str] = frozenset()
    attribution_verbs: tuple[str, ...] = ()
    attribution_verbs_inside: tuple[str, ...] = ()
    quotations: tuple[str, ...] = ()
    not_attributions: tuple[str, ...] = ()
    separators: Mapping[str, Opening] = field(default_factory=dict)
    separator_openings: Mapping[Opening, tuple[str, ...]] = field(default_factory=dict)
    forward_prefixes: frozenset[str] = frozenset()
    reply_prefixes: frozenset[str] = frozenset()
    notices: Mapping[str, tuple[tuple[str, Notice], ...]] = field(default_factory=dict)
    list_words: tuple[str, ...] = ()
    contact_labels: frozenset[str] = frozenset()
    promotions: tuple[str, ...] = ()
    greetings: frozenset[str] = frozenset()
    closings: frozenset[str] = frozenset()
    courtesy_words: frozenset[str] = frozenset()
    vocatives: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()
    postscripts: frozenset[str] = frozenset()
    first_person: frozenset[str] = frozenset()
    fields: Mapping[str, Role] = field(default_factory=dict)

    def notice(self, core: str) -> Notice | None:
        """The notice that a folded, undecorated line opens."""
        for phrase, notice in self.notices.get(core[:_NOTICE_KEY], ()):
            if core.startswith(phrase):
                return notice
        return None

    def opening(self, folded: str) -> Opening | None:
        """What a folded line opens if it is a separator: "-----Original Message-----", "Begin forwarded message:"."""
        if folded[0] not in _SEPARATOR_EDGES and folded[-1] not in _SEPARATOR_EDGES:
            return None  # undecorated words are somebody's prose
        core = folded.strip(_SEPARATOR_EDGE)
        if core in self.separators:
            return self.separators[core]
        if folded[0] in DECORATION:
            for opening, phrases in self.separator_openings.items():
                if core.startswith(phrases):
                    return opening
        return None


_SEPARATOR_EDGE = DECORATION + ":.]"
_SEPARATOR_EDGES = frozenset(_SEPARATOR_EDGE)


_SETS = (
    "forward_prefixes",
    "reply_prefixes",
    "contact_labels",
    "greetings",
    "closings",
    "vocatives",
    "not_names",
    "postscripts",
    "first_person",
)
_ORDERED = (
    "attribution_openings",
    "attribution_verbs",
    "attribution_verbs_inside",
    "quotations",
    "not_attributions",
    "forward_lines",
    "forward_openings",
    "original_lines",
    "original_openings",
    "list_words",
    "promotions",
)
_KEYS = frozenset((*_SETS, *_ORDERED, *Notice))


def compile_markers(tables: Iterable[Mapping[str, Any]]) -> Markers:
    """Compile the `markers` of all language tables into one; ConfigError names every entry that cannot be used."""
    sections = [table.get("markers", {}) for table in tables]
    problems = [problem for section in sections for problem in _problems(section)]
    if problems:
        raise ConfigError("The marker tables cannot be used.", "\n".join(problems), "Mend the entries named above.")

    def phrases(key: str) -> list[str]:
        folded = (fold_line(phrase) for section in sections for phrase in section.get(key, ()))
        return list(dict.fromkeys(phrase for phrase in folded if phrase))

    return Markers(
        attribution_openings=frozenset(phrase.partition(" ")[0] for phrase in phrases("attribution_openings")),
        attribution_verbs=tuple(ending for phrase in phrases("attribution_verbs") for ending in _endings(phrase)),
        attribution_verbs_inside=tuple(f" {phrase} " for phrase in phrases("attribution_verbs_inside")),
        quotations=tuple(f"{phrase} " for phrase in phrases("quotations")),
        not_attributions=tuple(phrases("not_attributions")),
        separators={
            **dict.fromkeys(phrases("original_lines"), Opening.ORIGINAL),
            **dict.fromkeys(phrases("forward_lines"), Opening.FORWARD),
        },
        separator_openings={
            Opening.FORWARD: tuple(phrases("forward_openings")),
            Opening.ORIGINAL: tuple(phrases("original_openings")),
        },
        notices=_notices((phrase, notice) for notice in Notice for phrase in phrases(notice.value)),
        list_words=tuple(phrases("list_words")),
        promotions=tuple(phrases("promotions")),
        fields=_fields(sections),
        courtesy_words=frozenset(
            phrase.partition(" ")[0].strip(PUNCTUATION) for phrase in (*phrases("greetings"), *phrases("closings"))
        ),
        **{key: frozenset(phrases(key)) for key in _SETS},
    )


def _problems(section: Mapping[str, Any]) -> Iterator[str]:
    for key, entries in section.items():
        if key == "fields":
            yield from (f"markers.fields.{role}: unknown" for role in entries if role not in set(Role))
        elif key not in _KEYS:
            yield f"markers.{key}: unknown"
        elif not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            yield f"markers.{key}: must be a list of strings"
        elif key in set(Notice):
            # A short phrase would cut text that a person wrote, and losing that is worse than leaking a footer.
            yield from (
                f"markers.{key}: {entry!r} is too short" for entry in entries if len(fold_line(entry)) < _NOTICE_KEY
            )


def _endings(verb: str) -> tuple[str, ...]:
    """A verb as it ends a reply header: a word of its own, except in scripts that write no spaces."""
    return (f" {verb}", f">{verb}") if verb.isascii() else (verb,)


def _notices(pairs: Iterable[tuple[str, Notice]]) -> dict[str, tuple[tuple[str, Notice], ...]]:
    notices: dict[str, tuple[tuple[str, Notice], ...]] = {}
    for phrase, notice in pairs:
        key = phrase.lstrip(DECORATION)[:_NOTICE_KEY]
        notices[key] = (*notices.get(key, ()), (phrase.lstrip(DECORATION), notice))
    return notices


def _fields(sections: Iterable[Mapping[str, Any]]) -> dict[str, Role]:
    fields: dict[str, Role] = {}
    for section in sections:
        for role, names in section.get("fields", {}).items():
            for name in names:
                fields.setdefault(fold_line(name), Role(role))
    return fields
