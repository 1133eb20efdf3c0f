"""The Typer app, the options that every command shares, and the boundary where errors become words and exit codes.

Nothing but typer is imported at the top of the modules of this folder: `--help` must feel instant."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from allegro_privacy import __version__
from allegro_privacy.cli import console, failures
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.config import Settings

EVERY_DAY, LISTS, OVERSIGHT, SET_UP = "Every day", "Lists", "Oversight", "Set up"
PANELS = (EVERY_DAY, LISTS, OVERSIGHT, SET_UP)
ORDER = (
    *("status", "pull", "classify", "review", "case", "record", "import", "find", "why", "reply"),
    *("export", "scrub", "links", "drops", "leaks"),
    *("report", "deadlines", "verify", "lift", "erase"),
    *("init", "doctor", "auth", "backup", "serve", "demo"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """What every command is told besides its own words."""

    config: Path | None = None
    db: Path | None = None
    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    dry_run: bool = False
    yes: bool = False
    no_input: bool = False
    actor: str = ""

    def settings(self) -> "Settings":
        """The configuration in force, with the database that --db names."""
        from allegro_privacy import config

        return config.load(self.config, self.db)

    def say(self, text: object = "") -> None:
        """The conversation, which -q and --json silence."""
        if not self.quiet and not self.as_json:
            console.say(text)

    def confirm(self, question: str) -> None:
        """Go on only with --yes, or when a person at the keyboard types yes."""
        if self.yes:
            return
        if self.no_input or not console.can_ask():
            raise UsageError(
                what="Nothing was done: this needs a confirmation.",
                why="There is nobody at the keyboard to ask." if not self.no_input else "--no-input forbids to ask.",
                fix="Run it again with --yes when you are sure.",
            )
        if not console.ask(question):
            raise UsageError(
                what="Nothing was done.", why="You did not confirm.", fix="Run it again when you are sure."
            )


SHARED: dict[str, Any] = {
    "config": Annotated[Path | None, typer.Option("--config", metavar="FILE", help="The configuration to use.")],
    "db": Annotated[
        Path | None, typer.Option("--db", metavar="FILE", help="The database to use instead of the configured one.")
    ],
    "quiet": Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing when all is well.")],
    "verbose": Annotated[bool, typer.Option("-v", "--verbose", help="Show more, and tracebacks of unexpected errors.")],
    "as_json": Annotated[bool, typer.Option("--json", help="Write one JSON document.")],
    "dry_run": Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would happen; change nothing.")],
    "yes": Annotated[bool, typer.Option("--yes", help="Confirm beforehand.")],
    "no_input": Annotated[bool, typer.Option("--no-input", help="Never ask; fail instead.")],
    "actor": Annotated[str, typer.Option("--as", metavar="NAME", help="Who is acting (default: the login name).")],
}
DEFAULTS = {"config": None, "db": None, "actor": ""}


class Grouped(TyperGroup):
    """The list of commands, under the headings and in the order of docs/cli.md."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(self.commands, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        commands: list[tuple[str, Any]] = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        width = max(len(name) for name, _ in commands)
        for panel in PANELS:
            rows = [
                (name.ljust(width), each.get_short_help_str(200))
                for name, each in commands
                if each.rich_help_panel == panel
            ]
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)


app = typer.Typer(
    name="allegro-privacy",
    cls=Grouped,
    help="Reads opt-out and privacy requests, keeps the suppression list, and proves what was done.",
    epilog="Start with: allegro-privacy demo",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": console.WIDTH},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.out(f"allegro-privacy {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def bare(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        console.file_text(ctx.get_help())


def command(name: str, panel: str, *options: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a command. Its function takes a Call first, which gathers the shared options named here."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        app.command(name, rich_help_panel=panel)(shared(*options)(function))
        return function

    return register


def shared(*options: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function that takes a Call the shared options on its command line instead."""
    chosen = ("config", "db", "quiet", "verbose", *options)

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        own = list(inspect.signature(function).parameters.values())[1:]
        extra = [
            inspect.Parameter(
                each, inspect.Parameter.KEYWORD_ONLY, default=DEFAULTS.get(each, False), annotation=SHARED[each]
            )
            for each in chosen
        ]

        @functools.wraps(function)
        def called(**values: Any) -> None:
            given = {each: values.pop(each) for each in chosen}
            given["actor"] = given.get("actor") or _login_name()
            _listen(verbose=given["verbose"], quiet=given["quiet"])
            try:
                code = function(Call(**given), **values)
                sys.stdout.flush()
            except BrokenPipeError:
                # Typer would end with 1. A reader (head, less) that has gone away is no failure.
                _be_quiet()
                code = ExitCode.DONE
            if code:
                raise typer.Exit(int(code))

        called.__signature__ = inspect.Signature([*_keyword_only(own), *extra])  # type: ignore[attr-defined]
        return called

    return wrap


def _keyword_only(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    return [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]


def _login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "cron"


def _listen(verbose: bool, quiet: bool) -> None:
    import logging

    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(message)s", stream=sys.stderr, force=True)


def run(arguments: Sequence[str]) -> int:
    """The whole command line: every outcome becomes words a person can act on, and an exit code."""
    os.umask(0o077)
    console.prepare()
    try:
        register_all()
        code = app(list(arguments), standalone_mode=False, prog_name="allegro-privacy")
        sys.stdout.flush()
    except BrokenPipeError:
        _be_quiet()
        return ExitCode.DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (the outermost boundary)
        return _fail(error, arguments)
    return int(code or 0)


def _be_quiet() -> None:
    """Let what is still buffered go nowhere: flushing it at exit would fail a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def register_all() -> None:
    """Make every command known to the app."""
    from allegro_privacy.cli import (  # noqa: F401
        cases,
        deadlines,
        drops,
        exporting,
        exporting_delivery,
        imports,
        leaks,
        linking,
        oversight,
        record,
        reply,
        report,
        review,
        scrub,
        traffic,
        undoing,
        upkeep,
    )


def _fail(error: BaseException, arguments: Sequence[str]) -> int:
    failure = failures.described(error)
    if failure.code == "unexpected" and {"-v", "--verbose"} & set(arguments):
        import traceback

        console.raw_lines("".join(traceback.format_exception(error)))
    if isinstance(error, failures.ReportedError):
        pass
    elif "--json" in arguments:
        console.document(failure.document())
    else:
        console.error_lines(failure.what, failure.why, failure.fix)
    sys.stdout.flush()
    return int(failure.exit_code)
