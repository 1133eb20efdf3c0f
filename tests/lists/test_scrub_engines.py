"""Every engine against the reference, over many hostile lists: the same bytes out, the same decisions, none lost."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hostile_lists import hostile_list
from scrubbed import SINCE, opened

from allegro_privacy.core import matching
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files, scrub_pass
from allegro_privacy.lists.block_shape import shape_of
from allegro_privacy.lists.scrub import Delimited, Engine, judged
from allegro_privacy.lists.scrub_block import Block
from allegro_privacy.lists.scrub_files import Names, remove_all
from allegro_privacy.lists.scrub_list import MailingList
from allegro_privacy.lists.scrub_pass import Progress
from allegro_privacy.lists.scrub_reference import Reference
from allegro_privacy.lists.scrub_write import Outputs, Partition, outputs


@dataclass(frozen=True)
class Outcome:
    """The SHA-256 of all that was written and of the decisions, and how many bytes went where."""

    written: tuple[tuple[str, str], ...]
    log: str
    bytes: int


@contextmanager
def _outputs(folder: Path) -> Iterator[Outputs]:
    names = Names("list", ".csv", files.new_token())
    with files.opened_directory(folder) as directory:
        with outputs(directory, names, "kept", "") as made:
            yield made
        remove_all(directory, names)


def outcome(mailing: MailingList, plan: ScrubPlan, engine: Engine, block: int, folder: Path) -> Outcome:
    """One whole scrub: survey, judge, write."""
    if plan.post.entries:
        rows = scrub_pass.survey(mailing, engine, plan, Progress(), block)
        plan = replace(plan, post=matching.settled(plan.post, rows))
    log, records, lines = hashlib.sha256(), 0, 0
    with _outputs(folder) as made:
        sink = Partition(made, mailing.form, mailing.head, lambda _: SINCE, False)
        with mailing.records() as body:
            for raw, found in judged(body, engine, mailing.form, plan, block):
                sink.take(raw, found)
                for one in found.found:
                    told = (records + one.record, lines + one.line, one.fate.value, one.rule, one.suppression)
                    log.update(repr(told).encode())
                records, lines = records + found.records, lines + found.lines
    log.update(f"{records} {lines}".encode())
    written = tuple(sorted((part.part, part.sha256) for part in made.written()))
    return Outcome(written, log.hexdigest(), sum(sink.sum.bytes.values()) + len(mailing.head.raw))


def _lists(numbers: range, folder: Path) -> Iterator[tuple[int, MailingList, ScrubPlan, bytes]]:
    for number in numbers:
        hostile = hostile_list(number)
        try:
            mailing = opened(folder, hostile.content, wanted=hostile.wanted)
        except UsageError:
            continue
        columns = mailing.form.columns
        channels = [channel for channel in columns.channels if channel.value != "post" or hostile.plan.post.entries]
        yield number, mailing.only(columns.only(channels)), hostile.plan, hostile.content


def test_the_block_engine_does_to_hostile_lists_what_the_reference_does(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    for number, mailing, plan, content in _lists(range(request.config.getoption("--hostile-lists")), tmp_path):
        oracle = outcome(mailing, plan, Reference(), 1 << 20, tmp_path)
        assert oracle.bytes == len(content), number
        for cores, block in ((1, 1 << 20), (1, 200 + 37 * (number % 50))):
            assert outcome(mailing, plan, Block(cores=cores), block, tmp_path) == oracle, (number, cores, block)
        if number % 8 == 0:
            block = 200 + 37 * (number % 56)
            assert outcome(mailing, plan, Block(cores=2), block, tmp_path) == oracle, (number, 2, block)


def test_a_good_part_of_hostile_lists_is_judged_on_vectors(tmp_path: Path) -> None:
    taken = [
        shape_of(content[len(mailing.head.raw) :], mailing.form, True) is not None
        for _, mailing, _, content in _lists(range(120), tmp_path)
        if isinstance(mailing.form, Delimited) and not mailing.form.encoding.startswith("utf-16")
    ]
    assert sum(taken) > len(taken) / 4
    assert sum(taken) < len(taken)
