"""The only writer: events, and in the same transaction the tables derived from them.

Every function here must be called inside `database.writing(...)`, and none commits; only `compact` stands alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import Decision, Effect, Receipt, RequestDecision, Verdict
from allegro_privacy.core.message import Message, Origin, Via
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Key
from allegro_privacy.core.reading import Reading
from allegro_privacy.errors import UsageError
from allegro_privacy.store.answering import answer_review as answer_review
from allegro_privacy.store.answering import ask_customer as ask_customer
from allegro_privacy.store.answering import check_decision as check_decision
from allegro_privacy.store.answering import open_review
from allegro_privacy.store.append import append, receipt
from allegro_privacy.store.attempts import attempts_of as attempts_of
from allegro_privacy.store.attempts import begin_attempt as begin_attempt
from allegro_privacy.store.attempts import clear_attempts as clear_attempts
from allegro_privacy.store.attempts import place_of
from allegro_privacy.store.cases import change_case as change_case
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import record_decoys as record_decoys
from allegro_privacy.store.deliveries import record_delivered as record_delivered
from allegro_privacy.store.drafts import record_draft as record_draft
from allegro_privacy.store.drops import cancel_drop as cancel_drop
from allegro_privacy.store.drops import change_drop as change_drop
from allegro_privacy.store.drops import plan_drop as plan_drop
from allegro_privacy.store.effects import Occasion, carry_out
from allegro_privacy.store.erasure import compact as compact
from allegro_privacy.store.erasure import erase as erase
from allegro_privacy.store.excerpt import record_proof as record_proof
from allegro_privacy.store.exports import acknowledge as acknowledge
from allegro_privacy.store.exports import record_export as record_export
from allegro_privacy.store.holds import place_hold as place_hold
from allegro_privacy.store.holds import release_holds as release_holds
from allegro_privacy.store.imports import record_import as record_import
from allegro_privacy.store.keys import KeysOf, as_pairs, by_itself, keys_of_address, keys_of_person, remembered
from allegro_privacy.store.leaks import record_check as record_check
from allegro_privacy.store.lifting import lift as lift
from allegro_privacy.store.mailboxes import drop_other_epochs as drop_other_epochs
from allegro_privacy.store.mailboxes import drop_unwanted as drop_unwanted
from allegro_privacy.store.mailboxes import filed as filed
from allegro_privacy.store.mailboxes import not_filed as not_filed
from allegro_privacy.store.mailboxes import note_copying as note_copying
from allegro_privacy.store.mailboxes import note_position as note_position
from allegro_privacy.store.mailboxes import plan_filing as plan_filing
from allegro_privacy.store.messages import headers_kept, id_of, number_of
from allegro_privacy.store.plain import parts_of, plain
from allegro_privacy.store.retention import erase_due as erase_due
from allegro_privacy.store.retention import record_files_removed as record_files_removed
from allegro_privacy.store.standing import copy_key, known_origin, recorded_as
from allegro_privacy.store.undoing import undo as undo

# What is kept of a message's own words: enough to judge it again, not an archive of letters.
TEXT_BYTES = 8192
MOST_ADDRESSES = 10
MOST_ATTACHMENTS = 20
# Parts of a message that are not kept: what it quoted, its machine parts, its headers but a few.
NOT_KEPT = frozenset({"id", "text", "headers", "machine", "embedded"})
# Parts of a reading that lie in the event already: the words read as `text`, the requests with the decision.
TEXT_READ, SAME_REQUESTS = frozenset({"own"}), frozenset({"own", "requests"})


def record(
    database: Database,
    message: Message,
    own_text: str,
    origin: Origin,
    reading: Reading,
    decision: Decision,
    actor: str,
    now: datetime,
    *,
    effects: Mapping[str, Effect],
    keys_of: KeysOf,
) -> Receipt:
    """Record one message with all that follows from its decision. The same bytes, or a copy, are only sighted."""
    known = recorded_as(database, message)
    if known is not None:
        return _record_sighting(database, known, origin, actor, now, message.id)
    keys_of = remembered(keys_of)
    decision = _without_empty_acceptance(decision, Occasion(0, actor, now, effects, keys_of))
    content = _message_content(database, message, own_text, origin, reading, decision)
    number = append(database, "message-received", message.id, content, actor, now)
    occasion = Occasion(number, actor, now, effects, keys_of)
    done = [(number, "")]
    for position, judged in enumerate(decision.requests):
        if judged.verdict is Verdict.ACCEPT:
            done += carry_out(database, occasion, position, judged.request)
    asked = [position for position, judged in enumerate(decision.requests) if judged.verdict is Verdict.ASK]
    if asked or decision.verdict is Verdict.ASK:
        done.append(open_review(database, number, asked, decision.reason, actor, now))
    clear_attempts(database, origin)
    return receipt(database, message.id, decision.verdict, done)


def _without_empty_acceptance(decision: Decision, occasion: Occasion) -> Decision:
    """A request that is accepted but names nobody to act on would be lost: it is asked about instead."""
    if not any(one.verdict is Verdict.ACCEPT and occasion.lacks_key(one.request) for one in decision.requests):
        return decision
    requests = tuple(
        RequestDecision(one.request, Verdict.ASK, "it does not say whom or what to act on")
        if one.verdict is Verdict.ACCEPT and occasion.lacks_key(one.request)
        else one
        for one in decision.requests
    )
    return Decision(Verdict.ASK, requests, decision.doubts, decision.reason)


def _message_content(
    database: Database, message: Message, own_text: str, origin: Origin, reading: Reading, decision: Decision
) -> dict[str, Any]:
    kept = parts_of(message, without=NOT_KEPT)
    if headers := headers_kept(message):
        kept["headers"] = headers
    for name, most in (("to", MOST_ADDRESSES), ("attachments", MOST_ATTACHMENTS)):
        if name in kept:
            kept[name] = kept[name][:most]
    judged = tuple(one.request for one in decision.requests)
    read = parts_of(reading, without=SAME_REQUESTS if judged == reading.requests else TEXT_READ)
    people = dict.fromkeys(request.person for request in (*judged, *reading.requests))
    keys: list[Key] = [key for person in people for key in keys_of_person(person)]
    addresses = (*(mailbox.email for mailbox in (*message.sender, *message.reply_to)), *reading.failed)
    keys += [key for address in addresses for key in keys_of_address(address)]
    return {
        "message": kept,
        "text": _capped(own_text if own_text.strip() else message.text),
        "text_hash": copy_key(database.secret, message).hex(),
        "origin": plain(origin),
        "reading": read,
        "decision": plain(decision),
        **({"keys": as_pairs(keys) or by_itself(message)} if keys or message.via is not Via.EMAIL else {}),
    }


def _capped(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= TEXT_BYTES else raw[:TEXT_BYTES].decode("utf-8", "ignore") + " …"


def _record_sighting(database: Database, message: int, origin: Origin, actor: str, now: datetime, read: str) -> Receipt:
    done: list[tuple[int, str]] = []
    message_id = id_of(database, message)
    if not known_origin(database, origin):
        content = {"message": message, "origin": plain(origin), **({"bytes": read} if read != message_id else {})}
        done.append((append(database, "message-sighted", f"M{message}", content, actor, now), ""))
    clear_attempts(database, origin)
    return receipt(database, message_id, Verdict.IGNORE, done, copy=True)


def _number_of(database: Database, message_id: str) -> int:
    number = number_of(database, message_id)
    if number is None:
        raise UsageError(f"There is no message {message_id}.", "", "allegro-privacy find WHO")
    return number


def set_aside(
    database: Database,
    origin: Origin,
    problem: str,
    actor: str,
    now: datetime,
    *,
    message_id: str = "",
    received: datetime | None = None,
) -> Receipt:
    """Give up on a message that stopped the program three times: a review is opened and its origin is known.
    message_id: the SHA-256 of its bytes, if they can be had."""
    name = message_id or f"aside-{place_of(database, origin).hex()}"
    known = number_of(database, name)
    if known is not None:
        return _record_sighting(database, known, origin, actor, now, name)
    received = received or origin.received or now
    content = {"origin": plain(origin), "problem": problem, "received": utc_text(received)}
    number = append(database, "message-set-aside", name, content, actor, now)
    done = [(number, ""), open_review(database, number, (), problem, actor, now)]
    clear_attempts(database, origin)
    return receipt(database, name, Verdict.ASK, done)


def record_bounce(database: Database, message_id: str, address: str, hard: bool, actor: str, now: datetime) -> Receipt:
    """Mail to that address comes back; it is undeliverable, which is not an opt-out."""
    keys = keys_of_address(address)
    if not keys:
        raise UsageError("A bounce names an e-mail address.")
    message = _number_of(database, message_id)
    content = {"message": message, "address": address, "key": keys[0].value, "hard": hard}
    number = append(database, "bounced", f"M{message}", content, actor, now)
    return receipt(database, message_id, Verdict.IGNORE, [(number, "undeliverable")])


def record_pull(
    database: Database,
    sources: tuple[str, ...],
    counts: Mapping[str, int],
    problems: tuple[str, ...],
    actor: str,
    now: datetime,
    told: tuple[str, ...] = (),
) -> Receipt:
    """A pull came to its end; `counts`: fetched, accepted, review, ignored, unreadable (copies, known, …).  told: what
    else staff should know of it, such as how much older mail was left alone."""
    content = {"sources": list(sources), "counts": dict(counts), "problems": list(problems)}
    if told:
        content["told"] = list(told)
    number = append(database, "pull-finished", "P#", content, actor, now)
    return receipt(database, "", Verdict.ACCEPT, [(number, "pull finished")])
