"""Messages per second: the parse alone, and the whole judgement (parse, classify, decide), turn by turn over the same
mail so that a busy machine slows both alike.

    python benchmarks/judge.py [rounds] [folder]
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from allegro_privacy import config
from allegro_privacy.core.decide import decide
from allegro_privacy.core.model import Origin, RawMessage, Standing
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow.judge import Judge, appoint, read

MAIL = Path(__file__).parent.parent / "fixtures" / "mail"
LIMIT = 2.0


def messages(folder: Path) -> list[RawMessage]:
    """All messages of a folder, already in memory: reading the disk is not what is measured."""
    received = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return [
        RawMessage(path.read_bytes(), Origin("eml:", str(path), received=received), path.stat().st_size)
        for path in sorted(folder.rglob("*.eml"))
    ]


def rate(mail: list[RawMessage], work: Callable[[RawMessage], object]) -> float:
    began = time.perf_counter()
    for raw in mail:
        work(raw)
    return len(mail) / (time.perf_counter() - began)


def judged(judge: Judge, raw: RawMessage) -> object:
    _, reading = read(judge, raw)
    return decide(reading, Standing(), judge.policy)


def main(rounds: int, folder: Path) -> int:
    judge = appoint(config.parse(config.sample(), None))
    mail = messages(folder)
    alone: list[float] = []
    whole: list[float] = []
    for number in range(rounds + 1):
        pair = rate(mail, parse), rate(mail, lambda raw: judged(judge, raw))
        if number:  # the first round compiles and fills the caches
            alone.append(pair[0])
            whole.append(pair[1])
    ratio = statistics.median(alone) / statistics.median(whole)
    print(f"{len(mail):,} messages of {folder.name}, median of {rounds} rounds")
    print(f"parse alone       {statistics.median(alone):8,.0f} messages a second")
    print(f"whole judgement   {statistics.median(whole):8,.0f} messages a second")
    print(f"the whole takes {ratio:.2f} times the parse (goal: at most {LIMIT})")
    return 0 if ratio <= LIMIT else 4


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(int(arguments[0]) if arguments else 7, Path(arguments[1]) if len(arguments) > 1 else MAIL))
