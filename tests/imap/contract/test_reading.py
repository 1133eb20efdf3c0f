"""The promise of ImapSource on every server: each message once with its exact bytes, its time and its place; nothing
changes there; what was recorded is not asked for again."""

import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from servers.dovecot import Dovecot
from servers.promise import NOON, Can, letter

from allegro_privacy.core.account import Position, locator
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.sources.imap import ImapSource
from allegro_privacy.sources.receipt import SERVER_TIME
from imap.contract.conftest import KINDS, Post
from imap.shop import CALM, OTHER, USER, read, request

HOSTILE = [
    b'Message-ID: <x"\r\n\tX1 UID STORE 1:* +FLAGS (\\Seen)>\r\nSubject: injected\r\n\r\nX2 EXPUNGE\r\n',
    b"Subject: a\r\n\r\n)\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\nap1 OK done\r\n",
    b"Subject: only headers\r\n\r\n",
    b"no header at all\r\n",
    b"Subject: \xff\xfe 8-bit\r\n\r\n\xe9\xe8 \x80\r\n",
    b"Subject: a long line\r\n\r\n" + b"x" * 20_000 + b"\r\n",
    b"Subject: a literal {5}\r\n\r\nHello {5}\r\n",
]
# What may go over the line after signing in: constants, numbers, and the folder of the configuration.
ALLOWED = re.compile(
    r"CAPABILITY|NOOP|LOGOUT|EXAMINE \"?INBOX\"?|UID SEARCH UID \d+:(\d+|\*)( LARGER \d+)?|"
    r"UID FETCH [\d,:]+ \((UID RFC822\.SIZE INTERNALDATE( BODY\.PEEK\[\])?|"
    r"UID BODY\.PEEK\[(HEADER|[\d.]+(\.MIME)?)?\](<0\.\d+>)?|"
    r"BODYSTRUCTURE)\)"
)

SIGNED_IN = pytest.mark.parametrize("post", KINDS, indirect=True)


def source(post: Post, user: str = USER, position: Position | None = None, since: datetime | None = None) -> ImapSource:
    return ImapSource(user, post.account(user), "privacy", position, since, CALM)


def digests(found: list[RawMessage]) -> list[str]:
    return sorted(hashlib.sha256(raw.raw).hexdigest() for raw in found)


def test_each_message_comes_once_with_its_bytes_its_time_and_its_place(post: Post) -> None:
    times = [NOON, NOON + timedelta(days=9, seconds=1), datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC),
             datetime(2026, 7, 1, 1, 2, 3, tzinfo=timezone(timedelta(hours=-5)))]  # fmt: skip
    for number, when in enumerate(times):
        post.server.deliver(USER, "INBOX", request(number), when)
    there = post.server.listed(USER)
    found = read(source(post))
    epoch, place = post.server.uidvalidity(USER), f"{USER}@127.0.0.1/INBOX"
    assert [raw.origin.locator for raw in found] == [locator(place, epoch, one.uid) for one in there]
    assert digests(found) == sorted(one.sha256 for one in there)
    for raw, one in zip(found, there, strict=True):
        assert raw.origin.received == one.when
        assert raw.origin.mailbox == "privacy"
        assert raw.full_size == one.size
        assert SERVER_TIME in raw.flags
        assert not raw.problem


@SIGNED_IN
def test_hostile_and_broken_mail_comes_as_the_server_has_it(post: Post) -> None:
    hostile = [raw for raw in HOSTILE if Can.EXACT in post.server.can or raw.startswith((b"Subject", b"Message"))]
    for raw in hostile:
        post.server.deliver(USER, "INBOX", raw)
    found = read(source(post))
    assert digests(found) == sorted(one.sha256 for one in post.server.listed(USER))
    assert len(found) == len(hostile)


def test_no_command_holds_what_came_from_mail(post: Post) -> None:
    for raw in [*HOSTILE[:3], _with_attachment(2 * 1024 * 1024)]:
        post.server.deliver(USER, "INBOX", raw)
    before = len(post.said())
    read(source(post))
    for line in post.said()[before:]:
        assert ALLOWED.fullmatch(line.strip()), line


def test_reading_changes_nothing_on_the_server(post: Post) -> None:
    for number, flags in enumerate([(), ("\\Seen",), ("\\Flagged", "\\Answered"), ("\\Deleted",), ("\\Draft",)]):
        post.server.deliver(USER, "INBOX", request(number), flags=flags)
    post.server.deliver(USER, "INBOX", _with_attachment(1536 * 1024))
    before = post.server.listed(USER)
    assert len(read(source(post))) == 6, "seen, deleted and answered mail is read too"
    assert post.server.listed(USER) == before


@SIGNED_IN
def test_two_hundred_and_more_come_in_batches_each_once(post: Post) -> None:
    letters = [letter(number) for number in range(230)]
    if isinstance(post.server, Dovecot):
        post.server.seed(USER, "INBOX", letters)
    else:
        for raw in letters:
            post.server.deliver(USER, "INBOX", raw)
    found = read(source(post))
    assert len(found) == len({raw.origin.locator for raw in found}) == 230
    assert digests(found) == sorted(one.sha256 for one in post.server.listed(USER))


def test_known_messages_are_skipped(post: Post) -> None:
    uids = [post.server.deliver(USER, "INBOX", request(number)) for number in range(3)]
    middle = locator(f"{USER}@127.0.0.1/INBOX", post.server.uidvalidity(USER), uids[1])

    def known(origin: Origin) -> bool:
        return origin.locator == middle

    found = read(source(post), known)
    assert [int(raw.origin.locator.rpartition("=")[2]) for raw in found] == [uids[0], uids[2]]


def test_a_second_run_asks_for_no_message(post: Post) -> None:
    for number in range(3):
        post.server.deliver(USER, "INBOX", request(number))
    first = source(post)
    read(first)
    before = len(post.said())
    again = source(post, position=first.reached)
    assert read(again) == []
    assert again.reached == first.reached
    assert not [line for line in post.said()[before:] if line.startswith("UID")]


@SIGNED_IN
def test_only_what_is_new_is_fetched_afterwards(post: Post) -> None:
    first = source(post)
    post.server.deliver(USER, "INBOX", request(1))
    read(first)
    uid = post.server.deliver(USER, "INBOX", request(2))
    before = len(post.said())
    again = source(post, position=first.reached)
    assert [raw.origin.locator.rpartition("=")[2] for raw in read(again)] == [str(uid)]
    assert again.reached is not None
    assert again.reached.through >= uid
    for line in post.said()[before:]:
        assert not line.startswith("UID FETCH") or f" {uid} " in line


@SIGNED_IN
def test_a_position_advances_only_over_what_was_acknowledged(post: Post) -> None:
    uids = [post.server.deliver(USER, "INBOX", request(number)) for number in range(5)]
    reading = source(post)
    found = list(reading.fetch(lambda _: False))
    for index in (0, 1, 3, 4):
        reading.acknowledge(found[index])
    assert reading.reached is not None
    assert reading.reached.through == uids[2] - 1
    again = source(post, position=reading.reached)
    assert [int(raw.origin.locator.rpartition("=")[2]) for raw in read(again)] == uids[2:]


@SIGNED_IN
def test_a_reading_that_is_left_half_way_counts_what_was_acknowledged(post: Post) -> None:
    for number in range(3):
        post.server.deliver(USER, "INBOX", request(number))
    reading = source(post)
    coming = reading.fetch(lambda _: False)
    reading.acknowledge(next(coming))
    coming.close()
    assert reading.reached is not None
    assert len(read(source(post, position=reading.reached))) >= 2


@SIGNED_IN
def test_an_empty_folder_is_read_and_what_comes_later_too(post: Post) -> None:
    empty = source(post)
    assert read(empty) == []
    post.server.deliver(USER, "INBOX", request(1))
    assert len(read(source(post, position=empty.reached))) == 1


@SIGNED_IN
def test_since_leaves_older_mail_alone_for_good(post: Post) -> None:
    old = post.server.deliver(USER, "INBOX", request(1), NOON - timedelta(days=400))
    new = post.server.deliver(USER, "INBOX", request(2), NOON)
    reading = source(post, since=NOON - timedelta(days=1))
    assert [raw.origin.received for raw in read(reading)] == [NOON]
    assert reading.reached is not None
    assert reading.reached.through >= max(old, new)
    assert read(source(post, position=reading.reached)) == [], "also by a run without --since"


@SIGNED_IN
def test_both_mailboxes_are_read_each_as_its_own(post: Post) -> None:
    post.server.deliver(USER, "INBOX", request(1))
    post.server.deliver(OTHER, "INBOX", request(2))
    assert [raw.raw for raw in read(source(post, OTHER))] == [request(2)]
    assert [raw.raw for raw in read(source(post, USER))] == [request(1)]


@SIGNED_IN
def test_another_folder_is_read_when_it_is_named(post: Post) -> None:
    post.server.create(USER, "Señas & more")
    post.server.deliver(USER, "Señas & more", request(1))
    one = ImapSource(USER, post.account(folder="Señas & more"), "privacy", patience=CALM)
    assert [raw.raw for raw in read(one)] == [request(1)]


def _with_attachment(size: int, text: str = "NO SNAIL MAIL please. Rosa, 12 Oak St, Miami, FL 33144") -> bytes:
    import base64

    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    head = (
        "From: Rosa Quintero <rosa@example.com>\r\nTo: privacy@allegromusiccenter.com\r\nSubject: with a scan\r\n"
        "Message-ID: <scan@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n"
        "--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n--cut\r\n"
        "Content-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + line * (size // len(line)) + b"\r\n--cut--\r\n"
