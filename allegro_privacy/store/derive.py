"""What follows from each kind of event, as rows of the derived tables.

These functions see nothing but the event and the tables derived so far. The journal calls them when it writes, `verify`
when it derives everything again: both must come to the same rows. The common kinds only add rows, which `verify`
gathers and writes in bulk; only the rare ones change any.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from allegro_privacy.core.cases import Step
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.person import Channel, Level, PostalAddress
from allegro_privacy.store import tables
from allegro_privacy.store.keys import keyed, origin_hash, pair_hashes
from allegro_privacy.store.plain import revive
from allegro_privacy.store.tables import DERIVED, EXPORTS, PULLS, Table, from_json
from allegro_privacy.store.words import words_of_person

Content = Mapping[str, Any]
# Of lists nothing names a customer; of a pull, the name of a file may.
_OF_LISTS = (
    EXPORTS, tables.ACKNOWLEDGEMENTS, tables.DELIVERIES, tables.SEEDS, tables.DROPS, tables.LEAKS, tables.SCRUBS,
    tables.SCRUB_HITS,
)  # fmt: skip
ERASABLE = tuple(table for table in DERIVED if table not in _OF_LISTS)


class Tables(Protocol):
    """Where the rows go: the database itself, or a second set of tables beside it."""

    secret: bytes

    def insert(self, table: Table, rows: Iterable[Sequence[Any]]) -> None: ...
    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int: ...


class Applied(NamedTuple):
    """The event that is being applied, without its content."""

    number: int
    at: str
    actor: str
    subject: str


def apply(to: Tables, number: int, at: str, actor: str, kind: str, subject: str, content: Content) -> None:
    """Bring the derived tables up to date with one event."""
    rule = RULES.get(kind)
    if rule is not None:
        rule(to, Applied(number, at, actor, subject), content)


def _message_received(to: Tables, event: Applied, content: Content) -> None:
    message, reading, decision = content["message"], content["reading"], content["decision"]
    message_id = message.get("message_id", "")
    row = (
        event.number, message["received"], message.get("via", "email"), reading["nature"], reading.get("language", ""),
        decision["verdict"], keyed(to.secret, "message-id", message_id) if message_id else None,
        bytes.fromhex(content["text_hash"]), 0,
    )  # fmt: skip
    to.insert(tables.MESSAGES, (row,))
    requests = decision.get("requests", ())
    if requests:
        judged = enumerate((one["request"], one["verdict"]) for one in requests)
        to.insert(tables.REQUESTS, [_request(event, event.number, place, *one, None) for place, one in judged])
    _sight(to, event, content["origin"], event.number)
    _identify(to, event.number, content.get("keys", ()))
    _index(to, event.number, _people_found_by_message(message, requests))


def _request(
    event: Applied, message: int, position: int, request: Content, verdict: str, answer: str | None
) -> tuple[Any, ...]:
    kind, channel, level = request["kind"], request.get("channel"), request.get("level")
    quality = _quality(channel, level, request["person"])
    return message, position, event.number, kind, channel, level, verdict, answer, quality


def _quality(channel: str | None, level: str | None, person: Content) -> str | None:
    """How complete a postal address is; None for what is not about post."""
    if channel != Channel.POST:
        return None
    # Late: who looks an e-mail address up must not pay for the postal tables.
    from allegro_privacy.core.postal_quality import quality

    given = person.get("address")
    address = None if given is None else revive(PostalAddress, given)
    return quality(address, person.get("name"), None if level is None else Level(level)).value


def _people_found_by_message(message: Content, requests: Sequence[Content]) -> Iterable[Content]:
    """The sender and those asked about; whoever was accepted is found by their own suppression or case."""
    accepted = {_email(one["request"]["person"]) for one in requests if one["verdict"] == "accept"}
    people = [*message.get("sender", ()), *(one["request"]["person"] for one in requests)]
    return (person for person in people if _email(person) not in accepted)


def _email(person: Content) -> str:
    return (person.get("email") or "").casefold()


def _sight(to: Tables, event: Applied, origin: Content, message: int, read: str | None = None) -> None:
    place = origin_hash(to.secret, origin.get("source", ""), origin.get("locator", ""), origin.get("stamp", ""))
    to.insert(tables.SIGHTINGS, ((place, event.number, message, read),))


def _identify(to: Tables, number: int, pairs: Iterable[Sequence[str]]) -> None:
    to.insert(tables.IDENTIFIERS, [(one, number) for one in dict.fromkeys(pair_hashes(to.secret, pairs))])


def _index(to: Tables, number: int, people: Iterable[Content]) -> None:
    words = {word for person in people for word in words_of_person(person)}
    to.insert(tables.WORDS, [(word, number) for word in sorted(words)])


def _message_sighted(to: Tables, event: Applied, content: Content) -> None:
    _sight(to, event, content["origin"], content["message"], content.get("bytes"))


def _message_set_aside(to: Tables, event: Applied, content: Content) -> None:
    row = (event.number, content["received"], "email", "unreadable", "", "ask", None, None, 0)
    to.insert(tables.MESSAGES, (row,))
    _sight(to, event, content["origin"], event.number)


def _effective(to: Tables, event: Applied, content: Content) -> None:
    if content.get("message"):
        to.insert(tables.EFFECTS, ((content["message"], content["position"], event.number),))


def _keys_of(content: Content) -> list[Sequence[str]]:
    """The key that was acted on, and the others by which the person is known."""
    return [(content["channel"], content["key"]), *content.get("keys", ())]


def _suppressed(to: Tables, event: Applied, content: Content) -> None:
    person, channel, key = content["person"], content["channel"], content["key"]
    address = person.get("address")
    row = (
        event.number, channel, content.get("level"), keyed(to.secret, channel, key), key, person.get("name"),
        None if address is None else json.dumps(address, ensure_ascii=False), content["kind"], event.at, None, None,
        content["message"], 0, _quality(channel, content.get("level"), person), person.get("customer_number"),
    )  # fmt: skip
    to.insert(tables.SUPPRESSIONS, (row,))
    _identify(to, event.number, _keys_of(content))
    _index(to, event.number, (person,))
    _effective(to, event, content)


def _already_suppressed(to: Tables, event: Applied, content: Content) -> None:
    _identify(to, event.number, _keys_of(content))
    _effective(to, event, content)


def _case_opened(to: Tables, event: Applied, content: Content) -> None:
    lane = content.get("lane", Lane.CUSTOMER)
    to.insert(tables.CASES, ((event.number, content["request"]["kind"], content["message"], event.at, 0, lane),))
    _identify(to, event.number, content.get("keys", ()))
    _index(to, event.number, (content["request"]["person"],))
    _effective(to, event, content)


def _case_step(to: Tables, event: Applied, content: Content) -> None:
    about = (content.get(name) for name in ("state", "reason", "message", "lane"))
    to.insert(tables.CASE_STEPS, ((event.number, content["case"], content["step"], *about),))


def _case_joined(to: Tables, event: Applied, content: Content) -> None:
    _case_step(to, event, content)
    _identify(to, event.number, content.get("keys", ()))
    _index(to, event.number, (content["request"]["person"],))
    _effective(to, event, content)


def _lifted(to: Tables, event: Applied, content: Content) -> None:
    to.run(
        "UPDATE suppressions SET lifted = ?, lifted_event = ? WHERE event = ? AND lifted IS NULL",
        (event.at, event.number, int(event.subject[1:])),
    )
    _effective(to, event, content)


def _review_opened(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.REVIEWS, ((event.number, content["message"], event.at, None, None, None, None),))


def _review_answered(to: Tables, event: Applied, content: Content) -> None:
    to.run(
        "UPDATE reviews SET answered = ?, answered_by = ?, answered_event = ?, verdict = ? WHERE event = ?",
        (event.at, event.actor, event.number, content["verdict"], int(event.subject[1:])),
    )
    answer, message = "ignore" if content["requests"] else content["verdict"], content["message"]
    for position in content["positions"]:
        to.run("UPDATE requests SET answer = ? WHERE message = ? AND position = ?", (answer, message, position))
    to.insert(
        tables.REQUESTS,
        [_request(event, message, place, one, "ask", content["verdict"]) for place, one in content["requests"]],
    )
    to.insert(tables.ANSWERS, ((event.number, int(event.subject[1:]), message, content["verdict"], None),))


def _customer_asked(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.ANSWERS, ((event.number, int(event.subject[1:]), content["message"], "asked", None),))


def _answer_undone(to: Tables, event: Applied, content: Content) -> None:
    """The question stands as before its answer. What the answer did is taken back by events of its own (`lifted`,
    `suppressed`); here it only stops to count as what became of the request."""
    answer, message = content["answer"], content["message"]
    to.run("UPDATE answers SET undone = ? WHERE event = ?", (event.number, answer))
    to.run(
        "UPDATE reviews SET answered = NULL, answered_by = NULL, answered_event = NULL, verdict = NULL "
        "WHERE answered_event = ?",
        (answer,),
    )
    to.run("DELETE FROM requests WHERE message = ? AND event = ?", (message, answer))
    for position in content["positions"]:
        to.run("UPDATE requests SET answer = NULL WHERE message = ? AND position = ?", (message, position))
    for done in content["did"]:
        to.run("DELETE FROM effects WHERE event = ?", (done,))
        # That somebody asked again, when it joined a case.
        to.run("DELETE FROM case_steps WHERE event = ?", (done,))


def _decision_checked(to: Tables, event: Applied, content: Content) -> None:
    row = (event.number, content["message"], event.at, event.actor, content["verdict"], int(content["wrong"]))
    to.insert(tables.CHECKS, (row,))


def _bounced(to: Tables, event: Applied, content: Content) -> None:
    known = keyed(to.secret, "email", content["key"])
    to.run(
        "INSERT INTO undeliverable (key_hash, event, message, address, hard, since, times) "
        "VALUES (?, ?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (key_hash) DO UPDATE SET times = times + 1, hard = max(hard, excluded.hard)",
        (known, event.number, content["message"], content["address"], int(content["hard"]), event.at),
    )
    _identify(to, event.number, (("email", content["key"]),))


def _drafted(to: Tables, event: Applied, content: Content) -> None:
    named = (content[name] for name in ("message", "about", "template", "language", "way"))
    to.insert(tables.DRAFTS, ((event.number, event.at, *named),))
    _identify(to, event.number, content.get("keys", ()))


def _exported(to: Tables, event: Applied, content: Content) -> None:
    told = {**_FULL_LIST, **content, "held": json.dumps(content.get("held", []))}
    to.insert(EXPORTS, ((event.number, event.at, *(told[name] for name in _EXPORT_COLUMNS)),))
    if told.get("deliver"):
        to.insert(tables.DELIVERIES, ((event.number, "", None, None),))


# What lists that left before there were others did not say.
_FULL_LIST: Content = {"change": "full", "sequence": 0, "after": 0, "since_event": 0, "removals": 0}
_EXPORT_COLUMNS = tuple(name for name in EXPORTS.columns if name not in ("event", "at"))


def _delivered(to: Tables, event: Applied, content: Content) -> None:
    sql = "UPDATE deliveries SET target = ?, delivered = ?, at = ? WHERE event = ? AND delivered IS NULL"
    to.run(sql, (content["target"], event.number, event.at, content["export"]))


def _decoys_placed(to: Tables, event: Applied, content: Content) -> None:
    keys = ((key, decoy["row"]) for decoy in content["decoys"] for key in decoy["keys"])
    to.insert(tables.SEEDS, [(keyed(to.secret, *key), content["export"], row) for key, row in keys])


def _acknowledged(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.ACKNOWLEDGEMENTS, ((event.number, event.at, event.actor, content["export"]),))


def _drop_planned(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.DROPS, ((event.number, *(content[name] for name in _DROP_COLUMNS), None),))


_DROP_COLUMNS = tuple(name for name in tables.DROPS.columns if name not in ("event", "cancelled"))


def _drop_changed(to: Tables, event: Applied, content: Content) -> None:
    values = tuple(content[name] for name in _DROP_COLUMNS)
    assignments = ", ".join(f"{name} = ?" for name in _DROP_COLUMNS)
    to.run(f"UPDATE drops SET {assignments} WHERE event = ?", (*values, content["drop"]))  # noqa: S608 constants


def _drop_cancelled(to: Tables, event: Applied, content: Content) -> None:
    to.run("UPDATE drops SET cancelled = ? WHERE event = ?", (event.number, content["drop"]))


def _sent_list_checked(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.LEAKS, [(event.number, *leak) for leak in content["leaks"]])


def _scrubbed(to: Tables, event: Applied, content: Content) -> None:
    told = (content[name] for name in _SCRUB_COLUMNS)
    to.insert(tables.SCRUBS, ((event.number, event.at, event.actor, *told),))
    to.insert(tables.SCRUB_HITS, [(hit[0], event.number, *hit[1:]) for hit in content["hits"]])


_SCRUB_COLUMNS = tuple(name for name in tables.SCRUBS.columns if name not in ("event", "at", "actor"))


def _pull_finished(to: Tables, event: Applied, content: Content) -> None:
    written = (json.dumps(content[name], sort_keys=True) for name in ("sources", "counts", "problems"))
    to.insert(PULLS, ((event.number, event.at, event.actor, *written),))


def _erased(to: Tables, event: Applied, content: Content) -> None:
    """What may remain of the rows of the erased events, whose own content gives none any more."""
    for table in ERASABLE:
        to.insert(table, [from_json(table, row) for row in content["remains"].get(table.name, ())])
    _about_people(to, event, content)


def _about_people(to: Tables, event: Applied, content: Content) -> None:
    to.insert(tables.IDENTIFIERS, [(bytes.fromhex(one), event.number) for one in content["people"]])


RULES: dict[str, Callable[[Tables, Applied, Content], None]] = {
    "message-received": _message_received,
    "message-sighted": _message_sighted,
    "message-set-aside": _message_set_aside,
    "suppressed": _suppressed,
    "already-suppressed": _already_suppressed,
    "case-opened": _case_opened,
    **{f"case-{step.value}": _case_step for step in Step},
    "case-joined": _case_joined,
    "lifted": _lifted,
    "review-opened": _review_opened,
    "review-answered": _review_answered,
    "customer-asked": _customer_asked,
    "answer-undone": _answer_undone,
    "decision-checked": _decision_checked,
    "bounced": _bounced,
    "drafted": _drafted,
    "exported": _exported,
    "decoys-placed": _decoys_placed,
    "delivered": _delivered,
    "export-acknowledged": _acknowledged,
    "drop-planned": _drop_planned,
    "drop-changed": _drop_changed,
    "drop-cancelled": _drop_cancelled,
    "sent-list-checked": _sent_list_checked,
    "scrubbed": _scrubbed,
    "pull-finished": _pull_finished,
    "erased": _erased,
    "hold-placed": _about_people,
    "hold-released": _about_people,
    "proof-made": _about_people,
}
