"""What staff do with rights requests: each step looked up, allowed or refused, and recorded in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.cases import (
    ANSWERED_STATES,
    CaseTables,
    Check,
    Outcome,
    Step,
    after,
    next_step,
    read_case_tables,
)
from allegro_privacy.core.deadlines import Due, read_clocks, received_on
from allegro_privacy.core.decision import Receipt, ReviewAnswer, Verdict
from allegro_privacy.core.duties import Calendar, CaseFacts, Duty
from allegro_privacy.core.kinds import load_kinds
from allegro_privacy.errors import ConfigError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Case
from allegro_privacy.store.rows_cases import Evidence
from allegro_privacy.workflow.case_steps import REFUSALS, refuse_numbers
from allegro_privacy.workflow.keys import keys_of
from allegro_privacy.workflow.transaction import transact


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The clocks and the tables of cases in force at this shop."""

    calendar: Calendar
    tables: CaseTables

    def check(self, case: Case) -> Check:
        """What must be known of who asks."""
        return self.tables.check(case.kind, case.lane)

    def unverified(self, case: Case) -> bool:
        """Must the person still be verified before anything is shown, changed or deleted?"""
        return self.check(case).required and not case.took(Step.VERIFIED)

    def duties(self, case: Case) -> tuple[Duty, ...]:
        """What is owed in a case; () for a closed one."""
        if case.state.closed:
            return ()
        acknowledged, extended = case.took(Step.ACKNOWLEDGED) > 0, case.took(Step.EXTENDED) > 0
        road = case.lane.value
        return self.calendar.of_case(
            CaseFacts(case.id, case.kind, road, case.received, acknowledged, extended, case.asked - 1)
        )

    def answer_due(self, case: Case, *, extended: bool) -> Due | None:
        """By when a case must be answered, with the extension or without."""
        return self.calendar.answer_due(case.kind, case.received, extended)

    def next_step(self, case: Case) -> Step | None:
        """What is to be done next."""
        confirms = self.calendar.confirm_due(case.kind, case.received) is not None
        return next_step([one.step for one in case.steps], case.state, confirms, self.unverified(case))

    def to_erase(self, case: Case) -> bool:
        """Must what is recorded about the person still be erased, now that the case was answered?"""
        return is_to_erase(self.tables, case)

    def today(self, now: datetime) -> date:
        """The day at the shop."""
        return received_on(now, self.calendar.zone)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was recorded, and the case as it is now. answered: the event that answered a question with it."""

    receipt: Receipt
    case: Case
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff want to do with a case. note: in their words.  outcome and reason: how it is closed.  evidence: the
    message in which it is taken back (R12, M12)."""

    step: Step
    note: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    evidence: str = ""


def rulebook(settings: Settings) -> Rulebook:
    """The tables that the settings name, checked."""
    loaded = tables.load(settings.overrides, languages=False)
    clocks, kinds = read_clocks(loaded.clocks), load_kinds(loaded.kinds)
    named = [kind for kind in kinds.values() if kind.clock]
    unknown = [f"kind {kind.name!r}: clock {kind.clock!r}" for kind in named if kind.clock not in clocks.house]
    if unknown:
        raise ConfigError(
            "A kind of request names a clock that is not there.",
            "\n".join(unknown),
            "Add a [house] table of that name to clocks.toml, or name another in kinds.toml.",
        )
    return Rulebook(Calendar(clocks, kinds, settings.shop.time_zone), read_case_tables(loaded.cases))


def case_tables(settings: Settings) -> CaseTables:
    """The names of states and reasons in force; without the clocks, which take longer to read."""
    return read_case_tables(tables.load(settings.overrides, languages=False).cases)


def is_to_erase(rows: CaseTables, case: Case) -> bool:
    """Was it asked that data go, and granted, and are they still here without anybody having said why?"""
    granted = case.state in ANSWERED_STATES and rows.check(case.kind, case.lane).erases
    return granted and not case.erased and not case.kept


def to_erase(database: Database, settings: Settings) -> tuple[str, ...]:
    """The cases after which `erase` is still to be run; not those on which a legal hold stands."""
    answered = views.answered_cases(database)
    if not answered:
        return ()
    rows = case_tables(settings)
    return tuple(case.id for case in answered if is_to_erase(rows, case) and not views.is_held(database, case.event))


def open_cases(database: Database, closed: bool = False) -> tuple[Case, ...]:
    """The open cases (closed: all), the one received first at the top."""
    return views.open_cases(database, closed)


def case(database: Database, case_id: str) -> Case:
    """One case."""
    return views.case(database, case_id)


def stopped_with(database: Database, found: Case) -> tuple[tuple[str, str], ...]:
    """The suppressions (number, channel) that came of the same message and still stand."""
    return views.stopped_with(database, found)


def take(
    database: Database,
    rules: Rulebook,
    case_id: str,
    wish: Wish,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> Taken:
    """Take one step with one case, when it may be taken."""

    def work() -> Taken:
        found = views.case(database, case_id)
        REFUSALS[wish.step](rules, found, wish, now)
        refuse_numbers(wish.note)
        state = after(wish.step, found.state, rules.unverified(found), wish.outcome)
        proof = _proof_of(database, found, wish) if wish.evidence else None
        answered = _answer(database, rules, found, proof, actor, now) if proof else None
        receipt = journal.change_case(
            database, found, wish.step, state, wish.note, actor, now, reason=wish.reason,
            message=proof.message if proof else None,
        )  # fmt: skip
        return Taken(receipt, views.case(database, case_id), answered)

    return transact(database, work, dry_run)


def _proof_of(database: Database, found: Case, wish: Wish) -> Evidence:
    """The later message that takes a request back."""
    proof = views.evidence(database, wish.evidence)
    itself = proof.message == found.message_event
    if itself or proof.received < found.received:
        raise UsageError(
            f"That message cannot take {found.id} back.",
            "It is the request itself." if itself else "It came before the request.",
            f"Give the number of the later one: allegro-privacy case close {found.id} revoked --evidence R12",
        )
    return proof


def _answer(database: Database, rules: Rulebook, found: Case, proof: Evidence, actor: str, now: datetime) -> int | None:
    """The open question about that message is answered with it; that answer's event."""
    if proof.question is None:
        return None
    answer = ReviewAnswer(Verdict.IGNORE, note=f"takes {found.id} back", takes_back=found.event)
    effects = {name: kind.effect for name, kind in rules.calendar.kinds.items()}
    receipt = journal.answer_review(database, proof.question, answer, actor, now, effects=effects, keys_of=keys_of)
    return receipt.events[0]
