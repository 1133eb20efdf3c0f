"""A long suppression list of invented people, for the measurements of the store."""

import hashlib
from datetime import UTC, datetime
from random import Random

from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.store.append import append
from allegro_privacy.store.database import Database, writing

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
BATCH = 20_000
FIRST = (
    "Ana",
    "Rosa",
    "Luis",
    "José",
    "Maria",
    "Harold",
    "Ellen",
    "Tom",
    "Grace",
    "Omar",
    "Ivy",
    "Paul",
    "Nora",
    "Hugo",
)
LAST = (
    "Quintero",
    "Finch",
    "Paz",
    "Núñez",
    "Sol",
    "Harker",
    "Lima",
    "Reyes",
    "Stone",
    "Brook",
    "Vale",
    "Marsh",
    "Ortiz",
)
STREETS = ("Brickell", "Flagler", "Biscayne", "Collins", "Coral", "Palm", "Ocean", "Main", "Oak", "Pine")


def person(number: int) -> Person:
    """An invented person: names repeat as they do in life, e-mail addresses do not; every fourth has an address."""
    chance = Random(number)
    first, last = chance.choice(FIRST), f"{chance.choice(LAST)}{chance.randrange(2000):x}"
    address = None
    if number % 4 == 0:
        line, code = f"{chance.randrange(1, 9999)} {chance.choice(STREETS)} Ave", f"{chance.randrange(33000, 34999)}"
        address = PostalAddress(f"{line}\nMiami, FL {code}", line, None, "Miami", "FL", code)
    return Person(f"{first} {last}", f"{first.lower()}.{number}@example.com", None, address)


def load(database: Database, first: int, keys: int) -> None:
    """The events that `pull` would write for so many accepted opt-outs, with the same content, through the same
    `append`; only mail, rules and look-ups are left out, and the disk is not waited for."""
    database.run("PRAGMA synchronous = OFF")
    database.run("PRAGMA cache_size = -400000")
    for begin in range(first, keys, BATCH):
        with writing(database):
            for number in range(begin, min(begin + BATCH, keys)):
                _opt_out(database, number)
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")


def _opt_out(database: Database, number: int) -> None:
    who = person(number)
    named: dict[str, object] = {"name": who.name, "email": who.email}
    channel, words, key = "email", "NO E-MAIL", str(who.email)
    reach: dict[str, object] = {}
    if who.address:
        named["address"] = {
            name: getattr(who.address, name) for name in ("as_given", "line1", "city", "state", "zip")
        }  # fmt: skip
        channel, words, key = "post", "NO SNAIL MAIL", f"{who.address.zip}|{who.address.line1.lower()}|{who.email}"
        reach = {"level": "individual", "keys": [["email", str(who.email)]]}
    request = {
        "kind": "opt-out", "channel": channel, "person": named,
        "evidence": [{"rule": f"en.no-{channel}", "where": "subject", "quote": words}],
    }  # fmt: skip
    content = {
        "message": {
            "message_id": f"<{number}@mail.example.com>", "received": "2026-11-20T14:02:00Z",
            "received_by": "received-header", "date": "Fri, 20 Nov 2026 09:01:00 -0500", "return_path": who.email,
            "sender": [{"name": who.name, "email": who.email}], "subject": words, "size": 1834,
            "to": [{"email": "customerservice@example.net", "name": ""}],
        },
        "text": f"{words}\n\nThank you, {who.name}", "text_hash": hashlib.md5(str(number).encode()).hexdigest(),
        "origin": {
            "source": "maildir:", "locator": f"/var/mail/customerservice/cur/{number}.M1.mail",
            "stamp": f"1834-{number}",
        },
        "reading": {"nature": "personal", "language": "en", "rules": "12b639db58999028"},
        "decision": {
            "verdict": "accept", "reason": "every request is plain",
            "requests": [{"request": request, "verdict": "accept", "reason": "a plain request"}],
        },
        "keys": [["email", str(who.email)]],
    }  # fmt: skip
    message_id = hashlib.sha256(str(number).encode()).hexdigest()
    message = append(database, "message-received", message_id, content, "bench", NOON)
    acted = {"message": message, "position": 0, "kind": "opt-out", "channel": channel, "key": key, "person": named}
    append(database, "suppressed", "S#", {**acted, **reach}, "bench", NOON)
