"""Decoys in a list: rows that look like people, a few new ones for each recipient and export, remembered.

Nobody who compares two lists may tell them from people. So a decoy stays in the lists of its recipient, with the same
row, as a person would; a new one comes only where new people come, never more of them than people; and its row goes by
the number of an event that is as new."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, product
from zoneinfo import ZoneInfo

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.decoys import addressed_to, invented, keys_as_typed, keys_of
from allegro_privacy.core.listing import Decoy, Leak, Listed, Recipient
from allegro_privacy.core.message import Message
from allegro_privacy.core.person import Channel, Level, PostalAddress
from allegro_privacy.core.postal_quality import Quality, quality
from allegro_privacy.errors import ConfigError
from allegro_privacy.lists.plan import Plan
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import Known
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.plain import json_of

_MOST_TRIES = 1_000
_LIKELY_TRIES = 5


def make(database: Database, settings: Settings, plan: Plan, since: int) -> tuple[Decoy, ...]:
    """The decoys of this list, by their rows: of those in earlier lists the ones that it holds too, and new ones.
    since: the last event that a delta leaves out, 0 for a full list."""
    if plan.layout.hashed or plan.channel is Channel.PHONE:
        # Nobody can write to a hash, and nobody of ours answers a decoy's phone.
        return ()
    known = views.placed(database, plan.recipient.name, plan.channel)
    kept = [decoy for decoy in known if since < decoy.number <= plan.ledger_number]
    wanted = min(plan.recipient.seeds, _new_people(database, plan))
    return tuple(sorted([*kept, *_new(database, settings, plan, wanted)], key=lambda decoy: decoy.number))


def _new_people(database: Database, plan: Plan) -> int:
    """How many people the recipient gets for the first time, as far as that matters."""
    rows = views.listed(database, plan.channel, plan.recipient.levels, after=_sent_until(database, plan))
    return sum(1 for _ in islice((row for row in rows if not row.erased), plan.recipient.seeds))


def _sent_until(database: Database, plan: Plan) -> int:
    before = views.last_export(database, plan.recipient.name, plan.channel)
    return before.as_of if before else 0


def _new(database: Database, settings: Settings, plan: Plan, wanted: int) -> Iterator[Decoy]:
    if not wanted:
        return
    names = tables.decoy_names(settings.overrides)
    pattern, addresses = _places(settings, plan.recipient, plan.channel)
    level = next(each for each in Level if each in plan.recipient.levels)
    after, numbers, met = _sent_until(database, plan), set[int](), set[tuple[str, str]]()
    for position in range(wanted):
        for attempt in range(_MOST_TRIES):
            draw = _draw(database, plan.recipient, plan.channel, plan.sequence, position, attempt)
            name, email = invented(draw, names, pattern)
            address = addresses[position % len(addresses)] if addresses else None
            near = after + 1 + draw % max(plan.ledger_number - after, 1)
            row = views.free_number(database, after, plan.ledger_number, near, numbers)
            if row is None:
                return
            decoy = Decoy(*row, name, email, level.value if address else "", address)
            if not met.isdisjoint(keys_of(decoy)) or views.is_taken(database, keys_of(decoy)):
                continue
            numbers.add(decoy.number)
            met.update(keys_of(decoy))
            yield decoy
            break


def forgotten(
    database: Database, settings: Settings, recipient: Recipient, channel: Channel, numbers: Iterable[int]
) -> frozenset[tuple[str, str]]:
    """The keys of the decoys that stand in lists which this database made and forgot: it would draw the same again."""
    if not recipient.seeds or channel is Channel.PHONE:
        return frozenset()
    names = tables.decoy_names(settings.overrides)
    pattern, addresses = _places(settings, recipient, channel)
    found = set()
    for number, position, attempt in product(numbers, range(recipient.seeds), range(_LIKELY_TRIES)):
        name, email = invented(_draw(database, recipient, channel, number, position, attempt), names, pattern)
        address = addresses[position % len(addresses)] if addresses else None
        found.add(keys_of(Decoy(0, "", name, email, address=address))[0])
    return frozenset(found)


def _draw(
    database: Database, recipient: Recipient, channel: Channel, sequence: int, position: int, attempt: int
) -> int:
    """A number that is always the same for this place in this list, and that nobody can guess without the secret of
    the database."""
    what = f"{recipient.name}\n{channel}\n{sequence}\n{position}\n{attempt}"
    return int.from_bytes(keyed(database.secret, "seed", what))


def _places(settings: Settings, recipient: Recipient, channel: Channel) -> tuple[str, tuple[PostalAddress, ...]]:
    """Where the decoys of a list are reached: the pattern of e-mail addresses, or postal addresses."""
    if channel is Channel.EMAIL:
        if not settings.seeds.email:
            raise _unfit(recipient, "email", "missing: it says where mail to decoys arrives")
        return settings.seeds.email, ()
    from allegro_privacy.core.postal import find_addresses

    if not settings.seeds.postal:
        raise _unfit(recipient, "postal", "missing: it says where mail to decoys arrives")
    found = []
    for written in settings.seeds.postal:
        read = find_addresses(written)
        if len(read) != 1 or quality(read[0], "Decoy Name", Level.INDIVIDUAL) is not Quality.COMPLETE:
            raise _unfit(recipient, "postal", f"{written.strip()!r} is not one complete postal address")
        found.append(read[0])
    return "", tuple(found)


def _unfit(recipient: Recipient, key: str, words: str) -> ConfigError:
    return ConfigError(
        what=f"No decoys can be made for {recipient.name}.",
        why=f"[seeds] {key}: {words}.",
        fix=f"Correct the configuration, or take seeds out of [recipient.{recipient.name}].",
    )


def row_of(decoy: Decoy) -> Listed:
    """The decoy as a list shows it: like everybody else."""
    key = decoy.email or "post"
    address = json_of(decoy.address) if decoy.address else None
    return Listed(decoy.number, key, decoy.name, address, decoy.level or None, decoy.since, "opt-out", None, 0)


def among(rows: Iterable[Listed], decoys: Iterable[Decoy]) -> Iterator[Listed]:
    """The rows with the decoys where they belong, in the order of their numbers."""
    waiting = [row_of(decoy) for decoy in decoys][::-1]
    for row in rows:
        while waiting and waiting[-1].number < row.number:
            yield waiting.pop()
        yield row
    yield from reversed(waiting)


def record(
    database: Database, export_event: int, decoys: Iterable[Decoy], held: Iterable[int], actor: str, now: datetime
) -> None:
    """Remember which rows of a list are decoys, but for those that were held out of it."""
    out = frozenset(held)
    left = [(decoy, keys_of(decoy)) for decoy in decoys if decoy.number not in out]
    if left:
        journal.record_decoys(database, export_event, left, actor, now)


def whose(database: Database, who: str) -> Known | None:
    """The decoy that is meant, by an e-mail address, or by a name as printed on a piece of mail."""
    return views.known_decoy(database, keys_as_typed(who))


def leaks(database: Database, message: Message, zone: str) -> tuple[Leak, ...]:
    """The decoys that a message came to, and whose lists they stand in."""
    if not views.has_decoys(database):
        return ()
    keys = ((Channel.EMAIL.value, email) for email in addressed_to(message))
    return tuple(leak_of(known, zone) for key in keys if (known := views.known_decoy(database, (key,))))


def leak_of(known: Known, zone: str) -> Leak:
    """Whose list leaked."""
    first = known.exports[0]
    numbers = tuple(each.sequence for each in known.exports)
    return Leak(first.recipient, first.channel, numbers, first.at.astimezone(ZoneInfo(zone)).date())
