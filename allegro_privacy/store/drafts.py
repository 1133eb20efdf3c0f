"""Replies: what may be answered, which drafts were written, and which of them still wait to be put into a mailbox.

A draft is an event with its whole text, so an erasure takes it along. What is to be put into a Drafts folder is noted
in the same transaction and done after its commit: an outbox. It holds numbers only; the mail is made from the event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allegro_privacy.core.decision import RequestDecision
from allegro_privacy.core.message import Message, Origin
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Person
from allegro_privacy.core.reading import Reading, Request
from allegro_privacy.errors import UsageError
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database, Row
from allegro_privacy.store.keys import as_pairs, keys_of_person
from allegro_privacy.store.messages import id_of
from allegro_privacy.store.people import numbered_event
from allegro_privacy.store.plain import moment, revive
from allegro_privacy.store.reviews import asked_of, content_of, reading_in
from allegro_privacy.store.rows import Suppression
from allegro_privacy.store.search import SUPPRESSION_COLUMNS, suppression

ANSWERABLE = ("S", "R", "C")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be answered: a review, a case or a suppression, by its name, with the message it came in.

    requests: those that it is about.  waits: a person has not decided it yet, or the case stands open.  origin: where
    the message lay, and whose mailbox that was."""

    about: str
    event: int
    message: int
    received: datetime
    mail: Message
    reading: Reading
    requests: tuple[Request, ...]
    waits: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Written:
    """A draft that was written. way: `printed` (it lies nowhere yet), `eml`, `drafts`, or `sent` when a person said
    so.  withdrawn: what it was written for was undone since.  content: {} once erased."""

    event: int
    at: datetime
    actor: str
    about: str
    template: str
    language: str
    way: str
    withdrawn: bool
    content: Mapping[str, Any]

    @property
    def counts(self) -> bool:
        """May it have reached the person? Nobody is answered by a letter that was merely looked at, or taken back."""
        return self.way == "sent" or (self.way in ("eml", "drafts") and not self.withdrawn)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits to be put into a mailbox. state: `planned`, or `appending` when it may lie there already
    (`appended_to`: the folder's UIDVALIDITY and next UID before)."""

    event: int
    state: str
    appended_to: str
    folder: str
    tries: int


def matter(database: Database, about: str) -> Matter:
    """What S12, R12 or C12 is about. UsageError when there is no such thing, or when it was erased."""
    name = about.strip().upper()
    event = numbered_event(database, name) if name[:1] in ANSWERABLE else None
    if event is None:
        raise UsageError(
            f"There is nothing to answer under {about!r}.", "A reply is written for a review (R12), a case (C8) or a "
            "suppression (S5).", "allegro-privacy reply   lists what needs an answer",
        )  # fmt: skip
    table = {"S": "suppressions", "R": "reviews", "C": "cases"}[name[0]]
    message = int(database.value(f"SELECT message FROM {table} WHERE event = ?", (event,)))  # noqa: S608 three names
    return _matter(database, name, event, message)


def open_matters(database: Database) -> list[Matter]:
    """The open reviews and cases that can be read, the one received first at the top."""
    rows = database.rows(
        """SELECT 'R' || reviews.event, reviews.event, message, received FROM reviews
            JOIN messages ON messages.event = message WHERE answered IS NULL AND messages.erased = 0
        UNION ALL SELECT 'C' || cases.event, cases.event, message, received FROM cases
            JOIN messages ON messages.event = message WHERE cases.erased = 0 AND messages.erased = 0
        ORDER BY received, 2"""
    )
    return [_matter(database, *row[:3]) for row in rows if _is_read(database, row[2])]


def _is_read(database: Database, message: int) -> bool:
    return "reading" in (content_of(database, message) or {})


def _matter(database: Database, about: str, event: int, message: int) -> Matter:
    content = content_of(database, message)
    if content is None or "reading" not in content:
        why = "It was erased." if content is None else "Its message could not be read."
        raise UsageError(f"{about} cannot be answered.", why)
    mail = revive(Message, {**content["message"], "id": id_of(database, message)})
    answered = database.value("SELECT answered FROM reviews WHERE event = ?", (event,)) if about[0] == "R" else None
    requests = _requests(database, about[0], event, message, content)
    waits = about[0] != "S" and answered is None
    origin = revive(Origin, content["origin"])
    return Matter(about, event, message, mail.received, mail, reading_in(content), requests, waits, origin)


def _requests(
    database: Database, letter: str, event: int, message: int, content: Mapping[str, Any]
) -> tuple[Request, ...]:
    judged = [revive(RequestDecision, one).request for one in content["decision"].get("requests", ())]
    if letter == "R":
        answer = database.value("SELECT answered_event FROM reviews WHERE event = ?", (event,))
        answered = (content_of(database, answer) or {}).get("requests", ()) if answer else ()
        asked = tuple(each.request for each in asked_of(database, event).values())
        return tuple(revive(Request, one) for _, one in answered) or asked
    own = content_of(database, event) or {}
    if letter == "C" and "request" in own:
        return (revive(Request, own["request"]),)
    position = own.get("position", -1)
    found = judged[position : position + 1] if 0 <= position < len(judged) else []
    person = revive(Person, own["person"]) if "person" in own else None
    return tuple(found) or ((Request("opt-out", person),) if person else ())


def stopped(database: Database, message: int) -> list[Suppression]:
    """The suppressions that stand on account of a message, those that stood before it asked again included."""
    rows = database.rows(
        f"""SELECT {SUPPRESSION_COLUMNS} FROM suppressions WHERE lifted IS NULL AND erased = 0 AND event IN (
            SELECT CAST(substr(subject, 2) AS INTEGER) FROM effects JOIN ledger ON number = effects.event
            WHERE effects.message = ? AND kind IN ('suppressed', 'already-suppressed')) ORDER BY event""",  # noqa: S608
        (message,),
    )
    return [suppression(row) for row in rows]


def drafts_of(database: Database, message: int) -> list[Written]:
    """The drafts that answer one message, the newest first."""
    sql = f"{_WRITTEN} WHERE message = ? ORDER BY drafts.event DESC"
    return [_written(database, row) for row in database.rows(sql, (message,))]


def draft(database: Database, event: int) -> Written | None:
    """One draft."""
    row = database.row(f"{_WRITTEN} WHERE drafts.event = ?", (event,))
    return None if row is None else _written(database, row)


_WRITTEN = (
    "SELECT drafts.event, drafts.at, actor, about, template, language, way, EXISTS (SELECT 1 FROM answers "
    "WHERE answers.message = drafts.message AND about = 'R' || review "
    "AND drafts.event BETWEEN answers.event AND answers.undone) "
    "FROM drafts JOIN ledger ON number = drafts.event"
)


def _written(database: Database, row: Row) -> Written:
    event, at, actor, about, template, language, way, withdrawn = row
    content = content_of(database, event) or {}
    return Written(event, moment(at), actor, about, template, language, way, bool(withdrawn), content)


def drafted_since(database: Database, email: str, since: datetime) -> bool:
    """Was a draft that counts written to that address since then?"""
    from allegro_privacy.store.people import events_about, hashes_of

    about = set(events_about(database, hashes_of(database, keys_of_person(Person(email=email)))))
    rows = database.rows(f"{_WRITTEN} WHERE drafts.at >= ? ORDER BY drafts.event DESC", (utc_text(since),))
    return any(row[0] in about and _written(database, row).counts for row in rows)


def record_draft(
    database: Database, content: Mapping[str, Any], person: Person, actor: str, now: datetime
) -> tuple[int, bool]:
    """Note that a draft was written; its event, and whether the very same was written before and still stands (then
    nothing is new).

    content: message, about, template, language, way, place, to, subject, body and what else the mail is made of. What
    goes to a Drafts folder is planned in the same transaction."""
    for written in drafts_of(database, content["message"]):
        if not written.withdrawn and all(written.content.get(name) == content[name] for name in _SAME):
            return written.event, True
    keys = (*keys_of_person(person), *keys_of_person(Person(email=content["to"] or None)))
    whole = {**content, **({"keys": as_pairs(keys)} if keys else {})}
    number = append(database, "drafted", "D#", whole, actor, now)
    if content["way"] == "drafts":
        database.run(
            "INSERT INTO outbox (event, place, state, folder, appended_to, tries, problem) "
            "VALUES (?, ?, 'planned', '', '', 0, '')",
            (number, content["place"]),
        )
    return number, False


_SAME = ("template", "language", "way", "place", "to", "subject", "body")


def waiting_drafts(database: Database, place: str) -> list[Waiting]:
    """The drafts that wait to be put into a mailbox, in the order of their writing."""
    sql = "SELECT event, state, appended_to, folder, tries FROM outbox WHERE place = ? ORDER BY event"
    return [Waiting(*row) for row in database.rows(sql, (place,))]


def places_waiting(database: Database) -> dict[str, int]:
    """How many drafts wait for each mailbox."""
    return dict(database.rows("SELECT place, count(*) FROM outbox GROUP BY place"))


def note_appending(database: Database, event: int, folder: str, appended_to: str) -> None:
    """It is about to be put there: after a crash it is looked for before anything is put there again."""
    database.run(
        "UPDATE outbox SET state = 'appending', folder = ?, appended_to = ? WHERE event = ?",
        (folder, appended_to, event),
    )


def placed(database: Database, event: int) -> None:
    """It lies in the mailbox, or never will."""
    database.run("DELETE FROM outbox WHERE event = ?", (event,))


def not_placed(database: Database, events: Sequence[int], problem: str) -> None:
    """The server would not, this time; the next run tries again."""
    database.run_many(
        "UPDATE outbox SET tries = tries + 1, problem = ? WHERE event = ?", [(problem, event) for event in events]
    )
