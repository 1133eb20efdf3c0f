"""What needs a person: the open questions, and their answers."""

from typing import TYPE_CHECKING, Annotated

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, app, shared
from allegro_privacy.errors import ExitCode

if TYPE_CHECKING:
    from datetime import datetime

    from allegro_privacy.core.model import Receipt, Verdict
    from allegro_privacy.store.rows import Review

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
        call.say('   "allegro-privacy review answer -h" shows how to correct a request first)')
    return ExitCode.DONE


@group.command("answer")
@shared("as_json", "dry_run", "actor")
def answer(
    call: Call,
    review_id: Annotated[str, typer.Argument(metavar="ID", help="The number of the review, as the list shows it.")],
    verdict: Annotated[str, typer.Argument(metavar="accept|ignore", help="Act on it, or leave it.")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="KIND", help="What is asked, when it was read wrongly: opt-out, access, deletion, …"
        ),
    ] = "",
    channel: Annotated[
        list[str] | None, typer.Option("--channel", metavar="CHANNEL", help="email, post or phone; may be repeated.")
    ] = None,
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help="The e-mail address to act on.")] = "",
    phone: Annotated[str, typer.Option("--phone", metavar="NUMBER", help="The phone number to act on.")] = "",
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The person's name.")] = "",
    address: Annotated[
        str,
        typer.Option("--address", metavar="TEXT", help='The postal address, for example "12 Oak St, Miami, FL 33144".'),
    ] = "",
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="individual, household or address (post only).")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words; it is recorded.")] = "",
) -> int:
    """Decide one review. What you give here replaces what the program read."""
    from allegro_privacy.cli.choices import one_of
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.core.model import Channel, Level
    from allegro_privacy.workflow import answers, insight, judge

    decided = _verdict(verdict, review_id)
    changes = answers.Changes(
        kind=kind or None,
        channels=tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in channel or ())),
        email=email or None,
        phone=phone or None,
        name=name or None,
        address=address or None,
        level=one_of(Level, level, "--level") if level else None,
        note=note,
    )
    settings = call.settings()
    with insight.opened(settings, read_only=False) as database:
        receipt = answers.answer_review(
            database,
            review_id,
            decided,
            changes,
            call.actor,
            utc_now(),
            effects=judge.effects(settings),
            dry_run=call.dry_run,
        )
    _show_receipt(call, review_id, receipt)
    return ExitCode.DONE


def _show_receipt(call: Call, review_id: str, receipt: "Receipt") -> None:
    if call.as_json:
        facts = {"review": review_id, "answer": receipt.verdict.value, "events": list(receipt.events)}
        console.document({"dry_run": call.dry_run, **facts, "head": receipt.head, "summary": receipt.summary})
    elif not call.quiet:
        console.out(receipt.summary + (" (not recorded: dry run)" if call.dry_run else ""))


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
