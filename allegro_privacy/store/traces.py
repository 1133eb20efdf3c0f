"""Where a person is named besides their own events: the names of files that were read, what others wrote, and what
lies outside the database, which no erasure here can reach."""

import json
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from allegro_privacy.store.database import Database
from allegro_privacy.store.reviews import content_of

MOST_MENTIONS = 100
# Events of a whole run: they hold the names of files, and a file's name may be a person's.
RUNS = ("import-finished", "pull-finished")
_CONTENTS = "SELECT number, content FROM payload ORDER BY number"
_BETWEEN = r"[\W_]{0,3}"


def spelt(names: Iterable[str]) -> re.Pattern[str] | None:
    """The ways in which people write these names (folded), in files' names too: "rosa-quintero", "Quintero, Rosa"."""
    ways: set[str] = set()
    for name in names:
        words = [re.escape(word) for word in re.findall(r"\w+", name)] if "@" not in name else []
        if len(words) < 2:
            ways.add(re.escape(json.dumps(name, ensure_ascii=False)[1:-1]))
        else:
            ways |= {_BETWEEN.join(words), _BETWEEN.join([words[-1], *words[:-1]])}
    return re.compile("|".join(sorted(ways))) if ways else None


def mentions(database: Database, names: Iterable[str], but: Iterable[int]) -> tuple[int, ...]:
    """Events of others that still name the person: a person must look, since they are about somebody else too."""
    named, passed = spelt(names), frozenset(but)
    if named is None:
        return ()
    rows = ((number, database.unpack(packed)) for number, packed in database.stream(_CONTENTS) if number not in passed)
    return tuple(islice((number for number, text in rows if named.search(text.casefold())), MOST_MENTIONS))


def runs_naming(database: Database, names: Iterable[str]) -> set[int]:
    """The imports and pulls of a file that is named after the person: by their name, or by what stands before the @ of
    their e-mail address."""
    names = list(names)
    named = spelt([*names, *(one.partition("@")[0] for one in names if "@" in one)])
    if named is None:
        return set()
    kinds = ", ".join(f"'{kind}'" for kind in RUNS)
    rows = database.rows(f"SELECT number FROM ledger WHERE kind IN ({kinds})")  # noqa: S608 constants
    contents = ((row[0], content_of(database, row[0])) for row in rows)
    return {number for number, content in contents if content and named.search(_files_in(content).casefold())}


def _files_in(content: dict[str, Any]) -> str:
    files = [content.get("file", ""), *content.get("sources", ()), *content.get("problems", ())]
    return "\n".join([*files, *content.get("told", ())])


def outside(database: Database, events: Iterable[int]) -> tuple[str, ...]:
    """What these events say lies elsewhere: letters, scans, imported files, written replies."""
    found: dict[str, None] = {}
    for event in sorted(events):
        content = content_of(database, event) or {}
        for each in (*_read_from(content), *_written_to(content, event)):
            found[each] = None
    return tuple(found)


def _read_from(content: dict[str, Any]) -> list[str]:
    origin, message = content.get("origin") or {}, content.get("message")
    source, locator = origin.get("source", ""), origin.get("locator", "")
    if source.startswith("import:"):
        return [source.removeprefix("import:").rstrip(", ")]
    if source.startswith("record:"):
        scans = message.get("attachments", ()) if isinstance(message, dict) else ()
        return [f"scan {each['name']}" for each in scans if each.get("name")]
    return [f"{source}{locator}"] if locator else []


def _written_to(content: dict[str, Any], event: int) -> list[str]:
    place = content.get("place", "")
    match content.get("way"):
        case "eml":
            return [f"{place}/d{event}-*.eml" if place else f"d{event}-*.eml"]
        case "drafts":
            return [f"the reply D{event} in the Drafts or Sent folder of {place}"]
    return []
