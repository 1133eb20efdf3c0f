"""A file that is to be imported: examined, recognised, and its rows as they are understood."""

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.imported import BadLine, Line, understand
from allegro_privacy.core.platforms import Shape, Table, folded, load_shapes, recognise
from allegro_privacy.core.postal import address_from_parts
from allegro_privacy.errors import ConfigError, UsageError
from allegro_privacy.sources import import_files
from allegro_privacy.sources.import_files import Examined, FileRow

Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was examined and recognised. version: the hash of the platform tables in force."""

    examined: Examined
    table: Table
    zone: tzinfo
    version: str

    @property
    def shape(self) -> Shape:
        """What sort of file it is."""
        return self.table.shape


def open_file(settings: Settings, path: Path, wanted: str, step: Step) -> Opened:
    """Examine a file and recognise its shape; UsageError when it is none that is known, or could be several."""
    platforms = tables.platforms(settings.overrides)
    try:
        shapes = (*settings.mappings, *load_shapes(platforms))
    except ValueError as problem:
        raise ConfigError("The platform tables cannot be used.", str(problem), "Correct that file.") from problem
    known = sorted({shape.platform for shape in shapes})
    if wanted and wanted not in known:
        raise UsageError(f"There is no format {wanted!r}.", f"Known: {', '.join(known)}.", "Give one with --format.")
    if not path.is_file():
        raise UsageError(f"{path} is not a file.", "", "Give the file that the website or the platform wrote.")
    examined = import_files.examine(path, step)
    found = recognise(shapes, examined.first, wanted)
    if len({table.shape.platform for table in found}) != 1:
        raise _not_recognised(examined, found, known, wanted)
    shape = found[0].shape
    written = json.dumps(
        [platforms, [repr(sorted(each.columns.items())) for each in settings.mappings]], sort_keys=True
    )
    zone = ZoneInfo(shape.zone or settings.shop.time_zone)
    return Opened(examined, found[0], zone, hashlib.sha256(written.encode()).hexdigest()[:16])


def _not_recognised(examined: Examined, found: Sequence[Table], known: Sequence[str], wanted: str) -> UsageError:
    name, first = examined.path.name, next((line for line in examined.first if line.strip()), "")
    if not first:
        return UsageError(f"{name} is empty.", "There is not one row in it.", "Export it anew.")
    if found:
        several = sorted({table.shape.platform for table in found})
        why = f"It could be a file of {' or '.join(several)}."
        return UsageError(f"{name} cannot be told for certain.", why, f"Say which: --format {several[0]}")
    if first.lstrip().startswith(("{", "[")) and not wanted:
        why = "It is JSON, but not one object of a known platform on each line."
        return UsageError(f"{name} is not understood.", why, "Export CSV, or write one object on each line.")
    why = f"Its first line has other columns than the formats that are known ({', '.join(known)})."
    fix = "Say which it is with --format NAME, or describe its columns in the configuration: [import.NAME]"
    return UsageError(f"{name} is not understood.", f"Not a file of {wanted}: {why}" if wanted else why, fix)


def lines(opened: Opened) -> Iterator[Line | BadLine]:
    """Every row as it is understood, in order."""
    places = opened.table.places
    for row in import_files.rows(opened.examined, opened.table):
        if row.problem:
            yield BadLine(row.line, row.problem, row.raw)
        else:
            get = functools.partial(_cell, row, places)
            yield understand(opened.shape, get, row.line, row.raw, opened.zone, _address)


def _cell(row: FileRow, places: Mapping[str, int], name: str) -> str:
    key = _folded(name)
    if row.named is not None:
        return row.named.get(key, "")
    place = places.get(key)
    return "" if place is None else row.cells[place]


_folded = functools.lru_cache(maxsize=256)(folded)
_address = functools.lru_cache(maxsize=256)(address_from_parts)
