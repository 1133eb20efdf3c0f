"""Taking the people who asked out of a mailing list, before it is printed or sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import LISTS, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.config import Settings
    from allegro_privacy.workflow.scrubbing import Done, Errand, Ready, Wanted

GUARDS = ("no-match", "many", "missing-column", "stale")
File = Annotated[str, typer.Argument(metavar="FILE", help="The mailing list, or - for standard input.")]
Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help='What the mailing is called, as in "March circular".')
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where to write (default: the folder of exports).")
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--channel",
        metavar="CHANNEL",
        help="What it is for: email, post or phone; may be repeated (default: all that its columns allow).",
    ),
]
ColumnNames = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ROLE=COLUMN",
        help="Which column is email, line1, zip …, by name or number; may be repeated.",
    ),
]
Layout = Annotated[
    Path | None, typer.Option("--layout", metavar="FILE", help="The widths of a fixed-width list, as TOML.")
]
Delimiter = Annotated[
    str, typer.Option("--delimiter", metavar="SIGN", help="What stands between cells: comma, tab, semicolon, bar.")
]
Encoding = Annotated[str, typer.Option("--encoding", metavar="NAME", help="utf-8, cp1252, latin-1 or utf-16.")]
NoHeader = Annotated[bool, typer.Option("--no-header", help="The first row is a row, no names of columns.")]
Look = Annotated[
    str,
    typer.Option("--look", metavar="WHAT", help="Rows for a person to look at: drop them from the kept file, or keep."),
]
Flag = Annotated[bool, typer.Option("--flag", help="Take nothing out; add a column that says what to do.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 4 when anybody who asked is on it.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="Compare with who had asked by the end of that day.")
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine", metavar="NAME", help="What judges the rows: auto (the fastest installed), reference or block."
    ),
]
AllowNoMatch = Annotated[
    str, typer.Option("--allow-no-match", metavar="REASON", help="Write though nobody on it is known.")
]
AllowMany = Annotated[str, typer.Option("--allow-many", metavar="REASON", help="Write though more than 20 % would go.")]
AllowMissing = Annotated[
    str, typer.Option("--allow-missing-column", metavar="REASON", help="Write though a --channel has no column.")
]
AllowStale = Annotated[str, typer.Option("--allow-stale", metavar="REASON", help="Write though the last pull is old.")]


@command("scrub", LISTS, "as_json", "dry_run", "actor")
def scrub(
    call: Call,
    file: File,
    name: Name = "",
    out: Out = None,
    channel: Channels = None,
    column: ColumnNames = None,
    layout: Layout = None,
    delimiter: Delimiter = "",
    encoding: Encoding = "",
    no_header: NoHeader = False,
    look: Look = "drop",
    flag: Flag = False,
    check: Check = False,
    as_of: AsOf = "",
    engine: EngineName = "auto",
    allow_no_match: AllowNoMatch = "",
    allow_many: AllowMany = "",
    allow_missing_column: AllowMissing = "",
    allow_stale: AllowStale = "",
) -> int:
    """Take the people who asked out of a mailing list; everything else stays byte for byte."""
    from allegro_privacy.cli import words

    settings = call.settings()
    reasons = dict(zip(GUARDS, (allow_no_match, allow_many, allow_missing_column, allow_stale), strict=True))
    wanted = wanted_of(column or (), delimiter, encoding, no_header)
    day = words.day(as_of, "--as-of") if as_of else None
    errand = _errand(call, file, channel or (), look, {
        "name": name, "out": out, "layout": layout, "flag": flag, "check": check, "engine": engine, "wanted": wanted,
        "day": day.isoformat() if day else "",
        "as_of": words.end_of(day, settings.shop.time_zone) if day else None,
        "overrides": {f"--allow-{guard}": reason for guard, reason in reasons.items() if reason.strip()},
    })  # fmt: skip
    return _scrub(call, settings, errand)


def _errand(call: Call, file: str, channels: Any, look: str, more: dict[str, Any]) -> "Errand":
    import sys

    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.core.person import Channel
    from allegro_privacy.workflow import scrubbing

    if look not in ("drop", "keep"):
        raise UsageError(f"--look {look} is not known.", "", "Use --look drop or --look keep.")
    chosen = tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in channels))
    return scrubbing.Errand(
        file=None if file == "-" else Path(file),
        stream=sys.stdin.buffer if file == "-" else None,
        actor=call.actor,
        now=utc_now(),
        channels=chosen,
        keep_looks=look == "keep",
        **more,
    )


def wanted_of(columns: Any, delimiter: str, encoding: str, no_header: bool) -> "Wanted":
    """How a list is to be read, as somebody said instead of letting it be found."""
    from allegro_privacy.core.columns import Role
    from allegro_privacy.workflow.scrubbing import Wanted

    named: dict[str, tuple[str, ...]] = {}
    for each in columns:
        role, equals, column = each.partition("=")
        role = role.strip().lower()
        if not equals or role not in set(Role) or not column.strip():
            fix = f"ROLE=COLUMN, where ROLE is one of {', '.join(Role)}."
            raise UsageError(f"--column {each} is not understood.", "It names no role and column.", fix)
        named[role] = (*named.get(role, ()), column)
    return Wanted(delimiter, encoding, no_header, named)


def _scrub(call: Call, settings: "Settings", errand: "Errand") -> ExitCode:
    from allegro_privacy.cli import scrub_told
    from allegro_privacy.workflow import insight, scrubbing

    read_only = errand.check or call.dry_run
    with (
        insight.opened(settings, read_only=read_only) as database,
        scrubbing.opened(database, settings, errand) as ready,
    ):
        if not call.as_json and not call.quiet:
            scrub_told.before(ready)
        first, second = (scrub_told.Meter(call, word, ready) for word in ("reading  ", "comparing"))
        done = scrubbing.run(database, settings, ready, first.progress, second.progress, call.dry_run)
        first.end()
        second.end()
    _show(call, ready, done)
    if errand.check and done.hits:
        return ExitCode.FOUND
    return ExitCode.PARTLY if done.manifest.counts["held"] else ExitCode.DONE


def _show(call: Call, ready: "Ready", done: "Done") -> None:
    from allegro_privacy.cli import scrub_told

    if call.as_json:
        console.document(scrub_told.document(call, ready, done))
    elif not call.quiet or (ready.errand.check and done.hits):
        scrub_told.after(call, ready, done)
