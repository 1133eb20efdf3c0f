"""Lists that left and that the database knows nothing of: an old backup was put in its place, or the folder is shared.
Their manifests still lie in the folder of exports, and so do they."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegro_privacy.core.listing import Change
from allegro_privacy.core.person import Channel
from allegro_privacy.lists.export import stem_of
from allegro_privacy.lists.manifest import MANIFEST


@dataclass(frozen=True, slots=True)
class Part:
    """One file of people."""

    file: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One list by its manifest. parts: its files, without that of the removals.  algorithm: of the hashes that stand
    in it, when its layout holds hashes."""

    file: str
    sha256: str
    recipient: str
    channel: Channel
    sequence: int
    change: str
    layout: str
    columns: tuple[str, ...]
    format: Mapping[str, Any]
    algorithm: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the folder. unreadable: the names of manifests that cannot be made out."""

    lists: tuple[Forgotten, ...] = ()
    unreadable: tuple[str, ...] = ()

    def last(self, recipient: str, channel: Channel) -> Forgotten | None:
        """The one with the highest number."""
        theirs = [one for one in self.lists if (one.recipient, one.channel) == (recipient, channel)]
        return theirs[-1] if theirs else None

    def held(self) -> tuple[Forgotten, ...]:
        """What the recipients hold by them: of each recipient and channel the last full list, and what came after."""
        since: dict[tuple[str, Channel], list[Forgotten]] = {}
        for one in self.lists:
            theirs = since.setdefault((one.recipient, one.channel), [])
            if one.change == Change.FULL:
                theirs.clear()
            theirs.append(one)
        return tuple(one for theirs in since.values() for one in theirs)


def find(directory: Path, recorded: Iterable[tuple[str, str]]) -> Found:
    """The lists whose manifests lie there and that are not among the recorded (file, SHA-256), by number."""
    known = set(recorded)
    names = {f"{stem_of(file)}{MANIFEST}" for file, _ in known}
    lists: list[Forgotten] = []
    unreadable = []
    for path in sorted(directory.glob(f"*{MANIFEST}")):
        try:
            document = json.loads(path.read_bytes())
            if document.get("kind") == "scrub":
                continue
            one = _of_document(document)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            if path.name not in names:
                unreadable.append(path.name)
            continue
        if (one.file, one.sha256) not in known:
            lists.append(one)
    return Found(tuple(sorted(lists, key=lambda one: (one.recipient, one.channel, one.sequence))), tuple(unreadable))


def _of_document(document: Mapping[str, Any]) -> Forgotten:
    parts = [Part(_name(one["file"]), int(one["rows"]), str(one["sha256"])) for one in document["files"]]
    return Forgotten(
        file=_name(document["file"]),
        sha256=str(document["sha256"]),
        recipient=str(document["recipient"]),
        channel=Channel(document["channel"]),
        sequence=int(document["sequence"]),
        change=str(document["change"]),
        layout=str(document["layout"]["name"]),
        columns=tuple(map(str, document["columns"])),
        format=dict(document["format"]),
        algorithm=str(document["normalisation"]).partition(" ")[0],
        parts=tuple(part for part in parts if ".removals." not in part.file),
    )


def _name(text: object) -> str:
    """A name out of a manifest is never a path."""
    return Path(str(text)).name
