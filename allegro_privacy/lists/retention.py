"""Old lists and manifests in the folder of exports: which are kept no longer, and their removal."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from allegro_privacy.lists import files
from allegro_privacy.lists.export import belongs_to
from allegro_privacy.lists.manifest import MANIFEST


class Recorded(Protocol):
    """What is known of a list that left; the store's exports are of this shape."""

    @property
    def file(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def recipient(self) -> str: ...
    @property
    def channel(self) -> str: ...


def old_files(
    directory: Path, recorded: Iterable[Recorded], lists_before: datetime | None, manifests_before: datetime | None
) -> tuple[str, ...]:
    """The names of what may go, in the order in which it left. The last list to each recipient stays, with its
    manifest: it may be asked for again. recorded: every list that left, oldest first."""
    there = sorted(entry.name for entry in directory.iterdir()) if directory.is_dir() else []
    known = tuple(recorded)
    last = {(one.recipient, one.channel): one.file for one in known}
    wanted: list[str] = []
    for one in known:
        if one.file in last.values():
            continue
        theirs = [name for name in there if belongs_to(name, one.file)]
        if lists_before and one.at < lists_before:
            wanted += [name for name in theirs if not _names_nobody(name)]
        if manifests_before and one.at < manifests_before:
            wanted += [name for name in theirs if _names_nobody(name)]
    return tuple(wanted)


def _names_nobody(name: str) -> bool:
    """A manifest, or its signature."""
    return name.endswith((MANIFEST, f"{MANIFEST}.sig"))


def remove_files(directory: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Remove these files; returns those that could not be, with the reason. A name is never a path."""
    problems = []
    with files.opened_directory(directory) as opened:
        for name in names:
            try:
                files.remove(opened, Path(name).name)
            except OSError as problem:
                problems.append(f"{name}: {problem.strerror or problem}")
    return tuple(problems)
