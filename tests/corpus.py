"""The fixture corpus: each message judged as the program does, and compared with the reading that lies beside it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from allegro_privacy import config
from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, RequestDecision, Standing
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.reading import Doubt, Reading
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow.judge import Judge, appoint, read

MAIL = Path(__file__).parent.parent / "fixtures" / "mail"


@dataclass(frozen=True)
class Fixture:
    """One message and the reading expected of it."""

    mail: Path

    @property
    def toml(self) -> Path:
        return self.mail.with_suffix(".toml")

    @property
    def name(self) -> str:
        return str(self.mail.relative_to(MAIL).with_suffix(""))

    @property
    def expected(self) -> dict[str, Any]:
        return tomllib.loads(self.toml.read_text(encoding="utf-8"))


def fixtures() -> Iterator[Fixture]:
    """Every message of the corpus, in order."""
    return (Fixture(path) for path in sorted(MAIL.rglob("*.eml")))


@cache
def judge() -> Judge:
    """The packaged rules and the sample configuration's shop."""
    return appoint(config.parse(config.sample(), None))


def judged(fixture: Fixture) -> tuple[Reading, Decision]:
    """Parse, classify and decide, with nothing known yet."""
    _, reading = read(judge(), RawMessage(fixture.mail.read_bytes(), Origin("eml:", fixture.mail.name)))
    return reading, decide(reading, Standing(), judge().policy)


def address_parts(address: PostalAddress | None) -> list[str]:
    """line 1, line 2, city, state, zip; "" for what nobody gave."""
    if address is None:
        return []
    return [address.line1, address.line2 or "", address.city or "", address.state or "", address.zip or ""]


def differences(expected: dict[str, Any], reading: Reading, decision: Decision) -> list[str]:
    """What came out otherwise than expected, in words; [] when all is as listed."""
    found = []
    for key, actual in (("nature", reading.nature), ("language", reading.language), ("decision", decision.verdict)):
        if key in expected and expected[key] != actual:
            found.append(f"{key}: expected {expected[key]}, got {actual}")
    doubts = {doubt.doubt for doubt in decision.doubts}
    doubts |= {doubt.doubt for one in decision.requests for doubt in one.request.doubts}
    notes = set(reading.notes) | {note for one in decision.requests for note in one.request.notes}
    found += [f"doubt missing: {doubt}" for doubt in expected.get("doubts", ()) if doubt not in doubts]
    found += [f"note missing: {note}" for note in expected.get("notes", ()) if note not in notes]
    return found + _request_differences(expected, decision)


def _request_differences(expected: dict[str, Any], decision: Decision) -> list[str]:
    found = []
    left = list(decision.requests)
    message_doubts = {doubt.doubt for doubt in decision.doubts}
    for row in expected.get("requests", ()):
        candidates = [
            one
            for one in left
            if one.request.kind == row["kind"] and (one.request.channel or "") == row.get("channel", "")
        ]
        if not candidates:
            found.append(f"request missing: {row}")
            continue
        best = min(candidates, key=lambda one: len(_one_request(row, one, message_doubts)))
        left.remove(best)
        found += _one_request(row, best, message_doubts)
    for one in left:
        if one.verdict == "accept" or expected["decision"] != "ask":
            quotes = [evidence.quote for evidence in one.request.evidence]
            found.append(f"request too many: {one.request.kind} {one.request.channel} {one.verdict} {quotes}")
    return found


def _one_request(row: dict[str, Any], one: RequestDecision, message_doubts: set[Doubt]) -> list[str]:
    person = one.request.person
    name = f"{row['kind']} {row.get('channel', '')}".strip()
    pairs = [
        ("decision", one.verdict),
        ("email", person.email),
        ("phone", person.phone),
        ("level", one.request.level),
    ]
    found = [
        f"{name} {key}: expected {row[key]}, got {actual}"
        for key, actual in pairs
        if key in row and not _same(key, row[key], actual)
    ]
    if (
        "name" in row
        and row.get("channel") == "post"
        and (person.name or "").lower().replace(".", "") != row["name"].lower().replace(".", "")
    ):
        found.append(f"{name} name: expected {row['name']}, got {person.name}")
    if row.get("address") and address_parts(person.address) != row["address"]:
        found.append(f"{name} address: expected {row['address']}, got {address_parts(person.address)}")
    doubts = message_doubts | {doubt.doubt for doubt in one.request.doubts}
    found += [f"{name} doubt missing: {doubt}" for doubt in row.get("doubts", ()) if doubt not in doubts]
    return found


def _same(key: str, wanted: str, actual: Any) -> bool:
    if key == "phone":
        return "".join(filter(str.isdigit, wanted))[-10:] == "".join(filter(str.isdigit, actual or ""))[-10:]
    if key == "email":
        return wanted.lower() == (actual or "").lower()
    return bool(wanted == actual)


__all__ = ["Fixture", "address_parts", "differences", "fixtures", "judge", "judged", "parse"]
