"""A mailbox on a server, and a pull that is killed, or finds the disk full, at chosen system calls: nothing is lost,
nothing half done, nothing twice. A sample; the whole is `python -m tests.stories.imap_crash` (docs/measurements.md)."""

import signal
from collections.abc import Iterator

import pytest
from imap_crash import program, sweep
from imap_crash.crowd import crowd
from imap_crash.planted import FAULTS
from imap_crash.points import Point, points, writing
from imap_crash.sweep import Range, ready
from servers import dovecot

MAILBOXES = 150
# Where the faults show soonest: in the middle of the commands, around the last COPY, where much is written.
WHERE = {
    "filed-before-the-commit": ("sendto", slice(20, 40, 5)),
    "copied-without-asking": ("sendto", slice(-6, -2)),
    "two-transactions": ("pwrite64", slice(30, 80, 10)),
    "position-before-the-commit": ("pwrite64", slice(30, 80, 10)),
}

if reason := program.missing() or dovecot.missing():
    pytest.skip(f"NOT CHECKED: what a crash leaves in a mailbox: {reason}", allow_module_level=True)


@pytest.fixture(scope="module", params=[True, False], ids=["MOVE", "COPY"])
def undisturbed(request: pytest.FixtureRequest) -> Iterator[Range]:
    with ready(move=request.param, workers=1, mailboxes=MAILBOXES) as range_:
        yield range_


def test_killed_before_any_call_it_loses_and_doubles_nothing(undisturbed: Range) -> None:
    outcome = undisturbed.each("killed", undisturbed.points[7::40], sweep.kill)
    assert outcome.found == []
    assert outcome.struck == outcome.points >= 9


def test_killed_again_while_it_recovers_it_loses_and_doubles_nothing(undisturbed: Range) -> None:
    outcome = undisturbed.each("killed twice", undisturbed.points[60::150], sweep.kill_twice)
    assert outcome.found == []
    assert outcome.struck == outcome.points >= 2


@pytest.mark.parametrize("error", sweep.ERRORS)
def test_a_write_that_fails_ends_it_in_words_and_the_next_run_does_the_rest(undisturbed: Range, error: str) -> None:
    outcome = undisturbed.each(error, writing(undisturbed.log)[5::40], sweep.refused(error))
    assert outcome.found == []
    assert outcome.struck == outcome.points >= 3


def test_what_is_compared_is_not_little(undisturbed: Range) -> None:
    expected = undisturbed.expected
    kinds = {fact[0] for fact in expected.facts}
    assert kinds >= {"met", "message-received", "asked", "stands", "review-opened", "case-opened"}
    assert (len(expected.met), len(expected.recorded)) == (12, 11)
    assert sum(bool(one.flags) for one in expected.inbox) == 2
    assert len(expected.target) == 8
    calls = {point.call for point in undisturbed.points}
    assert calls >= {
        "pwrite64",
        "fsync",
        "fcntl",
        "openat",
        "close",
        "sendto",
        "recvfrom",
        "connect",
        "flock",
        "unlink",
    }


def test_who_is_not_killed_is_noticed(undisturbed: Range) -> None:
    outcome = undisturbed.each("killed", [Point("fsync", 10_000)], sweep.kill)
    assert outcome.struck == 0
    assert outcome.found == ["killed, fsync 10000: was not killed but ended with 0"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(undisturbed: Range, fault: str) -> None:
    if (fault == "copied-without-asking") is undisturbed.bench.move:
        return  # only where filing is COPY; the others do not ask how mail is filed
    faulty = undisturbed.variant(fault=fault, batch=5)
    call, at = WHERE[fault]
    outcome = faulty.each(fault, [one for one in faulty.points if one.call == call][at], sweep.kill)
    assert outcome.codes.keys() == {-signal.SIGKILL}
    assert outcome.found != []


def test_six_pulls_at_once_with_kills_lose_and_double_nothing(undisturbed: Range) -> None:
    outcome = crowd(undisturbed, 1)
    assert outcome.found == []
    assert outcome.struck > 0


def test_started_as_everybody_starts_it_it_is_no_different(undisturbed: Range) -> None:
    cold = undisturbed.variant(cold=True)
    outcome = cold.each("killed", [cold.points[len(cold.points) // 2]], sweep.kill)
    assert outcome.found == []
    assert outcome.struck == 1


def test_points_begin_with_the_first_touch_and_know_their_thread() -> None:
    log = "\n".join(
        (
            '7 openat(AT_FDCWD, "/etc/localtime", O_RDONLY) = 3',
            '7 openat(AT_FDCWD, "/office/allegro-privacy.sqlite3", O_RDWR) = 3',
            "9 socket(AF_INET, SOCK_STREAM, 0) = 4",
            '9 sendto(4, "A", 1, 0, NULL, 0 <unfinished ...>',
            "9 <... sendto resumed>) = 1",
            '7 sendto(4, "B", 1, 0, NULL, 0) = 1',
            '7 sendto(4, "C", 1, 0, NULL, 0) = 1',
        )
    )
    assert points(log) == [
        Point("openat", 2),
        Point("socket", 1, any_thread=True),
        Point("sendto", 1, any_thread=True),
        Point("sendto", 1),
        Point("sendto", 2),
    ]
