"""The plain list of one channel: what stands in it, what is held, and that it is whole or not there."""

import csv
import json
import os
import signal
import stat
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from listed_people import NOW, addressed, person, plan

from allegro_privacy.core.listing import Listed
from allegro_privacy.core.person import Channel
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.lists import files
from allegro_privacy.lists.cells import begins_like_a_formula
from allegro_privacy.lists.export import discard, prepare, publish, recover
from allegro_privacy.lists.plan import Previous

LIST = "acme-mailing-email-2026-11-22-0001.csv"
MANIFEST = "acme-mailing-email-2026-11-22-0001.manifest.json"
HELD = "acme-mailing-email-2026-11-22-0001.held.csv"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_an_email_list_is_exactly_these_bytes(exports: Path) -> None:
    publish(prepare([person(), person(2, "josé@example.org")], plan(), exports))
    assert (exports / LIST).read_bytes() == (
        "email,since,suppression\r\n"
        "rosa@example.com,2026-11-20T14:02:00Z,S1\r\n"
        "josé@example.org,2026-11-20T14:02:00Z,S2\r\n"
    ).encode()


def test_a_postal_list_keeps_zips_as_text_and_the_address_as_given_on_one_line(exports: Path) -> None:
    people = [addressed(), addressed('Finch, "Hal"', line2=None, as_given=" 1 Main St\r\n\r\nMiami \n")]
    list_path = publish(prepare(people, plan(Channel.POST), exports))[-1]
    assert rows(list_path) == [
        ["name", "line1", "line2", "city", "state", "zip", "zip4", "as_given", "level", "since", "suppression"],
        ["Harold Finch", "1450 Brickell Ave", "Apt 2203", "Miami", "FL", "02134", "",
         "1450 Brickell Ave Apt 2203 / Miami, FL 02134", "individual", "2026-11-20T14:02:00Z", "S1"],
        ['Finch, "Hal"', "1450 Brickell Ave", "", "Miami", "FL", "02134", "",
         "1 Main St / Miami", "individual", "2026-11-20T14:02:00Z", "S1"],
    ]  # fmt: skip


def test_a_phone_number_may_begin_with_its_plus(exports: Path) -> None:
    list_path = publish(prepare([person(1, "+13055550123")], plan(Channel.PHONE), exports))[-1]
    assert rows(list_path)[1] == ["+13055550123", "2026-11-20T14:02:00Z", "S1"]


HELD_ROWS = [
    (
        "an e-mail address that begins with a plus",
        Channel.EMAIL,
        person(1, "+rosa@example.com"),
        "email begins like a formula",
    ),
    (
        "an e-mail address with a NUL",
        Channel.EMAIL,
        person(1, "rosa\0@example.com"),
        "email holds a NUL or another control character",
    ),
    ("a name that is a formula", Channel.POST, addressed('=HYPERLINK("x")'), "name begins like a formula"),
    ("a name over two lines", Channel.POST, addressed("Rosa\nQuintero"), "name holds a line end"),
    (
        "an address that begins like a formula",
        Channel.POST,
        addressed(as_given="-1 Main St"),
        "as_given begins like a formula",
    ),
    ("an address that is not there", Channel.POST, addressed(as_given=" \n ", line1=""), "nothing to match by"),
    ("an e-mail address that is not there", Channel.EMAIL, person(1, None), "nothing to match by"),
]


@pytest.mark.parametrize(("channel", "one", "reason"), [pytest.param(*row[1:], id=row[0]) for row in HELD_ROWS])
def test_a_row_that_must_not_leave_is_held_with_its_reason(
    channel: Channel, one: Listed, reason: str, exports: Path
) -> None:
    other = addressed() if channel is Channel.POST else person()
    prepared = prepare([one, other], plan(channel), exports)
    held_path, _, list_path = publish(prepared)
    assert prepared.manifest.held == {reason: 1}
    assert held_path.read_bytes().startswith(b'\xef\xbb\xbf"reason (a leading \' in a cell was put there by us)"')
    assert rows(held_path)[1][0] == reason
    assert not any(begins_like_a_formula(cell) for cell in rows(held_path)[1])
    assert len(rows(list_path)) == 2


def test_an_erased_person_is_counted_and_not_listed(exports: Path) -> None:
    people = [person(), person(2, None, erased=1), person(3, None, erased=1)]
    manifest = prepare(people, plan(), exports).manifest
    assert (manifest.rows, manifest.erased, manifest.held) == (1, 2, {})


def test_the_manifest_proves_the_list(exports: Path) -> None:
    household = addressed("Sam Groves", 9, "household")
    previous = Previous(6, "acme-mailing-post-2026-11-01-0006.csv", "cd" * 32)
    prepared = prepare([addressed(), addressed("=x"), household], plan(Channel.POST, previous=previous), exports)
    publish(prepared)
    stem = "acme-mailing-post-2026-11-22-0007"
    text = (exports / f"{stem}.manifest.json").read_text("utf-8")
    document = json.loads(text)
    assert document["schema"] == 1
    assert document["purpose"] == "suppression only"
    assert document["sha256"] == sha256((exports / f"{stem}.csv").read_bytes()).hexdigest()
    assert (document["rows"], document["levels"]) == (2, {"household": 1, "individual": 1})
    assert document["held"] == {"rows": 1, "reasons": {"name begins like a formula": 1}, "file": f"{stem}.held.csv"}
    assert document["previous"] == {"sequence": 6, "file": "acme-mailing-post-2026-11-01-0006.csv", "sha256": "cd" * 32}
    assert document["ledger"] == {"number": 41, "hash": "ab" * 32}
    assert document["as_of"] == "2026-11-22T15:30:00Z"
    assert any("change-of-address" in reminder for reminder in document["reminders"])
    assert document["how_to_apply"] == "Number 7 is complete: it replaces every earlier list of ours."


@pytest.mark.parametrize(
    "recipient", ["", "../up", "a/b", "A", "a b", "-a", "a-", "x" * 41, "a\0", "con.", "é", ".hidden"]
)
def test_a_recipient_whose_name_is_no_file_name_is_refused(recipient: str, exports: Path) -> None:
    with pytest.raises(UsageError):
        prepare([person()], plan(recipient=recipient), exports)
    assert names(exports) == []


def test_nothing_has_a_final_name_before_publish_and_nothing_is_left_after_discard(exports: Path) -> None:
    prepared = prepare([person(), person(1, "=x")], plan(), exports)
    assert all(name.startswith(".") for name in names(exports))
    discard(prepared)
    assert names(exports) == []


def test_files_are_private_whatever_the_umask_is(exports: Path) -> None:
    before = os.umask(0)
    try:
        publish(prepare([person(), person(1, "=x")], plan(), exports))
    finally:
        os.umask(before)
    assert names(exports) == [LIST, HELD, MANIFEST]
    assert {stat.S_IMODE((exports / name).stat().st_mode) for name in names(exports)} == {0o600}
    assert stat.S_IMODE(exports.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_directory_that_others_may_write_to_is_refused(mode: int, exports: Path) -> None:
    exports.mkdir()
    exports.chmod(mode)
    with pytest.raises(PrivacyError, match="not safe for lists") as caught:
        prepare([person()], plan(), exports)
    assert "chmod" in caught.value.fix
    assert names(exports) == []


def test_a_directory_that_is_a_file_is_refused_in_words(exports: Path) -> None:
    exports.write_text("no")
    with pytest.raises(PrivacyError, match="cannot be used"):
        prepare([person()], plan(), exports)


PLANTED = [LIST, MANIFEST, HELD]


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("how", ["file", "symbolic link", "hard link", "dangling link"])
def test_what_lies_under_a_final_name_is_never_touched(name: str, how: str, exports: Path, tmp_path: Path) -> None:
    exports.mkdir(mode=0o700)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    match how:
        case "file":
            (exports / name).write_text("precious")
        case "symbolic link":
            (exports / name).symlink_to(victim)
        case "hard link":
            (exports / name).hardlink_to(victim)
        case _:
            (exports / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(PrivacyError, match="already there"):
        prepare([person(), person(1, "=x")], plan(), exports)
    assert names(exports) == [name]
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_a_name_that_is_taken_between_prepare_and_publish_is_not_overwritten(exports: Path) -> None:
    prepared = prepare([person()], plan(), exports)
    (exports / LIST).write_text("precious")
    with pytest.raises(PrivacyError, match="already there"):
        publish(prepared)
    assert (exports / LIST).read_text() == "precious"


def test_when_the_list_cannot_be_read_to_its_end_nothing_is_left(exports: Path) -> None:
    def broken() -> Iterator[Listed]:
        yield person()
        raise PrivacyError("The database went away.")

    with pytest.raises(PrivacyError, match="went away"):
        prepare(broken(), plan(), exports)
    assert names(exports) == []


def test_on_a_full_disk_nothing_is_left_and_the_error_says_so(exports: Path) -> None:
    def limited() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        with pytest.raises(PrivacyError, match="could not be written"):
            prepare((person(number) for number in range(5_000)), plan(), exports)

    assert in_child(limited) == 0
    assert names(exports) == []


def test_memory_does_not_grow_with_the_list(exports: Path) -> None:
    def peak(size: int, recipient: str) -> int:
        tracemalloc.start()
        prepare((person(number) for number in range(size)), plan(recipient=recipient), exports)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(5_000, "small")
    assert peak(20_000, "large") < small + 200_000


def in_child(work) -> int:
    """Run `work` in a process of its own; its exit status, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def export_and_die(exports: Path, ledger: Path, people: list[Listed], step: int) -> int:
    """The whole order in a process that is killed at its `step`-th file operation. `ledger` stands for the database:
    it appears at once, between prepare and publish."""

    def work() -> None:
        import sys

        steps = iter(range(1, 10_000))

        def count(event: str, _: tuple[object, ...]) -> None:
            if event in ("open", "os.link", "os.remove", "os.rename") and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        prepared = prepare(people, plan(), exports)
        ledger.with_suffix(".new").write_text(f"{prepared.manifest.file} {prepared.manifest.sha256}")
        ledger.with_suffix(".new").rename(ledger)
        publish(prepared)

    return in_child(work)


@pytest.mark.parametrize("people", [[person()], [person(), person(1, "=x")]], ids=["all rows leave", "one row is held"])
def test_killed_at_any_file_operation_a_list_is_whole_or_absent_and_recorded_first(
    people: list[Listed], tmp_path: Path
) -> None:
    for step in range(1, 100):
        exports, ledger = tmp_path / f"exports-{step}", tmp_path / f"ledger-{step}"
        status = export_and_die(exports, ledger, people, step)
        recorded = [tuple(ledger.read_text().split())] if ledger.exists() else []
        if (exports / LIST).exists():
            assert recorded == [(LIST, sha256((exports / LIST).read_bytes()).hexdigest())]
            assert (exports / MANIFEST).exists()
        recover(exports, recorded, NOW + timedelta(days=400))
        held = [HELD] if len(people) == 2 else []
        assert names(exports) == (sorted([LIST, MANIFEST, *held]) if recorded else [])
        if status == 0:
            assert step > 10
            return
    pytest.fail("the export never came to its end")


def test_hidden_files_of_a_run_that_may_still_be_at_work_are_left_alone(exports: Path) -> None:
    prepared = prepare([person()], plan(), exports)
    just_now = (exports / prepared.parts[0][0]).stat().st_mtime
    soon = NOW.fromtimestamp(just_now, NOW.tzinfo) + timedelta(hours=23)
    assert recover(exports, [], soon).swept == ()
    assert set(recover(exports, [], soon + timedelta(hours=2)).swept) == {LIST, MANIFEST}


def test_a_recorded_list_whose_hidden_file_was_altered_is_not_published(exports: Path) -> None:
    prepared = prepare([person()], plan(), exports)
    hidden = exports / prepared.parts[-1][0]
    hidden.write_bytes(hidden.read_bytes() + b"x")
    assert recover(exports, [(LIST, prepared.manifest.sha256)], NOW).published == ()
    assert not (exports / LIST).exists()


def test_a_second_run_finds_nothing_to_recover(exports: Path) -> None:
    prepared = prepare([person()], plan(), exports)
    recorded = [(prepared.manifest.file, prepared.manifest.sha256)]
    assert recover(exports, recorded, NOW).published == (MANIFEST, LIST)
    assert recover(exports, recorded, NOW).published == ()


def test_a_directory_that_is_not_there_has_nothing_to_recover(exports: Path) -> None:
    assert recover(exports, [("x.csv", "00")], NOW).published == ()


def test_two_channels_and_two_recipients_never_meet(exports: Path) -> None:
    plans = [plan(), plan(Channel.PHONE), plan(recipient="other")]
    prepared = [prepare([person()], each, exports) for each in plans]
    for each in prepared:
        publish(each)
    assert len(names(exports)) == 6


def test_a_file_that_cannot_be_read_back_has_no_empty_hash(exports: Path) -> None:
    with files.opened_directory(exports) as opened:
        assert files.hash_of(opened, "nothing.csv") is None
        with pytest.raises(OSError, match="File name too long"):
            files.hash_of(opened, "x" * 300)
