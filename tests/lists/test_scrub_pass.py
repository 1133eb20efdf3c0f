"""The pass over a list: memory that does not grow, postal levels, and the files that it leaves."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrubbed import finch, opened, plan
from scrubbed import scrub as scrubbed

from allegro_privacy.core import matching
from allegro_privacy.core.person import Level
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.errors import PrivacyError
from allegro_privacy.lists import scrub, scrub_pass
from allegro_privacy.lists.scrub_files import Names, free_names, old_files, recover, slug
from allegro_privacy.lists.scrub_pass import Progress
from allegro_privacy.lists.scrub_reference import Reference

HEAD = b"name,address,unit,city,state,zip\n"
HOME = b"1450 Brickell Ave,Apt 2203,Miami,FL,33131\n"
LEVELS = [
    (Level.INDIVIDUAL, ["Harold Finch"]),
    (Level.HOUSEHOLD, ["Harold Finch", "Ellen Finch", "Current Resident"]),
    (Level.ADDRESS, ["Harold Finch", "Ellen Finch", "Current Resident", "Al Stone"]),
]


@pytest.mark.parametrize(("level", "gone"), LEVELS)
def test_as_many_go_as_the_level_of_the_suppression_says(level: Level, gone: list[str], tmp_path: Path) -> None:
    people = ["Harold Finch", "Ellen Finch", "Al Stone", "Current Resident"]
    rows = b"".join(name.encode() + b"," + HOME for name in people)
    who = ScrubPlan(post=matching.make_plan([finch(level)]))
    for block in (1 << 20, 70):
        folder = tmp_path / str(block)
        folder.mkdir()
        done = scrubbed(folder, HEAD + rows, who, block=block)
        assert sorted(row.split(b",")[0].decode() for row in done.raw["drop"]) == sorted(gone)


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        mailing = opened(tmp_path, b"id,email\n" + b"".join(b"%d,al%d@example.com\n" % (n, n) for n in range(rows)))
        tracemalloc.start()
        scrub_pass.count(mailing, Reference(), plan(), Progress(), block=1 << 14)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(2_000)
    assert peak(40_000) < small + 300_000


def test_a_file_without_any_line_end_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(scrub, "LONGEST", 1 << 16)
    mailing = opened(tmp_path, b"id,email\n" + b"x" * (1 << 18))
    with pytest.raises(PrivacyError, match="a record does not end"):
        scrub_pass.count(mailing, Reference(), plan(), Progress(), block=1 << 12)


def test_progress_adds_up_to_the_list(tmp_path: Path) -> None:
    read, did = [], []
    content = b"id,email\n" + b"1,al@example.com\n" * 5_000
    mailing = opened(tmp_path, content)
    scrub_pass.count(mailing, Reference(), plan(), Progress(read.append, did.append), block=1 << 14)
    assert (sum(read), sum(did)) == (len(content), 5_000)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("March circular", "march-circular"),
        ("Circular de Año (2)", "circular-de-ano-2"),
        ("../..", "list"),
        ("", "list"),
    ],
)
def test_a_name_becomes_part_of_a_files_name(name: str, said: str) -> None:
    assert slug(name) == said


def test_hidden_files_are_published_only_when_they_were_recorded_and_swept_when_old(tmp_path: Path) -> None:
    from hashlib import sha256

    tmp_path.chmod(0o700)
    now = datetime.now(UTC)
    names = free_names(tmp_path, "March", "2026-11-22", ".csv")
    assert names.final("kept") == "march-2026-11-22-0001.kept.csv"
    for part in ("kept", "manifest"):
        (tmp_path / names.hidden(part)).write_text(part)
    assert recover(tmp_path, [], now) == ()
    recorded = [(names.token, sha256(b"kept").hexdigest())]
    assert recover(tmp_path, recorded, now) == (names.final("manifest"), names.final("kept"))
    other = Names("x", ".csv", "0" * 16)
    (tmp_path / other.hidden("kept")).write_text("kept")
    assert recover(tmp_path, recorded, now + timedelta(days=2)) == ()
    assert sorted(each.name for each in tmp_path.iterdir()) == [names.final("kept"), names.final("manifest")]
    assert free_names(tmp_path, "March", "2026-11-22", ".csv").stem == "march-2026-11-22-0002"


def test_what_scrubs_left_goes_when_lists_and_manifests_are_kept_no_longer(tmp_path: Path) -> None:
    for part in ("kept.csv.gz", "dropped.csv", "manifest.json"):
        (tmp_path / f"march-2026-11-22-0001.{part}").write_text("x")
    (tmp_path / "march-2026-11-22-0001.notes.txt").write_text("ours")
    (tmp_path / "march-2026-11-22-0002.kept.csv").write_text("x")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    left = [("march-2026-11-22-0001.kept.csv.gz", at)]
    later = at + timedelta(days=1)
    lists = ("march-2026-11-22-0001.dropped.csv", "march-2026-11-22-0001.kept.csv.gz")
    assert old_files(tmp_path, left, later, None) == lists
    assert old_files(tmp_path, left, at, later) == ("march-2026-11-22-0001.manifest.json",)
