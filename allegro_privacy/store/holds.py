"""Legal holds: nothing about a person goes while a court or a lawyer may ask for it."""

import json
from collections.abc import Iterable
from datetime import datetime

from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store.append import append, head_of, receipt
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import pair_hashes
from allegro_privacy.store.people import events_about
from allegro_privacy.store.plain import moment
from allegro_privacy.store.reach import person, refuse_names
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Hold


def place_hold(database: Database, who: str, reason: str, actor: str, now: datetime) -> Receipt:
    """From now on no erasure takes anything about this person."""
    known = person(database, who)
    _refuse_empty(reason)
    refuse_names(reason, known.names)
    if not known.events:
        raise UsageError("Nothing is recorded about that person.", "", "allegro-privacy find WHO")
    for standing in holds_on(database, known.hashes):
        raise PrivacyError(f"Legal hold {standing.id} stands already.", f"{standing.actor} placed it.", "")
    content = {"reason": reason, "people": sorted(one.hex() for one in known.hashes)}
    number = append(database, "hold-placed", "H#", content, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, f"legal hold H{number} placed")])


def release_holds(database: Database, who: str, reason: str, actor: str, now: datetime) -> Receipt:
    """The holds on a person end; what was kept for them may be erased again."""
    known = person(database, who)
    _refuse_empty(reason)
    refuse_names(reason, known.names)
    standing = holds_on(database, known.hashes)
    if not standing:
        raise UsageError("No legal hold stands on that person.")
    people = sorted(one.hex() for one in known.hashes)
    numbers = tuple(
        append(database, "hold-released", one.id, {"reason": reason, "people": people}, actor, now) for one in standing
    )
    names = ", ".join(one.id for one in standing)
    return Receipt("", Verdict.ACCEPT, numbers, head_of(database)[1], f"legal hold {names} released")


def holds_on(database: Database, hashes: Iterable[bytes]) -> tuple[Hold, ...]:
    """The legal holds that stand on whoever has these keys."""
    listed = json.dumps(events_about(database, hashes))
    return _standing(database, "AND number IN (SELECT value FROM json_each(?))", (listed,))


def is_held(database: Database, event: int) -> bool:
    """Does a legal hold stand on whom this event is about?"""
    content = content_of(database, event) or {}
    return bool(holds_on(database, pair_hashes(database.secret, content.get("keys", ()))))


def all_holds(database: Database) -> tuple[Hold, ...]:
    """Every legal hold that stands."""
    return _standing(database, "", ())


def _standing(database: Database, condition: str, parameters: tuple[str, ...]) -> tuple[Hold, ...]:
    rows = database.rows(
        f"""SELECT number, at, actor FROM ledger WHERE kind = 'hold-placed' {condition} AND subject NOT IN
        (SELECT subject FROM ledger WHERE kind = 'hold-released') ORDER BY number""",  # noqa: S608 two constants
        parameters,
    )
    found = []
    for number, at, actor in rows:
        content = content_of(database, number) or {}
        people = frozenset(bytes.fromhex(one) for one in content.get("people", ()))
        found.append(Hold(f"H{number}", number, moment(at), actor, content.get("reason", ""), people))
    return tuple(found)


def _refuse_empty(reason: str) -> None:
    if not reason.strip():
        raise UsageError("A legal hold needs its reason.", "", 'For example: --hold "claim 2026-114, our lawyer asks"')
