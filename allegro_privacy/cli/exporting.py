"""The lists that leave: `export`, who holds which of them, and what they said of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import LISTS, Call, app, shared
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allegro_privacy.store.rows import Holding
    from allegro_privacy.workflow.outgoing import Left
    from allegro_privacy.workflow.receipts import Acknowledged

group = typer.Typer(rich_markup_mode=None)
app.add_typer(
    group,
    name="export",
    rich_help_panel=LISTS,
    short_help="Write the list for a mail house or a mail platform, with its manifest.",
)

GUARDS = ("empty", "shrink", "stale", "unverified", "erased", "restored")
Channels = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="email, post or phone.")]
Recipient = Annotated[
    str, typer.Option("--to", metavar="NAME", help="Who gets the list: a recipient of the configuration, or a name.")
]
ManyChannels = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar="CHANNEL", help="email, post or phone; may be repeated (default: those in use)."),
]
Full = Annotated[bool, typer.Option("--full", help="Everybody, also when the configuration says delta.")]
Delta = Annotated[bool, typer.Option("--delta", help="What changed since the list that they acknowledged.")]
After = Annotated[
    int, typer.Option("--after", metavar="NUMBER", min=0, help="What changed since their list of this number.")
]


Empty = Annotated[str, typer.Option("--allow-empty", metavar="REASON", help="Write a list without anybody in it.")]
Shrink = Annotated[str, typer.Option("--allow-shrink", metavar="REASON", help="Write a list that has shrunk.")]
Stale = Annotated[str, typer.Option("--allow-stale", metavar="REASON", help="Write though the last pull is old.")]
Unverified = Annotated[str, typer.Option("--allow-unverified", metavar="REASON", help="Write though verify fails.")]
Erased = Annotated[
    str, typer.Option("--allow-erased", metavar="REASON", help="Write though it cannot name who was erased since.")
]
Restored = Annotated[
    str,
    typer.Option("--allow-restored", metavar="REASON", help="Write though lists left that the database forgot."),
]
AccountWide = Annotated[
    str,
    typer.Option("--account-wide", metavar="REASON", help="Write for a platform that would stop receipts too."),
]


@group.callback(invoke_without_command=True)
@shared("as_json", "dry_run", "actor")
def export(
    call: Call,
    ctx: typer.Context,
    to: Recipient = "in-house",
    channel: ManyChannels = None,
    full: Full = False,
    delta: Delta = False,
    after: After = 0,
    allow_empty: Empty = "",
    allow_shrink: Shrink = "",
    allow_stale: Stale = "",
    allow_unverified: Unverified = "",
    allow_erased: Erased = "",
    allow_restored: Restored = "",
    account_wide: AccountWide = "",
) -> int:
    """Write the list for a mail house or a mail platform, with its manifest."""
    if ctx.invoked_subcommand:
        return ExitCode.DONE
    from allegro_privacy.cli import documents_lists
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.cli.exporting_delivery import deliver_now, show_deliveries
    from allegro_privacy.core.listing import Change
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow import insight, judge, outgoing

    if full and (delta or after):
        raise UsageError("--full does not go together with --delta or --after.", "", "Leave one of them out.")
    settings = call.settings()
    given = (allow_empty, allow_shrink, allow_stale, allow_unverified, allow_erased, allow_restored)
    reasons = dict(zip(GUARDS, given, strict=True))
    options = {**{f"--allow-{guard}": reason for guard, reason in reasons.items()}, "--account-wide": account_wide}
    errand = outgoing.Errand(
        recipient=to,
        rules=judge.appoint(settings).rules.version,
        actor=call.actor,
        now=utc_now(),
        channels=tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in channel or ())),
        change=Change.FULL if full else Change.DELTA if delta or after else None,
        after=after,
        overrides={option: reason for option, reason in options.items() if reason.strip()},
        dry_run=call.dry_run,
    )
    with insight.opened(settings, read_only=False) as database:
        done = outgoing.export(database, settings, errand)
        deliveries = deliver_now(call, settings, database, to)
    sent = all(each.problem is None for each in deliveries)
    if call.as_json:
        exports = [each.document() for each in done.left]
        tried = [documents_lists.delivered(each) for each in deliveries]
        console.document({"dry_run": call.dry_run, "exports": exports, "told": done.told, "deliveries": tried})
        return ExitCode.DONE if sent else ExitCode.PARTLY
    for words in done.told:
        call.say(words)
    if not call.quiet:
        _show_lists(done.left, call.dry_run, bool(deliveries))
    show_deliveries(call, deliveries)
    return ExitCode.DONE if sent else ExitCode.PARTLY


@group.command("status")
@shared("as_json")
def status(call: Call) -> int:
    """Who holds which list, and who has not acknowledged the last one."""
    from allegro_privacy.cli import documents_lists
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings) as database:
        found = insight.holdings(database)
    if call.as_json:
        console.document({"recipients": [documents_lists.holding(each) for each in found]})
        return ExitCode.DONE
    if not found:
        call.say('No list has left yet.\n  (use "allegro-privacy export --to NAME" to write one)')
    elif not call.quiet:
        _show_holdings(found, settings.shop.time_zone)
    return ExitCode.DONE


@group.command("seed")
@shared("as_json")
def seed(
    call: Call,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO", help="An e-mail address, or the name (and address) as it is printed on a piece of mail."
        ),
    ],
) -> int:
    """Tell whose list leaked, by the decoy that was written to."""
    from allegro_privacy.cli import documents_lists, words
    from allegro_privacy.workflow import decoys, insight

    settings = call.settings()
    with insight.opened(settings) as database:
        known = decoys.whose(database, "\n".join(who))
    if call.as_json:
        console.document({"decoy": documents_lists.decoy(known) if known else None})
    elif known is None:
        call.say("No decoy of ours goes by that.")
        call.say("  (a decoy is found by its e-mail address or by its whole name)")
    else:
        one, whose = known.decoy, known.exports[0].recipient
        place = one.address.as_given.splitlines() if one.address else [one.email]
        console.paragraph(f"{', '.join((one.name, *place))}: a decoy, {one.id} in the lists of {whose}", "")
        for each in known.exports:
            when = words.when(each.at, settings.shop.time_zone)
            console.out(f"  number {each.sequence} ({each.channel}), {when}: {each.file}")
        call.say(f"Nobody but {whose} got it: whoever wrote there has a list of theirs.")
    return ExitCode.DONE


@group.command("ack")
@shared("as_json", "dry_run", "actor")
def ack(
    call: Call,
    recipient: Annotated[str, typer.Argument(metavar="NAME", help="Who acknowledges.")],
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", min=0, help="The number of the list (default: the last one).")
    ] = 0,
    channel: Channels = "",
    applied: Annotated[
        int | None, typer.Option("--applied", metavar="ROWS", min=0, help="How many rows they applied.")
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", metavar="FILE", help="A CSV of the rows that they could not apply: row_id, code."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What else they said.")] = "",
) -> int:
    """Record that a recipient applied a list, and show what they could not apply."""
    from allegro_privacy.cli import documents_lists
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow import insight, receipts

    settings = call.settings()
    said = receipts.Receipt(
        recipient, number, one_of(Channel, channel, "--channel") if channel else None, applied, receipt, note
    )
    with insight.opened(settings, read_only=False) as database:
        done = receipts.acknowledge(database, said, call.actor, utc_now(), call.dry_run)
    if call.as_json:
        console.document({"dry_run": call.dry_run, **documents_lists.acknowledged(done)})
    elif not call.quiet:
        _show_acknowledged(done, settings.shop.time_zone)
    return ExitCode.DONE


def _show_lists(left: "Iterable[Left]", dry_run: bool, delivered: bool) -> None:
    from allegro_privacy.cli import words

    shown = tuple(left)
    for one in shown:
        manifest = one.manifest
        console.out(
            f"{manifest.channel}: {words.count(manifest.rows, 'row', 'rows')} for {manifest.recipient}, "
            f"number {manifest.sequence}" + (" (not written: dry run)" if dry_run else "")
        )
        for path in one.files:
            console.out(f"  {path}")
        console.paragraph(one.how_to_apply, "  ")
        if manifest.encrypted_to:
            names = ", ".join(each.sealed for each in manifest.files)
            console.paragraph(f"encrypted to {manifest.encrypted_to}: send only {names}", "  ", hang=2)
        if manifest.held:
            reasons = ", ".join(f"{number:,} {reason}" for reason, number in manifest.held.items())
            console.out(f"  held out, a person must look: {reasons}")
        if manifest.cut:
            cut = ", ".join(f"{number:,} in {column}" for column, number in manifest.cut.items())
            console.out(f"  shortened, as the layout allows: {cut}")
        for level, number in manifest.left_out.items():
            console.out(f"  left out, as the configuration says: {number:,} of level {level}")
        if manifest.erased:
            who = words.count(manifest.erased, "erased person is", "erased people are")
            console.out(f"  {who} matched here but cannot be listed")
    if shown and not dry_run:
        first = shown[0].manifest
        what = "each encrypted file" if first.encrypted_to else "each list"
        do = "it goes to their server; keep it" if delivered else f"send {what} with its .manifest.json, and keep both"
        console.say(f"  ({do}; when they tell that it is applied:")
        console.say(f'   "allegro-privacy export ack {first.recipient} {first.sequence}")')


def _show_holdings(found: "Iterable[Holding]", zone: str) -> None:
    from allegro_privacy.cli import words

    waiting = []
    rows = []
    holdings = tuple(found)
    for each in holdings:
        last, known = each.last, each.known
        if each.behind:
            waiting.append(each)
        rows.append(
            (
                last.recipient,
                last.channel.value,
                f"{last.sequence} ({last.change})",
                words.when(last.at, zone)[:10],
                words.count(last.rows, "row"),
                f"{known.sequence}" if known else "none",
                words.count(each.behind, "list") + " behind" if each.behind else "up to date",
                _arrival(each, zone),
            )
        )
    console.table([("recipient", "channel", "last", "sent", "rows", "acknowledged", "", "delivered"), *rows])
    if any(each.delivery and not each.delivery.at for each in holdings):
        console.say('  (use "allegro-privacy export deliver" to try the deliveries again that are not confirmed)')
    for each in waiting[:1]:
        console.say(f'  (ask them, then use "allegro-privacy export ack {each.last.recipient} {each.last.sequence}")')


def _arrival(holding: "Holding", zone: str) -> str:
    from allegro_privacy.cli import words

    if holding.delivery is None:
        return ""
    return words.when(holding.delivery.at, zone)[:10] if holding.delivery.at else "NOT CONFIRMED"


def _show_acknowledged(done: "Acknowledged", zone: str) -> None:
    from allegro_privacy.cli import told, words

    one = done.export
    known = " (already recorded)" if done.again else ""
    console.out(f"{one.recipient} applied number {one.sequence} ({one.channel}){known}: {one.file}")
    if done.applied is not None:
        console.out(f"  {words.count(done.applied, 'row')} of {one.rows:,} applied")
    people = {each.id: each for each in done.people}
    for row, code in done.rejected:
        person = told.suppression(people[row], zone) if row in people else row
        console.paragraph(f"not applied ({code or 'no reason given'}): {person}", "  ", hang=4)
    if done.missing:
        about = "that they name nowhere" if done.missing > 0 else "more than the list held"
        console.out(f"  {words.count(abs(done.missing), 'row')} {about}")
    for row in done.strange:
        console.out(f"  {row} was not in that list")
    if done.rejected or done.missing or done.strange:
        console.say("  (whoever was not applied may be mailed: ask the recipient to add them, or send a new list)")
