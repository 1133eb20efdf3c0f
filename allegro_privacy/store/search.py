"""Finding a person by whatever one knows of them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from allegro_privacy.core.model import Channel, Level, Request, Verdict
from allegro_privacy.store import failures
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.keys import pair_hashes
from allegro_privacy.store.messages import ID_OF_MESSAGE
from allegro_privacy.store.people import events_about, hashes_of, numbered_event, typed_keys
from allegro_privacy.store.plain import moment, optional_moment, revive
from allegro_privacy.store.reviews import content_of, review, sender_of
from allegro_privacy.store.rows import Case, Findings, FoundMessage, Suppression
from allegro_privacy.store.words import words_of

# To know which word is the rarest, counting so far is enough.
MOST_COUNTED = 20_000
# The beginning of a word that more people share than this finds only the first of them: too short to mean anybody.
MOST_BEGUN = 200_000
LAST_SIGN = "\U0010ffff"

SUPPRESSION_COLUMNS = (
    f"event, channel, level, key_hash, key, name, address, reason, since, lifted, lifted_event, {ID_OF_MESSAGE}, erased"
)


def find(database: Database, who: str, limit: int = 50) -> Findings:
    """Everything known about a person: an e-mail address, words of a name or postal address, a phone number, an S-, R-
    or C-number, or a message id."""
    events, more = events_of(database, who, limit)
    return _findings(database, who, events, more)


def events_of(database: Database, who: str, limit: int) -> tuple[list[int], bool]:
    """The events in which whoever is meant was met, in order; and whether there are more than `limit`."""
    numbered = numbered_event(database, who)
    if numbered is not None:
        return [numbered, *_came_of(database, numbered)], False
    met = events_about(database, hashes_of(database, typed_keys(who)))
    if not met:
        domain = who.strip().startswith("@")
        met = (_events_at_domain if domain else _events_by_words)(database, who.strip().casefold(), limit + 1)
        same = events_about(database, _keys_met(database, met[:limit]))
        return sorted({*met[:limit], *same}), len(met) > limit
    return met[:limit], len(met) > limit


def _came_of(database: Database, event: int) -> list[int]:
    """The suppressions and cases that came of a message (or of the message that a review or a case is about)."""
    about = (
        "SELECT ?1 UNION SELECT message FROM reviews WHERE event = ?1 UNION SELECT message FROM cases WHERE event = ?1"
    )
    sql = f"""SELECT event FROM suppressions WHERE message IN ({about})
        UNION SELECT event FROM cases WHERE message IN ({about}) ORDER BY event"""  # noqa: S608 a constant
    return [row[0] for row in database.rows(sql, (event,))]


def _keys_met(database: Database, events: list[int]) -> set[bytes]:
    """The keys of those whose suppressions or cases were met: by an address one finds the e-mail too. A message may be
    about several people; its keys are not followed."""
    hashes: set[bytes] = set()
    for event in events:
        content = content_of(database, event) or {}
        if "decision" not in content:
            # A postal key may be a household's: others' as well.
            own = [(content["channel"], content["key"])] if content.get("channel") in ("email", "phone") else []
            hashes.update(pair_hashes(database.secret, [*own, *content.get("keys", ())]))
    return hashes


def _events_at_domain(database: Database, domain: str, limit: int) -> list[int]:
    # Domains are not indexed: at a big provider the entry would be the same for everybody.
    sql = "SELECT event FROM suppressions WHERE channel = 'email' AND substr(key, ?) = ? LIMIT ?"
    return [row[0] for row in database.rows(sql, (-len(domain), domain, limit))]


def _events_by_words(database: Database, who: str, limit: int) -> list[int]:
    words = [who] if "@" in who else words_of(who)
    if not words:
        return []
    return _with_words(database, words, limit) or _with_words(database, words, limit, begun=True)


def _with_words(database: Database, words: list[str], limit: int, begun: bool = False) -> list[int]:
    """Events that have all the words; `begun`: the last one may be the beginning of a word."""
    *whole, last = dict.fromkeys(words)
    wanted = [(word, False) for word in whole] + [(last, begun)]
    # The rarest word leads: the others are then only looked up for its events.
    lead, *others = sorted(wanted, key=lambda one: _how_often(database, *one))
    conditions = "".join(_OTHER_BEGINNING if is_beginning else _OTHER_WORD for _, is_beginning in others)
    sql = f"SELECT DISTINCT event FROM words AS lead WHERE {_range(lead[1])}{conditions} LIMIT ?"  # noqa: S608 no words
    bounds = [bound for word, is_beginning in (lead, *others) for bound in _bounds(word, is_beginning)]
    return sorted(row[0] for row in database.rows(sql, (*bounds, limit)))


# A whole word is one look-up for each event of the lead; the events of a beginning are gathered once.
_OTHER_WORD = " AND EXISTS (SELECT 1 FROM words WHERE word = ? AND event = lead.event)"
_OTHER_BEGINNING = f" AND event IN (SELECT event FROM words WHERE word >= ? AND word < ? LIMIT {MOST_BEGUN})"  # noqa: S608


def _how_often(database: Database, word: str, is_beginning: bool) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM words WHERE {_range(is_beginning)} LIMIT ?)"  # noqa: S608 no words in it
    return int(database.value(sql, (*_bounds(word, is_beginning), MOST_COUNTED)))


def _range(is_beginning: bool) -> str:
    return "word >= ? AND word < ?" if is_beginning else "word = ?"


def _bounds(word: str, is_beginning: bool) -> tuple[str, ...]:
    return (word, word + LAST_SIGN) if is_beginning else (word,)


def _findings(database: Database, who: str, events: list[int], more: bool) -> Findings:
    """What these events are, with their messages and the reviews of those. Suppressions and cases of others who stood
    in the same message are not among them: what is found may be lifted."""
    listed = json.dumps(events)
    messages = json.dumps(messages_of(database, events))
    found = database.rows(f"SELECT {SUPPRESSION_COLUMNS} FROM suppressions {_GIVEN} ORDER BY event", (listed,))  # noqa: S608
    cases = database.rows(
        f"SELECT cases.event, kind, {ID_OF_MESSAGE}, received, opened, cases.erased FROM cases "  # noqa: S608
        f"JOIN messages ON messages.event = message WHERE cases.event IN {_LISTED} ORDER BY cases.event",
        (listed,),
    )
    reviews = database.rows(
        "SELECT event FROM reviews WHERE message IN (SELECT value FROM json_each(?)) ORDER BY event", (messages,)
    )
    return Findings(
        who=who,
        suppressions=tuple(suppression(row) for row in found),
        messages=tuple(_found_messages(database, messages)),
        reviews=tuple(review(database, f"R{row[0]}") for row in reviews),
        cases=tuple(_cases(database, cases)),
        more=more,
    )


_LISTED = "(SELECT value FROM json_each(?1))"
_GIVEN = f"WHERE event IN {_LISTED}"


def messages_of(database: Database, events: list[int]) -> list[int]:
    """The messages in which these events stood."""
    places = (("event", "messages"), ("message", "suppressions"), ("message", "cases"), ("message", "reviews"))
    sql = " UNION ".join(f"SELECT {column} FROM {table} {_GIVEN}" for column, table in places)  # noqa: S608 our names
    return [row[0] for row in database.rows(sql, (json.dumps(events),))]


def suppression(row: Row) -> Suppression:
    """A suppression from SUPPRESSION_COLUMNS."""
    try:
        return _suppression(*row)
    except ValueError as error:
        raise failures.damaged_row("suppressions", row[0]) from error


def _suppression(*row: Any) -> Suppression:
    event, channel, level, key_hash, key, name, address, reason, since, lifted, lifted_event, message, erased = row
    return Suppression(
        id=f"S{event}",
        event=event,
        channel=Channel(channel),
        level=None if level is None else Level(level),
        key_hash=key_hash,
        key=key,
        name=name,
        address=None if address is None else json.loads(address),
        reason=reason,
        since=moment(since),
        lifted=optional_moment(lifted),
        lifted_event=lifted_event,
        message=message,
        erased=bool(erased),
    )


def _found_messages(database: Database, messages: str) -> Iterator[FoundMessage]:
    rows = database.rows(
        "SELECT subject, event, received, via, nature, language, verdict, erased "  # noqa: S608 a constant
        f"FROM messages JOIN ledger ON number = event {_GIVEN} ORDER BY received, event",
        (messages,),
    )
    for message_id, event, received, via, nature, language, verdict, erased in rows:
        content: dict[str, Any] = (content_of(database, event) or {}).get("message", {})
        yield FoundMessage(
            message_id, event, moment(received), via, sender_of(content), content.get("subject", ""), nature, language,
            Verdict(verdict), bool(erased),
        )  # fmt: skip


def _cases(database: Database, rows: Iterable[Row]) -> Iterator[Case]:
    for event, kind, message, received, opened, erased in rows:
        content = content_of(database, event)
        request = None if content is None else revive(Request, content["request"])
        yield Case(f"C{event}", event, kind, message, moment(received), moment(opened), request, bool(erased))
