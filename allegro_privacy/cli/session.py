"""`review` with a person at the terminal: one question at a time, each answer saved before the next question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from allegro_privacy.cli import changing, console, question, told_drops, withdrawing, words
from allegro_privacy.cli.clock import utc_now
from allegro_privacy.core.decision import Effect, Verdict
from allegro_privacy.errors import AnsweredError, ExitCode, PrivacyError
from allegro_privacy.workflow import answers, desk, insight, judge
from allegro_privacy.workflow.corrections import Changes

if TYPE_CHECKING:
    from allegro_privacy.cli.app import Call
    from allegro_privacy.config import Settings
    from allegro_privacy.store.database import Database
    from allegro_privacy.store.rows import Review

HELP = (
    "a  accept: do what the proposal says",
    "c  change: correct the kind, channel, person, address or level first",
    "n  not a request: leave it, nothing is done",
    "k  ask the customer: drafts the letter; the question stays open",
    "w  withdrawn: they take their open case back; it is closed with that",
    "s  skip: not now; it comes again in the next session",
    "u  undo: take back what you answered last in this session",
    "o  open: all of the text that is kept, and where the original lies",
    "A  accept this and the others of the same sender",
    "N  not a request, neither this nor the others of the same sender",
    "q  quit: what you answered is saved",
    "Type the letter, then Enter. Words in [[ ]] are those that the program found.",
)
SAID = {Verdict.ACCEPT: "accepted", Verdict.IGNORE: "not a request"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done in this session that can be undone: (review, event) of each answer; a skip has no event."""

    reviews: tuple[tuple[str, int | None], ...]
    said: str


@dataclass(slots=True)
class Session:
    """One person at the questions. passed: events of reviews that are not shown again in this session.  opened: those
    about a child that were opened.  again: the review that an undo brought back.  known: what each message shares with
    those of the same sender."""

    call: "Call"
    settings: "Settings"
    database: "Database"
    effects: dict[str, Effect]
    zone: str
    passed: set[int] = field(default_factory=set)
    opened: set[int] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    again: str = ""
    known: dict[int, str] = field(default_factory=dict)


def run(call: "Call") -> int:
    """Ask until nothing waits or the person stops; every answer is saved when it is given."""
    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        session = Session(call, settings, database, judge.effects(settings), settings.shop.time_zone)
        waiting = desk.how_many_wait(database)
        if not waiting:
            call.say("Nothing waits for a person.")
            return ExitCode.DONE
        call.say(f"{words.count(waiting, 'question')}, the longest waiting first. Each answer is saved at once.")
        call.say("Type a letter, then Enter; ? explains them.")
        try:
            _all_questions(session)
        except KeyboardInterrupt:
            console.say()
            console.say("Interrupted. Every answer that you gave is saved.")
            console.say('  ("allegro-privacy review" goes on where you stopped)')
            return ExitCode.INTERRUPTED
        _farewell(session)
    return ExitCode.DONE


def _all_questions(session: Session) -> None:
    while (one := _next(session)) is not None:
        console.say()
        if not _until_done(session, one):
            return


def _next(session: Session) -> "Review | None":
    again, session.again = session.again, ""
    if again:
        one = desk.review(session.database, again)
        if one.answered is None:
            return one
    return desk.next_review(session.database, session.passed)


def _until_done(session: Session, one: "Review") -> bool:
    """Ask about one question until it is done with; False when the person stops."""
    changes = Changes()
    alike = _alike(session, one)
    _show(session, one, changes, alike)
    withdrawing.offered(session.database, one)
    while True:
        letter = console.reply(_prompt(session, one, alike))
        if letter is None or letter == "q":
            return False
        if letter != "u" and _answered_meanwhile(session, one.id):
            return True
        try:
            if letter == "c" and not _hidden(session, one):
                changes = _changed(session, one, changes)
                _proposal(session, one, changes)
            elif _acted(session, one, letter, changes, alike):
                return True
        except AnsweredError as error:
            _tell_who(session, error)
            return True
        except PrivacyError as error:
            console.error_lines(error.what, error.why, error.fix, "not done")


def _changed(session: Session, one: "Review", changes: Changes) -> Changes:
    def check(changed: Changes) -> None:
        desk.proposal(one, changed, session.effects)

    return changing.asked_for(changes, session.effects, check)


def _acted(session: Session, one: "Review", letter: str, changes: Changes, alike: Sequence["Review"]) -> bool:
    """Do what a letter says; True when the question is done with."""
    match letter:
        case "a" | "A" | "c" if _hidden(session, one):
            console.say("A child may be concerned: open it first (o).")
        case "a":
            return _answer(session, one, Verdict.ACCEPT, changes)
        case "n":
            return _answer(session, one, Verdict.IGNORE, changes)
        case "A" | "N" if alike:
            return _answer_all(session, [one, *alike], Verdict.ACCEPT if letter == "A" else Verdict.IGNORE, changes)
        case "k" | "w":
            return _ask_customer(session, one) if letter == "k" else _take_back_case(session, one)
        case "s":
            return _pass_over(session, one, None, "skipped")
        case "u":
            return _undo(session)
        case "o":
            session.opened.add(one.event)
            question.asked(one, utc_now(), session.zone, hidden=False, whole=True)
            console.paragraph(f"The original: {one.source}", "  ", hang=2, width=question.WIDTH)
            _proposal(session, one, changes)
        case _:
            for line in HELP:
                console.say(f"  {line}")
    return False


def _show(session: Session, one: "Review", changes: Changes, alike: Sequence["Review"]) -> None:
    question.asked(one, utc_now(), session.zone, _hidden(session, one))
    _proposal(session, one, changes)
    if alike:
        others = words.count(len(alike), "more question", "more questions")
        line = f"And {others} of the same sender ({one.alike}): A accepts all {len(alike) + 1}, N ignores them."
        console.paragraph(line, "  ", hang=2, width=question.WIDTH)


def _proposal(session: Session, one: "Review", changes: Changes) -> None:
    question.proposed(desk.proposal(one, changes, session.effects), session.effects, _hidden(session, one))


def _prompt(session: Session, one: "Review", alike: Sequence["Review"]) -> str:
    left = desk.how_many_wait(session.database)
    letters = "a,c,n,k,s," + ("u," if session.steps else "") + "o," + ("A,N," if alike else "") + "q,?"
    return f"{one.id} ({words.count(left, 'waits', 'wait')}) [{letters}]?"


def _hidden(session: Session, one: "Review") -> bool:
    return one.child and one.event not in session.opened


def _alike(session: Session, one: "Review") -> tuple["Review", ...]:
    """Others that can be answered together with this one; what concerns a child is always looked at alone."""
    if one.child:
        return ()
    others = desk.alike(session.database, one, session.known)
    return tuple(each for each in others if not each.child and each.event not in session.passed)


def _answered_meanwhile(session: Session, review_id: str) -> bool:
    """Has somebody else decided it while it stood here?"""
    fresh = desk.review(session.database, review_id)
    if fresh.answered is None:
        return False
    decided = SAID.get(fresh.verdict, "") if fresh.verdict else ""
    when = words.when(fresh.answered, session.zone)
    console.say(f"{fresh.id} was decided meanwhile by {fresh.answered_by}, {when}")
    console.say(f"  ({decided}). Yours was not needed.")
    return True


def _tell_who(session: Session, error: AnsweredError) -> None:
    when = words.when(datetime.fromisoformat(error.at), session.zone)
    console.say(f"{error.what} {error.by} did that, {when}. Nothing was recorded twice.")


def _answer(session: Session, one: "Review", verdict: Verdict, changes: Changes) -> bool:
    event = _record(session, one, verdict, changes)
    session.steps.append(Step(((one.id, event),), SAID[verdict]))
    return True


def _record(session: Session, one: "Review", verdict: Verdict, changes: Changes) -> int:
    """One answer, in a transaction of its own; its event."""
    now = utc_now()
    answered = answers.answer_review(
        session.database, one.id, verdict, changes, session.call.actor, now, effects=session.effects
    )
    console.paragraph(f"Saved, {SAID[verdict]}: {answered.receipt.summary}", hang=2, width=question.WIDTH)
    found = told_drops.after(session.database, session.settings, answered.receipt.events, now)
    told_drops.show(found, words.today(now, session.zone))
    return answered.receipt.events[0]


def _answer_all(session: Session, all_of_them: Sequence["Review"], verdict: Verdict, changes: Changes) -> bool:
    """Several questions with one answer, each recorded by itself; what cannot be accepted stays open."""
    if changes.any:
        console.say("Your changes are for this question only: answer it with a, then take the others.")
        return False
    for each in all_of_them:
        requests = desk.proposal(each, Changes(), session.effects).requests
        console.paragraph(question.summary(each, requests), "  ", hang=2, width=question.WIDTH)
    if console.reply(f"{len(all_of_them)} questions, {SAID[verdict]}: type yes to record all of them:") != "yes":
        console.say("Nothing was recorded.")
        return False
    _keep(session, _each_recorded(session, all_of_them, verdict), SAID[verdict])
    return True


def _each_recorded(
    session: Session, all_of_them: Sequence["Review"], verdict: Verdict
) -> Iterable[tuple[str, int | None]]:
    for each in all_of_them:
        try:
            yield each.id, _record(session, each, verdict, Changes())
        except AnsweredError as error:
            _tell_who(session, error)
        except PrivacyError as error:
            console.paragraph(f"{each.id} stays open: {error.why}", hang=2, width=question.WIDTH)


def _keep(session: Session, done: Iterable[tuple[str, int | None]], said: str) -> None:
    """Remember what can be undone, however far a batch came."""
    step = Step((), said)
    session.steps.append(step)
    for each in done:
        step = Step((*step.reviews, each), said)
        session.steps[-1] = step
    if not step.reviews:
        session.steps.pop()


def _ask_customer(session: Session, one: "Review") -> bool:
    console.say("The letter asks for what is missing. What else you want to ask, you add when you")
    console.say("send it.")
    note = console.reply("A note for your colleagues, not sent (Enter: none):")
    if note is None:
        return False
    asked = desk.ask_customer(session.database, session.settings, one.id, note, session.call.actor, utc_now())
    console.out(f"Saved, {asked.receipt.summary}")
    for line in words.asked_customer(one.id, asked):
        console.paragraph(line, "  ", width=question.WIDTH)
    return _pass_over(session, one, asked.receipt.events[0], "to be asked")


def _take_back_case(session: Session, one: "Review") -> bool:
    event = withdrawing.take_back(session.database, session.settings, one, session.call.actor)
    if event is None:
        return False
    session.steps.append(Step(((one.id, event),), "withdrawn"))
    return True


def _pass_over(session: Session, one: "Review", event: int | None, said: str) -> bool:
    session.passed.add(one.event)
    session.steps.append(Step(((one.id, event),), said))
    return True


def _undo(session: Session) -> bool:
    """Take back the last step of this session; its question comes again at once."""
    if not session.steps:
        console.say("In this session nothing was answered yet.")
        console.say('  ("allegro-privacy review undo ID" takes back an older answer)')
        return False
    step = session.steps[-1]
    for review_id, event in step.reviews:
        if event is None:
            console.out(f"{review_id} is no longer skipped")
        else:
            _take_back(session, review_id, event)
        session.passed.discard(int(review_id[1:]))
    session.steps.pop()
    session.again = step.reviews[0][0]
    return True


def _take_back(session: Session, review_id: str, event: int) -> None:
    try:
        receipt = desk.undo(session.database, review_id, session.call.actor, utc_now(), expected=event)
    except AnsweredError as error:
        _tell_who(session, error)
    else:
        console.paragraph(f"Undone: {receipt.summary}", hang=2, width=question.WIDTH)


def _farewell(session: Session) -> None:
    counts: Counter[str] = Counter()
    for step in session.steps:
        counts[step.said] += len(step.reviews)
    told = ", ".join(f"{number} {said}" for said, number in counts.items()) or "nothing answered"
    left = desk.how_many_wait(session.database)
    session.call.say(f"Saved: {told}.")
    session.call.say(f"{words.count(left, 'question waits', 'questions wait')} now.")
