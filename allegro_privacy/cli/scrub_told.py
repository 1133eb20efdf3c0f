"""A scrub in words: what the list was taken for, how far it is, and what came of it."""

import time
from typing import TYPE_CHECKING, Any

from allegro_privacy.cli import console, words
from allegro_privacy.workflow.scrub_told import columns_named, manifest_document, notes
from allegro_privacy.workflow.scrubbing import Progress

if TYPE_CHECKING:
    from allegro_privacy.cli.app import Call
    from allegro_privacy.workflow.scrubbing import Done, Ready

EVERY_SECONDS = 0.2
MOST_HELD = 10


class Meter:
    """How far a reading is: rows, rows a second, time left. On a terminal only."""

    def __init__(self, call: "Call", word: str, ready: "Ready") -> None:
        self._line = console.Line(not call.quiet and not call.as_json)
        self._word, self._whole = word, max(ready.mailing.source.size, 1)
        self._bytes = self._rows = 0
        self._began = self._shown = 0.0
        self.progress = Progress(self._read, self._did)

    def _read(self, size: int) -> None:
        self._bytes += size
        self._show()

    def _did(self, rows: int) -> None:
        self._rows += rows

    def _show(self) -> None:
        now = time.monotonic()
        self._began = self._began or now
        if now - self._shown < EVERY_SECONDS or now == self._began:
            return
        self._shown, spent = now, now - self._began
        share = min(self._bytes / self._whole, 1.0)
        bar = "#" * int(share * 20)
        rate = f"  {self._rows / spent:,.0f} rows/s" if self._rows else ""
        left = int(spent * (1 - share) / share) if share else 0
        self._line.show(
            f"{self._word} [{bar:<20}] {share:4.0%}  {self._rows:,} rows{rate}  {left // 60}:{left % 60:02} left"
        )

    def end(self) -> None:
        """Clear the line."""
        self._line.end()


def before(ready: "Ready") -> None:
    """What the list is taken for, before anything is done with it."""
    mailing = ready.mailing
    console.say_paragraph(f"{mailing.source.name}: {mailing.shown}", width=console.WIDTH)
    channels = ", ".join(words.CHANNELS[channel] for channel in ready.channels)
    known = sum(ready.loaded.standing.values())
    console.say(f"for {channels}; compared with {words.count(known, 'suppression')}")
    for each in columns_named(ready.columns, mailing.header):
        named = f" “{each['name']}”" if each["name"] else ""
        group = f" ({each['address']})" if "address" in each else ""
        console.say(f"  column {each['column']}{named}: {each['role']}{group}")
    for note in notes(ready):
        console.say_paragraph(note, "  ", hang=2, width=console.WIDTH)


def after(call: "Call", ready: "Ready", done: "Done") -> None:
    """What came of it; the numbers add up."""
    rows = done.manifest.counts
    console.out(
        f"{words.count(done.sum.records, 'row')} = {rows['kept']:,} kept + {rows['dropped']:,} dropped + "
        f"{rows['look']:,} to look at + {rows['held']:,} held"
    )
    for rule, number in done.sum.rules.most_common():
        console.out(f"  {number:>8,}  {rule}")
    for line, why in done.sum.first_held[:MOST_HELD]:
        console.paragraph(f"held, line {line:,}: {why}", "  ", hang=2)
    if len(done.sum.first_held) > MOST_HELD:
        console.out("  … and more")
    for path in reversed(done.files):
        console.out(f"  {path}")
    _tell(call, ready, done)


def _tell(call: "Call", ready: "Ready", done: "Done") -> None:
    if ready.errand.check:
        console.say("Somebody who asked is on this list." if done.hits else "Nobody who asked is on this list.")
    elif call.dry_run:
        console.say("Dry run: nothing was written.")
    elif done.manifest.counts["look"] and not ready.errand.flag:
        where = "are kept as well" if ready.errand.keep_looks else "are not in the kept file"
        console.say(f"  (look at the rows of the look file; they {where})")
    if done.newer:
        console.say_paragraph(
            f"While this ran {words.count(done.newer, 'person')} asked who may be on it: scrub the kept file again.",
            "  ",
        )


def document(call: "Call", ready: "Ready", done: "Done") -> dict[str, Any]:
    """The same as JSON."""
    return {
        "dry_run": call.dry_run,
        "check": ready.errand.check,
        "hits": done.hits,
        "event": done.event or None,
        "files": [str(path) for path in done.files],
        "newer": done.newer,
        "manifest": manifest_document(done.manifest),
    }
