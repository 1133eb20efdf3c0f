"""`links`: each row of a campaign's list gets its own link, and the headers of RFC 2369 and RFC 8058."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from allegro_privacy.config import Settings
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.link_token import LONGEST_CAMPAIGN, LONGEST_EMAIL, Link, LinkKeys
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files, linked, scrub_open
from allegro_privacy.lists.scrub_files import slug
from allegro_privacy.lists.scrub_sniff import SAMPLE, Sniffed, Wanted, sniff
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, snapshot
from allegro_privacy.workflow import link_keys

CAMPAIGN = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST_CAMPAIGN - 1}}}")
COLUMNS = ("link", "List-Unsubscribe", "List-Unsubscribe-Post")
ONE_CLICK = "List-Unsubscribe=One-Click"
NOTHING = ("", "", "")
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Errand:
    """What is wanted: the list, the campaign's name, where to write (None: the folder of exports), and what is named
    instead of being found."""

    file: Path
    campaign: str
    out: Path | None = None
    column: str = ""
    delimiter: str = ""
    encoding: str = ""


@dataclass(slots=True)
class Done:
    """What was done. suppressed: rows of people who want no more e-mail; unusable: rows without an address. Of both the
    first lines are told."""

    source: Path
    campaign: str
    key: str
    path: Path = Path()
    sha256: str = ""
    linked: int = 0
    suppressed: int = 0
    unusable: int = 0
    suppressed_lines: list[int] = field(default_factory=list)
    unusable_lines: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows."""
        return self.linked + self.suppressed + self.unusable


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the cells of one row."""

    url: str
    mailto: str
    keys: LinkKeys

    def cells(self, email: str, campaign: str) -> tuple[str, str, str]:
        """The link, and the values of both headers."""
        token = self.keys.token(Link(email, campaign))
        link = f"{self.url}/{token}"
        mail = f", <mailto:{self.mailto}?subject=unsubscribe%20{token}>" if self.mailto else ""
        return link, f"<{link}>{mail}", ONE_CLICK


def maker(settings: Settings) -> Maker:
    """What makes the links of a configuration. Raises ConfigError when that does not speak of links."""
    keys = link_keys.needed(settings)
    return Maker(settings.links.url, quote(settings.links.mailto, safe="@+"), keys)


def run(settings: Settings, database: Database, errand: Errand, step: Callable[[int], None]) -> Done:
    """Write the list with its links, whole or not at all."""
    if not CAMPAIGN.fullmatch(errand.campaign):
        why = f"It stands in every link: a-z, 0-9 and -, at most {LONGEST_CAMPAIGN}."
        raise UsageError("That cannot be the name of a campaign.", why, "For example: --campaign 2026-12-sale")
    making = maker(settings)
    source = scrub_open.from_path(errand.file)
    beginning = source.beginning(SAMPLE)
    named = {"email": (errand.column,)} if errand.column else {}
    wanted = Wanted(errand.delimiter, errand.encoding, columns=named)
    sniffed = sniff(source.name, beginning, len(beginning) < SAMPLE, wanted)
    done = Done(errand.file, errand.campaign, making.keys.signing)
    done.path = errand.out or settings.export.directory / f"{slug(errand.file.stem)}-{errand.campaign}.linked.csv"
    with snapshot(database), source.body() as body:
        _write(
            done,
            linked.with_cells(body, sniffed, _column(sniffed, errand), COLUMNS, _adder(database, making, done), step),
        )
    return done


def _column(sniffed: Sniffed, errand: Errand) -> int:
    found = sniffed.form.columns.emails
    taken = {name.strip().casefold() for name in sniffed.header} & {name.casefold() for name in COLUMNS}
    if taken:
        raise UsageError(
            f"{errand.file.name} has links already.", f"It has a column {min(taken)}.", "Name the list without them."
        )
    if len(found) == 1:
        return found[0]
    what = "has no column of e-mail addresses" if not found else "has several columns of e-mail addresses"
    raise UsageError(f"{errand.file.name} {what}.", "Each link is for one address.", "Name it with --column.")


def _adder(database: Database, making: Maker, done: Done) -> linked.CellsFor:
    """What tells the new cells of each row, and counts."""

    def cells(cell: str, line: int) -> Sequence[str]:
        key = email_key(cell) if len(cell) <= LONGEST_EMAIL else ""
        if not key:
            done.unusable += 1
            _note(done.unusable_lines, line)
            return NOTHING
        if views.is_suppressed(database, Key(Channel.EMAIL, key)):
            done.suppressed += 1
            _note(done.suppressed_lines, line)
            return NOTHING
        done.linked += 1
        return making.cells(cell.strip(), done.campaign)

    return cells


def _note(lines: list[int], line: int) -> None:
    if len(lines) < MOST_TOLD:
        lines.append(line)


def _write(done: Done, pieces: Iterator[bytes]) -> None:
    final, digest = done.path.name, hashlib.sha256()
    part = files.part_name(final, files.new_token())
    with files.opened_directory(done.path.parent) as directory:
        files.refuse_taken_by(directory, lambda name: name == final)
        with files.all_or_none(directory, lambda: [part]):
            with files.new_file(directory, part) as file:
                _fill(file, pieces, digest.update)
            files.publish(directory, part, final)
    done.sha256 = digest.hexdigest()


def _fill(file: BinaryIO, pieces: Iterator[bytes], note: Callable[[bytes], None]) -> None:
    for piece in pieces:
        note(piece)
        file.write(piece)
