"""Finding a person by whatever one knows of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from allegro_privacy.core.children import is_about_child
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.store import failures
from allegro_privacy.store.cases import cases_among
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.keys import pair_hashes
from allegro_privacy.store.messages import ID_OF_MESSAGE
from allegro_privacy.store.near import LAST_SIGN, near_emails, near_words, slips_allowed
from allegro_privacy.store.people import events_about, hashes_of, numbered_event, phone_digits, typed_keys
from allegro_privacy.store.plain import moment, optional_moment
from allegro_privacy.store.reviews import content_of, review, sender_of
from allegro_privacy.store.rows import Findings, FoundMessage, Suppression
from allegro_privacy.store.words import forms_of, telling, with_forms, words_of

# To know which word is the rarest, counting so far is enough.
MOST_COUNTED = 20_000
# The beginning of a word that more people share than this finds only the first of them: too short to mean anybody.
MOST_BEGUN = 200_000
# Of more spellings that are near a word only the nearest are looked for.
MOST_NEAR = 50
LOCAL_DIGITS = 7

SUPPRESSION_COLUMNS = (
    f"event, channel, level, key_hash, key, name, address, reason, since, lifted, lifted_event, {ID_OF_MESSAGE}, erased"
)


def find(database: Database, who: str, limit: int = 50) -> Findings:
    """Everything known about a person: an e-mail address, words of a name or postal address, a phone number, an S-, R-
    or C-number, or a message id."""
    events, more = events_of(database, who, limit)
    if events:
        return _findings(database, who, events, more)
    events, near = _near_events(database, who, limit + 1)
    found = _findings(database, who, _with_same_people(database, events[:limit]), len(events) > limit)
    return replace(found, near=near) if found else found


def events_of(database: Database, who: str, limit: int) -> tuple[list[int], bool]:
    """The events in which whoever is meant was met, in order; and whether there are more than `limit`."""
    numbered = numbered_event(database, who)
    if numbered is not None:
        return [numbered, *_came_of(database, numbered)], False
    met = events_about(database, hashes_of(database, typed_keys(who)))
    if not met:
        domain = who.strip().startswith("@")
        met = (_events_at_domain if domain else _events_by_words)(database, who.strip().casefold(), limit + 1)
        return _with_same_people(database, met[:limit]), len(met) > limit
    return met[:limit], len(met) > limit


def _came_of(database: Database, event: int) -> list[int]:
    """The suppressions and cases that came of a message (or of the message that a review or a case is about)."""
    about = (
        "SELECT ?1 UNION SELECT message FROM reviews WHERE event = ?1 UNION SELECT message FROM cases WHERE event = ?1"
    )
    sql = f"""SELECT event FROM suppressions WHERE message IN ({about})
        UNION SELECT event FROM cases WHERE message IN ({about}) ORDER BY event"""  # noqa: S608 a constant
    return [row[0] for row in database.rows(sql, (event,))]


def _with_same_people(database: Database, events: list[int]) -> list[int]:
    """These events, and the others about the same people."""
    return sorted({*events, *events_about(database, _keys_met(database, events))})


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
    words = [who] if "@" in who else list(dict.fromkeys(words_of(who)))
    if not words:
        return []
    # A word alone is meant as it is: a Lane is not everybody in a lane.
    wanted = [_Wanted(forms_of(word) if len(words) > 1 else (word,)) for word in words]
    found = _with_words(database, wanted, limit)
    if not found:
        # What somebody was still typing.
        found = _with_words(database, [*wanted[:-1], _Wanted((words[-1],), True)], limit)
    meant = telling(who)
    if not found and meant and "@" not in who and (meant != words or any(map(_is_initial, meant))):
        found = _with_words(
            database, [_Wanted((one,), True) if _is_initial(one) else _Wanted(forms_of(one)) for one in meant], limit
        )
    return found


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _near_events(database: Database, who: str, limit: int) -> tuple[list[int], tuple[str, ...]]:
    """Events that have words near all those that were typed, and which those are: one slip first, then two."""
    if numbered_event(database, who) is not None:
        return [], ()
    if "@" in who:
        emails = near_emails(_first_from(database), who)
        return (_with_words(database, [_Wanted(emails)], limit) if emails else []), emails
    if digits := phone_digits(who):
        return _phones_ending(database, digits, limit)
    words = telling(who)
    for most in sorted({min(slips_allowed(word), most) for word in words for most in (1, 2)} - {0}):
        wanted = [_spellings(database, word, most) for word in words]
        if any(len(each) > len(forms_of(word)) for each, word in zip(wanted, words, strict=True)):
            events = _with_words(database, [_Wanted(each) for each in wanted], limit)
            if events:
                near = {one for each in wanted for one in each} - with_forms(words)
                return events, _words_met(database, events, near)
    return [], ()


def _phones_ending(database: Database, digits: str, limit: int) -> tuple[list[int], tuple[str, ...]]:
    """A number without its area code: those on the list that end so."""
    if len(digits) != LOCAL_DIGITS:
        return [], ()
    sql = "SELECT event, key FROM suppressions WHERE channel = 'phone' AND substr(key, ?) = ? ORDER BY event LIMIT ?"
    rows = database.rows(sql, (-LOCAL_DIGITS, digits, limit))
    return [row[0] for row in rows], tuple(dict.fromkeys(row[1] for row in rows))


def _first_from(database: Database) -> Callable[[str], str | None]:
    def first_from(text: str) -> str | None:
        row = database.row("SELECT word FROM words WHERE word >= ? ORDER BY word LIMIT 1", (text,))
        return None if row is None else str(row[0])

    return first_from


def _spellings(database: Database, word: str, most: int) -> tuple[str, ...]:
    """A word in its forms and, where it may be misspelt, those that are near, the nearest first."""
    forms = forms_of(word)
    most = min(most, slips_allowed(word))
    if not most or len(forms) > 1:
        return forms

    near = near_words(_first_from(database), word, most)
    return tuple(dict.fromkeys((*forms, *sorted(near, key=lambda one: (near[one], one))[:MOST_NEAR])))


def _words_met(database: Database, events: list[int], words: set[str]) -> tuple[str, ...]:
    sql = (
        "SELECT DISTINCT word FROM words WHERE word IN (SELECT value FROM json_each(?)) "
        "AND event IN (SELECT value FROM json_each(?)) ORDER BY word"
    )
    return tuple(row[0] for row in database.rows(sql, (json.dumps(sorted(words)), json.dumps(events))))


def _with_words(database: Database, wanted: "Sequence[_Wanted]", limit: int) -> list[int]:
    """Events that have all the words, each in one of its spellings."""
    # The rarest word leads: the others are then only looked up for its events.
    lead, *others = sorted(wanted, key=lambda one: _how_often(database, one))
    conditions = "".join(
        f" AND event IN (SELECT event FROM words WHERE {each.condition} LIMIT {MOST_BEGUN})"  # noqa: S608 no words in it
        if each.begun
        # A whole word is one look-up for each event of the lead; the events of a beginning are gathered once.
        else f" AND EXISTS (SELECT 1 FROM words WHERE {each.condition} AND event = lead.event)"  # noqa: S608
        for each in others
    )
    sql = f"SELECT DISTINCT event FROM words AS lead WHERE {lead.condition}{conditions} LIMIT ?"  # noqa: S608 no words
    bounds = [bound for each in (lead, *others) for bound in each.bounds]
    return sorted(row[0] for row in database.rows(sql, (*bounds, limit)))


class _Wanted(NamedTuple):
    """One word that is sought, in any of its spellings, or what a word begins with."""

    spellings: tuple[str, ...]
    begun: bool = False

    @property
    def condition(self) -> str:
        return "word >= ? AND word < ?" if self.begun else f"word IN ({', '.join('?' * len(self.spellings))})"

    @property
    def bounds(self) -> tuple[str, ...]:
        return (self.spellings[0], self.spellings[0] + LAST_SIGN) if self.begun else self.spellings


def _how_often(database: Database, wanted: _Wanted) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM words WHERE {wanted.condition} LIMIT ?)"  # noqa: S608 no words in it
    return int(database.value(sql, (*wanted.bounds, MOST_COUNTED)))


def _findings(database: Database, who: str, events: list[int], more: bool) -> Findings:
    """What these events are, with their messages and the reviews of those. Suppressions and cases of others who stood
    in the same message are not among them: what is found may be lifted."""
    listed = json.dumps(events)
    messages = json.dumps(messages_of(database, events))
    found = database.rows(f"SELECT {SUPPRESSION_COLUMNS} FROM suppressions {_GIVEN} ORDER BY event", (listed,))  # noqa: S608
    reviews = database.rows(
        "SELECT event FROM reviews WHERE message IN (SELECT value FROM json_each(?)) ORDER BY event", (messages,)
    )
    return Findings(
        who=who,
        suppressions=tuple(suppression(row) for row in found),
        messages=tuple(_found_messages(database, messages)),
        reviews=tuple(review(database, f"R{row[0]}") for row in reviews),
        cases=cases_among(database, events),
        more=more,
    )


_LISTED = "(SELECT value FROM json_each(?1))"
_GIVEN = f"WHERE event IN {_LISTED}"


def messages_of(database: Database, events: list[int]) -> list[int]:
    """The messages in which these events stood."""
    places = (("event", "messages"), ("message", "suppressions"), ("message", "cases"), ("message", "reviews"),
              ("message", "case_steps"))  # fmt: skip
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


def messages_among(database: Database, events: list[int]) -> tuple[FoundMessage, ...]:
    """Those messages that are among these events."""
    return tuple(_found_messages(database, json.dumps(events)))


def _found_messages(database: Database, messages: str) -> Iterator[FoundMessage]:
    rows = database.rows(
        "SELECT subject, event, received, via, nature, language, verdict, erased "  # noqa: S608 a constant
        f"FROM messages JOIN ledger ON number = event {_GIVEN} ORDER BY received, event",
        (messages,),
    )
    for message_id, event, received, via, nature, language, verdict, erased in rows:
        recorded = content_of(database, event) or {}
        content: dict[str, Any] = recorded.get("message", {})
        yield FoundMessage(
            message_id, event, moment(received), via, sender_of(content), content.get("subject", ""), nature, language,
            Verdict(verdict), bool(erased), is_about_child(recorded.get("decision", {})),
        )  # fmt: skip
