"""What must hold of a folder of exports and its database at any time, and what after a run in peace."""

import json
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from allegro_privacy.lists.manifest import MANIFEST
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, open_database
from allegro_privacy.store.rows import Export
from allegro_privacy.workflow import proof

from .bench import DATABASE


def wrong(office: Path, *, at_the_end: bool = False, lists: int = 0) -> list[str]:
    """What is wrong, seen through a copy of the database, so that what a crash left stays as it is. at_the_end: after a
    run that came to its end in peace; lists: how many must have left by then at least."""
    looked_at = office / "looked-at"
    looked_at.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        if (office / name).exists():
            shutil.copy2(office / name, looked_at / name)
    try:
        with open_database(looked_at / DATABASE) as database:
            return [*_broken(office, database), *_wrong_lists(office / "exports", database, at_the_end, lists)]
    finally:
        shutil.rmtree(looked_at)


def _broken(office: Path, database: Database) -> Iterator[str]:
    yield from (str(row[0]) for row in database.rows("PRAGMA integrity_check") if row[0] != "ok")
    yield from (f"verify: {problem.words}" for problem in views.verify(database))
    for path in (*office.glob(f"{DATABASE}*"), *(office / "exports").iterdir()):
        if (mode := stat.S_IMODE(path.stat().st_mode)) != 0o600:
            yield f"{path.name} has mode {mode:o}"


def _wrong_lists(exports: Path, database: Database, at_the_end: bool, lists: int) -> Iterator[str]:
    recorded = views.exports(database)
    named = {path.name: path for path in exports.iterdir() if not path.name.startswith(".")}
    numbers = Counter((one.recipient, one.channel, one.sequence) for one in recorded)
    yield from (f"taken twice: {number}" for number, times in numbers.items() if times > 1)
    known = {one.file: one.sha256 for one in recorded}
    for name, path in named.items():
        if name.endswith(MANIFEST):
            yield from _wrong_manifest(path, database)
        elif sha256(path.read_bytes()).hexdigest() != known.get(name):
            yield f"{name} has its final name but its hash is not in the database"
        elif name.replace(".csv", MANIFEST) not in named:
            yield f"{name} has no manifest"
    if at_the_end:
        yield from _not_there(recorded, named, lists)


def _wrong_manifest(path: Path, database: Database) -> Iterator[str]:
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        yield f"{path.name} is not whole"
        return
    yield from (problem.words for problem in proof.disagreements(database, path, document))


def _not_there(recorded: tuple[Export, ...], named: dict[str, Path], lists: int) -> Iterator[str]:
    for one in recorded:
        if one.file not in named:
            yield f"{one.file} is recorded and not there"
    sequences: dict[str, list[int]] = {}
    for one in recorded:
        sequences.setdefault(one.channel, []).append(one.sequence)
    for channel, numbers in sequences.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the numbers of {channel} are {numbers}"
    if len(recorded) < lists:
        yield f"{len(recorded)} lists have left, not {lists}"
