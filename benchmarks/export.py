"""How long a list of a million takes, beside the least that any program must do: read the rows and write the bytes.

    python benchmarks/export.py [--entries 1000000] [--layouts plain-email,hashed-email,mail-house]

A database of invented suppressions is filled straight into its table (the ledger is not what is measured), then each
layout is written by `lists.export.prepare`, synced, hashed and with its manifest. The peer in the same run: csv.writer
over the bare rows of the same query. Times are CPU seconds of the process, since these machines are shared; it
waits but for the disk.
"""

import argparse
import csv
import multiprocessing
import resource
import tempfile
import time
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

from allegro_privacy.core.listing import Recipient
from allegro_privacy.core.person import Channel
from allegro_privacy.lists import export, layouts
from allegro_privacy.lists.plan import Plan
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, create, open_database, writing

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ADDRESS = (
    '{"line1": "%d NW 7th St", "line2": "Apt 3", "city": "Miami", "state": "FL", "zip": "33125", "zip4": "1234", '
    '"as_given": "%d NW 7 ST APT 3\\nMiami FL 33125"}'
)


def filled(path: Path, entries: int) -> None:
    """A database with so many suppressions of e-mail and of post."""
    create(path, "The Shop", "owner", NOW)
    with open_database(path) as database, writing(database):
        database.run_many(
            "INSERT INTO suppressions (event, channel, level, key_hash, key, name, address, reason, since, message, "
            "erased) VALUES (?, ?, ?, ?, ?, ?, ?, 'opt-out', '2026-11-20T14:02:00Z', 1, 0)",
            (
                row
                for number in range(entries)
                for row in (
                    (2 * number + 2, "email", None, b"e%d" % number, f"customer{number}@example{number % 97}.com", None,
                     None),
                    (2 * number + 3, "post", "individual", b"p%d" % number, f"key {number}", f"Rosa Quintero {number}",
                     ADDRESS % (number, number)),
                )
            ),
        )  # fmt: skip


def written(path: Path, name: str, seconds: "multiprocessing.Queue[tuple[float, int, int]]") -> None:
    """One list in a process of its own: CPU seconds, rows, most memory in KB."""
    table = tomllib.loads((Path(layouts.__file__).parents[1] / "data" / "layouts" / f"{name}.toml").read_text("utf-8"))
    layout = layouts.load(name, table)
    recipient = Recipient("bench", hash="sha256" if layout.hashed else "")
    plan = Plan(recipient, layout, date(2026, 11, 25), NOW, 1, "ab" * 32, "rules", "policy")
    with open_database(path, read_only=True) as database:
        began = time.process_time()
        prepared = export.prepare(views.listed(database, layout.channel), plan, path.parent / "exports")
        took = time.process_time() - began
    export.discard(prepared)
    seconds.put((took, prepared.manifest.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def bare(database: Database, channel: Channel, folder: Path) -> float:
    """The peer: the same query through csv.writer, unchecked and unsynced."""
    began = time.process_time()
    with (folder / "bare.csv").open("w", newline="") as file:
        csv.writer(file).writerows(views.listed(database, channel))
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument(
        "--layouts", default="plain-email,hashed-email,klaviyo,mail-house,mail-house-fixed,spreadsheet-post"
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "privacy.sqlite3"
        filled(path, given.entries)
        for name in given.layouts.split(","):
            answers: multiprocessing.Queue[tuple[float, int, int]] = multiprocessing.get_context("spawn").Queue()
            times, peers, memory, rows = [], [], 0, 0
            for _ in range(given.rounds):
                child = multiprocessing.get_context("spawn").Process(target=written, args=(path, name, answers))
                child.start()
                took, rows, memory = answers.get()
                child.join()
                times.append(took)
                channel = Channel.POST if "post" in name or "house" in name else Channel.EMAIL
                with open_database(path, read_only=True) as database:
                    peers.append(bare(database, channel, Path(place)))
            ratio = min(times) / min(peers)
            print(
                f"{name:18} {rows:>10,} rows {min(times):6.2f} s CPU  {ratio:4.1f} x the bare rows  {memory // 1024} MB"
            )


if __name__ == "__main__":
    main()
