"""What a website or a mail platform wrote about who wants no more: looked at first, then taken over."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.core.imported import BadLine
    from allegro_privacy.workflow.import_lines import Opened
    from allegro_privacy.workflow.import_plan import Plan, Run, Tally

WIDTH = 80
MOST_BAD = 10
CHANGES = {
    "new": "new",
    "strengthened": "strengthened",
    "already": "already there",
    "review": "for a person to decide",
    "known": "seen before, row for row",
    "ignored": "ignored",
}
MEANS = {
    "opt-out": "want no more",
    "complaint": "complained (no more, for good)",
    "bounce": "mail comes back (undeliverable, which is no opt-out)",
    "soft-bounce": "mail came back for a while",
}


@command("import", EVERY_DAY, "as_json", "dry_run", "yes", "no_input", "actor")
def import_file(
    call: Call,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or JSON lines, as the website or platform wrote it.")
    ],
    wanted: Annotated[
        str, typer.Option("--format", metavar="NAME", help="What it is, when that is not recognised by its header.")
    ] = "",
    bad: Annotated[
        Path | None, typer.Option("--bad", metavar="FILE", help="Write the rows that cannot be used to this new file.")
    ] = None,
) -> int:
    """Take over opt-outs of the website, link clicks and a mail platform's suppressions."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import entering, import_lines, importing, insight
    from allegro_privacy.workflow.import_plan import Run

    if call.as_json and not (call.yes or call.dry_run):
        raise UsageError(
            "--json cannot ask.", "It writes one document and nothing else.", "Add --yes, or --dry-run to look only."
        )
    settings = call.settings()
    house = entering.house(settings)
    with insight.opened(settings, read_only=False) as database, importing.bad_rows(bad) as bad_rows:
        opened = import_lines.open_file(settings, file, wanted, lambda _: None)
        run = Run(opened, house, settings, database, call.actor, utc_now)
        return _import(call, run, bad_rows, bad)


def _import(call: Call, run: "Run", bad_rows: Any, bad: Path | None) -> ExitCode:
    from allegro_privacy.workflow import import_plan, importing

    quiet = call.quiet or call.as_json
    whole = run.opened.examined.lines
    bar = console.Bar(not quiet, "reading  ", whole)
    made = import_plan.plan(run, bad_rows, bar.reach)
    bar.end()
    tally, done = made.tally, False
    if not quiet:
        _show(run, made)
    if tally.to_record and not call.dry_run:
        call.confirm(f"Record {tally.to_record:,} rows?")
        bar = console.Bar(not quiet, "recording", whole)
        tally, done = importing.commit(run, made, bad_rows, bar.reach), True
        bar.end()
    if call.as_json:
        console.document(_document(call, run.opened, tally, done))
    elif not quiet:
        _tell(call, tally, done, bad)
    return ExitCode.PARTLY if tally.bad_count else ExitCode.DONE


def _show(run: "Run", made: "Plan") -> None:
    """What the file is, its first rows as they are understood, and what they would do."""
    from allegro_privacy.cli import words

    opened, tally = run.opened, made.tally
    examined = opened.examined
    console.out(f"{examined.path.name}: {opened.shape.shown}, {words.count(tally.rows, 'row')}, {examined.encoding}")
    if tally.sample:
        console.out("The first rows, as they are understood:")
    zone = run.settings.shop.time_zone
    rows = []
    for line in tally.sample:
        channels = "+".join(channel.value for channel in line.channels) if line.means.value == "opt-out" else ""
        who = line.person.email or words.named(line.person, line.channels[0] if line.channels else None)
        when = words.when(line.time, zone) if line.time else line.date or "no time"
        rows.append((f"line {line.number}", f"{line.means.value} {channels}".strip(), who, when))
    console.table(rows, indent="  ")
    _counts(tally)
    if flagged := tally.flagged:
        console.paragraph(
            f"{words.scanned(flagged)} look like a link scanner's, not people's (flagged, and imported).",
            hang=2,
            width=WIDTH,
        )
    for each in tally.bad[:MOST_BAD]:
        console.paragraph(f"bad row, line {each.number}: {each.why}", "  ", hang=4, width=WIDTH)
    if tally.bad_count > MOST_BAD:
        console.out(f"  … and {tally.bad_count - MOST_BAD:,} bad rows more (--bad FILE writes them all)")


def _counts(tally: "Tally") -> None:
    from allegro_privacy.core.imported import Change

    parts = [f"{tally.changes[change]:,} {CHANGES[change]}" for change in Change if tally.changes[change]]
    parts += [f"{tally.bad_count:,} bad"] if tally.bad_count else []
    console.paragraph(f"{tally.rows:,} rows = {' + '.join(parts) or 'nothing'}", hang=2, width=WIDTH)
    for means, number in sorted(tally.means.items()):
        console.out(f"  {number:,} {MEANS[means]}")
    if tally.untimed:
        console.out(f"  {tally.untimed:,} with a time that cannot be read: they count from now")


def _tell(call: Call, tally: "Tally", done: bool, bad: Path | None) -> None:
    if not tally.to_record:
        console.out("Nothing is added: all of it was imported before, or asks for nothing.")
    elif call.dry_run:
        console.out("Dry run: nothing was recorded.")
    elif done:
        parts = [f"{tally.changes[change]:,} {word}" for change, word in CHANGES.items() if tally.changes[change]]  # type: ignore[index]
        console.paragraph(f"Recorded: {', '.join(parts)}.", hang=2, width=WIDTH)
        console.say('  (use "allegro-privacy why ADDRESS" to see the row that somebody stands on the list for)')
    if tally.changes["review"] and done:  # type: ignore[index]
        console.say('  (use "allegro-privacy review" to decide what needs a person)')
    if tally.bad_count:
        where = f"they are in {bad}; mend them" if bad else "--bad FILE writes them to a file; mend them"
        console.say(f"  (bad rows were left out: {where} and import them)")


def _bad(each: "BadLine") -> dict[str, Any]:
    return {"line": each.number, "why": each.why}


def _document(call: Call, opened: "Opened", tally: "Tally", done: bool) -> dict[str, Any]:
    from allegro_privacy.core.imported import Change

    examined = opened.examined
    return {
        "dry_run": call.dry_run,
        "file": examined.path.name,
        "sha256": examined.sha256,
        "format": opened.shape.platform,
        "holds": opened.shape.holds,
        "encoding": examined.encoding,
        "rows": tally.rows,
        "changes": {change.value: tally.changes[change] for change in Change},
        "bad_count": tally.bad_count,
        "means": {means.value: number for means, number in sorted(tally.means.items())},
        "untimed": tally.untimed,
        "flagged": dict(tally.flagged),
        "recorded": done,
        "bad": [_bad(each) for each in tally.bad],
    }
