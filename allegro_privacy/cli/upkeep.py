"""Setting up and checking: init, doctor, auth, demo."""

from pathlib import Path
from typing import Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import SET_UP, Call, command
from allegro_privacy.errors import ExitCode, UsageError


@command("init", SET_UP, "as_json", "actor")
def init(
    call: Call,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the configuration and the database are to lie.")
    ] = Path(),
) -> int:
    """Write a commented configuration and make the database."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import upkeep

    made = upkeep.init(folder, call.config, call.db, call.actor, utc_now())
    if call.as_json:
        console.document(
            {
                "config": str(made.config),
                "config_made": made.config_made,
                "database": str(made.database),
                "database_made": made.database_made,
            }
        )
    elif not call.quiet:
        for path, is_new, what in (
            (made.config, made.config_made, "configuration"),
            (made.database, made.database_made, "database"),
        ):
            console.out(f"{'made' if is_new else 'kept'} the {what} {path}")
        call.say(f"  (look through {made.config}, name your mailboxes there, then: allegro-privacy doctor)")
    return ExitCode.DONE


@command("doctor", SET_UP, "as_json")
def doctor(
    call: Call,
    max_age: Annotated[
        str, typer.Option("--max-age", metavar="AGE", help='How old the last good pull may be, for example "26h".')
    ] = "",
) -> int:
    """Check everything: configuration, rules, database, mailboxes, last pull, exports, monitor."""
    from allegro_privacy import schema
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import upkeep

    try:
        oldest = schema.age(max_age) if max_age else None
    except schema.UnfitError as problem:
        raise UsageError(f"--max-age {problem}.", "", "For example: allegro-privacy doctor --max-age 26h") from problem
    checks = list(upkeep.doctor(call.settings, utc_now(), oldest))
    ill = [check for check in checks if not check.well]
    if call.as_json:
        rows = [{"check": each.name, "well": each.well, "found": each.found, "fix": each.fix} for each in checks]
        console.document({"well": not ill, "checks": rows})
        return ExitCode.FOUND if ill else ExitCode.DONE
    for check in ill if call.quiet else checks:
        console.paragraph(f"{'ok ' if check.well else 'NOT'}  {check.name}: {check.found}")
        for line in check.fix.splitlines():
            console.out(f"     fix: {line}")
    if ill:
        call.say(f"{len(ill)} of {len(checks)} checks found something.")
    return ExitCode.FOUND if ill else ExitCode.DONE


@command("auth", SET_UP, "as_json", "no_input")
def auth(
    call: Call,
    mailbox: Annotated[str, typer.Argument(metavar="MAILBOX", help="The name of a [[mailbox]] of the configuration.")],
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Google: show an address to open on another machine.")
    ] = False,
) -> int:
    """Sign in to a mailbox at Microsoft or Google, once; needed again only when the sign-in expired."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import auth as signing

    def ask(question: str) -> str:
        if call.no_input:
            raise UsageError("This needs an answer, and --no-input forbids to ask.", "", "Run it without --no-input.")
        return console.ask_line(question)

    # What a person must do is told whatever was asked for, on stderr.
    done = signing.sign_in(call.settings(), mailbox, console.say, ask, not no_browser, utc_now())
    if call.as_json:
        console.document({"mailbox": mailbox, "token_file": str(done.file), "by_itself": done.by_itself})
    elif not call.quiet:
        console.out(f"signed in to {mailbox}; the tokens are in {done.file}")
        call.say("  (they are renewed by themselves from now on)")
    return ExitCode.DONE


@command("demo", SET_UP)
def demo(
    call: Call,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FOLDER", help="Leave the demo's files in this new folder.")
    ] = None,
) -> int:
    """Show the whole tour on an embedded mailbox; leaves nothing behind."""
    from allegro_privacy.cli import tour

    return tour.walk(keep)
