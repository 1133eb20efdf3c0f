"""What a person's name is: which words it holds and where it begins and ends in a text."""

import re
from enum import StrEnum

from allegro_privacy.core.names_words import name_words
from allegro_privacy.core.postal_tables import fold, fold_word, tables


class NameFrom(StrEnum):
    """Where a name was found; the earlier ones are the surer ones."""

    LABEL = "label"
    SELF = "self"
    SAME_LINE = "same-line"
    LINE_ABOVE = "line-above"
    SPOKEN_OF = "spoken-of"
    CLOSING = "closing"
    DISPLAY_NAME = "display-name"
    NONE = ""


_TOKEN = re.compile(r"[^\W\d_]+(?:[.'’-]{1,2}[^\W\d_]+)*\.?|&")
# What a name may be wrapped in: an item's number, signs, emoji.
_BEFORE = re.compile(r"(?:[^\w&]|_)*(?:\(?\d{1,2}[.)][ \t]+[^\w&]*)?")
_NO_NAME = re.compile(r"[\d@:;?!|=]")
_BREAK = re.compile(
    r"[:;|!?\n\t]|[.](?=[\s.]|$)|[-=]>|[→➡]|[ ][-–—]{1,2}[ ]|[ ]/[ ]|[*~_]{2,}|[^\W_]?[\U0001f000-\U0001faff☀-➿]"
)


def display_as_name(display_name: str) -> str | None:
    """A display name as a person's name: "Quintero, Rosa" turned; addresses and single words are none."""
    name = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", display_name)
    name = " ".join(name.strip("\"' ").split())
    if "@" in name or any(c.isdigit() for c in name):
        return None
    found = as_name(turned(name))
    return found if found and len(found.split()) > 1 else None


def turned(name: str) -> str:
    """ "Quintero, Rosa" as it is spoken; a suffix or degree behind a comma stays there."""
    last, comma, first = name.partition(",")
    if comma and first.strip() and fold(first.strip()) not in name_words().after and "," not in first:
        return f"{first.strip()} {last.strip()}"
    return name


def as_name(text: str) -> str | None:
    """The whole text as a person's (or couple's) name; None when it holds anything else."""
    end = len(text)
    while end and not (text[end - 1].isalnum() or text[end - 1] == "."):
        end -= 1
    begin = _BEFORE.match(text)
    stripped = text[begin.end() if begin else 0 : end]
    if not stripped or len(stripped) > 80 or _NO_NAME.search(stripped):
        return None
    name = leading_name(stripped, whole=True)
    return name if name and _covers(stripped, name) else None


def full_name(text: str) -> str | None:
    """The whole text as a name of more than one word; "Quintero, Rosa" is turned."""
    if " " not in text.strip():
        return None
    name = (last_name_first(text) if "," in text else None) or as_name(text)
    return name if name and " " in name else None


def last_name_first(text: str) -> str | None:
    """ "Quintero, Rosa" turned, when a given name stands behind the comma and none in front of it."""
    last, _, first = text.partition(",")
    spoken = _TOKEN.search(first)
    if spoken is None or fold_word(spoken[0]) not in name_words().given:
        return None
    given, surname = as_name(first), as_name(last)
    if not (given and surname) or fold_word(surname.split()[0]) in name_words().given:
        return None
    return f"{given} {surname}"


def _covers(text: str, name: str) -> bool:
    """Does the name take the whole text, but for titles and degrees?"""
    words = name_words()
    left = set(_TOKEN.findall(text)) - set(_TOKEN.findall(name)) - set(_TOKEN.findall(name + "."))
    plain = re.sub(r"[\s.,&'’/()-]|[^\W\d_]", "", text)
    return not plain and all(fold_word(token) in words.titles | words.degrees | words.couples for token in left)


def _is_flat(text: str) -> bool:
    """Does the case of the letters say nothing? All small, or all capitals."""
    return text.islower() or (text.isupper() and len(text) > 12)


def leading_name(text: str, whole: bool = False) -> str | None:
    """The name that a text begins with, without titles. whole: nothing else should stand there, so one word will do."""
    end, kept, start, before = 0, 0, 0, ""
    small, flat = _begins_small(text), _is_flat(text[:60])
    for match in _TOKEN.finditer(text[:120]):
        written, token = match[0], fold_word(match[0])
        if not _may_follow(text[end : match.start()], token) or (kept and _ends_sentence(before, first=kept == 1)):
            break
        joins = token in name_words().joining
        if not joins and not (
            written[0].isupper() or small or _small_surname(text[match.end() :], token, before, whole)
        ):
            break
        if not joins and _is_no_name(written, token, flat or small, before) and not _is_initial(text, match, before):
            break
        if small and kept >= 4 and not joins:
            break
        end, before = match.end(), written
        if not joins or (written[0].isupper() and token not in name_words().couples):
            start, kept = end, kept + 1
    name = _without_title(_without_full_stop(text[:start].strip(" ,-")))
    tokens = _TOKEN.findall(name)
    too_short = not tokens or (len(tokens) == 1 and (len(tokens[0]) < 2 or (small and not whole)))
    return None if too_short or len(tokens) > 11 or not _TOKEN.match(name) else name


def _begins_small(text: str) -> bool:
    """Does the writer of this name leave out capitals?"""
    words = name_words()
    for match in _TOKEN.finditer(text[:40]):
        if fold_word(match[0]) not in words.around:
            return match[0][0].islower()
    return False


def _small_surname(rest: str, token: str, before: str, whole: bool) -> bool:
    """Is a small word behind a capitalised given name its surname ("Lynn whitworth")? When nothing follows."""
    words = name_words()
    if not before[:1].isupper() or fold_word(before) not in words.given or token in words.common | tables().prose:
        return False
    return token not in words.before_a_place and (
        whole or re.match(r"[ ]*(?:[,\n]|\.(?:\s|$)|(?:and|y|e|or|o)[ ]|$)", rest) is not None
    )


def _is_initial(text: str, match: re.Match[str], before: str) -> bool:
    """Is this single letter an initial between two names, though it is a word as well ("Gregory A Cihak")?"""
    if (
        len(match[0].rstrip(".")) > 1
        or not before
        or not (match[0].isupper() or fold_word(before) in name_words().given)
    ):
        return False
    behind = _TOKEN.match(text, match.end() + 1)
    return behind is not None and len(behind[0]) > 1 and fold_word(behind[0]) not in name_words().never | tables().prose


def _may_follow(gap: str, token: str) -> bool:
    """Does a word behind this gap still belong to the name? A comma is followed by nothing but "Jr."."""
    plain = gap.strip(" \u00a0")
    return "\n" not in gap and (plain in ("", ".") or (plain == "," and token in name_words().generations))


def _ends_sentence(written: str, first: bool = False) -> bool:
    """Is the full stop behind this word more than an abbreviation's? At the end of a name "Sr." is no title."""
    if not written.endswith("."):
        return False
    words, token = name_words(), fold_word(written)
    if token in words.ranks or (token in words.titles and (first or token not in words.generations)):
        return False
    return not (len(token) == 1 or "." in written[:-1] or token in words.abbreviated) or token in words.generations


def _is_no_name(written: str, token: str, flat: bool, before: str) -> bool:
    words = name_words()
    if token in words.never:
        return not (before and token in words.surnames_too and written[0].isupper() and not flat)
    if not flat or token in words.given:
        return False
    return token in words.common or token in tables().prose


def _without_full_stop(name: str) -> str:
    return name[:-1] if name.endswith(".") and not _abbreviated(name) else name


def _abbreviated(name: str) -> bool:
    last = name.rsplit(None, 1)[-1]
    return len(fold_word(last)) == 1 or "." in last[:-1] or fold_word(last) in name_words().generations


def _without_title(name: str) -> str:
    words = name_words()
    tokens = name.split()
    plain = [fold_word(token.strip(".,")) for token in tokens]
    if len(tokens) > 2 and plain[0] in ("la", "el") and plain[1] in words.titles:
        tokens, plain = tokens[1:], plain[1:]
    if any(word in words.couples for word in plain[1:-1]):
        # "Mr. and Mrs. Walter and Joyce Pemberton" are Walter and Joyce; "Mr. and Mrs. Pemberton" have no other names.
        pair = len(tokens) > 3 and plain[0] in words.titles and plain[1] in words.couples and plain[2] in words.titles
        bare = any(word in words.couples for word in plain[4:-1])
        spanish = pair and plain[1] in ("y", "e") and len(tokens) > 4  # "Sr. y Sra. Gustavo Palenzuela"
        return " ".join(tokens[3:]).strip(" ,") if pair and (bare or spanish) else name
    while len(tokens) > 1 and (plain[0] in words.titles or (tokens[0][-1] == "." and plain[0] in words.ranks)):
        tokens, plain = tokens[1:], plain[1:]
    while len(tokens) > 2 and plain[-1] in words.degrees:
        tokens, plain = tokens[:-1], plain[:-1]
    return " ".join(tokens).strip(" ,")


def last_segment(text: str) -> str:
    """What stands behind the last sentence end, colon or dash; "J." and "Dr." end no sentence."""
    cut = 0
    for match in _BREAK.finditer(text):
        if match[0] == "." and not _ends_sentence((text[: match.start()].split() or [""])[-1] + "."):
            continue
        cut = match.end()
    return text[cut:]


def trailing_name(text: str) -> tuple[str | None, bool]:
    """The name that a text ends with ("please remove Rosa Quintero at"), and whether its part holds nothing else."""
    words, text = name_words(), text.rstrip(" \t,:;-–—/|(*_>.")
    tokens, bare = list(_TOKEN.finditer(text))[-12:], True
    while tokens and fold_word(tokens[-1][0]) in words.before_a_place:
        text, bare = text[: tokens.pop().start()].rstrip(" ,"), False
    tokens = [token for token in tokens if token.end() <= len(text)]
    if not tokens or tokens[-1].end() < len(text.rstrip(" .")):
        return None, False
    at = _begin_of_run(text, tokens[-9:])
    run = re.sub(r"^(?:(?:and|y|e|de|la|or|del|el)\s+)+", "", text[at:])
    name = leading_name(run)
    own_words = [token for token in _TOKEN.findall(name or "") if fold_word(token) not in words.particles]
    if len(own_words) < 2:
        return None, False
    alone = bare and (not text[:at].strip() or text[:at].rstrip()[-1:] in ",(:;.!?")
    if _is_flat(text[-60:]) and not alone:
        # Small letters show no beginning: a known given name does.
        known = next((token for token in own_words[:-1] if fold_word(token) in words.given), None)
        name = name[name.index(known) :] if name and known else None
    return name, alone


def _begin_of_run(text: str, tokens: list[re.Match[str]]) -> int:
    """Where the words that may all be of one name begin, read backwards."""
    words, first, behind = name_words(), len(text), ""
    small, flat = not tokens[-1][0][0].isupper(), _is_flat(text[-60:])
    for index in range(len(tokens) - 1, -1, -1):
        written, token = tokens[index][0], fold_word(tokens[index][0])
        before = tokens[index - 1][0] if index else ""
        if behind and (not _may_follow(text[tokens[index].end() : first], behind) or _ends_sentence(written)):
            break
        joins = token in words.joining
        stops = _is_no_name(written, token, flat or small, before) or token in tables().prose
        if not joins and stops and not _is_initial(text, tokens[index], before):
            break
        if not (joins or small or written[0].isupper()):
            break
        first, behind = tokens[index].start(), token
    return first
