"""The whole e-mail scrub beside what others do with the same list, one after the other, each in a process of its own.

    python benchmarks/scrub_ways.py [--rows 10000000] [--emails 1000000] [--rounds 3] [--folder DIR] [--ways a,b]

Ways: block (all cores), block1 (one process), reference, polars (lazy anti join, CSV to CSV), duckdb (the same). Every
way reads the suppressions from a file of keys and writes the list that is left; ours also writes the dropped rows and
hashes all of it. Wall and CPU seconds of the process with its children; MB: the most private memory of all of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]


def keys_of(rows: int, emails: int) -> list[str]:
    """A twentieth of the list's people, and others."""
    chance, keys = Random(3), []
    for number in range(rows):
        domain = chance.randrange(500)
        if number % 500 == 7:
            chance.randrange(500)
        elif number % 20 == 0:
            keys.append(f"person{number}@example{domain}.com")
    return [*keys[:emails], *(f"other{number}@example.net" for number in range(emails - len(keys)))]


def ours(folder: Path, engine: str) -> None:
    import gc

    from scrub import scrub

    from allegro_privacy.core.scrub_plan import Keys, ScrubPlan
    from allegro_privacy.lists.scrub_engines import engine_named

    lines = (folder / "keys.csv").read_text().splitlines()[1:]
    plan = ScrubPlan(emails=Keys(dict(zip(lines, range(1, len(lines) + 1), strict=True))))
    del lines
    gc.freeze()
    made = engine_named(engine.rstrip("1"))
    if engine == "block1":
        from allegro_privacy.lists.scrub_block import Block

        made = Block(cores=1)
    scrub(folder / "list.csv", plan, made)


def polars(folder: Path) -> None:
    import polars as pl

    rows = pl.scan_csv(folder / "list.csv", infer_schema=False)
    keys = pl.scan_csv(folder / "keys.csv", infer_schema=False)
    rows = rows.with_columns(pl.col("email").str.strip_chars().str.to_lowercase().alias("key"))
    kept = rows.join(keys, on="key", how="anti", maintain_order="left").drop("key")
    kept.sink_csv(folder / "polars.csv")


def duckdb(folder: Path) -> None:
    import duckdb as db

    read = "read_csv('{}', header=true, all_varchar=true, delim=',', quote='\"', comment='')"
    rows, keys = (read.format(folder / name) for name in ("list.csv", "keys.csv"))
    db.sql(
        f"copy (select r.* from {rows} r anti join {keys} k on lower(trim(r.email)) = k.key) "
        f"to '{folder / 'duckdb.csv'}' (header true)"
    )


def private(pid: int) -> int:
    """The private memory of a process and its children, in KB: what nobody shares."""
    total = 0
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            total += int(line.split()[1]) if line.startswith("Pss_Anon:") else 0
        return total + sum(private(int(child)) for child in children.read_text().split())
    except (OSError, ValueError):
        return total


def measured(way: str, folder: Path) -> tuple[float, float, int]:
    before, start, most = os.times(), time.perf_counter(), 0
    process = subprocess.Popen([sys.executable, __file__, "--run", way, "--folder", str(folder)])
    while process.poll() is None:
        most = max(most, private(process.pid))
        time.sleep(0.1)
    wall, after = time.perf_counter() - start, os.times()
    assert process.returncode == 0, way
    return wall, after[2] + after[3] - before[2] - before[3], most >> 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--emails", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--ways", default="block,block1,polars,duckdb,reference")
    parser.add_argument("--run", default="")
    given = parser.parse_args()
    if given.run:
        {"polars": polars, "duckdb": duckdb}.get(given.run, lambda folder: ours(folder, given.run))(given.folder)
        return
    from scrub import email_rows, written

    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        written(folder / "list.csv", email_rows(given.rows))
        (folder / "keys.csv").write_text("key\n" + "\n".join(keys_of(given.rows, given.emails)) + "\n")
        print(
            f"{given.rows:,} rows, {(folder / 'list.csv').stat().st_size >> 20} MB, {given.emails:,} keys", flush=True
        )
        found: dict[str, list[tuple[float, float, int]]] = {}
        for _ in range(given.rounds):
            for way in given.ways.split(","):
                found.setdefault(way, []).append(measured(way, folder))
        for way, runs in found.items():
            wall, spent, most = (median(column) for column in zip(*runs, strict=True))
            print(f"  {way:12} {wall:7.2f} s {spent:7.2f} CPU s {most:6,.0f} MB")


if __name__ == "__main__":
    main()
