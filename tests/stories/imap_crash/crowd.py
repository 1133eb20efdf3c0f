"""Several pulls of one mailbox at once, some of them killed, round after round, with new mail in each."""

import os
import random
import signal
import time

from servers.promise import NOON

from .bench import Office
from .letters import letters
from .program import Gate, Warm
from .sweep import Outcome, Range
from .truth import at_any_time, at_the_end, look

AT_ONCE = 6
KILLED = 2
EACH_ROUND = 6
# About as long as one of them takes, the others waiting for it.
LATEST_KILL = 0.8
# Done; killed; the mailbox or the database was another's for too long.
MAY_END = (0, -signal.SIGKILL, 75)


def crowd(range_: Range, rounds: int, *, seed: int = 7, killed: int = KILLED) -> Outcome:
    """So many rounds. Beside the mailbox lies another that gets the same mail and is pulled by one at a time, in peace:
    after each round both must hold the same, and both databases too."""
    chance, began = random.Random(seed), time.monotonic()
    outcome, gate = Outcome(f"{AT_ONCE} at once", rounds), range_.gates[0]
    crowded, quiet = range_.bench.office(empty=True), range_.bench.office(empty=True)
    for number in range(rounds):
        for office in (crowded, quiet):
            raws = letters(number * EACH_ROUND, EACH_ROUND)
            range_.bench.server.deliver_all(office.user, "INBOX", raws, NOON)
        assert Warm(gate).run(quiet.folder) == 0
        codes = _round(gate, crowded, chance, killed)
        outcome.codes.update(codes)
        outcome.struck += codes.count(-signal.SIGKILL)
        outcome.found += [f"round {number}: {line}" for line in _wrong(gate, crowded, quiet, codes)]
    outcome.seconds = time.monotonic() - began
    return outcome


def _round(gate: Gate, office: Office, chance: random.Random, killed: int) -> list[int]:
    """All let go at one moment; some killed, one after the other."""
    children = [gate.start(office.folder) for _ in range(AT_ONCE)]
    for child in children:
        gate.go(child)
    began = time.monotonic()
    moments = sorted(chance.uniform(0, LATEST_KILL) for _ in range(killed))
    for moment, child in zip(moments, chance.sample(children, killed), strict=True):
        time.sleep(max(0, began + moment - time.monotonic()))
        # A process that has ended is still there for `wait`: this can hit nobody else.
        os.kill(child, signal.SIGKILL)
    return [gate.wait(child) for child in children]


def _wrong(gate: Gate, crowded: Office, quiet: Office, codes: list[int]) -> list[str]:
    expected = look(quiet)
    found = [f"one ended with {code}: {crowded.said()[-300:]}" for code in codes if code not in MAY_END]
    found += [f"after the crowd, {line}" for line in at_any_time(look(crowded), expected)]
    if code := Warm(gate).run(crowded.folder):
        found.append(f"the run in peace ended with {code}: {crowded.said()[-300:]}")
    return found + [f"at the end, {line}" for line in at_the_end(look(crowded), expected)]
