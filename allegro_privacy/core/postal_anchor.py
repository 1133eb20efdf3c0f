"""The last line of an address: where a place name, a state and a ZIP code stand, in any combination."""

import re
from dataclasses import replace

from allegro_privacy.core.places import Place, place, place_name
from allegro_privacy.core.postal_city import with_city
from allegro_privacy.core.postal_tables import tables
from allegro_privacy.core.postal_text import Prepared
from allegro_privacy.core.postal_tokens import Anchor, Token, back_over_marks

# A message with more ZIP codes than this is a list, not a letter.
MOST_ANCHORS = 60


_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_SHORT_ZIP = re.compile(r"\d{4}")
_UNIT_BEFORE = frozenset({"box", "bx", "#", "apt", "apartment", "apto", "unit", "ste", "suite", "pmb", "msc", "dept"})
_GLUED = re.compile(r"([A-Za-z]{2})(\d{5})(?:-(\d{4}))?")


def find_anchors(tokens: list[Token], prepared: Prepared) -> list[Anchor]:
    """Every last line of the text, in order, none inside another."""
    anchors: list[Anchor] = []
    looked_up = 0
    beginnings = tables().state_beginnings
    for i, token in enumerate(tokens):
        # Nearly every token is refused here: it can be neither a ZIP code nor a state.
        if not token.text[-1].isdigit() and token.folded not in beginnings:
            continue
        looked_up += len(token.text) >= 5 and token.text[:5].isdigit()
        if len(anchors) >= MOST_ANCHORS or looked_up > 10 * MOST_ANCHORS:
            break
        anchor = _at_zip(tokens, i, token.start in prepared.zips) or _at_state(tokens, i)
        if anchor is None:
            continue
        if anchors and anchor.first < anchors[-1].last:
            # "Miami FL" was taken for a last line of its own; its ZIP code follows.
            if anchor.last <= anchors[-1].last or anchors[-1].zip:
                continue
            anchors.pop()
        anchors.append(anchor)
    return anchors


def _at_zip(tokens: list[Token], i: int, called_so: bool) -> Anchor | None:
    """The last line that ends with the ZIP code at token i; None when its digits are something else."""
    token = tokens[i]
    if i and not called_so and tokens[i - 1].folded in _UNIT_BEFORE:
        return None
    glued = _GLUED.fullmatch(token.text)
    if glued and glued[1].lower() in tables().states:
        anchor = Anchor(i, i + 1, 3, glued[2], glued[3], tables().states[glued[1].lower()])
        return with_city(tokens, anchor, place(glued[2]))
    match = _ZIP.fullmatch(token.text)
    if not match:
        return _at_short_zip(tokens, i) if _SHORT_ZIP.fullmatch(token.text) else None
    zip5, (zip4, last) = match[1], (match[2], i + 1) if match[2] else _plus_four(tokens, i + 1)
    if begins_street(tokens, last) and not called_so:
        # Five digits before a street are its house number, also in Miami, where many of them are ZIP codes as well.
        return None
    known = place(zip5)
    if len(token.text) == 9 and (known is None or _state_before(tokens, i, known)[0] != known.state):
        return None
    state, first = _state_before(tokens, i, known)
    if state is None and known:
        first = i
        state, last = _state_after(tokens, last, known)
    anchor = with_city(tokens, Anchor(first, last, 3, zip5, zip4, state), known)
    if state or (anchor.city and known):
        return anchor
    return _bare(tokens, i, anchor, known is not None, called_so)


def _at_short_zip(tokens: list[Token], i: int) -> Anchor | None:
    """A ZIP code that a spreadsheet took its first zero from: "Englewood, NJ 7631"."""
    # Most numbers of four digits are house numbers; the ZIP table is opened only for one that a state stands before.
    if not _after_state(tokens, i) or begins_street(tokens, i + 1):
        return None
    known = place(f"0{tokens[i].text}")
    if known is None:
        return None
    state, first = _state_before(tokens, i, known)
    if state != known.state:
        return None
    anchor = with_city(tokens, Anchor(first, i + 1, 3, known.zip, None, state), known)
    return anchor if anchor.city else None


def _plus_four(tokens: list[Token], i: int) -> tuple[str | None, int]:
    """The four digits of "33131 - 1234"."""
    following = [token.text for token in tokens[i : i + 2]]
    if len(following) == 2 and following[0] == "-" and re.fullmatch(r"\d{4}", following[1]):
        return following[1], i + 2
    return None, i


def _bare(tokens: list[Token], i: int, anchor: Anchor, known: bool, called_so: bool) -> Anchor | None:
    """A ZIP code without a place: sure when it is called one or stands alone on its line, else a guess."""
    if not (known or called_so):
        return None
    last = anchor.last
    alone = (i == 0 or tokens[i - 1].text == "\n") and (last == len(tokens) or tokens[last].text in "\n.")
    if called_so or alone:
        return replace(anchor, strength=2)
    return None if _numbered(tokens, i) else replace(anchor, strength=1)


def _numbered(tokens: list[Token], i: int) -> bool:
    """Is the number called an order, an invoice, an amount?"""
    before = tokens[i - 1] if i else None
    while before is not None and before.text in (":", ".") and i > 1:
        i -= 1
        before = tokens[i - 1]
    return before is not None and (before.text in "#$" or before.folded in tables().not_before)


def begins_street(tokens: list[Token], i: int) -> bool:
    """Does a street name with its suffix follow, as after a house number?"""
    table = tables()
    for distance, token in enumerate(tokens[i : i + 6]):
        if token.text == "." and distance:
            continue
        of_the = token.folded == "the" and distance > 1 and tokens[i + distance - 1].folded == "of"
        if not token.is_word or (token.folded in table.prose and not of_the) or _ZIP.fullmatch(token.text):
            return False
        # A second number is the house number itself ("62701 to 450 Oak Ave").
        if token.text in table.states.values() or (distance and token.text.isdigit()):
            return False
        after_name = distance > 0 and table.suffixes.get(token.folded) in table.strong_suffixes
        if after_name or (distance == 0 and token.folded in table.prefixes and token.folded[:2] in ("ca", "pa")):
            return True
    return False


def _after_state(tokens: list[Token], i: int) -> bool:
    end = back_over_marks(tokens, i)
    before = tokens[max(end - 3, 0) : end]
    return any(" ".join(word.folded for word in before[-n:]) in tables().states for n in (1, 2, 3))


def _state_before(tokens: list[Token], i: int, known: Place | None) -> tuple[str | None, int]:
    end = back_over_marks(tokens, i)
    for length in (3, 2, 1):
        words = tokens[max(end - length, 0) : end]
        if len(words) < length or not all(word.is_word for word in words):
            continue
        state = tables().states.get(" ".join(word.folded for word in words))
        if state and _may_be_state(words, state, known, end < i):
            return state, end - length
    return None, i


def _may_be_state(words: list[Token], state: str, known: Place | None, marked: bool) -> bool:
    """Lower-case "in", "or", "me" are states only beside a ZIP code of theirs."""
    if known and known.state == state:
        return True
    word = words[-1]
    if known and place_name(" ".join(word.folded for word in words)) in known.names:
        # "WASHINGTON 20032" is the city.
        return False
    if len(words) == 1 and word.folded in tables().state_words:
        return word.text.isupper() and not marked
    return len(words) > 1 or len(word.folded) > 2 or word.text.isupper() or known is None


def _state_after(tokens: list[Token], last: int, known: Place) -> tuple[str | None, int]:
    i = last
    while i < len(tokens) and tokens[i].text in ",-":
        i += 1
    for length in (2, 1):
        words = tokens[i : i + length]
        state = tables().states.get(" ".join(word.folded for word in words))
        if state == known.state and len(words) == length:
            return state, i + length
    return None, last


def _at_state(tokens: list[Token], i: int) -> Anchor | None:
    """A place and its state without a ZIP code: "Miami, FL"."""
    for length in range(tables().state_beginnings.get(tokens[i].folded, 0), 0, -1):
        words = tokens[i : i + length]
        state = tables().states.get(" ".join(word.folded for word in words))
        if not state or len(words) < length:
            continue
        following = tokens[i + length].folded if i + length < len(tokens) else ""
        if tables().suffixes.get(following) in tables().strong_suffixes:
            # "850 West Central Texas Expressway"
            return None
        word = words[-1]
        marked = i > 0 and tokens[i - 1].text == ","
        if (
            length == 1
            and len(word.folded) == 2
            and not word.text.isupper()
            and word.folded in tables().state_words
            and not marked
            and not (word.text.istitle() and (i + 1 == len(tokens) or tokens[i + 1].text == "\n"))
        ):
            return None
        anchor = with_city(tokens, Anchor(i, i + length, 2, state=state), None)
        return anchor if anchor.city else None
    return None
