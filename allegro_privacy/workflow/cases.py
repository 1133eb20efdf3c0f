"""What staff do with rights requests: each step looked up, allowed or refused, and recorded in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.cases import (
    CaseTables,
    Check,
    Outcome,
    Step,
    after,
    next_step,
    read_case_tables,
)
from allegro_privacy.core.deadlines import Due, read_clocks, received_on
from allegro_privacy.core.decision import Receipt
from allegro_privacy.core.duties import Calendar, CaseFacts, Duty
from allegro_privacy.core.kinds import load_kinds
from allegro_privacy.core.redact import has_sensitive_number, redact_cards
from allegro_privacy.errors import ConfigError, PrivacyError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Case
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

    def today(self, now: datetime) -> date:
        """The day at the shop."""
        return received_on(now, self.calendar.zone)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was recorded, and the case as it is now."""

    receipt: Receipt
    case: Case


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff want to do with a case. note: in their words.  outcome and reason: how it is closed."""

    step: Step
    note: str = ""
    outcome: Outcome | None = None
    reason: str = ""


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
        _REFUSALS[wish.step](rules, found, wish, now)
        _refuse_numbers(wish.note)
        unverified = rules.unverified(found)
        state = after(wish.step, found.state, unverified, wish.outcome)
        receipt = journal.change_case(database, found, wish.step, state, wish.note, actor, now, reason=wish.reason)
        return Taken(receipt, views.case(database, case_id))

    return transact(database, work, dry_run)


def _refuse_closed(found: Case) -> None:
    if found.state.closed:
        closed = found.closed
        why = f"{closed.actor} closed it at {closed.at:%Y-%m-%d %H:%M} UTC." if closed else ""
        raise PrivacyError(f"{found.id} is closed ({found.state}).", why, f"allegro-privacy case reopen {found.id}")


def _acknowledge(_rules: Rulebook, found: Case, _wish: Wish, _now: datetime) -> None:
    _refuse_closed(found)
    _refuse_twice(found, Step.ACKNOWLEDGED, "The person was told already that it arrived.")


def _verify(rules: Rulebook, found: Case, wish: Wish, _now: datetime) -> None:
    _refuse_closed(found)
    if not rules.check(found).points:
        raise UsageError(
            f"{found.id} needs no check of who asks.",
            f"Nobody is asked for proof for this ({found.kind}): it is done without.",
            f"allegro-privacy case close {found.id} fulfilled",
        )
    _need_words(wish, "how the person was verified", f"allegro-privacy case verify {found.id} --how TEXT")


def _start(_rules: Rulebook, found: Case, _wish: Wish, _now: datetime) -> None:
    _refuse_closed(found)
    _refuse_twice(found, Step.STARTED, "Work on it began already.")


def _extend(rules: Rulebook, found: Case, wish: Wish, now: datetime) -> None:
    _refuse_closed(found)
    _refuse_twice(found, Step.EXTENDED, "The law allows that once.")
    plain, longer = (rules.answer_due(found, extended=extended) for extended in (False, True))
    if plain is None or plain == longer:
        raise UsageError(
            f"{found.id} cannot be extended.",
            f"No clock that it has allows more time ({found.kind})." if plain else "It has no date.",
            f"allegro-privacy case show {found.id}",
        )
    if rules.today(now) > plain.last:
        raise UsageError(
            f"{found.id} cannot be extended any more.",
            f"The person must hear of it by the first date, which was {plain.last}.",
            "Answer it now, even in part: every day makes it later.",
        )
    _need_words(wish, "why it takes longer", f"allegro-privacy case extend {found.id} --reason TEXT")


def _close(rules: Rulebook, found: Case, wish: Wish, _now: datetime) -> None:
    _refuse_closed(found)
    check, outcome = rules.check(found), wish.outcome or Outcome.FULFILLED
    if outcome not in check.outcomes:
        ways = ", ".join(check.outcomes)
        why = f"{check.keeps[:1].upper()}{check.keeps[1:]}: such a request is answered in part." if check.keeps else ""
        raise UsageError(
            f"{found.id} ({found.kind}) cannot be closed as {outcome}.",
            why or f"It is one of {ways}.",
            f"allegro-privacy case close {found.id} {check.outcomes[0]} --reason TEXT",
        )
    if outcome in (Outcome.FULFILLED, Outcome.PARTLY) and rules.unverified(found):
        raise UsageError(
            f"{found.id} cannot be closed as {outcome} yet.",
            "Nobody noted how the person was verified, and nothing is shown, changed or deleted before that.",
            f"allegro-privacy case verify {found.id} --how TEXT   "
            f"(or: allegro-privacy case close {found.id} denied --reason insufficient-verification)",
        )
    if outcome is Outcome.DENIED:
        _need_known_reason(rules, found, wish)
    elif outcome is not Outcome.FULFILLED:
        fix = f"allegro-privacy case close {found.id} {outcome} --reason TEXT"
        _need_words(wish, "what stays, or who took it back and when", fix)


def _need_known_reason(rules: Rulebook, found: Case, wish: Wish) -> None:
    known = rules.tables.denials
    if wish.reason not in known:
        raise UsageError(
            f"{found.id} cannot be denied for that reason." if wish.reason else "A denial needs its reason.",
            "The reasons are: " + ", ".join(f"{name} ({row.title})" for name, row in known.items()) + ".",
            f"allegro-privacy case close {found.id} denied --reason {next(iter(known))} --note TEXT",
        )
    if wish.reason == "other" and not wish.note.strip():
        raise UsageError("The reason “other” needs a word about which.", "", "Add --note TEXT")


def _reopen(_rules: Rulebook, found: Case, wish: Wish, _now: datetime) -> None:
    if not found.state.closed:
        raise UsageError(f"{found.id} is open ({found.state}).", "", f"allegro-privacy case show {found.id}")
    _need_words(wish, "why it is opened again", f"allegro-privacy case reopen {found.id} --reason TEXT")


def _refuse_twice(found: Case, step: Step, why: str) -> None:
    done = next((one for one in found.steps if one.step is step), None)
    if done is not None:
        raise PrivacyError(
            f"{found.id} is {step} already.",
            f"{why} {done.actor} noted it at {done.at:%Y-%m-%d %H:%M} UTC.",
            f"allegro-privacy case show {found.id}",
        )


def _need_words(wish: Wish, what: str, fix: str) -> None:
    if not wish.note.strip():
        raise UsageError(f"It must be said {what}.", "It is kept on record with your name.", fix)


def _refuse_numbers(note: str) -> None:
    """A note stays in the ledger; a number that opens an account or an identity must not."""
    _, cards = redact_cards(note)
    if cards or has_sensitive_number(note):
        raise UsageError(
            "A card or social security number is not kept in a note.",
            "Say what was compared, never the value itself.",
            "For example: last four digits of the card, and the order number",
        )


_REFUSALS: dict[Step, Callable[[Rulebook, Case, Wish, datetime], None]] = {
    Step.ACKNOWLEDGED: _acknowledge,
    Step.VERIFIED: _verify,
    Step.STARTED: _start,
    Step.EXTENDED: _extend,
    Step.CLOSED: _close,
    Step.REOPENED: _reopen,
}
