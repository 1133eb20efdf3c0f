"""Invented people as a list sees them, and the plan of a list."""

import json
import tomllib
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

from allegro_privacy.core.listing import Listed, Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.lists import layouts
from allegro_privacy.lists.layouts import Layout
from allegro_privacy.lists.plan import Plan

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
LAYOUTS = resources.files("allegro_privacy") / "data" / "layouts"


def layout(name: str, **changes: Any) -> Layout:
    """A layout of the package, some of its keys changed."""
    return layouts.load(name, tomllib.loads((LAYOUTS / f"{name}.toml").read_text("utf-8")) | changes)


def person(number: int = 1, key: str | None = "rosa@example.com", **changes: Any) -> Listed:
    """A suppression as a list sees it."""
    return Listed(number, key, None, None, None, "2026-11-20T14:02:00Z", "opt-out", None, 0)._replace(**changes)


def addressed(name: str = "Harold Finch", number: int = 1, level: str = "individual", **parts: str | None) -> Listed:
    address = {
        "line1": "1450 Brickell Ave",
        "line2": "Apt 2203",
        "city": "Miami",
        "state": "FL",
        "zip": "02134",
        "zip4": None,
        "as_given": "1450 Brickell Ave Apt 2203\nMiami, FL 02134",
    }
    return person(number, "a key", name=name, address=json.dumps(address | parts), level=level)


def plan(channel: Channel | str = Channel.EMAIL, recipient: Recipient | str = "acme-mailing", **changes: Any) -> Plan:
    """A plan for the plain list of a channel, or for a layout of that name."""
    name = f"plain-{channel}" if isinstance(channel, Channel) else channel
    given: dict[str, Any] = {
        "recipient": Recipient(recipient) if isinstance(recipient, str) else recipient,
        "layout": layout(name),
        "day": date(2026, 11, 22),
        "as_of": NOW,
        "ledger_number": 41,
        "ledger_hash": "ab" * 32,
        "rules": "1a2b3c",
        "policy": "2009-02-09",
    }
    return Plan(**given | changes)
