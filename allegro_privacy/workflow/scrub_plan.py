"""Everybody who asked, out of the database, in the form in which a list's rows are compared with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from allegro_privacy.core import matching
from allegro_privacy.core.matching import Row
from allegro_privacy.core.person import Channel, Level, PostalAddress
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan, hashed_keys
from allegro_privacy.store import views
from allegro_privacy.store.database import Database
from allegro_privacy.store.plain import revive
from allegro_privacy.store.rows import Suppression


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan and what it is made of. standing: suppressions by channel.  erased: how many of them are known by a keyed
    hash alone.  unreadable: those whose address cannot be compared with any row."""

    plan: ScrubPlan
    standing: Mapping[Channel, int]
    erased: int
    unreadable: tuple[str, ...] = field(default=())


def load(
    database: Database, channels: Iterable[Channel], as_of: datetime | None, head: int, algorithms: Iterable[str]
) -> Loaded:
    """The suppressions of these channels, up to an event or as they stood at a moment. algorithms: of the hashed
    columns that the list has."""
    found = {channel: _standing(database, channel, as_of, head) for channel in channels}
    return made_of(found, database.secret, algorithms)


def made_of(found: Mapping[Channel, Sequence[Suppression]], secret: bytes, algorithms: Iterable[str]) -> Loaded:
    """The plan of these suppressions; of two with the same key the later one counts."""
    keys = {channel: _keys(rows) for channel, rows in found.items()}
    emails, phones = keys.get(Channel.EMAIL, Keys()), keys.get(Channel.PHONE, Keys())
    post = matching.make_plan(
        matching.Suppressed(row.id, row.level or Level.INDIVIDUAL, row.name, revive(PostalAddress, row.address))
        for row in found.get(Channel.POST, ())
        if row.address is not None
    )
    plan = ScrubPlan(
        emails=emails,
        phones=phones,
        post=post,
        doors=keys.get(Channel.POST, Keys()).tombstones,
        hashes=hashed_keys(emails.readable, algorithms),
        secret=secret,
    )
    erased = sum(row.erased for rows in found.values() for row in rows)
    return Loaded(plan, {channel: len(rows) for channel, rows in found.items()}, erased, post.unreadable)


def settled(plan: ScrubPlan, rows: Iterable[Row]) -> ScrubPlan:
    """The plan with what one reading of the list adds for postal matching."""
    return replace(plan, post=matching.settled(plan.post, rows))


def _standing(database: Database, channel: Channel, as_of: datetime | None, head: int) -> list[Suppression]:
    if as_of is not None:
        return list(views.suppressions(database, channel, as_of=as_of))
    return list(views.suppressions(database, channel, as_of_event=head))


def _keys(rows: Iterable[Suppression]) -> Keys:
    readable: dict[str, int] = {}
    tombstones: dict[bytes, int] = {}
    for row in rows:
        if row.key is None:
            tombstones[row.key_hash] = row.event
        else:
            readable[row.key] = row.event
    return Keys(readable, tombstones)
