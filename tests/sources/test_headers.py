"""Header fields from bytes: bounded, linear, decoded by our own code (hostile.md 17, 20, 21, 25)."""

import pytest

from allegro_privacy.core.message import Flag
from allegro_privacy.sources.headers import decode_value, media_type, parameters, split_headers

VALUES = {
    "plain": (b"NO E-MAIL", "NO E-MAIL"),
    "quoted-printable word": (b"=?utf-8?q?Ros=C3=A1_Q?=", "Rosá Q"),
    "base64 word": (b"=?utf-8?B?wqFObyBtw6FzIQ==?=", "¡No más!"),
    "neighbours joined": (b"=?utf-8?q?no_?= =?utf-8?q?m=C3=A1s?=", "no más"),
    "a character cut between two words": (b"=?utf-8?b?ww==?= =?utf-8?b?oQ==?=", "á"),
    "words and text": (b"Re: =?utf-8?q?m=C3=A1s?= correo", "Re: más correo"),
    "a language tag": (b"=?utf-8*es?q?m=C3=A1s?=", "más"),
    "a space in a word": (b"=?utf-8?q?no more mail?=", "no more mail"),
    "no padding": (b"=?utf-8?b?U1RPUA?=", "STOP"),
    "an unknown charset": (b"=?x-unknown?q?m=C3=A1s?=", "más"),
    "a charset that is a codec but no charset": (b"=?zlib?b?eJwrLQYAAv4BVQ==?=", None),
    "a charset that is an attack": (b"=?punycode?q?" + b"a" * 3000 + b"?=", "a" * 3000),
    "Latin-1": (b"=?iso-8859-1?q?m=E1s?=", "más"),
    "Japanese": (b"=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
    "raw UTF-8": ("No más".encode(), "No más"),
    "raw Latin-1": ("No más".encode("latin-1"), "No más"),
    "an encoded line end": (b"=?utf-8?q?a=0D=0ABcc=3A_x=40y?=", "a Bcc: x@y"),
    "an escape sequence": (b"=?utf-8?q?=1B[2Jred=9B?=", None),
    "a NUL": (b"=?utf-8?q?a=00b?=", "ab"),
    "a surrogate": (b"=?utf-16?b?2AA=?=", None),
    "a direction override": ("a\u202eb".encode(), "ab"),
    "a broken word": (b"=?utf-8?q?abc", "=?utf-8?q?abc"),
}


@pytest.mark.parametrize(("raw", "expected"), VALUES.values(), ids=VALUES)
def test_a_value_becomes_clean_text(raw: bytes, expected: str | None) -> None:
    value = decode_value(raw)
    assert expected is None or value == expected
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in value)
    value.encode("utf-8")


def test_only_the_first_words_of_a_value_are_decoded() -> None:
    value = decode_value(b" ".join([b"=?utf-8?q?a?="] * 250))
    assert value.startswith("a" * 200)
    assert value.endswith("=?utf-8?q?a?=")


def test_folded_lines_are_joined() -> None:
    block = split_headers(b"Subject: NO\n E-MAIL\n\tplease\nFrom: a@example.com\n\nbody")
    assert block.fields == (("subject", b"NO E-MAIL please"), ("from", b"a@example.com"))
    assert block.body == b"body"


def test_a_line_that_is_no_field_is_skipped_when_fields_follow() -> None:
    block = split_headers(b"From: a@example.com\ngarbage here\nSubject: STOP\n\nbody")
    assert block.values("subject") == [b"STOP"]
    assert Flag.BAD_HEADER in block.flags


def test_the_text_begins_where_the_empty_line_was_forgotten() -> None:
    block = split_headers(b"Subject: STOP\nPlease take me off\nyour list\n\nRosa")
    assert block.body == b"Please take me off\nyour list\n\nRosa"


def test_the_caps_are_flagged() -> None:
    assert Flag.MANY_HEADERS in split_headers(b"X: y\n" * 400 + b"\nbody").flags
    assert Flag.LONG_HEADER in split_headers(b"X: " + b"y" * 5000 + b"\n\nbody").flags
    long_block = split_headers(b"".join(b"X-%d: %s\n" % (n, b"y" * 900) for n in range(100)) + b"\nbody")
    assert Flag.LONG_HEADER in long_block.flags
    assert long_block.body == b"body"


PARAMETERS = {
    "plain": ("text/plain; charset=utf-8", {"charset": "utf-8"}),
    "quoted with a semicolon": ('a/b; name="a;b.pdf"; x=1', {"name": "a;b.pdf", "x": "1"}),
    "RFC 2231": ("a/b; filename*=utf-8'es'p%C3%A1gina.pdf", {"filename": "página.pdf"}),
    "RFC 2231 in sections": ("a/b; name*1=b; name*0=a; name*2*=%63", {"name": "abc"}),
    "an RFC 2047 word": ('a/b; name="=?utf-8?q?p=C3=A1g.pdf?="', {"name": "pág.pdf"}),
    "spaces around": ("a/b ; name = x ", {"name": "x"}),
    "a star without a name": ("a/b; *=x; name*", {"*": "x"}),
    "an unclosed quote": ('a/b; name="abc', {"name": "abc"}),
    "nothing": (";;;;=;", {}),
}


FLOODS = {
    "of fields": b"X: y\n" * 400,
    "of bytes": b"X: " + b"y" * 1000 + b"\n" + b"Y: z\n" * 20000,
    "of folded lines": b"X: y" + b"\n b" * 40000 + b"\n",
    "of one long line": b"X: " + b"y" * 100_000 + b"\n",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_who_writes_and_what_they_ask_is_read_behind_a_flood(flood: bytes) -> None:
    block = split_headers(flood + b"From: rosa@example.com\nSubject: stop\n" + flood + b"\nno e-mail")
    assert (block.values("from"), block.values("subject")) == ([b"rosa@example.com"], [b"stop"])
    assert block.body == b"no e-mail"
    assert block.flags & {Flag.MANY_HEADERS, Flag.LONG_HEADER}
    assert len(block.fields) < 320


def test_a_flood_of_senders_is_cut_and_still_seen_to_be_several() -> None:
    block = split_headers(b"X: y\n" * 400 + b"From: rosa@example.com\n" * 5000 + b"\nbody")
    assert len(block.values("from")) == 2


@pytest.mark.parametrize(("value", "expected"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_are_read(value: str, expected: dict[str, str]) -> None:
    assert parameters(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Text/HTML; charset=x", "text/html"),
        ("text", "text/plain"),
        ("", "text/plain"),
        ("a/b (c)", "a/b"),
        ("a/b/c", "text/plain"),
    ],
)
def test_a_type_that_is_none_is_plain_text(value: str, expected: str) -> None:
    assert media_type(value) == expected
