"""How fast the engines scrub a mailing list, by e-mail and by post, and what memory it takes.

    python benchmarks/scrub.py [--rows 300000] [--emails 1000000] [--post 100000] [--folder DIR]

E-mail: an invented list of eight columns (quoted commas, needless quotes, upper-case and padded addresses, 0.2 % in
other scripts), a twentieth of its rows suppressed. Post: an invented list of invented_postal_lists.py. Beside them, in
the same run: a plain copy, and the csv module that only reads. CPU seconds are those of all processes.
"""

import argparse
import csv
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import invented_postal_lists as invented  # noqa: E402
from matching import _others as others  # noqa: E402
from matching import suppressed_of  # noqa: E402

from allegro_privacy.core import matching  # noqa: E402
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan  # noqa: E402
from allegro_privacy.lists import files, scrub_pass  # noqa: E402
from allegro_privacy.lists.scrub import Engine  # noqa: E402
from allegro_privacy.lists.scrub_engines import engine_named  # noqa: E402
from allegro_privacy.lists.scrub_files import Names, discard  # noqa: E402
from allegro_privacy.lists.scrub_list import MailingList, open_bytes  # noqa: E402
from allegro_privacy.lists.scrub_open import from_path  # noqa: E402
from allegro_privacy.lists.scrub_pass import Manner, Progress  # noqa: E402
from allegro_privacy.lists.scrub_sniff import Wanted  # noqa: E402

ENGINES = ("block", "reference")


def email_rows(rows: int) -> Iterator[str]:
    chance = Random(3)
    yield "id,first,last,email,line1,city,state,zip\n"
    for number in range(rows):
        email = f"person{number}@example{chance.randrange(500)}.com"
        if number % 500 == 7:
            email = f"person{number}@bücher{chance.randrange(500)}.example"
        email = email.upper() if number % 17 == 0 else f'" {email}"' if number % 23 == 0 else email
        street = f'"{number % 9999} Oak St, Apt {number % 50}"' if number % 3 == 0 else f"{number % 9999} Oak St"
        quoted = '"Al"' if number % 7 == 0 else "Al"
        yield f"{number},{quoted},Stone{number % 3000},{email},{street},Miami,FL,33{number % 1000:03}\n"


def written(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    return path


def timed(name: str, rows: int, work: Callable[[], object]) -> None:
    gc.collect()
    wall, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    wall, spent = time.perf_counter() - wall, sum(after[:4]) - sum(before[:4])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"  {name:42} {wall:7.2f} s {spent:7.2f} CPU s {rows / spent:12,.0f} rows/CPU s   {most:6,} MB so far")


def scrub(path: Path, plan: ScrubPlan, engine: Engine) -> object:
    mailing = open_bytes(from_path(path), None, Wanted())
    channels = [channel for channel in mailing.form.columns.channels if _asked(plan, channel.value)]
    mailing = mailing.only(mailing.form.columns.only(channels))
    names, target = Names("list", ".csv", files.new_token()), path.parent / "out"
    with files.opened_directory(target) as directory:
        manner = Manner(lambda _: "2026-11-20")
        done, _ = scrub_pass.write(mailing, engine, plan, (directory, names), manner, Progress())
    discard(target, names)
    print(f"    {done.records:,} rows: {dict(done.fates)}")
    return done


def _asked(plan: ScrubPlan, channel: str) -> bool:
    return bool(plan.emails) if channel == "email" else bool(plan.post.entries) if channel == "post" else False


def by_email(folder: Path, rows: int, emails: int) -> None:
    path = written(folder / "email.csv", email_rows(rows))
    print(f"e-mail: {rows:,} rows, {path.stat().st_size >> 20} MB, {emails:,} suppressed")
    chance = Random(3)
    keys = {}
    for number in range(rows):
        domain = chance.randrange(500)
        if number % 500 == 7:
            chance.randrange(500)
        elif number % 20 == 0:
            keys[f"person{number}@example{domain}.com"] = number + 1
    keys |= {f"other{number}@example.net": number + rows for number in range(emails - len(keys))}
    timed("a plain copy", rows, lambda: (folder / "copy.csv").write_bytes(path.read_bytes()))
    timed("the csv module, reading only", rows, lambda: _read(path))
    plan = ScrubPlan(emails=Keys(keys))
    for name in ENGINES:
        timed(f"{name}, e-mail", rows, lambda name=name: scrub(path, plan, engine_named(name)))


def _read(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def by_post(folder: Path, rows: int, post: int) -> None:
    made = invented.miami(rows, 3_000, seed=5)
    path = written(
        folder / "post.csv",
        (
            ",".join(f'"{cell}"' if "," in cell else cell for cell in each) + "\n"
            for each in [
                ("name", "line1", "line2", "city", "state", "zip"),
                *((r.name, r.line1, r.line2, r.city, r.state, r.zip) for r in made.rows),
            ]
        ),
    )
    print(f"post: {len(made.rows):,} rows, {path.stat().st_size >> 20} MB, {post:,} suppressed")
    asked = [suppressed_of(number, each) for number, each in enumerate(made.requests)]
    everybody = [*asked, *islice(others(made)(), max(post - len(asked), 0))]
    plan = matching.make_plan(replace(each, id=f"S{number + 1}") for number, each in enumerate(everybody))
    gc.freeze()
    mailing = open_bytes(from_path(path), None, Wanted())
    for name in ENGINES:
        _by_post(name, mailing, plan, len(made.rows), path)


def _by_post(name: str, mailing: MailingList, plan: matching.Plan, rows: int, path: Path) -> None:
    engine, held = engine_named(name), []

    def survey() -> None:
        seen = scrub_pass.survey(mailing, engine, ScrubPlan(post=plan), Progress())
        held.append(matching.settled(plan, seen))

    timed(f"{name}, post, first reading", rows, survey)
    timed(f"{name}, post, deciding", rows, lambda: scrub(path, ScrubPlan(post=held[0]), engine))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--emails", type=int, default=1_000_000)
    parser.add_argument("--post", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        by_email(Path(folder), given.rows, given.emails)
        if given.post:
            by_post(Path(folder), given.rows, given.post)


if __name__ == "__main__":
    main()
