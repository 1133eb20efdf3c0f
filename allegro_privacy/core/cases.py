"""A rights request on its way: its states, the steps between them, and the tables that staff are guided by.

The rows are data/cases.toml. Nothing here closes a case by itself: what is late stays open, and is shown as late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allegro_privacy.core.lanes import Lane
from allegro_privacy.errors import ConfigError


class State(StrEnum):
    """What a case is. What the Data Rights Protocol calls each stands in data/cases.toml."""

    OPEN = "open"
    NEEDS_VERIFICATION = "needs-verification"
    IN_PROGRESS = "in-progress"
    FULFILLED = "fulfilled"
    PARTLY = "partly"
    DENIED = "denied"
    REVOKED = "revoked"

    @property
    def closed(self) -> bool:
        return self not in OPEN_STATES


ANSWERED_STATES = (State.FULFILLED, State.PARTLY)
OPEN_STATES = (State.OPEN, State.NEEDS_VERIFICATION, State.IN_PROGRESS)
# How an open case is shown whose last date went by; never stored.
EXPIRED = "expired"


class Outcome(StrEnum):
    """How a case can be closed."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    DENIED = "denied"
    REVOKED = "revoked"


class Step(StrEnum):
    """What can happen to a case after it was opened; each is an event."""

    JOINED = "joined"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    STARTED = "started"
    EXTENDED = "extended"
    CLOSED = "closed"
    KEPT = "kept"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Check:
    """What must be known of who asks, for one kind: a row of [checks]."""

    required: bool = False
    points: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    keeps: str = ""
    erases: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A state or a reason to deny: how people see it, and what the Data Rights Protocol calls it."""

    title: str
    drp: str
    drp_reason: str = ""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """What staff must know of a lane, and what may be asked besides (`rights`: where a check is required)."""

    title: str
    advice: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTables:
    """data/cases.toml, checked."""

    states: Mapping[str, Named]
    denials: Mapping[str, Named]
    checks: Mapping[str, Check]
    lanes: Mapping[Lane, LaneRow]

    def check(self, kind: str, lane: Lane = Lane.CUSTOMER) -> Check:
        """What to look at before a request of that kind is fulfilled, on that lane."""
        found, road = self.checks.get(kind, Check()), self.lanes[lane]
        points = (*found.points, *road.points, *(road.rights if found.required else ()))
        return Check(found.required, points, found.outcomes, found.keeps, found.erases)


def after(step: Step, state: State, unverified: bool, outcome: Outcome | None = None) -> State | None:
    """The state that a step leads to, None when it stays as it is. unverified: a check is required and not done."""
    match step:
        case Step.CLOSED:
            return State(outcome or Outcome.FULFILLED)
        case Step.REOPENED | Step.STARTED:
            return State.NEEDS_VERIFICATION if unverified else State.IN_PROGRESS
        case Step.ACKNOWLEDGED if state is State.OPEN and unverified:
            return State.NEEDS_VERIFICATION
        case Step.VERIFIED:
            return State.IN_PROGRESS
        case _:
            return None


def next_step(taken: Iterable[Step], state: State, confirms: bool, unverified: bool) -> Step | None:
    """What is to be done next; None for a closed case. confirms: the person must hear that the request arrived."""
    if state.closed:
        return None
    if confirms and Step.ACKNOWLEDGED not in taken:
        return Step.ACKNOWLEDGED
    if unverified:
        return Step.VERIFIED
    return Step.STARTED if state is State.OPEN else Step.CLOSED


def read_case_tables(tables: Mapping[str, Any], file: str = "cases.toml") -> CaseTables:
    """The tables of a parsed cases.toml; every problem is named at once, with file, table and key."""
    problems: list[str] = []
    states = _named(tables, "states", (*State, EXPIRED), problems)
    denials = _named(tables, "denials", (), problems)
    checks = {name: _check(name, row, problems) for name, row in tables.get("checks", {}).items()}
    rows = tables.get("lanes", {})
    problems += [f"[lanes.{lane}]: missing" for lane in Lane if lane not in rows]
    problems += [f"[lanes.{name}]: no such lane" for name in rows if name not in list(Lane)]
    if problems:
        raise ConfigError(
            "The table of cases cannot be used.",
            "\n".join(f"{file} {problem}" for problem in problems),
            f"Mend {file}; its first lines explain each key.",
        )
    lanes = {lane: _lane(rows[lane]) for lane in Lane}
    return CaseTables(states, denials, checks, lanes)


def _named(tables: Mapping[str, Any], table: str, needed: tuple[str, ...], problems: list[str]) -> dict[str, Named]:
    rows = tables.get(table, {})
    problems += [f"[{table}.{name}]: missing" for name in needed if name not in rows]
    problems += [f"[{table}.{name}]: no such state" for name in rows if needed and name not in needed]
    for name, row in rows.items():
        problems += [f"[{table}.{name}] {key}: missing" for key in ("title", "drp") if not row.get(key)]
    keys = ("title", "drp", "drp_reason")
    return {name: Named(*(row.get(key, "") for key in keys)) for name, row in rows.items()}


def _check(name: str, row: Mapping[str, Any], problems: list[str]) -> Check:
    where = f"[checks.{name}]"
    known = ("required", "list", "outcomes", "keeps", "erases")
    problems += [f"{where} {key}: not a key of a check" for key in row if key not in known]
    if not isinstance(row.get("required"), bool):
        problems.append(f"{where} required: is true or false")
    if not isinstance(row.get("erases", False), bool):
        problems.append(f"{where} erases: is true or false")
    wrong = [word for word in row.get("outcomes", ()) if word not in list(Outcome)]
    problems += [f"{where} outcomes: {word!r} is no way to close a case" for word in wrong]
    ways = tuple(Outcome(word) for word in row.get("outcomes", tuple(Outcome)) if word not in wrong)
    erases = row.get("erases") is True
    return Check(bool(row.get("required")), tuple(row.get("list", ())), ways, row.get("keeps", ""), erases)


def _lane(row: Mapping[str, Any]) -> LaneRow:
    return LaneRow(row.get("title", ""), *(tuple(row.get(key, ())) for key in ("advice", "list", "rights")))
