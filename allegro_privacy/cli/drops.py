"""The calendar of planned mailings: what is ahead, and what may still reach somebody who opted out."""

from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import LISTS, Call, app, shared
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import date

    from allegro_privacy.workflow.drops import Planned, Wanted

group = typer.Typer(rich_markup_mode=None)
app.add_typer(
    group,
    name="drops",
    rich_help_panel=LISTS,
    short_help="Keep the calendar of planned mailings.",
)

DropId = Annotated[str, typer.Argument(metavar="ID", help="The number of the mailing, as the list shows it (D12).")]
Cut = Annotated[
    str, typer.Option("--cut", metavar="DATE", help="The day on which its file is cut: who asks later may get it.")
]
InHome = Annotated[
    str,
    typer.Option("--in-home", metavar="DATE[..DATE]", help="The day, or the days, on which it arrives (or is sent)."),
]
To = Annotated[str, typer.Option("--to", metavar="NAME", help="Who prepares it: a recipient as `export --to` has it.")]
Channels = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="post (the default), email or phone.")]
Used = Annotated[str, typer.Option("--export", metavar="E12", help="The list that is applied to it, if known.")]


@group.callback(invoke_without_command=True)
@shared("as_json")
def drops(
    call: Call,
    ctx: typer.Context,
    past: Annotated[bool, typer.Option("--all", help="Show those that are over or cancelled too.")] = False,
) -> int:
    """Show the planned mailings that may still arrive, the next cut first."""
    if ctx.invoked_subcommand:
        return ExitCode.DONE
    from allegro_privacy.cli import told_drops
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import drops as calendar
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings) as database:
        found = calendar.calendar(database, settings, utc_now(), past)
    if call.as_json:
        console.document({"drops": [told_drops.document(each) for each in found]})
        return ExitCode.DONE
    if not found:
        call.say("No mailing is planned.")
        call.say('  (use "allegro-privacy drops add NAME --cut DATE --in-home DATE --to RECIPIENT")')
    told_drops.listed(found)
    return ExitCode.DONE


@group.command("add")
@shared("as_json", "dry_run", "actor")
def add(
    call: Call,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What customers know it by; letters to them name it.")],
    cut: Cut,
    in_home: InHome,
    to: To,
    channel: Channels = "",
    export: Used = "",
) -> int:
    """Write a planned mailing into the calendar."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import drops as calendar
    from allegro_privacy.workflow import insight

    settings, wanted = call.settings(), _wanted(name, cut, in_home, to, channel, export)
    with insight.opened(settings, read_only=False) as database:
        planned = calendar.add(database, settings, wanted, call.actor, utc_now(), call.dry_run)
    return _show(call, planned)


@group.command("change")
@shared("as_json", "dry_run", "actor")
def change(
    call: Call,
    drop_id: DropId,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What customers know it by.")] = "",
    cut: Cut = "",
    in_home: InHome = "",
    to: To = "",
    channel: Channels = "",
    export: Annotated[
        str, typer.Option("--export", metavar="E12", help='The list that is applied to it; "none": not known.')
    ] = "",
) -> int:
    """Change what is planned; what is not given stays as it was."""
    return _change(call, drop_id, _wanted(name, cut, in_home, to, channel, export))


@group.command("used")
@shared("as_json", "dry_run", "actor")
def used(
    call: Call,
    drop_id: DropId,
    export: Annotated[str, typer.Argument(metavar="E12", help="The list that was applied to it.")],
) -> int:
    """Note which list was applied to a mailing: from then on the list says who may still get it."""
    return _change(call, drop_id, _wanted("", "", "", "", "", export))


@group.command("cancel")
@shared("as_json", "dry_run", "actor")
def cancel(
    call: Call,
    drop_id: DropId,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words; it is recorded.")] = "",
) -> int:
    """Note that a mailing will not be sent. It stays in the calendar, as cancelled."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import drops as calendar
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        planned = calendar.cancel(database, settings, drop_id, note, call.actor, utc_now(), call.dry_run)
    return _show(call, planned)


def _change(call: Call, drop_id: str, wanted: "Wanted") -> int:
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import drops as calendar
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        planned = calendar.change(database, settings, drop_id, wanted, call.actor, utc_now(), call.dry_run)
    return _show(call, planned)


def _wanted(name: str, cut: str, in_home: str, to: str, channel: str, export: str) -> "Wanted":
    from allegro_privacy.cli import words
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow.drops import Wanted

    return Wanted(
        name=name or None,
        channel=one_of(Channel, channel, "--channel") if channel else None,
        recipient=to or None,
        file_cut=words.day(cut, "--cut") if cut else None,
        in_home=_days(in_home) if in_home else None,
        export={"": None, "none": ""}.get(export.lower(), export),
    )


def _days(text: str) -> "tuple[date, date]":
    from allegro_privacy.cli import words

    first, several, last = text.partition("..")
    days = words.day(first.strip(), "--in-home"), words.day((last if several else first).strip(), "--in-home")
    if days[0] > days[1]:
        raise UsageError("The days end before they begin.", f"--in-home {text}.", "Swap the two days.")
    return days


def _show(call: Call, planned: "Planned") -> int:
    from allegro_privacy.cli import told_drops

    if call.as_json:
        console.document({"dry_run": call.dry_run, "drop": told_drops.document(planned)})
    elif not call.quiet:
        told_drops.listed((planned,), " (not recorded: dry run)" if call.dry_run else "")
    return ExitCode.DONE
