"""The rows of a sent list that meet somebody who asked, with all their cells; a list of any size, block by block."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from allegro_privacy.core.matching import Row
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists import scrub_pass, scrub_tables
from allegro_privacy.lists.scrub import Delimited, Fate, Fixed, Form, Found, judged
from allegro_privacy.lists.scrub_list import MailingList, open_bytes
from allegro_privacy.lists.scrub_open import Source
from allegro_privacy.lists.scrub_pass import Progress
from allegro_privacy.lists.scrub_reference import Reference, cells_at, decoder, physical_lines
from allegro_privacy.lists.scrub_sniff import Wanted
from allegro_privacy.lists.scrub_tables import Batch, TableList, open_table


@dataclass(frozen=True, slots=True)
class Met:
    """One row that met somebody, or that cannot be read. fate: DROP when it surely is theirs, LOOK when perhaps, HELD
    when it cannot be read.  row: its number in the file, from 1."""

    row: int
    fate: Fate
    rule: str
    suppression: int
    cells: Sequence[str]


Told = Callable[[Met], None]
_ENGINE = Reference()


def opened(source: Source, wanted: Wanted) -> MailingList | TableList:
    """What a sent list is: text, DBF, Excel or Parquet."""
    return open_table(source, wanted) or open_bytes(source, None, wanted)


def survey(mailing: MailingList | TableList, plan: ScrubPlan) -> Iterator[Row]:
    """The first reading, which postal matching learns from."""
    return scrub_pass.survey(mailing, _ENGINE, plan, Progress())


def read(mailing: MailingList | TableList, plan: ScrubPlan, told: Told) -> int:
    """Tell of every row that meets somebody; returns how many rows there are."""
    if isinstance(mailing, TableList):
        return scrub_tables.judge(mailing, _ENGINE, plan, _Telling(told), lambda _: None).records
    records, before = 0, mailing.head.lines
    with mailing.records() as body:
        for raw, found in judged(body, _ENGINE, mailing.form, plan):
            for one in found.found:
                told(_met(one, before + one.line + 1, _cells(raw[one.start : one.end], mailing.form)))
            records, before = records + found.records, before + found.lines
    return records


def _met(one: Found, row: int, cells: Sequence[str]) -> Met:
    return Met(row, one.fate, one.rule, one.suppression, cells)


def _cells(raw: bytes, form: Form) -> list[str]:
    if isinstance(form, Fixed):
        return cells_at(raw, form, 0) if len(raw) >= form.length else []
    return _delimited(raw, form)


def _delimited(raw: bytes, form: Delimited) -> list[str]:
    lines, _ = physical_lines(raw, form.encoding, True)
    text = decoder(form.encoding)
    try:
        cells = next(csv.reader(lines, delimiter=form.delimiter), [])
    except csv.Error:
        return []
    return [text(cell) for cell in cells]


class _Telling:
    """Where the judged batches of a table go."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def take(self, batch: Batch, found: Sequence[Found], first: int) -> None:
        """One batch. first: the row of the table before its first."""
        for one in found:
            self._told(_met(one, first + one.record + 1, batch.texts[one.record]))

    def end(self) -> None:
        """Nothing more comes."""
