"""Rows 44 and 45 on every server: new epochs, moves there and back, copies in both mailboxes. One request, however
often it is met; and what is new in a new epoch is read."""

from datetime import timedelta

import pytest
from servers.dovecot import Dovecot
from servers.faulty import Faulty
from servers.promise import NOON

from allegro_privacy.errors import ExitCode
from allegro_privacy.store import views
from imap.contract.conftest import KINDS, Post
from imap.shop import CALM, OTHER, USER, Shop, request

SIGNED_IN = pytest.mark.parametrize("post", KINDS, indirect=True)


@pytest.fixture
def calm(shop: Shop) -> Shop:
    shop.patience = CALM
    return shop


def counts(shop: Shop) -> tuple[int, int, int]:
    """Messages, sightings of known ones, suppressions."""
    return shop.events("message-received"), shop.events("message-sighted"), len(shop.suppressed())


def test_a_pull_records_each_request_once_and_a_second_nothing(post: Post, calm: Shop) -> None:
    for number in range(4):
        post.server.deliver(USER, "INBOX", request(number))
    assert calm.pull(post.account()).tally.accepted == 4
    assert calm.recorded() == sorted(one.sha256 for one in post.server.listed(USER))
    again = calm.pull(post.account())
    assert (again.code, again.tally.fetched) == (ExitCode.DONE, 0)
    assert counts(calm) == (4, 0, 4)
    assert calm.sound()


@SIGNED_IN
def test_a_new_epoch_doubles_nothing_and_loses_nothing(post: Post, calm: Shop) -> None:
    for number in range(3):
        post.server.deliver(USER, "INBOX", request(number))
    at = post.account()
    calm.pull(at)
    post.server.change_uidvalidity(USER)
    post.server.deliver(USER, "INBOX", request(3))
    pulled = calm.pull(at)
    assert pulled.code == ExitCode.DONE
    assert any("numbered the folder anew" in words for words in pulled.tally.told)
    assert pulled.tally.accepted == 1
    assert counts(calm) == (4, 3, 4)
    assert calm.events("mailbox-renumbered") == 1
    assert calm.pull(at).tally.fetched == 0
    assert calm.sound()


@SIGNED_IN
def test_numbers_that_begin_anew_name_other_messages(post: Post, calm: Shop) -> None:
    if not isinstance(post.server, Dovecot | Faulty):
        pytest.skip("this server keeps its numbers in a new epoch")
    uids = [post.server.deliver(USER, "INBOX", request(number)) for number in range(3)]
    at = post.account()
    calm.pull(at)
    post.server.expunge(USER, "INBOX", uids[:2])
    for number in (3, 4):
        post.server.deliver(USER, "INBOX", request(number))
    post.server.change_uidvalidity(USER, renumber=True)
    assert calm.pull(at).tally.accepted == 2
    assert counts(calm) == (5, 1, 5)


@SIGNED_IN
def test_an_epoch_that_comes_back_does_not_bring_its_numbers_back(post: Post, calm: Shop) -> None:
    """Its UIDs were recorded for other messages; by the letter of RFC 9051 no server does this, and some do."""
    if not isinstance(post.server, Dovecot | Faulty):
        pytest.skip("this server's epoch cannot be set")
    first = post.server.uidvalidity(USER)
    uids = [post.server.deliver(USER, "INBOX", request(number)) for number in range(3)]
    at = post.account()
    calm.pull(at)
    post.server.change_uidvalidity(USER, renumber=True)
    calm.pull(at)
    post.server.expunge(USER, "INBOX", uids)
    for number in range(3, 6):
        post.server.deliver(USER, "INBOX", request(number))
    post.server.change_uidvalidity(USER, renumber=True)
    _set_epoch(post, first)
    assert post.server.uidvalidity(USER) == first
    assert {one.uid for one in post.server.listed(USER)} & set(uids), "old numbers, other messages"
    pulled = calm.pull(at)
    assert pulled.code == ExitCode.DONE
    assert {one.sha256 for one in post.server.listed(USER)} <= set(calm.recorded())
    assert len(calm.suppressed()) == 6
    assert calm.pull(at).tally.fetched == 0


def _set_epoch(post: Post, value: int) -> None:
    if isinstance(post.server, Faulty):
        post.server.folder(USER).uidvalidity = value
    else:
        assert isinstance(post.server, Dovecot)
        post.server.doveadm("mailbox", "update", "-u", USER, "--uid-validity", str(value), "INBOX")


@SIGNED_IN
def test_gaps_and_mail_that_others_removed_are_no_trouble(post: Post, calm: Shop) -> None:
    uids = [post.server.deliver(USER, "INBOX", request(number)) for number in range(6)]
    post.server.expunge(USER, "INBOX", [uids[0], uids[2], uids[5]])
    at = post.account()
    pulled = calm.pull(at)
    assert (pulled.code, pulled.tally.accepted) == (ExitCode.DONE, 3)
    post.server.expunge(USER, "INBOX", [uids[1]])
    post.server.deliver(USER, "INBOX", request(6))
    assert calm.pull(at).tally.accepted == 1


@SIGNED_IN
def test_mail_that_is_moved_away_and_back_is_one_request_and_two_sightings(post: Post, calm: Shop) -> None:
    uid = post.server.deliver(USER, "INBOX", request(1))
    at = post.account()
    calm.pull(at)
    post.server.move(USER, "INBOX", [uid], "Done")
    assert calm.pull(at).tally.fetched == 0
    post.server.move(USER, "Done", [one.uid for one in post.server.listed(USER, "Done")], "INBOX")
    pulled = calm.pull(at)
    assert (pulled.tally.fetched, pulled.tally.reasons["copy"]) == (1, 1)
    assert counts(calm) == (1, 1, 1)
    assert calm.pull(at).tally.fetched == 0


@SIGNED_IN
def test_the_same_mail_in_both_mailboxes_is_one_request_and_two_sightings(post: Post, calm: Shop) -> None:
    """The same bytes, and the same letter that came another way (other Received lines)."""
    post.server.deliver(USER, "INBOX", request(1))
    post.server.deliver(OTHER, "INBOX", request(1), NOON + timedelta(minutes=1))
    received = b"Received: from a.example by b.example; Fri, 20 Nov 2026 12:00:00 -0500\r\n"
    post.server.deliver(USER, "INBOX", received + request(2))
    post.server.deliver(OTHER, "INBOX", request(2))
    pulled = calm.pull(post.account(USER), post.account(OTHER))
    assert (pulled.tally.accepted, pulled.tally.reasons["copy"]) == (2, 2)
    assert counts(calm) == (2, 2, 2)


@SIGNED_IN
def test_a_dry_run_records_and_changes_nothing(post: Post, calm: Shop) -> None:
    for number in range(2):
        post.server.deliver(USER, "INBOX", request(number))
    before = post.server.listed(USER)
    at = post.account()
    pulled = calm.pull(at, dry_run=True)
    assert (pulled.code, pulled.tally.accepted) == (ExitCode.DONE, 2)
    assert counts(calm) == (0, 0, 0)
    assert views.position(calm.database, at.place) is None
    assert post.server.listed(USER) == before
    assert calm.pull(at).tally.accepted == 2


@SIGNED_IN
def test_condstore_is_remembered_where_it_is_offered(post: Post, calm: Shop) -> None:
    post.server.deliver(USER, "INBOX", request(1))
    calm.pull(post.account())
    found = views.position(calm.database, post.account().place)
    assert found is not None
    assert found.uidnext > found.through >= 1
    assert found.uidvalidity == post.server.uidvalidity(USER)
