"""Rights requests: which are open, one of them in full, and each step that staff take."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, app, shared
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from allegro_privacy.workflow.cases import Wish

group = typer.Typer(rich_markup_mode=None)
app.add_typer(
    group, name="case", rich_help_panel=EVERY_DAY, short_help="Work on privacy requests (access, deletion …)."
)

CaseId = Annotated[str, typer.Argument(metavar="ID", help="The number of the case, as the list shows it (C8).")]


@group.callback(invoke_without_command=True)
@shared("as_json")
def case(
    call: Call,
    ctx: typer.Context,
    closed: Annotated[bool, typer.Option("--all", help="Show the closed ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = 50,
) -> int:
    """List the open privacy requests, with the date of each. Then: allegro-privacy case show ID"""
    if ctx.invoked_subcommand:
        return ExitCode.DONE
    from allegro_privacy.cli import case_told
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases, insight

    settings = call.settings()
    rules, now = cases.rulebook(settings), utc_now()
    with insight.opened(settings) as database:
        found = cases.open_cases(database, closed)
    if call.as_json:
        rows = [case_told.document(each, rules, now) for each in found]
        console.document({"today": rules.today(now).isoformat(), "cases": rows})
        return ExitCode.DONE
    case_told.listed(found, rules, now, limit)
    if not found:
        call.say("No privacy request is open." if not closed else "There was no privacy request yet.")
    else:
        call.say(f'  (use "allegro-privacy case show {found[0].id}" to see what was asked and what is next)')
    return ExitCode.DONE


@group.command("show")
@shared("as_json")
def show(
    call: Call,
    case_id: CaseId,
    open_child: Annotated[
        bool, typer.Option("--open-child", help="Show a child's name, address and words in full.")
    ] = False,
) -> int:
    """Show one case: what was asked, by whom, what to check, the dates, what happened, what is next."""
    from allegro_privacy.cli import case_told
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases, insight

    settings = call.settings()
    rules, now = cases.rulebook(settings), utc_now()
    with insight.opened(settings) as database:
        found = cases.case(database, case_id)
        stopped = cases.stopped_with(database, found)
    if call.as_json:
        console.document(case_told.document(found, rules, now, open_child=open_child))
    else:
        case_told.shown(found, stopped, rules, now, open_child=open_child)
    return ExitCode.DONE


def _text(option: str, explained: str) -> Any:
    return typer.Option(option, metavar="TEXT", help=explained)


@group.command("acknowledge")
@shared("as_json", "dry_run", "actor")
def acknowledge(
    call: Call,
    case_id: CaseId,
    note: Annotated[str, _text("--note", "How they were told, in your words.")] = "",
) -> int:
    """Note that the person was told that their request arrived, and when they will have an answer."""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.ACKNOWLEDGED, note))


@group.command("verify")
@shared("as_json", "dry_run", "actor")
def verify(
    call: Call,
    case_id: CaseId,
    how: Annotated[str, _text("--how", "How the person was verified: what was compared, never the value itself.")],
) -> int:
    """Note how you made sure who asks. What to look at: allegro-privacy case show ID"""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.VERIFIED, how))


@group.command("start")
@shared("as_json", "dry_run", "actor")
def start(call: Call, case_id: CaseId, note: Annotated[str, _text("--note", "Anything worth knowing.")] = "") -> int:
    """Note that work on the answer has begun."""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.STARTED, note))


@group.command("extend")
@shared("as_json", "dry_run", "actor")
def extend(
    call: Call,
    case_id: CaseId,
    reason: Annotated[str, _text("--reason", "Why it takes longer; the person must be told the same.")],
) -> int:
    """Take the longer time that the law allows: once, and only before the first date."""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.EXTENDED, reason))


@group.command("close")
@shared("as_json", "dry_run", "actor")
def close(
    call: Call,
    case_id: CaseId,
    outcome: Annotated[
        str, typer.Argument(metavar="fulfilled|partly|denied|revoked", help="How it ended; revoked: they took it back.")
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="Why; for denied one of a list (no-match, insufficient-verification, …)."
        ),
    ] = "",
    note: Annotated[str, _text("--note", "More about a denial, in your words.")] = "",
    evidence: Annotated[
        str,
        typer.Option(
            "--evidence",
            metavar="ID",
            help="With revoked: their message that takes it back (R12 or M12); its question is answered with it.",
        ),
    ] = "",
) -> int:
    """Close a case after it was answered. What was suppressed stays suppressed."""
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.core.cases import Outcome, Step
    from allegro_privacy.workflow.cases import Wish

    ended = one_of(Outcome, outcome, "OUTCOME")
    if ended is Outcome.DENIED:
        return _take(call, case_id, Wish(Step.CLOSED, note, ended, reason.strip().lower(), evidence))
    said = "; ".join(part for part in (reason, note) if part)
    return _take(call, case_id, Wish(Step.CLOSED, said, ended, evidence=evidence))


@group.command("keep")
@shared("as_json", "dry_run", "actor")
def keep(
    call: Call,
    case_id: CaseId,
    reason: Annotated[str, _text("--reason", "Why it must stay, without the person's name or words.")],
) -> int:
    """Note why what is recorded is not erased after a deletion; status stops naming it."""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.KEPT, reason))


@group.command("reopen")
@shared("as_json", "dry_run", "actor")
def reopen(call: Call, case_id: CaseId, reason: Annotated[str, _text("--reason", "Why it is opened again.")]) -> int:
    """Open a closed case again. Its dates still run from the day it was received."""
    from allegro_privacy.core.cases import Step
    from allegro_privacy.workflow.cases import Wish

    return _take(call, case_id, Wish(Step.REOPENED, reason))


def _take(call: Call, case_id: str, wish: "Wish") -> int:
    from allegro_privacy.cli import case_told
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases, insight

    settings = call.settings()
    rules, now = cases.rulebook(settings), utc_now()
    with insight.opened(settings, read_only=False) as database:
        taken = cases.take(database, rules, case_id, wish, call.actor, now, call.dry_run)
        stopped = cases.stopped_with(database, taken.case)
    if call.as_json:
        facts = {"dry_run": call.dry_run, "summary": taken.receipt.summary, "events": list(taken.receipt.events)}
        told = case_told.document(taken.case, rules, now)
        console.document({**facts, "head": taken.receipt.head, "case": told})
    elif not call.quiet:
        console.out(taken.receipt.summary + (" (not recorded: dry run)" if call.dry_run else ""))
        case_told.afterwards(taken.case, stopped, rules)
    return ExitCode.DONE
