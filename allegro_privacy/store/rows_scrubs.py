"""What the readers say of scrubbed lists."""

from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.core.person import Channel


@dataclass(frozen=True, slots=True)
class Scrub:
    """One pass over a mailing list. name: what the office calls the mailing.  file, sha256: the list as it came.
    as_of, head: the last event that it was compared with.  day: the past day that it was compared as of, or "".
    flagged: nothing was taken out, a column was added."""

    id: str
    event: int
    at: datetime
    actor: str
    name: str
    file: str
    sha256: str
    kept_file: str
    kept_sha256: str
    channels: tuple[Channel, ...]
    rows: int
    kept: int
    dropped: int
    looked: int
    held: int
    as_of: int
    head: str
    day: str
    flagged: bool
    override: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScrubHit:
    """How many rows of one list were taken for one suppression's."""

    scrub: Scrub
    suppression: str
    dropped: int
    looked: int
