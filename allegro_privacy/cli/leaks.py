"""A list that was sent, held against the ledger: who was mailed after they had asked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import LISTS, Call, command
from allegro_privacy.cli.scrub import ColumnNames, Delimiter, Encoding, NoHeader, wanted_of
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from allegro_privacy.workflow.leaks import Checked, Errand, Named

SHOWN = 50

File = Annotated[str, typer.Argument(metavar="FILE", help="The list that was sent, a send log, or - for stdin.")]
To = Annotated[str, typer.Option("--to", metavar="NAME", help="Who sent it: a recipient as `export --to` has it.")]
DropId = Annotated[str, typer.Option("--drop", metavar="ID", help="The planned mailing that it was (D12).")]
Sent = Annotated[
    str, typer.Option("--sent", metavar="DATE", help="The day on which all of it was sent (default: a column says).")
]
SentColumn = Annotated[
    str, typer.Option("--sent-column", metavar="NAME", help="The column that says when each row was sent.")
]
Channels = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="How it was sent: email, post or phone.")]
Check = Annotated[bool, typer.Option("--check", help="Exit 4 when anybody was mailed after they had asked.")]


@command("leaks", LISTS, "as_json", "dry_run", "actor")
def leaks(
    call: Call,
    file: File,
    to: To = "",
    drop: DropId = "",
    sent: Sent = "",
    sent_column: SentColumn = "",
    channel: Channels = "",
    check: Check = False,
    column: ColumnNames = None,
    delimiter: Delimiter = "",
    encoding: Encoding = "",
    no_header: NoHeader = False,
) -> int:
    """Check a list that was sent, or a send log: who was mailed after opting out, and was that in time."""
    from allegro_privacy.cli import words
    from allegro_privacy.workflow import insight
    from allegro_privacy.workflow import leaks as checking

    settings = call.settings()
    errand = _errand(call, file, channel, {
        "recipient": to, "drop": drop, "time_column": sent_column,
        "sent": words.day(sent, "--sent") if sent else None,
        "wanted": wanted_of(column or (), delimiter, encoding, no_header),
    })  # fmt: skip
    with insight.opened(settings, read_only=False) as database:
        found = checking.check(database, settings, errand)
    if call.as_json:
        console.document({"dry_run": call.dry_run, **_document(found)})
    elif not call.quiet or found.leaks:
        _show(call, found)
    return ExitCode.FOUND if check and found.leaks else ExitCode.DONE


def _errand(call: Call, file: str, channel: str, more: dict[str, Any]) -> "Errand":
    import sys

    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow.leaks import Errand

    return Errand(
        file=None if file == "-" else Path(file),
        stream=sys.stdin.buffer if file == "-" else None,
        actor=call.actor,
        now=utc_now(),
        channel=one_of(Channel, channel, "--channel") if channel else None,
        dry_run=call.dry_run,
        **more,
    )


def _show(call: Call, found: "Checked") -> None:
    from allegro_privacy.cli import words

    call.say(f"{found.file}: {found.shown}")
    rows = words.count(found.counts["rows"], "row")
    if not found.leaks:
        console.out(f"{rows}: nobody was mailed after they had asked.")
    else:
        people = len({each.leak.suppression for each in found.leaks})
        outside = sum(not each.leak.within for each in found.leaks)
        console.out(
            f"{rows}: {words.count(people, 'person was', 'people were')} mailed after they had asked "
            f"({len(found.leaks) - outside:,} in time, {outside:,} not)"
        )
    for each in found.leaks[:SHOWN]:
        _show_leak(each)
    if len(found.leaks) > SHOWN:
        console.out(f"… and {len(found.leaks) - SHOWN:,} more (--json lists all)")
    for row, suppression in found.looks[:SHOWN]:
        console.out(f"  line {row:,}: perhaps {suppression}, a person must look")
    _show_rest(call, found)


def _show_leak(named: "Named") -> None:
    from allegro_privacy.cli import told, words

    one, leak = named.suppression, named.leak
    who = "somebody erased" if one.erased else told.shown_person(one)
    console.paragraph(
        f"{one.id}  {who}: asked {leak.asked}, mailed {leak.sent}, {words.count(leak.days, 'day')} after; "
        f"{words.in_time(leak.within, leak.last)}",
        "  ", hang=5,
    )  # fmt: skip
    if not one.erased and one.active:
        # What a letter says of a lifted suppression would not be true any more.
        console.out(f"       (answer: allegro-privacy reply {one.id} --template {named.reply})")


def _show_rest(call: Call, found: "Checked") -> None:
    from allegro_privacy.cli import words

    counts = found.counts
    rest = (
        (counts["unreadable"], "could not be read"),
        (counts["undated"], "met somebody but do not say when they were sent"),
        (counts["passed"], "met somebody but are no sendings"),
    )
    for number, what in rest:
        if number:
            console.out(f"  {words.count(number, 'row')}: {what}")
    if call.dry_run:
        call.say("  (not recorded: dry run)")
    elif found.again:
        call.say(f"  (K{found.event}: recorded before, nothing was added)")
    else:
        call.say(f'  (recorded as K{found.event}; "allegro-privacy why ID" tells it of each person)')
    if any(not each.leak.within for each in found.leaks):
        call.say("  (show the owner what was not in time before you answer)")


def _document(found: "Checked") -> dict[str, Any]:
    from allegro_privacy.cli.told_drops import drop

    return {
        "event": found.event or None,
        "recorded_before": found.again,
        "file": found.file,
        "sha256": found.sha256,
        "channel": found.channel.value,
        "recipient": found.recipient or None,
        "drop": drop(found.drop) if found.drop else None,
        "counts": {**found.counts, "leaks": len(found.leaks)},
        "leaks": [_leak_document(each) for each in found.leaks],
        "looks": [{"line": row, "suppression": suppression} for row, suppression in found.looks],
    }


def _leak_document(named: "Named") -> dict[str, Any]:
    from allegro_privacy.cli.documents import suppression

    leak = named.leak
    return {
        "suppression": suppression(named.suppression),
        "asked": leak.asked.isoformat(),
        "sent": leak.sent.isoformat(),
        "days": leak.days,
        "within": leak.within.value or None,
        "clock_ends": leak.last.isoformat() if leak.last else None,
        "reply": named.reply,
    }
