"""Rows of the language tables (data/languages/*.toml) as Rules, Guards and Signs, each checked when it is read."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.phrases import Pattern, PatternError, parse
from allegro_privacy.core.reading import Doubt, Note

Table = Mapping[str, Any]
Classes = Mapping[str, tuple[str, ...]]

TIERS = ("whole", "first", "phrase")
_WHERE = {"any": ("subject", "text"), "mailing": ("text", "footer")}
PLACES = ("before", "earlier", "after", "later", "within")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a phrase means: a kind of request, its channels and level, and the doubts and notes that come with it.

    about: "" (the sender), "named" (an e-mail address that the match itself holds), "someone" (somebody described).
    """

    id: str
    kind: str
    channels: tuple[Channel, ...]
    tier: str
    level: Level | None
    doubts: tuple[Doubt, ...]
    notes: tuple[Note, ...]
    needs: str
    language: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Words around a match that cancel it (doubt None) or make it doubtful, for the kinds it names (all when empty)."""

    id: str
    place: str
    kinds: frozenset[str]
    rules: frozenset[str]
    doubt: Doubt | None
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that tell something about the whole message: its nature, a doubt or a note."""

    id: str
    means: str
    where: frozenset[str]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of saying what a rule means."""

    rule: Rule
    pattern: Pattern


def read_rules(code: str, table: Table, classes: Classes, kinds: Mapping[str, Kind]) -> Iterator[Phrase]:
    """Every phrase of a language with the rule it belongs to. Raises ValueError naming the row that is wrong."""
    seen: set[str] = set()
    for row in table.get("rule", ()):
        rule = _rule(code, row, kinds)
        if rule.id in seen:
            raise ValueError(f"rule {rule.id!r} is there twice")
        seen.add(rule.id)
        for phrase in row["match"]:
            yield Phrase(rule, _pattern(rule.id, phrase, classes))


def read_guards(code: str, table: Table, classes: Classes) -> Iterator[Guard]:
    """Every guard of a language, one for each of its phrases and places."""
    for row in table.get("guard", ()):
        places = [place for place in PLACES if place in row]
        if not places:
            raise ValueError(f"{code}: guard {row.get('id')!r} needs one of {PLACES}")
        for place in places:
            for phrase in row[place]:
                pattern = _pattern(f"{code}.{row['id']}", phrase, classes)
                yield Guard(
                    id=f"{code}.{row['id']}",
                    place=place,
                    kinds=frozenset(row.get("kinds", ())),
                    rules=frozenset(f"{code}.{rule}" for rule in row.get("rules", ())),
                    doubt=Doubt(row["doubt"]) if "doubt" in row else None,
                    pattern=pattern.at_end() if place == "before" else pattern,
                )


def read_signs(code: str, table: Table, classes: Classes) -> Iterator[Sign]:
    """Every sign of a language, one for each of its phrases."""
    for row in table.get("sign", ()):
        where = row.get("where", "text")
        for phrase in row["match"]:
            yield Sign(
                id=f"{code}.{row['id']}",
                means=row["means"],
                where=frozenset(_WHERE.get(where, (where,))),
                pattern=_pattern(f"{code}.{row['id']}", phrase, classes),
            )


def _pattern(row_id: str, phrase: str, classes: Classes) -> Pattern:
    try:
        return parse(phrase, classes)
    except PatternError as problem:
        raise ValueError(f"{row_id!r}: {problem}") from problem


def _rule(code: str, row: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Rule:
    try:
        rule = Rule(
            id=f"{code}.{row['id']}",
            kind=row["kind"],
            channels=tuple(Channel(channel) for channel in row.get("channels", ())),
            tier=row["tier"],
            level=Level(row["level"]) if "level" in row else None,
            doubts=tuple(Doubt(doubt) for doubt in row.get("doubts", ())),
            notes=tuple(Note(note) for note in row.get("notes", ())),
            needs=row.get("needs", ""),
            language=code,
        )
    except (KeyError, ValueError) as problem:
        raise ValueError(f"{code}: rule {row.get('id')!r}: {problem}") from problem
    if rule.kind not in kinds:
        raise ValueError(f"rule {rule.id!r}: kind {rule.kind!r} is not in kinds.toml")
    if kinds[rule.kind].channels and not rule.channels:
        raise ValueError(f"rule {rule.id!r}: kind {rule.kind!r} needs channels")
    if rule.tier not in TIERS:
        raise ValueError(f"rule {rule.id!r}: tier must be one of {TIERS}")
    return rule


def version_of(tables: object) -> str:
    """The rules' version: the hash of every table in force."""
    canonical = json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
