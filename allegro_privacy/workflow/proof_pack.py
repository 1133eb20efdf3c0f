"""The proof pack about one person: what they asked, what was done, and a stretch of the ledger that proves it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from allegro_privacy.config import Settings
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.proof import Own, blacked_out, own_of, words_of_others
from allegro_privacy.errors import UsageError
from allegro_privacy.reports import folder, proof_text
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.rows import Entry, Export, Problem, Suppression, Timeline
from allegro_privacy.workflow.proof import disagreements, read
from allegro_privacy.workflow.transaction import transact

SPANISH = "es"
_NOT_SHOWN = ("hold-placed", "hold-released", "proof-made")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was made. blacked_out: whether somebody else is named in what it is about."""

    folder: Path
    files: tuple[str, ...]
    fingerprint: str
    event: int
    blacked_out: bool


def make(database: Database, settings: Settings, who: str, target: Path, actor: str, now: datetime) -> Pack:
    """Write the pack about exactly one person. Recorded before it has its name, so that none is unknown here."""
    folder.refuse_taken(target)
    written: list[folder.Written] = []

    def prepare() -> Pack:
        for earlier in written:
            folder.discard(earlier)
        known = views.person(database, who)
        told = views.timeline_of(database, who, sorted(known.events))
        # What the shop keeps for its lawyer, or made for others, is not the customer's.
        told = replace(told, entries=tuple(one for one in told.entries if one.kind not in _NOT_SHOWN))
        if not told:
            raise UsageError("Nothing is recorded about that person.", "", "allegro-privacy find WHO")
        parts = _Parts(database, settings, told, _own(settings, told, known.keys), actor, now)
        written.append(folder.write(target, parts.files()))
        made = written[-1]
        event = journal.record_proof(database, known.hashes, made.fingerprint, len(made.files), actor, now)
        return Pack(target, made.files, made.fingerprint, event, parts.hides_others)

    try:
        pack = transact(database, prepare)
        folder.publish(written[-1])
    except BaseException:
        for each in written:
            folder.discard(each)
        raise
    return pack


def problems(database: Database, pack: Path) -> list[Problem]:
    """Where a pack that lies in this folder is not the one that was recorded when it was made."""
    try:
        fingerprint = folder.fingerprint_of(pack)
    except folder.AlteredError as altered:
        return [Problem("proof", 0, f"{altered.what} {altered.why}")]
    if views.proof_recorded(database, fingerprint) is None:
        return [Problem("proof", 0, f"no proof pack of the fingerprint {fingerprint} was recorded here")]
    return []


def _own(settings: Settings, told: Timeline, keys: frozenset[tuple[str, str]]) -> Own:
    shop = settings.shop
    emails = {*shop.addresses, *shop.staff, *shop.unsubscribe_addresses}
    return own_of((entry.content for entry in told.entries), keys, emails, shop.phones)


class _Parts:
    """The files of one pack, made one after the other."""

    def __init__(
        self, database: Database, settings: Settings, told: Timeline, own: Own, actor: str, now: datetime
    ) -> None:
        self.database, self.settings, self.told, self.own = database, settings, told, own
        # What names others is shown with that blacked out; only what names nobody else is shown with its salt.
        self.shown = {entry.number: self._shown(entry) for entry in told.entries}
        self.manifests = {export.file: self._manifest(export) for export, _ in told.exports}
        self.facts = self._facts(actor, now)

    @property
    def hides_others(self) -> bool:
        return any(shown != entry.content for entry, shown in self._pairs())

    def _pairs(self) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
        return ((entry, self.shown[entry.number]) for entry in self.told.entries)

    def _shown(self, entry: Entry) -> Mapping[str, Any]:
        others = words_of_others(entry.content, self.own)
        shown: Mapping[str, Any] = blacked_out(entry.content, others, self.own)
        return shown

    def _manifest(self, export: Export) -> bytes | None:
        """The manifest of a list, if it still lies here and says what was recorded."""
        path = self.settings.export.directory / (Path(export.file).name.removesuffix(".csv") + ".manifest.json")
        if not path.is_file():
            return None
        raw = path.read_bytes()
        return None if disagreements(self.database, path, read(path)) else raw

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each file's name and content; the ledger comes in pieces, since it may be long."""
        yield "README.txt", _text(proof_text.page(self.facts, "en"))
        if any(letter["language"] == SPANISH for letter in self.facts["messages"]):
            yield "LEAME.txt", _text(proof_text.page(self.facts, SPANISH))
        yield "proof.json", _text(json.dumps(self.facts, ensure_ascii=False, indent=1) + "\n")
        for letter in self.facts["messages"]:
            if letter["file"]:
                yield letter["file"], _text(_letter(letter, self.shown[letter["event"]]))
        for row in self.facts["exports"]:
            if row["manifest"]:
                yield row["manifest"], iter((self.manifests[row["file"]] or b"",))
        yield "ledger.jsonl", self._ledger()
        yield "verify.py", iter(((resources.files("allegro_privacy") / "data" / "proof" / "verify.txt").read_bytes(),))

    def _ledger(self) -> Iterator[bytes]:
        exports = [export for export, _ in self.told.exports]
        events = {*self.shown, *(export.event for export in exports)}
        plain = {entry.number for entry, shown in self._pairs() if shown == entry.content}
        plain |= {export.event for export in exports}
        for stretch in views.stretches(self.database, events, views.exports(self.database)):
            for row in views.rows_in(self.database, stretch):
                opened = views.opened(self.database, row["number"]) if row["number"] in plain else None
                more = {} if opened is None else {"salt": opened[0], "content": opened[1]}
                yield (json.dumps({**row, **more}) + "\n").encode()

    def _facts(self, actor: str, now: datetime) -> dict[str, Any]:
        shop, head = self.settings.shop, views.ledger_head(self.database)
        return {
            "schema": 1,
            "shop": shop.name,
            "legal_name": shop.legal_name,
            "policy": shop.policy_version,
            "time_zone": shop.time_zone,
            "about": self.told.who,
            "made": utc_text(now),
            "made_by": actor,
            "ledger": {"number": head.number, "hash": head.hash},
            "messages": [self._message(entry) for entry in self.told.entries if entry.kind == "message-received"],
            "suppressions": [_suppression(one) for one in views.suppressions_among(self.database, sorted(self.shown))],
            "exports": [self._export(export, carried) for export, carried in self.told.exports],
            "events": [_event(entry, shown) for entry, shown in self._pairs()],
        }

    def _message(self, entry: Entry) -> dict[str, Any]:
        shown = self.shown[entry.number]
        message, decision = shown.get("message", {}), shown.get("decision", {})
        (row,) = views.messages_among(self.database, [entry.number])
        requests = [
            {
                "kind": one["request"]["kind"],
                "channel": one["request"].get("channel"),
                "level": one["request"].get("level"),
                "verdict": one["verdict"],
                "reason": one.get("reason", ""),
                "evidence": one["request"].get("evidence", []),
            }
            for one in decision.get("requests", ())
        ]
        return {
            "event": entry.number,
            "id": entry.subject,
            "file": None if entry.erased else f"messages/M{entry.number}.txt",
            "kept": not entry.erased,
            "received": utc_text(row.received),
            "received_by": message.get("received_by", "file"),
            "via": row.via,
            "language": row.language,
            "nature": row.nature,
            "subject": message.get("subject", ""),
            "rules": shown.get("reading", {}).get("rules", ""),
            "requests": requests,
            "blacked_out": shown != entry.content,
        }

    def _export(self, export: Export, carried: tuple[str, ...]) -> dict[str, Any]:
        kept = self.manifests[export.file] is not None
        name = Path(export.file).name.removesuffix(".csv")
        return {
            "id": export.id,
            "event": export.event,
            "at": utc_text(export.at),
            "recipient": export.recipient,
            "channel": export.channel.value,
            "file": export.file,
            "sha256": export.sha256,
            "rows": export.rows,
            "ledger": {"number": export.as_of, "hash": export.head},
            "carried": list(carried),
            "manifest": f"exports/{name}.manifest.json" if kept else None,
        }


def _suppression(one: Suppression) -> dict[str, Any]:
    return {
        "id": one.id,
        "channel": one.channel.value,
        "level": one.level.value if one.level else None,
        "since": utc_text(one.since),
        "lifted": utc_text(one.lifted) if one.lifted else None,
        "erased": one.erased,
    }


def _event(entry: Entry, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": utc_text(entry.at),
        "actor": entry.actor,
        "kind": entry.kind,
        "subject": entry.subject,
        "title": entry.title,
        "content": shown,
        "erased": entry.erased,
        "blacked_out": shown != entry.content,
    }


def _letter(letter: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """A message as it is kept: who, when, and the words of the writer."""
    message = shown.get("message", {})
    senders = ", ".join(f"{one.get('name', '')} <{one.get('email', '')}>".strip() for one in message.get("sender", ()))
    head = [
        f"Message M{letter['event']}",
        f"Received: {letter['received']} ({proof_text.CLOCKS['en'].get(letter['received_by'], letter['received_by'])})",
        f"From: {senders or '-'}",
        f"Subject: {letter['subject']}",
        f"SHA-256 of the message as it came: {letter['id']}",
    ]
    return "\n".join([*head, "", str(shown.get("text", "")), ""])


def _text(text: str) -> Iterator[bytes]:
    return iter((text.encode("utf-8", "replace"),))
