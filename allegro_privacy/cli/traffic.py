"""What comes in: pull, classify."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from allegro_privacy.config import Settings
    from allegro_privacy.workflow.judge import Tally

EVERY = "5m"


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
    from allegro_privacy.workflow import batches, clicks, insight, intake, judge

    places = intake.places(settings, source)
    appointed = judge.appoint(settings)
    with insight.opened(settings, read_only=False) as database:
        run = batches.Run(appointed, database, call.actor, utc_now, call.dry_run, since=since)
        if not call.dry_run and (kept := clicks.catch_up(settings, database, utc_now)):
            tally.told.append(f"recorded, of what was asked behind links while the database was away: {kept:,}")
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
