"""What an erasure takes and what must stay, and why, before anybody confirms it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allegro_privacy.cli import console, words

if TYPE_CHECKING:
    from allegro_privacy.config import Settings
    from allegro_privacy.store.rows import ErasurePlan
    from allegro_privacy.workflow.erasing import Swept

# What goes, by kind of event: one, and many.
_SORTS = {
    "message-received": ("message with its text", "messages with their text"),
    "message-set-aside": ("message that could not be read", "messages that could not be read"),
    "message-sighted": ("note of where a copy lay", "notes of where copies lay"),
    "suppressed": ("name, address or number on our lists", "names, addresses or numbers on our lists"),
    "review-opened": ("question to staff", "questions to staff"),
    "review-answered": ("answer of staff, with its note", "answers of staff, with their notes"),
    "case-opened": ("privacy request in their words", "privacy requests in their words"),
    "lifted": ("evidence why an opt-out was lifted", "pieces of evidence why opt-outs were lifted"),
    "import-finished": (
        "note of an import whose file is named after them",
        "notes of imports of files named after them",
    ),
    "pull-finished": ("note of a pull whose file is named after them", "notes of pulls of files named after them"),
    "drafted": ("reply that was drafted", "replies that were drafted"),
    "bounced": ("address that mail came back from", "addresses that mail came back from"),
}
_FURTHER = ("further note about them", "further notes about them")


def plan(found: "ErasurePlan", lists: Sequence[Path], zone: str) -> None:
    """What will go, what must stay, and what the program cannot reach."""
    console.say("This will go, for good:")
    for line in _going(found.kinds) if found.goes else ["nothing yet"]:
        console.say_paragraph(line, "  ", hang=2)
    console.say("This stays:")
    for line in _staying(found, zone):
        console.say_paragraph(f"- {line}", "  ", hang=2)
    beyond = list(_beyond(found, lists))
    if beyond:
        console.say("Look at this yourself:")
    for line in beyond:
        console.say_paragraph(f"- {line}", "  ", hang=2)


def _going(kinds: Mapping[str, int]) -> Iterator[str]:
    counts = dict(kinds)
    named = {sort: counts.pop(sort) for sort in _SORTS if sort in counts}
    for sort, number in named.items():
        yield words.count(number, *_SORTS[sort])
    if counts:
        yield words.count(sum(counts.values()), *_FURTHER)


def _staying(found: "ErasurePlan", zone: str) -> Iterator[str]:
    for hold in found.holds:
        yield f"everything, under legal hold {hold.id}: {hold.reason} ({hold.actor}, {words.when(hold.at, zone)[:10]})"
    if found.open_cases and not found.holds:
        yield (
            f"{words.count(len(found.stays), 'note')} and letters of the open privacy request "
            f"{_listed(found.open_cases)}: it must be answered first. Once it is closed, erase --due takes them too"
        )
    if found.kept:
        yield (
            f"{words.count(len(found.kept), 'opt-out')} ({_listed(found.kept)}), so that nobody writes to them again: "
            "only as a keyed hash, which matches and tells nothing"
        )
    if found.tickets:
        yield (
            f"that {words.count(len(found.tickets), 'privacy request')} ({_listed(found.tickets)}) came, when, and how "
            "it was answered, without name or words: 11 CCR 7101 wants that for 24 months"
        )
    yield "that something was recorded, when and by whom at the shop, without a word of it: the chain would break"


def _beyond(found: "ErasurePlan", lists: Sequence[Path]) -> Iterator[str]:
    if found.legal:
        yield (
            f"{_listed(f'M{each}' for each in found.legal)} speaks of a lawyer or an authority. Ask before you erase; "
            'to keep everything: allegro-privacy erase WHO --hold "why"'
        )
    if found.mentions:
        numbers = _listed(f"#{each}" for each in found.mentions)
        yield (
            f"what other people wrote, or the file that it came in, still names this person (ledger {numbers}); it "
            "stays, since it is theirs"
        )
    if found.outside:
        yield (
            f"outside the database these still name this person; delete them by hand: {_listed(found.outside, most=20)}"
        )
    if lists:
        yield (
            f"{words.count(len(lists), 'list')} that left still {'lies' if len(lists) == 1 else 'lie'} in "
            f"{lists[0].parent} with this person ({_listed(path.name for path in lists)})"
        )
    if found.kept:
        yield "new lists cannot name this person: whoever got an earlier list must go on using it"
    yield "backups hold all of it until they are replaced"


def _listed(names: Iterable[str], most: int = 5) -> str:
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def due(found: "Swept", settings: "Settings", took: bool) -> None:
    """What `erase --due` took, or would take, and by which line of [retention]."""
    kept = settings.retention
    rows = [
        (len(found.text), f"messages that something came of, older than {kept.text}", found.text, "M"),
        (len(found.ignored), f"messages that nothing came of, older than {kept.ignored}", found.ignored, "M"),
        (len(found.cases), f"privacy requests closed more than {kept.closed_cases} ago", found.cases, "C"),
    ]
    shown = [row for row in rows if row[0]]
    if not shown and not found.kept_back and not found.files:
        console.out("Nothing is kept longer than [retention] says.")
        return
    console.out("Erased, as [retention] says:" if took else "Would be erased, as [retention] says:")
    for number, what, numbers, letter in shown:
        names = "" if took else f" ({_listed(f'{letter}{each}' for each in numbers)})"
        console.paragraph(f"{number:,} {what}{names}", "  ", hang=4)
    if found.kept_back:
        console.paragraph(f"{found.kept_back:,} notes that an open request had kept back", "  ", hang=4)
    if found.files:
        console.paragraph(
            f"{words.count(len(found.files), 'file')} of old lists ({_listed(found.files)})", "  ", hang=4
        )
    if found.more:
        console.out("  (the limit was reached; run it again for more)")
