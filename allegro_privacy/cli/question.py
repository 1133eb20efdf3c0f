"""One question at the desk: who wrote what and when, why a person must look, and what accepting it would do."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from allegro_privacy.cli import addresses, console, told_message, words
from allegro_privacy.core.children import HIDDEN, shortened, shortened_email
from allegro_privacy.core.decision import Effect
from allegro_privacy.core.reading import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allegro_privacy.store.rows import Review
    from allegro_privacy.workflow.desk import Proposal

WIDTH = 80
LIST_LINES, QUESTION_LINES = 6, 15
# Lines of context that are shown before the first words that count.
_BEFORE = 3
ACTS = {
    Effect.SUPPRESS: "put on the list",
    Effect.OPEN_CASE: "open a case",
    Effect.LIFT: "take off the list",
    Effect.NONE: "note it",
}


def listed(review: "Review", now: datetime, zone: str) -> None:
    """A question in a list; one about a child is shortened."""
    _head(review, now, zone, review.child)
    _body(review, review.child, LIST_LINES)
    for each in review.asked:
        _read_as(shortened(each.request) if review.child else each.request, review.child)
    doubts = [(name, "" if review.child else about) for name, about in review.doubts]
    for doubt in words.doubts(doubts) or [review.reason]:
        console.paragraph(f"Doubt: {doubt}", "  ", hang=2, width=WIDTH)
    if review.child:
        console.paragraph(f"To see it whole: allegro-privacy review show {review.id}", "  ", width=WIDTH)


def asked(review: "Review", now: datetime, zone: str, hidden: bool, whole: bool = False) -> None:
    """A question that is to be answered now, without its proposal. whole: all of the text that is kept."""
    _head(review, now, zone, hidden)
    console.paragraph(f"Waits: {words.long(review.received, now)}, {_where(review)}", "  ", hang=2, width=WIDTH)
    if review.undated:
        console.paragraph(f"Received{told_message.NO_RECEIVED}", "  ", hang=2, width=WIDTH)
    _body(review, hidden, None if whole else QUESTION_LINES)
    if not hidden:
        _elsewhere(review)
    doubts = [(name, "" if hidden else about) for name, about in review.doubts]
    for reason in words.plain_doubts(doubts) or [review.reason]:
        console.paragraph(f"Why you are asked: {reason}", "  ", hang=2, width=WIDTH)
    if review.customer_asked:
        when = words.when(review.customer_asked, zone)
        said = f'The customer is to be asked, since {when} ("allegro-privacy reply {review.id}" shows the letter).'
        console.paragraph(said, "  ", width=WIDTH)


def proposed(proposal: "Proposal", effects: "Mapping[str, Effect]", hidden: bool) -> None:
    """What accepting would do, and what hinders it."""
    for request in proposal.requests:
        _read_as(shortened(request) if hidden else request, hidden)
    for part, before, after in proposal.changed:
        console.paragraph(f"You {words.correction(part, before, after)}", "  ", hang=2, width=WIDTH)
    if proposal.hindrance is not None:
        what = proposal.hindrance.what
        said = f"Accept: not yet, {what.partition(': ')[2] or what} {proposal.hindrance.why}"
        console.paragraph(f"{said} (it can be corrected, or the customer asked)", "  ", hang=2, width=WIDTH)
        return
    acts = dict.fromkeys(ACTS[effects[request.kind]] for request in proposal.requests)
    console.paragraph(f"Accept: {', '.join(acts)}", "  ", width=WIDTH)


def summary(review: "Review", requests: Sequence[Request]) -> str:
    """A question in one line, for a batch."""
    asked_for = "; ".join(words.asked(request) for request in requests) or review.subject or "(no subject)"
    return f"{review.id}  {asked_for}"


def _head(review: "Review", now: datetime, zone: str, hidden: bool) -> None:
    received = f"{words.when(review.received, zone)} ({words.ago(review.received, now)})"
    sender = shortened_email(review.sender) if hidden else review.sender
    head = f"{review.id}  from {sender or 'an unknown sender'}, received {received}"
    console.paragraph(head, hang=2, width=WIDTH)
    if not review.sender:
        console.paragraph(f"It lies in {review.source}", "  ", width=WIDTH)


def _where(review: "Review") -> str:
    return words.mailbox(review.mailbox, review.source)


def _body(review: "Review", hidden: bool, most: int | None) -> None:
    if hidden:
        console.paragraph(f"Subject: {HIDDEN}", "  ", width=WIDTH)
        console.paragraph(HIDDEN, "  | ", width=WIDTH)
        return
    console.marked_lines(
        console.marked(f"Subject: {review.subject or '(none)'}", _quotes(review, "subject"), WIDTH, "  ")
    )
    console.marked_lines(lines_of(review.text, _quotes(review, "text"), most))


def lines_of(text: str, quotes: Sequence[str], most: int | None) -> list[str]:
    """Somebody's text as a question shows it, with the words that count in [[ ]]; most: None shows all of it."""
    if not text.strip():
        return []
    lines = console.marked(_without_gaps(text), quotes, WIDTH, "  | ")
    return lines if most is None else _window(lines, most)


def _without_gaps(text: str) -> str:
    """The lines of a text with at most one empty line between them."""
    kept: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (kept and kept[-1]):
            kept.append(line.strip())
    return "\n".join(kept)


def _window(lines: list[str], most: int) -> list[str]:
    """So many lines, from shortly before the first words that count; what is left out is said."""
    if len(lines) <= most:
        return lines
    first = next((number for number, line in enumerate(lines) if "[[" in line), 0)
    start = min(max(first - _BEFORE, 0), len(lines) - most) if first >= most else 0
    end = start + most
    above = [f"  … {words.count(start, 'line')} above"] if start else []
    below = [f"  … {words.count(len(lines) - end, 'line')} more"] if end < len(lines) else []
    return above + lines[start:end] + below


def _quotes(review: "Review", where: str) -> list[str]:
    return [each.quote for one in review.asked for each in one.request.evidence if each.where == where]


def _elsewhere(review: "Review") -> None:
    """Evidence that stands where this page does not show it: in a quote, a forwarded message, a header."""
    rows = [each for one in review.asked for each in one.request.evidence if each.where not in ("subject", "text")]
    for said in dict.fromkeys(words.quote(each.quote, each.where) for each in rows):
        console.paragraph(f"Found: {said}", "  ", hang=2, width=WIDTH)


def _read_as(request: Request, hidden: bool) -> None:
    console.paragraph(f"Read as: {words.asked(request)}", "  ", hang=2, width=WIDTH)
    if request.is_about_post and not hidden:
        addresses.show(request, "    ")
