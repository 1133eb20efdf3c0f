"""The calendar of planned mailings: kept by the desk, and asked what may still arrive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from allegro_privacy.config import Settings
from allegro_privacy.core.deadlines import received_on
from allegro_privacy.core.drops import Drop, Outlook, Stop, outlook
from allegro_privacy.core.listing import RECIPIENT
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Suppression
from allegro_privacy.workflow.transaction import transact

AHEAD = timedelta(days=14)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written down of a mailing; None: as it was. export: the number of a list (E12), "" for none."""

    name: str | None = None
    channel: Channel | None = None
    recipient: str | None = None
    file_cut: date | None = None
    in_home: tuple[date, date] | None = None
    export: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A mailing as the desk looks at it. lacks: how many suppressions its list does not hold, while its cut is ahead
    and a new list still helps."""

    drop: Drop
    lacks: int = 0


def calendar(database: Database, settings: Settings, now: datetime, past: bool = False) -> tuple[Planned, ...]:
    """The mailings that may still arrive, the next cut first; past: those that are over or cancelled too."""
    today = _today(settings, now)
    shown = views.drops(database, settings.shop.time_zone)
    return tuple(
        _planned(database, each, today) for each in shown if past or (each.over >= today and not each.cancelled)
    )


def one(database: Database, settings: Settings, drop_id: str, now: datetime) -> Planned:
    """One mailing by its number."""
    return _planned(database, views.drop(database, drop_id, settings.shop.time_zone), _today(settings, now))


def soon(database: Database, settings: Settings, now: datetime) -> tuple[Planned, ...]:
    """The mailings of the next two weeks: those that are cut, or are in people's mailboxes."""
    until = _today(settings, now) + AHEAD
    found = calendar(database, settings, now)
    return tuple(each for each in found if min(each.drop.file_cut, each.drop.in_home) <= until)


def _planned(database: Database, drop: Drop, today: date) -> Planned:
    if drop.cancelled or drop.file_cut < today:
        return Planned(drop)
    return Planned(drop, views.lacking(database, drop.channel, drop.as_of or 0))


def _today(settings: Settings, now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.shop.time_zone)).date()


def add(
    database: Database, settings: Settings, wanted: Wanted, actor: str, now: datetime, dry_run: bool = False
) -> Planned:
    """Write a mailing into the calendar."""
    if wanted.file_cut is None or wanted.in_home is None:
        raise UsageError("A mailing has two days.", "The day of its file cut and when it arrives.", "--cut, --in-home")
    cut, (first, last) = wanted.file_cut, wanted.in_home
    new = Drop(0, "", wanted.channel or Channel.POST, "", cut, first, last)

    def work() -> Planned:
        number = journal.plan_drop(database, _checked(database, new, wanted), actor, now).events[0]
        return one(database, settings, f"D{number}", now)

    return transact(database, work, dry_run)


def change(
    database: Database,
    settings: Settings,
    drop_id: str,
    wanted: Wanted,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> Planned:
    """Write down that a mailing is another than was planned. The same again is not recorded twice."""
    if wanted == Wanted():
        raise UsageError(
            "It does not say what changes.", "", f"For example: allegro-privacy drops change {drop_id} --cut 2026-12-01"
        )

    def work() -> Planned:
        old = _standing(database, settings, drop_id)
        new = _checked(database, old, wanted)
        if new != old:
            journal.change_drop(database, new, actor, now)
        return one(database, settings, drop_id, now)

    return transact(database, work, dry_run)


def cancel(
    database: Database, settings: Settings, drop_id: str, note: str, actor: str, now: datetime, dry_run: bool = False
) -> Planned:
    """Write down that a mailing will not be sent."""

    def work() -> Planned:
        journal.cancel_drop(database, _standing(database, settings, drop_id), note, actor, now)
        return one(database, settings, drop_id, now)

    return transact(database, work, dry_run)


def _standing(database: Database, settings: Settings, drop_id: str) -> Drop:
    found = views.drop(database, drop_id, settings.shop.time_zone)
    if found.cancelled:
        raise UsageError(f"{found.id} was cancelled.", "It stays as it was.", "allegro-privacy drops add NAME …")
    return found


def _checked(database: Database, old: Drop, wanted: Wanted) -> Drop:
    """The mailing as it is wanted; UsageError when its parts do not fit together."""
    first, last = wanted.in_home or (old.in_home, old.in_home_until)
    new = replace(
        old, name=old.name if wanted.name is None else " ".join(wanted.name.split()),
        channel=wanted.channel or old.channel, recipient=wanted.recipient or old.recipient,
        file_cut=wanted.file_cut or old.file_cut, in_home=first, in_home_until=last,
    )  # fmt: skip
    if not 0 < len(new.name) <= LONGEST_NAME:
        why = f"Customers read it in letters; it has 1 to {LONGEST_NAME} characters."
        raise UsageError("A mailing needs a name.", why, 'For example: "winter circular"')
    if not RECIPIENT.fullmatch(new.recipient):
        why = "It is made of a-z, 0-9 and -, as export --to has it."
        raise UsageError(f"{new.recipient!r} is not the name of a recipient.", why, "allegro-privacy export status")
    if not new.file_cut <= first <= last:
        why = f"Its file is cut on {new.file_cut}, and it arrives from {first} to {last}."
        raise UsageError("The days are not in order.", why, "Look at them again; days are year-month-day.")
    return replace(new, export=_export(database, new, wanted.export))


def _export(database: Database, drop: Drop, wanted: str | None) -> int | None:
    """The list that is applied: one that left to the recipient of the mailing, for its channel."""
    if wanted == "" or (wanted is None and drop.export is None):
        return None
    name = f"E{drop.export}" if wanted is None else wanted.strip().upper()
    left = {each.id: each for each in views.exports(database)}
    fitting = [each.id for each in left.values() if (each.recipient, each.channel) == (drop.recipient, drop.channel)]
    if name not in fitting:
        known = f"Lists that left to {drop.recipient} for {drop.channel}: {', '.join(fitting[-5:]) or 'none'}."
        raise UsageError(f"{name} is not a list for this mailing.", known, "allegro-privacy export status")
    return left[name].event


def outlooks(
    database: Database, settings: Settings, suppressions: Iterable[Suppression], now: datetime
) -> Mapping[str, Outlook]:
    """What each of these suppressions came too late for, by its number; without those that missed nothing."""
    zone, today = settings.shop.time_zone, _today(settings, now)
    known = views.drops(database, zone)
    found = {
        each.id: outlook((Stop(each.channel, each.event, received_on(each.since, zone)),), known, today)
        for each in (suppressions if known else ())
        if each.active
    }
    return {number: each for number, each in found.items() if each.late}


def outlook_of(database: Database, settings: Settings, events: Iterable[int], now: datetime) -> Outlook:
    """What may still arrive after something was recorded: of all suppressions among these events together."""
    zone, today = settings.shop.time_zone, _today(settings, now)
    done = views.acted_on(database, events)
    stops = [Stop(each.channel, each.event, received_on(each.since, zone)) for each in done if each.active]
    return outlook(stops, views.drops(database, zone), today)
