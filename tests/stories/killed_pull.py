"""Kill `pull` at random moments, run it again to its end, and compare what was recorded with an undisturbed run.

    python -m tests.stories.killed_pull --kills 200 --messages 2000

It runs the real program as a process of its own. What is compared is everything in the ledger but times, salts and
numbers; and that `verify` holds and no attempt is left open.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from varied_mail import write_mail  # noqa: E402

from allegro_privacy.core.ledger import canonical  # noqa: E402
from allegro_privacy.store import views  # noqa: E402
from allegro_privacy.store.database import Database, open_database  # noqa: E402
from allegro_privacy.store.reviews import content_of  # noqa: E402

PROGRAM = (sys.executable, "-m", "allegro_privacy")
PROJECT = str(Path(__file__).parents[2])
AT_ONCE = 6
# When to kill, in multiples of the time that an empty pull takes: from before it has begun to a few batches later;
# every other time counted from its first commit, so that it gets on.
MOMENTS, LATER = (0.4, 3.0), (0.0, 1.0)

Fact = tuple[str, ...]


@dataclass(frozen=True)
class Office:
    """A database of its own beside mail that is shared with others."""

    folder: Path
    mail: Path
    program: Sequence[str] = PROGRAM

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._start(PROGRAM, "init", "-q").wait()

    @property
    def database(self) -> Path:
        return self.folder / "allegro-privacy.sqlite3"

    def _start(self, program: Sequence[str], *arguments: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"PYTHONPATH": PROJECT, "XDG_CONFIG_HOME": str(self.folder / "none")}
        return subprocess.Popen([*program, *arguments], cwd=self.folder, env=environment)

    def pull(self) -> "subprocess.Popen[bytes]":
        return self._start(self.program, "pull", f"eml:{self.mail}", "-q")

    def pull_killed(self, moment: float) -> bool:
        """Was it killed at that moment of its life? False: it had come to its end before."""
        run = self.pull()
        try:
            code = run.wait(moment)
        except subprocess.TimeoutExpired:
            run.kill()
            code = run.wait()
        if code not in (0, -signal.SIGKILL):
            raise AssertionError(f"the pull ended with {code}")
        return code == -signal.SIGKILL

    def pull_killed_after_an_event(self, later: float = 0) -> bool:
        """The same, as soon as one event more is committed, or so much later."""
        before, run = self.last_event(), self.pull()
        while run.poll() is None and self.last_event() == before:
            time.sleep(0.01)
        time.sleep(later)
        run.kill()
        return run.wait() == -signal.SIGKILL

    def last_event(self) -> int:
        with open_database(self.database, read_only=True) as database:
            return views.ledger_head(database).number

    def facts(self) -> Counter[Fact]:
        """What was recorded, without times, salts and numbers."""
        with open_database(self.database, read_only=True) as database:
            return facts_of(database)


def facts_of(database: Database) -> Counter[Fact]:
    """What was recorded, without times, salts and numbers; what `verify` finds; the attempts that are left."""
    problems = [("problem", one.words) for one in views.verify(database)]
    left = [("attempt left", str(row[0])) for row in database.rows("SELECT count FROM attempts")]
    return Counter([*problems, *left, *_facts(database)])


def _facts(database: Database) -> Iterator[Fact]:
    ids: dict[int, str] = {}
    for number, kind, subject in database.rows("SELECT number, kind, subject FROM ledger ORDER BY number"):
        if kind in ("message-received", "message-set-aside"):
            ids[number] = subject
        content = content_of(database, number) or {}
        yield from _told(kind, ids, ids.get(number, ""), content)


def _told(kind: str, ids: dict[int, str], message: str, content: dict[str, Any]) -> Iterator[Fact]:
    """One event, so that it does not matter which of two messages of one person came first."""
    if kind in ("installed", "pull-finished"):
        return
    about = ids.get(content["message"], "") if isinstance(content.get("message"), int) else message
    origin = content.pop("origin", None)
    if origin is not None:
        yield "met", about, origin["locator"]
    if kind == "message-sighted":
        return
    if kind in ("suppressed", "already-suppressed"):
        yield "asked", about, str(content["position"]), content["channel"], content["key"]
        if kind == "suppressed":
            yield "stands", content["channel"], content["key"]
        return
    if isinstance(content.get("message"), int):
        del content["message"]
    # A keyed hash: each database has its own key.
    content.pop("text_hash", None)
    yield kind, about, canonical(content)


def differences(one: Counter[Fact], other: Counter[Fact]) -> list[str]:
    """What is lost and what is doubled or new, in words."""
    lost = [f"lost: {fact}" for fact in (one - other).elements()]
    return lost + [f"too much: {fact}" for fact in (other - one).elements()]


@dataclass
class Outcome:
    """What a series of kills came to. `written`: how many fell on a run that had committed events."""

    kills: int = 0
    written: int = 0
    databases: int = 0
    facts: int = 0
    found: list[str] = field(default_factory=list)


def undisturbed(place: Path, messages: int) -> Counter[Fact]:
    """Write the mail, and what one run in peace makes of it."""
    write_mail(place / "mail", messages)
    office = Office(place / "undisturbed", place / "mail")
    assert office.pull().wait() == 0
    return office.facts()


def kill(place: Path, expected: Counter[Fact], kills: int, program: Sequence[str] = PROGRAM, seed: int = 7) -> Outcome:
    """Kill until there were so many; whenever a run comes to its end, compare and begin with a new database."""
    chance, outcome, beat = random.Random(seed), Outcome(facts=expected.total()), _empty_pull(place)
    while outcome.kills < kills:
        outcome.databases += 1
        office = Office(place / f"killed-{outcome.databases}", place / "mail", program)
        while outcome.kills < kills:
            before = office.last_event()
            if outcome.kills % 2:
                killed = office.pull_killed_after_an_event(beat * chance.uniform(*LATER))
            else:
                killed = office.pull_killed(beat * chance.uniform(*MOMENTS))
            if not killed:
                break
            outcome.kills += 1
            outcome.written += office.last_event() > before
        assert office.pull().wait() == 0
        outcome.found += differences(expected, office.facts())
    return outcome


def _empty_pull(place: Path) -> float:
    """How many seconds the program takes here to begin and to end."""
    (place / "empty").mkdir()
    office = Office(place / "idle", place / "empty")
    began = time.monotonic()
    office.pull().wait()
    return time.monotonic() - began


def crowd(place: Path, expected: Counter[Fact], at_once: int = AT_ONCE) -> list[str]:
    """Several pulls of the same folder into one database at the same time."""
    office = Office(place / "crowded", place / "mail")
    codes = [run.wait() for run in [office.pull() for _ in range(at_once)]]
    return [f"a pull ended with {code}" for code in codes if code] + differences(expected, office.facts())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place, began = Path(folder), time.monotonic()
        expected = undisturbed(place, chosen.messages)
        print(f"undisturbed: {chosen.messages} messages, {expected.total()} facts", flush=True)
        outcome = kill(place, expected, chosen.kills, seed=chosen.seed)
        print(f"{outcome.kills} kills over {outcome.databases} databases: {len(outcome.found)} differences")
        print(f"   {outcome.written} of the kills fell on a run that had committed events", flush=True)
        crowded = crowd(place, expected)
        print(f"{AT_ONCE} pulls at once: {len(crowded)} differences")
        print(f"{time.monotonic() - began:.0f} s")
    found = [*outcome.found, *crowded]
    print("\n".join(found[:20]))
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
