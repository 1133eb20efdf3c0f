"""The JSON of docs/cli.md. A field is only ever added, never renamed or removed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allegro_privacy.core.children import HIDDEN, shortened, shortened_email
from allegro_privacy.core.decision import RequestDecision
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.masking import masked
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.core.reading import Doubtful, Request

if TYPE_CHECKING:
    from allegro_privacy.store.rows import (
        Case,
        Entry,
        Export,
        Findings,
        FoundMessage,
        Review,
        Status,
        Suppression,
        Timeline,
    )
    from allegro_privacy.store.rows_leaks import LeakFound
    from allegro_privacy.store.rows_scrubs import ScrubHit

Document = dict[str, Any]


def utc(moment: datetime | None) -> str | None:
    """A moment as JSON shows it."""
    return None if moment is None else utc_text(moment)


def decided_request(decided: RequestDecision) -> Document:
    """One request with its own decision and the reason for it."""
    return {
        **request(decided.request),
        "decision": decided.verdict.value,
        "reason": decided.reason,
        "doubts": doubts(decided.request.doubts),
        "notes": [note.value for note in decided.request.notes],
        "candidates": list(decided.request.candidates),
    }


def request(asked: Request) -> Document:
    """What is asked, by whom, and the words that say so. Channel and level only where the kind has them."""
    row: Document = {"kind": asked.kind}
    if asked.channel:
        row["channel"] = asked.channel.value
    if asked.level:
        row["level"] = asked.level.value
    row["person"] = person(asked.person)
    row["evidence"] = [{"rule": each.rule, "where": each.where, "quote": each.quote} for each in asked.evidence]
    return row


def person(named: Person) -> Document:
    """How someone named themselves."""
    number = {"customer_number": named.customer_number} if named.customer_number else {}
    return {"name": named.name, "email": named.email, "phone": named.phone, "address": address(named.address), **number}


def address(postal: PostalAddress | None) -> Document | None:
    """A postal address; `as_given` is never altered."""
    if postal is None:
        return None
    return {
        "line1": postal.line1,
        "line2": postal.line2,
        "city": postal.city,
        "state": postal.state,
        "zip": postal.zip,
        "zip4": postal.zip4,
        "as_given": postal.as_given,
        "kind": postal.kind,
        "missing": list(postal.missing),
        "doubts": list(postal.doubts),
    }


def doubts(found: Iterable[Doubtful]) -> list[Document]:
    """Named reasons not to act alone."""
    return [{"doubt": each.doubt.value, "about": each.about} for each in found]


def suppression(row: "Suppression") -> Document:
    """A standing "do not send marketing"."""
    return {
        "id": row.id,
        "channel": row.channel.value,
        "level": row.level.value if row.level else None,
        "key": row.key,
        "name": row.name,
        "address": dict(row.address) if row.address else None,
        "reason": row.reason,
        "since": utc(row.since),
        "lifted": utc(row.lifted),
        "message": row.message,
        "erased": row.erased,
    }


def review(row: "Review", opened: bool = False, cases: "Iterable[Case]" = ()) -> Document:
    """An open question: the message, what was recognised, and why a person must look. `postal` of a request is its
    address part by part, null when it concerns none. What concerns a child is shortened (`masked`) unless `opened`.
    cases: the writer's open ones."""
    from allegro_privacy.cli import addresses  # reads the postal tables, which only reviews need

    hidden = row.child and not opened
    judged = [replace(each, request=shortened(each.request)) for each in row.asked] if hidden else row.asked
    return {
        "id": row.id,
        "message": row.message,
        "opened": utc(row.opened),
        "received": utc(row.received),
        "source": row.source,
        "sender": shortened_email(row.sender) if hidden else row.sender,
        "subject": HIDDEN if hidden else row.subject,
        "text": HIDDEN if hidden else row.text,
        "reason": row.reason,
        "requests": [
            {**decided_request(each), "postal": None if hidden else addresses.document(each.request)} for each in judged
        ],
        "doubts": [{"doubt": doubt, "about": "" if hidden else about} for doubt, about in row.doubts],
        "answered": utc(row.answered),
        "answered_by": row.answered_by,
        "answer": row.verdict.value if row.verdict else None,
        "mailbox": row.mailbox or None,
        "customer_asked": utc(row.customer_asked),
        "masked": hidden,
        "open_cases": [each.id for each in cases],
    }


def found_message(row: "FoundMessage") -> Document:
    """A recorded message in a search result."""
    return {
        "id": row.id,
        "received": utc(row.received),
        "via": row.via,
        "sender": shortened_email(row.sender) if row.child else row.sender,
        "subject": HIDDEN if row.child else row.subject,
        "masked": row.child,
        "nature": row.nature,
        "language": row.language,
        "decision": row.verdict.value,
        "erased": row.erased,
    }


def case(row: "Case") -> Document:
    """A privacy-rights request; a child's is masked in every list."""
    shown = masked(row.request) if row.request and row.lane is Lane.CHILD else row.request
    return {
        "id": row.id,
        "kind": row.kind,
        "message": row.message,
        "received": utc(row.received),
        "opened": utc(row.opened),
        "request": request(shown) if shown else None,
        "erased": row.erased,
        "lane": row.lane.value,
        "state": row.state.value,
        "asked": row.asked,
    }


def export(row: "Export") -> Document:
    """A list that left."""
    return {
        "id": row.id,
        "at": utc(row.at),
        "recipient": row.recipient,
        "channel": row.channel.value,
        "file": row.file,
        "sha256": row.sha256,
        "rows": row.rows,
        "as_of": row.as_of,
        "head": row.head,
        "override": row.override,
        "reason": row.reason,
        "layout": row.layout,
        "change": row.change,
        "sequence": row.sequence,
        "after": row.after or None,
        "removals": row.removals,
        "held": len(row.held),
    }


def findings(found: "Findings", under_way: Mapping[str, Document]) -> Document:
    """The answer of `find`. under_way: what a suppression came too late for, by its number."""
    return {
        "who": found.who,
        "suppressions": [{**suppression(row), **under_way.get(row.id, {})} for row in found.suppressions],
        "messages": [found_message(row) for row in found.messages],
        "reviews": [review(row) for row in found.reviews],
        "cases": [case(row) for row in found.cases],
        "more": found.more,
        "near": list(found.near),
    }


def entry(row: "Entry") -> Document:
    """One event of a timeline."""
    return {
        "event": row.number,
        "at": utc(row.at),
        "actor": row.actor,
        "kind": row.kind,
        "subject": row.subject,
        "title": row.title,
        "content": dict(row.content),
        "erased": row.erased,
    }


def timeline(told: "Timeline", under_way: Mapping[str, Document]) -> Document:
    """The answer of `why`. under_way: what a suppression came too late for, by its number."""
    return {
        "who": told.who,
        "as_of": utc(told.as_of),
        "events": [entry(row) for row in told.entries],
        "suppressions": [{**suppression(row), **under_way.get(row.id, {})} for row in told.suppressions],
        "exports": [
            {
                **export(row),
                "carried": list(carried),
                "acknowledged": [utc(receipt.at) for receipt in told.receipts.get(row.event, ())],
                "not_applied": [{"row_id": each, "code": code} for each, code in told.not_applied(row)],
            }
            for row, carried in told.exports
        ],
        "scrubs": [scrub_hit(row) for row in told.scrubs],
        "leaks": [leak(row) for row in told.leaks],
    }


def leak(row: "LeakFound") -> Document:
    """Somebody was mailed after they had asked. within: clock, drop, or null when it was not in time."""
    return {
        "check": f"K{row.check}",
        "at": utc(row.at),
        "suppression": row.suppression,
        "sent": row.sent.isoformat(),
        "days": row.days,
        "within": row.within.value or None,
        "recipient": row.recipient or None,
        "drop": f"D{row.drop}" if row.drop else None,
        "file": row.file,
    }


def scrub_hit(row: "ScrubHit") -> Document:
    """A mailing list out of which rows of somebody were taken."""
    scrub = row.scrub
    return {
        "id": scrub.id,
        "at": utc(scrub.at),
        "name": scrub.name,
        "file": scrub.file,
        "sha256": scrub.sha256,
        "kept_file": scrub.kept_file,
        "as_of_day": scrub.day or None,
        "flagged": scrub.flagged,
        "suppression": row.suppression,
        "dropped": row.dropped,
        "looked": row.looked,
    }


def status(row: "Status") -> Document:
    """The answer of `status`."""
    pull = row.last_pull
    return {
        "shop": row.shop,
        "created": utc(row.created),
        "head": {"number": row.head.number, "hash": row.head.hash},
        "messages": row.messages,
        "suppressed": dict(row.suppressed),
        "addresses": {quality: row.addresses.get(quality, 0) for quality in ("complete", "usable", "incomplete")},
        "open_reviews": row.open_reviews,
        "oldest_review": row.oldest_review.id if row.oldest_review else None,
        "customers_asked": row.customers_asked,
        "drafts_waiting": row.drafts_waiting,
        "open_cases": row.open_cases,
        "oldest_cases": list(row.oldest_cases),
        "last_pull": pull
        and {
            "at": utc(pull.at),
            "actor": pull.actor,
            "sources": list(pull.sources),
            "counts": dict(pull.counts),
            "problems": list(pull.problems),
        },
        "exports": [export(each) for each in row.exports],
        "size": row.size,
    }
