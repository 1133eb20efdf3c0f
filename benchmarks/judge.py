"""Messages per second: the parse alone, the whole judgement (parse, classify, decide), and what the standard library
takes to read the same mail; turn by turn over the same messages, in CPU time, so that a busy machine slows all alike.

    python benchmarks/judge.py [rounds] [folder]

Without a folder: our fixtures (short, and most of them ask for something), and an invented mailbox (ordinary sizes).
"""

import email
import email.policy
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import invented_mailbox

from allegro_privacy import config
from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Standing
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow.judge import Judge, appoint, read

MAIL = Path(__file__).parent.parent / "fixtures" / "mail"
LIMIT = 2.0
INVENTED = 1_000


def messages(folder: Path) -> list[RawMessage]:
    """All messages of a folder, already in memory: reading the disk is not what is measured."""
    return [_raw(path.read_bytes(), str(path)) for path in sorted(folder.rglob("*.eml"))]


def _raw(raw: bytes, name: str) -> RawMessage:
    return RawMessage(raw, Origin("eml:", name, received=datetime(2026, 11, 22, 12, tzinfo=UTC)), len(raw))


def rate(mail: list[RawMessage], work: Callable[[RawMessage], object]) -> float:
    began = time.process_time()
    for raw in mail:
        work(raw)
    return len(mail) / (time.process_time() - began)


def judged(judge: Judge, raw: RawMessage) -> object:
    _, reading = read(judge, raw)
    return decide(reading, Standing(), judge.policy)


def read_by_library(raw: RawMessage) -> object:
    """Headers and text as `email.policy.default` gives them; it fails on some of a stranger's mail."""
    try:
        message = email.message_from_bytes(raw.raw, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        return [str(value) for value in message.values()], body and body.get_content()
    except (LookupError, ValueError, AttributeError, IndexError, TypeError):
        return None


def compare(name: str, mail: list[RawMessage], judge: Judge, rounds: int) -> float:
    """Print the three rates; return how many times the parse the whole takes."""
    works = (parse, lambda raw: judged(judge, raw), read_by_library)
    turns = [[rate(mail, work) for work in works] for _ in range(rounds + 1)][1:]  # the first fills the caches
    alone, whole, library = (statistics.median(column) for column in zip(*turns, strict=True))
    size = sum(len(raw.raw) for raw in mail) / len(mail) / 1024
    print(f"{name}: {len(mail):,} messages of {size:.1f} KB, median of {rounds} rounds, messages a second of CPU")
    print(f"  parse alone                           {alone:8,.0f}")
    print(f"  whole judgement                       {whole:8,.0f}")
    print(f"  the library's parse (policy.default)  {library:8,.0f}")
    print(f"  the whole takes {alone / whole:.2f} times our parse, {library / whole:.2f} times the library's")
    return alone / whole


def main(rounds: int, folder: Path | None) -> int:
    judge = appoint(config.parse(config.sample(), None))
    if folder:
        mails = {folder.name: messages(folder)}
    else:
        invented = [_raw(raw, str(number)) for number, (raw, _) in enumerate(invented_mailbox.messages(INVENTED))]
        mails = {"fixtures": messages(MAIL), "an invented mailbox": invented}
    ratios = [compare(name, mail, judge, rounds) for name, mail in mails.items()]
    print(f"goal: at most {LIMIT} times our parse")
    return 0 if max(ratios) <= LIMIT else 4


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(int(arguments[0]) if arguments else 5, Path(arguments[1]) if len(arguments) > 1 else None))
