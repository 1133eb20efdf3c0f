"""The readers: one function per question."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Channel
from allegro_privacy.store.append import head_of
from allegro_privacy.store.cases import IS_OPEN
from allegro_privacy.store.cases import case as case
from allegro_privacy.store.cases import open_cases as open_cases
from allegro_privacy.store.cases import open_questions as open_questions
from allegro_privacy.store.cases import stopped_with as stopped_with
from allegro_privacy.store.database import Database
from allegro_privacy.store.drafts import places_waiting as places_waiting
from allegro_privacy.store.erasure import erasure_plan as erasure_plan
from allegro_privacy.store.erasure import needs_compacting as needs_compacting
from allegro_privacy.store.excerpt import opened as opened
from allegro_privacy.store.excerpt import proof_recorded as proof_recorded
from allegro_privacy.store.excerpt import rows_in as rows_in
from allegro_privacy.store.excerpt import stretches as stretches
from allegro_privacy.store.imports import known_row as known_row
from allegro_privacy.store.lifting import liftable as liftable
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
from allegro_privacy.store.reviews import content_of, customers_asked
from allegro_privacy.store.reviews import how_many_wait as how_many_wait
from allegro_privacy.store.reviews import next_review as next_review
from allegro_privacy.store.reviews import open_reviews as open_reviews
from allegro_privacy.store.reviews import review as review
from allegro_privacy.store.reviews import reviews_alike as reviews_alike
from allegro_privacy.store.rows import Export, Head, Problem, Pull, Status, Suppression
from allegro_privacy.store.sample import Sampled as Sampled
from allegro_privacy.store.sample import sample as sample
from allegro_privacy.store.search import SUPPRESSION_COLUMNS, suppression
from allegro_privacy.store.search import find as find
from allegro_privacy.store.search import messages_among as messages_among
from allegro_privacy.store.standing import known_origin as known_origin
from allegro_privacy.store.standing import standing as standing
from allegro_privacy.store.tables import SUPPRESSIONS
from allegro_privacy.store.timeline import EXPORT_COLUMNS, export
from allegro_privacy.store.timeline import suppressions_among as suppressions_among
from allegro_privacy.store.timeline import timeline as timeline
from allegro_privacy.store.timeline import timeline_of as timeline_of


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


def erased_since(database: Database, channel: Channel, event: int) -> int:
    """How many suppressions of a channel are in force and were erased after an event: the lists before named them."""
    columns = list(SUPPRESSIONS.columns)
    channel_at, event_at = columns.index("channel"), columns.index("event")
    erasures = database.rows("SELECT number FROM ledger WHERE kind = 'erased' AND number > ?", (event,))
    contents = (content_of(database, row[0]) or {} for row in erasures)
    remains = (row for content in contents for row in content["remains"].get("suppressions", ()))
    erased = json.dumps(sorted({row[event_at] for row in remains if row[channel_at] == channel.value}))
    sql = "SELECT count(*) FROM suppressions WHERE lifted IS NULL AND event IN (SELECT value FROM json_each(?))"
    return int(database.value(sql, (erased,)))


def last_export(database: Database, recipient: str, channel: Channel) -> Export | None:
    """The last list of a channel that left to a recipient."""
    sql = f"SELECT {EXPORT_COLUMNS} FROM exports WHERE recipient = ? AND channel = ? ORDER BY event DESC LIMIT 1"  # noqa: S608
    row = database.row(sql, (recipient, channel.value))
    return None if row is None else export(row)


def exports(database: Database) -> tuple[Export, ...]:
    """Every list that left, oldest first."""
    return tuple(export(row) for row in database.rows(f"SELECT {EXPORT_COLUMNS} FROM exports ORDER BY event"))  # noqa: S608


def recorded_export(database: Database, file: str, sha256: str) -> Export | None:
    """The list that left under this name, else the one with these bytes."""
    sql = (
        f"SELECT {EXPORT_COLUMNS} FROM exports WHERE file = ? OR sha256 = ? ORDER BY file = ? DESC, event DESC LIMIT 1"  # noqa: S608
    )
    row = database.row(sql, (file, sha256, file))
    return None if row is None else export(row)


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
