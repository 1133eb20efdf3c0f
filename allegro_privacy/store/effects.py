"""What an accepted request does: a suppression, a case, a lift. The same for a decision and for an answer of staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Effect
from allegro_privacy.core.lifting import WHY_NEVER
from allegro_privacy.core.person import Key
from allegro_privacy.core.reading import Request
from allegro_privacy.store.append import append
from allegro_privacy.store.cases import open_case
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import is_decoy
from allegro_privacy.store.keys import KeysOf, as_pairs, key_hash, keys_of_person, level_of
from allegro_privacy.store.lifting import IMPORTED, why_never
from allegro_privacy.store.plain import plain


@dataclass(frozen=True, slots=True)
class Occasion:
    """On what occasion requests take effect: the message (its event) they stood in, who acts, when, by which rules."""

    message: int
    actor: str
    now: datetime
    effects: Mapping[str, Effect]
    keys_of: KeysOf

    def effect_of(self, request: Request) -> Effect:
        return self.effects.get(request.kind, Effect.NONE)

    def lacks_key(self, request: Request) -> bool:
        """Would accepting it change nothing, since the person did not name what it takes?"""
        return self.effect_of(request) in (Effect.SUPPRESS, Effect.LIFT) and not self.keys_of(request)


def carry_out(database: Database, occasion: Occasion, position: int, request: Request) -> list[tuple[int, str]]:
    """Write the events of one accepted request; returns their numbers and what each did, in words without a person."""
    effect = occasion.effect_of(request)
    if effect is Effect.NONE:
        return []
    about: dict[str, Any] = {"message": occasion.message, "position": position, "kind": request.kind}
    if effect is Effect.OPEN_CASE:
        return [open_case(database, occasion, about, request)]
    act = _suppress if effect is Effect.SUPPRESS else _lift
    return [act(database, occasion, request, key, about) for key in occasion.keys_of(request)]


def _known_by(request: Request, but: Key | None = None) -> dict[str, Any]:
    """The keys by which the person can be found, without the one that is acted on."""
    keys = as_pairs(key for key in keys_of_person(request.person) if key != but)
    return {"keys": keys} if keys else {}


def _suppress(
    database: Database, occasion: Occasion, request: Request, key: Key, about: dict[str, Any]
) -> tuple[int, str]:
    if is_decoy(database, key):
        return 0, "a decoy of ours, which is nobody: not suppressed"
    level = level_of(request)
    about = {**about, **_known_by(request, key), "channel": key.channel.value, "key": key.value}
    if level is not None:
        about["level"] = level.value
    standing = active(database, key)
    if standing is not None:
        number = append(database, "already-suppressed", f"S{standing}", about, occasion.actor, occasion.now)
        return number, f"S{standing} stood already"
    about["person"] = plain(request.person)
    number = append(database, "suppressed", "S#", about, occasion.actor, occasion.now)
    return number, f"S{number} suppressed ({key.channel.value})"


def _lift(database: Database, occasion: Occasion, request: Request, key: Key, about: dict[str, Any]) -> tuple[int, str]:
    standing = active(database, key)
    about = {**about, **_known_by(request), "channel": key.channel.value, "reason": request.kind}
    if standing is None:
        number = append(database, "nothing-to-lift", f"M{occasion.message}", about, occasion.actor, occasion.now)
        return number, "nothing to lift"
    hindrance = "imported" if _imported(database, occasion.message) else why_never(database, standing)
    if hindrance:
        about = {**about, "reason": hindrance}
        number = append(database, "lift-refused", f"S{standing}", about, occasion.actor, occasion.now)
        return number, f"S{standing} stays: {WHY_NEVER.get(hindrance, 'what an import brings lifts nothing')}"
    number = append(database, "lifted", f"S{standing}", about, occasion.actor, occasion.now)
    return number, f"S{standing} lifted"


def _imported(database: Database, message: int) -> bool:
    return database.value("SELECT via FROM messages WHERE event = ?", (message,)) in IMPORTED


def active(database: Database, key: Key) -> int | None:
    """The event of the suppression that now stands for a key."""
    found = database.value(
        "SELECT event FROM suppressions WHERE key_hash = ? AND lifted IS NULL", (key_hash(database.secret, key),)
    )
    return None if found is None else int(found)
