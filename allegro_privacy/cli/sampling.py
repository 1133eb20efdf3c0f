"""`review --sample`: a person checks decisions that the program made alone, so that its errors are counted."""

from dataclasses import replace
from typing import TYPE_CHECKING

from allegro_privacy.cli import console, documents, question, words
from allegro_privacy.cli.clock import utc_now
from allegro_privacy.core.children import HIDDEN, shortened, shortened_email
from allegro_privacy.core.decision import Verdict
from allegro_privacy.errors import AnsweredError, ExitCode, PrivacyError
from allegro_privacy.workflow import desk, insight

if TYPE_CHECKING:
    from allegro_privacy.cli.app import Call
    from allegro_privacy.store.database import Database
    from allegro_privacy.workflow.desk import Sampled

HELP = (
    "r  right: the program decided as you would",
    "w  wrong: it did not; what it ignored then becomes a question for the desk",
    "s  skip: say nothing about this one",
    "o  open: all of the text that is kept",
    "q  quit: what you said is saved",
)


def run(call: "Call", size: int, interactive: bool) -> int:
    """Show decisions drawn at random; with a person at the terminal ask about each."""
    settings = call.settings()
    zone = settings.shop.time_zone
    with insight.opened(settings, read_only=not interactive) as database:
        drawn = desk.sample(database, size)
        if call.as_json:
            console.document({"sample": [_document(each) for each in drawn]})
            return ExitCode.DONE
        if not drawn:
            call.say("There is no decision of the program's own that was not checked.")
        elif interactive:
            return _ask_about_each(call, database, drawn, zone)
        for each in drawn:
            _show(each, zone, each.child, question.LIST_LINES)
        if drawn:
            call.say('  (use "allegro-privacy review check ID right" or "… wrong" to say how it was decided)')
    return ExitCode.DONE


def _ask_about_each(call: "Call", database: "Database", drawn: "tuple[Sampled, ...]", zone: str) -> int:
    said = {"right": 0, "wrong": 0}
    call.say(f"{words.count(len(drawn), 'decision')} of the program's own. Was each right? ? explains the letters.")
    try:
        for number, each in enumerate(drawn, start=1):
            console.say()
            _show(each, zone, each.child, question.QUESTION_LINES)
            letter = _letter(each, zone, f"{each.id} ({number} of {len(drawn)}) [r,w,s,o,q,?]?")
            if letter == "q":
                break
            if letter in ("r", "w") and check(call, database, each.id, letter == "w"):
                said["wrong" if letter == "w" else "right"] += 1
    except KeyboardInterrupt:
        console.say()
        console.say("Interrupted. What you said is saved.")
        return ExitCode.INTERRUPTED
    call.say(f"Saved: {said['right']} right, {said['wrong']} wrong. allegro-privacy report shows the error rate.")
    return ExitCode.DONE


def _letter(each: "Sampled", zone: str, prompt: str) -> str:
    """r, w, s or q; the terminal's end is q."""
    while True:
        letter = console.reply(prompt)
        if letter is None or letter in ("r", "w", "s", "q"):
            return letter or "q"
        if letter == "o":
            _show(each, zone, False, None)
        else:
            for line in HELP:
                console.say(f"  {line}")


def check(call: "Call", database: "Database", name: str, wrong: bool) -> bool:
    """Record one check and say what is to be done about a wrong one; False when somebody else was first."""
    try:
        receipt, review = desk.check(database, name, wrong, "", call.actor, utc_now())
    except AnsweredError as error:
        console.say(f"{error.what} {error.by} did that. Nothing was recorded twice.")
        return False
    except PrivacyError as error:
        console.error_lines(error.what, error.why, error.fix, "not done")
        return False
    console.out(f"Saved: {receipt.summary}")
    if wrong and review is None:
        console.say(f'  (what it did can be ended: "allegro-privacy why {name}", then lift, with the reason)')
    return True


def _show(each: "Sampled", zone: str, hidden: bool, most: int | None) -> None:
    sender = shortened_email(each.sender) if hidden else each.sender
    head = f"{each.id}  from {sender or 'an unknown sender'}, received {words.when(each.received, zone)}"
    console.paragraph(head, hang=2, width=question.WIDTH)
    quotes = [one.quote for decided in each.requests for one in decided.request.evidence]
    subject = HIDDEN if hidden else each.subject or "(none)"
    text = HIDDEN if hidden else each.text
    console.marked_lines(console.marked(f"Subject: {subject}", quotes, question.WIDTH, "  "))
    console.marked_lines(question.lines_of(text, quotes, most))
    for decided in each.requests:
        request = shortened(decided.request) if hidden else decided.request
        said = f"The program: {words.VERDICTS[decided.verdict]}, {words.asked(request)}"
        console.paragraph(said, "  ", hang=2, width=question.WIDTH)
    if not each.requests:
        why = f"The program: {words.VERDICTS[each.verdict]} ({each.nature}), {each.reason or 'no request'}"
        console.paragraph(why, "  ", hang=2, width=question.WIDTH)
    if each.did and each.verdict is Verdict.ACCEPT:
        console.paragraph(f"It made: {', '.join(each.did)}", "  ", width=question.WIDTH)


def _document(row: "Sampled") -> documents.Document:
    """A decision that the program made alone, for a person to check; shortened when a child may be concerned."""
    judged = [replace(each, request=shortened(each.request)) for each in row.requests] if row.child else row.requests
    return {
        "id": row.id,
        "message": row.message,
        "received": documents.utc(row.received),
        "sender": shortened_email(row.sender) if row.child else row.sender,
        "subject": HIDDEN if row.child else row.subject,
        "text": HIDDEN if row.child else row.text,
        "decision": row.verdict.value,
        "reason": row.reason,
        "nature": row.nature,
        "requests": [documents.decided_request(each) for each in judged],
        "did": list(row.did),
        "masked": row.child,
    }
