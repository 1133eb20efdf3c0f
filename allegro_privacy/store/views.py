"""The readers: one function per question."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.store.append import head_of
from allegro_privacy.store.cases import IS_OPEN
from allegro_privacy.store.cases import answered_cases as answered_cases
from allegro_privacy.store.cases import case as case
from allegro_privacy.store.cases import cases_among as cases_among
from allegro_privacy.store.cases import open_cases as open_cases
from allegro_privacy.store.cases import open_questions as open_questions
from allegro_privacy.store.cases import stopped_with as stopped_with
from allegro_privacy.store.database import Database
from allegro_privacy.store.decoys import decoys_among as decoys_among
from allegro_privacy.store.decoys import free_number as free_number
from allegro_privacy.store.decoys import has_decoys as has_decoys
from allegro_privacy.store.decoys import is_taken as is_taken
from allegro_privacy.store.decoys import known_decoy as known_decoy
from allegro_privacy.store.decoys import placed as placed
from allegro_privacy.store.decoys import rows_of_decoys as rows_of_decoys
from allegro_privacy.store.deliveries import undelivered as undelivered
from allegro_privacy.store.drafts import places_waiting as places_waiting
from allegro_privacy.store.drops import acted_on as acted_on
from allegro_privacy.store.drops import drop as drop
from allegro_privacy.store.drops import drops as drops
from allegro_privacy.store.drops import lacking as lacking
from allegro_privacy.store.effects import active
from allegro_privacy.store.erasure import erasure_plan as erasure_plan
from allegro_privacy.store.erasure import needs_compacting as needs_compacting
from allegro_privacy.store.excerpt import opened as opened
from allegro_privacy.store.excerpt import proof_recorded as proof_recorded
from allegro_privacy.store.excerpt import rows_in as rows_in
from allegro_privacy.store.excerpt import stretches as stretches
from allegro_privacy.store.exports import EXPORT_COLUMNS, export
from allegro_privacy.store.exports import acknowledgements as acknowledgements
from allegro_privacy.store.exports import delivery as delivery
from allegro_privacy.store.exports import erased_since as erased_since
from allegro_privacy.store.exports import exports as exports
from allegro_privacy.store.exports import holdings as holdings
from allegro_privacy.store.exports import last_acknowledged as last_acknowledged
from allegro_privacy.store.exports import last_export as last_export
from allegro_privacy.store.exports import numbered_export as numbered_export
from allegro_privacy.store.exports import of_recipient as of_recipient
from allegro_privacy.store.exports import recorded_export as recorded_export
from allegro_privacy.store.holds import is_held as is_held
from allegro_privacy.store.imports import flagged_clicks as flagged_clicks
from allegro_privacy.store.imports import known_row as known_row
from allegro_privacy.store.leaks import asked_at as asked_at
from allegro_privacy.store.leaks import ever_suppressed as ever_suppressed
from allegro_privacy.store.leaks import same_check as same_check
from allegro_privacy.store.lifting import liftable as liftable
from allegro_privacy.store.listing import events_left_out as events_left_out
from allegro_privacy.store.listing import left_out as left_out
from allegro_privacy.store.listing import listed as listed
from allegro_privacy.store.listing import removed as removed
from allegro_privacy.store.mailboxes import filings as filings
from allegro_privacy.store.mailboxes import position as position
from allegro_privacy.store.mailboxes import verdict_of as verdict_of
from allegro_privacy.store.mailboxes import waiting as waiting
from allegro_privacy.store.messages import id_of_content as id_of_content
from allegro_privacy.store.messages import recorded_by as recorded_by
from allegro_privacy.store.period import addresses_by_quality
from allegro_privacy.store.period import facts as facts
from allegro_privacy.store.plain import moment
from allegro_privacy.store.reach import person as person
from allegro_privacy.store.retention import due as due
from allegro_privacy.store.reviews import customers_asked
from allegro_privacy.store.reviews import how_many_wait as how_many_wait
from allegro_privacy.store.reviews import next_review as next_review
from allegro_privacy.store.reviews import open_reviews as open_reviews
from allegro_privacy.store.reviews import review as review
from allegro_privacy.store.reviews import reviews_alike as reviews_alike
from allegro_privacy.store.rows import Head, Problem, Pull, Status, Suppression
from allegro_privacy.store.sample import Sampled as Sampled
from allegro_privacy.store.sample import sample as sample
from allegro_privacy.store.search import SUPPRESSION_COLUMNS, suppression
from allegro_privacy.store.search import find as find
from allegro_privacy.store.search import messages_among as messages_among
from allegro_privacy.store.standing import known_origin as known_origin
from allegro_privacy.store.standing import standing as standing
from allegro_privacy.store.timeline import suppressions_among as suppressions_among
from allegro_privacy.store.timeline import timeline as timeline
from allegro_privacy.store.timeline import timeline_of as timeline_of
from allegro_privacy.store.withdrawals import cases_of_writer as cases_of_writer
from allegro_privacy.store.withdrawals import evidence as evidence


def status(database: Database) -> Status:
    """Where things stand."""
    facts_of_shop: dict[str, str] = dict(database.rows("SELECT key, value FROM meta WHERE key IN ('shop', 'created')"))
    waiting = open_reviews(database, limit=1)
    exports = database.rows(
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE event IN "  # noqa: S608 a constant
        "(SELECT max(event) FROM exports GROUP BY recipient, channel) ORDER BY event DESC"
    )
    counted = database.rows("SELECT channel, count(*) FROM suppressions WHERE lifted IS NULL GROUP BY channel")
    return Status(
        shop=facts_of_shop["shop"],
        created=moment(facts_of_shop["created"]),
        head=ledger_head(database),
        messages=int(database.value("SELECT count(*) FROM messages")),
        suppressed=dict(counted),
        open_reviews=int(database.value("SELECT count(*) FROM reviews WHERE answered IS NULL")),
        oldest_review=waiting[0] if waiting else None,
        open_cases=int(database.value(f"SELECT count(*) FROM cases WHERE {IS_OPEN}")),  # noqa: S608 a constant
        oldest_cases=tuple(
            f"C{row[0]}"
            for row in database.rows(
                f"SELECT cases.event FROM cases JOIN messages ON messages.event = message WHERE {IS_OPEN} "  # noqa: S608
                "ORDER BY received, cases.event LIMIT 2"
            )
        ),
        last_pull=last_pull(database),
        exports=tuple(export(row) for row in exports),
        addresses=dict(addresses_by_quality(database)),
        customers_asked=customers_asked(database),
        drafts_waiting=sum(places_waiting(database).values()),
        size=int(database.value("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")),
    )


def last_pull(database: Database) -> Pull | None:
    """The last pull that came to its end: how fresh the lists are."""
    row = database.row("SELECT event, at, actor, sources, counts, problems FROM pulls ORDER BY event DESC LIMIT 1")
    if row is None:
        return None
    sources, counts, problems = (json.loads(text) for text in row[3:])
    return Pull(row[0], moment(row[1]), row[2], tuple(sources), counts, tuple(problems))


def suppressions(
    database: Database, channel: Channel, as_of: datetime | None = None, as_of_event: int | None = None
) -> Iterator[Suppression]:
    """The active suppressions of a channel, oldest first, streamed; as they stood at a moment, or after an event."""
    conditions: list[str] = ["channel = ?"]
    parameters: list[Any] = [channel.value]
    if as_of is None and as_of_event is None:
        conditions.append("lifted IS NULL")
    if as_of is not None:
        conditions.append("since <= ? AND (lifted IS NULL OR lifted > ?)")
        parameters += [utc_text(as_of)] * 2
    if as_of_event is not None:
        conditions.append("event <= ? AND (lifted_event IS NULL OR lifted_event > ?)")
        parameters += [as_of_event] * 2
    sql = f"SELECT {SUPPRESSION_COLUMNS} FROM suppressions WHERE {' AND '.join(conditions)} ORDER BY event"  # noqa: S608
    return map(suppression, database.stream(sql, parameters))


def is_suppressed(database: Database, key: Key) -> bool:
    """Does a suppression stand for a key now?"""
    return active(database, key) is not None


def ledger_head(database: Database) -> Head:
    """The last event's number and hash."""
    number, sealed = head_of(database)
    at: Any = database.value("SELECT at FROM ledger WHERE number = ?", (number,))
    return Head(number, sealed, None if at is None else moment(at))


def verify(database: Database, against: Head | None = None, rebuild: bool = True) -> list[Problem]:
    """Recompute the chain, derive the tables again and compare; [] when all is well.

    against: a head that was kept elsewhere, in a manifest or a report.  rebuild: False checks the chain alone."""
    from allegro_privacy.store.verification import verify as verified

    return verified(database, against, rebuild)
