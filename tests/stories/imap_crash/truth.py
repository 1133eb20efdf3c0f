"""What must hold when the program was struck, and what when it then ran to its end."""

import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from killed_pull import Fact, differences, facts_of
from servers.promise import Listed

from allegro_privacy.store.database import Database, open_database

from .bench import DATABASE, KEYWORD, Office

_EPOCH = re.compile(r"UIDVALIDITY=\d+")

Place = Counter[tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class State:
    """What is recorded, and what lies where. met: the numbers of the messages that are recorded as seen."""

    facts: Counter[Fact]
    met: frozenset[int]
    through: int
    waiting: int
    broken: tuple[str, ...]
    inbox: tuple[Listed, ...]
    target: tuple[Listed, ...]

    @property
    def recorded(self) -> frozenset[str]:
        """The names of the messages that are recorded: the SHA-256 of their bytes."""
        return frozenset(fact[1] for fact in self.facts if fact[0] in ("message-received", "message-set-aside"))


def look(office: Office) -> State:
    """The database through a copy, so that what a crash left stays as it is; INBOX before the target, so that what is
    on the way is seen."""
    inbox, target = tuple(office.inbox()), tuple(office.target())
    looked_at = office.folder / "looked-at"
    looked_at.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        if (office.folder / name).exists():
            shutil.copy2(office.folder / name, looked_at / name)
    try:
        with open_database(looked_at / DATABASE) as database:
            return _state(office, database, inbox, target)
    finally:
        shutil.rmtree(looked_at)


def _state(office: Office, database: Database, inbox: tuple[Listed, ...], target: tuple[Listed, ...]) -> State:
    facts: Counter[Fact] = Counter()
    for fact, count in facts_of(database).items():
        facts[tuple(_alike(office, word) for word in fact)] += count
    broken = [str(row[0]) for row in database.rows("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [f"{path.name} has mode {mode:o}" for path, mode in _modes(office.folder) if mode != 0o600]
    return State(
        facts,
        frozenset(int(fact[2].rpartition("UID=")[2]) for fact in facts if fact[0] == "met"),
        int(database.value("SELECT max(through) FROM positions") or 0),
        int(database.value("SELECT count(*) FROM filings")),
        tuple(broken),
        inbox,
        target,
    )


def _alike(office: Office, word: str) -> str:
    """Without what differs between two mailboxes that hold the same."""
    return _EPOCH.sub("UIDVALIDITY=1", word.replace(f"{office.user}@", "user@"))


def _modes(folder: Path) -> Iterator[tuple[Path, int]]:
    return ((path, stat.S_IMODE(path.stat().st_mode)) for path in folder.glob(f"{DATABASE}*"))


def at_any_time(state: State, expected: State) -> list[str]:
    """What is wrong however far the program came: nothing of a message without all of it, nothing in the mailbox that
    is not recorded, nothing lost, nothing twice."""
    return [
        *state.broken,
        *_half_recorded(state, expected),
        *_filed_too_early(state),
        *(f"counts as read but is not recorded: number {uid}" for uid in _skipped(state, expected)),
        *(f"lost from the mailbox: {one[:12]}" for one in _bytes(expected) - _bytes(state)),
        *(
            f"twice in the target: {one[:12]}"
            for one in (_digests(state.target) - _digests(expected.target)).elements()
        ),
    ]


def _half_recorded(state: State, expected: State) -> Iterator[str]:
    recorded = state.recorded
    for fact in state.facts - expected.facts:
        # An attempt that was begun and not ended is there for the next run to find.
        if fact[0] != "attempt left":
            yield f"too much: {fact}"
    for fact in expected.facts - state.facts:
        if fact[0] not in ("met", "stands") and fact[1] in recorded:
            yield f"half recorded: {fact}"


def _filed_too_early(state: State) -> Iterator[str]:
    recorded = state.recorded
    marked = [one for one in state.inbox if KEYWORD in one.flags]
    for one in [*marked, *state.target]:
        if one.sha256 not in recorded:
            yield f"filed but not recorded: {one.sha256[:12]}"


def _skipped(state: State, expected: State) -> list[int]:
    return [uid for uid in sorted(expected.met) if uid <= state.through and uid not in state.met]


def _digests(listed: tuple[Listed, ...]) -> Counter[str]:
    return Counter(one.sha256 for one in listed)


def _bytes(state: State) -> set[str]:
    return {one.sha256 for one in (*state.inbox, *state.target)}


def at_the_end(state: State, expected: State) -> list[str]:
    """What is wrong after a run that came to its end in peace: anything that is not as if it always had."""
    found = list(state.broken) + differences(expected.facts, state.facts)
    if state.waiting:
        found.append(f"{state.waiting} messages are still to be filed")
    for name, here, there in (("INBOX", state.inbox, expected.inbox), ("the target", state.target, expected.target)):
        mine, wanted = _place(here), _place(there)
        found += [f"missing in {name}: {one[0][:12]} {sorted(one[1])}" for one in (wanted - mine).elements()]
        found += [f"too much in {name}: {one[0][:12]} {sorted(one[1])}" for one in (mine - wanted).elements()]
    found += [f"counts as read but is not recorded: number {uid}" for uid in _skipped(state, expected)]
    if state.through != expected.through:
        found.append(f"read through {state.through}, not {expected.through}")
    return found


def _place(listed: tuple[Listed, ...]) -> Place:
    return Counter((one.sha256, one.flags) for one in listed)
