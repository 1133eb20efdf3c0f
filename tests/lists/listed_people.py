"""Invented people as a list sees them, and the plan of a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from allegro_privacy.core.person import Channel, Level
from allegro_privacy.lists.export import Plan

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A suppression as a list sees it."""

    id: str = "S-1"
    key: str | None = "rosa@example.com"
    level: Level | None = None
    name: str | None = None
    address: Mapping[str, Any] | None = None
    since: datetime = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
    erased: bool = False


def addressed(name: str = "Harold Finch", **parts: str | None) -> Person:
    address = {
        "line1": "1450 Brickell Ave",
        "line2": "Apt 2203",
        "city": "Miami",
        "state": "FL",
        "zip": "02134",
        "zip4": None,
        "as_given": "1450 Brickell Ave Apt 2203\nMiami, FL 02134",
    }
    return Person(name=name, address=address | parts, level=Level.INDIVIDUAL)


def plan(channel: Channel = Channel.EMAIL, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "channel": channel,
        "recipient": "acme-mailing",
        "day": date(2026, 11, 22),
        "as_of": NOW,
        "ledger_number": 41,
        "ledger_hash": "ab" * 32,
        "rules": "1a2b3c",
        "policy": "2009-02-09",
    }
    return Plan(**given | changes)
