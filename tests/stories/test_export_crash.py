"""An export that is killed, or finds the disk full, at chosen system calls: a list is whole under its final name or not
there, recorded before it is named, and no number is taken twice. A sample; the whole is
`python -m tests.stories.export_crash` (docs/measurements.md)."""

import signal
from collections.abc import Iterator

import pytest
from export_crash import sweep
from export_crash.order import not_on_the_disk
from export_crash.sweep import Range, ready
from imap_crash.points import Point
from imap_crash.program import missing

if reason := missing():
    pytest.skip(f"NOT CHECKED: what a crash leaves of an export: {reason}", allow_module_level=True)


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Range]:
    with ready(workers=1) as range_:
        yield range_


def calls(range_: Range, call: str) -> list[Point]:
    return [point for point in range_.points if point.call == call]


def test_killed_before_any_call_it_leaves_no_half_list_and_takes_no_number_twice(undisturbed: Range) -> None:
    # Where names are given, and some of all the rest.
    at = [*undisturbed.points[7::160], *calls(undisturbed, "linkat")[2:5]]
    outcome = undisturbed.each("killed", at, sweep.kill)
    assert outcome.found == []
    assert outcome.struck == outcome.points >= 5


@pytest.mark.parametrize("error", sweep.ERRORS)
def test_a_write_that_fails_ends_it_in_words_and_the_next_run_does_the_rest(undisturbed: Range, error: str) -> None:
    outcome = undisturbed.each(error, undisturbed.writing[9::60], sweep.refused(error))
    assert outcome.found == []
    assert outcome.struck == outcome.points >= 2


def test_each_file_is_synced_before_it_is_named_and_its_folder_after(undisturbed: Range) -> None:
    assert undisturbed.not_on_the_disk() == (4, [])


def test_who_is_not_killed_is_noticed(undisturbed: Range) -> None:
    outcome = undisturbed.each("killed", [Point("fsync", 10_000)], sweep.kill)
    assert (outcome.struck, outcome.found) == (0, ["killed, fsync 10000: was not killed but ended with 0"])


def test_a_list_written_under_its_final_name_is_noticed(undisturbed: Range) -> None:
    faulty = undisturbed.variant("written-under-its-final-name")
    # Its files are synced long before the commit.
    outcome = faulty.each("planted", calls(faulty, "fsync")[4:6], sweep.kill)
    assert outcome.codes.keys() == {-signal.SIGKILL}
    assert any("its hash is not in the database" in line for line in outcome.found)


def test_a_list_that_is_never_synced_is_noticed(undisturbed: Range) -> None:
    named, found = undisturbed.variant("never-synced").not_on_the_disk()
    assert named == 4
    assert {line.partition(" was named ")[2] for line in found} >= {"before it was synced"}
    assert any(line.startswith("the folder was not synced") for line in found)


def test_two_exports_at_once_take_one_number_each(undisturbed: Range) -> None:
    outcome = undisturbed.at_once(2, 1)
    assert outcome.found == []
    assert outcome.codes == {0: 2}


def test_a_name_that_came_before_the_sync_or_the_commit_is_told() -> None:
    log = "\n".join(
        (
            "7 write(5</e/.a.part>, 1, 9) = 9",
            "7 fsync(5</e/.a.part>) = 0",
            "7 write(5</e/.b.part>, 1, 9) = 9",
            '7 linkat(4</e>, ".a.part", 4</e>, "a.csv", 0) = 0',
            "7 fdatasync(6</o/allegro-privacy.sqlite3-wal>) = 0",
            "7 fsync(4</e>) = 0",
            '7 linkat(4</e>, ".b.part", 4</e>, "b.csv", 0) = 0',
            '7 linkat(4</e>, ".b.part", 4</e>, ".probe.part", 0) = 0',
        )
    )
    named, found = not_on_the_disk(log)
    assert named == 2
    assert found == [
        "a.csv was named before the database was synced",
        "b.csv was named before it was synced",
        "the folder was not synced after b.csv was named",
    ]
