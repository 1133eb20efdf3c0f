"""One row of a mailing list against everybody who asked, on every channel that the list is for.

Every engine must come to what `decide` says. What a cell means is defined here once: `email_keys`, `row_of`."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from allegro_privacy.core import matching
from allegro_privacy.core.columns import AddressColumns, Columns
from allegro_privacy.core.identity import email_key, find_emails, find_phones, phone_key, post_keys
from allegro_privacy.core.matching import Row, RowAddress, RowVerdict
from allegro_privacy.core.person import Level
from allegro_privacy.core.postal_fields import address_from_parts
from allegro_privacy.core.postal_locate import locate
from allegro_privacy.core.scrub_plan import ScrubPlan

SAME_EMAIL, SAME_HASH, SAME_PHONE = "the same e-mail address", "the same hashed e-mail address", "the same phone number"
ERASED_DOOR = "the same person and address, erased since"
INSIDE_CELL = "an e-mail address inside a cell of several lines, which may be several rows"
# Of such an address the key is the address itself; anything else goes the long way.
PLAIN_EMAIL = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9-]+\.)+[a-z]{2,63}")
_LASTLINE = re.compile(r"\s*(.*?)[,\s]+([A-Za-z]{2})\.?[,\s]+(\d{5})(?:-?\d{4})?\s*")
_ZIP = re.compile(r"(\d{3,5})(?:-?\d{4})?|\d{8}")


class Hit(NamedTuple):
    """What a row was taken for: the verdict, the rule in words, the number of the suppression."""

    verdict: RowVerdict
    rule: str
    suppression: int


def decide(cells: Sequence[str], columns: Columns, plan: ScrubPlan) -> Hit | None:
    """Drop or look, by the surest of what the row carries; None: nobody's. Missing cells are empty ones."""
    for column in columns.emails:
        for key in email_keys(_cell(cells, column)):
            if (number := plan.email(key)) is not None:
                return Hit(RowVerdict.DROP, SAME_EMAIL, number)
    for column in columns.hashes:
        if (number := plan.hashed(digest_of(_cell(cells, column)))) is not None:
            return Hit(RowVerdict.DROP, SAME_HASH, number)
    for column in columns.phones:
        for key in phone_keys(_cell(cells, column)):
            if (number := plan.phone(key)) is not None:
                return Hit(RowVerdict.DROP, SAME_PHONE, number)
    return _by_post(cells, columns, plan) if columns.addresses or columns.labels else None


def _by_post(cells: Sequence[str], columns: Columns, plan: ScrubPlan) -> Hit | None:
    row = row_of(cells, columns)
    match = matching.decide_row(row, plan.post)
    if match.verdict is not RowVerdict.DROP and plan.doors:
        for key in erased_keys(row):
            if (number := plan.door(key)) is not None:
                return Hit(RowVerdict.DROP, ERASED_DOOR, number)
    if match.verdict is RowVerdict.KEEP:
        return None
    return Hit(match.verdict, match.rule.value, int(match.suppression[1:]))


def look_inside(cells: Sequence[str], columns: Columns, plan: ScrubPlan) -> Hit | None:
    """A row of several lines may be several rows that a stray pair of quotation marks made one: whoever asked and is
    named in any of its cells is a reason to look."""
    if not columns.emails:
        return None
    for cell in cells:
        for written in find_emails(cell) if "@" in cell and "\n" in cell.replace("\r", "\n") else ():
            if (number := plan.email(email_key(written))) is not None:
                return Hit(RowVerdict.LOOK, INSIDE_CELL, number)
    return None


def email_keys(cell: str) -> tuple[str, ...]:
    """The keys of a cell of e-mail addresses: of the one address that it is, else of every address in it."""
    lowered = cell.strip().lower()
    if not lowered:
        return ()
    if lowered.isascii() and PLAIN_EMAIL.fullmatch(lowered):
        return (lowered,)
    cell = cell.replace("\0", "")
    if key := email_key(cell):
        return (key,)
    return tuple(email_key(written) for written in find_emails(cell)) if "@" in cell or "(at)" in cell else ()


def phone_keys(cell: str) -> tuple[str, ...]:
    """The keys of a cell of phone numbers: of the one number that it is, else of every number in it."""
    if not cell:
        return ()
    key = phone_key(cell)
    return (key,) if key else find_phones(cell)


def digest_of(cell: str) -> str:
    """A digest in hexadecimal, lower case, whatever the cell wrote it in."""
    written = cell.replace("\0", "").strip()
    if len(written) == 44 and written.endswith("="):
        try:
            return base64.b64decode(written, validate=True).hex()
        except binascii.Error:
            return ""
    return written.lower()


def row_of(cells: Sequence[str], columns: Columns) -> Row:
    """The name and every address that a row carries."""
    addresses = [one for each in columns.addresses if (one := _address(cells, each))]
    name = next((name for each in columns.names if (name := _joined(cells, each))), "")
    if columns.labels:
        lines = [line for column in columns.labels if (line := _cell(cells, column).strip())]
        name = name or (lines[0] if lines and not lines[0][0].isdigit() else "")
        addresses += _on_label("\n".join(lines))
    return Row(name, tuple(addresses))


@lru_cache(maxsize=4096)
def _on_label(label: str) -> tuple[RowAddress, ...]:
    found = (each.address for each in locate(label))
    return tuple(
        RowAddress(one.line1 or "", one.line2 or "", one.city or "", one.state or "", one.zip or "") for one in found
    )


def _address(cells: Sequence[str], columns: AddressColumns) -> RowAddress | None:
    line1, line2 = _joined(cells, columns.line1), _joined(cells, columns.line2)
    if not line1 and not line2:
        return None
    city, state = _joined(cells, columns.city), _joined(cells, columns.state)
    code = zip_of(_joined(cells, columns.zip))
    if columns.lastline and (match := _LASTLINE.fullmatch(_joined(cells, columns.lastline))):
        city, state, code = city or match[1], state or match[2], code or match[3]
    return RowAddress(line1, line2, city, state, code)


def zip_of(cell: str) -> str:
    """The five digits of a ZIP code, also when a spreadsheet made it a number ("3801", "38010042", "2134.0")."""
    match = _ZIP.fullmatch(cell.removesuffix(".0"))
    if not match:
        return cell
    return match[1].zfill(5) if match[1] else match[0].zfill(9)[:5]


def erased_keys(row: Row) -> Iterator[str]:
    """Every key under which a suppression of this person at these doors may have stood, whatever its level."""
    for one in row.addresses:
        address = address_from_parts(one.line1, one.line2, one.city, one.state, one.zip)
        for level in Level:
            yield from post_keys(row.name, address, level.value)


def _joined(cells: Sequence[str], columns: Sequence[int]) -> str:
    if len(columns) == 1:
        return _cell(cells, columns[0]).strip()
    return " ".join(written for column in columns if (written := _cell(cells, column).strip()))


def _cell(cells: Sequence[str], column: int) -> str:
    written = cells[column] if column < len(cells) else ""
    return written.replace("\0", "") if "\0" in written else written
