"""A recipient's receipt: which rows of a list they could not apply, and why."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from allegro_privacy.errors import UsageError

ROW_ID = re.compile(r"[sS]-?(\d{1,12})")
_IDS = frozenset({"row_id", "rowid", "id", "suppression"})
_CODES = ("code", "reason", "error", "status", "message")
_MOST_BYTES = 64 << 20


def read(path: Path) -> tuple[tuple[str, str], ...]:
    """The (row id, code) pairs of a CSV with the columns row_id and code, or of one without a header whose first two
    columns they are. UsageError when there is no row id in it."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is too large to be a receipt.", "", "Give the file with the rows that failed.")
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"The receipt {path} cannot be read.", f"{error.strerror}.", "Check the path.") from error
    found = tuple(_pairs(text))
    if not found and text.strip():
        raise UsageError(
            f"{path} is not understood as a receipt.",
            "No row id of ours (S and a number) stands in it.",
            "Give a CSV with the columns row_id and code.",
        )
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    id_at, code_at = 0, 1
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter)):
        cells = [cell.strip() for cell in row]
        if not number and (header := [cell.lower() for cell in cells]) and _IDS & {*header}:
            id_at = next(at for at, name in enumerate(header) if name in _IDS)
            code_at = next((header.index(name) for name in _CODES if name in header), -1)
            continue
        named = ROW_ID.fullmatch(cells[id_at]) if id_at < len(cells) else None
        if named:
            yield f"S{int(named[1])}", cells[code_at] if 0 <= code_at < len(cells) else ""
