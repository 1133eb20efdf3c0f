"""Looking at what was recorded: status, find, why, verify; and the two acts of oversight, lift and erase."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, OVERSIGHT, Call, command
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from allegro_privacy.config import Settings
    from allegro_privacy.core.duties import Duty
    from allegro_privacy.store.database import Database
    from allegro_privacy.store.rows import Case, Head, Problem

Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO",
        help="An e-mail address, words of a name or postal address, a phone number, or a number like S12.",
    ),
]


@command("status", EVERY_DAY, "as_json")
def status(call: Call) -> int:
    """Show where things stand and what to do next."""
    from allegro_privacy.cli import case_told, documents, told, told_drops, words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases, drops, insight

    settings = call.settings()
    now = utc_now()
    with insight.opened(settings) as database:
        found = insight.status(database)
        owed = _owed_in_cases(database, settings, now) if found.open_cases else ()
        ahead = told.Ahead(
            planned=drops.soon(database, settings, now),
            erasures=cases.to_erase(database, settings),
            flagged=insight.flagged_clicks(database, now),
        )
    today = words.today(now, settings.shop.time_zone)
    if call.as_json:
        dates = [case_told.duty_document(each, today) for each in owed[:1]]
        more = {
            "nearest_deadline": dates[0] if dates else None,
            "drops": [told_drops.document(each) for each in ahead.planned],
            "to_erase": list(ahead.erasures),
            "flagged_clicks": dict(ahead.flagged),
        }
        console.document({**documents.status(found), **more})
    elif not call.quiet:
        told.status(found, settings, now, case_told.nearest(owed, today), ahead)
    return ExitCode.DONE


def _owed_in_cases(database: "Database", settings: "Settings", now: "datetime") -> "tuple[Duty, ...]":
    """Late: the clocks and their holidays are only needed where a case is open."""
    from allegro_privacy.workflow import cases, docket

    return docket.duties(database, cases.rulebook(settings), now, questions=False)


def _stand(settings: "Settings", found: "Sequence[Case]") -> dict[str, str]:
    """How these cases stand today, by their names. Late: the clocks are only needed where there is a case."""
    if not found:
        return {}
    from allegro_privacy.cli import case_told
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import cases

    rules = cases.rulebook(settings)
    today = rules.today(utc_now())
    return {each.id: case_told.stands(each, rules, today) for each in found}


@command("find", EVERY_DAY, "as_json")
def find(
    call: Call,
    who: Who,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of each to show.")] = 50,
) -> int:
    """Show everything known about one person or address."""
    from allegro_privacy.cli import documents, told, told_drops
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings) as database:
        found = insight.find(database, who, limit)
        under_way = told_drops.under_way(database, settings, found.suppressions, utc_now())
    if call.as_json:
        console.document(documents.findings(found, under_way.documents(found.suppressions)))
    else:
        told.findings(found, settings.shop.time_zone, _stand(settings, found.cases), under_way)
    return ExitCode.DONE


@command("why", EVERY_DAY, "as_json", "actor")
def why(
    call: Call,
    who: Who,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="As it stood at the end of that day (year-month-day).")
    ] = "",
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="DIR", help="Write all of it, with what proves it, into this new folder."),
    ] = None,
) -> int:
    """Tell what happened and why: the request, its words, the suppression, every list that carried it."""
    from allegro_privacy.cli import documents, told, told_drops, words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import insight

    if proof is not None:
        return _proof(call, who, proof, as_of)
    settings = call.settings()
    zone = settings.shop.time_zone
    moment = words.end_of(words.day(as_of, "--as-of"), zone) if as_of else None
    with insight.opened(settings) as database:
        found = insight.why(database, who, moment)
        cases = insight.cases_in(database, found)
        # What may still arrive is asked about today: on a past day the calendar was another.
        asked = () if moment else found.suppressions
        under_way = told_drops.under_way(database, settings, asked, utc_now())
    if call.as_json:
        console.document(documents.timeline(found, under_way.documents(asked)))
        return ExitCode.DONE
    from allegro_privacy.workflow.cases import case_tables

    stand = {} if moment else _stand(settings, cases)
    told.timeline(found, zone, stand, case_tables(settings) if cases else None, under_way)
    return ExitCode.DONE


def _proof(call: Call, who: str, target: Path, as_of: str) -> int:
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.errors import UsageError
    from allegro_privacy.workflow import insight, proof_pack

    if as_of:
        raise UsageError("A proof tells everything up to now.", "--as-of and --proof were both given.", "Give one.")
    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        made = proof_pack.make(database, settings, who, target, call.actor, utc_now())
    if call.as_json:
        facts = {"event": made.event, "fingerprint": made.fingerprint, "blacked_out": made.blacked_out}
        console.document({"folder": str(made.folder), "files": list(made.files), **facts})
    elif not call.quiet:
        console.out(f"{made.folder}: {len(made.files)} files")
        console.out(f"fingerprint {made.fingerprint}")
        if made.blacked_out:
            call.say("What names other people is blacked out where the program knows them.")
        call.say("Look through it before you give it away: the customer's own text may name others in passing.")
        call.say(f'  (whoever gets it can check it: "python3 {made.folder}/verify.py"; here: "allegro-privacy verify')
        call.say(f'   --against {made.folder}")')
    return ExitCode.DONE


@command("verify", OVERSIGHT, "as_json")
def verify(
    call: Call,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="MANIFEST",
            help="A manifest, report or proof pack that left earlier: it must say what was recorded.",
        ),
    ] = None,
) -> int:
    """Check that the ledger is whole and that the tables agree with it."""
    from allegro_privacy.workflow import insight

    settings = call.settings()
    with insight.opened(settings) as database:
        problems = insight.verify(database, against, settings.export.allowed_signers)
        head = insight.head(database)
    if call.as_json:
        rows = [{"part": each.part, "event": each.event, "words": each.words} for each in problems]
        console.document({"whole": not problems, "head": {"number": head.number, "hash": head.hash}, "problems": rows})
    elif problems or not call.quiet:
        _show_problems(problems, head, against)
    return ExitCode.FOUND if problems else ExitCode.DONE


def _show_problems(problems: "list[Problem]", head: "Head", against: Path | None) -> None:
    from allegro_privacy.cli import words

    for each in problems[:50]:
        console.out(f"{each.part}: {each.words}")
    if len(problems) > 50:
        console.out(f"… and {len(problems) - 50:,} more (--json lists all)")
    if problems and all(each.part in ("manifest", "list") for each in problems):
        console.say(f"The record is whole, but {against} does not agree with it: the manifest, or the list beside it,")
        console.say("was altered after it left, or is of another database. Do not use that list; export a new one.")
        return
    if problems:
        console.say(
            "The record does not hold together. Keep this file as it is; put the last good backup in its place,"
        )
        console.say("check that with verify --against the last manifest, and pull again: nothing is doubled.")
        return
    console.out(f"Whole: {words.count(head.number, 'event')}, and every table agrees.")
    console.out(f"Head: {head.hash}")
    if against:
        console.out(f"{against} says what was recorded, and the ledger still holds what it held then.")
