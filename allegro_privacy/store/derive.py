"""What follows from each kind of event, as rows of the derived tables.

These functions see nothing but the event and the tables derived so far. The journal calls them when it writes, `verify`
when it derives everything again into an empty database: both must come to the same rows.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from allegro_privacy.store.database import Database
from allegro_privacy.store.keys import keyed, pair_hashes
from allegro_privacy.store.tables import DERIVED, EXPORTS, PULLS
from allegro_privacy.store.words import words_of_person

Content = Mapping[str, Any]
ERASABLE = tuple(table for table in DERIVED if table not in (EXPORTS, PULLS))


class Applied(NamedTuple):
    """The event that is being applied, without its content."""

    number: int
    at: str
    actor: str
    subject: str


def apply(database: Database, number: int, at: str, actor: str, kind: str, subject: str, content: Content) -> None:
    """Bring the derived tables up to date with one event."""
    rule = RULES.get(kind)
    if rule is not None:
        rule(database, Applied(number, at, actor, subject), content)


def _insert(database: Database, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    database.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 names are ours


def _message_received(database: Database, event: Applied, content: Content) -> None:
    message, decision = content["message"], content["decision"]
    message_id = message.get("message_id", "")
    received, via, language = message["received"], message.get("via", "email"), content["reading"]["language"]
    _insert(
        database, "messages", id=event.subject, event=event.number, received=received, recorded=event.at, via=via,
        nature=content["reading"]["nature"], language=language, verdict=decision["verdict"],
        message_id_hash=keyed(database.secret, "message-id", message_id) if message_id else None,
        text_hash=content["text_hash"], erased=0,
    )  # fmt: skip
    for position, judged in enumerate(decision["requests"]):
        request = judged["request"]
        _insert(
            database, "requests", message=event.subject, position=position, event=event.number, kind=request["kind"],
            channel=request.get("channel"), level=request.get("level"), verdict=judged["verdict"], via=via,
            language=language, received=received, decided=event.at, answer=None, effective=None, effect_event=None,
        )  # fmt: skip
    _sight(database, event, content["origin"], event.subject)
    _identify(database, event.number, content["keys"])
    _index(database, event.number, _people_found_by_message(message, decision))


def _people_found_by_message(message: Content, decision: Content) -> Iterable[Content]:
    """The sender and those asked about; whoever was accepted is found by their own suppression or case."""
    accepted = {_email(one["request"]["person"]) for one in decision["requests"] if one["verdict"] == "accept"}
    people = [*message.get("sender", ()), *(one["request"]["person"] for one in decision["requests"])]
    return (person for person in people if _email(person) not in accepted)


def _email(person: Content) -> str:
    return (person.get("email") or "").casefold()


def _sight(database: Database, event: Applied, origin: Content, message: str, read: str | None = None) -> None:
    database.run(
        "INSERT OR IGNORE INTO sightings (origin, event, message, bytes, source, locator, mailbox) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            origin_hash(database.secret, origin["source"], origin["locator"], origin.get("stamp", "")), event.number,
            message, read or message, origin["source"], origin["locator"], origin.get("mailbox", ""),
        ),
    )  # fmt: skip


def origin_hash(secret: bytes, source: str, locator: str, stamp: str) -> str:
    """The keyed hash of a place: a file's name may be a person's."""
    return keyed(secret, "origin", f"{source}\n{locator}\n{stamp}")


def _identify(database: Database, number: int, pairs: Iterable[list[str]]) -> None:
    rows = [(one, number) for one in dict.fromkeys(pair_hashes(database.secret, pairs))]
    database.run_many("INSERT INTO identifiers (hash, event) VALUES (?, ?)", rows)


def _index(database: Database, number: int, people: Iterable[Content]) -> None:
    words = sorted({word for person in people for word in words_of_person(person)})
    database.run_many("INSERT INTO words (word, event) VALUES (?, ?)", [(word, number) for word in words])


def _message_sighted(database: Database, event: Applied, content: Content) -> None:
    _sight(database, event, content["origin"], event.subject, content["bytes"])


def _message_set_aside(database: Database, event: Applied, content: Content) -> None:
    _insert(
        database, "messages", id=event.subject, event=event.number, received=content["received"], recorded=event.at,
        via="email", nature="unreadable", language="", verdict="ask", message_id_hash=None, text_hash=None, erased=0,
    )  # fmt: skip
    _sight(database, event, content["origin"], event.subject)


def _effective(database: Database, event: Applied, content: Content) -> None:
    """A request took effect; the first of its effects tells when."""
    if content.get("message"):
        database.run(
            "UPDATE requests SET effective = ?, effect_event = ? "
            "WHERE message = ? AND position = ? AND effective IS NULL",
            (event.at, event.number, content["message"], content["position"]),
        )


def _suppressed(database: Database, event: Applied, content: Content) -> None:
    person = content["person"]
    address = person.get("address")
    _insert(
        database, "suppressions", event=event.number, channel=content["channel"], level=content["level"],
        key_hash=keyed(database.secret, content["channel"], content["key"]), key=content["key"],
        name=person.get("name"), address=None if address is None else json.dumps(address, ensure_ascii=False),
        reason=content["kind"], since=event.at, lifted=None, lifted_event=None, message=content["message"], erased=0,
    )  # fmt: skip
    _identify(database, event.number, [[content["channel"], content["key"]], *content["keys"]])
    _index(database, event.number, [person])
    _effective(database, event, content)


def _already_suppressed(database: Database, event: Applied, content: Content) -> None:
    _identify(database, event.number, [[content["channel"], content["key"]], *content["keys"]])
    _effective(database, event, content)


def _case_opened(database: Database, event: Applied, content: Content) -> None:
    _insert(
        database, "cases", event=event.number, kind=content["request"]["kind"], message=content["message"],
        received=content["received"], opened=event.at, erased=0,
    )  # fmt: skip
    _identify(database, event.number, content["keys"])
    _index(database, event.number, [content["request"]["person"]])
    _effective(database, event, content)


def _lifted(database: Database, event: Applied, content: Content) -> None:
    database.run(
        "UPDATE suppressions SET lifted = ?, lifted_event = ? WHERE event = ? AND lifted IS NULL",
        (event.at, event.number, int(event.subject[1:])),
    )
    _effective(database, event, content)


def _review_opened(database: Database, event: Applied, content: Content) -> None:
    _insert(
        database, "reviews", event=event.number, message=content["message"], received=content["received"],
        opened=event.at, answered=None, answered_by=None, answered_event=None, verdict=None,
    )  # fmt: skip


def _review_answered(database: Database, event: Applied, content: Content) -> None:
    database.run(
        "UPDATE reviews SET answered = ?, answered_by = ?, answered_event = ?, verdict = ? WHERE event = ?",
        (event.at, event.actor, event.number, content["verdict"], int(event.subject[1:])),
    )
    answer = "ignore" if content["requests"] else content["verdict"]
    for position in content["positions"]:
        database.run(
            "UPDATE requests SET answer = ? WHERE message = ? AND position = ?", (answer, content["message"], position)
        )
    via, language, received = database.row(
        "SELECT via, language, received FROM messages WHERE id = ?", (content["message"],)
    ) or ("", "", content["received"])
    for position, request in content["requests"]:
        _insert(
            database, "requests", message=content["message"], position=position, event=event.number,
            kind=request["kind"], channel=request.get("channel"), level=request.get("level"), verdict="ask",
            via=via, language=language, received=received, decided=event.at, answer=content["verdict"],
            effective=None, effect_event=None,
        )  # fmt: skip


def _bounced(database: Database, event: Applied, content: Content) -> None:
    known = keyed(database.secret, "email", content["key"])
    database.run(
        "INSERT INTO undeliverable (key_hash, event, message, address, hard, since, times) "
        "VALUES (?, ?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (key_hash) DO UPDATE SET times = times + 1, hard = max(hard, excluded.hard)",
        (known, event.number, content["message"], content["address"], int(content["hard"]), event.at),
    )
    _identify(database, event.number, [["email", content["key"]]])


def _exported(database: Database, event: Applied, content: Content) -> None:
    _insert(database, "exports", event=event.number, at=event.at, **{name: content[name] for name in _EXPORT_COLUMNS})


_EXPORT_COLUMNS = tuple(name for name in EXPORTS.columns if name not in ("event", "at"))


def _pull_finished(database: Database, event: Applied, content: Content) -> None:
    written = {name: json.dumps(content[name], sort_keys=True) for name in ("sources", "counts", "problems")}
    _insert(database, "pulls", event=event.number, at=event.at, actor=event.actor, **written)


def _erased(database: Database, event: Applied, content: Content) -> None:
    """What stood in the tables because of the erased events goes; what may remain of it comes with the erasure."""
    numbers = json.dumps(content["events"])
    for table in ERASABLE:
        gone = "SELECT value FROM json_each(?)"
        database.run(f"DELETE FROM {table.name} WHERE event IN ({gone})", (numbers,))  # noqa: S608 names are ours
        rows = content["remains"].get(table.name, ())
        marks = ", ".join("?" * len(table.columns))
        database.run_many(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", rows)  # noqa: S608
    rows = [(one, event.number) for one in content["people"]]
    database.run_many("INSERT INTO identifiers (hash, event) VALUES (?, ?)", rows)


RULES: dict[str, Callable[[Database, Applied, Content], None]] = {
    "message-received": _message_received,
    "message-sighted": _message_sighted,
    "message-set-aside": _message_set_aside,
    "suppressed": _suppressed,
    "already-suppressed": _already_suppressed,
    "case-opened": _case_opened,
    "lifted": _lifted,
    "review-opened": _review_opened,
    "review-answered": _review_answered,
    "bounced": _bounced,
    "exported": _exported,
    "pull-finished": _pull_finished,
    "erased": _erased,
}
