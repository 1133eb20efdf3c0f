"""How fast `links` gives each row of a list its link, beside the bare loop that seals tokens.

python benchmarks/links.py [--rows 1000000] [--suppressed 20000]
"""

import argparse
import csv
import hashlib
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "web"), str(ROOT / "benchmarks")]

from endpoint_asked import configured  # noqa: E402
from scrub import email_rows, written  # noqa: E402

from allegro_privacy import config  # noqa: E402
from allegro_privacy.core.clicked import Clicked, Wish  # noqa: E402
from allegro_privacy.core.link_token import Link  # noqa: E402
from allegro_privacy.store.database import open_database, writing  # noqa: E402
from allegro_privacy.workflow import clicks, link_keys, linking, upkeep  # noqa: E402

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def suppress(settings: config.Settings, rows: list[str]) -> None:
    books = clicks.books(settings)
    with open_database(settings.database) as database, writing(database):
        for email in rows:
            clicks.record(database, books, Clicked(Link(email, "earlier"), Wish.STOP, NOW), scanner=False, now=NOW)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--suppressed", type=int, default=20_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        upkeep.init(folder, configured(folder), None, "benchmark", NOW)
        settings = config.load(folder / config.FILE_NAME)
        source = written(folder / "list.csv", email_rows(chosen.rows))
        with source.open(encoding="utf-8", newline="") as file:
            emails = [row["email"].strip() for row in csv.DictReader(file)]
        suppress(settings, emails[:: max(1, chosen.rows // chosen.suppressed)])
        keys = link_keys.needed(settings)
        began = time.perf_counter()
        for email in emails:
            keys.token(Link(email, "sale"))
        bare = time.perf_counter() - began
        print(f"the bare loop that seals tokens: {chosen.rows / bare:,.0f}/s")
        del emails
        with open_database(settings.database, read_only=True) as database:
            began = time.perf_counter()
            done = linking.run(settings, database, linking.Errand(source, "sale"), lambda _: None)
            seconds = time.perf_counter() - began
        print(f"links: {done.rows / seconds:,.0f} rows/s ({done.rows:,} rows, {done.suppressed:,} suppressed)")
        print(f"otherwise byte for byte: {without_ours(done.path) == hashlib.sha256(source.read_bytes()).hexdigest()}")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"most memory: {most} MB (after the list of all addresses for the bare loop)")


def without_ours(path: Path) -> str:
    """The SHA-256 of what was written, without the cells that were added."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            for start in (b",https://shop.example/optout/k1.", b",,,", b",link,List-"):
                if start in line:
                    line = line[: line.rindex(start)] + b"\n"
                    break
            digest.update(line)
    return digest.hexdigest()


if __name__ == "__main__":
    main()
