"""The command `pull` on servers, as cron starts it."""

import fcntl
import os
import time
from dataclasses import replace
from pathlib import Path

from servers.dovecot import Dovecot
from servers.faulty import Faulty

from allegro_privacy.workflow.lock import alone_at
from imap.shop import CALM, OTHER, USER, Office, Shop, account, chatter, mailbox, question, request


def test_quiet_says_nothing_when_all_is_well(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path, scheme="imaps"))
    dovecot.deliver(USER, "INBOX", request(1))
    ran = office.run("pull", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = office.run("pull", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_mailbox_may_be_named_in_capitals(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path, scheme="imaps"))
    dovecot.deliver(USER, "INBOX", request(1))
    assert "1 fetched" in office.run("pull", USER.upper()).out


def test_json_holds_each_message_and_the_totals(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path, scheme="imaps"))
    for raw in (request(1), question(2), chatter(3)):
        dovecot.deliver(USER, "INBOX", raw)
    ran = office.run("pull", "--json")
    assert ran.code == 0
    assert ran.json["totals"] == {"fetched": 3, "accepted": 1, "review": 1, "ignored": 1, "unreadable": 0}
    assert len(ran.json["messages"]) == 3
    assert office.run("pull", "--json").json["totals"]["fetched"] == 0


def test_a_dry_run_leaves_everything_as_it_was(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    rows = ['security = "plain"', 'filing = { accept = "keyword", ask = "move:Done" }']
    office.configure(mailbox(dovecot, tmp_path, lines=rows))
    for raw in (request(1), question(2)):
        dovecot.deliver(USER, "INBOX", raw)
    before, folders = dovecot.listed(USER), dovecot.folders(USER)
    with office.opened() as shop:
        events = shop.database.value("SELECT max(number) FROM ledger")
    ran = office.run("pull", "--dry-run")
    assert ran.code == 0
    assert "Dry run: nothing was recorded." in ran.out
    assert "2 fetched = 1 accepted + 1 to review" in ran.out
    assert (dovecot.listed(USER), dovecot.folders(USER)) == (before, folders)
    with office.opened() as shop:
        assert shop.database.value("SELECT max(number) FROM ledger") == events
        for table in ("positions", "filings", "attempts"):
            assert shop.database.value(f"SELECT count(*) FROM {table}") == 0
    said = b"\n".join(dovecot.received(USER))
    assert b"EXAMINE" in said
    assert b"SELECT" not in said
    assert office.run("pull").code == 0
    assert len(dovecot.listed(USER, "Done")) == 1


def test_since_is_the_first_moment_of_that_day_at_the_shop(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    office.configure(mailbox(dovecot, tmp_path))
    dovecot.deliver(USER, "INBOX", request(1), datetime(2026, 11, 20, 4, 59, 59, tzinfo=UTC))  # 23:59:59 in Miami
    dovecot.deliver(USER, "INBOX", request(2), datetime(2026, 11, 20, 5, 0, 0, tzinfo=UTC))
    said = office.run("pull", "--since", "2026-11-20")
    assert "1 fetched" in said.out
    left = "left alone for good, being older than --since: 1"
    assert left in said.err
    with office.opened() as shop:
        ((packed,),) = shop.database.rows(
            "SELECT content FROM payload JOIN ledger USING (number) WHERE kind = 'pull-finished'"
        )
        assert left in shop.database.unpack(packed)
    assert office.run("pull", "--json").json["totals"]["fetched"] == 0, "left alone for good"


def test_one_of_two_mailboxes_down_is_3_and_both_are_75(
    dovecot: Dovecot, faulty: Faulty, office: Office, tmp_path: Path
) -> None:
    office.configure(mailbox(faulty, tmp_path, OTHER), mailbox(dovecot, tmp_path, scheme="imaps"))
    dovecot.deliver(USER, "INBOX", request(1))
    faulty.deliver(OTHER, "INBOX", request(2))
    faulty.stop()
    ran = office.run("pull", "-q")
    assert ran.code == 3
    assert "127.0.0.1 cannot be reached" in ran.err
    with office.opened() as shop:
        assert shop.events("message-received") == 1
    dovecot.stop()
    ran = office.run("pull", "-q")
    assert ran.code == 75
    assert "None of the sources could be read." in ran.err
    dovecot.start()
    faulty.start()
    assert office.run("pull", "-q").code == 0
    with office.opened() as shop:
        assert shop.events("message-received") == 2


def test_one_mailbox_named_reads_that_one_alone(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path), mailbox(dovecot, tmp_path, OTHER))
    dovecot.deliver(USER, "INBOX", request(1))
    dovecot.deliver(OTHER, "INBOX", request(2))
    assert office.run("pull", OTHER, "--json").json["totals"]["fetched"] == 1
    assert office.run("pull", "--json").json["totals"]["fetched"] == 1


def test_six_pulls_at_once_lose_and_double_nothing(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    office.configure(mailbox(dovecot, tmp_path, lines=['security = "plain"', 'filing = { accept = "move:Done" }']))
    dovecot.seed(USER, "INBOX", [request(number) for number in range(40)])
    processes = [office.start("pull", "-q") for _ in range(6)]
    codes = []
    for process in processes:
        process.communicate(timeout=100)
        codes.append(process.returncode)
    assert set(codes) <= {0, 75}
    assert 0 in codes
    with office.opened() as shop:
        assert len(shop.recorded()) == len(set(shop.suppressed())) == 40
        assert shop.events("message-sighted") == 0
        assert shop.waiting() == 0
        assert shop.sound()
    assert len(dovecot.listed(USER, "Done")) == 40
    assert dovecot.listed(USER) == []


def test_a_mailbox_that_another_run_holds_for_long_is_75(faulty: Faulty, shop: Shop, tmp_path: Path) -> None:
    faulty.deliver(USER, "INBOX", request(1))
    faulty.deliver(OTHER, "INBOX", request(2))
    at, other = account(faulty, tmp_path), account(faulty, tmp_path, OTHER)
    shop.patience = replace(CALM, lock=0.3)
    with alone_at(shop.database.path, at.place, 1):
        pulled = shop.pull(at)
        assert pulled.code == 75
        assert pulled.error is not None
        assert "Another run reads the mailbox" in pulled.error.what
        assert pulled.seconds < 5
        assert shop.pull(at, other).code == 3, "the other one is read"
    assert shop.pull(at).code == 0
    assert len(shop.recorded()) == 2


def test_the_lock_goes_with_the_process_that_held_it(dovecot: Dovecot, office: Office, tmp_path: Path) -> None:
    """Row 54: the file may stay, the lock does not; nobody else may read it."""
    office.configure(mailbox(dovecot, tmp_path))
    assert office.run("pull", "-q").code == 0
    (lock,) = office.folder.glob("*-mailbox-*")
    assert lock.stat().st_mode & 0o777 == 0o600
    with lock.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert office.run("pull", "-q").seconds < 15
