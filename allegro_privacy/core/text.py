"""What a person wrote themselves, apart from what their message quotes, forwards and carries at its foot.

Losing a person's own words is worse than leaking a quote: whatever is not certainly foreign stays their own.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from allegro_privacy.core.text_courtesies import is_closing, is_contact, is_courtesy, is_name, is_promotion
from allegro_privacy.core.text_headers import address_in, name_in
from allegro_privacy.core.text_markers import DECORATION, Markers, Role, fold_line
from allegro_privacy.core.text_sheet import Part, Sheet, unquoted
from allegro_privacy.core.text_walk import Pasted, Separation, walk

_LONGEST_TAIL = 12
_MOST_COURTESIES = 8


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message pasted into another one: its header values as written ("" where absent), and its text, which may
    hold quotes and footers of its own: `separate` it again. sender: the address in its From line."""

    sender: str
    sender_name: str
    to: str
    subject: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnText:
    """A message's text by whose it is.

    own: what the writer wrote, above, below or between quotes, in order, with the closing, name and postal address.
    quoted: what they answer.  signature: what follows "-- ", or phones and links after their name.  footer: device
    lines, notices, list footers, the shop's own footer.  forwarded: messages passed on.  answered: quoted originals
    that carry a header block (their text is in `quoted` too).  greeting_only: nothing own was found but courtesies,
    so the caller must read the whole and ask.
    """

    own: str
    quoted: str
    signature: str
    footer: str
    forwarded: tuple[Forwarded, ...]
    answered: tuple[Forwarded, ...]
    has_quote: bool
    greeting_only: bool


def separate(text: str, markers: Markers, shop_footers: tuple[str, ...] = (), subject: str = "") -> OwnText:
    """Give every line of a text to the writer, a quote, a signature, a footer or a forwarded message; linear.

    shop_footers: fingerprints of our own mailings; one and all below it is footer.  subject: tells a forward
    ("Fwd: …") from a reply where both look alike.
    """
    sheet = Sheet.of(text)
    prefix = fold_line(subject[:40]).partition(":")[0] if ":" in subject[:40] else ""
    separation = Separation(
        sheet,
        markers,
        _shop_lines(sheet, shop_footers),
        forwarding=prefix in markers.forward_prefixes,
        replying=prefix in markers.reply_prefixes,
    )
    walk(separation)
    _drop_drawn_lines(sheet)
    greeting_only = _only_courtesies(separation)
    if greeting_only and Part.SIGNATURE in sheet.parts:
        # A body that stands below a "-- " line only is a body all the same.
        sheet.parts[:] = [Part.OWN if part is Part.SIGNATURE else part for part in sheet.parts]
        greeting_only = Part.QUOTED in sheet.parts or Part.FORWARDED in sheet.parts or _only_courtesies(separation)
    else:
        _set_contacts_apart(separation)
    texts = _texts(sheet)
    return OwnText(
        own=texts[Part.OWN],
        quoted=texts[Part.QUOTED],
        signature=texts[Part.SIGNATURE],
        footer=texts[Part.FOOTER],
        forwarded=tuple(_forwarded(sheet, pasted) for pasted in separation.pasted if pasted.forwarded),
        answered=tuple(_forwarded(sheet, pasted) for pasted in separation.pasted if not pasted.forwarded),
        has_quote=Part.QUOTED in sheet.parts,
        greeting_only=greeting_only,
    )


def _shop_lines(sheet: Sheet, shop_footers: tuple[str, ...]) -> frozenset[int]:
    """The lines in which a fingerprint of our own mailings begins, however the text is wrapped."""
    filled = [index for index, folded in enumerate(sheet.folded) if folded]
    joined = " ".join(sheet.folded[index] for index in filled)
    places = [place for fingerprint in _fingerprints(shop_footers) for place in _places(joined, fingerprint)]
    if not places:
        return frozenset()
    starts = [0, *accumulate(len(sheet.folded[index]) + 1 for index in filled)]
    return frozenset(filled[bisect_right(starts, place) - 1] for place in places)


@lru_cache(maxsize=8)
def _fingerprints(shop_footers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fingerprint for footer in shop_footers if (fingerprint := fold_line(footer)))


def _places(joined: str, fingerprint: str) -> list[int]:
    places = []
    place = joined.find(fingerprint)
    while place >= 0:
        places.append(place)
        place = joined.find(fingerprint, place + len(fingerprint))
    return places


def _drop_drawn_lines(sheet: Sheet) -> None:
    """A drawn line at the edge of the writer's text belongs to what was cut there."""
    for order in (range(len(sheet.lines)), range(len(sheet.lines) - 1, -1, -1)):
        for index in order:
            if sheet.parts[index] is Part.OWN:
                if sheet.folded[index].strip(DECORATION):
                    break
                sheet.parts[index] = Part.SEPARATOR


def _only_courtesies(separation: Separation) -> bool:
    """Is there nothing own but a greeting, a closing and the name below it?"""
    sheet, markers = separation.sheet, separation.markers
    if separation.says_something and sheet.parts.count(Part.OWN) > _MOST_COURTESIES:
        return False
    own = [index for index, part in enumerate(sheet.parts) if part is Part.OWN]
    closed = False
    for index in own:
        if not is_courtesy(sheet, index, markers) and not (closed and is_name(sheet.lines[index], markers)):
            return False
        closed = closed or is_closing(sheet, index, markers)
    return True


def _set_contacts_apart(separation: Separation) -> None:
    """Phones and links below the writer's name are signature; the name and the postal address stay their own."""
    sheet, markers = separation.sheet, separation.markers
    own = [index for index, part in enumerate(sheet.parts) if part is Part.OWN]
    tail = own[1:][-_LONGEST_TAIL:]
    closed = False
    for index in tail:
        folded = sheet.folded[index]
        if is_promotion(folded, markers) or (closed and is_contact(folded, markers)):
            sheet.parts[index] = Part.SIGNATURE
        closed = closed or is_closing(sheet, index, markers)


def _texts(sheet: Sheet) -> dict[Part, str]:
    """The lines of each part in order; where anything stood between them, a blank line does."""
    kept: dict[Part, list[str]] = {part: [] for part in Part}
    last = dict.fromkeys(Part, -1)
    for index, part in enumerate(sheet.parts):
        if part is Part.SEPARATOR:
            continue
        lines = kept[part]
        if lines and index > last[part] + 1:
            lines.append("")
        lines.append(sheet.lines[index].rstrip())
        last[part] = index
    return {part: "\n".join(lines).strip() for part, lines in kept.items()}


def _forwarded(sheet: Sheet, pasted: Pasted) -> Forwarded:
    values = pasted.headers.values
    sender = values.get(Role.FROM, "")
    lines = sheet.lines[pasted.start : pasted.end]
    if pasted.quoted:
        lines = [unquoted(line) for line in lines]
    return Forwarded(
        sender=address_in(sender),
        sender_name=name_in(sender),
        to=values.get(Role.TO, ""),
        subject=values.get(Role.SUBJECT, ""),
        date=values.get(Role.DATE, ""),
        text="\n".join(line.rstrip() for line in lines).strip(),
    )
