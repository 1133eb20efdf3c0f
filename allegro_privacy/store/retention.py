"""What is kept no longer than the office said: the words of old messages and of closed cases.

A suppression never ends by age, nor do the facts without words. Nothing that waits for an answer is touched, nothing
under a legal hold, and nothing of an open case.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.append import append
from allegro_privacy.store.cases import IS_OPEN
from allegro_privacy.store.database import Database
from allegro_privacy.store.erasure import of_cases, open_cases, remove
from allegro_privacy.store.holds import all_holds
from allegro_privacy.store.people import events_about
from allegro_privacy.store.reach import with_content, with_entries, with_what_hangs_on
from allegro_privacy.store.reviews import content_of
from allegro_privacy.store.rows import Cutoffs, Due, ErasureReceipt


def due(database: Database, cutoffs: Cutoffs, most: int) -> Due:
    """The first messages and cases that are due, those received first at the top; at most so many of each."""
    held = with_entries(database, events_about(database, {one for hold in all_holds(database) for one in hold.people}))
    text = _messages(database, cutoffs.text, held, most, came_of_it=True)
    ignored = _messages(database, cutoffs.ignored, held, most, came_of_it=False)
    cases = _cases(database, cutoffs.closed_cases, most)
    of_each = {case: of_cases(database, [case]) for case in cases}
    cases = [case for case in cases if not of_each[case] & held]
    kept_back = _kept_back(database) - held
    wanted = {*text, *ignored, *kept_back, *(event for case in cases for event in of_each[case])}
    return Due(
        tuple(text), tuple(ignored), tuple(cases), len(kept_back), frozenset(with_what_hangs_on(database, wanted))
    )


def _messages(
    database: Database, before: datetime | None, spared: Iterable[int], most: int, came_of_it: bool
) -> list[int]:
    """Old messages that still have their words. Both when it was received and when it was recorded must be long ago: a
    message without a date counts as of 1970, and old mail may be read late."""
    if before is None:
        return []
    came = "EXISTS (SELECT 1 FROM effects WHERE effects.message = messages.event)"
    sql = f"""SELECT event FROM messages WHERE received < ?1 AND erased = 0
        AND {came if came_of_it else f"NOT {came}"}
        AND NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.message = messages.event AND answered IS NULL)
        AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.message = messages.event)
        AND NOT EXISTS (SELECT 1 FROM case_steps WHERE case_steps.message = messages.event)
        AND (SELECT at FROM ledger WHERE number = messages.event) < ?1
        AND event NOT IN (SELECT value FROM json_each(?2)) ORDER BY received, event LIMIT ?3"""  # noqa: S608 constants
    return [row[0] for row in database.rows(sql, (utc_text(before), json.dumps(sorted(spared)), most))]


def _cases(database: Database, before: datetime | None, most: int) -> list[int]:
    """Those that are closed, and whose last step is long ago."""
    if before is None:
        return []
    sql = f"""SELECT event FROM cases WHERE erased = 0 AND NOT {IS_OPEN} AND (SELECT max(at) FROM case_steps
        JOIN ledger ON number = case_steps.event WHERE case_event = cases.event) < ? ORDER BY event LIMIT ?"""  # noqa: S608
    return [row[0] for row in database.rows(sql, (utc_text(before), most))]


def _kept_back(database: Database) -> set[int]:
    """What an erasure had to leave because of an open case, and may take now that the case is closed."""
    erasures = database.rows("SELECT number FROM ledger WHERE kind = 'erased'")
    kept = {one for row in erasures for one in (content_of(database, row[0]) or {}).get("kept_back", ())}
    kept = with_content(database, kept)
    still = with_what_hangs_on(database, of_cases(database, open_cases(database, kept)))
    return kept - still


def erase_due(database: Database, found: Due, actor: str, now: datetime) -> ErasureReceipt:
    """Take the words of what is due."""
    return remove(database, found.events, actor, now, {"reason": "kept as long as [retention] says", "people": []})


def record_files_removed(database: Database, names: Sequence[str], actor: str, now: datetime) -> int:
    """Old lists or manifests are about to be removed from the folder of exports."""
    return append(database, "files-removed", "exports", {"files": list(names)}, actor, now)
