"""What needs a person: the open questions, and their answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, app, shared
from allegro_privacy.errors import AnsweredError, ExitCode

if TYPE_CHECKING:
    from datetime import date

    from allegro_privacy.config import Settings
    from allegro_privacy.core.decision import Receipt, Verdict
    from allegro_privacy.core.drops import Outlook
    from allegro_privacy.workflow.answers import Answered
    from allegro_privacy.workflow.corrections import Changes

group = typer.Typer(rich_markup_mode=None)
app.add_typer(group, name="review", rich_help_panel=EVERY_DAY, short_help="Answer what needs a person.")

ReviewId = Annotated[str, typer.Argument(metavar="ID", help="The number of the review, as the list shows it.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words; it is recorded.")]


@group.callback(invoke_without_command=True)
@shared("as_json", "no_input", "actor")
def review(
    call: Call,
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many a list shows, oldest first.")] = 20,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, metavar="N", help="Check N decisions that the program made alone, at random."),
    ] = None,
) -> int:
    """Answer what needs a person, one question at a time; without a terminal, or with --no-input, list it."""
    if ctx.invoked_subcommand:
        return ExitCode.DONE
    interactive = console.can_converse() and not (call.as_json or call.no_input or call.quiet)
    if sample is not None:
        from allegro_privacy.cli import sampling

        return sampling.run(call, sample, interactive)
    if interactive:
        from allegro_privacy.cli import session

        return session.run(call)
    return _list(call, limit)


def _list(call: Call, limit: int) -> int:
    from allegro_privacy.cli import documents, question, withdrawing
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import answers, desk, insight

    settings = call.settings()
    with insight.opened(settings) as database:
        waiting = insight.status(database).open_reviews
        if call.as_json:
            rows = [
                documents.review(each, cases=desk.cases_of_writer(database, each)) for each in answers.reviews(database)
            ]
            console.document({"open": waiting, "reviews": rows})
            return ExitCode.DONE
        found = answers.reviews(database, limit)
        cases = {each.id: desk.cases_of_writer(database, each) for each in found}
    if not found:
        call.say("Nothing waits for a person.")
    for each in found:
        question.listed(each, utc_now(), settings.shop.time_zone)
        withdrawing.with_command(cases[each.id], each.id)
        console.out()
    if waiting > len(found):
        console.out(f"… and {waiting - len(found):,} more (--limit shows them)")
    if found:
        call.say(f'  (use "allegro-privacy review answer {found[0].id} accept" or "… ignore";')
        call.say('   "… accept --zip 33131" corrects one part of an address and leaves the rest;')
        call.say('   "allegro-privacy review answer -h" shows what else can be corrected)')
    return ExitCode.DONE


@group.command("show")
@shared("as_json")
def show(call: Call, review_id: ReviewId) -> int:
    """Open one question whole, also one that lists shorten because a child may be concerned."""
    from allegro_privacy.cli import documents, question, withdrawing, words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import desk, insight, judge
    from allegro_privacy.workflow.corrections import Changes

    settings = call.settings()
    with insight.opened(settings) as database:
        one = desk.review(database, review_id)
        cases = desk.cases_of_writer(database, one) if one.answered is None else ()
    if call.as_json:
        console.document({"review": documents.review(one, opened=True, cases=cases)})
        return ExitCode.DONE
    effects, zone = judge.effects(settings), settings.shop.time_zone
    question.asked(one, utc_now(), zone, hidden=False, whole=True)
    if one.answered is None:
        question.proposed(desk.proposal(one, Changes(), effects), effects, hidden=False)
        withdrawing.with_command(cases, one.id)
    console.paragraph(f"The original: {one.source}", "  ", hang=2, width=question.WIDTH)
    if one.answered:
        console.out(f"  Answered by {one.answered_by}, {words.when(one.answered, zone)}")
    return ExitCode.DONE


@group.command("undo")
@shared("as_json", "dry_run", "actor")
def undo(call: Call, review_id: ReviewId, note: Note = "") -> int:
    """Take back the last answer to a review: what it did is lifted, and the question is open again."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import desk, insight

    settings = call.settings()
    with _office_time(settings), insight.opened(settings, read_only=False) as database:
        receipt = desk.undo(database, review_id, call.actor, utc_now(), note=note, dry_run=call.dry_run)
    _show_receipt(call, review_id, receipt)
    return ExitCode.DONE


@group.command("ask")
@shared("as_json", "dry_run", "actor")
def ask(
    call: Call,
    review_id: ReviewId,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="For your colleagues; it is recorded, and never sent.")
    ] = "",
) -> int:
    """Draft the letter that asks the customer for what is missing; the review stays open."""
    from allegro_privacy.cli import words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import desk, insight

    settings = call.settings()
    with _office_time(settings), insight.opened(settings, read_only=False) as database:
        asked = desk.ask_customer(database, settings, review_id, note, call.actor, utc_now(), call.dry_run)
    _show_receipt(call, review_id, asked.receipt)
    for line in words.asked_customer(review_id, asked):
        if not (call.quiet or call.as_json):
            console.say_paragraph(line)
    return ExitCode.DONE


@group.command("check")
@shared("as_json", "dry_run", "actor")
def check(
    call: Call,
    message: Annotated[str, typer.Argument(metavar="ID", help="The number that review --sample shows (M12).")],
    found: Annotated[str, typer.Argument(metavar="right|wrong", help="How the program decided.")],
    note: Note = "",
) -> int:
    """Record whether a decision of the program was right. What it ignored wrongly becomes a question."""
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.errors import UsageError
    from allegro_privacy.workflow import desk, insight

    if found not in ("right", "wrong"):
        example = f"For example: allegro-privacy review check {message} right"
        raise UsageError(f"A check cannot be {found!r}.", "It is right or wrong.", example)
    settings = call.settings()
    with _office_time(settings), insight.opened(settings, read_only=False) as database:
        receipt, opened = desk.check(database, message, found == "wrong", note, call.actor, utc_now(), call.dry_run)
    _show_receipt(call, f"R{opened}" if opened else None, receipt)
    return ExitCode.DONE


@contextmanager
def _office_time(settings: "Settings") -> Iterator[None]:
    """Who was second is told when the first one acted as the office's clock shows it."""
    try:
        yield
    except AnsweredError as error:
        from datetime import datetime

        from allegro_privacy.cli import words

        when = words.when(datetime.fromisoformat(error.at), settings.shop.time_zone)
        error.why = f"{error.by} did that, {when}. Nothing is decided twice."
        raise


def _show_receipt(call: Call, review_id: str | None, receipt: "Receipt") -> None:
    if call.as_json:
        facts = {"review": review_id, "events": list(receipt.events), "head": receipt.head, "summary": receipt.summary}
        console.document({"dry_run": call.dry_run, **facts})
    elif not call.quiet:
        shown = receipt.summary + (" (not recorded: dry run)" if call.dry_run else "")
        console.paragraph(shown, hang=2, width=80)


def _text(option: str, metavar: str, explained: str) -> Any:
    return typer.Option(option, metavar=metavar, help=explained)


_KIND = _text("--kind", "KIND", "What is asked, when it was read wrongly: opt-out, access, deletion, …")
_CHANNEL = _text("--channel", "CHANNEL", "email, post or phone; may be repeated.")
_ADDRESS = _text("--address", "TEXT", 'The postal address, for example "12 Oak St, Miami, FL 33144".')
_STREET = _text("--street", "TEXT", "The house number and street alone; the rest of the address stays.")
_UNIT = _text("--unit", "TEXT", 'The apartment, suite or other unit alone; "none" takes it away.')
_ZIP = _text("--zip", "ZIP", "The ZIP code alone: five digits, or five and four.")


@group.command("answer")
@shared("as_json", "dry_run", "actor")
def answer(
    call: Call,
    review_id: ReviewId,
    verdict: Annotated[str, typer.Argument(metavar="accept|ignore", help="Act on it, or leave it.")],
    kind: Annotated[str, _KIND] = "",
    channel: Annotated[list[str] | None, _CHANNEL] = None,
    email: Annotated[str, _text("--email", "ADDRESS", "The e-mail address to act on.")] = "",
    phone: Annotated[str, _text("--phone", "NUMBER", "The phone number to act on.")] = "",
    name: Annotated[str, _text("--name", "NAME", "The person's name.")] = "",
    address: Annotated[str, _ADDRESS] = "",
    street: Annotated[str, _STREET] = "",
    unit: Annotated[str, _UNIT] = "",
    city: Annotated[str, _text("--city", "NAME", "The city alone.")] = "",
    state: Annotated[str, _text("--state", "STATE", "The state alone.")] = "",
    zip_code: Annotated[str, _ZIP] = "",
    level: Annotated[str, _text("--level", "LEVEL", "individual, household or address (post only).")] = "",
    note: Note = "",
) -> int:
    """Decide one review. What you give here replaces what the program read."""
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.core.person import Channel, Level
    from allegro_privacy.workflow import corrections

    decided = _verdict(verdict, review_id)
    changes = corrections.Changes(
        kind=kind or None,
        channels=tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in channel or ())),
        email=email or None,
        phone=phone or None,
        name=name or None,
        address=address or None,
        level=one_of(Level, level, "--level") if level else None,
        note=note,
        street=street or None,
        unit=unit or None,
        city=city or None,
        state=state or None,
        zip=zip_code or None,
    )
    _answer(call, review_id, decided, changes)
    return ExitCode.DONE


def _answer(call: Call, review_id: str, verdict: "Verdict", changes: "Changes") -> None:
    from allegro_privacy.cli import told_drops, words
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import answers, insight, judge

    settings, now = call.settings(), utc_now()
    effects = judge.effects(settings)
    with _office_time(settings), insight.opened(settings, read_only=False) as database:
        answered = answers.answer_review(
            database, review_id, verdict, changes, call.actor, now, effects=effects, dry_run=call.dry_run
        )
        found = told_drops.after(database, settings, answered.receipt.events, now)
    _show_answer(call, review_id, answered, found, words.today(now, settings.shop.time_zone))


def _show_answer(call: Call, review_id: str, answered: "Answered", found: "Outlook", today: "date") -> None:
    from allegro_privacy.cli import told_drops, words

    receipt = answered.receipt
    if call.as_json:
        facts = {"review": review_id, "answer": receipt.verdict.value, "events": list(receipt.events)}
        changed = [{"part": each.part, "before": each.before, "after": each.after} for each in answered.corrections]
        told = {**facts, "head": receipt.head, "summary": receipt.summary, "corrections": changed}
        console.document({"dry_run": call.dry_run, **told, **told_drops.outlook(found, today)})
    elif not call.quiet:
        console.out(receipt.summary + (" (not recorded: dry run)" if call.dry_run else ""))
        told_drops.show(found, today)
        for each in answered.corrections:
            console.paragraph(words.correction(each.part, each.before, each.after), "  ", hang=2)
        corrected = answered.requests if answered.corrections else ()
        for doubt in dict.fromkeys(doubt for each in corrected for doubt in words.address_doubts(each)):
            console.say(f"  (look again: {doubt})")


def _verdict(word: str, review_id: str) -> "Verdict":
    from allegro_privacy.core.decision import Verdict
    from allegro_privacy.errors import UsageError

    if word not in (Verdict.ACCEPT, Verdict.IGNORE):
        raise UsageError(
            f"An answer cannot be {word!r}.",
            "It is accept or ignore.",
            f"For example: allegro-privacy review answer {review_id} accept",
        )
    return Verdict(word)
