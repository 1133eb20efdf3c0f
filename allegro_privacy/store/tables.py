"""The tables as rows of data: the same descriptions make them, rebuild them and compare them.

A message, a suppression, a review, a case, an export are known by the number of the event that began them. Personal
words stand in few places, each named here, so that an erasure can reach all of them: `payload.content`, `suppressions`
(key, name, address, customer_number), `undeliverable.address`, `words`, and `pulls` (the names of files).
Everything else is numbers, times, closed sets and keyed hashes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """One table. columns: name -> type, a trailing "?" when it may be empty (NULL). primary: its key, in order.
    indexes: (name, what is indexed, a condition or ""). rowid: False for a table that is little but its key.
    first_stays: a second row of the same key is passed over."""

    name: str
    columns: dict[str, str]
    primary: tuple[str, ...]
    indexes: tuple[tuple[str, str, str], ...] = ()
    rowid: bool = True
    first_stays: bool = False


# The events that a message begins with; their subject is its id.
BEGINNINGS = "kind IN ('message-received', 'message-set-aside')"

META = Table("meta", {"key": "text", "value": "text"}, ("key",))
LEDGER = Table(
    "ledger",
    {
        "number": "integer", "at": "text", "actor": "text", "kind": "text", "subject": "text",
        "digest": "blob", "previous": "blob", "hash": "blob",
    },
    ("number",),
    # Of an id its first 64 bits: enough to find it, a quarter of the room.
    (("ledger_by_message_id", "substr(subject, 1, 16)", BEGINNINGS),),
)  # fmt: skip
PAYLOAD = Table("payload", {"number": "integer", "salt": "blob", "content": "blob"}, ("number",))
ERASING = Table("erasing", {"number": "integer"}, ("number",))
ATTEMPTS = Table("attempts", {"origin": "blob", "count": "integer", "since": "text"}, ("origin",), rowid=False)
# How far each folder of a mailbox was read, and what is still to be filed there (store/mailboxes.py).
POSITIONS = Table(
    "positions",
    {
        "place": "text", "uidvalidity": "integer", "through": "integer", "uidnext": "integer", "modseq": "integer",
        "epoch": "integer", "at": "text",
    },
    ("place",),
    rowid=False,
)  # fmt: skip
FILINGS = Table(
    "filings",
    {
        "place": "text", "uidvalidity": "integer", "uid": "integer", "kind": "text", "target": "text",
        "state": "text", "copied_to": "text?", "tries": "integer", "problem": "text",
    },
    ("place", "uidvalidity", "uid"),
    rowid=False,
)  # fmt: skip

# Drafts that wait to be put into a mailbox (store/drafts.py).
OUTBOX = Table(
    "outbox",
    {
        "event": "integer", "place": "text", "state": "text", "folder": "text", "appended_to": "text",
        "tries": "integer", "problem": "text",
    },
    ("event",),
)  # fmt: skip

MESSAGES = Table(
    "messages",
    {
        "event": "integer", "received": "text", "via": "text", "nature": "text", "language": "text", "verdict": "text",
        "message_id_hash": "blob?", "text_hash": "blob?", "erased": "integer",
    },
    ("event",),
    (
        ("messages_by_message_id", "message_id_hash", "message_id_hash IS NOT NULL"),
        ("messages_by_received", "received", ""),
    ),
)  # fmt: skip
# quality, here and of a suppression: how complete the postal address is (core/postal_quality.py); only post has one.
REQUESTS = Table(
    "requests",
    {
        "message": "integer", "position": "integer", "event": "integer", "kind": "text", "channel": "text?",
        "level": "text?", "verdict": "text", "answer": "text?", "quality": "text?",
    },
    ("message", "position"),
    rowid=False,
)  # fmt: skip
# What became of a request: it may take effect in several events (a household has several keys).
EFFECTS = Table(
    "effects",
    {"message": "integer", "position": "integer", "event": "integer"},
    ("message", "position", "event"),
    rowid=False,
)
SUPPRESSIONS = Table(
    "suppressions",
    {
        "event": "integer", "channel": "text", "level": "text?", "key_hash": "blob", "key": "text?", "name": "text?",
        "address": "text?", "reason": "text", "since": "text", "lifted": "text?", "lifted_event": "integer?",
        "message": "integer", "erased": "integer", "quality": "text?", "customer_number": "text?",
    },
    ("event",),
    (
        # The promise that nobody stands on the list twice, kept by the database itself.
        ("suppressions_active_once", "UNIQUE key_hash", "lifted IS NULL"),
        ("suppressions_active", "channel, quality", "lifted IS NULL"),
        ("suppressions_by_message", "message", ""),
        ("suppressions_lifted", "channel, lifted", "lifted IS NOT NULL"),
    ),
)  # fmt: skip
REVIEWS = Table(
    "reviews",
    {
        "event": "integer", "message": "integer", "opened": "text", "answered": "text?", "answered_by": "text?",
        "answered_event": "integer?", "verdict": "text?",
    },
    ("event",),
    (("reviews_open", "event", "answered IS NULL"), ("reviews_by_message", "message", "")),
)  # fmt: skip
# What staff did about a review, each thing by its own event: accept, ignore, or `asked` (a question to the customer is
# wanted). undone: the event that took it back.
ANSWERS = Table(
    "answers",
    {"event": "integer", "review": "integer", "message": "integer", "what": "text", "undone": "integer?"},
    ("event",),
    (("answers_by_review", "review", ""), ("answers_by_message", "message", "")),
)
# Decisions that the program made alone and a person checked: verdict is the program's, wrong is 1 or 0.
CHECKS = Table(
    "checks",
    {"event": "integer", "message": "integer", "at": "text", "actor": "text", "verdict": "text", "wrong": "integer"},
    ("event",),
    (("checks_by_message", "message", ""), ("checks_by_time", "at", "")),
)
CASES = Table(
    "cases",
    {
        "event": "integer", "kind": "text", "message": "integer", "opened": "text", "erased": "integer",
        "lane": "text",
    },
    ("event",),
    (("cases_by_message", "message", ""),),
)  # fmt: skip
DRAFTS = Table(
    "drafts",
    {
        "event": "integer", "at": "text", "message": "integer", "about": "text", "template": "text",
        "language": "text", "way": "text",
    },
    ("event",),
    (("drafts_by_message", "message", ""),),
)  # fmt: skip
# What happened to a case since: what it is now is the state of its last step that has one. message: what joined it.
CASE_STEPS = Table(
    "case_steps",
    {
        "event": "integer", "case_event": "integer", "step": "text", "state": "text?", "reason": "text?",
        "message": "integer?", "lane": "text?",
    },
    ("event",),
    (("case_steps_by_case", "case_event, event", ""), ("case_steps_by_message", "message", "message IS NOT NULL")),
)  # fmt: skip
EXPORTS = Table(
    "exports",
    {
        "event": "integer", "at": "text", "recipient": "text", "channel": "text", "layout": "text", "file": "text",
        "sha256": "text", "rows": "integer", "as_of": "integer", "head": "text", "override": "text", "reason": "text",
        "change": "text", "sequence": "integer", "after": "integer", "since_event": "integer", "removals": "integer",
        "held": "text",
    },
    ("event",),
    (("exports_by_recipient", "recipient, channel, event", ""),),
)  # fmt: skip
ACKNOWLEDGEMENTS = Table(
    "acknowledgements",
    {"event": "integer", "at": "text", "actor": "text", "export": "integer"},
    ("event",),
    (("acknowledgements_by_export", "export", ""),),
)
# Lists that are to be put on a server. delivered: the event that confirms it, at its time; target: which server.
DELIVERIES = Table(
    "deliveries",
    {"event": "integer", "target": "text", "delivered": "integer?", "at": "text?"},
    ("event",),
    (("deliveries_waiting", "event", "delivered IS NULL"),),
)
# Decoys in lists: mail that arrives at one tells whose list leaked. row: the number it goes by in the list.
SEEDS = Table(
    "seeds",
    {"key_hash": "blob", "event": "integer", "row": "integer"},
    ("key_hash", "event"),
    (("seeds_by_export", "event", ""),),
    rowid=False,
)
# Mailings planned. Days are calendar days of the shop. export: the list that is applied, when it is known.
DROPS = Table(
    "drops",
    {
        "event": "integer", "name": "text", "channel": "text", "recipient": "text", "file_cut": "text",
        "in_home": "text", "in_home_until": "text", "export": "integer?", "cancelled": "integer?",
    },
    ("event",),
)  # fmt: skip
# Who was mailed though they had opted out, as a sent list showed. within: clock, drop, or "" for neither.
LEAKS = Table(
    "leaks",
    {"event": "integer", "suppression": "integer", "sent": "text", "days": "integer", "within": "text"},
    ("event", "suppression", "sent"),
    (("leaks_by_suppression", "suppression", ""),),
    rowid=False,
)
SCRUBS = Table(
    "scrubs",
    {
        "event": "integer", "at": "text", "actor": "text", "name": "text", "file": "text", "sha256": "text",
        "kept_file": "text", "kept_sha256": "text", "channels": "text", "rows": "integer", "kept": "integer",
        "dropped": "integer", "looked": "integer", "held": "integer", "as_of": "integer", "head": "text",
        "day": "text", "flagged": "integer", "token": "text", "override": "text", "reason": "text",
    },
    ("event",),
)  # fmt: skip
# Whose rows a scrub took out: by suppression, how many dropped and how many to look at.
SCRUB_HITS = Table(
    "scrub_hits",
    {"suppression": "integer", "event": "integer", "dropped": "integer", "looked": "integer"},
    ("suppression", "event"),
    rowid=False,
)
PULLS = Table(
    "pulls",
    {"event": "integer", "at": "text", "actor": "text", "sources": "text", "counts": "text", "problems": "text"},
    ("event",),
)
# Where messages were met, first and again. bytes: the id of what lay there, when it was a copy in other bytes.
SIGHTINGS = Table(
    "sightings",
    {"origin": "blob", "event": "integer", "message": "integer", "bytes": "text?"},
    ("origin",),
    (
        ("sightings_again", "message", "event <> message"),
        ("sightings_by_bytes", "bytes", "bytes IS NOT NULL"),
    ),
    rowid=False,
    first_stays=True,
)
UNDELIVERABLE = Table(
    "undeliverable",
    {
        "key_hash": "blob", "event": "integer", "message": "integer", "address": "text?", "hard": "integer",
        "since": "text", "times": "integer",
    },
    ("key_hash",),
    rowid=False,
)  # fmt: skip
IDENTIFIERS = Table("identifiers", {"hash": "blob", "event": "integer"}, ("hash", "event"), rowid=False)
WORDS = Table("words", {"word": "text", "event": "integer"}, ("word", "event"), rowid=False)

DERIVED = (
    MESSAGES, REQUESTS, EFFECTS, SUPPRESSIONS, REVIEWS, ANSWERS, CHECKS, CASES, CASE_STEPS, DRAFTS, EXPORTS,
    ACKNOWLEDGEMENTS, DELIVERIES, SEEDS, DROPS, LEAKS, SCRUBS, SCRUB_HITS, PULLS, SIGHTINGS, UNDELIVERABLE,
    IDENTIFIERS, WORDS,
)  # fmt: skip
KEPT = (META, LEDGER, PAYLOAD, ERASING, ATTEMPTS, POSITIONS, FILINGS, OUTBOX)


def _insertion(table: Table) -> str:
    marks = ", ".join("?" * len(table.columns))
    how = "INSERT OR IGNORE" if table.first_stays else "INSERT"
    return f"{how} INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"


# The statements that add one row to a derived table.
INSERTIONS = {table.name: _insertion(table) for table in DERIVED}

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


def statements(tables: tuple[Table, ...], with_indexes: bool = True) -> Iterator[str]:
    """The SQL that makes these tables: STRICT, with their indexes or without."""
    import sqlite_utils  # 80 ms to import: only when tables are made

    words = sqlite_utils.Database(memory=True)
    for table in tables:
        columns = {name: kind.rstrip("?") for name, kind in table.columns.items()}
        required = {name for name, kind in table.columns.items() if not kind.endswith("?")}
        primary = table.primary if len(table.primary) > 1 else table.primary[0]
        sql = words.create_table_sql(table.name, columns, pk=primary, not_null=required, strict=True)
        yield sql.rstrip().rstrip(";") + ("" if table.rowid else ", WITHOUT ROWID")
        for name, columns_of, condition in table.indexes if with_indexes else ():
            unique, indexed = columns_of.startswith("UNIQUE "), columns_of.removeprefix("UNIQUE ")
            kind = "UNIQUE INDEX" if unique else "INDEX"
            where = f" WHERE {condition}" if condition else ""
            yield f"CREATE {kind} {name} ON {table.name} ({indexed}){where}"
    words.close()


def to_json(row: Iterable[Any]) -> list[Any]:
    """A row of a table as an event's content holds it."""
    return [value.hex() if isinstance(value, bytes) else value for value in row]


def from_json(table: Table, row: Iterable[Any]) -> list[Any]:
    """The row that `to_json` wrote."""
    kinds = table.columns.values()
    pairs = zip(row, kinds, strict=True)
    return [bytes.fromhex(value) if kind.startswith("blob") and value else value for value, kind in pairs]
