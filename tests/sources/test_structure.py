"""The parts of a message: the same leaves as the standard library finds, and no limit that does not hold."""

import email
import time

import pytest

from allegro_privacy.core.message import Flag
from allegro_privacy.sources.headers import split_headers
from allegro_privacy.sources.structure import Budget, Part, read_structure, split_at_boundary

WELL_FORMED = {
    "one part": b"Content-Type: text/plain\n\nHello\n",
    "quoted-printable": b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nm=C3=A1s=\n mail\n",
    "base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: BASE64\n\nSGVs\nbG8=\n",
    "alternative": (
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n"
    ),
    "nested, with one boundary the beginning of the other": (
        b"Content-Type: multipart/mixed; boundary=b\n\nignored\n--b\nContent-Type: multipart/related; boundary=bb\n\n"
        b"--bb\n\none\n--bb\n\ntwo\n--bb--\n\n--b\n\nthree\n--b--\nepilogue\n"
    ),
    "white space after the boundary": (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b  \n\none\n--b\t\n\ntwo\n--b-- \n"
    ),
    "no closing line": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n",
    "a quoted boundary with signs": (
        b'Content-Type: multipart/mixed; boundary="=_a b:c"\n\n--=_a b:c\n\none\n--=_a b:c--\n'
    ),
}


def leaves(part: Part) -> list[tuple[str, bytes]]:
    if not part.children:
        return [(part.type, part.content())]
    return [leaf for child in part.children for leaf in leaves(child)]


def structure(raw: bytes) -> tuple[Part, set[str]]:
    budget = Budget()
    return read_structure(split_headers(raw), budget), budget.flags


@pytest.mark.parametrize("raw", WELL_FORMED.values(), ids=WELL_FORMED)
def test_well_formed_mail_has_the_parts_that_the_standard_library_finds(raw: bytes) -> None:
    theirs = [
        (part.get_content_type(), part.get_payload(decode=True))
        for part in email.message_from_bytes(raw).walk()
        if not part.is_multipart()
    ]
    ours = [(kind, content.rstrip(b"\n")) for kind, content in leaves(structure(raw)[0])]
    assert ours == [(kind, content.rstrip(b"\n")) for kind, content in theirs]


def test_a_message_inside_is_a_part_with_headers_of_its_own() -> None:
    root, _ = structure(b"Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\n<p>x")
    assert root.embedded is not None
    assert root.embedded.values("subject") == [b"inner"]
    assert root.children[0].type == "text/html"


BROKEN = {
    "no boundary": b"Content-Type: multipart/mixed\n\nhello\n",
    "an empty boundary": b'Content-Type: multipart/mixed; boundary=""\n\nhello\n',
    "a boundary that does not occur": b"Content-Type: multipart/mixed; boundary=x\n\nhello\n",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_multipart_that_cannot_be_split_is_read_as_text(raw: bytes) -> None:
    root, flags = structure(raw)
    assert leaves(root) == [("text/plain", b"hello\n")]
    assert Flag.BROKEN_MULTIPART in flags


def test_a_wrong_boundary_is_found_in_the_text() -> None:
    root, flags = structure(
        b"Content-Type: multipart/mixed; boundary=x\n\n--real\nContent-Type: text/html\n\n<p>hi\n--real--\n"
    )
    assert leaves(root) == [("text/html", b"<p>hi")]
    assert Flag.BROKEN_MULTIPART in flags


def nested_multiparts(depth: int) -> bytes:
    raw = b"\n\nSTOP"
    for level in range(depth, 0, -1):
        raw = b"\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d%s\n--b%d--" % (level, level, raw, level)
    return raw.lstrip(b"\n")


HOSTILE = {
    "nested multiparts": (nested_multiparts(1000), Flag.DEEP_NESTING),
    "nested messages": (b"Content-Type: message/rfc822\n\n" * 5000 + b"\nSTOP", Flag.DEEP_NESTING),
    "100,000 parts": (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000, Flag.MANY_PARTS),
    "100,000 empty parts": (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 100_000, Flag.MANY_PARTS),
    "boundaries that are none": (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b" --b" * 500_000,
        Flag.BROKEN_MULTIPART,
    ),
    "boundaries with tails": (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 400_000,
        Flag.BROKEN_MULTIPART,
    ),
    "one line of dashes": (b"Content-Type: multipart/mixed; boundary=-\n\n" + b"-" * 2_000_000, Flag.BROKEN_MULTIPART),
    "each part a digest": (
        b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\nSubject: x\n\ny\n" * 50_000,
        Flag.MANY_PARTS,
    ),
}


@pytest.mark.parametrize(("raw", "flag"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_a_hostile_structure_is_cut_and_flagged_in_time(raw: bytes, flag: str) -> None:
    started = time.perf_counter()
    _, flags = structure(raw)
    assert flag in flags
    assert time.perf_counter() - started < 3


def test_when_the_time_is_over_reading_stops_with_a_flag() -> None:
    budget = Budget(seconds=0)
    read_structure(split_headers(WELL_FORMED["alternative"]), budget)
    assert Flag.OUT_OF_TIME in budget.flags


def test_the_pieces_between_boundaries_keep_their_bytes() -> None:
    assert split_at_boundary(b"pre\n--b\none\n\n--b\n--b--\nrest", b"b", 9) == [b"one\n", b""]
