"""Rights requests: which are open, what happened to each, and the writing of what happens next.

A case is never changed: what it is now follows from the steps taken since it was opened, each an event of its own."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allegro_privacy.core.cases import ANSWERED_STATES, OPEN_STATES, State, Step
from allegro_privacy.core.decision import Receipt, Verdict
from allegro_privacy.core.lanes import CHILD_KIND, Lane, lane_of, more_careful
from allegro_privacy.core.person import Key, Person
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.keys import as_pairs, keyed, keys_of_address, keys_of_person
from allegro_privacy.store.messages import ID_OF_MESSAGE, id_of
from allegro_privacy.store.plain import moment, plain, revive
from allegro_privacy.store.reviews import content_of, number_in
from allegro_privacy.store.rows_cases import Case, CaseStep, OpenQuestion

if TYPE_CHECKING:
    from allegro_privacy.store.effects import Occasion

_OPEN, _ANSWERED = (", ".join(f"'{state}'" for state in states) for states in (OPEN_STATES, ANSWERED_STATES))
# In a SELECT from `cases`: what the case is now.
STATE = (
    "coalesce((SELECT state FROM case_steps WHERE case_event = cases.event AND state IS NOT NULL "  # noqa: S608
    f"ORDER BY case_steps.event DESC LIMIT 1), '{State.OPEN}')"
)
IS_OPEN = f"{STATE} IN ({_OPEN})"
_CASES = (
    f"SELECT cases.event, kind, lane, {ID_OF_MESSAGE}, message, received, via, opened, cases.erased, {STATE}, "  # noqa: S608
    "(SELECT actor FROM ledger WHERE number = cases.event) FROM cases JOIN messages ON messages.event = message"
)
_STEPS = "SELECT event, at, actor, step, state, reason, message, lane FROM case_steps JOIN ledger ON number = event"


def open_cases(database: Database, closed: bool = False) -> tuple[Case, ...]:
    """The open rights requests (closed: all of them), the one received first at the top."""
    where = "" if closed else f"WHERE {IS_OPEN} "
    return tuple(_case(database, row) for row in database.rows(f"{_CASES} {where}ORDER BY received, cases.event"))


def answered_cases(database: Database) -> tuple[Case, ...]:
    """The cases that were answered with yes, wholly or in part, and still hold words of the person."""
    where = f"WHERE cases.erased = 0 AND {STATE} IN ({_ANSWERED})"
    return tuple(_case(database, row) for row in database.rows(f"{_CASES} {where} ORDER BY received, cases.event"))


def cases_among(database: Database, events: Iterable[int]) -> tuple[Case, ...]:
    """Those cases that were opened by, or joined with, one of these events."""
    given = json.dumps(sorted(events))
    wanted = (
        "SELECT value FROM json_each(?1) UNION SELECT case_event FROM case_steps "
        "WHERE event IN (SELECT value FROM json_each(?1))"
    )
    rows = database.rows(f"{_CASES} WHERE cases.event IN ({wanted}) ORDER BY cases.event", (given,))
    return tuple(_case(database, row) for row in rows)


def case(database: Database, case_id: str) -> Case:
    """One case, open or closed; a UsageError when there is none of that number."""
    event = number_in("C", case_id)
    row = database.row(f"{_CASES} WHERE cases.event = ?", (event,))
    if row is None:
        raise UsageError(f"There is no case C{event}.", "", "allegro-privacy case   lists those that are open")
    return _case(database, row)


def stopped_with(database: Database, found: Case) -> tuple[tuple[str, str], ...]:
    """The suppressions (number, channel) that came of the same message and still stand."""
    sql = "SELECT event, channel FROM suppressions WHERE message = ? AND lifted IS NULL ORDER BY event"
    return tuple((f"S{event}", channel) for event, channel in database.rows(sql, (found.message_event,)))


def open_questions(database: Database) -> tuple[OpenQuestion, ...]:
    """The open reviews as the clocks need them: without a word of anybody."""
    rows = database.rows(
        "SELECT reviews.event, reviews.message, received, (SELECT group_concat(DISTINCT kind) FROM requests "
        "WHERE requests.message = reviews.message AND requests.verdict = 'ask' AND answer IS NULL) "
        "FROM reviews JOIN messages ON messages.event = reviews.message WHERE answered IS NULL"
    )
    found = []
    for event, message, received, named in rows:
        kinds = frozenset(named.split(",")) if named else frozenset[str]()
        lane = _lane_of_message(database, message, kinds)
        found.append(OpenQuestion(f"R{event}", moment(received), lane, kinds))
    return tuple(found)


def _case(database: Database, row: Row) -> Case:
    event, kind, lane, message, message_event, received, via, opened, erased, state, actor = row
    content = content_of(database, event)
    taken = database.rows(f"{_STEPS} WHERE case_event = ? ORDER BY event", (event,))
    steps = tuple(_step(database, each) for each in taken)
    # What joined later may have shown that more care is needed.
    lane = next((step.lane for step in reversed(steps) if step.lane), lane)
    return Case(
        id=f"C{event}",
        event=event,
        kind=kind,
        message=message,
        received=moment(received),
        opened=moment(opened),
        request=None if content is None else revive(Request, content["request"]),
        erased=bool(erased),
        lane=Lane(lane),
        state=State(state),
        steps=steps,
        via=via,
        message_event=message_event,
        opened_by=actor,
    )


def _step(database: Database, row: Row) -> CaseStep:
    event, at, actor, step, state, reason, message, lane = row
    said = (content_of(database, event) or {}).get("note", "")
    return CaseStep(
        event, moment(at), actor, Step(step), None if state is None else State(state), reason or "", said,
        None if message is None else id_of(database, message), lane or "",
    )  # fmt: skip


def change_case(
    database: Database,
    found: Case,
    step: Step,
    state: State | None,
    note: str,
    actor: str,
    now: datetime,
    *,
    reason: str = "",
    message: int | None = None,
) -> Receipt:
    """Record one step of a case. state: what it is from now on (None: as before).  note: staff's words.  reason: of a
    closed list, for a denial.  message: the one that takes the request back."""
    content: dict[str, Any] = {"case": found.event, "step": step.value}
    said = {"state": state, "note": note, "reason": reason, "message": message}
    content |= {name: value for name, value in said.items() if value}
    number = append(database, f"case-{step.value}", found.id, plain(content), actor, now)
    return receipt(database, found.message, Verdict.ACCEPT, [(number, f"{found.id} {step.value}")])


def open_case(database: Database, occasion: "Occasion", about: Mapping[str, Any], request: Request) -> tuple[int, str]:
    """Open a case for a request, or join it to the open one that the same person has for the same thing already."""
    lane = _lane(database, occasion.message, request)
    keys = as_pairs(keys_of_person(request.person))
    content = {**about, **({"keys": keys} if keys else {}), "request": plain(request)}
    known = _same_open(database, occasion.message, request)
    if known is None:
        content["lane"] = lane.value
        number = append(database, "case-opened", "C#", content, occasion.actor, occasion.now)
        return number, f"C{number} opened ({request.kind})"
    careful = more_careful(lane, known.lane)
    content |= {"case": known.event, "step": Step.JOINED.value}
    if careful is not known.lane:
        content["lane"] = careful.value
    number = append(database, "case-joined", known.id, content, occasion.actor, occasion.now)
    return number, f"joined {known.id} ({request.kind}), asked {known.asked + 1} times"


def _lane(database: Database, message: int, request: Request) -> Lane:
    own = [*(one.doubt.value for one in request.doubts), *(note.value for note in request.notes)]
    return _lane_of_message(database, message, {request.kind}, own)


def _lane_of_message(database: Database, message: int, kinds: Iterable[str], own: Iterable[str] = ()) -> Lane:
    """From the doubts and notes of the whole message, also those that stand at its other requests."""
    content = content_of(database, message) or {}
    reading, decision = content.get("reading", {}), content.get("decision", {})
    others = [one["request"] for one in decision.get("requests", ())]
    doubts = [one["doubt"] for part in (decision, reading, *others) for one in part.get("doubts", ())]
    notes = [note for part in (reading, *others) for note in part.get("notes", ())]
    kind = CHILD_KIND if CHILD_KIND in kinds else ""
    return lane_of(kind, reading.get("nature", ""), [*doubts, *notes, *own])


def _same_open(database: Database, message: int, request: Request) -> Case | None:
    """The open case of the same person for the same kind, as far as that is sure: the same e-mail key, no other name,
    and not the address of an agent, who writes for many."""
    keys = [] if request.person.email is None else keys_of_address(request.person.email)
    sender = {key for each in _senders(database, message) for key in keys_of_address(each)}
    for key in keys:
        for known in _open_with(database, key, request.kind):
            for_others = known.lane is Lane.AGENT or _lane(database, message, request) is Lane.AGENT
            if not (for_others and key in sender) and _may_be_one(known, request.person):
                return known
    return None


def _open_with(database: Database, key: Key, kind: str) -> tuple[Case, ...]:
    hashed = keyed(database.secret, key.channel.value, key.value)
    sql = f"{_CASES} JOIN identifiers ON identifiers.event = cases.event WHERE hash = ? AND kind = ? AND {IS_OPEN}"
    return tuple(_case(database, row) for row in database.rows(f"{sql} ORDER BY cases.event", (hashed, kind)))


def _senders(database: Database, message: int) -> list[str]:
    content = content_of(database, message) or {}
    return [one.get("email", "") for one in content.get("message", {}).get("sender", ())]


def _may_be_one(known: Case, person: Person) -> bool:
    """A couple may share an e-mail address: two names that do not agree are two people."""
    if known.request is None or not known.request.person.name or not person.name:
        return True
    from allegro_privacy.core.names_same import same_person  # the tables of names: only for a second request

    return same_person(known.request.person.name, person.name)
