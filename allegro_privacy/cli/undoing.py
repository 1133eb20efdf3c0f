"""What takes something back: lift ends a suppression, erase removes a person's words. Both confirmed, both recorded."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import OVERSIGHT, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.store.rows import Suppression


@command("lift", OVERSIGHT, "as_json", "dry_run", "yes", "no_input", "actor")
def lift(
    call: Call,
    suppression: Annotated[
        str, typer.Argument(metavar="ID", help="The number of the suppression, as find shows it (S12).")
    ],
    evidence: Annotated[
        str,
        typer.Option(
            "--evidence",
            metavar="TEXT",
            help="The customer's own words, with where and when they said so; or the number of their message (M12).",
        ),
    ],
) -> int:
    """Undo a suppression, on the customer's own word."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import answers, insight

    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        row = answers.to_lift(database, suppression, evidence)
        _show_suppression(call, row, settings.shop.time_zone)
        if not call.dry_run:
            call.confirm(f"Lift {row.id}, so that marketing may be sent there again?")
        receipt = answers.lift(database, row.id, evidence, call.actor, utc_now(), call.dry_run)
    _show_receipt(call, receipt.summary, {"events": list(receipt.events), "head": receipt.head})
    return ExitCode.DONE


@command("erase", OVERSIGHT, "as_json", "dry_run", "yes", "no_input", "actor")
def erase(
    call: Call,
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="Exactly one person: an e-mail address, a phone number, or a number like S12, R12, C12."
        ),
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for the record; without the person's name.")
    ] = "",
    due: Annotated[
        bool, typer.Option("--due", help="Instead of WHO: what is kept longer than [retention] says (for cron).")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="With --due: so many messages and requests in one run.")
    ] = 10_000,
    hold: Annotated[
        str, typer.Option("--hold", metavar="TEXT", help="Erase nothing about WHO from now on, and why (legal hold).")
    ] = "",
    release: Annotated[str, typer.Option("--release", metavar="TEXT", help="End the legal hold on WHO, and why.")] = "",
) -> int:
    """Erase a person's data, or what is kept too long. Suppressions go on working."""
    if due == bool(who) or sum(map(bool, (due, hold, release))) > 1:
        raise UsageError(
            "Say whom to erase, or --due, not both.", "", "allegro-privacy erase WHO   or   allegro-privacy erase --due"
        )
    if due:
        return _erase_due(call, limit)
    return _hold(call, who, hold, release) if hold or release else _erase(call, who, reason)


def _erase(call: Call, who: str, reason: str) -> int:
    from allegro_privacy.cli import told_erasure
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import erasing, insight

    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        plan, lists = erasing.plan(database, settings, who)
        if not call.quiet and not call.as_json:
            told_erasure.plan(plan, lists, settings.shop.time_zone)
        if not call.dry_run and plan.goes:
            call.confirm(f"Erase everything recorded about {who} but what must stay? This cannot be undone.")
        receipt = erasing.erase(database, who, reason, call.actor, utc_now(), call.dry_run)
    facts = {
        "event": receipt.event, "head": receipt.head, "erased": list(receipt.erased), "kept": list(receipt.kept),
        "mentions": list(receipt.mentions), "counts": dict(plan.kinds), "stays": list(plan.stays),
        "open_cases": list(plan.open_cases), "tickets": list(plan.tickets), "lists": [path.name for path in lists],
        "legal": [f"M{each}" for each in plan.legal], "outside": list(plan.outside),
    }  # fmt: skip
    _show_receipt(call, receipt.summary, facts)
    return ExitCode.DONE


def _hold(call: Call, who: str, hold: str, release: str) -> int:
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import erasing, insight

    with insight.opened(call.settings(), read_only=False) as database:
        if not call.dry_run:
            what = "Keep everything about" if hold else "End the legal hold on"
            call.confirm(f"{what} {who}?")
        act = erasing.place_hold if hold else erasing.release_hold
        receipt = act(database, who, hold or release, call.actor, utc_now(), call.dry_run)
    _show_receipt(call, receipt.summary, {"events": list(receipt.events), "head": receipt.head})
    return ExitCode.DONE


def _erase_due(call: Call, limit: int) -> int:
    from allegro_privacy.cli import told_erasure
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import erasing, insight

    settings, now = call.settings(), utc_now()
    with insight.opened(settings, read_only=False) as database:
        if call.dry_run:
            swept = erasing.find_due(database, settings, now, limit)
        else:
            call.confirm("Erase what is kept longer than [retention] says? This cannot be undone.")
            swept = erasing.erase_due(database, settings, call.actor, now, limit)
    if call.as_json:
        facts = {"events": swept.events, "kept_back": swept.kept_back, "files": list(swept.files)}
        numbers = {
            "text": [f"M{each}" for each in swept.text],
            "ignored": [f"M{each}" for each in swept.ignored],
            "cases": [f"C{each}" for each in swept.cases],
        }
        console.document({
            "dry_run": call.dry_run, **numbers, **facts, "problems": list(swept.problems), "more": swept.more,
        })  # fmt: skip
        return ExitCode.PARTLY if swept.problems else ExitCode.DONE
    if not call.quiet:
        told_erasure.due(swept, settings, not call.dry_run)
    for problem in swept.problems:
        console.say_paragraph(f"could not be removed: {problem}", hang=4)
    return ExitCode.PARTLY if swept.problems else ExitCode.DONE


def _show_suppression(call: Call, row: "Suppression", zone: str) -> None:
    """Whose suppression it is, before anything is done about it."""
    from allegro_privacy.cli import told

    if not call.quiet and not call.as_json:
        console.say_paragraph(told.suppression(row, zone), hang=4)


def _show_receipt(call: Call, summary: str, facts: dict[str, Any]) -> None:
    if call.as_json:
        console.document({"dry_run": call.dry_run, "summary": summary, **facts})
    elif not call.quiet:
        console.out(summary + (" (not recorded: dry run)" if call.dry_run else ""))
