"""A rights request that its writer takes back: which of their cases a later message may be about, and which message
stands for it."""

from datetime import datetime

from allegro_privacy.core.cases import State, Step
from allegro_privacy.errors import UsageError
from allegro_privacy.store.cases import case, cases_among, change_case
from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import pair_hashes
from allegro_privacy.store.people import events_about, numbered_event
from allegro_privacy.store.plain import moment
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows_cases import Case, Evidence


def cases_of_writer(database: Database, message: int) -> tuple[Case, ...]:
    """The open cases of the people whom a message names or came from, but those that it opened itself."""
    content = content_of(database, message) or {}
    events = events_about(database, pair_hashes(database.secret, content.get("keys", ())))
    return tuple(one for one in cases_among(database, events) if not one.state.closed and one.message_event != message)


def evidence(database: Database, name: str) -> Evidence:
    """The message that R12, M12 or a message id names; UsageError when there is none that can still be read."""
    event = numbered_event(database, name)
    row = database.row(
        "SELECT messages.event, received, erased FROM messages WHERE event = ?1 "
        "OR event = (SELECT message FROM reviews WHERE event = ?1)",
        (event,),
    )
    if row is None or row[2]:
        raise UsageError(
            f"There is no message {name}." if row is None else f"The message of {name} was erased.",
            "What takes a request back is a later message of theirs.",
            "Give its number, as review, find and why show it: R12 or M12",
        )
    asks = database.value("SELECT event FROM reviews WHERE message = ? AND answered IS NULL", (row[0],))
    return Evidence(row[0], moment(row[1]), None if asks is None else f"R{asks}")


def reopen_undone(database: Database, withdrawn: int, why: str, actor: str, now: datetime) -> tuple[int, str]:
    """The answer that closed a case is undone: the case is open again, unless somebody went on with it since."""
    found = case(database, f"C{withdrawn}")
    last = found.steps[-1] if found.steps else None
    if found.state is not State.REVOKED or last is None or last.step is not Step.CLOSED:
        return 0, f"look at {found.id}: it was worked on since"
    before = next((one.state for one in reversed(found.steps[:-1]) if one.state), State.OPEN)
    state = before if not before.closed else State.OPEN
    receipt = change_case(database, found, Step.REOPENED, state, why, actor, now)
    return receipt.events[0], f"{found.id} opened again"
