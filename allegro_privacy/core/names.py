"""The person's own name: where it stands in a letter, what is a name at all, and its key."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from allegro_privacy.core.postal_tables import fold, fold_word, read_table, tables


class NameFrom(StrEnum):
    """Where a name was found; the earlier ones are the surer ones."""

    LABEL = "label"
    SELF = "self"
    SAME_LINE = "same-line"
    LINE_ABOVE = "line-above"
    CLOSING = "closing"
    DISPLAY_NAME = "display-name"
    NONE = ""


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words that stand around and inside names (data/identity.toml), folded."""

    titles: frozenset[str]
    generations: frozenset[str]
    degrees: frozenset[str]
    particles: frozenset[str]
    couples: frozenset[str]
    never: frozenset[str]
    organisations: frozenset[str]
    before_a_place: frozenset[str]
    closings: frozenset[str]
    label: re.Pattern[str]
    first_label: re.Pattern[str]
    last_label: re.Pattern[str]
    introduction: re.Pattern[str]


_LONGEST = 20_000
_TOKEN = re.compile(r"[^\W\d_]+\.?(?:['’.-][^\W\d_]+)*\.?|&")
# These introduce other things as often as names, so the name must be capitalised.
_WEAK_INTRODUCTIONS = frozenset({"this is", "i am", "i'm", "im", "soy", "name is", "name", "nombre"})


def _alternatives(spellings: Iterable[str]) -> str:
    words = sorted(spellings, key=len, reverse=True)
    return "|".join(r"[ \t]{1,3}".join(map(re.escape, word.split())) for word in words)


@cache
def name_words() -> NameWords:
    """Read at the first name looked for."""
    table = read_table("identity.toml")["names"]
    label = (
        r"(?im)(?:^|[,;|.!?]|[ \t]{{2}})[ \t>*•-]{{0,8}}(?:{})[ \t]{{0,4}}\*?"
        r"(?:[:=]\*?|[ ]-[ ]|\t)[ \t]{{0,8}}([^\n;|]{{2,80}}|\n[^\n;|]{{2,80}})"
    )
    return NameWords(
        titles=frozenset(table["titles"]),
        generations=frozenset(table["generations"]),
        degrees=frozenset(table["degrees"]),
        particles=frozenset(table["particles"]),
        couples=frozenset(table["couples"]),
        never=frozenset(table["never"]),
        organisations=frozenset(table["organisations"]),
        before_a_place=frozenset(table["before_a_place"]),
        closings=frozenset(table["closings"]),
        label=re.compile(label.format(_alternatives(table["labels"]))),
        first_label=re.compile(label.format(_alternatives(table["first_labels"]))),
        last_label=re.compile(label.format(_alternatives(table["last_labels"]))),
        introduction=re.compile(
            rf"(?i)(?<!\w)({_alternatives(table['introductions'])})(?!\w)[ \t]{{0,3}}[:,]?\s{{1,3}}([^\n]{{2,100}})"
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


def is_own(name: str, own_names: tuple[str, ...]) -> bool:
    """Is this one of the shop's own names or people?"""
    spoken = f" {name_key(name)} "
    return any(spoken in own for own in _own_keys(own_names))


@lru_cache(maxsize=8)
def _own_keys(own_names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {name_key(own)} " for own in own_names)


def labelled_names(text: str) -> list[tuple[int, str]]:
    """Names behind a label ("Name: …", "Nombre: …"; first and last name may have one each), with their positions."""
    words = name_words()
    found = []
    for match in words.label.finditer(text):
        name = leading_name(match[1].strip(), whole=True)
        if name:
            found.append((match.start(1), name))
    if (first := words.first_label.search(text)) and (last := words.last_label.search(text)):
        parts = [leading_name(match[1].strip(), whole=True) for match in (first, last)]
        if all(parts):
            found.append((first.start(1), " ".join(part for part in parts if part)))
    return sorted(found)


def introduced_names(text: str) -> list[tuple[int, str]]:
    """Names in a self-introduction ("my name is …", "me llamo …"), with their positions."""
    found = []
    for match in name_words().introduction.finditer(text):
        weak = fold(" ".join(match[1].split())) in _WEAK_INTRODUCTIONS
        name = leading_name(match[2])
        if name and not (weak and (name.islower() or len(name.split()) < 2)):
            found.append((match.start(2), name))
    return found


def closing_names(text: str) -> list[tuple[int, str]]:
    """Names on the line after a closing ("Thanks,", "Saludos,") or on its line, with their positions."""
    closings, found, position = name_words().closings, [], 0
    pending = 0
    for line in text.split("\n"):
        before, mark, behind = line.partition(",")
        if _spoken(line) in closings:
            pending = 3
        elif mark and _spoken(before) in closings and (name := as_name(behind)):
            found.append((position + len(before), name))
        elif pending and line.strip():
            if name := as_name(line.lstrip(" \t-–—~")):
                found.append((position, name))
            pending = 0
        pending -= pending > 0 and not line.strip()
        position += len(line) + 1
    return found


def _spoken(line: str) -> str:
    return fold(" ".join(line.split()).strip(" ,.!-–—:;"))


def display_as_name(display_name: str) -> str | None:
    """A display name as a person's name: "Quintero, Rosa" turned; addresses and single words are none."""
    name = " ".join(display_name.strip("\"' ").split())
    if "@" in name or any(c.isdigit() for c in name):
        return None
    last, comma, first = name.partition(",")
    if comma and fold(first.strip()) not in name_words().generations | name_words().degrees and "," not in first:
        name = f"{first.strip()} {last.strip()}"
    found = as_name(name)
    return found if found and len(found.split()) > 1 else None


def as_name(text: str) -> str | None:
    """The whole text as a person's (or couple's) name; None when it holds anything else."""
    stripped = text.strip(' \t\r\n,;:!*_"“”()-–—<>/|').removesuffix(",")
    if not stripped or len(stripped) > 80:
        return None
    name = leading_name(stripped, whole=True)
    rest = stripped[len(stripped) - len(stripped.lstrip()) :]
    return name if name and _covers(rest, name) else None


def _covers(text: str, name: str) -> bool:
    """Does the name take the whole text, but for titles and degrees?"""
    words = name_words()
    left = set(_TOKEN.findall(text)) - set(_TOKEN.findall(name))
    plain = re.sub(r"[\s.,&'’/()-]|[^\W\d_]", "", text)
    return not plain and all(fold_word(token) in words.titles or fold_word(token) in words.degrees for token in left)


def leading_name(text: str, whole: bool = False) -> str | None:
    """The name that a text begins with, titles removed (a couple keeps them)."""
    words, end, kept, start = name_words(), 0, 0, 0
    small = not any(c.isupper() for c in text[:40])
    for match in _TOKEN.finditer(text):
        gap, token = text[end : match.start()], fold_word(match[0])
        if gap.strip(" ") not in ("", ",") or "\n" in gap or (gap.strip() == "," and token not in words.generations):
            break
        joins = token in words.couples or token in words.particles
        if not joins and (token in words.never or (small and token in tables().prose)):
            break
        if not (joins or small or match[0][0].isupper()):
            break
        if small and kept >= 4 and not joins:
            break
        end = match.end()
        if not joins or (match[0][0].isupper() and token not in words.couples):
            start, kept = end, kept + 1
    name = text[:start].strip(" ,-")
    name = _without_title(name if name.count(".") != 1 or not name.endswith(".") or _abbreviated(name) else name[:-1])
    tokens = _TOKEN.findall(name)
    too_short = not tokens or (len(tokens) == 1 and (len(tokens[0]) < 2 or (small and not whole)))
    return None if too_short or len(tokens) > 9 or not _TOKEN.match(name) else name


def _abbreviated(name: str) -> bool:
    last = fold(name.rsplit(None, 1)[-1])
    return len(last) == 1 or last in name_words().generations


def _without_title(name: str) -> str:
    words = name_words()
    tokens = name.split()
    if len(tokens) > 2 and fold(tokens[0]) in ("la", "el") and fold(tokens[1].strip(".,")) in words.titles:
        tokens = tokens[1:]
    if any(fold(token.strip(".,")) in words.couples for token in tokens[1:-1]):
        return name
    while len(tokens) > 1 and fold(tokens[0].strip(".,")) in words.titles:
        tokens = tokens[1:]
    while len(tokens) > 2 and fold(tokens[-1].strip(".,")) in words.degrees:
        tokens = tokens[:-1]
    return " ".join(tokens).strip(" ,")


def trailing_name(text: str) -> str | None:
    """The name that a text ends with: "please remove Rosa Quintero at" holds one."""
    text = text.rstrip(" \t,:;-–—/|(")
    tokens = list(_TOKEN.finditer(text))[-9:]
    words = name_words()
    while tokens and fold(tokens[-1][0]) in words.before_a_place:
        text = text[: tokens[-1].start()].rstrip(" ,")
        tokens.pop()
    small = not any(c.isupper() for c in text[-60:])
    first = len(text)
    for index in range(len(tokens) - 1, -1, -1):
        token, folded = tokens[index], fold_word(tokens[index][0])
        gap = text[token.end() : first] if first < len(text) else text[token.end() :]
        joins = folded in words.couples or folded in words.particles
        if gap.strip(" .") not in ("", ",") or (gap.strip() == "," and fold(text[first:]) not in words.generations):
            break
        if (folded in words.never or folded in tables().prose) and not joins:
            break
        if not (joins or small or token[0][0].isupper()):
            break
        first = token.start()
    name = text[first:]
    found = leading_name(re.sub(r"^(?:(?:and|y|e|de|la|or)\s+)+", "", name))
    own_words = [token for token in _TOKEN.findall(found or "") if fold(token) not in words.particles]
    return found if len(own_words) > 1 else None


def is_organisation(line: str) -> bool:
    """Does a line name a company, school or the like?"""
    return any(fold_word(token.strip(".,")) in name_words().organisations for token in line.split())


def name_key(name: str) -> str:
    """The name as it is compared: no case, accents, punctuation or titles; a generation suffix stands apart
    ("john smith;jr"), so that a father is never dropped for his son."""
    words = name_words()
    last, comma, first = name.partition(",")
    if comma and first.strip() and fold(first.strip()) not in words.generations | words.degrees:
        name = f"{first} {last}"
    tokens = [token for token in re.split(r"[\s,./&-]+", fold(name).replace("'", "")) if token]
    while len(tokens) > 1 and tokens[0] in words.titles:
        tokens = tokens[1:]
    generation = ""
    while len(tokens) > 1 and tokens[-1] in words.generations | words.degrees:
        generation = (
            {"junior": "jr", "senior": "sr", "hijo": "jr"}.get(tokens[-1], tokens[-1])
            if tokens[-1] in words.generations
            else generation
        )
        tokens = tokens[:-1]
    return " ".join(tokens) + (f";{generation}" if generation else "")


def surname_tokens(name: str) -> tuple[str, ...]:
    """Every word that may be a surname: both of a Hispanic double surname, both halves of a hyphenated one."""
    words, found = name_words(), {}
    for person in re.split(r"\s+(?:and|&|y|e|or)\s+", name):
        tokens = [
            token
            for token in name_key(person).partition(";")[0].split()
            if len(token) > 1 and token not in words.particles
        ]
        surnames = tokens[1:] if len(tokens) > 1 else []
        found.update(dict.fromkeys(surnames[-2:]))
    if not found:
        found.update(dict.fromkeys(name_key(name).partition(";")[0].split()[-1:]))
    return tuple(found)
