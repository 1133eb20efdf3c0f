"""Invented lists and plans for the tests of scrubbing, and the pass over them in memory."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

from allegro_privacy.core import matching
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan
from allegro_privacy.lists import files, scrub_pass
from allegro_privacy.lists.scrub import Engine
from allegro_privacy.lists.scrub_files import PARTS, Names
from allegro_privacy.lists.scrub_list import MailingList, open_bytes
from allegro_privacy.lists.scrub_open import from_path
from allegro_privacy.lists.scrub_pass import Manner, Progress
from allegro_privacy.lists.scrub_reference import Reference
from allegro_privacy.lists.scrub_sniff import Wanted
from allegro_privacy.lists.scrub_write import Sum

SINCE = "2026-11-20"
ROSA, FINCH = 12, 14


def finch(level: Level = Level.HOUSEHOLD) -> matching.Suppressed:
    """Harold Finch of Brickell Avenue, who wants no circulars."""
    address = PostalAddress("", "1450 Brickell Ave", "Apt 2203", "Miami", "FL", "33131")
    return matching.Suppressed(f"S{FINCH}", level, "Harold Finch", address)


def plan(*emails: str, post: bool = False, **more: object) -> ScrubPlan:
    """Who asked: these e-mail addresses (S12, S13 …), and Harold Finch by post."""
    keys = Keys({key: ROSA + number for number, key in enumerate(emails or ("rosa@example.com",))})
    entries = matching.make_plan([finch()] if post else [])
    return replace(ScrubPlan(emails=keys, post=entries), **more)


@dataclass(frozen=True)
class Parts:
    """What a scrub wrote, by part; what each row put aside has before it is cut off in `raw`."""

    sum: Sum
    files: dict[str, bytes]
    mailing: MailingList

    @property
    def kept(self) -> bytes:
        return self.files.get("kept", b"")

    def rows_of(self, part: str) -> list[bytes]:
        """The rows of one part as they stood in the list, from the record of what was found."""
        return self.raw[part]

    raw: dict[str, list[bytes]]


def opened(
    folder: Path, content: bytes, name: str = "list.csv", wanted: Wanted | None = None, layout: Path | None = None
):
    """A list in a file, opened."""
    path = folder / name
    path.write_bytes(content)
    return open_bytes(from_path(path), layout, wanted or Wanted())


def scrub(
    folder: Path,
    content: bytes,
    who: ScrubPlan | None = None,
    *,
    name: str = "list.csv",
    wanted: Wanted | None = None,
    layout: Path | None = None,
    engine: Engine | None = None,
    block: int = 1 << 20,
    keep_looks: bool = False,
    flag: bool = False,
) -> Parts:
    """Scrub a list into a folder of its own and read back what was written."""
    mailing = opened(folder, content, name, wanted, layout)
    who, engine = who or plan(), engine or Reference()
    if who.post.entries:
        rows = scrub_pass.survey(mailing, engine, who, Progress(), block)
        who = replace(who, post=matching.settled(who.post, rows))
    target = folder / "out"
    names = Names("list", "".join(Path(name).suffixes), files.new_token())
    with files.opened_directory(target) as directory:
        manner = Manner(lambda _: SINCE, keep_looks, flag)
        done, _ = scrub_pass.write(mailing, engine, who, (directory, names), manner, Progress(), block)
    written = {p: (target / names.hidden(p)).read_bytes() for p in PARTS if (target / names.hidden(p)).exists()}
    for part in written:
        (target / names.hidden(part)).unlink()
    return Parts(done, written, mailing, _raw(mailing, who, engine, block))


def _raw(mailing: MailingList, who: ScrubPlan, engine: Engine, block: int) -> dict[str, list[bytes]]:
    from allegro_privacy.lists.scrub import judged

    raw: dict[str, list[bytes]] = {"drop": [], "look": [], "held": []}
    with mailing.records() as body:
        for chunk, found in judged(body, engine, mailing.form, who, block):
            for one in found.found:
                raw[one.fate.value].append(chunk[one.start : one.end])
    return raw


def decisions(mailing: MailingList, who: ScrubPlan, engine: Engine, block: int) -> list[tuple[int, int, str, str, int]]:
    """The log of a pass: for every record that is not kept its number, line, fate, rule and suppression."""
    from allegro_privacy.lists.scrub import judged

    log, records, lines = [], 0, 0
    with mailing.records() as body:
        for _, found in judged(body, engine, mailing.form, who, block):
            log += [
                (records + one.record, lines + one.line, one.fate.value, one.rule, one.suppression)
                for one in found.found
            ]
            records += found.records
            lines += found.lines
    return log


def stream(content: bytes) -> io.BytesIO:
    """Bytes as they come on standard input."""
    return io.BytesIO(content)
