"""The store on a long list: how long `find` and `why` take, beside a bare SQLite point look-up in the same run.

    python benchmarks/store.py [keys] [database]

The list is written by the journal itself, a thousand messages a transaction: every key has its message, its events in
the ledger and its suppression. A named database is kept, and used again by the next run.
"""

import hashlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from allegro_privacy.core.model import (
    Channel,
    Decision,
    Effect,
    Mailbox,
    Message,
    Nature,
    Origin,
    Person,
    PostalAddress,
    Reading,
    Request,
    RequestDecision,
    Verdict,
)
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database, create, open_database, writing
from allegro_privacy.workflow.keys import keys_of

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
BATCH = 1000
ROUNDS = 200
EFFECTS = {"opt-out": Effect.SUPPRESS}
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


def opt_out(number: int) -> tuple[Message, Reading, Decision]:
    who = person(number)
    channel = Channel.POST if who.address else Channel.EMAIL
    request = Request("opt-out", who, channel)
    text = "NO SNAIL MAIL" if who.address else "NO E-MAIL"
    message = Message(
        id=hashlib.sha256(str(number).encode()).hexdigest(), received=NOON, message_id=f"<{number}@example.com>",
        sender=(Mailbox(who.name or "", who.email or ""),), subject=text, text=text,
    )  # fmt: skip
    reading = Reading(Nature.PERSONAL, "en", (request,), (), (), "", "bench")
    return message, reading, Decision(Verdict.ACCEPT, (RequestDecision(request, Verdict.ACCEPT, "plain"),), (), "plain")


def load(database: Database, first: int, keys: int) -> None:
    """Write the list, each batch of messages in one transaction, as `pull` does."""
    for begin in range(first, keys, BATCH):
        with writing(database):
            for number in range(begin, min(begin + BATCH, keys)):
                message, reading, decision = opt_out(number)
                journal.record(
                    database, message, message.text, Origin("bench:", str(number)), reading, decision, "bench", NOON,
                    effects=EFFECTS, keys_of=keys_of,
                )  # fmt: skip


def questions(keys: int) -> dict[str, Callable[[Database, Random], object]]:
    """What is asked, each time about somebody else."""

    def anybody(chance: Random) -> Person:
        return person(chance.randrange(keys))

    return {
        "find an e-mail address": lambda database, chance: views.find(database, anybody(chance).email or ""),
        "find a full name": lambda database, chance: views.find(database, anybody(chance).name or ""),
        "find a common first name": lambda database, chance: views.find(database, chance.choice(FIRST)),
        "find the beginning of a name": lambda database, chance: views.find(
            database, (anybody(chance).name or "")[:-1]
        ),
        "find a street and number": lambda database, chance: views.find(
            database,
            person(4 * chance.randrange(keys // 4)).address.line1,  # type: ignore[union-attr]
        ),
        "find nobody": lambda database, chance: views.find(database, f"nobody{chance.random()}"),
        "why of an e-mail address": lambda database, chance: views.timeline(database, anybody(chance).email or ""),
        "status": lambda database, _: views.status(database),
    }


def bare_lookup(path: Path, keys: int) -> Callable[[Random], object]:
    """The least that SQLite needs to find one row by its key in the same file."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    def look_up(chance: Random) -> object:
        number = hashlib.sha256(str(chance.randrange(keys)).encode()).hexdigest()
        return connection.execute("SELECT event FROM messages WHERE id = ?", (number,)).fetchone()

    return look_up


def milliseconds(work: Callable[[Random], object], rounds: int) -> Iterator[float]:
    chance = Random(7)
    for _ in range(rounds):
        began = time.perf_counter()
        work(chance)
        yield (time.perf_counter() - began) * 1000


def show(title: str, times: list[float], bare: float) -> None:
    median, worst = statistics.median(times), max(times)
    print(f"{title:32} {median:10.3f} ms {worst:12.3f} ms {median / bare:12,.0f} x")


def main(keys: int, path: Path) -> int:
    if not path.exists():
        create(path, "Bench", "bench", NOON)
    with open_database(path) as database:
        there = int(database.value("SELECT count(*) FROM messages"))
        began = time.perf_counter()
        load(database, there, keys)
        took = time.perf_counter() - began
        if there < keys:
            print(f"wrote {keys - there:,} messages in {took:.0f} s: {(keys - there) / took:,.0f} a second")
        database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{keys:,} keys, {path.stat().st_size / 1e6:,.0f} MB")
    bare = statistics.median(milliseconds(bare_lookup(path, keys), ROUNDS))
    print(f"{'':32} {'median':>13} {'worst':>15} {'bare look-up':>14}")
    show("a bare SQLite look-up", [bare], bare)
    began = time.perf_counter()
    with open_database(path, read_only=True) as database:
        show("open the database", [(time.perf_counter() - began) * 1000], bare)
        for title, ask in questions(keys).items():
            rounds = 10 if title == "status" else ROUNDS
            show(title, list(milliseconds(lambda chance, ask=ask: ask(database, chance), rounds)), bare)  # type: ignore[misc]
    return 0


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as directory:
        sys.exit(main(count, Path(sys.argv[2] if len(sys.argv) > 2 else f"{directory}/bench.sqlite3")))
