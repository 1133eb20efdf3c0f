"""What needs a person: the open questions, and their answers."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, app, shared
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from datetime import datetime

    from allegro_privacy.core.model import Verdict
    from allegro_privacy.store.rows import Review
    from allegro_privacy.workflow.answers import Answered
    from allegro_privacy.workflow.corrections import Changes

SHOWN_TEXT = 600

group = typer.Typer(rich_markup_mode=None)
app.add_typer(group, name="review", rich_help_panel=EVERY_DAY, short_help="Answer what needs a person.")


@group.callback(invoke_without_command=True)
@shared("as_json")
def review(
    call: Call,
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show, oldest first.")] = 20,
) -> int:
    """Show what needs a person, oldest first. Answer with: allegro-privacy review answer ID accept|ignore"""
    if ctx.invoked_subcommand:
        return ExitCode.DONE
    from allegro_privacy.cli import documents
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import answers, insight

    settings = call.settings()
    with insight.opened(settings) as database:
        waiting = insight.status(database).open_reviews
        if call.as_json:
            rows = [documents.review(each) for each in answers.reviews(database)]
            console.document({"open": waiting, "reviews": rows})
            return ExitCode.DONE
        found = answers.reviews(database, limit)
    if not found:
        call.say("Nothing waits for a person.")
    for each in found:
        _show(each, utc_now(), settings.shop.time_zone)
    if waiting > len(found):
        console.out(f"… and {waiting - len(found):,} more (--limit shows them)")
    if found:
        call.say(f'  (use "allegro-privacy review answer {found[0].id} accept" or "… ignore";')
        call.say('   "… accept --zip 33131" corrects one part of an address and leaves the rest;')
        call.say('   "allegro-privacy review answer -h" shows what else can be corrected)')
    return ExitCode.DONE


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
    review_id: Annotated[str, typer.Argument(metavar="ID", help="The number of the review, as the list shows it.")],
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
    note: Annotated[str, _text("--note", "TEXT", "Why, in your words; it is recorded.")] = "",
) -> int:
    """Decide one review. What you give here replaces what the program read."""
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.core.model import Channel, Level
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
    _show_answer(call, review_id, _answered(call, review_id, decided, changes))
    return ExitCode.DONE


def _answered(call: Call, review_id: str, verdict: "Verdict", changes: "Changes") -> "Answered":
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import answers, insight, judge

    settings = call.settings()
    effects = judge.effects(settings)
    with insight.opened(settings, read_only=False) as database:
        return answers.answer_review(
            database, review_id, verdict, changes, call.actor, utc_now(), effects=effects, dry_run=call.dry_run
        )


def _show_answer(call: Call, review_id: str, answered: "Answered") -> None:
    from allegro_privacy.cli import words

    receipt = answered.receipt
    if call.as_json:
        facts = {"review": review_id, "answer": receipt.verdict.value, "events": list(receipt.events)}
        changed = [{"part": each.part, "before": each.before, "after": each.after} for each in answered.corrections]
        told = {**facts, "head": receipt.head, "summary": receipt.summary, "corrections": changed}
        console.document({"dry_run": call.dry_run, **told})
    elif not call.quiet:
        console.out(receipt.summary + (" (not recorded: dry run)" if call.dry_run else ""))
        for each in answered.corrections:
            console.paragraph(words.correction(each.part, each.before, each.after), "  ", hang=2)
        corrected = answered.requests if answered.corrections else ()
        for doubt in dict.fromkeys(doubt for each in corrected for doubt in words.address_doubts(each)):
            console.say(f"  (look again: {doubt})")


def _verdict(word: str, review_id: str) -> "Verdict":
    from allegro_privacy.core.model import Verdict
    from allegro_privacy.errors import UsageError

    if word not in (Verdict.ACCEPT, Verdict.IGNORE):
        raise UsageError(
            f"An answer cannot be {word!r}.",
            "It is accept or ignore.",
            f"For example: allegro-privacy review answer {review_id} accept",
        )
    return Verdict(word)


def _show(review: "Review", now: "datetime", zone: str) -> None:
    """One question as a person needs it: who wrote what, what was read, and what is in doubt."""
    from allegro_privacy.cli import addresses, words

    received = f"{words.when(review.received, zone)} ({words.ago(review.received, now)})"
    console.out(f"{review.id}  from {review.sender or 'an unknown sender'}, received {received}")
    console.paragraph(f"Subject: {review.subject or '(none)'}", "  ")
    if not review.sender:
        console.paragraph(f"It lies in {review.source}", "  ")
    if review.text.strip():
        shown = " ".join(review.text.split())
        console.paragraph(shown[:SHOWN_TEXT] + ("…" if len(shown) > SHOWN_TEXT else ""), "  | ")
    for each in review.asked:
        console.paragraph(f"Read as: {words.asked(each.request)}", "  ")
        if addresses.is_about_post(each.request):
            addresses.show(each.request, "    ")
    for doubt in words.doubts(review.doubts) or [review.reason]:
        console.paragraph(f"Doubt: {doubt}", "  ")
    console.out()
