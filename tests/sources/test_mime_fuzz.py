"""Any bytes at all become a Message whose every string a terminal, JSON and SQLite can take (hostile.md 4, 17)."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.sources.mime import parse

SEEDS = [
    b"From: Rosa <rosa@example.com>\nTo: cs@example.org\nSubject: NO E-MAIL\n"
    b"Date: Fri, 20 Nov 2026 09:02:00 -0500\n\nstop",
    b"From: =?utf-8?q?Ros=C3=A1?= <rosa@example.com>\r\nSubject: =?iso-8859-1?b?bm8gbeFz?=\r\n\r\nNo m\xe1s\r\n",
    b'From: a@example.com\nContent-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; '
    b"charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nno m=C3=A1s\n--b\nContent-Type: text/html\n\n"
    b"<div style='display:none'>x</div><p>no <blockquote>old</blockquote></p>\n--b--\n",
    b"From: mailer-daemon@example.org\nReturn-Path: <>\nContent-Type: multipart/report; boundary=b\n\n"
    b"--b\n\nbounced\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n"
    b"--b\nContent-Type: message/rfc822\n\nFrom: x@example.org\nSubject: Sale\n\nUnsubscribe\n--b--\n",
    b"From: a@example.com\nContent-Type: application/pdf; name*=utf-8''a%20b.pdf; x*0=1\n"
    b"Content-Transfer-Encoding: base64\n"
    b'Content-Disposition: attachment; filename="4111111111111111.pdf"\n\nJVBERi0=\n',
]
INSERTS = [
    b"\x00",
    b"\xff\xfe",
    b"\r",
    b"\n",
    b"\n\n",
    b'"',
    b"(",
    b"<",
    b">",
    b"=?",
    b"?=",
    b";",
    b"--b\n",
    b"\xed\xa0\x80",
]
INSERTS += [
    b"=?utf-16?b?2AA=?=",
    b"\xc2\x9b",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"&#55296;",
    b"&#x9b;",
    b"&#0;",
    b"charset=utf-7",
    b"*0*=",
]

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(raw)))
        match draw(st.integers(0, 4)):
            case 0:
                raw[place:place] = draw(st.sampled_from(INSERTS))
            case 1:
                del raw[place : place + draw(st.integers(1, 20))]
            case 2:
                raw[place : place + 1] = draw(st.binary(min_size=1, max_size=3))
            case 3:
                raw[place:place] = draw(st.sampled_from(INSERTS)) * draw(st.integers(1, 60))
            case _:
                other = draw(st.sampled_from(SEEDS))
                raw[place:] = other[draw(st.integers(0, len(other))) :]
    return bytes(raw)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple | frozenset):
        for part in value:
            yield from strings(part)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(mutated(), mutated(), st.binary(max_size=400)))
def test_any_bytes_become_a_clean_message(raw: bytes) -> None:
    message = parse(RawMessage(raw, Origin("eml:", "a"), len(raw)))
    assert isinstance(message.received, datetime)
    assert "unreadable" not in message.flags
    for text in strings(asdict(message)):
        text.encode("utf-8")
        assert not _FORBIDDEN.search(text), text
    json.dumps(sorted(message.flags))


@settings(max_examples=50)
@given(mutated())
def test_the_same_bytes_give_the_same_message(raw: bytes) -> None:
    assert parse(RawMessage(raw, Origin("eml:", "a"))) == parse(RawMessage(raw, Origin("eml:", "a")))
