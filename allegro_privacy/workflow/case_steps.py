"""Which step a case allows, and in which words another is refused, with the command that mends it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from allegro_privacy.core.cases import Outcome, Step
from allegro_privacy.core.redact import has_sensitive_number, redact_cards
from allegro_privacy.core.stands import case_stands
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store.rows import Case

if TYPE_CHECKING:
    from allegro_privacy.workflow.cases import Rulebook, Wish


def _stands(rules: "Rulebook", found: Case) -> str:
    return case_stands(rules.tables, found.state, found.closed.reason if found.closed else "", erased=found.erased)


def _refuse_closed(rules: "Rulebook", found: Case) -> None:
    if found.state.closed:
        closed = found.closed
        why = f"{closed.actor} closed it at {closed.at:%Y-%m-%d %H:%M} UTC." if closed else ""
        raise PrivacyError(
            f"{found.id} is closed ({_stands(rules, found)}).", why, f"allegro-privacy case reopen {found.id}"
        )


def _acknowledge(rules: "Rulebook", found: Case, _wish: "Wish", _now: datetime) -> None:
    _refuse_closed(rules, found)
    _refuse_twice(found, Step.ACKNOWLEDGED, "The person was told already that it arrived.")


def _verify(rules: "Rulebook", found: Case, wish: "Wish", _now: datetime) -> None:
    _refuse_closed(rules, found)
    if not rules.check(found).points:
        raise UsageError(
            f"{found.id} needs no check of who asks.",
            f"Nobody is asked for proof for this ({found.kind}): it is done without.",
            f"allegro-privacy case close {found.id} fulfilled",
        )
    _need_words(wish, "how the person was verified", f"allegro-privacy case verify {found.id} --how TEXT")


def _start(rules: "Rulebook", found: Case, _wish: "Wish", _now: datetime) -> None:
    _refuse_closed(rules, found)
    _refuse_twice(found, Step.STARTED, "Work on it began already.")


def _extend(rules: "Rulebook", found: Case, wish: "Wish", now: datetime) -> None:
    _refuse_closed(rules, found)
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


def _close(rules: "Rulebook", found: Case, wish: "Wish", _now: datetime) -> None:
    _refuse_closed(rules, found)
    check, outcome = rules.check(found), wish.outcome or Outcome.FULFILLED
    if wish.evidence and outcome is not Outcome.REVOKED:
        fix = f"allegro-privacy case close {found.id} revoked --evidence {wish.evidence}"
        raise UsageError("Only what is taken back is closed by a message of theirs.", "", fix)
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
    elif outcome is not Outcome.FULFILLED and not wish.evidence:
        fix = f"allegro-privacy case close {found.id} {outcome} --reason TEXT"
        _need_words(wish, "what stays, or who took it back and when", fix)


def _need_known_reason(rules: "Rulebook", found: Case, wish: "Wish") -> None:
    known = rules.tables.denials
    if wish.reason not in known:
        raise UsageError(
            f"{found.id} cannot be denied for that reason." if wish.reason else "A denial needs its reason.",
            "The reasons are: " + ", ".join(f"{name} ({row.title})" for name, row in known.items()) + ".",
            f"allegro-privacy case close {found.id} denied --reason {next(iter(known))} --note TEXT",
        )
    if wish.reason == "other" and not wish.note.strip():
        raise UsageError("The reason “other” needs a word about which.", "", "Add --note TEXT")


def _reopen(rules: "Rulebook", found: Case, wish: "Wish", _now: datetime) -> None:
    if not found.state.closed:
        raise UsageError(f"{found.id} is open ({_stands(rules, found)}).", "", f"allegro-privacy case show {found.id}")
    _need_words(wish, "why it is opened again", f"allegro-privacy case reopen {found.id} --reason TEXT")


def _keep(rules: "Rulebook", found: Case, wish: "Wish", _now: datetime) -> None:
    if not rules.to_erase(found):
        raise UsageError(
            f"Nothing is to be erased on account of {found.id}.",
            f"It is a case of {found.kind}, {_stands(rules, found)}.",
            f"allegro-privacy case show {found.id}",
        )
    _need_words(wish, "why it is not erased", f"allegro-privacy case keep {found.id} --reason TEXT")


def _refuse_twice(found: Case, step: Step, why: str) -> None:
    done = next((one for one in found.steps if one.step is step), None)
    if done is not None:
        raise PrivacyError(
            f"{found.id} is {step} already.",
            f"{why} {done.actor} noted it at {done.at:%Y-%m-%d %H:%M} UTC.",
            f"allegro-privacy case show {found.id}",
        )


def _need_words(wish: "Wish", what: str, fix: str) -> None:
    if not wish.note.strip():
        raise UsageError(f"It must be said {what}.", "It is kept on record with your name.", fix)


def refuse_numbers(note: str) -> None:
    """A note stays in the ledger; a number that opens an account or an identity must not."""
    _, cards = redact_cards(note)
    if cards or has_sensitive_number(note):
        raise UsageError(
            "A card or social security number is not kept in a note.",
            "Say what was compared, never the value itself.",
            "For example: last four digits of the card, and the order number",
        )


REFUSALS: dict[Step, Callable[["Rulebook", Case, "Wish", datetime], None]] = {
    Step.ACKNOWLEDGED: _acknowledge,
    Step.VERIFIED: _verify,
    Step.STARTED: _start,
    Step.EXTENDED: _extend,
    Step.CLOSED: _close,
    Step.KEPT: _keep,
    Step.REOPENED: _reopen,
}
