"""What is due and what is late: for people, for cron, for a calendar."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import OVERSIGHT, Call, command
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from allegro_privacy.core.duties import Duty


@command("deadlines", OVERSIGHT, "as_json")
def deadlines(
    call: Call,
    check: Annotated[
        bool, typer.Option("--check", help="For cron: end with 4 when something is late or its safe date is reached.")
    ] = False,
    within: Annotated[
        int, typer.Option("--within", metavar="DAYS", min=0, help="With --check: so many days before the safe date.")
    ] = 0,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write the dates as a calendar file, without names.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = 50,
) -> int:
    """Show what is due and what is late, what hurts first at the top."""
    from allegro_privacy.cli import case_told
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases, docket, insight

    settings = call.settings()
    rules, now = cases.rulebook(settings), utc_now()
    today = rules.today(now)
    with insight.opened(settings) as database:
        owed = docket.duties(database, rules, now)
    if ics is not None:
        docket.write_calendar(ics, owed, settings.shop.name, now)
    pressing = [duty for duty in owed if duty.presses(today, within)]
    late = sum(duty.late(today) for duty in owed)
    if call.as_json:
        counts = {"late": late, "pressing": len(pressing), "today": today.isoformat(), "zone": settings.shop.time_zone}
        console.document({**counts, "deadlines": [case_told.duty_document(each, today) for each in owed]})
    elif check:
        _show(pressing, today, limit)
        if not pressing:
            call.say("Nothing is late, and no safe date is reached.")
    elif not call.quiet:
        _show(owed, today, limit)
        _told(call, owed, ics)
    return ExitCode.FOUND if check and pressing else ExitCode.DONE


def _show(owed: "Sequence[Duty]", today: "date", limit: int) -> None:
    from allegro_privacy.cli.case_told import when_due
    from allegro_privacy.core.lanes import Lane

    rows = []
    for duty in owed[:limit]:
        marks = ["" if duty.lane == Lane.CUSTOMER else duty.lane, f"asked {duty.repeats + 1}x" if duty.repeats else ""]
        about = (duty.of, duty.deed, duty.kind, duty.dates.safe, duty.dates.last)
        rows.append((when_due(duty, today), *about, ", ".join(filter(None, marks))))
    if rows:
        console.table(rows, ("when", "", "to do", "about", "safe date", "legal last", ""))
    if len(owed) > limit:
        console.out(f"… and {len(owed) - limit:,} more (--limit shows them)")


def _told(call: Call, owed: "Sequence[Duty]", ics: Path | None) -> None:
    if not owed:
        call.say("Nothing is due: no privacy request with a date is open, and no question waits.")
    elif owed[0].of.startswith("R"):
        call.say(f'  (use "allegro-privacy review" to decide {owed[0].of}; its time runs since the mail came)')
    else:
        call.say(f'  (use "allegro-privacy case show {owed[0].of}" to see what is next)')
    if ics is not None:
        call.say(f"Wrote {len(owed):,} dates to {ics}.")
