"""The figures of a period: for people, for programs, as a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import OVERSIGHT, Call, command
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from datetime import date

    from allegro_privacy.core.cases import CaseTables
    from allegro_privacy.core.figures import Figures
    from allegro_privacy.store.rows import Head


@command("report", OVERSIGHT, "as_json")
def report(
    call: Call,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day (default: 30 days ago).")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day, included (default: today).")] = "",
    year: Annotated[int, typer.Option("--year", metavar="YEAR", help="A whole calendar year instead.")] = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write rows for a spreadsheet.")] = False,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with charts into this new file."),
    ] = None,
) -> int:
    """Show the figures of a period."""
    from datetime import timedelta

    from allegro_privacy.cli import words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.errors import UsageError
    from allegro_privacy.workflow import insight, reporting

    settings, now = call.settings(), utc_now()
    zone = settings.shop.time_zone
    period = _period(first, last, year, words.today(now, zone))
    if as_csv and call.as_json:
        raise UsageError("A report is either JSON or CSV.", "--json and --csv were both given.", "Give one of them.")
    if page is not None:
        reporting.refuse_unwritable(page)
    start, end = words.start_of(period[0], zone), words.start_of(period[1] + timedelta(days=1), zone)
    with insight.opened(settings) as database:
        found = reporting.report(database, settings, start, end, now)
    size = reporting.write_page(page, settings, period, found, now) if page is not None else 0
    figures, head = found
    if call.as_json:
        written = {"page": str(page), "bytes": size} if page else {}
        console.document({**figures.as_json(), "ledger": {"number": head.number, "hash": head.hash}, **written})
    elif as_csv:
        console.rows_as_csv(("figure", "dimension", "value"), figures.as_rows())
    elif page is None:
        from allegro_privacy.workflow.cases import case_tables

        console.out(f"{settings.shop.name}: {period[0]} to {period[1]} ({zone})")
        _show_figures(figures, head, case_tables(settings))
    elif not call.quiet:
        console.out(f"{page}: {period[0]} to {period[1]}, {len(figures.figures)} figures, {size / 1000:,.0f} kB")
    return ExitCode.DONE


def _period(first: str, last: str, year: int, today: "date") -> "tuple[date, date]":
    from datetime import MAXYEAR, date, timedelta

    from allegro_privacy.cli import words
    from allegro_privacy.errors import UsageError

    if year:
        if first or last:
            raise UsageError("A report is of one period.", "--year and --from or --to were both given.", "Give one.")
        # The day after the last one must be a day, too.
        if not 1 <= year < MAXYEAR:
            raise UsageError(f"{year} is no year.", "", "Type it with four digits: --year 2026")
        return date(year, 1, 1), date(year, 12, 31)
    to_day = words.day(last, "--to") if last else today
    from_day = words.day(first, "--from") if first else to_day - timedelta(days=29)
    if from_day > to_day:
        raise UsageError(
            "The period ends before it begins.", f"--from {from_day}, --to {to_day}.", "Swap the two dates."
        )
    return from_day, to_day


def _show_figures(figures: "Figures", head: "Head", rows_of_cases: "CaseTables") -> None:
    from allegro_privacy.cli import words
    from allegro_privacy.core.stands import case_stands

    for figure in figures.figures:
        console.out()
        console.out(f"{figure.title} ({figure.unit})")
        # The names of decisions are for machines; people read the words that pull uses.
        decisions = words.VERDICTS.items() if figure.name == "received-by-decision" else ()
        shown = {verdict.value: said for verdict, said in decisions}
        if figure.name in ("open-cases-by-state", "cases-by-outcome"):
            split = [row.dimension.rpartition(" ") for row in figure.rows]
            shown = {f"{kind} {state}": f"{kind} {case_stands(rows_of_cases, state)}" for kind, _, state in split}
        rows = [(shown.get(row.dimension, row.dimension), f"{row.value:,.10g}".rjust(8)) for row in figure.rows]
        console.table(rows or [("none", "")], indent="  ")
    console.out()
    console.out(f"Ledger: event {head.number}, {head.hash}")
