"""What was read of the mail, as pull and classify show it: in lines, or as the `messages` of a JSON document."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from allegro_privacy.cli import console, failures, words
from allegro_privacy.cli.app import Call
from allegro_privacy.cli.documents import Document, decided_request, doubts, utc
from allegro_privacy.core.children import decision_about_child, shortened
from allegro_privacy.core.decision import Verdict
from allegro_privacy.workflow.judge import Judged, Outcome, Tally, Unread

SHOWN_LINES = 20


def stream(outcomes: Iterable[Outcome], rules: str, tally: Tally, head: Mapping[str, Any]) -> None:
    """One JSON document; when something fails half-way, the document still ends well and holds the error."""
    stream = console.Stream({"rules": rules, **head}, "messages")
    try:
        for outcome in outcomes:
            stream.row(_message(outcome))
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        failure = failures.described(error)
        stream.close({"totals": tally.counts(), "problems": [*tally.down, *tally.problems], **failure.document()})
        raise failures.ReportedError(failure) from error
    problems = [*tally.down, *tally.problems]
    stream.close({"totals": tally.counts(), "problems": problems, "told": list(tally.told)})


def pulled(call: Call, outcomes: Iterable[Outcome], tally: Tally, only_news: bool = False) -> None:
    """What came of a pull. only_news: nothing is said when nothing was fetched."""
    news, hidden = _gather_news(outcomes, console.Progress(not call.quiet, "messages"), call.verbose)
    for problem in (*tally.down, *tally.problems):
        console.say(f"could not be read: {problem}")
    for line in (*tally.told, *tally.unfiled):
        console.say_paragraph(line, hang=2)
    if call.quiet or (only_news and not tally.fetched):
        return
    for outcome in news:
        _show_news(outcome)
    if hidden:
        console.out(f"… and {hidden:,} more (-v shows all)")
    if call.dry_run:
        console.out("Dry run: nothing was recorded.")
    console.out(total(tally))
    if (tally.review or tally.unreadable) and not call.dry_run:
        console.say('  (use "allegro-privacy review" to answer what needs a person)')
    if tally.again or tally.down:
        console.say("  (what could not be read is tried again by the next pull)")


def _gather_news(
    outcomes: Iterable[Outcome], progress: console.Progress, everything: bool
) -> tuple[list[Outcome], int]:
    """What was accepted or asked, as far as it is to be shown, and how much more there was."""
    news: list[Outcome] = []
    hidden = 0
    for outcome in outcomes:
        progress.step()
        if not _is_news(outcome):
            continue
        if everything or len(news) < SHOWN_LINES:
            news.append(outcome)
        else:
            hidden += 1
    progress.end()
    return news, hidden


def _is_news(outcome: Outcome) -> bool:
    fresh = isinstance(outcome, Judged) and not outcome.known and not (outcome.receipt and outcome.receipt.copy)
    return fresh and outcome.decision.verdict is not Verdict.IGNORE  # type: ignore[union-attr]


def _show_news(outcome: Any) -> None:
    child = decision_about_child(outcome.decision)
    for decided in outcome.decision.requests:
        request = shortened(decided.request) if child else decided.request
        console.paragraph(f"{words.VERDICTS[decided.verdict]:<10} {words.asked(request)}", hang=11)
    if not outcome.decision.requests:
        shown = f"{words.VERDICTS[outcome.decision.verdict]:<10} {outcome.decision.reason}: {outcome.raw.origin.shown}"
        console.paragraph(shown, hang=11)


def reading(outcome: Outcome) -> None:
    """One message as `classify` shows it: what it is, each request with its words, and why."""
    console.out(outcome.raw.origin.shown)
    if isinstance(outcome, Unread):
        console.paragraph(f"unreadable: {outcome.problem}", "  ")
        console.out()
        return
    decision = outcome.decision
    reason = "" if decision.requests else f": {decision.reason}"
    console.paragraph(f"{words.VERDICTS[decision.verdict]} ({outcome.reading.nature}){reason}", "  ")
    for decided in decision.requests:
        console.paragraph(f"- {words.asked(decided.request)}", "  ")
        console.paragraph(f"{words.VERDICTS[decided.verdict]}: {decided.reason}", "    ")
        console.paragraph(f"because of {words.evidence(decided.request)}", "    ")
        for doubt in words.doubts((each.doubt.value, each.about) for each in decided.request.doubts):
            console.paragraph(f"doubt: {doubt}", "    ")
    for doubt in words.doubts((each.doubt.value, each.about) for each in decision.doubts):
        console.paragraph(f"doubt: {doubt}", "  ")
    console.out()


def total(tally: Tally) -> str:
    """The line whose numbers add up."""
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in tally.reasons.most_common())
    ignored = f"{tally.ignored:,} ignored" + (f" ({reasons})" if reasons else "")
    return (
        f"{tally.fetched:,} fetched = {tally.accepted:,} accepted + {tally.review:,} to review"
        f" + {ignored} + {tally.unreadable:,} unreadable"
    )


def _message(outcome: Outcome) -> Document:
    """One row of `messages` in `classify` and `pull`."""
    return _judged(outcome) if isinstance(outcome, Judged) else _unread(outcome)


def _judged(judged: Judged) -> Document:
    mail, reading, decision = judged.message, judged.reading, judged.decision
    row: Document = {
        "source": judged.raw.origin.shown,
        "id": mail.id,
        "message_id": mail.message_id or None,
        "received": utc(mail.received),
        "language": reading.language,
        "nature": reading.nature.value,
        "decision": decision.verdict.value,
        "requests": [decided_request(each) for each in decision.requests],
        "doubts": doubts(decision.doubts),
        "reason": decision.reason,
        "notes": [note.value for note in reading.notes],
        "authentication": reading.authentication,
        "flags": sorted(mail.flags),
        "received_by": mail.received_by,
    }
    if judged.known:
        row["known"] = True
    if judged.receipt:
        row["events"] = list(judged.receipt.events)
        row["copy"] = judged.receipt.copy
    return row


def _unread(unread: Unread) -> Document:
    return {
        "source": unread.raw.origin.shown,
        "id": unread.raw.sha256 or hashlib.sha256(unread.raw.raw).hexdigest(),
        "message_id": None,
        "received": utc(unread.raw.origin.received),
        "language": "",
        "nature": "unreadable",
        "decision": "ask",
        "requests": [],
        "doubts": [{"doubt": "unreadable", "about": unread.problem}],
        "reason": unread.problem,
        "notes": [],
        "authentication": "none",
        "flags": [],
    }
