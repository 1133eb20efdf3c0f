"""A database from an old backup: who stands in the lists that left since, and is not known to it any more."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.identity import email_key, phone_key, post_keys
from allegro_privacy.core.listing import Listed
from allegro_privacy.core.person import Channel, Key, Level, PostalAddress
from allegro_privacy.errors import PrivacyError
from allegro_privacy.lists import forgotten, guards, layouts, relisted
from allegro_privacy.lists.fields import ADDED, FIELDS, LETTERS, Block
from allegro_privacy.lists.forgotten import Forgotten, Found
from allegro_privacy.lists.hashing import hasher
from allegro_privacy.lists.plan import Plan, Previous
from allegro_privacy.store import listing, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import is_decoy
from allegro_privacy.store.keys import key_hash
from allegro_privacy.workflow import decoys
from allegro_privacy.workflow.recipients import hash_key, recipient_of

_LEVELS = {letter: level for level, letter in LETTERS.items()}
_SHOWN = 5
_AT_ONCE = 2_000

Row = Mapping[str, str]
# Who a row is about when they are not known here; "" when they are.
Stranger = Callable[[Row], str]


@dataclass(slots=True)
class _Missing:
    """What was found so far. people: by channel, since each is an opt-out.  where: the first lines, in words."""

    people: set[tuple[Channel, str]] = field(default_factory=set)
    where: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def look(database: Database, settings: Settings) -> Found:
    """The lists in the folder of exports that this database never recorded."""
    return forgotten.find(settings.export.directory, [(each.file, each.sha256) for each in views.exports(database)])


def continued(plan: Plan, found: Found, told: list[str]) -> Plan:
    """The plan with a number that no list in the folder has taken."""
    last = found.last(plan.recipient.name, plan.channel)
    if last is None or last.sequence < plan.sequence:
        return plan
    told.append(f"{last.file} left before and is not known to this database: the numbers go on after {last.sequence}.")
    return replace(plan, previous=Previous(last.sequence, last.file, last.sha256))


def guard(database: Database, settings: Settings, found: Found) -> guards.ExportRefusedError | None:
    """Refuses while somebody in those lists is not known here, as suppressed or lifted."""
    missing = _Missing(unread=list(found.unreadable))
    for one in found.held():
        try:
            _count(database, settings, one, missing)
        except (PrivacyError, OSError, ValueError, KeyError) as problem:
            missing.unread.append(problem.what if isinstance(problem, PrivacyError) else f"{one.file}: {problem}")
    where = [*missing.where, "…"] if len(missing.people) > _SHOWN else missing.where
    lists = len(found.lists) + len(found.unreadable)
    return guards.restored_backup(lists, len(missing.people), where, missing.unread, settings.pull_command)


def _count(database: Database, settings: Settings, one: Forgotten, missing: _Missing) -> None:
    known_layouts = tables.layouts(settings.overrides)
    layout = layouts.load(one.layout, known_layouts[one.layout]) if one.layout in known_layouts else None
    columns = relisted.columns_of(one, layout)
    hashed = next((column.field for column in columns if column.hashed), "")
    stranger = _by_hash(database, settings, one, hashed) if hashed else _by_key(database, settings, one)
    for file, line, row in relisted.rows(settings.export.directory, one, columns):
        who = one.channel, stranger(row)
        if who[1] and who not in missing.people:
            missing.people.add(who)
            if len(missing.where) < _SHOWN:
                missing.where.append(f"{file}, line {line}")


def _by_hash(database: Database, settings: Settings, one: Forgotten, field_of: str) -> Stranger:
    hashed = hasher(one.algorithm, field_of, hash_key(recipient_of(settings, one.recipient)))
    known = {hashed(each.key) for each in listing.ever_listed(database, one.channel) if each.key}
    return lambda row: "" if row[field_of] in known else row[field_of]


def _by_key(database: Database, settings: Settings, one: Forgotten) -> Stranger:
    """By the keys of a row, so that erased people are known too; postal addresses also as they were written."""
    hashes = listing.ever_keyed(database, one.channel)
    written = _written(listing.ever_listed(database, one.channel)) if one.channel is Channel.POST else frozenset()
    before = views.last_export(database, one.recipient, one.channel)
    numbers = range(before.sequence + 1 if before else 1, one.sequence + 1)
    ours = decoys.forgotten(database, settings, recipient_of(settings, one.recipient), one.channel, numbers)

    def stranger(row: Row) -> str:
        if (_name(row), row.get("as_given", "")) in written:
            return ""
        keys = [Key(one.channel, value) for value in _keys(one.channel, row)]
        if not keys:
            raise ValueError("it holds nothing that people could be known by")
        known = all(key_hash(database.secret, key) in hashes for key in keys)
        decoy = any((key.channel, key.value) in ours or is_decoy(database, key) for key in keys)
        return "" if known or decoy else keys[0].value

    return stranger


def _written(people: Iterator[Listed]) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    while some := list(islice(people, _AT_ONCE)):
        block = Block([each for each in some if not each.erased], ADDED)
        found.update(zip(block.names, FIELDS["as_given"](block), strict=True))
    return frozenset(found)


def _name(row: Row) -> str:
    return row.get("name") or " ".join(filter(None, (row.get("first"), row.get("last"))))


def _keys(channel: Channel, row: Row) -> tuple[str, ...]:
    match channel:
        case Channel.EMAIL:
            return tuple(filter(None, [email_key(row.get("email", ""))]))
        case Channel.PHONE:
            return tuple(filter(None, [phone_key(row.get("phone", ""))]))
        case Channel.POST:
            level = row.get("level") or _LEVELS.get(row.get("level_letter", ""), Level.INDIVIDUAL.value)
            return next(filter(None, (post_keys(_name(row), each, level) for each in _addresses(row))), ())


def _addresses(row: Row) -> Iterator[PostalAddress]:
    """What the columns say, else what can be read out of one cell."""
    if row.get("line1"):
        five, _, four = row.get("zip9", "").partition("-")
        yield PostalAddress(
            row.get("as_given", ""), row["line1"], row.get("line2") or None, row.get("city") or None,
            row.get("state") or None, row.get("zip") or five or None, row.get("zip4") or four or None,
        )  # fmt: skip
    from allegro_privacy.core.postal import find_addresses

    for name in ("normal", "as_given"):
        if text := row.get(name):
            yield from find_addresses(text.replace(" / ", "\n"))
