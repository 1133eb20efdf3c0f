"""What comes in and goes out: pull, classify, export."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, LISTS, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from allegro_privacy.config import Settings
    from allegro_privacy.workflow.judge import Tally
    from allegro_privacy.workflow.outgoing import Left

EVERY = "5m"
GUARDS = ("empty", "shrink", "stale", "unverified", "erased")


@command("pull", EVERY_DAY, "as_json", "dry_run", "actor")
def pull(
    call: Call,
    source: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="A mailbox's name, maildir:PATH, mbox:PATH, eml:PATH (file or folder); default: all mailboxes.",
        ),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="Leave older mail on servers alone, for good (YYYY-MM-DD).")
    ] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and pull whenever a mailbox says that mail came.")
    ] = False,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="With --watch: pull so often anyway, at most every 25m.")
    ] = EVERY,
) -> int:
    """Read new mail, decide, record, acknowledge."""
    settings = call.settings()
    after = _since(since, settings)
    if every != EVERY and not watch:
        raise UsageError(
            "--every is for --watch.", "A single pull has no rhythm.", "Add --watch, or leave --every out."
        )
    if watch:
        return _watch(call, settings, source or (), after, every)
    return _pull_once(call, settings, source or (), after)


def _since(written: str, settings: "Settings") -> "datetime | None":
    """The first moment of that day at the shop."""
    from allegro_privacy.cli import words

    return words.start_of(words.day(written, "--since"), settings.shop.time_zone) if written else None


def _pull_once(
    call: Call, settings: "Settings", source: "Sequence[str]", since: "datetime | None", only_news: bool = False
) -> ExitCode:
    from allegro_privacy.cli import monitor
    from allegro_privacy.workflow import judge

    tally = judge.Tally()
    with monitor.told(call, settings, tally):
        _pull(call, settings, source, tally, since, only_news)
    return monitor.exit_code(tally)


def _watch(call: Call, settings: "Settings", source: "Sequence[str]", since: "datetime | None", every: str) -> ExitCode:
    import signal

    from allegro_privacy import schema
    from allegro_privacy.workflow import intake, watch

    places = intake.places(settings, source)
    try:
        seconds = schema.age(every).total_seconds()
    except schema.UnfitError as problem:
        raise UsageError(f"--every {every} cannot be used.", f"It {problem}.", "For example: --every 5m") from problem
    if call.as_json:
        raise UsageError("--watch has no --json.", "It never ends, and a document has an end.", "Pull again and again.")
    if call.dry_run:
        raise UsageError("--watch has no dry run.", "It would look at the same mail for ever.", "Leave --watch out.")

    def end(*_: object) -> None:
        raise SystemExit(ExitCode.DONE)

    # A service manager ends us so. Whatever is not committed is rolled back, and read again by the next start.
    signal.signal(signal.SIGTERM, end)

    def pull() -> None:
        _pull_once(call, settings, source, since, only_news=True)

    call.say(f"watching {', '.join(place.name or place.spec for place in places)}; Ctrl-C ends it")
    watch.watch(settings, [place.account for place in places if place.account], pull, console.say, seconds)
    return ExitCode.DONE


def _pull(
    call: Call,
    settings: "Settings",
    source: "Sequence[str]",
    tally: "Tally",
    since: "datetime | None",
    only_news: bool,
) -> None:
    from allegro_privacy.cli import told_mail
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import batches, insight, intake, judge

    places = intake.places(settings, source)
    appointed = judge.appoint(settings)
    with insight.opened(settings, read_only=False) as database:
        run = batches.Run(appointed, database, call.actor, utc_now, call.dry_run, since=since)
        # Whoever reads our output may go away: then the reading ends before the database is closed.
        with closing(intake.pull(run, places, tally)) as outcomes:
            if call.as_json:
                told_mail.stream(outcomes, appointed.rules.version, tally, {"dry_run": call.dry_run})
            else:
                told_mail.pulled(call, outcomes, tally, only_news)


@command("classify", EVERY_DAY, "as_json")
def classify(
    call: Call,
    path: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Mail files, folders, mboxes, or - for standard input.")
    ],
) -> int:
    """Judge mail files, folders, mboxes or - and show the reading; touches no database."""
    from allegro_privacy.cli import told_mail
    from allegro_privacy.workflow import judge

    appointed = judge.appoint(call.settings())
    tally = judge.Tally()
    outcomes = judge.classify_paths(appointed, path, tally)
    if call.as_json:
        told_mail.stream(outcomes, appointed.rules.version, tally, {})
    else:
        for outcome in outcomes:
            told_mail.reading(outcome)
        for problem in tally.down:
            console.say(f"could not be read: {problem}")
        console.out(told_mail.total(tally))
    return ExitCode.PARTLY if tally.down else ExitCode.DONE


@command("export", LISTS, "as_json", "dry_run", "actor")
def export(
    call: Call,
    to: Annotated[
        str, typer.Option("--to", metavar="NAME", help="Who gets the list: a short name in a-z, 0-9 and -.")
    ] = "in-house",
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="CHANNEL", help="email, post or phone; may be repeated (default: those in use)."
        ),
    ] = None,
    allow_empty: Annotated[
        str, typer.Option("--allow-empty", metavar="REASON", help="Write a list without anybody in it.")
    ] = "",
    allow_shrink: Annotated[
        str, typer.Option("--allow-shrink", metavar="REASON", help="Write a list that has shrunk.")
    ] = "",
    allow_stale: Annotated[
        str, typer.Option("--allow-stale", metavar="REASON", help="Write though the last pull is old.")
    ] = "",
    allow_unverified: Annotated[
        str, typer.Option("--allow-unverified", metavar="REASON", help="Write though verify fails.")
    ] = "",
    allow_erased: Annotated[
        str, typer.Option("--allow-erased", metavar="REASON", help="Write though it cannot name who was erased since.")
    ] = "",
) -> int:
    """Write the list for a mail house or a mail platform, with its manifest."""
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow import insight, judge, outgoing

    settings = call.settings()
    reasons = dict(zip(GUARDS, (allow_empty, allow_shrink, allow_stale, allow_unverified, allow_erased), strict=True))
    errand = outgoing.Errand(
        recipient=to,
        rules=judge.appoint(settings).rules.version,
        actor=call.actor,
        now=utc_now(),
        channels=tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in channel or ())),
        overrides={f"--allow-{guard}": reason for guard, reason in reasons.items() if reason.strip()},
        dry_run=call.dry_run,
    )
    with insight.opened(settings, read_only=False) as database:
        lists = outgoing.export(database, settings, errand)
    if call.as_json:
        console.document({"dry_run": call.dry_run, "exports": [each.document() for each in lists]})
    elif not call.quiet:
        _show_lists(lists, call.dry_run)
    return ExitCode.DONE


def _show_lists(lists: "Iterable[Left]", dry_run: bool) -> None:
    from allegro_privacy.cli import words

    for left in lists:
        manifest = left.manifest
        console.out(
            f"{manifest.channel}: {words.count(manifest.rows, 'row', 'rows')} for {manifest.recipient}"
            + (" (not written: dry run)" if dry_run else "")
        )
        for path in sorted(left.files, key=lambda each: each.suffix != ".csv"):
            console.out(f"  {path}")
        if manifest.held:
            reasons = ", ".join(f"{number:,} {reason}" for reason, number in manifest.held.items())
            console.out(f"  held out, a person must look: {reasons}")
        if manifest.erased:
            who = words.count(manifest.erased, "erased person is", "erased people are")
            console.out(f"  {who} matched here but cannot be listed")
    if not dry_run:
        console.say('  (send each .csv with its .manifest.json, and keep both: "allegro-privacy verify --against"')
        console.say("   needs the manifest)")
