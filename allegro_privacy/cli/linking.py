"""The link at the bottom of each e-mail: made for a campaign (`links`), and answered (`serve`)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import LISTS, SET_UP, Call, command
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from allegro_privacy.workflow.linking import Done


@command("links", LISTS, "as_json")
def links(
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The campaign's list, as CSV.")],
    campaign: Annotated[
        str,
        typer.Option(
            "--campaign", metavar="NAME", help='What the mailing is called: a-z, 0-9 and -, as in "2026-12-sale".'
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this new file (default: in the folder of exports)."),
    ] = None,
    column: Annotated[
        str, typer.Option("--column", metavar="COLUMN", help="The column of the e-mail address, by name or number.")
    ] = "",
    delimiter: Annotated[
        str, typer.Option("--delimiter", metavar="SIGN", help="What stands between cells: comma, tab, semicolon, bar.")
    ] = "",
    encoding: Annotated[str, typer.Option("--encoding", metavar="NAME", help="utf-8, cp1252, latin-1 or utf-16.")] = "",
) -> int:
    """Add to each row of a list its own link, and the headers with which mail programs show an unsubscribe button."""
    from allegro_privacy.workflow import insight, linking

    settings = call.settings()
    errand = linking.Errand(file, campaign, out, column, delimiter, encoding)
    with insight.opened(settings) as database:
        bar = console.Bar(
            not call.quiet and not call.as_json, "linking  ", file.stat().st_size if file.is_file() else 0
        )
        done = linking.run(settings, database, errand, bar.reach)
        bar.end()
    if call.as_json:
        console.document(_document(done))
    elif not call.quiet or done.suppressed or done.unusable:
        _tell(call, done)
    return ExitCode.FOUND if done.suppressed else ExitCode.PARTLY if done.unusable else ExitCode.DONE


def _tell(call: Call, done: "Done") -> None:
    console.out(
        f"{done.rows:,} rows = {done.linked:,} linked + {done.suppressed:,} suppressed + {done.unusable:,} unusable"
    )
    if done.suppressed:
        console.paragraph(
            f"Asked already, and must not be mailed (no link): {_lines(done.suppressed_lines, done.suppressed)}.",
            hang=2,
        )
        call.say(f"  (take them out first: allegro-privacy scrub {done.source.name} --channel email)")
    if done.unusable:
        console.paragraph(f"No e-mail address that can be read: {_lines(done.unusable_lines, done.unusable)}.", hang=2)
    console.out(f"wrote {done.path}")


def _lines(lines: list[int], total: int) -> str:
    more = f" and {total - len(lines):,} more" if total > len(lines) else ""
    return f"line {', '.join(map(str, lines))}{more}"


def _document(done: "Done") -> dict[str, Any]:
    return {
        "file": str(done.path),
        "campaign": done.campaign,
        "rows": done.rows,
        "linked": done.linked,
        "suppressed": done.suppressed,
        "suppressed_lines": done.suppressed_lines,
        "unusable": done.unusable,
        "unusable_lines": done.unusable_lines,
        "key": done.key,
        "sha256": done.sha256,
    }


@command("serve", SET_UP)
def serve(call: Call) -> int:
    """Answer behind the links in our e-mails, until it is stopped. Meant to stand behind the shop's web server."""
    import logging

    from allegro_privacy.web import app, server

    settings = call.settings()
    if not call.quiet:
        logging.getLogger("allegro_privacy").setLevel(logging.DEBUG if call.verbose else logging.INFO)
    endpoint = app.endpoint(settings)
    endpoint.begin()
    server.serve(settings.serve, endpoint, lambda where: call.say(f"answering at {where}; Ctrl-C ends it"))
    return ExitCode.DONE
