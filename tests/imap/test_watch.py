"""`pull --watch` as a service runs it: a process against a real Dovecot."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers.dovecot import Dovecot
from servers.faulty import Faulty, faulty_server

from allegro_privacy import config
from allegro_privacy.workflow.watch import LONGEST_PAUSE, pause_after, wait_for_mail
from imap.shop import OTHER, USER, Office, account, end, mailbox, request, within

SOON = 8.0


@contextmanager
def watching(office: Office, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """The process, ended whatever happens."""
    process = office.start("pull", "--watch", *arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def recorded(office: Office) -> int:
    with office.opened() as shop:
        return shop.events("message-received")


def has(office: Office, count: int) -> Callable[[], bool]:
    return lambda: recorded(office) == count


def cpu_seconds(process: "subprocess.Popen[str]") -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_new_mail_is_recorded_within_seconds_and_sigterm_ends_it(
    dovecot: Dovecot, office: Office, tmp_path: Path
) -> None:
    office.configure(mailbox(dovecot, tmp_path, scheme="imaps"))
    dovecot.deliver(USER, "INBOX", request(1))
    with watching(office) as process:
        assert within(2 * SOON, has(office, 1)), "what lies there already"
        assert within(SOON, lambda: any(b"IDLE" in line for line in dovecot.received(USER)))
        for number in (2, 3):
            dovecot.deliver(USER, "INBOX", request(number))
            assert within(SOON, has(office, number)), "long before the next of every five minutes"
        code, out, err = end(process)
    assert code == 0
    assert "Traceback" not in err
    assert out.count("1 fetched") >= 2


def test_a_line_that_is_closed_is_made_anew_and_costs_nothing_meanwhile(
    dovecot: Dovecot, office: Office, tmp_path: Path
) -> None:
    office.configure(mailbox(dovecot, tmp_path))
    with watching(office) as process:
        assert within(2 * SOON, lambda: any(b"IDLE" in line for line in dovecot.received(USER)))
        before = cpu_seconds(process)
        for number in (1, 2):
            dovecot.kill_connections()
            time.sleep(0.5)
            dovecot.deliver(USER, "INBOX", request(number))
            assert within(SOON, has(office, number))
        assert cpu_seconds(process) - before < 2.0
        assert end(process)[0] == 0


def test_a_server_that_is_away_for_a_while_is_waited_for(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path))
    with watching(office) as process:
        assert within(2 * SOON, lambda: any(b"IDLE" in line for line in dovecot.received(USER)))
        dovecot.stop()
        time.sleep(2.5)
        assert process.poll() is None
        dovecot.start()
        dovecot.deliver(USER, "INBOX", request(1))
        assert within(2 * SOON, has(office, 1))
        code, _, err = end(process)
    assert code == 0
    assert err.count("cannot be reached") <= 2, "told once, not at each try"


def test_it_begins_while_the_server_is_away(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path))
    dovecot.stop()
    with watching(office) as process:
        time.sleep(1.5)
        assert process.poll() is None
        dovecot.start()
        dovecot.deliver(USER, "INBOX", request(1))
        assert within(2 * SOON, has(office, 1))
        assert end(process)[0] == 0


def test_one_mailbox_that_is_down_keeps_no_other_waiting_and_fills_no_ledger(
    dovecot: Dovecot, faulty: Faulty, office: Office, tmp_path: Path
) -> None:
    office.configure(mailbox(dovecot, tmp_path), mailbox(faulty, tmp_path, OTHER, name="away"))
    faulty.stop()
    with watching(office) as process:
        assert within(2 * SOON, lambda: any(b"IDLE" in line for line in dovecot.received(USER)))
        time.sleep(4)
        with office.opened() as shop:
            assert shop.events("pull-finished") <= 4, "with a pause that grows"
        dovecot.deliver(USER, "INBOX", request(1))
        assert within(SOON, has(office, 1)), "by IDLE"
        assert end(process)[0] == 0


def test_a_server_without_idle_is_asked_every_so_often(office: Office, tmp_path: Path) -> None:
    with faulty_server(without=["IDLE"]) as server:
        office.configure(mailbox(server, tmp_path))
        settings = config.load(office.folder / "allegro-privacy.toml")
        began = time.monotonic()
        assert wait_for_mail(settings, [account(server, tmp_path)], every=0.5, pause=60) == ""
        assert 0.4 < time.monotonic() - began < 5


def test_mail_that_came_as_idle_began_is_not_left_until_the_next_round(office: Office, tmp_path: Path) -> None:
    with faulty_server(idle_tells=False) as server:
        office.configure(mailbox(server, tmp_path))
        settings = config.load(office.folder / "allegro-privacy.toml")

        def deliver_when_it_waits() -> None:
            assert within(SOON, lambda: any(b"IDLE" in one.raw for one in server.received))
            server.deliver(USER, "INBOX", request(1))

        with ThreadPoolExecutor() as others:
            postman = others.submit(deliver_when_it_waits)
            began = time.monotonic()
            assert wait_for_mail(settings, [account(server, tmp_path)], every=120, pause=60) == ""
            assert time.monotonic() - began < 60
            postman.result()


def test_sigterm_ends_it_while_it_waits_for_a_server_that_is_away(
    faulty: Faulty, office: Office, tmp_path: Path
) -> None:
    office.configure(mailbox(faulty, tmp_path))
    faulty.stop()
    with watching(office) as process:
        assert process.stderr is not None
        assert "watching" in process.stderr.readline()
        assert "cannot be reached" in process.stderr.readline()
        began = time.monotonic()
        assert end(process)[0] == 0
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (5, 16), (9, 256), (20, 300), (5000, 300)])
def test_the_pause_doubles_up_to_five_minutes(failures: int, seconds: int) -> None:
    assert pause_after(failures) == seconds <= LONGEST_PAUSE
