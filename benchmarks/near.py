"""What looking for near words costs on a long list, beside comparing with every word there is.

    python benchmarks/near.py [--people 1000000] [--words 400000] [--rounds 60]

So many invented people (a first and a last name of so many different words, and an e-mail address) are written into the
index of words of a real database; then words with one and with two slips are looked for. A word is only sought when
nothing has it as it was typed.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from rapidfuzz.distance import OSA  # noqa: E402
from rapidfuzz.process import extract  # noqa: E402

from allegro_privacy.store import views  # noqa: E402
from allegro_privacy.store.database import Database, create, open_database, writing  # noqa: E402
from allegro_privacy.store.near import near_words, slips_allowed  # noqa: E402
from allegro_privacy.store.tables import WORDS  # noqa: E402

LETTERS = "abcdefghijklmnopqrstuvwxyz"
BEGINNINGS = (*"bcdfghjklmnprstv", "br", "tr", "st", "ch", "ll")


def vocabulary(chance: Random, words: int) -> list[str]:
    """Different words of two to four syllables, as names and streets are."""
    syllables = [one + two + three for one in BEGINNINGS for two in "aeiou" for three in ("", "n", "r", "s", "l")]
    found: set[str] = set()
    while len(found) < words:
        found.add("".join(chance.choice(syllables) for _ in range(chance.choice((2, 2, 3, 3, 4)))))
    return sorted(found)


def fill(database: Database, chance: Random, words: list[str], people: int) -> int:
    """The rows of the index that so many people make, written in the order of the index."""
    rows = {(word, number) for number, word in enumerate(words)}
    for number in range(people):
        first, last = chance.choice(words), chance.choice(words)
        mine = (first, last, f"{first}.{number}@example.com", str(number))
        rows.update((word, number) for word in mine)
    database.run("PRAGMA synchronous = OFF")
    with writing(database):
        database.insert(WORDS, sorted(rows))
    return len(rows)


def slip(chance: Random, word: str) -> str:
    """A word with one slip of the hand."""
    place, letter = chance.randrange(len(word) - 1), chance.choice(LETTERS)
    return chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )


def measured(title: str, rounds: int, work: Callable[[], int]) -> None:
    times, reads = [], []
    for _ in range(rounds):
        began = time.process_time()
        reads.append(work())
        times.append(time.process_time() - began)
    middle, worst = statistics.median(times) * 1e3, max(times) * 1e3
    read = f"{statistics.median(reads):8,.0f}" if any(reads) else ""
    print(f"   {title:44} {middle:8.1f} ms {worst:8.1f} ms {read}".rstrip())


def measure(database: Database, words: list[str], chance: Random, rounds: int) -> None:
    def misspelt(slips: int) -> str:
        word = chance.choice([one for one in chance.choices(words, k=50) if slips_allowed(one) >= slips])
        for _ in range(slips):
            word = slip(chance, word)
        return word

    def walk(slips: int) -> int:
        reads = 0

        def first_from(text: str) -> str | None:
            nonlocal reads
            reads += 1
            row = database.row("SELECT word FROM words WHERE word >= ? ORDER BY word LIMIT 1", (text,))
            return None if row is None else str(row[0])

        near_words(first_from, misspelt(slips), slips)
        return reads

    def compared() -> int:
        extract(misspelt(1), words, scorer=OSA.distance, score_cutoff=1, limit=50)
        return len(words)

    print(f"   {'CPU':44} {'median':>11} {'worst':>11} {'read':>8}")
    for slips in (1, 2):
        measured(f"near words, {slips} slip{'s' * (slips > 1)}", rounds, lambda slips=slips: walk(slips))  # type: ignore[misc]
    measured("rapidfuzz with every word, in memory already", max(rounds // 10, 3), compared)
    for slips in (1, 2):
        title = f"function: find a name with {slips} slip{'s' * (slips > 1)}"
        measured(title, rounds, lambda slips=slips: len(views.find(database, misspelt(slips)).near))  # type: ignore[misc]
    measured("function: find nobody", rounds, lambda: len(views.find(database, f"{misspelt(1)}xqzxq").near))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    chance = Random(3)
    words = vocabulary(chance, chosen.words)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "near.sqlite3"
        create(path, "Bench", "bench", datetime(2026, 11, 20, 17, tzinfo=UTC))
        with open_database(path) as database:
            rows = fill(database, chance, words, chosen.people)
            print(f"{chosen.people:,} people, {len(words):,} different words, {rows:,} rows in the index")
            measure(database, words, chance, chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
