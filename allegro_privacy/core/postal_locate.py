"""From what was found in a text to addresses: parts in their normal form, what is missing, what is doubtful."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.places import place, place_name, states_of
from allegro_privacy.core.postal_address import shown_city, with_line
from allegro_privacy.core.postal_find import Found, find
from allegro_privacy.core.postal_foreign import foreign_spans
from allegro_privacy.core.postal_normal import address_key, delivery_key
from allegro_privacy.core.postal_signature import customers_spans
from allegro_privacy.core.postal_tables import fold, tables
from allegro_privacy.core.postal_text import Label, Prepared, label_values, prepare


@dataclass(frozen=True, slots=True)
class Placed:
    """An address and the stretch of the text it takes."""

    address: PostalAddress
    start: int
    end: int


_FORM = ("street", "unit", "city", "state", "zip", "citystatezip")


def locate(text: str, own: tuple[str, ...] = ()) -> tuple[Placed, ...]:
    """Every address of a text with its place in it, in order, each once; the shop's own are left out."""
    prepared = prepare(text)
    spans = foreign_spans(prepared.clean)
    placed = [Placed(PostalAddress(_given(text, (span,)), kind="foreign"), *span) for span in spans]
    prepared = _masked(prepared, spans)
    forms = _forms(prepared)
    prepared = _masked(prepared, [(form.start, form.end) for form in forms])
    placed += forms + [_build(found, prepared) for found in find(prepared)]
    placed = _without_own(sorted(placed, key=lambda one: one.start), own)
    return tuple(_once(_customers(placed, prepared.clean)))


def _masked(prepared: Prepared, spans: list[tuple[int, int]]) -> Prepared:
    clean = prepared.clean
    for start, end in spans:
        hidden = "".join("\n" if c == "\n" else " " for c in clean[start:end])
        # A mark, so that nothing is read across the gap.
        clean = clean[:start] + ("!" + hidden[1:] if hidden else "") + clean[end:]
    return replace(prepared, clean=clean)


def _given(text: str, pieces: tuple[tuple[int, int], ...]) -> str:
    return "\n".join(text[start:end].strip(" \t\r\n,;|") for start, end in pieces)


def _forms(prepared: Prepared) -> list[Placed]:
    """Addresses given field by field; a label that comes again begins the next address."""
    groups: list[dict[str, tuple[Label, int, str]]] = [{}]
    for label, end in label_values(prepared):
        if label.kind not in _FORM:
            continue
        value = " ".join(
            line.strip() for line in prepared.clean[label.value : end].strip().split("\n")[:2] if line.strip()
        )
        if not value.strip(" -./") or fold(value) in ("n/a", "none", "na"):
            continue
        if label.kind in groups[-1]:
            groups.append({})
        groups[-1][label.kind] = (label, end, value)
    return [placed for group in groups if (placed := _form(prepared, group))]


def _form(prepared: Prepared, group: dict[str, tuple[Label, int, str]]) -> Placed | None:
    if "street" not in group or not group.keys() & {"city", "zip", "citystatezip"}:
        return None
    value = {kind: field[2].strip(" ,;") for kind, field in group.items()}
    unit = value.get("unit", "")
    if unit and not re.match(r"(?i)#|[a-z]{2,}", unit):
        unit = f"Apt {unit}"
    last = value.get(
        "citystatezip", " ".join(filter(None, (f"{value.get('city', '')},", value.get("state")))).strip(" ,")
    )
    written = "\n".join(filter(None, (value["street"], unit, f"{last} {value.get('zip', '')}".strip())))
    inner = prepare(written)
    if "zip" in value:
        inner = replace(inner, zips=inner.zips | {written.rfind(value["zip"])})
    found = find(inner)
    if len(found) != 1 or found[0].line is None or found[0].anchor is None:
        return None
    start = min(label.value for label, _, _ in group.values())
    end = max(end for _, end, _ in group.values())
    end = start + len(prepared.clean[start:end].rstrip())
    address = replace(_build(found[0], inner).address, as_given=_given(prepared.raw, ((start, end),)))
    return Placed(address, start, end)


def _build(found: Found, prepared: Prepared) -> Placed:
    anchor, pieces, end = found.anchor, found.pieces, found.end
    zip5 = anchor.zip if anchor else None
    city, state = (anchor.city, anchor.state) if anchor else (None, None)
    if city is None and found.line is not None:
        if anchor is None:
            city, end = _city_behind(prepared.clean, end, frozenset())
            pieces = ((found.start, end),)
            states = states_of(_spoken(city)) if city else frozenset()
            state = next(iter(states)) if len(states) == 1 else None
        elif len(pieces) == 1:
            city = _city_unknown(found)
        else:
            ours = place(zip5) if zip5 else None
            city, _ = _city_behind(prepared.clean, end, ours.names if ours else frozenset())
    known = place(zip5) if zip5 else None
    address = PostalAddress(
        as_given=_given(prepared.raw, pieces),
        city=shown_city(city) or (known.city if known else None),
        state=state or (known.state if known else None),
        zip=zip5,
        zip4=anchor.zip4 if anchor else None,
    )
    return Placed(with_line(address, found.line, city, found.street_only), found.start, end)


def _city_unknown(found: Found) -> str | None:
    """A place name that the ZIP's list does not hold: what the street left over."""
    anchor, line = found.anchor, found.line
    if anchor is None or line is None or not line.extra:
        return None
    words = list(line.extra)
    if any(fold(word) in tables().prose for word in words) or fold(words[-1]) in ("el", "la", "de", "del", "en", "y"):
        return None
    return (
        " ".join(words)
        if len(words) < 5 and all(word.replace("'", "").replace("-", "").isalpha() for word in words)
        else None
    )


_BEHIND = re.compile(r"[ ]*(?:,|\n|in\b|en\b|[ ])[ ]*((?:[A-Za-zÀ-ÿ.]+[ ]?){1,3}?)(?=[ ]*(?:[.,;!\n]|$))")


def _city_behind(clean: str, end: int, names: frozenset[str]) -> tuple[str | None, int]:
    """A known place name that follows a delivery line without state or ZIP code: "450 Elm St, Hialeah"."""
    match = _BEHIND.match(clean, end)
    if match is None or fold(match[1].strip()) in tables().prose:
        return None, end
    if place_name(match[1]) in names or states_of(_spoken(match[1])):
        return match[1].strip(), match.end(1)
    return None, end


def _spoken(name: str) -> str:
    return " ".join(fold(name).split())


@lru_cache(maxsize=8)
def _own_keys(own: tuple[str, ...]) -> tuple[frozenset[str | None], frozenset[str | None]]:
    """The shop's addresses as keys: looked for once, compared with every address found."""
    ours = [one.address for text in own for one in locate(text)]
    keys = {address_key(address) for address in ours} - {None}
    doors = {delivery_key(address) for address in ours} - {None}
    return frozenset(keys), frozenset(doors)


def _without_own(placed: list[Placed], own: tuple[str, ...]) -> list[Placed]:
    if not own:
        return placed
    keys, doors = _own_keys(own)

    def is_ours(address: PostalAddress) -> bool:
        return address_key(address) in keys or (address.zip is None and delivery_key(address) in doors)

    return [one for one in placed if not is_ours(one.address)]


def _customers(placed: list[Placed], clean: str) -> list[Placed]:
    """Without the employer's address of a signature."""
    kept = customers_spans([(one.start, one.end) for one in placed], clean) if len(placed) > 1 else None
    return placed if kept is None else [one for one in placed if (one.start, one.end) in kept]


def _once(placed: list[Placed]) -> list[Placed]:
    """Each address once; an incomplete repetition of a whole one is the same address."""
    kept: list[Placed] = []
    for one in placed:
        twin = next((i for i, other in enumerate(kept) if _same(one.address, other.address)), None)
        if twin is None:
            kept.append(one)
        elif len(one.address.missing) < len(kept[twin].address.missing):
            kept[twin] = one
    return kept


def _same(one: PostalAddress, other: PostalAddress) -> bool:
    if "foreign" in (one.kind, other.kind):
        return one.as_given == other.as_given
    door = delivery_key(one)
    if door is None or door != delivery_key(other):
        return False
    return one.zip == other.zip or one.zip is None or other.zip is None
