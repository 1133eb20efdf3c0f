"""What is done in the mailbox with mail that was recorded: after the commit, once, and again when it failed."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.dovecot import Dovecot, missing, running_dovecot
from servers.embedded import Embedded
from servers.faulty import Faulty, faulty_server
from servers.promise import MailServer, digest

from allegro_privacy.core.account import Account, Filing, FilingKind
from allegro_privacy.core.decision import Verdict
from allegro_privacy.errors import ExitCode
from allegro_privacy.store import journal
from allegro_privacy.store.database import open_database, writing
from imap.shop import CALM, KEYWORD, USER, Shop, account, chatter, moving, question, request, shop_at

MAIL = [request(1), question(2), chatter(3)]


@pytest.fixture
def calm(shop: Shop) -> Shop:
    shop.patience = CALM
    return shop


@pytest.fixture(scope="module")
def without_move_of_the_module() -> Iterator[Dovecot]:
    if reason := missing():
        pytest.skip(reason)
    with running_dovecot(folders=["Done"], hidden=["MOVE"]) as server:
        yield server


@pytest.fixture
def without_move(without_move_of_the_module: Dovecot) -> Dovecot:
    without_move_of_the_module.clear()
    return without_move_of_the_module


def delivered(server: MailServer) -> list[str]:
    for raw in MAIL:
        server.deliver(USER, "INBOX", raw)
    return [digest(raw) for raw in MAIL]


def where(server: MailServer, *folders: str) -> list[str]:
    """The digests of everything in these folders, as often as it lies there."""
    return sorted(one.sha256 for folder in folders for one in server.listed(USER, folder))


def flags(server: MailServer) -> dict[str, frozenset[str]]:
    return {one.sha256: one.flags for one in server.listed(USER)}


def test_nothing_is_done_unless_it_is_asked_for(dovecot: Dovecot, calm: Shop, tmp_path: Path) -> None:
    delivered(dovecot)
    before = dovecot.listed(USER)
    nothing = dict.fromkeys(Verdict, Filing())
    assert calm.pull(account(dovecot, tmp_path, filing=nothing)).code == ExitCode.DONE
    assert dovecot.listed(USER) == before
    assert calm.waiting() == 0
    assert not [line for line in dovecot.received(USER) if b" SELECT " in line]


def test_a_keyword_says_what_was_decided_and_nothing_else_changes(dovecot: Dovecot, calm: Shop, tmp_path: Path) -> None:
    accepted, asked, ignored = delivered(dovecot)
    dovecot.mark(USER, "INBOX", [1], ["\\Seen"])
    assert calm.pull(account(dovecot, tmp_path, filing=KEYWORD)).code == ExitCode.DONE
    assert flags(dovecot) == {
        accepted: {"\\Seen", "$AllegroDone"},
        asked: {"$AllegroReview"},
        ignored: {"$AllegroDone"},
    }
    assert calm.waiting() == 0


def test_each_decision_goes_where_it_belongs_and_folders_are_made(dovecot: Dovecot, calm: Shop, tmp_path: Path) -> None:
    accepted, asked, ignored = delivered(dovecot)
    filing = {
        Verdict.ACCEPT: Filing(FilingKind.MOVE, "Privacy/Erledigt & ñ"),
        Verdict.ASK: Filing(FilingKind.KEYWORD, "$AllegroReview"),
    }
    assert calm.pull(account(dovecot, tmp_path, filing=filing)).code == ExitCode.DONE
    assert where(dovecot, "Privacy/Erledigt & ñ") == [accepted]
    assert flags(dovecot) == {asked: {"$AllegroReview"}, ignored: frozenset()}


@pytest.mark.parametrize("which", ["dovecot", "without_move", "embedded", "faulty"])
def test_what_is_recorded_is_moved_once(which: str, request: pytest.FixtureRequest, calm: Shop, tmp_path: Path) -> None:
    server: MailServer = request.getfixturevalue(which)
    all_of_it = delivered(server)
    at = account(server, tmp_path, filing=moving())
    assert calm.pull(at).code == ExitCode.DONE
    assert (where(server, "INBOX"), where(server, "Done")) == ([], sorted(all_of_it))
    assert calm.waiting() == 0
    assert calm.pull(at).tally.fetched == 0
    server.move(USER, "Done", [server.listed(USER, "Done")[0].uid], "INBOX")
    pulled = calm.pull(at)
    assert (pulled.tally.fetched, pulled.tally.reasons["copy"]) == (1, 1)
    assert (where(server, "INBOX"), where(server, "Done")) == ([], sorted(all_of_it)), "dragged back: filed again"


def test_without_move_only_ours_is_expunged(without_move: Dovecot, calm: Shop, tmp_path: Path) -> None:
    delivered(without_move)
    at = account(without_move, tmp_path, filing=moving())
    assert calm.pull(at).code == ExitCode.DONE
    uid = without_move.deliver(USER, "INBOX", request(9), flags=["\\Deleted"])
    calm.pull(account(without_move, tmp_path))  # recorded, and not ours to move
    without_move.deliver(USER, "INBOX", request(10))
    assert calm.pull(at).code == ExitCode.DONE
    assert [one.uid for one in without_move.listed(USER)] == [uid]
    said = b"\n".join(without_move.received(USER))
    assert b"UID EXPUNGE" in said
    assert b" EXPUNGE\n" not in said.replace(b"UID EXPUNGE", b"")


@pytest.mark.parametrize("stage", ["before the copy", "after the copy", "marked deleted"])
def test_a_crash_on_the_way_of_a_copy_leaves_one(without_move: Dovecot, calm: Shop, tmp_path: Path, stage: str) -> None:
    all_of_it = delivered(without_move)
    at = account(without_move, tmp_path, filing=moving())
    without_move.deliver(USER, "Done", request(77))  # something lies there already
    calm.pull(account(without_move, tmp_path))
    uids = [one.uid for one in without_move.listed(USER)]
    epoch = without_move.uidvalidity(USER)
    with without_move.session(USER, "Done", readonly=True) as line:
        next_uid = int(line.untagged_responses["UIDNEXT"][-1])  # type: ignore[arg-type]
    begin = f"{without_move.uidvalidity(USER, 'Done')};{next_uid}"
    with writing(calm.database):
        for uid in uids:
            journal.plan_filing(calm.database, (at.place, epoch, uid), moving()[Verdict.ASK])
        journal.note_copying(calm.database, at.place, epoch, uids, begin)
    if stage != "before the copy":
        with without_move.session(USER, "INBOX") as line:
            line.uid("COPY", ",".join(map(str, uids[:2])), "Done")
            if stage == "marked deleted":
                line.uid("STORE", ",".join(map(str, uids[:2])), "+FLAGS.SILENT", "(\\Deleted)")
    assert calm.pull(at).code == ExitCode.DONE
    assert where(without_move, "INBOX") == []
    assert where(without_move, "Done") == sorted([*all_of_it, digest(request(77))])
    assert calm.waiting() == 0


FAULTS_OF_MOVING = ["no-after", "close-after", "bye-after", "move-half", "copyuid-bare", "copyuid-missing",
                    "overquota", "target-gone", "close-before", "unavailable", "stall-after"]  # fmt: skip


@pytest.mark.parametrize("name", FAULTS_OF_MOVING)
@pytest.mark.parametrize("without", [(), ("MOVE",)], ids=["MOVE", "COPY"])
def test_a_fault_while_filing_doubles_nothing_and_the_next_run_ends_it(
    shop: Shop, tmp_path: Path, name: str, without: tuple[str, ...]
) -> None:
    if without and name in ("move-half", "copyuid-bare"):
        pytest.skip("a fault of MOVE alone")
    with faulty_server(folders=["Done"], without=without) as server:
        all_of_it = delivered(server)
        at = account(server, tmp_path, filing=moving())
        server.plan(name, at="UID (MOVE|COPY)")
        pulled = shop.pull(at)
        assert pulled.tally.fetched == 3, "recording is never held up"
        assert pulled.code == (ExitCode.DONE if name == "copyuid-missing" else ExitCode.PARTLY)
        assert pulled.tally.unfiled == [] or "not filed yet" in pulled.tally.unfiled[0]
        assert len(shop.recorded()) == 3
        assert shop.pull(at).code == ExitCode.DONE
        assert (where(server, "INBOX"), where(server, "Done")) == ([], sorted(all_of_it))
        assert shop.waiting() == 0
        assert not [deed for deed in server.did("flag") if deed.detail == "\\Seen"]


@pytest.mark.parametrize("at_command", ["UID STORE", "UID EXPUNGE", "SELECT", "LIST"])
def test_a_line_that_breaks_between_the_steps_of_a_copy_doubles_nothing(
    shop: Shop, tmp_path: Path, at_command: str
) -> None:
    with faulty_server(folders=["Done"], without=["MOVE"]) as server:
        all_of_it = delivered(server)
        at = account(server, tmp_path, filing=moving())
        for name in ("close-before", "close-after"):
            server.plan(name, at=at_command)
        for _ in range(4):
            shop.pull(at)
        assert (where(server, "INBOX"), where(server, "Done")) == ([], sorted(all_of_it))
        assert shop.waiting() == 0


def test_a_server_that_can_neither_move_nor_expunge_is_told_and_left_alone(shop: Shop, tmp_path: Path) -> None:
    with faulty_server(folders=["Done"], without=["MOVE", "UIDPLUS"]) as server:
        all_of_it = delivered(server)
        for _ in range(2):
            pulled = shop.pull(account(server, tmp_path, filing=moving()))
            assert pulled.code == ExitCode.PARTLY
            assert "choose another filing" in pulled.tally.unfiled[0]
        assert where(server, "INBOX") == sorted(all_of_it)
        assert not server.deeds


@pytest.mark.parametrize("which", ["refusing", "embedded", "dropping"])
def test_a_keyword_that_the_server_does_not_keep_is_told_and_blocks_nothing(
    which: str, request: pytest.FixtureRequest, calm: Shop, tmp_path: Path
) -> None:
    if which == "embedded":
        _keeps_none(request.getfixturevalue("embedded"), calm, tmp_path)
    elif which == "dropping":
        with faulty_server(keywords=False) as server:
            _keeps_none(server, calm, tmp_path)
    else:
        if reason := missing():
            pytest.skip(reason)
        with running_dovecot(rights="lrstipekxa") as refusing:
            _keeps_none(refusing, calm, tmp_path)


def _keeps_none(server: "Dovecot | Embedded | Faulty", shop: Shop, top: Path) -> None:
    delivered(server)
    at = account(server, top, filing=KEYWORD)
    pulled = shop.pull(at)
    assert (pulled.code, pulled.tally.fetched) == (ExitCode.PARTLY, 3)
    assert any("keeps no keyword" in problem for problem in pulled.tally.unfiled)
    assert shop.waiting() == 3
    assert not [one for one in server.listed(USER) if one.flags]
    server.deliver(USER, "INBOX", request(20))
    assert shop.pull(at).tally.accepted == 1


def test_what_staff_moved_meanwhile_is_theirs(dovecot: Dovecot, calm: Shop, tmp_path: Path) -> None:
    delivered(dovecot)
    dovecot.create(USER, "Theirs")
    at = account(dovecot, tmp_path, filing=moving())
    calm.pull(account(dovecot, tmp_path))
    uids = [one.uid for one in dovecot.listed(USER)]
    with writing(calm.database):
        for uid in uids:
            journal.plan_filing(calm.database, (at.place, dovecot.uidvalidity(USER), uid), moving()[Verdict.ASK])
    dovecot.move(USER, "INBOX", uids[:1], "Theirs")
    dovecot.expunge(USER, "INBOX", uids[1:2])
    assert calm.pull(at).code == ExitCode.DONE
    assert len(where(dovecot, "Theirs")) == len(where(dovecot, "Done")) == 1
    assert where(dovecot, "INBOX") == []
    assert calm.waiting() == 0


def test_numbers_of_an_old_epoch_are_filed_no_more(dovecot: Dovecot, calm: Shop, tmp_path: Path) -> None:
    delivered(dovecot)
    calm.pull(account(dovecot, tmp_path))
    at = account(dovecot, tmp_path, filing=KEYWORD)
    with writing(calm.database):
        old = (at.place, dovecot.uidvalidity(USER), 1)
        journal.plan_filing(calm.database, old, Filing(FilingKind.MOVE, "Wrong"))
    dovecot.change_uidvalidity(USER)
    assert calm.pull(at).code == ExitCode.DONE
    assert "Wrong" not in dovecot.folders(USER)
    assert len(flags(dovecot)) == 3
    assert all(found & {"$AllegroDone", "$AllegroReview"} for found in flags(dovecot).values())


def test_two_processes_file_each_message_once(dovecot: Dovecot, tmp_path: Path) -> None:
    """Two runs at the same database and mailbox: the lock lets one after the other at the folder."""
    dovecot.seed(USER, "INBOX", [request(number) for number in range(30)])
    with shop_at(tmp_path, CALM) as shop:
        at: Account = account(dovecot, tmp_path, filing=moving())
        codes: list[int] = []

        def work() -> None:
            with open_database(shop.database.path) as database:
                codes.append(Shop(tmp_path, database, CALM).pull(at).code)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert codes == [ExitCode.DONE] * 3
        assert len(where(dovecot, "Done")) == len(set(where(dovecot, "Done"))) == 30
        assert where(dovecot, "INBOX") == []
        assert len(shop.recorded()) == 30
