"""What one export is to be: to whom, which layout, which state of the ledger, and its place in the sequence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from allegro_privacy.core.listing import RECIPIENT, Change, Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.layouts import Layout
from allegro_privacy.lists.sealing import Seal


@dataclass(frozen=True, slots=True)
class Previous:
    """The list that went to the same recipient before."""

    sequence: int
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One list to be written. day: today at the shop, for the name.  as_of, ledger_*: the state that it is read from.
    after: the number that a delta must be applied after; 0 for a full list.  key: of an HMAC.  left_out: suppressions
    that the recipient's levels leave out, by level.  overrides: option → reason, for each guard that was overridden.
    seal: how its files are encrypted, None when they are not.  sign_with: the ssh key that signs the manifest."""

    recipient: Recipient
    layout: Layout
    day: date
    as_of: datetime
    ledger_number: int
    ledger_hash: str
    rules: str
    policy: str
    change: Change = Change.FULL
    after: int = 0
    previous: Previous | None = None
    key: bytes = b""
    left_out: Mapping[str, int] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    seal: Seal | None = None
    sign_with: Path | None = None

    @property
    def channel(self) -> Channel:
        return self.layout.channel

    @property
    def sequence(self) -> int:
        return self.previous.sequence + 1 if self.previous else 1

    @property
    def stem(self) -> str:
        """What the names of all its files begin with."""
        refuse_unfit_name(self.recipient.name)
        delta = "-delta" if self.change is Change.DELTA else ""
        return f"{self.recipient.name}-{self.channel}-{self.day.isoformat()}-{self.sequence:04d}{delta}"


def refuse_unfit_name(recipient: str) -> None:
    """Files are named after recipients."""
    if not RECIPIENT.fullmatch(recipient):
        why = "A recipient is named with a-z, 0-9 and - (at most 40), since files are named after it."
        raise UsageError(f"{recipient!r} cannot be the name of a recipient.", why, "For example: acme-mailing")
