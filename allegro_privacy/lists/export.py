"""The list of one channel as a plain CSV for machines, with its manifest; whole or not there, and nothing overwritten.

The order that survives a kill at any moment:

1. `prepare` writes and syncs everything under hidden names. Killed here: only hidden files are left, which `recover`
   sweeps.
2. The caller records the export, with the file's name and SHA-256, and commits. The list now counts as left.
3. `publish` gives the final names, the list last: whoever sees a list finds its manifest. Killed between 2 and 3:
   the next run's `recover` finds the hidden list whose SHA-256 is recorded, and publishes it.

So a final name is complete or absent, and its SHA-256 is in the database first. Steps 1 and 2 belong into one writing
transaction, in which nobody else can prepare the same number; when a guard refuses after step 1, `discard` undoes it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files
from allegro_privacy.lists.cells import LINE_ENDS, neutralised, why_held
from allegro_privacy.lists.manifest import Manifest, Previous, to_json

COLUMNS: Mapping[Channel, tuple[str, ...]] = {
    Channel.EMAIL: ("email", "since", "suppression"),
    Channel.POST: (
        "name", "line1", "line2", "city", "state", "zip", "zip4", "as_given", "level", "since", "suppression",
    ),
    Channel.PHONE: ("phone", "since", "suppression"),
}  # fmt: skip
ADDRESS_COLUMNS = ("line1", "line2", "city", "state", "zip", "zip4")
# In publishing order: the list last. A ".held.csv" ends in ".csv" too, so the order also decides what a name is.
ENDINGS = (".held.csv", ".manifest.json", ".csv")
HELD_REASON = "reason (a leading ' in a cell was put there by us)"
RECIPIENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
SEQUENCE = re.compile(r"-([0-9]{4,})\.csv$")
LEFT_BEHIND = timedelta(days=1)


class _Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads a file: a machine wants exact bytes, a spreadsheet wants a mark at the start and every cell quoted."""

    encoding: str
    quoting: Literal[0, 1]


MACHINE = _Reader("utf-8", csv.QUOTE_MINIMAL)
PEOPLE = _Reader("utf-8-sig", csv.QUOTE_ALL)


class Listed(Protocol):
    """What a list needs to know of a suppression; the store's are of this shape. `key`, `name` and `address` are None
    when it was erased, and then it cannot be listed."""

    @property
    def id(self) -> str: ...
    @property
    def level(self) -> Level | None: ...
    @property
    def key(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def address(self) -> Mapping[str, Any] | None: ...
    @property
    def since(self) -> datetime: ...
    @property
    def erased(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One list to be written. day: today at the shop, for the name.  as_of, ledger_*: the state that it is read from.
    overrides: option → reason, for each guard that was overridden."""

    channel: Channel
    recipient: str
    day: date
    as_of: datetime
    ledger_number: int
    ledger_hash: str
    rules: str
    policy: str
    previous: Previous | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def sequence(self) -> int:
        return self.previous.sequence + 1 if self.previous else 1

    @property
    def stem(self) -> str:
        if not RECIPIENT.fullmatch(self.recipient):
            why = "A recipient is named with a-z, 0-9 and - (at most 40), since files are named after it."
            raise UsageError(f"{self.recipient!r} cannot be the name of a recipient.", why, "For example: acme-mailing")
        return f"{self.recipient}-{self.channel}-{self.day.isoformat()}-{self.sequence:04d}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A list that is written and synced but not published. parts: (hidden name, final name), in publishing order."""

    directory: Path
    parts: tuple[tuple[str, str], ...]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Recovery:
    """What an earlier run left behind: lists that were recorded and are now published, and hidden files swept away."""

    published: tuple[str, ...] = ()
    swept: tuple[str, ...] = ()


def previous_of(file: str, sha256: str) -> Previous:
    """The list that was sent before, from what was recorded of it; its number is part of its name."""
    number = SEQUENCE.search(file)
    return Previous(int(number[1]) if number else 0, file, sha256)


def prepare(entries: Iterable[Listed], plan: Plan, directory: Path) -> Prepared:
    """Write the list, what was held out of it, and the manifest, all under hidden names. Memory does not grow with the
    list. Refuses a directory that others may write to, and names that are taken."""
    stem, token = plan.stem, files.new_token()
    finals = tuple(stem + ending for ending in ENDINGS)
    held, manifest, listed = (files.part_name(final, token) for final in finals)
    with files.opened_directory(directory) as opened:
        files.refuse_taken(opened, finals)
        with files.all_or_none(opened, (held, manifest, listed)):
            counts = _write_rows(opened, listed, held, entries, plan.channel)
            files.refuse_without_links(opened, listed)
            if not counts.held:
                files.remove(opened, held)
            proof = _manifest(plan, counts, files.hash_of(opened, listed) or "")
            with files.new_file(opened, manifest) as file:
                file.write(to_json(proof).encode())
    pairs = zip((held, manifest, listed), finals, strict=True)
    return Prepared(directory, tuple(pair for pair in pairs if counts.held or pair[0] != held), proof)


def publish(prepared: Prepared) -> tuple[Path, ...]:
    """Give the files their final names, the list last; call it only when the export is recorded and committed."""
    with files.opened_directory(prepared.directory) as opened:
        for part, final in prepared.parts:
            files.publish(opened, part, final)
    return tuple(prepared.directory / final for _, final in prepared.parts)


def discard(prepared: Prepared) -> None:
    """Take back what was prepared and is not to leave."""
    with files.opened_directory(prepared.directory) as opened:
        for part, _ in prepared.parts:
            files.remove(opened, part)


def recover(directory: Path, recorded: Iterable[tuple[str, str]], now: datetime) -> Recovery:
    """Finish what a killed run left: `recorded` are the (file, SHA-256) of the exports in the database. Hidden files
    that nobody recorded are swept when they are a day old; younger ones may be another run at work."""
    known = set(recorded)
    published: list[str] = []
    swept: list[str] = []
    if not directory.is_dir():
        return Recovery()
    with files.opened_directory(directory) as opened:
        for token, finals in files.parts_by_token(opened).items():
            ordered = sorted(finals, key=_publishing_order)
            if (ordered[-1], files.hash_of(opened, files.part_name(ordered[-1], token))) in known:
                for final in ordered:
                    files.publish(opened, files.part_name(final, token), final)
                published += ordered
            elif all(files.older_than(opened, files.part_name(final, token), now - LEFT_BEHIND) for final in finals):
                for final in finals:
                    files.remove(opened, files.part_name(final, token))
                swept += finals
    return Recovery(tuple(published), tuple(swept))


@dataclass(slots=True)
class _Counts:
    rows: int = 0
    erased: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


def _write_rows(opened: int, listed: str, held: str, entries: Iterable[Listed], channel: Channel) -> _Counts:
    counts = _Counts()
    with _csv_file(opened, listed, MACHINE) as rows, _csv_file(opened, held, PEOPLE) as kept_out:
        rows.writerow(COLUMNS[channel])
        kept_out.writerow((HELD_REASON, *COLUMNS[channel]))
        for entry in entries:
            if entry.erased:
                counts.erased += 1
                continue
            cells = _cells(channel, entry)
            if reason := _why_row_held(channel, cells):
                counts.held[reason] += 1
                kept_out.writerow((reason, *(neutralised(cell) for cell in cells)))
                continue
            counts.rows += 1
            counts.levels.update([entry.level.value] if entry.level else [])
            rows.writerow(cells)
    return counts


@contextmanager
def _csv_file(opened: int, name: str, reader: _Reader) -> Iterator[_Writer]:
    with files.new_file(opened, name) as raw:
        text = io.TextIOWrapper(raw, encoding=reader.encoding, newline="")
        yield csv.writer(text, quoting=reader.quoting, lineterminator="\r\n")
        text.detach()


def _cells(channel: Channel, entry: Listed) -> tuple[str, ...]:
    ours = (utc_text(entry.since), entry.id)
    if channel is not Channel.POST:
        return (entry.key or "", *ours)
    address = entry.address or {}
    parts = tuple(str(address.get(column) or "") for column in ADDRESS_COLUMNS)
    as_given = LINE_ENDS.sub("\n", str(address.get("as_given") or "")).split("\n")
    on_one_line = " / ".join(line.strip() for line in as_given if line.strip())
    return (entry.name or "", *parts, on_one_line, entry.level.value if entry.level else "", *ours)


def _why_row_held(channel: Channel, cells: tuple[str, ...]) -> str:
    """Why a row must not leave, with the column at fault; "" when it may."""
    columns = COLUMNS[channel]
    to_match_by = cells[columns.index("as_given")] if channel is Channel.POST else cells[0]
    if not to_match_by:
        return "nothing to match by"
    found = ((column, why_held(cell)) for column, cell in zip(columns, cells, strict=True))
    return next((f"{column} {why}" for column, why in found if why), "")


def _manifest(plan: Plan, counts: _Counts, sha256: str) -> Manifest:
    held_file, _, file = (plan.stem + ending for ending in ENDINGS)
    return Manifest(
        file=file,
        sha256=sha256,
        channel=plan.channel.value,
        recipient=plan.recipient,
        sequence=plan.sequence,
        previous=plan.previous,
        columns=COLUMNS[plan.channel],
        rows=counts.rows,
        levels=dict(sorted(counts.levels.items())),
        held=dict(sorted(counts.held.items())),
        held_file=held_file if counts.held else "",
        erased=counts.erased,
        ledger_number=plan.ledger_number,
        ledger_hash=plan.ledger_hash,
        as_of=plan.as_of,
        rules=plan.rules,
        policy=plan.policy,
        overrides=plan.overrides,
    )


def _publishing_order(final: str) -> int:
    return next((place for place, ending in enumerate(ENDINGS) if final.endswith(ending)), -1)
