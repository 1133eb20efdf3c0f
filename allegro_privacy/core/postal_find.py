"""Where US postal addresses stand in a text: each last line with the delivery line that belongs to it."""

from bisect import bisect_left
from dataclasses import dataclass, field, replace

from allegro_privacy.core.places import place
from allegro_privacy.core.postal_anchor import MOST_ANCHORS, begins_street, find_anchors
from allegro_privacy.core.postal_box import box_spans, parse_box
from allegro_privacy.core.postal_line import parse_line, parse_street
from allegro_privacy.core.postal_parts import Line
from allegro_privacy.core.postal_score import begins_street_words, best_house, house_score, may_be_house, names_a_street
from allegro_privacy.core.postal_tables import fold, tables
from allegro_privacy.core.postal_text import Prepared
from allegro_privacy.core.postal_tokens import Anchor, Token, tokens_of

_REACH = 220
_ENOUGH = 2
_SURE = 4
_ALONE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery line and the last line that completes it; either may be absent. Spans are of the text."""

    start: int
    end: int
    line: Line | None
    anchor: Anchor | None
    pieces: tuple[tuple[int, int], ...]
    street_only: str = ""


@dataclass(slots=True)
class _Search:
    """The text being searched, and which stretches of it are spoken for."""

    prepared: Prepared
    tokens: list[Token]
    anchors: list[Anchor]
    houses: list[int]
    found: list[Found] = field(default_factory=list)
    waiting: list[Anchor] = field(default_factory=list)

    def char(self, i: int) -> int:
        return self.tokens[i].start if i < len(self.tokens) else len(self.prepared.clean)

    def houses_between(self, first: int, end: int) -> list[int]:
        return self.houses[bisect_left(self.houses, first) : bisect_left(self.houses, end)]

    def taken(self, start: int, end: int) -> bool:
        return any(s < end and start < e for f in self.found for s, e in f.pieces)


def find(prepared: Prepared) -> list[Found]:
    """Every address of the text in order: the whole ones, then delivery lines that lack their last line."""
    tokens = tokens_of(prepared.clean)
    houses = [i for i in range(len(tokens)) if may_be_house(tokens, i)]
    search = _Search(prepared, tokens, find_anchors(tokens, prepared), houses)
    bound = 0
    for anchor in search.anchors:
        if _before(search, anchor, bound):
            bound = anchor.last
        else:
            search.waiting.append(anchor)
            bound = anchor.last if anchor.strength > 1 else bound
    _completed_by_zip(search)
    for anchor in [waiting for waiting in search.waiting if waiting.city or waiting.state]:
        if _after(search, anchor):
            search.waiting.remove(anchor)
    _completed_by_zip(search)
    _alone(search)
    _lone_place(search)
    return sorted(search.found, key=lambda found: found.start)


def _completed_by_zip(search: _Search) -> None:
    """A ZIP code that stands alone completes the one address that lacks its own ("Tampa FL, 6001 Webb Rd, zip …")."""
    lacking = [i for i, found in enumerate(search.found) if found.anchor and not found.anchor.zip]
    lone = [anchor for anchor in search.waiting if anchor.zip and not anchor.city]
    if len(lacking) != 1 or not lone:
        return
    found, anchor = search.found[lacking[0]], max(lone, key=lambda anchor: anchor.strength)
    known = place(anchor.zip or "")
    if found.anchor is None or (anchor.strength < 2 and (known is None or known.state != found.anchor.state)):
        return
    whole = replace(found.anchor, zip=anchor.zip, zip4=anchor.zip4)
    search.found[lacking[0]] = replace(_joined(search, found, anchor), anchor=whole)
    search.waiting.remove(anchor)


def _before(search: _Search, anchor: Anchor, bound: int) -> bool:
    """The delivery line in front of a last line, as far back as it may reach."""
    city_at = search.char(anchor.first)
    first = anchor.first
    while first > bound and city_at - search.tokens[first - 1].start <= _REACH:
        first -= 1
    start = search.char(first)
    window = search.prepared.clean[start:city_at]
    boxes = [(start + s, start + e) for s, e in box_spans(window)]
    houses = search.houses_between(first, anchor.first)
    enough = _ENOUGH if anchor.strength > 1 else _SURE
    street = best_house(search.prepared.clean[:city_at], search.tokens, houses, (first, anchor.first), enough)
    done = False
    for span in boxes[-1:]:
        between = search.prepared.clean[span[1] : city_at]
        if (
            between.count("\n") < 4
            and len(between) < 120
            and (street is None or span[0] > street[0] or span[1] <= street[0])
        ):
            _add(search, span[0], parse_box(search.prepared.clean[span[0] : span[1]]), anchor)
            done = True
    if street is not None and not any(s <= street[0] < e for s, e in boxes):
        _add(search, street[0], street[1], anchor)
        done = True
    return done or _without_number(search, anchor, first)


def _add(search: _Search, start: int, line: Line | None, anchor: Anchor) -> None:
    start, line = _widened(search, start, line)
    end = search.char(anchor.last - 1) + len(search.tokens[anchor.last - 1].text)
    search.found.append(Found(start, end, line, anchor, ((start, end),)))


def _widened(search: _Search, start: int, line: Line | None) -> tuple[int, Line | None]:
    """The delivery line with a unit, an urbanization or both in front of it."""
    if line is None or line.kind not in ("street", "puerto-rico"):
        return start, line
    clean = search.prepared.clean
    table = tables()
    head_start = max(clean.rfind("\n", 0, max(clean.rfind("\n", 0, start), 0)) + 1, start - 60)
    words = tokens_of(clean[head_start:start])
    for i, token in enumerate(words):
        begins = token.folded in table.units or token.text == "#" or table.units_alone.get(token.folded) == "ph"
        named = token.folded in table.urbanization_beginnings and table.prefixes.get(fold(line.name[0])) == "calle"
        if not (begins or named or table.urbanization.get(token.folded) == "URB"):
            continue
        # "3rd floor" has its number first.
        ordinal = i > 0 and token.folded in ("floor", "piso", "fl", "flr") and words[i - 1].text[0].isdigit()
        begin = head_start + words[i - 1 if ordinal else i].start
        wider = parse_street(clean[begin:start] + _text_of(search, start))
        if wider and wider.number == line.number and (wider.units != line.units or wider.urbanization):
            return begin, wider
        if i > 8:
            break
    return start, line


def _text_of(search: _Search, start: int) -> str:
    end = next(
        (search.char(a.first) for a in search.anchors if search.char(a.first) > start), len(search.prepared.clean)
    )
    return search.prepared.clean[start : min(end, start + _REACH)]


def _without_number(search: _Search, anchor: Anchor, first: int) -> bool:
    """A street without its house number right before a complete last line."""
    if not anchor.complete or anchor.strength < 3:
        return False
    i = anchor.first
    while i > first and search.tokens[i - 1].text in ",.\n":
        i -= 1
    end = i
    while i > first and search.tokens[i - 1].is_word:
        i -= 1
    words = search.tokens[i:end]
    table = tables()
    if not 2 <= len(words) <= 5 or not any(table.suffixes.get(w.folded) in table.strong_suffixes for w in words[1:]):
        return False
    if any(word.folded in table.prose for word in words):
        return False
    line = parse_line("1 " + search.prepared.clean[words[0].start : words[-1].end])
    start = words[0].start
    last = search.tokens[anchor.last - 1].end
    search.found.append(Found(start, last, line, anchor, ((start, last),), street_only="number"))
    return True


def _after(search: _Search, anchor: Anchor) -> bool:
    """The delivery line behind a last line: "Tampa FL, 6001 Webb Rd Unit 12B, zip 33615"."""
    limit = min((other.first for other in search.anchors if other.first >= anchor.last), default=len(search.tokens))
    for i in search.houses_between(anchor.last, min(limit, anchor.last + 12)):
        if begins_street_words(search.tokens, i + 1) >= 3:
            stretch = _stretch(search, i, limit)
            if stretch is None:
                continue
            end, line = stretch
            start = search.tokens[anchor.first].start
            if search.taken(search.char(i), end):
                return False
            search.found.append(Found(start, end, line, anchor, ((start, end),)))
            return True
    return False


def _stretch(search: _Search, i: int, limit: int) -> tuple[int, Line] | None:
    """A delivery line that nothing follows: it ends with its line, its sentence, or where prose begins."""
    tokens, table = search.tokens, tables()
    end = i + 1
    while end < min(limit, i + 16):
        token = tokens[end]
        if (
            (token.folded in table.prose and not names_a_street(tokens, end))
            or token.text in "!?()"
            or (token.text == "\n" and not _unit_follows(tokens, end + 1))
        ):
            break
        if token.text == "." and len(tokens[end - 1].folded) > 4:
            break
        if (
            end > i + 1
            and token.folded in ("and", "y", "e", "a")
            and end + 1 < len(tokens)
            and not tokens[end + 1].text[0].isdigit()
        ):
            break
        end += 1
    while end > i + 1 and not tokens[end - 1].is_word:
        end -= 1
    line = parse_street(search.prepared.clean[tokens[i].start : tokens[end - 1].end])
    while line is not None and line.extra and end > i + 2:
        end -= 1
        line = parse_street(search.prepared.clean[tokens[i].start : tokens[end - 1].end])
    return (tokens[end - 1].end, line) if line is not None else None


def _unit_follows(tokens: list[Token], i: int) -> bool:
    table = tables()
    return i < len(tokens) and (
        tokens[i].folded in table.units or tokens[i].text == "#" or tokens[i].folded in table.units_alone
    )


def _alone(search: _Search) -> None:
    """Delivery lines that no last line follows; a place or ZIP code elsewhere completes the only one."""
    clean = search.prepared.clean
    incomplete = [
        Found(start, end, parse_box(clean[start:end]), None, ((start, end),))
        for start, end in box_spans(clean)
        if not search.taken(start, end)
    ]
    reached = 0
    for i in search.houses:
        token = search.tokens[i]
        if len(incomplete) >= MOST_ANCHORS:
            break
        if token.start < reached or search.taken(token.start, token.end):
            continue
        found = _alone_at(search, i)
        if found and not any(found.start < other.end and other.start < found.end for other in incomplete):
            incomplete.append(found)
            reached = found.end
    lone = [anchor for anchor in search.waiting if anchor.zip or anchor.city]
    if len(incomplete) == 1 and lone:
        anchor = max(lone, key=lambda anchor: (anchor.strength, anchor.zip is not None))
        incomplete = [_joined(search, incomplete[0], anchor)]
        search.waiting.remove(anchor)
    search.found.extend(incomplete)


def _alone_at(search: _Search, i: int) -> Found | None:
    sure = begins_street(search.tokens, i + 1) or begins_street_words(search.tokens, i + 1) >= 5
    if not sure or house_score(search.tokens, i, i + 1) < _ALONE:
        return None
    stretch = _stretch(search, i, len(search.tokens))
    if stretch is None or search.taken(search.tokens[i].start, stretch[0]):
        return None
    if _is_article(search, i, stretch[0]):
        return None
    start, line = _widened(search, search.tokens[i].start, stretch[1])
    return Found(start, stretch[0], line, None, ((start, stretch[0]),))


def _is_article(search: _Search, i: int, end: int) -> bool:
    """Is the "street" a thing that was ordered ("and 1 Park Lane metronome")? Nothing says that someone lives there,
    and a noun follows it."""
    tokens = search.tokens
    if i == 0 or tokens[i - 1].text in "\n:,;-" or tokens[i - 1].folded in tables().before - {"and", "y"}:
        return False
    following = next((token for token in tokens[i + 1 :] if token.start >= end), None)
    return following is not None and following.text.islower() and following.folded not in tables().prose


def _joined(search: _Search, found: Found, anchor: Anchor) -> Found:
    """A delivery line with a last line that stands elsewhere in the text."""
    piece = (search.tokens[anchor.first].start, search.tokens[anchor.last - 1].end)
    return replace(found, anchor=anchor, pieces=tuple(sorted((*found.pieces, piece))))


def _lone_place(search: _Search) -> None:
    """When no delivery line was found at all, the last line alone says what is missing."""
    if search.found:
        return
    for anchor in search.waiting:
        if anchor.complete or (anchor.zip and anchor.strength > 1):
            span = (search.tokens[anchor.first].start, search.tokens[anchor.last - 1].end)
            search.found.append(Found(*span, None, anchor, (span,)))
            return
