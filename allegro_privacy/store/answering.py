"""Questions to staff: opened, answered, passed on to the customer; and what they find when they check the program."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Effect, Receipt, RequestDecision, ReviewAnswer, Verdict
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import AnsweredError, UsageError
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.database import Database
from allegro_privacy.store.effects import Occasion, carry_out
from allegro_privacy.store.keys import KeysOf, remembered
from allegro_privacy.store.messages import id_of
from allegro_privacy.store.people import numbered_event
from allegro_privacy.store.plain import plain
from allegro_privacy.store.reviews import asked_of, review_row


def open_review(
    database: Database, message: int, positions: Sequence[int], reason: str, actor: str, now: datetime
) -> tuple[int, str]:
    """Put a question to staff about a message, or about those of its requests that stand at these positions."""
    content = {"message": message, "positions": list(positions), "reason": reason}
    number = append(database, "review-opened", "R#", content, actor, now)
    return number, f"R{number} waits for an answer"


def answer_review(
    database: Database,
    review_id: str,
    answer: ReviewAnswer,
    actor: str,
    now: datetime,
    *,
    effects: Mapping[str, Effect],
    keys_of: KeysOf,
) -> Receipt:
    """Record what staff decided about a review, with its effects. Answered already: an error that says by whom."""
    event, message = _unanswered(database, review_id)
    if answer.verdict is Verdict.ASK:
        raise UsageError("A review is answered with accept or ignore.")
    asked = asked_of(database, event)
    occasion = Occasion(message, actor, now, effects, remembered(keys_of))
    chosen = _chosen(database, answer, asked, message)
    if answer.verdict is Verdict.ACCEPT:
        _refuse_empty(chosen, occasion, event)
    content = {
        "message": message,
        "verdict": answer.verdict.value,
        "note": answer.note,
        "positions": sorted(asked),
        "requests": [[position, plain(request)] for position, request in chosen.items() if answer.requests],
        **({"corrections": plain(answer.corrections)} if answer.corrections else {}),
        **({"takes_back": answer.takes_back} if answer.takes_back else {}),
    }
    done = [(append(database, "review-answered", f"R{event}", content, actor, now), f"R{event} answered")]
    if answer.verdict is Verdict.ACCEPT:
        for position, request in chosen.items():
            done += carry_out(database, occasion, position, request)
    return receipt(database, id_of(database, message), answer.verdict, done)


def _unanswered(database: Database, review_id: str) -> tuple[int, int]:
    """The event and the message of a review that nobody answered yet."""
    event, message, answered, by = review_row(database, review_id)
    if answered is not None:
        raise AnsweredError(f"R{event} is answered already.", str(by), answered, f"allegro-privacy why R{event}")
    return event, message


def _chosen(
    database: Database, answer: ReviewAnswer, asked: Mapping[int, RequestDecision], message: int
) -> dict[int, Request]:
    """The requests that the answer is about, by their place in the message; staff's own come after those found."""
    if not answer.requests:
        return {position: judged.request for position, judged in asked.items()}
    first = database.value("SELECT coalesce(max(position) + 1, 0) FROM requests WHERE message = ?", (message,))
    return dict(enumerate(answer.requests, start=int(first)))


def _refuse_empty(chosen: Mapping[int, Request], occasion: Occasion, event: int) -> None:
    if not chosen:
        raise UsageError(f"R{event} cannot be accepted as it stands.", "No request was found in it.",
                         f"say what is asked: allegro-privacy review answer R{event} --kind KIND …")  # fmt: skip
    for request in chosen.values():
        if occasion.lacks_key(request):
            raise UsageError(
                f"R{event} cannot be accepted as it stands.",
                f"The request ({request.kind}) does not say whom or what to act on.",
                "give the e-mail address, or the name and the postal address",
            )


def ask_customer(database: Database, review_id: str, note: str, actor: str, now: datetime) -> Receipt:
    """Record that a question to the customer is wanted; the review stays open. Answered already: AnsweredError."""
    review, message = _unanswered(database, review_id)
    number = append(database, "customer-asked", f"R{review}", {"message": message, "note": note}, actor, now)
    words = f"R{review} stays open: the customer is to be asked"
    return receipt(database, id_of(database, message), Verdict.ASK, [(number, words)])


def check_decision(
    database: Database, message: str, wrong: bool, note: str, actor: str, now: datetime
) -> tuple[Receipt, int | None]:
    """Record that a person found a decision of the program right or wrong. A message that was wrongly ignored becomes
    a question for staff, whose event is returned beside the receipt. Checked already: AnsweredError."""
    event = numbered_event(database, message)
    row = database.row("SELECT event, verdict, erased FROM messages WHERE event = ?", (event,))
    if row is None or row[1] == Verdict.ASK or row[2]:
        raise UsageError(
            f"There is no decision of the program's own about {message}.",
            "It was asked about, was erased, or does not exist.",
            "allegro-privacy review --sample 20",
        )
    number, verdict, _ = row
    checked = database.row("SELECT actor, at FROM checks WHERE message = ?", (number,))
    if checked is not None:
        raise AnsweredError(f"M{number} is checked already.", checked[0], checked[1], f"allegro-privacy why M{number}")
    content: dict[str, Any] = {
        "message": number,
        "verdict": verdict,
        "wrong": wrong,
        **({"note": note} if note else {}),
    }
    said = "wrong" if wrong else "right"
    done = [
        (append(database, "decision-checked", f"M{number}", content, actor, now), f"M{number}: the program was {said}")
    ]
    review = None
    if wrong and verdict == Verdict.IGNORE:
        done.append(open_review(database, number, (), "a person found that it was wrongly ignored", actor, now))
        review = done[-1][0]
    return receipt(database, id_of(database, number), Verdict.ASK, done), review
