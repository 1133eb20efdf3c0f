"""Where messages come from: the promise that every source keeps, and the table of sources.

Reading deletes and alters nothing. A new source of files is one module and one row here; mailboxes on servers need an
account, so workflow/intake.py opens them (sources/imap.py).
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol

from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.errors import UsageError

Known = Callable[[Origin], bool]
"""Says whether a place was read before and has not changed since (compare `Origin.stamp`)."""


class Source(Protocol):
    """A place that messages come from, in a stable order."""

    @property
    def name(self) -> str:
        """What people call it: the SOURCE of the command line."""

    def fetch(self, known: Known) -> Iterator[RawMessage]:
        """Every message that is not known; one that cannot be read comes with its `problem` and stops nobody else's."""

    def acknowledge(self, raw: RawMessage) -> None:
        """The message is recorded durably; a source without a queue has nothing to do."""


# Scheme -> function(what stands after the colon, mailbox role); imported on first use, so that --help stays instant.
SOURCES = {
    "maildir": "allegro_privacy.sources.files:open_maildir",
    "mbox": "allegro_privacy.sources.files:open_mbox",
    "eml": "allegro_privacy.sources.files:open_files",
    "-": "allegro_privacy.sources.files:open_standard_input",
}
_SCHEME = re.compile(r"([a-z][a-z0-9+]+):")


def open_source(spec: str, mailbox: str = "") -> Source:
    """The source that a SOURCE argument names; a bare path is looked at to see what it holds.

    Raises UsageError for a kind that there is not, SourceError for a place that is not there.
    """
    scheme, rest = "eml", spec
    match = _SCHEME.match(spec)
    if spec == "-":
        scheme = "-"
    elif match is not None and match.group(1) in SOURCES:
        scheme, rest = match.group(1), spec[match.end() :]
    elif match is not None and not Path(spec).exists():
        raise _no_such_kind(match.group(1))
    if not rest:
        raise UsageError(f"{spec} names no place.", fix=f"Write it as {scheme}:PATH.")
    module, _, function = SOURCES[scheme].partition(":")
    source: Source = getattr(import_module(module), function)(rest, mailbox)
    return source


def _no_such_kind(scheme: str) -> UsageError:
    if scheme in ("imap", "imaps"):
        why = "How to sign in to a server stands in the configuration only."
        return UsageError("This mailbox is not in the configuration.", why, "Add a [[mailbox]] with this source to it.")
    why = f"Known kinds: {', '.join(kind for kind in SOURCES if kind != '-')}, imaps, imap."
    return UsageError(f"There is no source of the kind {scheme}.", why, "Save the mail as files and name their folder.")
