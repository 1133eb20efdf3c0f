"""The files that a scrub leaves: their names, and how all of them appear whole or not at all.

The same order as in export.py: written and synced under hidden names, recorded with the kept file's SHA-256, and then
given their names, the kept file last. The hidden names differ from an export's, so that neither sweeps the other's."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from allegro_privacy.core.postal_tables import fold
from allegro_privacy.lists import files

HIDDEN = re.compile(r"\.(?P<final>[a-z0-9][a-z0-9.-]*)\.(?P<token>[0-9a-f]{16})\.scrub")
# Rows that are put aside from such a list are written as CSV.
TABLES = (".xlsx", ".parquet")
LEFT_BEHIND = timedelta(days=1)
# In publishing order. flagged stands for kept when nothing is dropped.
PARTS = ("held", "look", "dropped", "manifest", "kept", "flagged")


@dataclass(frozen=True, slots=True)
class Names:
    """What the files of one scrub are called. ending: that of the list itself, with its dot."""

    stem: str
    ending: str
    token: str

    def final(self, part: str) -> str:
        """The name of one part once it is published."""
        ending = ".json" if part == "manifest" else self.ending
        if part in ("held", "look", "dropped"):
            ending = ending.removesuffix(".gz").removesuffix(".zst")
            ending = ".csv" if ending in TABLES else ending
        return f"{self.stem}.{part}{ending}"

    def hidden(self, part: str) -> str:
        """Its name until then."""
        return f".{self.final(part)}.{self.token}.scrub"


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-") or "list"


def free_names(directory: Path, name: str, day: str, ending: str) -> Names:
    """Names that nobody uses in a directory: the next number of that name and day."""
    there = [each.name for each in directory.iterdir()] if directory.is_dir() else []
    pattern = re.compile(rf"\.?{re.escape(slug(name))}-{day}-([0-9]{{4,}})\.")
    taken = [int(match[1]) for each in there if (match := pattern.match(each))]
    return Names(f"{slug(name)}-{day}-{max(taken, default=0) + 1:04d}", ending, files.new_token())


def publish(directory: Path, names: Names, parts: Iterable[str]) -> tuple[Path, ...]:
    """Give the parts their names; call it only when the scrub is recorded and committed."""
    ordered = sorted(parts, key=PARTS.index)
    with files.opened_directory(directory) as opened:
        for part in ordered:
            files.publish(opened, names.hidden(part), names.final(part))
    return tuple(directory / names.final(part) for part in ordered)


def discard(directory: Path, names: Names) -> None:
    """Take back whatever was written."""
    if not directory.is_dir():
        return
    with files.opened_directory(directory) as opened:
        remove_all(opened, names)


def remove_all(opened: int, names: Names) -> None:
    """Remove every hidden file of a scrub that is there."""
    for part in PARTS:
        files.remove(opened, names.hidden(part))


def recover(directory: Path, recorded: Iterable[tuple[str, str]], now: datetime) -> tuple[str, ...]:
    """Give their names to the files of a scrub that was recorded and then killed; sweep what nobody recorded once it is
    a day old. recorded: of the scrubs in the database (token, SHA-256 of the kept file). Returns what was published."""
    if not directory.is_dir():
        return ()
    known, published = set(recorded), list[str]()
    with files.opened_directory(directory) as opened:
        for token, finals in _by_token(opened).items():
            hidden = {final: f".{final}.{token}.scrub" for final in finals}
            if any((token, files.hash_of(opened, name)) in known for name in hidden.values()):
                for final in sorted(finals, key=_order):
                    files.publish(opened, hidden[final], final)
                    published.append(final)
            elif all(files.older_than(opened, name, now - LEFT_BEHIND) for name in hidden.values()):
                for name in hidden.values():
                    files.remove(opened, name)
    return tuple(published)


def old_files(
    directory: Path,
    left: Iterable[tuple[str, datetime]],
    lists_before: datetime | None,
    manifests_before: datetime | None,
) -> tuple[str, ...]:
    """The names of what scrubs left in a directory and may go. left: the kept (or flagged) file of each, and when."""
    there = sorted(each.name for each in directory.iterdir()) if directory.is_dir() else []
    wanted: list[str] = []
    for file, at in left:
        stem = re.split(r"\.(?:kept|flagged)\.", file)[0]
        for name in there:
            part = name.removeprefix(f"{stem}.").partition(".")[0] if name.startswith(f"{stem}.") else ""
            before = manifests_before if part == "manifest" else lists_before
            if part in PARTS and before and at < before:
                wanted.append(name)
    return tuple(wanted)


def _by_token(opened: int) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(os.listdir(opened)):
        if match := HIDDEN.fullmatch(name):
            found[match["token"]].append(match["final"])
    return dict(found)


def _order(final: str) -> int:
    return next((place for place, part in enumerate(PARTS) if f".{part}." in final), -1)
