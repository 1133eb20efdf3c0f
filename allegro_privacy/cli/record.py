"""A request that came on paper, by telephone or in the shop: typed in, shown back, recorded."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.cli.record_form import Desk, Form
    from allegro_privacy.core.entered import Entered
    from allegro_privacy.workflow.entering import Recorded


def _text(option: str, metavar: str, explained: str) -> Any:
    return typer.Option(option, metavar=metavar, help=explained)


_CHANNEL = _text("--channel", "CHANNEL", "What is to stop: email, post or phone; may be repeated.")
_KIND = _text("--kind", "KIND", "What is asked: opt-out (the default), access, deletion, …")
_ADDRESS = _text("--address", "TEXT", "The postal address on one line; twice for who moved: the old and the new one.")
_LEVEL = _text("--level", "LEVEL", "individual, household or address (post only).")
_RECEIVED = _text("--received", "DATE", "The day it reached us (default: today); the clock starts then.")
_POSTMARK = _text("--postmark", "DATE", "The day on the letter's postmark.")
_SCAN = _text("--scan", "FILE-NAME", "The name of the file with its picture; the file is not read.")


@command("record", EVERY_DAY, "as_json", "dry_run", "yes", "no_input", "actor")
def record(
    call: Call,
    how: Annotated[str, typer.Argument(metavar="letter|call|counter", help="How it reached us.")],
    name: Annotated[str, _text("--name", "NAME", "The person's name.")] = "",
    email: Annotated[str, _text("--email", "ADDRESS", "Their e-mail address.")] = "",
    phone: Annotated[str, _text("--phone", "NUMBER", "Their phone number.")] = "",
    customer_number: Annotated[str, _text("--customer-number", "NUMBER", "From the label of a mailing.")] = "",
    address: Annotated[list[str] | None, _ADDRESS] = None,
    channel: Annotated[list[str] | None, _CHANNEL] = None,
    kind: Annotated[str, _KIND] = "",
    level: Annotated[str, _LEVEL] = "",
    received: Annotated[str, _RECEIVED] = "",
    postmark: Annotated[str, _POSTMARK] = "",
    scan: Annotated[str, _SCAN] = "",
    initials: Annotated[str, _text("--initials", "XY", "Who took it in, when that is somebody else.")] = "",
    language: Annotated[str, _text("--language", "CODE", "The customer's language, for the answer: en, es, …")] = "",
    note: Annotated[str, _text("--note", "TEXT", "What they said, in a few words; it is kept.")] = "",
) -> int:
    """Enter a letter, a call or a counter visit. Whatever is not given is asked for at a terminal."""
    from allegro_privacy.cli import record_form, told_drops, words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import entering, insight

    settings = call.settings()
    form = record_form.Form(
        via=record_form.via_of(how), name=name, email=email, phone=phone, addresses=list(address or ()),
        channels=list(channel or ()), kind=kind, level=level, received=received, postmark=postmark, scan=scan,
        initials=initials, language=language, note=note, customer_number=customer_number,
    )  # fmt: skip
    desk = record_form.Desk(entering.house(settings), settings.shop, utc_now())
    asking = console.can_ask() and not (call.no_input or call.as_json or call.yes)
    with insight.opened(settings, read_only=False) as database:
        entered = _filled(call, form, desk, asking)
        recorded = entering.record(database, desk.house, entered, call.actor, desk.now, call.dry_run)
        found = told_drops.after(database, settings, recorded.receipt.events, desk.now)
    today = words.today(desk.now, settings.shop.time_zone)
    if call.as_json:
        told = told_drops.outlook(found, today)
        console.document({"dry_run": call.dry_run, **_document(recorded), **told})
    elif not call.quiet:
        _tell(call, recorded, settings.shop.time_zone)
        told_drops.show(found, today)
    return ExitCode.DONE


def _filled(call: Call, form: "Form", desk: "Desk", asking: bool) -> "Entered":
    """The entry, asked for and shown back where there is somebody to look at it. An address is never saved unseen."""
    from allegro_privacy.cli import record_form

    asked = asking and form.lacks_something
    if asked:
        record_form.ask(form, desk)
    entered = form.entered(desk)
    while asking and (asked or entered.addresses):
        record_form.show(entered, desk)
        answer = console.ask_line("Save it? Enter saves, a types the address again, n drops it:").lower()
        if answer in ("", "y", "yes"):
            return entered
        if answer in ("n", "no", "q"):
            raise UsageError("Nothing was recorded.", "You did not confirm.", "Run it again when you are sure.")
        if answer == "a":
            form.addresses = [console.ask_line("Postal address, on one line:")]
            entered = form.entered(desk)
    if entered.addresses and not asking:
        if not call.as_json and not call.quiet:
            record_form.show(entered, desk)
        if not call.dry_run:
            call.confirm("Is the address taken apart rightly?")
    return entered


def _tell(call: Call, recorded: "Recorded", zone: str) -> None:
    from datetime import datetime

    from allegro_privacy.cli import words
    from allegro_privacy.cli.addresses import WIDTH
    from allegro_privacy.core.decision import Verdict

    if recorded.earlier is not None:
        number, at, actor = recorded.earlier
        when = words.when(datetime.fromisoformat(at), zone)
        console.paragraph(f"Entered before ({when}, by {actor}): nothing was added.")
        console.say(f'  (use "allegro-privacy why M{number}" to see it)')
        return
    for each in recorded.decision.requests:
        reason = f": {each.reason}" if each.verdict is Verdict.ASK else ""
        shown = f"{words.VERDICTS[each.verdict]:<10} {words.asked(each.request)}{reason}"
        console.paragraph(shown, hang=11, width=WIDTH)
    console.paragraph(recorded.receipt.summary + (" (not recorded: dry run)" if call.dry_run else ""))
    if recorded.receipt.verdict is Verdict.ASK and not call.dry_run:
        console.say('  (its clock runs; use "allegro-privacy review" to answer it)')


def _document(recorded: "Recorded") -> dict[str, Any]:
    from allegro_privacy.cli import addresses, documents

    receipt = recorded.receipt
    rows = [
        {**documents.decided_request(each), "postal": addresses.document(each.request)}
        for each in recorded.decision.requests
    ]
    return {
        "message": recorded.message.id,
        "via": recorded.message.via.value,
        "received": documents.utc(recorded.message.received),
        "decision": receipt.verdict.value,
        "requests": rows,
        "events": list(receipt.events),
        "head": receipt.head,
        "summary": receipt.summary,
        "copy": recorded.earlier is not None,
    }
