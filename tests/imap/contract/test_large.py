"""Large messages are read by their parts: the text is found, an attachment is a name, a type and a size, and its bytes
never come over the line."""

import base64
from collections.abc import Iterator

import pytest
from servers.delay import Line, delayed_line

from allegro_privacy.core.message import Flag
from allegro_privacy.errors import ExitCode
from allegro_privacy.sources.imap import ImapSource
from allegro_privacy.sources.mime import parse
from imap.contract.conftest import KINDS, Post
from imap.shop import CALM, USER, Shop, read

pytestmark = pytest.mark.parametrize("post", [KINDS[0], *KINDS[3:5]], indirect=True)
MB = 1024 * 1024
WISH = "NO SNAIL MAIL please. Rosa Quintero, 12 Oak St, Miami, FL 33144"
_LINE = base64.b64encode(bytes(range(57))) + b"\r\n"


def scanned(size: int, *, first: bool = False, text: str = WISH, encoding: str = "8bit") -> bytes:
    """A letter with a scan of `size` bytes, behind the text or (first) before it."""
    words = base64.encodebytes(text.encode()).decode() if encoding == "base64" else text
    written = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{words}\r\n"
    scan = (
        b"Content-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    ) + _LINE * (size // len(_LINE))
    parts = [scan, written.encode()] if first else [written.encode(), scan]
    head = (
        "From: Rosa Quintero <rosa@example.com>\r\nTo: privacy@allegromusiccenter.com\r\nSubject: my letter\r\n"
        "Message-ID: <scan@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n"
    )
    return head.encode() + b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n"


@pytest.fixture
def counted(post: Post) -> Iterator[Line]:
    """The line to the server, whose bytes are counted."""
    port = post.server.tls_port if post.way.security.value == "tls" else post.server.port
    assert port
    with delayed_line(post.server.host, port) as line:
        yield line


def through(post: Post, line: Line) -> ImapSource:
    return ImapSource(USER, post.account(port=line.port), "privacy", patience=CALM)


@pytest.mark.parametrize("first", [False, True], ids=["text first", "scan first"])
def test_the_text_is_found_and_the_attachment_never_comes(post: Post, counted: Line, first: bool) -> None:
    post.server.deliver(USER, "INBOX", scanned(25 * MB, first=first, encoding="base64" if first else "8bit"))
    (raw,) = read(through(post, counted))
    assert raw.full_size == post.server.listed(USER)[0].size > 25 * MB
    assert sum(counted.answered) < 100_000, "25 MB stay where they are"
    message = parse(raw)
    assert WISH in message.text
    assert Flag.BY_PARTS in message.flags
    assert Flag.TRUNCATED not in message.flags
    (scan,) = message.attachments
    assert (scan.name, scan.type) == ("scan.pdf", "application/pdf")
    assert 24 * MB * 3 // 4 < scan.size < 26 * MB


def test_a_large_text_is_read_up_to_its_limit_and_says_so(post: Post, counted: Line) -> None:
    post.server.deliver(USER, "INBOX", scanned(MB, text=WISH + "\r\n" + "and so on\r\n" * 60_000))
    (raw,) = read(through(post, counted))
    assert sum(counted.answered) < 600_000
    message = parse(raw)
    assert message.text.startswith(WISH)
    assert Flag.TRUNCATED in message.flags


def test_a_large_message_of_one_part_is_read_from_the_front(post: Post, counted: Line) -> None:
    head = scanned(0).partition(b"MIME-Version")[0] + b"\r\n"
    post.server.deliver(USER, "INBOX", head + WISH.encode() + b"\r\n" + b"and so on\r\n" * 300_000)
    (raw,) = read(through(post, counted))
    assert sum(counted.answered) < 1.3 * MB
    assert parse(raw).text.startswith(WISH)
    assert Flag.TRUNCATED in raw.flags


def test_a_large_message_is_the_same_message_when_it_is_met_again(post: Post, shop: Shop) -> None:
    post.server.deliver(USER, "INBOX", scanned(2 * MB))
    at = post.account()
    assert shop.pull(at).code == ExitCode.DONE
    post.server.change_uidvalidity(USER)
    pulled = shop.pull(at)
    assert (pulled.code, pulled.tally.fetched, pulled.tally.reasons["copy"]) == (ExitCode.DONE, 1, 1)
    assert shop.events("message-received") == 1


def test_a_message_in_a_large_message_keeps_its_text(post: Post, counted: Line) -> None:
    inner = (
        b"From: Luis Example <luis@example.com>\r\nSubject: NO E-MAIL\r\nContent-Type: text/plain\r\n\r\n"
        b"Please no more e-mail to me. Luis\r\n"
    )
    whole = scanned(2 * MB).removesuffix(b"--cut--\r\n")
    whole += b"--cut\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--cut--\r\n"
    post.server.deliver(USER, "INBOX", whole)
    (raw,) = read(through(post, counted))
    (embedded,) = parse(raw).embedded
    assert embedded.subject == "NO E-MAIL"
    assert "no more e-mail to me" in embedded.text
    assert sum(counted.answered) < 100_000
