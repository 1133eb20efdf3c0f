"""What hangs on events: the one list that `why` shows by and an erasure takes by, so that nothing is in one and not in
the other."""

import json
from collections.abc import Iterable

from allegro_privacy.store.database import Database

# Events about one person only: what they name may be followed further. A message may speak of two.
ONE_PERSON = ("suppressed", "already-suppressed", "case-opened", "case-joined", "bounced")
# Events that name their own person: another's may carry the same subject, a message being about two.
OWN_PERSON = (*ONE_PERSON, "message-received", "message-set-aside")

_GIVEN = "(SELECT value FROM json_each(?1))"
_BY_TABLES = f"""SELECT value FROM json_each(?1)
    UNION SELECT event FROM reviews WHERE message IN {_GIVEN}
    UNION SELECT event FROM answers WHERE message IN {_GIVEN}
    UNION SELECT undone FROM answers WHERE message IN {_GIVEN} AND undone IS NOT NULL
    UNION SELECT event FROM checks WHERE message IN {_GIVEN}
    UNION SELECT event FROM drafts WHERE message IN {_GIVEN}
    UNION SELECT event FROM case_steps WHERE case_event IN {_GIVEN}
    UNION SELECT event FROM sightings WHERE message IN {_GIVEN} AND event <> message
    UNION SELECT lifted_event FROM suppressions WHERE event IN {_GIVEN} AND lifted_event IS NOT NULL"""  # noqa: S608
_BY_SUBJECT = (
    "SELECT number FROM ledger WHERE subject IN (SELECT value FROM json_each(?)) "  # noqa: S608 constants
    f"AND kind NOT IN ({', '.join(map(repr, OWN_PERSON))})"
)
# An accepted request that took effect in nothing (a lift that was refused), or did so no more.
_BEYOND_TABLES = f"""SELECT 1 FROM requests AS asked WHERE message IN {_GIVEN}
    AND coalesce(answer, verdict) = 'accept' AND NOT EXISTS (SELECT 1 FROM effects
        WHERE effects.message = asked.message AND effects.position = asked.position)
    UNION SELECT 1 FROM answers WHERE message IN {_GIVEN} AND undone IS NOT NULL LIMIT 1"""  # noqa: S608


def hanging_on(database: Database, events: Iterable[int], *, surely: bool = True) -> set[int]:
    """These events, with the reviews, answers, drafts, sightings, steps and lifts that hang on them, and all that have
    one of them for their subject (S12, R12, C12, M12), whatever their kinds.

    surely: the whole ledger is looked through for the subjects, which takes 0.3 s on a million keys; else only when the
    tables show that something may be known to no table."""
    given = json.dumps(sorted(events))
    found = {row[0] for row in database.rows(_BY_TABLES, (given,))}
    if not surely and database.row(_BEYOND_TABLES, (given,)) is None:
        return found
    subjects = json.dumps([f"{letter}{event}" for event in sorted(found) for letter in "SRCM"])
    return found | {row[0] for row in database.rows(_BY_SUBJECT, (subjects,))}
