"""Raw bytes to a Message: whatever the bytes, never an exception, every fault a flag (hostile.md 9-12, 16-27)."""

import time
from collections.abc import Callable

import pytest

from allegro_privacy.core.message import Flag, Mailbox, Message, Origin, RawMessage
from allegro_privacy.sources.body import TEXT_LIMIT
from allegro_privacy.sources.mime import SIZE_LIMIT, parse

Read = Callable[[bytes], Message]

FROM = b"From: Rosa Quintero <rosa@example.com>\n"
HEAD = FROM + b"Subject: NO E-MAIL\n"


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n" + body + b"--b--\n"


TEXT_PART = b"Content-Type: text/plain\n\nplease stop"
HTML_PART = b"Content-Type: text/html\n\n<p>please <b>stop</b></p>"
IMAGE_PART = b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


def test_an_ordinary_message_is_read_whole(read: Read) -> None:
    message = read(
        b"Return-Path: <rosa@example.com>\r\nReceived: by mx.example; Fri, 20 Nov 2026 09:02:00 -0500\r\n"
        b"From: =?utf-8?q?Ros=C3=A1?= <rosa@example.com>\r\nTo: privacy@example.org\r\nCc: cs@example.org\r\n"
        b"Reply-To: rosa@example.net\r\nSubject: NO E-MAIL\r\nMessage-ID: <1@example.com>\r\n"
        b"Date: Fri, 20 Nov 2026 09:01:00 -0500\r\n\r\nplease stop\r\n"
    )
    assert message.sender == (Mailbox("Rosá", "rosa@example.com"),)
    assert message.to == (Mailbox("", "privacy@example.org"), Mailbox("", "cs@example.org"))
    assert message.reply_to == (Mailbox("", "rosa@example.net"),)
    assert message.return_path == "rosa@example.com"
    assert (message.subject, message.message_id, message.text) == ("NO E-MAIL", "<1@example.com>", "please stop")
    assert message.date == "Fri, 20 Nov 2026 09:01:00 -0500"
    assert message.received.isoformat() == "2026-11-20T14:02:00+00:00"
    assert message.flags == frozenset()


def test_an_empty_return_path_is_told_from_none(read: Read) -> None:
    assert read(b"Return-Path: <>\n" + HEAD + b"\nx").return_path == ""
    assert read(HEAD + b"\nx").return_path is None


FLAGGED = {
    "no From (cases 41)": (b"Subject: STOP\n\nx", {Flag.NO_FROM}),
    "an empty From": (b"From:\nSubject: STOP\n\nx", {Flag.BAD_ADDRESS}),
    "two From lines": (FROM + b"From: eve@evil.example\n\nx", {Flag.SEVERAL_FROM}),
    "two mailboxes in From": (b"From: a@example.com, b@example.com\n\nx", {Flag.SEVERAL_FROM}),
    "an address as name": (
        b"From: alice@example.org <bob@evil.example>\n\nx",
        {Flag.BAD_ADDRESS, Flag.ADDRESS_IN_NAME},
    ),
    "another address in the quoted name": (b'From: "a@example.org" <b@evil.example>\n\nx', {Flag.ADDRESS_IN_NAME}),
    "a hidden character in the address": (b"From: ro\xe2\x80\x8bsa@example.com\n\nx", {Flag.BAD_ADDRESS}),
    "two subjects": (HEAD + b"Subject: other\n\nx", {Flag.DUPLICATE_SUBJECT}),
    "two dates": (HEAD + b"Date: x\nDate: y\n\nx", {Flag.DUPLICATE_DATE}),
    "two Message-IDs": (HEAD + b"Message-ID: <1@a>\nMessage-ID: <2@a>\n\nx", {Flag.DUPLICATE_MESSAGE_ID}),
    "a bad Reply-To": (HEAD + b"Reply-To: a@b@c\n\nx", {Flag.BAD_REPLY_TO}),
    "only an image": (mixed(IMAGE_PART), {Flag.NO_TEXT}),
    "an HTML body of one image": (HEAD + b"Content-Type: text/html\n\n<img src=x>", {Flag.NO_TEXT}),
    "S/MIME": (HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMII", {Flag.ENCRYPTED}),
    "PGP/MIME": (mixed(b"Content-Type: application/pgp-encrypted\n\nVersion: 1", kind=b"encrypted"), {Flag.ENCRYPTED}),
    "PGP in the text": (HEAD + b"\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n", {Flag.ENCRYPTED}),
    "only winmail.dat": (mixed(b"Content-Type: application/ms-tnef; name=winmail.dat\n\nx"), {Flag.ENCRYPTED}),
    "nothing": (b"", {Flag.NOT_MAIL, Flag.EMPTY, Flag.NO_FROM}),
    "an image file": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20, {Flag.NOT_MAIL, Flag.NO_FROM}),
    "an archive": (b"PK\x03\x04" + bytes(500), {Flag.NOT_MAIL, Flag.NO_FROM}),
    "a database": (b"SQLite format 3\x00" + bytes(500), {Flag.NOT_MAIL, Flag.NO_FROM}),
    "a note": (b"Buy strings: 3 sets\n\nand picks", {Flag.NOT_MAIL, Flag.NO_FROM}),
}


@pytest.mark.parametrize(("raw", "flags"), FLAGGED.values(), ids=FLAGGED)
def test_what_is_odd_is_flagged(read: Read, raw: bytes, flags: set[str]) -> None:
    assert read(raw).flags == flags


@pytest.mark.parametrize("raw", [FLAGGED[name][0] for name in ("an image file", "an archive", "a database")])
def test_no_text_is_made_of_a_binary(read: Read, raw: bytes) -> None:
    assert read(raw).text == ""


TEXTS = {
    "LF": HEAD + b"\nplease\nstop\n",
    "CRLF": HEAD.replace(b"\n", b"\r\n") + b"\r\nplease\r\nstop\r\n",
    "CR": HEAD.replace(b"\n", b"\r") + b"\rplease\rstop\r",
    "CR CR LF": HEAD.replace(b"\n", b"\r\r\n") + b"\r\r\nplease\r\r\nstop\r\r\n",
    "mixed": b"From: rosa@example.com\r\nSubject: NO E-MAIL\n\r\nplease\rstop\n",
    "an envelope line first": b"From rosa@example.com Fri Nov 20 14:02:00 2026\n" + HEAD + b"\nplease\nstop",
    "empty lines first": b"\n\r\n" + HEAD + b"\nplease\nstop",
    "a byte order mark": b"\xef\xbb\xbf" + HEAD + b"\nplease\nstop",
    "UTF-16": (HEAD + b"\nplease\nstop").decode().encode("utf-16"),
    "Apple's emlx": b"1234\n" + HEAD + b"\nplease\nstop",
    "no empty line": HEAD + b"please\nstop",
    "an unknown charset": HEAD + b"Content-Type: text/plain; charset=x-unknown\n\nplease\nstop",
    "no charset that is one": HEAD + b"Content-Type: text/plain; charset=zlib\n\nplease\nstop",
    "a charset with a NUL": HEAD + b'Content-Type: text/plain; charset="u\x00tf"\n\nplease\nstop',
    "an unknown transfer encoding": HEAD + b"Content-Transfer-Encoding: x-none\n\nplease\nstop",
    "an absurd content type": HEAD + b'Content-Type: ;;;="\n\nplease\nstop',
    "a content type that is too long": HEAD + b"Content-Type: text/html; " + b"x" * 2000 + b"\n\nplease\nstop",
    "base64 without padding": HEAD + b"Content-Transfer-Encoding: base64\n\ncGxlYXNlCnN0b3A",
    "base64 with junk": HEAD + b"Content-Transfer-Encoding: base64\n\ncGxl*\nYXNl!Cn N0b3A=\n",
    "quoted-printable with broken escapes": HEAD
    + b"Content-Transfer-Encoding: quoted-printable\n\nple=61se=\n\n=\nstop".replace(b"=\n\n=\n", b"\n"),
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\n\nplease\nst \nop".replace(b"st \nop", b"stop"),
    "UTF-7": HEAD + b"Content-Type: text/plain; charset=utf-7\n\nplease\nstop",
    "controls in the text": HEAD + b"\nple\x00ase\x1b\nst\xe2\x80\x8bop\xc2\x9b",
}


@pytest.mark.parametrize("raw", TEXTS.values(), ids=TEXTS)
def test_the_text_is_read_all_the_same(read: Read, raw: bytes) -> None:
    message = read(raw)
    assert message.subject == "NO E-MAIL"
    assert message.sender[0].email == "rosa@example.com"
    assert message.text.rstrip() == "please\nstop"


CHARSETS = {
    "latin-1": ("iso-8859-1", "No más"),
    "windows-1252": ("cp1252", "No más – “stop”"),
    "latin-1 that is none": ("iso-8859-1", "No más"),
    "utf-8": ("utf-8", "No más – “stop”"),
    "gb2312": ("gb2312", "不要"),
    "iso-2022-jp": ("iso-2022-jp", "停止"),
    "koi8-r": ("koi8-r", "нет"),
    "utf-16": ("utf-16", "No más"),
}


@pytest.mark.parametrize(("charset", "text"), CHARSETS.values(), ids=CHARSETS)
def test_declared_charsets_are_decoded(read: Read, charset: str, text: str) -> None:
    import base64

    body = base64.b64encode(text.encode(charset))
    raw = HEAD + f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n".encode() + body
    assert read(raw).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_undeclared_charset_is_found_out(read: Read, encoding: str) -> None:
    assert read(HEAD + "\nNo más, adiós".encode(encoding)).text == "No más, adiós"


ALTERNATIVES = {
    "the plain part": ((TEXT_PART, HTML_PART.replace(b"please", b"HTML")), "please stop"),
    "the HTML when the plain part is empty": ((b"Content-Type: text/plain\n\n \n", HTML_PART), "please stop"),
    "the HTML when the plain part sends there": (
        (b"Content-Type: text/plain\n\nYour mail program does not show HTML.", HTML_PART),
        "please stop",
    ),
    "the HTML when it is alone": ((HTML_PART,), "please stop"),
    "the plain part when the HTML is empty": ((b"\nhi", b"Content-Type: text/html\n\n"), "hi"),
    "never the AMP part": ((b"Content-Type: text/x-amp-html\n\nx", HTML_PART), "please stop"),
}


@pytest.mark.parametrize(("parts", "text"), ALTERNATIVES.values(), ids=ALTERNATIVES)
def test_of_alternatives_one_is_read(read: Read, parts: tuple[bytes, ...], text: str) -> None:
    assert read(mixed(*parts, kind=b"alternative")).text == text


def test_attachments_are_named_and_never_opened(read: Read) -> None:
    zip_bomb = b'Content-Type: application/zip\nContent-Disposition: attachment; filename="../../etc/x\x1b.zip"\n\nPK'
    note = b"Content-Type: text/plain; name=note.txt\nContent-Disposition: attachment\n\nSTOP"
    message = read(mixed(TEXT_PART, IMAGE_PART, zip_bomb, note))
    assert message.text == "please stop"
    assert [(found.name, found.type, found.size) for found in message.attachments] == [
        ("a.png", "image/png", 8),
        ("../../etc/x.zip", "application/zip", 2),
        ("note.txt", "text/plain", 4),
    ]


def test_reports_and_messages_inside_are_kept_apart(read: Read) -> None:
    message = read(
        mixed(
            b"\nYour mail bounced.",
            b"Content-Type: message/delivery-status\n\n"
            b"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@example.com",
            b"Content-Type: message/rfc822\n\n"
            b"From: shop@example.org\nTo: a@example.com\nSubject: Sale\n\nUnsubscribe here",
            kind=b"report",
        )
    )
    assert message.text == "Your mail bounced."
    assert message.content_type == "multipart/report"
    assert [(kind, text.split("\n")[0]) for kind, text in message.machine] == [
        ("message/delivery-status", "Reporting-MTA: dns; mx.example")
    ]
    (inside,) = message.embedded
    assert (inside.sender[0].email, inside.to[0].email) == ("shop@example.org", "a@example.com")
    assert (inside.subject, inside.text) == ("Sale", "Unsubscribe here")


def test_returned_headers_are_a_message_without_text(read: Read) -> None:
    (inside,) = read(mixed(b"Content-Type: text/rfc822-headers\n\nFrom: a@example.org\nSubject: Sale")).embedded
    assert (inside.sender[0].email, inside.subject, inside.text) == ("a@example.org", "Sale", "")


def test_winmail_beside_a_text_does_not_hide_the_text(read: Read) -> None:
    message = read(mixed(TEXT_PART, b"Content-Type: application/ms-tnef; name=winmail.dat\n\nx"))
    assert message.text == "please stop"
    assert Flag.ENCRYPTED not in message.flags


def test_flowed_lines_are_joined(read: Read) -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed; delsp=no\n\nplease \nstop\n> old \n> text\n-- \nRosa"
    assert read(raw).text == "please stop\n> old text\n-- \nRosa"


CARDS = {
    "subject": b"From: a@example.com\nSubject: 4111 1111 1111 1111\n\nx",
    "encoded subject": b"From: a@example.com\nSubject: =?utf-8?b?NDExMTExMTExMTExMTExMQ==?=\n\nx",
    "text": HEAD + b"\ncard 4111-1111-1111-1111 12/27",
    "text broken by tags": HEAD + b"Content-Type: text/html\n\n<td>4111 1111</td><td>1111 <b>1111</b></td>",
    "text with entities": HEAD + b"Content-Type: text/html\n\n4111&nbsp;1111&#8203;1111&nbsp;1111",
    "attachment name": mixed(TEXT_PART, b"Content-Type: image/png; name=4111111111111111.png\n\nx"),
    "sender's name": b'From: "4111111111111111" <a@example.com>\n\nx',
    "another header": HEAD + b"X-Note: 4111111111111111\n\nx",
    "report": mixed(b'Content-Type: application/json\n\n{"card": "4111111111111111"}'),
    "message inside": mixed(b"Content-Type: message/rfc822\n\nSubject: 4111111111111111\n\n4111 1111 1111 1111"),
}


@pytest.mark.parametrize("raw", CARDS.values(), ids=CARDS)
def test_a_card_number_is_redacted_wherever_it_stands(read: Read, raw: bytes) -> None:
    message = read(raw)
    digits = "".join(character for character in repr(message) if character.isdigit())
    assert "4111111111111111" not in digits.replace(message.id, "")
    assert Flag.CARD_REDACTED in message.flags
    assert "····1111]" in repr(message)


def test_a_message_of_more_than_the_cap_is_cut_and_flagged() -> None:
    raw = HEAD + b"\n" + b"a" * SIZE_LIMIT
    cut = RawMessage(raw[:1000], Origin("eml:", "a"), len(raw), flags=frozenset({Flag.TRUNCATED}), sha256="f" * 64)
    message = parse(cut)
    assert (message.id, message.size) == ("f" * 64, len(raw))
    assert Flag.TRUNCATED in message.flags
    assert Flag.TRUNCATED in parse(RawMessage(raw, Origin("eml:", "a"))).flags


def test_of_a_very_long_text_both_ends_are_read(read: Read) -> None:
    message = read(HEAD + b"\nno e-mail\n" + b"> what is quoted\n" * 80_000 + b"no post\n")
    assert message.text.strip().startswith("no e-mail")
    assert message.text.strip().endswith("no post")
    assert len(message.text) <= TEXT_LIMIT
    assert Flag.LONG_TEXT in message.flags


def test_a_place_that_could_not_be_read_is_a_message_of_its_own() -> None:
    first, second = (parse(RawMessage(b"", Origin("eml:", name), problem="gone")) for name in ("a", "b"))
    assert Flag.UNREADABLE in first.flags
    assert first.id != second.id


GROWING = {
    "To of quotes": lambda n: HEAD + b"To: " + b'"' * n + b"\n\nx",
    "To of brackets": lambda n: HEAD + b"To: " + b"(" * n + b"\n\nx",
    "To of dots": lambda n: HEAD + b"To: " + b"a." * (n // 2) + b"\n\nx",
    "To of addresses": lambda n: HEAD + b"To: " + b"a@example.com, " * (n // 15) + b"\n\nx",
    "Content-Type of semicolons": lambda n: HEAD + b"Content-Type: " + b";" * n + b"\n\nx",
    "Content-Type of parameters": lambda n: HEAD + b"Content-Type: text/plain" + b";a=b" * (n // 4) + b"\n\nx",
    "Content-Type with an open quote": lambda n: HEAD + b'Content-Type: text/plain; s="' + b";" * n + b"\n\nx",
    "RFC 2231 sections": lambda n: (
        HEAD + b"Content-Type: text/plain" + b"".join(b"; a*%d*=x" % number for number in range(n // 9)) + b"\n\nx"
    ),
    "Message-ID of dots": lambda n: HEAD + b"Message-ID: <" + b"a." * (n // 2) + b">\n\nx",
    "Subject of encoded words": lambda n: FROM + b"Subject: " + b"=?utf-8?q?a?= " * (n // 14) + b"\n\nx",
    "Subject of open words": lambda n: FROM + b"Subject: " + b"=?utf-8?q?" * (n // 10) + b"\n\nx",
    "Subject of one-character lines": lambda n: FROM + b"Subject: a\n" + b" a\n" * (n // 3) + b"\n\nx",
    "Subject in punycode": lambda n: FROM + b"Subject: =?punycode?q?" + b"a" * n + b"?=\n\nx",
    "a body in punycode": lambda n: HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * n,
    "headers": lambda n: HEAD + b"X: y\n" * (n // 5) + b"\nx",
    "headers that are none": lambda n: HEAD + b"y\n" * (n // 2) + b"\nx",
    "one line": lambda n: HEAD + b"\n" + b"a" * n,
    "bare CR": lambda n: HEAD + b"\n" + b"\r" * n,
    "a header block without end": lambda n: b"a" * n,
    "parts": lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * (n // 7),
    "messages in messages": lambda n: HEAD + b"Content-Type: message/rfc822\n\n" * (n // 30),
    "digits": lambda n: HEAD + b"\n" + b"4 " * (n // 2),
    "HTML tags": lambda n: HEAD + b"Content-Type: text/html\n\n" + b"<b>" * (n // 3),
    "quoted-printable": lambda n: HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * n,
    "base64": lambda n: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"!" * n,
    "flowed lines": lambda n: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * (n // 5),
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
@pytest.mark.parametrize("size", [4_000, 64_000, 1_000_000, 4_000_000])
@pytest.mark.timeout(30)
def test_the_time_does_not_explode_with_the_size(read: Read, make: Callable[[int], bytes], size: int) -> None:
    raw = make(size)
    started = time.perf_counter()
    read(raw)
    assert time.perf_counter() - started < 4  # well under 1 s on a quiet machine


@pytest.mark.timeout(5)
def test_the_message_that_hangs_the_standard_library_is_read(read: Read) -> None:
    """python/cpython#138223: one parameter name of some 70 8-bit bytes never comes back from as_bytes()."""
    raw = FROM + b"Content-Type: text/plain; " + b"\xe9" * 70 + b"=x\n\nSTOP"
    assert read(raw).text == "STOP"
