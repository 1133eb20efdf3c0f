"""The kinds of request as rows of data (data/kinds.toml), checked when they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.decision import Effect


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that people ask for. `lane`: "opt-out" (no identity check), "rights" (verified, clocked). `reply`: the
    template of its first answer."""

    name: str
    title: str
    effect: Effect
    clock: str
    automatic: bool
    channels: bool
    implies: tuple[str, ...]
    lane: str
    staff_only: bool
    reply: str = "receipt"


def load_kinds(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Kind]:
    """Rows of kinds.toml by name. Raises ValueError naming the row that is wrong."""
    kinds: dict[str, Kind] = {}
    for name, row in tables.items():
        try:
            kinds[name] = Kind(
                name=name,
                title=row["title"],
                effect=Effect(row["effect"]),
                clock=row.get("clock", ""),
                automatic=row["automatic"],
                channels=row.get("channels", False),
                implies=tuple(row.get("implies", ())),
                lane=row["lane"],
                staff_only=row.get("staff_only", False),
                reply=row.get("reply", "receipt"),
            )
        except (KeyError, ValueError) as problem:
            raise ValueError(f"kind {name!r}: {problem}") from problem
    for kind in kinds.values():
        unknown = [other for other in kind.implies if other not in kinds]
        if unknown:
            raise ValueError(f"kind {kind.name!r} implies unknown kinds {unknown}")
        if kind.lane not in ("opt-out", "rights"):
            raise ValueError(f"kind {kind.name!r}: lane must be opt-out or rights")
    return kinds


def effects_of(kinds: Mapping[str, Kind]) -> dict[str, Effect]:
    """What each kind of request does."""
    return {name: kind.effect for name, kind in kinds.items()}
