"""What one list is to be: for whom, after which of theirs, from which state of the ledger, how sealed and signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from allegro_privacy.config import Settings
from allegro_privacy.core.listing import Change, Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.layouts import Layout
from allegro_privacy.lists.plan import Plan, Previous
from allegro_privacy.lists.sealing import seal_to
from allegro_privacy.store import views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Export, Head
from allegro_privacy.workflow.recipients import hash_key


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of `export`: to whom, which channels (empty: those in use), which guards are overridden and why.
    change: full or delta, None for what the recipient's configuration says.  after: the number that a delta comes
    after, 0 for what they acknowledged last."""

    recipient: str
    rules: str
    actor: str
    now: datetime
    channels: tuple[Channel, ...] = ()
    change: Change | None = None
    after: int = 0
    overrides: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


def plan(
    database: Database,
    settings: Settings,
    errand: Errand,
    recipient: Recipient,
    layout: Layout,
    head: Head,
    told: list[str],
) -> Plan:
    """The plan of one list; what is to be told of it is added to `told`."""
    before = views.last_export(database, recipient.name, layout.channel)
    base = _base(database, errand, recipient, layout.channel, told)
    return Plan(
        recipient=recipient,
        layout=layout,
        day=errand.now.astimezone(ZoneInfo(settings.shop.time_zone)).date(),
        as_of=errand.now,
        ledger_number=head.number,
        ledger_hash=head.hash,
        rules=errand.rules,
        policy=settings.shop.policy_version,
        change=Change.DELTA if base else Change.FULL,
        after=base.sequence if base else 0,
        previous=Previous(before.sequence, before.file, before.sha256) if before else None,
        key=hash_key(recipient),
        left_out=views.left_out(database, layout.channel, recipient.levels),
        overrides=errand.overrides,
        seal=seal_to(recipient.encrypt_to, recipient.name) if recipient.encrypt_to else None,
        sign_with=settings.export.sign_with,
    )


def _base(database: Database, errand: Errand, recipient: Recipient, channel: Channel, told: list[str]) -> Export | None:
    """The list that a delta comes after: the one named, else the last that the recipient acknowledged, so that one who
    fell behind misses nothing. None for a full list."""
    if errand.after:
        base = views.numbered_export(database, recipient.name, channel, errand.after)
        if base is None:
            why = f"There is no list number {errand.after} for {recipient.name} ({channel})."
            raise UsageError("That list is not known.", why, "allegro-privacy export status")
        return base
    if (errand.change or recipient.change) is not Change.DELTA:
        return None
    base = views.last_acknowledged(database, recipient.name, channel)
    if base is None:
        told.append(f"{recipient.name} has acknowledged no list yet, so this one is complete.")
    return base


def since_event(database: Database, plan: Plan) -> int:
    """The last event that a delta leaves out, since the recipient holds it; 0 for a full list."""
    if plan.change is Change.FULL:
        return 0
    base = views.numbered_export(database, plan.recipient.name, plan.channel, plan.after)
    return base.as_of if base else 0
