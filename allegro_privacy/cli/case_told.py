"""Rights requests as staff read them, and as JSON. A child's are masked unless somebody asks for them by name."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from allegro_privacy.cli import console, documents, words
from allegro_privacy.core.cases import EXPIRED, State, Step
from allegro_privacy.core.duties import Deed, Duty
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.masking import masked
from allegro_privacy.core.person import Channel
from allegro_privacy.core.reading import Request
from allegro_privacy.core.stands import IN_FORCE, case_stands

if TYPE_CHECKING:
    from allegro_privacy.store.rows_cases import Case, CaseStep
    from allegro_privacy.workflow.cases import Rulebook

DEEDS = {
    Deed.ACKNOWLEDGE: "tell them that it arrived",
    Deed.ANSWER: "answer",
    Deed.DECIDE: "decide",
}
STEPS = {
    Step.ACKNOWLEDGED: "told that it arrived",
    Step.VERIFIED: "verified",
    Step.STARTED: "work began",
    Step.EXTENDED: "time extended",
    Step.CLOSED: "closed",
    Step.KEPT: "what was recorded is not erased",
    Step.REOPENED: "opened again",
    Step.JOINED: "asked again",
}
NEXT = {
    Step.ACKNOWLEDGED: ("Tell the person that it arrived and when they will have an answer, then", "acknowledge {id}"),
    Step.VERIFIED: ("Make sure who asks, then", "verify {id} --how TEXT"),
    Step.STARTED: ("Begin to work on it, then", "start {id}"),
    Step.CLOSED: ("Answer the person, then", "close {id} {outcome}"),
}


def listed(found: Sequence["Case"], rules: "Rulebook", now: datetime, limit: int) -> None:
    """Cases in lines: number, kind, who, state, nearest date."""
    today = rules.today(now)
    rows = [
        (
            case.id,
            f"{case.kind}{_marks(case, rules)}",
            _who(case),
            stands(case, rules, today),
            _nearest(case, rules),
        )
        for case in found[:limit]
    ]
    if rows:
        console.table(rows, ("case", "about", "who", "state", "next date"))
    if len(found) > limit:
        console.out(f"… and {len(found) - limit:,} more (--limit shows them)")


def shown(
    case: "Case", stopped: Sequence[tuple[str, str]], rules: "Rulebook", now: datetime, *, open_child: bool
) -> None:
    """One case in full."""
    zone, today = rules.calendar.zone, rules.today(now)
    request = visible(case, open_child)
    asked = words.asked(request) if request else f"{words.KINDS.get(case.kind, case.kind)} (erased)"
    console.paragraph(f"{case.id}  {asked}", hang=4)
    console.paragraph(f"state: {stands(case, rules, today)}{_marks(case, rules)}", "  ")
    console.out(f"  received {words.when(case.received, zone)} by {case.via}; its time runs from then")
    if request and request.evidence:
        console.paragraph(f"in their words: {words.evidence(request)}", "  ", hang=4)
    if stopped:
        console.paragraph(f"stopped at once, {IN_FORCE}: {_suppressed(stopped)}", "  ", hang=4)
    for advice in rules.tables.lanes[case.lane].advice:
        console.paragraph(f"! {advice}", "  ", hang=2)
    _dates(case, rules, today)
    _checks(case, rules)
    console.out("What happened")
    console.out(f"  {words.when(case.opened, zone)}  #{case.event} opened ({case.opened_by})")
    for step in case.steps:
        console.paragraph(_step(step, rules, zone, case), "  ", hang=4)
    _next(case, rules)


def afterwards(case: "Case", stopped: Sequence[tuple[str, str]], rules: "Rulebook") -> None:
    """What follows from a step that was just taken."""
    if case.state.closed:
        if stopped:
            console.paragraph(f"Still {IN_FORCE}: {_suppressed(stopped)}.", "  ")
            console.say("  (only the customer's own words justify to lift one: allegro-privacy lift)")
        if rules.to_erase(case):
            _erase_next(case)
        return
    if case.took(Step.EXTENDED):
        due = rules.answer_due(case, extended=True)
        if due:
            console.out(f"  answer by {due.safe} (legal last date {due.last})")
    _next(case, rules)


def visible(case: "Case", open_child: bool) -> Request | None:
    """The request as it may be shown."""
    if case.request is None or case.lane is not Lane.CHILD or open_child:
        return case.request
    return masked(case.request)


def document(case: "Case", rules: "Rulebook", now: datetime, *, open_child: bool = False) -> dict[str, Any]:
    """One case as JSON; a child's request is masked like everywhere."""
    today = rules.today(now)
    duties = rules.duties(case)
    named = rules.tables.states[_shown_state(case, rules, today)]
    closed = case.closed
    denial = rules.tables.denials.get(closed.reason) if closed and closed.reason else None
    request = visible(case, open_child)
    return {
        **documents.case(case),
        "request": documents.request(request) if request else None,
        "late": any(duty.late(today) for duty in duties),
        "drp": {"status": named.drp, "reason": (denial.drp if denial else named.drp_reason) or None},
        "verified": case.took(Step.VERIFIED) > 0,
        "extended": case.took(Step.EXTENDED) > 0,
        "closed": documents.utc(closed.at) if closed else None,
        "reason": closed.reason or None if closed else None,
        "to_erase": rules.to_erase(case),
        "duties": [duty_document(duty, today) for duty in duties],
        "check": list(rules.check(case).points),
        "steps": [
            {
                "event": step.event, "at": documents.utc(step.at), "actor": step.actor, "step": step.step.value,
                "state": step.state.value if step.state else None, "reason": step.reason or None,
                "note": step.note or None, "message": step.message,
            }
            for step in case.steps
        ],
    }  # fmt: skip


def duty_document(duty: Duty, today: date) -> dict[str, Any]:
    """One thing owed, as JSON. `days`: to the safe date, `days_to_last`: to the legal last; negative once it is over.
    `late` and `days_late` speak of the legal date alone, `past_safe` of the other."""
    return {
        "id": duty.of,
        "duty": duty.deed.value,
        "kind": None if duty.kind == "?" else duty.kind,
        "lane": duty.lane,
        "received": duty.received.isoformat(),
        "safe": duty.dates.safe.isoformat(),
        "last": duty.dates.last.isoformat(),
        "late": duty.late(today),
        "days": (duty.dates.safe - today).days,
        "past_safe": today > duty.dates.safe,
        "days_to_last": (duty.dates.last - today).days,
        "days_late": max((today - duty.dates.last).days, 0),
        "repeats": duty.repeats,
    }


def nearest(owed: Sequence[Duty], today: date) -> str:
    """The date that hurts first, in words; "" when there is none."""
    if not owed:
        return ""
    dates = owed[0].dates
    due = f"by {dates.safe} (legal last date {dates.last}): {when_due(owed[0], today)}"
    return f"{owed[0].of}, {owed[0].deed} {due}"


def when_due(duty: Duty, today: date) -> str:
    """How near a date is, in words that say which of the two is meant."""
    if duty.late(today):
        return f"LATE by {words.count((today - duty.dates.last).days, 'day')} (legal)"
    days, left = (duty.dates.safe - today).days, (duty.dates.last - today).days
    if not left:
        return "NOW: last day (legal)"
    if days < 0:
        return f"NOW: past safe, {words.count(left, 'day')} left"
    return "NOW: safe date today" if days == 0 else f"in {words.count(days, 'day')}"


def _who(case: "Case") -> str:
    request = visible(case, open_child=False)
    return "(erased)" if request is None else words.named(request.person)


def _shown_state(case: "Case", rules: "Rulebook", today: date) -> str:
    return EXPIRED if any(duty.late(today) for duty in rules.duties(case)) else case.state.value


def stands(case: "Case", rules: "Rulebook", today: date) -> str:
    """How a case stands today, in words."""
    late = _shown_state(case, rules, today) == EXPIRED
    return case_stands(rules.tables, case.state, case.closed.reason if case.closed else "", late, case.erased)


def _marks(case: "Case", rules: "Rulebook") -> str:
    marks = [rules.tables.lanes[case.lane].title]
    marks += [f"asked {case.asked}x"] if case.asked > 1 else []
    told = ", ".join(filter(None, marks))
    return f" ({told})" if told else ""


def _nearest(case: "Case", rules: "Rulebook") -> str:
    duties = rules.duties(case)
    if not duties:
        return "" if case.state.closed else "no date"
    return f"{duties[0].deed} by {duties[0].dates.safe}"


def _suppressed(stopped: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{number} ({words.CHANNELS[Channel(channel)]})" for number, channel in stopped)


def _dates(case: "Case", rules: "Rulebook", today: date) -> None:
    duties = rules.duties(case)
    if not duties:
        return
    console.out("Dates")
    for duty in duties:
        due = f"by {duty.dates.safe} (legal last date {duty.dates.last}): {when_due(duty, today)}"
        console.paragraph(f"{DEEDS[duty.deed]} {due}", "  ", hang=4)
    plain, longer = (rules.answer_due(case, extended=extended) for extended in (False, True))
    if plain and longer and longer != plain and not case.took(Step.EXTENDED) and today <= plain.last:
        console.paragraph(f"may be extended once, with a reason, to {longer.safe}: allegro-privacy case extend", "  ")


def _checks(case: "Case", rules: "Rulebook") -> None:
    check = rules.check(case)
    if case.state.closed:
        return
    console.out("Who asks")
    if not check.points:
        console.out("  nobody is asked for proof for this: it is done without")
    for point in check.points:
        console.paragraph(f"- {point}", "  ", hang=2)
    if check.required:
        console.out("  verified" if case.took(Step.VERIFIED) else "  not verified yet")
    if check.keeps:
        console.paragraph(f"What stays: {check.keeps}.", "  ")


def _step(step: "CaseStep", rules: "Rulebook", zone: str, case: "Case") -> str:
    said = STEPS[step.step]
    if step.step is Step.CLOSED and step.state:
        said = f"closed: {case_stands(rules.tables, step.state, step.reason)}"
    note = f": {step.note}" if step.note else ""
    again = f" (message {step.message[:12]})" if step.message and case.request else ""
    return f"{words.when(step.at, zone)}  #{step.event} {said}{note}{again} ({step.actor})"


def _erase_next(case: "Case") -> None:
    """A promise to delete is kept only when this database forgets them as well."""
    console.paragraph("Next: delete their data in the shop's other systems, tell them, then take it out of here:")
    console.out(f"  allegro-privacy erase {case.id}")
    console.say(f"  (-n shows first what goes. When it must stay: allegro-privacy case keep {case.id} --reason TEXT)")


def _next(case: "Case", rules: "Rulebook") -> None:
    if rules.to_erase(case):
        _erase_next(case)
        return
    step = rules.next_step(case)
    if step is None:
        console.out("Next: nothing. (allegro-privacy case reopen, should they write again)")
        return
    what, how = NEXT[step]
    outcome = rules.check(case).outcomes[0]
    ends = f"{outcome} --reason TEXT" if State(outcome) is State.PARTLY else outcome.value
    console.out(f"Next: {what}:")
    console.out(f"  allegro-privacy case {how.format(id=case.id, outcome=ends)}")
