"""`export deliver`: lists put on their recipients' servers, now or again."""

from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import Call, shared
from allegro_privacy.cli.exporting import group
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allegro_privacy.config import Settings
    from allegro_privacy.store.database import Database
    from allegro_privacy.workflow.delivering import Delivered


@group.command("deliver")
@shared("as_json", "actor")
def deliver(
    call: Call,
    recipient: Annotated[str, typer.Argument(metavar="NAME", help="Whose lists (default: everybody's).")] = "",
) -> int:
    """Put the lists that are not confirmed to have arrived on their recipients' servers."""
    from allegro_privacy.cli import documents_lists
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import delivering, insight

    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        done = delivering.deliver(database, settings, call.actor, utc_now, recipient)
    if call.as_json:
        console.document({"deliveries": [documents_lists.delivered(each) for each in done]})
    else:
        show_deliveries(call, done)
        if not done:
            call.say("Every list that is to be delivered has arrived.")
    return ExitCode.PARTLY if any(each.problem for each in done) else ExitCode.DONE


def deliver_now(call: Call, settings: "Settings", database: "Database", recipient: str) -> "tuple[Delivered, ...]":
    """What waits for a recipient, after `export` wrote a list; nothing when they get none by a server."""
    known = settings.recipients.get(recipient)
    if call.dry_run or not known or not known.deliver:
        return ()
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import delivering

    return delivering.deliver(database, settings, call.actor, utc_now, recipient)


def show_deliveries(call: Call, done: "Sequence[Delivered]") -> None:
    """Which arrived, and why others are not confirmed."""
    for each in done:
        one = f"number {each.export.sequence} ({each.export.channel}) for {each.export.recipient}"
        if each.problem is None:
            if not call.quiet:
                console.out(f"delivered: {one}, read back at {each.target} and the same")
            continue
        problem = each.problem
        words = " ".join(part for part in (problem.what, problem.why, problem.fix) if part)
        console.say(f"NOT delivered: {one}. {words}")
