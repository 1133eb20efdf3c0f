"""Row 44 in one run: the folder is numbered anew while it is read."""

from pathlib import Path

import pytest
from servers.faulty import Faulty

from allegro_privacy.core.account import Position, locator
from allegro_privacy.core.message import RawMessage
from allegro_privacy.errors import ExitCode
from allegro_privacy.sources.imap import ImapSource
from imap.shop import QUICK, USER, Shop, account, request


@pytest.mark.parametrize("name", ["new-epoch", "new-epoch-silently"])
@pytest.mark.parametrize("at", ["UID FETCH .*SIZE", "UID FETCH .*BODY"])
@pytest.mark.parametrize("begun", [False, True], ids=["the first run", "a later run"])
def test_44_numbered_anew_while_it_is_read(
    faulty: Faulty, shop: Shop, tmp_path: Path, name: str, at: str, begun: bool
) -> None:
    where = account(faulty, tmp_path)
    for number in range(3):
        faulty.deliver(USER, "INBOX", request(number))
    if begun:
        assert shop.pull(where).code == ExitCode.DONE
    faulty.expunge(USER, "INBOX", [1])
    for number in range(3, 6):
        faulty.deliver(USER, "INBOX", request(number))
    faulty.plan(name, at=at)
    assert shop.pull(where).code == ExitCode.DONE
    assert shop.pull(where).code == ExitCode.DONE
    assert {one.sha256 for one in faulty.listed(USER)} <= set(shop.recorded())
    assert len(shop.recorded()) == len(set(shop.recorded())) == (6 if begun else 5)
    assert len(shop.suppressed()) == len(shop.recorded())
    assert not faulty.deeds
    assert shop.pull(where).tally.fetched == 0


@pytest.mark.parametrize("name", ["uidvalidity-other", "uidvalidity-zero"])
def test_44_another_epoch_for_once_and_back_again(faulty: Faulty, shop: Shop, tmp_path: Path, name: str) -> None:
    where = account(faulty, tmp_path)
    for number in range(3):
        faulty.deliver(USER, "INBOX", request(number))
    assert shop.pull(where).code == ExitCode.DONE
    faulty.plan(name)
    faulty.deliver(USER, "INBOX", request(3))
    assert shop.pull(where).code == ExitCode.DONE
    faulty.deliver(USER, "INBOX", request(4))
    assert shop.pull(where).code == ExitCode.DONE
    assert shop.recorded() == sorted(one.sha256 for one in faulty.listed(USER))
    assert len(shop.suppressed()) == 5
    assert shop.events("mailbox-renumbered") == 2
    assert shop.sound()


def test_44_an_acknowledgement_counts_in_its_own_epoch_only(faulty: Faulty, tmp_path: Path) -> None:
    for number in range(2):
        faulty.deliver(USER, "INBOX", request(number))
    where = account(faulty, tmp_path)
    before = Position(where.place, 7)
    source = ImapSource(USER, where, position=before, patience=QUICK)
    found = list(source.fetch(lambda _: False))
    other = RawMessage(found[0].raw, type(found[0].origin)("imap:", locator(where.place, 7, 1)))
    source.acknowledge(other)
    source.acknowledge(found[1])
    assert source.reached is not None
    assert source.reached.through == 0
    source.acknowledge(found[0])
    assert source.reached.through == 2
