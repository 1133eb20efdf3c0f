"""Which events an erasure reaches: those about one person, and those that hang on them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.person import Level
from allegro_privacy.errors import UsageError
from allegro_privacy.store.database import Database
from allegro_privacy.store.hanging import ONE_PERSON, hanging_on
from allegro_privacy.store.keys import keyed
from allegro_privacy.store.people import events_about, exact_keys, numbered_event
from allegro_privacy.store.reviews import content_of

# What was done about a person, not what was known of them: it holds no words of theirs, and stays.
LASTING = ("erased", "hold-placed", "hold-released", "proof-made")


@dataclass(frozen=True, slots=True)
class Known:
    """A person as far as the ledger knows them: keys and their keyed hashes, the events about them, how they are named
    (folded)."""

    keys: frozenset[tuple[str, str]]
    hashes: frozenset[bytes]
    events: frozenset[int]
    names: frozenset[str]


def person(database: Database, who: str) -> Known:
    """Everybody's events but of exactly one; UsageError when WHO could be several, or nobody."""
    numbered = numbered_event(database, who)
    pairs, hashes, names = exact_keys(database, who), set[bytes](), set[str]()
    known: set[tuple[str, str]] = set()
    # From the keys that were named to those that the person's own events name too.
    while pairs - known:
        known |= pairs
        hashes = {keyed(database.secret, *pair) for pair in known}
        for number in events_about(database, hashes):
            named, called = _named_in(database, number)
            pairs, names = pairs | named, names | called
    events = with_entries(database, {*events_about(database, hashes), *(() if numbered is None else (numbered,))})
    names |= {value for channel, value in known if channel in ("email", "phone")}
    return Known(frozenset(known), frozenset(hashes), frozenset(events), frozenset(one.casefold() for one in names))


def _named_in(database: Database, number: int) -> tuple[set[tuple[str, str]], set[str]]:
    """The keys that an event gives its one person, and what it calls them. A household's key is others' as well."""
    kind = database.value("SELECT kind FROM ledger WHERE number = ?", (number,))
    content = content_of(database, number)
    if content is None or kind in LASTING:
        return set(), set()
    keys = {(channel, value) for channel, value in content.get("keys", ())}
    if kind in ONE_PERSON:
        if content.get("key") and content.get("level") in (None, Level.INDIVIDUAL):
            keys.add((content.get("channel", "email"), content["key"]))
        return keys, _called(content)
    alone = len({value for channel, value in keys if channel == "email"}) <= 1
    return (keys, set()) if alone else (set(), set())


def with_entries(database: Database, events: Iterable[int]) -> set[int]:
    """Those events, the letters, calls and rows that they follow from, and what follows from these: each speaks of one
    person only, who may have named neither an e-mail address nor a phone number."""
    rows = database.rows(
        """WITH given (event) AS (SELECT value FROM json_each(?)),
        asked (message) AS (SELECT event FROM given
            UNION SELECT message FROM suppressions WHERE event IN given
            UNION SELECT message FROM cases WHERE event IN given
            UNION SELECT message FROM reviews WHERE event IN given),
        entries (message) AS (SELECT event FROM messages
            WHERE event IN asked AND (via <> 'email' OR nature = 'unreadable'))
        SELECT event FROM given UNION SELECT message FROM entries
        UNION SELECT event FROM suppressions WHERE message IN entries
        UNION SELECT event FROM cases WHERE message IN entries""",
        (json.dumps(sorted(events)),),
    )
    return {row[0] for row in rows}


def _called(content: Mapping[str, Any]) -> set[str]:
    name = (content.get("person") or content.get("request", {}).get("person") or {}).get("name") or ""
    return {name} if " " in name.strip() else set()


def with_what_hangs_on(database: Database, events: Iterable[int]) -> set[int]:
    """These events that still have content, with all that hangs on them."""
    return with_content(database, hanging_on(database, events))


def with_content(database: Database, events: Iterable[int]) -> set[int]:
    """Those of the events that still hold words which an erasure may take."""
    lasting = ", ".join(f"'{kind}'" for kind in LASTING)
    rows = database.rows(
        f"""SELECT payload.number FROM payload JOIN ledger USING (number)
        WHERE payload.number IN (SELECT value FROM json_each(?)) AND ledger.kind NOT IN ({lasting})""",  # noqa: S608
        (json.dumps(sorted(events)),),
    )
    return {row[0] for row in rows}


def refuse_names(reason: str, names: Iterable[str]) -> None:
    """A reason stays for ever, so it may not name whom it is about."""
    parts = {part for name in names for part in (name, *name.partition("@")[0].split(" ")) if len(part) > 2}
    if any(part in reason.casefold() for part in parts):
        raise UsageError("The reason names the person.", "It stays when everything else goes.", "Say it without names.")
