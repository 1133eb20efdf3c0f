"""What recording, finding and explaining cost, each beside the least that bare sqlite3 or bare Python needs for it.

    python benchmarks/store.py [--messages 10000] [--keys 1000000] [--database FILE] [--verify]

pull   so many varied messages, as a whole process, beside parse and judge alone and beside bare sqlite3 that commits
       the same bytes as often, with synchronous FULL and OFF.
list   `find`, `why` and `status` on so many keys, as whole processes and as functions. The list is written in bulk,
       with the events and content that `pull` would write (benchmarks/invented_list.py). A FILE is kept and used again.

0 messages or 0 keys leave that part out. --verify also times `verify` on the list, which takes minutes on a long one.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "stories")]

from invented_list import FIRST, NOON, load, person  # noqa: E402
from varied_mail import write_mail  # noqa: E402

from allegro_privacy import config  # noqa: E402
from allegro_privacy.core.decide import decide  # noqa: E402
from allegro_privacy.core.decision import Standing  # noqa: E402
from allegro_privacy.core.message import Origin, RawMessage  # noqa: E402
from allegro_privacy.sources.mime import parse  # noqa: E402
from allegro_privacy.store import views  # noqa: E402
from allegro_privacy.store.database import Database, create, open_database  # noqa: E402
from allegro_privacy.workflow.batches import BATCH_MESSAGES  # noqa: E402
from allegro_privacy.workflow.judge import Judge, appoint, read  # noqa: E402

FUNCTION_ROUNDS, PROCESS_ROUNDS = 200, 11
PROGRAM = (sys.executable, "-m", "allegro_privacy")
BARE_SQLITE = (
    "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM suppressions LIMIT 1').fetchone()"
)
BARE_TYPER = """\
import typer

app = typer.Typer()


@app.command()
def find(who: str) -> None:
    print(who)


app()
"""


Times = tuple[float, float]


def now() -> Times:
    """Wall clock and CPU time of this process."""
    return time.perf_counter(), time.process_time()


def since(began: Times) -> Times:
    there = now()
    return there[0] - began[0], there[1] - began[1]


def seconds(command: Sequence[str | Path], folder: Path) -> Times:
    """Wall clock and CPU time of a whole process."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "none")}
    began, before = time.perf_counter(), os.times()
    subprocess.run(list(map(str, command)), check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, spent


# --- pull


def measure_pull(folder: Path, messages: int) -> None:
    mail = folder / "mail"
    write_mail(mail, messages)
    seconds([*PROGRAM, "init", "-q"], folder)
    judge = appoint(config.parse(config.sample(), None))
    parsed = judged(mail, lambda raw: parse(raw))
    alone = judged(mail, lambda raw: decided(judge, raw))
    whole = seconds([*PROGRAM, "pull", "eml:mail", "-q"], folder)
    again = seconds([*PROGRAM, "pull", "eml:mail", "-q"], folder)
    contents = recorded(folder / "allegro-privacy.sqlite3")
    peers = {mode: bare_commits(folder / f"{mode}.sqlite3", contents, messages, mode) for mode in ("FULL", "OFF")}
    print(f"pull: {messages:,} messages, {len(contents):,} events")
    print(f"   {'':34} {'wall':>10} {'CPU':>10} {'a second of CPU':>17} {'of the pull':>12}")
    told("parse alone", parsed, messages, whole)
    told("parse, classify, decide", alone, messages, whole)
    told("pull, whole process", whole, messages, whole)
    told("pull again, nothing new", again, messages, whole)
    for mode, took in peers.items():
        told(f"bare sqlite3, synchronous {mode}", took, messages, whole)
    size = (folder / "allegro-privacy.sqlite3").stat().st_size
    print(f"   {size / messages:,.0f} bytes a message in the database\n")


def judged(mail: Path, work: Callable[[RawMessage], object]) -> Times:
    began = now()
    received = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for path in mail.iterdir():
        work(RawMessage(path.read_bytes(), Origin("eml:", str(path), received=received)))
    return since(began)


def decided(judge: Judge, raw: RawMessage) -> object:
    return decide(read(judge, raw)[1], Standing(), judge.policy)


def recorded(path: Path) -> list[bytes]:
    with open_database(path, read_only=True) as database:
        return [row[0] for row in database.rows("SELECT content FROM payload ORDER BY number")]


def bare_commits(path: Path, contents: list[bytes], messages: int, synchronous: str) -> Times:
    """The same contents, nothing else, in two commits for each batch of messages, as `pull` makes them."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("CREATE TABLE payload (number INTEGER PRIMARY KEY, content BLOB)")
    share = max(1, len(contents) * BATCH_MESSAGES // (2 * messages))
    began = now()
    for first in range(0, len(contents), share):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(one,) for one in contents[first : first + share]]
        connection.executemany("INSERT INTO payload (content) VALUES (?)", rows)
        connection.execute("COMMIT")
    took = since(began)
    connection.close()
    return took


def told(title: str, took: Times, messages: int, whole: Times) -> None:
    rate, share = messages / max(took[1], 1e-3), took[1] / whole[1]
    print(f"   {title:34} {took[0]:8.2f} s {took[1]:8.2f} s {rate:17,.0f} {share:12.2f}")


# --- find, why, status on a long list


def measure_list(path: Path, keys: int, verify: bool) -> None:
    if not path.exists():
        create(path, "Bench", "bench", NOON)
    with open_database(path) as database:
        there = int(database.value("SELECT count(*) FROM messages"))
        began = time.perf_counter()
        load(database, there, keys)
        if there < keys:
            took = time.perf_counter() - began
            print(f"written in bulk: {keys - there:,} keys in {took:.0f} s, {(keys - there) / took:,.0f} a second")
    size = path.stat().st_size
    print(f"list: {keys:,} keys, {size / 1e6:,.0f} MB, {size / keys:,.0f} bytes a key")
    as_functions(path, keys)
    as_processes(path, keys)
    if verify:
        as_verified(path)


def as_functions(path: Path, keys: int) -> None:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    sql = "SELECT * FROM suppressions WHERE event = ?"
    bare = median(lambda chance: connection.execute(sql, (3 + 2 * chance.randrange(keys),)).fetchone())
    print(f"   {'as functions, of ' + str(FUNCTION_ROUNDS):34} {'median':>11} {'worst':>11}")
    shown("a bare sqlite3 look-up", bare, bare)
    with open_database(path, read_only=True) as database:
        for title, ask in questions(keys).items():
            shown(title, median(lambda chance, ask=ask: ask(database, chance)), bare)  # type: ignore[misc]
        rounds = 5
        shown("status", median(lambda _: views.status(database), rounds), bare)


def questions(keys: int) -> dict[str, Callable[[Database, Random], object]]:
    """What is asked, each time about somebody else."""

    def anybody(chance: Random) -> str:
        return person(chance.randrange(keys)).email or ""

    def name(chance: Random) -> str:
        return person(chance.randrange(keys)).name or ""

    def street(chance: Random) -> str:
        address = person(4 * chance.randrange(keys // 4)).address
        return address.line1 if address else ""

    return {
        "find an e-mail address": lambda database, chance: views.find(database, anybody(chance)),
        "find a full name": lambda database, chance: views.find(database, name(chance)),
        "find a common first name": lambda database, chance: views.find(database, chance.choice(FIRST)),
        "find the beginning of a name": lambda database, chance: views.find(database, name(chance)[:-1]),
        "find a street and number": lambda database, chance: views.find(database, street(chance)),
        "find nobody": lambda database, chance: views.find(database, f"nobody{chance.random()}"),
        "why of an e-mail address": lambda database, chance: views.timeline(database, anybody(chance)),
    }


def median(work: Callable[[Random], object], rounds: int = FUNCTION_ROUNDS) -> tuple[float, float]:
    """Median and worst, in seconds."""
    chance, times = Random(7), []
    for _ in range(rounds):
        began = time.perf_counter()
        work(chance)
        times.append(time.perf_counter() - began)
    return statistics.median(times), max(times)


def shown(title: str, found: tuple[float, float], bare: tuple[float, float]) -> None:
    print(f"   {title:34} {found[0] * 1e3:8.3f} ms {found[1] * 1e3:8.3f} ms {found[0] / bare[0]:10,.0f} x")


def as_processes(path: Path, keys: int) -> None:
    """Turn by turn, so that a busy machine slows all alike."""
    with tempfile.TemporaryDirectory() as directory:
        folder, chance = Path(directory), Random(11)
        (folder / "bare.py").write_text(BARE_TYPER)
        small = folder / "small.sqlite3"
        create(small, "Bench", "bench", NOON)
        commands: dict[str, Callable[[], Sequence[str | Path]]] = {
            "bare Python with sqlite3": lambda: (sys.executable, "-c", BARE_SQLITE, path.absolute()),
            "bare Typer program": lambda: (sys.executable, folder / "bare.py", "who"),
            "find, empty list": lambda: (*PROGRAM, "find", "ana@example.com", "--db", small),
            "find": lambda: (*PROGRAM, "find", _somebody(chance, keys), "--db", path.absolute()),
            "why": lambda: (*PROGRAM, "why", _somebody(chance, keys), "--db", path.absolute()),
            "status": lambda: (*PROGRAM, "status", "--db", path.absolute()),
        }
        times: dict[str, list[tuple[float, float]]] = {title: [] for title in commands}
        for number in range(PROCESS_ROUNDS + 1):
            for title, command in commands.items():
                found = seconds(command(), folder)
                if number:  # the first round fills the caches
                    times[title].append(found)
    typer = statistics.median(wall for wall, _ in times["bare Typer program"])
    print(f"   {'as whole processes, of ' + str(PROCESS_ROUNDS):34} {'median':>10} {'best':>10} {'CPU':>10}")
    for title, found in times.items():
        walls, spent = [wall for wall, _ in found], [cpu for _, cpu in found]
        middle = statistics.median(walls)
        print(
            f"   {title:34} {middle * 1e3:7.0f} ms {min(walls) * 1e3:7.0f} ms {min(spent) * 1e3:7.0f} ms "
            f"{middle / typer:7.2f} x a bare Typer program"
        )


def _somebody(chance: Random, keys: int) -> str:
    return person(chance.randrange(keys)).email or ""


def as_verified(path: Path) -> None:
    with open_database(path, read_only=True) as database:
        for title, rebuild in (("verify, the chain alone", False), ("verify", True)):
            began, spent = time.perf_counter(), time.process_time()
            problems = views.verify(database, rebuild=rebuild)
            spent = time.process_time() - spent
            print(
                f"   {title:34} {time.perf_counter() - began:7.1f} s, {spent:.1f} s CPU; {len(problems)} problems",
                flush=True,
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--verify", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        if chosen.messages:
            measure_pull(Path(directory), chosen.messages)
        if chosen.keys:
            measure_list(chosen.database or Path(directory) / "list.sqlite3", chosen.keys, chosen.verify)
    return 0


if __name__ == "__main__":
    sys.exit(main())
