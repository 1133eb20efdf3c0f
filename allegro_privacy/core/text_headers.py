"""What stands above a quoted or forwarded message: reply headers and pasted blocks of header lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from allegro_privacy.core.text_markers import DECORATION, Markers, Role, fold_line
from allegro_privacy.core.text_sheet import Sheet, unquoted

_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\d[:.h]\d\d")
_ATTRIBUTION_LAST = frozenset(":-*_")
_ATTRIBUTION_SIGN = re.compile(r"[\d<]")
_FIELD_NAME_LENGTH = 26
_LONGEST_ATTRIBUTION = 400
_LONGEST_BLOCK = 40
_ADDRESS_END = frozenset(" \t\n<>[](){},;:\"'|*")


def attribution_end(sheet: Sheet, index: int, markers: Markers) -> int:
    """The end of the reply header ("On <date>, X wrote:", wrapped or not) that starts at `index`, or `index`."""
    joined = sheet.folded[index]
    if joined[-1] not in _ATTRIBUTION_LAST and _ATTRIBUTION_SIGN.search(joined) is None:
        return index  # asked of every line, and nearly all end here
    joined = joined.lstrip(DECORATION)
    opened = joined.partition(" ")[0] in markers.attribution_openings
    dated = joined[:1].isdigit()
    wraps = (opened and _DIGIT.search(joined) is not None) or "<" in joined or dated
    end = index + 1
    for _ in range(5 if opened else 3):
        if _ends_like_attribution(joined, opened, dated, markers):
            quote_follows = sheet.is_quote(sheet.next_filled(end))
            return end if _is_attribution(joined, opened, quote_follows, markers) else index
        bracket_open = joined.count("<") > joined.count(">")
        if not wraps or end >= len(sheet.folded):
            return index
        if not sheet.folded[end] and sheet.folded[end + 1 : end + 2] in (["<"], [">"]):
            end += 1  # an address that an HTML reader put on lines of its own
        if not sheet.folded[end] or (sheet.is_quote(end) and not bracket_open):
            return index
        joined = f"{joined} {sheet.folded[end]}"
        end += 1
        if len(joined) > _LONGEST_ATTRIBUTION:
            return index
    return index


def _ends_like_attribution(joined: str, opened: bool, dated: bool, markers: Markers) -> bool:
    line = joined.rstrip("*_ ")
    if line.endswith((":", "--")):
        return True
    if opened and "<" in line and line.endswith(markers.attribution_verbs):
        return True  # Zoho leaves the colon out
    return dated and (line.endswith(">") or " gmt+" in line or " gmt-" in line)


def _is_attribution(line: str, opened: bool, quote_follows: bool, markers: Markers) -> bool:
    body = line.rstrip("*_ :-")
    if not body or any(phrase in body for phrase in markers.not_attributions):
        return False
    addressed = "@" in body
    timed = _TIME.search(body) is not None
    if body.endswith(markers.attribution_verbs):
        # Prose ends so too ("last week my wife wrote:"): without a quote below, a client's time or address must show.
        named = "@" in body.partition(" ")[0] or "<" in body
        return quote_follows or (opened and (timed or addressed)) or (addressed and named)
    if any(phrase in body for phrase in markers.attribution_verbs_inside):
        return timed or addressed or quote_follows
    if body.startswith(markers.quotations):
        return addressed or quote_follows
    if body[0].isdigit() and timed and (" gmt+" in body or " gmt-" in body):
        return True  # "2024-03-03 10:12 GMT-05:00 Name <address>:", Gmail where it knew no wording
    # Gmail in some languages knows no word for "wrote": "<date>, <time>, Name <address>:"
    return addressed and body.endswith(">") and (quote_follows or (timed and line.endswith(":")))


@dataclass(frozen=True, slots=True)
class Headers:
    """A pasted block of header lines: values by role, as written, and where the block ends."""

    values: Mapping[Role, str]
    first: Role | None
    end: int

    @property
    def stands_alone(self) -> bool:
        """Is it a header block by itself? Memos and removal notices ("From: 1 Oak St / To: 2 Elm St") are not."""
        if self.first is None or Role.FROM not in self.values:
            return False
        addressed = "@" in self.values[Role.FROM] or "@" in self.values.get(Role.TO, "")
        others = sum(role in self.values for role in (Role.DATE, Role.SUBJECT, Role.TO))
        if self.first is Role.FROM:
            return Role.DATE in self.values or Role.SUBJECT in self.values or (others > 0 and addressed)
        return addressed and others >= 2


def read_headers(sheet: Sheet, index: int, markers: Markers, quoted: bool = False) -> Headers:
    """Read the header lines ("From: …", "*Asunto:* …") from `index` on, single or double spaced, wrapped or not."""
    values: dict[Role, str] = {}
    last: Role | None = None
    first: Role | None = None
    end, blank = index, False
    for position in range(index, min(len(sheet.lines), index + _LONGEST_BLOCK)):
        line = unquoted(sheet.lines[position]) if quoted else sheet.lines[position]
        if not line.strip(" \t>*_"):
            if blank or last is None:
                break
            blank = True
            continue
        role, value = _field(line, markers)
        if role is None:
            if blank or last is None or not _continues(values[last], line):
                break
            values[last] = f"{values[last]} {line.strip()}".strip()
        elif role in values and role not in (Role.OTHER, Role.CC):
            break
        else:
            values.setdefault(role, value)
            first, last = first or role, role
        end, blank = position + 1, False
    return Headers(values, first, end)


def _continues(value: str, line: str) -> bool:
    """Is a line without a field name the rest of the header value above it?"""
    return not value or line[0] in " \t<" or value.endswith((",", ";"))


def starts_field(folded: str, markers: Markers) -> bool:
    """Could this folded line be a pasted header line? Cheap, asked of every line."""
    colon = folded.find(":", 0, _FIELD_NAME_LENGTH)
    return colon > 0 and folded[:colon].strip(DECORATION) in markers.fields


def _field(line: str, markers: Markers) -> tuple[Role | None, str]:
    name, colon, value = line.replace("：", ":", 1).partition(":")
    if not colon or len(name) > _FIELD_NAME_LENGTH + 4:
        return None, ""
    return markers.fields.get(fold_line(name).strip(DECORATION)), value.strip(" \t*_")


def address_in(text: str) -> str:
    """The first e-mail address in a header value, as written; "" if none."""
    sign = text.find("@")
    if sign <= 0:
        return ""
    start, end = sign, sign + 1
    while start > 0 and text[start - 1] not in _ADDRESS_END:
        start -= 1
    while end < len(text) and text[end] not in _ADDRESS_END:
        end += 1
    return text[start:end].rstrip(".") if start < sign < end - 1 else ""


def name_in(value: str) -> str:
    """The name in a From value: what stands before the address, without quotes and brackets."""
    cut = min((place for mark in "<[(" if (place := value.find(mark)) >= 0), default=len(value))
    name = value[:cut].strip(" \t\"'*")
    return "" if "@" in name else name
