"""Removing what was recorded about one person, without breaking the chain or losing the promise not to write.

What goes: the content of every event about the person, and the readable words in the derived tables. What stays: the
chain, the rows without words (for figures, and as the record of a privacy request that 11 CCR 7101 wants), and a keyed
hash for each suppression, which goes on matching. Nothing goes under a legal hold, and of an open privacy request the
letter and the case stay until it is answered.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.reading import Doubt
from allegro_privacy.errors import GuardError, UsageError
from allegro_privacy.store.append import append, head_of
from allegro_privacy.store.cases import IS_OPEN
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.derive import ERASABLE
from allegro_privacy.store.holds import holds_on
from allegro_privacy.store.lifting import why_never
from allegro_privacy.store.reach import Known, person, refuse_names, with_content, with_what_hangs_on
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import ErasurePlan, ErasureReceipt, Hold
from allegro_privacy.store.tables import IDENTIFIERS, PULLS, REVIEWS, SIGHTINGS, SUPPRESSIONS, WORDS, Table, to_json
from allegro_privacy.store.traces import mentions, outside, runs_naming

# Readable columns, and what stands in their place afterwards.
_BLANKED: dict[str, dict[str, Any]] = {
    "messages": {"message_id_hash": None, "text_hash": None, "erased": 1},
    "suppressions": {"key": None, "name": None, "address": None, "customer_number": None, "erased": 1},
    "cases": {"erased": 1},
    "undeliverable": {"address": None},
}


def erasure_plan(database: Database, who: str) -> ErasurePlan:
    """What an erasure would take, and what must stay. who: an exact e-mail address or phone number, an S-, R-, C- or
    M-number, or a message id: never a mere name."""
    return _planned(database, who, person(database, who))


def _planned(database: Database, who: str, known: Known) -> ErasurePlan:
    reached = with_what_hangs_on(database, known.events)
    if not reached:
        raise UsageError("Nothing is recorded about that person.", "", "allegro-privacy find WHO")
    held = holds_on(database, known.hashes)
    cases = tuple(open_cases(database, reached))
    stays = reached if held else with_what_hangs_on(database, of_cases(database, cases)) & reached
    goes = reached - stays
    goes |= set() if held else with_content(database, runs_naming(database, known.names))
    listed = (json.dumps(sorted(goes)),)
    counted = "SELECT kind, count(*) FROM ledger WHERE number IN (SELECT value FROM json_each(?)) GROUP BY kind"
    among = "event IN (SELECT value FROM json_each(?)) ORDER BY event"
    kept = database.rows(f"SELECT event FROM suppressions WHERE lifted IS NULL AND {among}", listed)  # noqa: S608
    tickets = database.rows(f"SELECT event FROM cases WHERE {among}", listed)  # noqa: S608
    return ErasurePlan(
        who=who,
        goes=tuple(sorted(goes)),
        stays=tuple(sorted(stays)),
        kinds=dict(database.rows(counted, listed)),
        kept=tuple(f"S{row[0]}" for row in kept),
        open_cases=tuple(f"C{case}" for case in cases),
        tickets=tuple(f"C{row[0]}" for row in tickets),
        holds=held,
        mentions=mentions(database, known.names, reached | goes),
        outside=outside(database, goes),
        legal=tuple(event for event in sorted(goes) if _speaks_of_law(content_of(database, event) or {})),
    )


def _speaks_of_law(content: Mapping[str, Any]) -> bool:
    parts = [content.get("reading", {}), content.get("decision", {})]
    parts += [one["request"] for one in parts[1].get("requests", ())]
    return any(doubt["doubt"] == Doubt.LEGAL for part in parts for doubt in part.get("doubts", ()))


def open_cases(database: Database, events: Iterable[int]) -> list[int]:
    """Those privacy requests among the events that are not answered yet."""
    sql = f"""SELECT event FROM cases WHERE erased = 0 AND {IS_OPEN}
        AND event IN (SELECT value FROM json_each(?)) ORDER BY event"""  # noqa: S608 a constant
    return [row[0] for row in database.rows(sql, (json.dumps(sorted(events)),))]


def of_cases(database: Database, cases: Iterable[int]) -> set[int]:
    """The cases with the messages that they are about: the first one, and those that joined it."""
    wanted = set(cases)
    if not wanted:
        return set()
    sql = "SELECT event, message FROM cases WHERE event IN (SELECT value FROM json_each(?1))"
    sql += """ UNION SELECT event, message FROM case_steps
        WHERE message IS NOT NULL AND case_event IN (SELECT value FROM json_each(?1))"""
    return {event for row in database.rows(sql, (json.dumps(sorted(wanted)),)) for event in row}


def erase(database: Database, who: str, actor: str, now: datetime, reason: str) -> ErasureReceipt:
    """Remove what was recorded about one person; keyed hashes keep their suppressions working. GuardError under a
    legal hold, or when all there is belongs to an open privacy request."""
    known = person(database, who)
    refuse_names(reason, known.names)
    plan = _planned(database, who, known)
    _refuse_held(plan.holds)
    if not plan.goes:
        raise GuardError(
            "Nothing can be erased yet.",
            f"All there is belongs to an open privacy request ({', '.join(plan.open_cases)}), which must be answered.",
            f"Answer it and close it (allegro-privacy case close {plan.open_cases[0]} …); then run this again.",
        )
    people = sorted(one.hex() for one in known.hashes)
    receipt = remove(database, plan.goes, actor, now, {"reason": reason, "people": people, "kept_back": plan.stays})
    return ErasureReceipt(
        receipt.event, receipt.head, receipt.erased, receipt.kept, plan.mentions, receipt.summary, receipt.counts
    )


def _refuse_held(holds: tuple[Hold, ...]) -> None:
    if holds:
        first = holds[0]
        raise GuardError(
            "Nothing was erased: a legal hold stands.",
            f"{first.actor} placed {first.id} on {first.at:%Y-%m-%d}: {first.reason}",
            'When whoever asked for it agrees: allegro-privacy erase WHO --release "why"',
        )


def remove(database: Database, events: Iterable[int], actor: str, now: datetime, why: dict[str, Any]) -> ErasureReceipt:
    """Take the content of these events, leave what may remain of their rows, and record it. why: `reason`, `people`
    (keyed hashes), `kept_back` (events that an open case keeps for now)."""
    numbers = sorted(with_content(database, events))
    remains = {table.name: _remains(database, table, numbers, actor, now) for table in ERASABLE}
    never = _never_lifted(database, numbers)
    _forget_plans(database, numbers)
    content = {"events": numbers, "remains": remains, **why, **({"never_lifted": never} if never else {})}
    _remove(database, numbers)
    number = append(database, "erased", "erasure", content, actor, now)
    columns = list(SUPPRESSIONS.columns)
    kept = tuple(
        f"S{row[columns.index('event')]}" for row in remains["suppressions"] if row[columns.index("lifted")] is None
    )
    matching = f"{len(kept)} suppression{'' if len(kept) == 1 else 's'} go{'es' if len(kept) == 1 else ''} on matching"
    summary = f"erased {len(numbers)} event{'' if len(numbers) == 1 else 's'}; {matching}"
    counts = {name: len(rows) for name, rows in remains.items() if rows}
    return ErasureReceipt(number, head_of(database)[1], tuple(numbers), kept, (), summary, counts)


def _never_lifted(database: Database, numbers: list[int]) -> dict[str, str]:
    """The suppressions that are never lifted, and why: the words that say so go."""
    sql = """SELECT event FROM suppressions WHERE event IN (SELECT value FROM json_each(?1))
        UNION SELECT event FROM suppressions WHERE message IN (SELECT value FROM json_each(?1))"""
    found = ((row[0], why_never(database, row[0])) for row in database.rows(sql, (json.dumps(numbers),)))
    return {f"S{event}": why for event, why in found if why}


def compact(database: Database) -> None:
    """Rewrite the database file so that nothing erased remains in it. Outside any transaction, after `erase`."""
    last = database.value("SELECT max(number) FROM ledger WHERE kind = 'erased'")
    # DELETE alone leaves readable copies in free pages and in the -wal file, secure_delete or not.
    database.run("VACUUM")
    busy = database.row("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy and busy[0]:
        from allegro_privacy.store.failures import busy as is_busy

        raise is_busy(database.path)
    database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('compacted', ?)", (str(last or 0),))


def needs_compacting(database: Database) -> bool:
    """Was the program stopped between an erasure and the rewriting of the file?"""
    done = int(database.value("SELECT value FROM meta WHERE key = 'compacted'") or 0)
    return int(database.value("SELECT coalesce(max(number), 0) FROM ledger WHERE kind = 'erased'")) > done


def _remains(database: Database, table: Table, numbers: list[int], actor: str, now: datetime) -> list[list[Any]]:
    """What may stay of a table's rows: everything but words and the traces that lead to them."""
    if table in (IDENTIFIERS, WORDS):
        return _tombstone_marks(database, numbers) if table is IDENTIFIERS else []
    sql = f"SELECT * FROM {table.name} WHERE event IN (SELECT value FROM json_each(?))"  # noqa: S608 names are ours
    rows = database.rows(sql, (json.dumps(numbers),))
    return [_blanked(table, row, actor, now) for row in rows]


def _blanked(table: Table, row: Row, actor: str, now: datetime) -> list[Any]:
    values = dict(zip(table.columns, row, strict=True))
    values.update(_BLANKED.get(table.name, {}))
    if table is PULLS:
        values.update(_without_files(values))
    if table is REVIEWS and values["answered"] is None:
        # Nobody can answer what nobody can read.
        values.update(answered=utc_text(now), answered_by=actor, verdict="ignore")
    return to_json(values.values())


def _without_files(pull: Mapping[str, Any]) -> dict[str, str]:
    """The mailboxes that a pull read, and that there were problems: what `doctor` asks for."""
    sources = [one for one in json.loads(pull["sources"]) if one.startswith("imap")]
    problems = ["(erased)"] if json.loads(pull["problems"]) else []
    return {"sources": json.dumps(sources), "problems": json.dumps(problems)}


def _tombstone_marks(database: Database, numbers: list[int]) -> list[list[Any]]:
    """A suppression must still be found by its person's keys, in exact form, to be explained and lifted; and the record
    of a privacy request, to be shown."""
    sql = """SELECT hash, event FROM identifiers WHERE event IN (SELECT value FROM json_each(?))
        AND event IN (SELECT event FROM suppressions UNION SELECT event FROM cases) ORDER BY hash, event"""
    return [to_json(row) for row in database.rows(sql, (json.dumps(numbers),))]


def _remove(database: Database, numbers: list[int]) -> None:
    """The content of these events, and every row that stood in the derived tables because of them."""
    listed = json.dumps(numbers)
    for table in ERASABLE:
        database.run(f"DELETE FROM {table.name} WHERE event IN (SELECT value FROM json_each(?))", (listed,))  # noqa: S608
    database.run("INSERT INTO erasing (number) SELECT value FROM json_each(?)", (listed,))
    database.run("DELETE FROM payload WHERE number IN (SELECT value FROM json_each(?))", (listed,))
    database.run("DELETE FROM erasing")


def _forget_plans(database: Database, numbers: list[int]) -> None:
    origins = f"SELECT origin FROM {SIGHTINGS.name} WHERE event IN (SELECT value FROM json_each(?))"  # noqa: S608
    # A draft that still waits for its mailbox must not get there afterwards.
    database.run("DELETE FROM outbox WHERE event IN (SELECT value FROM json_each(?))", (json.dumps(numbers),))
    database.run(f"DELETE FROM attempts WHERE origin IN ({origins})", (json.dumps(numbers),))  # noqa: S608
