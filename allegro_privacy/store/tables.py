"""The tables as rows of data: the same descriptions make them, rebuild them and compare them.

Personal words stand in few places, each named here, so that an erasure can reach all of them: `payload.content`,
`suppressions` (key, name, address), `sightings` (source, locator, mailbox), `undeliverable.address` and `words`.
Everything else is numbers, times, closed sets and keyed hashes.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table. columns: name -> type, a trailing "?" when it may be empty (NULL). primary: its key, in order.
    indexes: (name, what is indexed, a condition or ""). rowid: False for a table that is nothing but its key."""

    name: str
    columns: dict[str, str]
    primary: tuple[str, ...]
    indexes: tuple[tuple[str, str, str], ...] = ()
    rowid: bool = True


META = Table("meta", {"key": "text", "value": "text"}, ("key",))
LEDGER = Table(
    "ledger",
    {
        "number": "integer", "at": "text", "actor": "text", "kind": "text", "subject": "text",
        "digest": "text", "previous": "text", "hash": "text",
    },
    ("number",),
)  # fmt: skip
PAYLOAD = Table("payload", {"number": "integer", "salt": "blob", "content": "text"}, ("number",))
ERASING = Table("erasing", {"number": "integer"}, ("number",))
ATTEMPTS = Table("attempts", {"origin": "text", "count": "integer", "since": "text"}, ("origin",))

MESSAGES = Table(
    "messages",
    {
        "id": "text", "event": "integer", "received": "text", "recorded": "text", "via": "text", "nature": "text",
        "language": "text", "verdict": "text", "message_id_hash": "text?", "text_hash": "text?", "erased": "integer",
    },
    ("id",),
    (
        ("messages_by_message_id", "message_id_hash", "message_id_hash IS NOT NULL"),
        ("messages_by_received", "received", ""),
        ("messages_by_event", "event", ""),
    ),
)  # fmt: skip
REQUESTS = Table(
    "requests",
    {
        "message": "text", "position": "integer", "event": "integer", "kind": "text", "channel": "text?",
        "level": "text?", "verdict": "text", "via": "text", "language": "text", "received": "text", "decided": "text",
        "answer": "text?", "effective": "text?", "effect_event": "integer?",
    },
    ("message", "position"),
    (("requests_by_received", "received", ""),),
)  # fmt: skip
SUPPRESSIONS = Table(
    "suppressions",
    {
        "event": "integer", "channel": "text", "level": "text?", "key_hash": "text", "key": "text?", "name": "text?",
        "address": "text?", "reason": "text", "since": "text", "lifted": "text?", "lifted_event": "integer?",
        "message": "text", "erased": "integer",
    },
    ("event",),
    (
        # The promise that nobody stands on the list twice, kept by the database itself.
        ("suppressions_active_once", "UNIQUE key_hash", "lifted IS NULL"),
        ("suppressions_active", "channel", "lifted IS NULL"),
        ("suppressions_by_message", "message", ""),
        ("suppressions_lifted", "channel, lifted", "lifted IS NOT NULL"),
    ),
)  # fmt: skip
REVIEWS = Table(
    "reviews",
    {
        "event": "integer", "message": "text", "received": "text", "opened": "text", "answered": "text?",
        "answered_by": "text?", "answered_event": "integer?", "verdict": "text?",
    },
    ("event",),
    (("reviews_open", "event", "answered IS NULL"), ("reviews_by_message", "message", "")),
)  # fmt: skip
CASES = Table(
    "cases",
    {
        "event": "integer", "kind": "text", "message": "text", "received": "text", "opened": "text", "erased": "integer"
    },
    ("event",),
    (("cases_by_message", "message", ""),),
)  # fmt: skip
EXPORTS = Table(
    "exports",
    {
        "event": "integer", "at": "text", "recipient": "text", "channel": "text", "layout": "text", "file": "text",
        "sha256": "text", "rows": "integer", "as_of": "integer", "head": "text", "override": "text", "reason": "text",
    },
    ("event",),
    (("exports_by_recipient", "recipient, channel, event", ""),),
)  # fmt: skip
PULLS = Table(
    "pulls",
    {"event": "integer", "at": "text", "actor": "text", "sources": "text", "counts": "text", "problems": "text"},
    ("event",),
)
SIGHTINGS = Table(
    "sightings",
    {
        "origin": "text", "event": "integer", "message": "text", "bytes": "text", "source": "text?", "locator": "text?",
        "mailbox": "text?",
    },
    ("origin",),
    (("sightings_by_message", "message", ""), ("sightings_by_bytes", "bytes", "bytes <> message")),
)  # fmt: skip
UNDELIVERABLE = Table(
    "undeliverable",
    {
        "key_hash": "text", "event": "integer", "message": "text", "address": "text?", "hard": "integer",
        "since": "text", "times": "integer",
    },
    ("key_hash",),
)  # fmt: skip
IDENTIFIERS = Table("identifiers", {"hash": "text", "event": "integer"}, ("hash", "event"), rowid=False)
WORDS = Table("words", {"word": "text", "event": "integer"}, ("word", "event"), rowid=False)

DERIVED = (
    MESSAGES, REQUESTS, SUPPRESSIONS, REVIEWS, CASES, EXPORTS, PULLS, SIGHTINGS, UNDELIVERABLE, IDENTIFIERS, WORDS,
)  # fmt: skip
KEPT = (META, LEDGER, PAYLOAD, ERASING, ATTEMPTS)

TRIGGERS = (
    "CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
    "CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'nothing is deleted from the ledger'); END",
    "CREATE TRIGGER content_is_never_changed BEFORE UPDATE ON payload "
    "BEGIN SELECT RAISE(ABORT, 'what an event recorded is never changed'); END",
    "CREATE TRIGGER content_goes_only_by_erasure BEFORE DELETE ON payload "
    "WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE number = OLD.number) "
    "BEGIN SELECT RAISE(ABORT, 'what an event recorded is removed by an erasure only'); END",
)


def statements(tables: tuple[Table, ...]) -> Iterator[str]:
    """The SQL that makes these tables: STRICT, with their indexes."""
    import sqlite_utils  # 80 ms to import: only when tables are made

    words = sqlite_utils.Database(memory=True)
    for table in tables:
        columns = {name: kind.rstrip("?") for name, kind in table.columns.items()}
        required = {name for name, kind in table.columns.items() if not kind.endswith("?")}
        primary = table.primary if len(table.primary) > 1 else table.primary[0]
        sql = words.create_table_sql(table.name, columns, pk=primary, not_null=required, strict=True)
        yield sql.rstrip().rstrip(";") + ("" if table.rowid else ", WITHOUT ROWID")
        for name, columns_of, condition in table.indexes:
            unique, indexed = columns_of.startswith("UNIQUE "), columns_of.removeprefix("UNIQUE ")
            kind = "UNIQUE INDEX" if unique else "INDEX"
            where = f" WHERE {condition}" if condition else ""
            yield f"CREATE {kind} {name} ON {table.name} ({indexed}){where}"
    words.close()
