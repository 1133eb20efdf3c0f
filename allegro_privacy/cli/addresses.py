"""A postal address at the desk: as given beside as read, what is missing, what it could be."""

import textwrap
from typing import Any

from allegro_privacy.cli import console
from allegro_privacy.cli.words import PARTS
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.postal_given import Part, side_by_side
from allegro_privacy.core.postal_quality import lacking, quality
from allegro_privacy.core.postal_suggest import suggestions
from allegro_privacy.core.reading import Request

WIDTH = 80
NEEDED = {
    **PARTS,
    "number": "house number",
    "street": "street",
    "zip": "ZIP code (or city and state)",
}
_COLUMN = 32
# What a form's fields stretched over a letter would fill the screen; the JSON has it whole.
_LONGEST = 240


def show(request: Request, indent: str) -> None:
    """The address of one request in two columns, then what is missing and what it could be, in words."""
    label = max(map(len, PARTS.values()))
    _row(indent, label, "", "as given", "read as")
    for part in side_by_side(request.person):
        _row(indent, label, PARTS[part.part], part.given or "(not given)", _read(part, request))
    for line in _said(request):
        console.paragraph(line, indent, hang=2, width=WIDTH)


def _row(indent: str, label: int, title: str, left: str, right: str) -> None:
    """One part; what is too long for its column goes on in the next line of that column."""
    cut = [text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in (left, right)]
    columns = [textwrap.wrap(console.safe(text), _COLUMN) or [""] for text in cut]
    for number in range(max(map(len, columns))):
        first, second = (column[number] if number < len(column) else "" for column in columns)
        shown = f"{indent}{'' if number else title:<{label}}  {first:<{_COLUMN}}  {second}"
        console.out(shown.rstrip())


def _read(part: Part, request: Request) -> str:
    if part.part == "street" and _is_abroad(request):
        return "(abroad: not read)"
    if part.read:
        if part.part == "street" and "number" in _missing(request):
            return f"{part.read} (no house number)"
        return part.read + (f" (told by the {PARTS[part.by]})" if part.by else "")
    return "none" if part.part == "unit" else "missing"


def _is_abroad(request: Request) -> bool:
    return request.person.address is not None and request.person.address.kind == "foreign"


def _missing(request: Request) -> tuple[str, ...]:
    address = request.person.address
    return address.missing if address else ()


def _said(request: Request) -> list[str]:
    """What a person must know to decide: what is wanting, and what the ZIP table knows. Doubts are told with the
    question's own."""
    person = request.person
    if _is_abroad(request):
        return ["An address outside the United States cannot be matched with our lists."]
    needed = lacking(person.address, person.name, request.level) if request.channel is Channel.POST else ()
    lines = [f"Still needed: {', '.join(NEEDED[part] for part in needed)}."] if needed else []
    if not needed and "zip" in _missing(request):
        lines.append("The ZIP code is missing; city and state stand in for it, so this can be suppressed.")
    if not needed and not person.name and request.level is Level.ADDRESS:
        lines.append("Without a name it stops the post of everybody there (or give --name NAME --level individual).")
    return lines + [f"ZIP table: {one.words}" for one in (suggestions(person.address) if person.address else ())]


def document(request: Request) -> dict[str, Any] | None:
    """The same for `--json`; None when a request does not concern an address."""
    if not request.is_about_post:
        return None
    person = request.person
    return {
        "quality": quality(person.address, person.name, request.level).value,
        "parts": [
            {"part": part.part, "given": part.given or None, "read": part.read or None, "by": part.by or None}
            for part in side_by_side(person)
        ],
        "missing": list(_missing(request)),
        "needed": list(lacking(person.address, person.name, request.level)),
        "doubts": list(person.address.doubts) if person.address else [],
        "suggestions": [
            {"part": one.part, "values": list(one.values), "count": one.count, "words": one.words}
            for one in (suggestions(person.address) if person.address else ())
        ],
    }
