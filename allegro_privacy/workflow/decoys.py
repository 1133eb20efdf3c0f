"""Decoys in a list: rows that look like people, one set for each recipient and export, remembered."""

from dataclasses import dataclass
from typing import Any

from allegro_privacy.config import Settings
from allegro_privacy.core.listing import Listed
from allegro_privacy.lists.plan import Plan
from allegro_privacy.store.database import Database


@dataclass(frozen=True, slots=True)
class Decoys:
    """The decoys of one list: their rows, and what is recorded of them."""

    rows: tuple[Listed, ...] = ()
    recorded: tuple[dict[str, Any], ...] = ()


def make(database: Database, settings: Settings, plan: Plan) -> Decoys:
    """The decoys for this export."""
    return Decoys()
