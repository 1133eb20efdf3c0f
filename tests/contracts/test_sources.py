"""The promise of every source: all messages accounted for, nothing altered, known places skipped, one order, and a
place that cannot be read is told and stops nobody else's. A new file source is one more row of SOURCES."""

import hashlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from allegro_privacy.core.message import Flag, Origin, RawMessage
from allegro_privacy.errors import SourceError, UsageError
from allegro_privacy.sources import Source, open_source
from allegro_privacy.sources.files import FileSource, StreamSource
from allegro_privacy.sources.mime import SIZE_LIMIT

LETTERS = [f"From: p{number}@example.com\nSubject: letter {number}\n\ntext {number}\n".encode() for number in range(5)]
LINE = b"From a@example.com Fri Nov 20 14:02:00 2026\n"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def one_file(top: Path) -> str:
    write(top / "a.eml", LETTERS[0])
    return f"eml:{top / 'a.eml'}"


def folder(top: Path) -> str:
    for number, name in enumerate(["b.eml", "a.eml", "deep/er/c.eml", "no-ending", "deep/ñ .eml"]):
        write(top / name, LETTERS[number])
    write(top / ".hidden", b"x")
    return f"eml:{top}"


def maildir(top: Path) -> str:
    (top / "tmp").mkdir(parents=True)
    for number, name in enumerate(["new/1.host", "new/2.host", "cur/0.host:2,S", "cur/3.host:2,", "cur/4.host:2,T"]):
        write(top / name, LETTERS[number])
    for name in (
        "tmp/9.host",
        "cur/.hidden",
        "dovecot.index",
        "cur/dovecot.lock",
        ".Sent/cur/1.host",
        ".Sent/new/2.host",
    ):
        write(top / name, b"From: x@example.com\n\nx")
    return f"maildir:{top}"


def mbox(top: Path) -> str:
    write(top / "all.mbox", b"\n".join(LINE + letter for letter in LETTERS))
    return f"mbox:{top / 'all.mbox'}"


def mixed(top: Path) -> str:
    write(top / "a.eml", LETTERS[0])
    write(top / "box", b"\n".join(LINE + letter for letter in LETTERS[1:3]))
    for name in ("new", "cur", "tmp"):
        (top / "mail" / name).mkdir(parents=True)
    write(top / "mail/new/1.host", LETTERS[3])
    write(top / "mail/cur/2.host:2,S", LETTERS[4])
    return str(top)


@dataclass(frozen=True)
class Case:
    make: Callable[[Path], str]
    count: int


SOURCES = {
    "one file": Case(one_file, 1),
    "a folder of files": Case(folder, 5),
    "a Maildir": Case(maildir, 5),
    "an mbox": Case(mbox, 5),
    "a folder of everything": Case(mixed, 5),
}


@pytest.fixture(params=SOURCES.values(), ids=SOURCES)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def nothing_known(_: Origin) -> bool:
    return False


def fetch(source: Source) -> list[RawMessage]:
    return list(source.fetch(nothing_known))


def tree(top: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(top)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


class TestEverySource:
    def test_every_message_is_accounted_for_once(self, case: Case, tmp_path: Path) -> None:
        found = fetch(open_source(case.make(tmp_path), "privacy"))
        assert sorted(raw.raw for raw in found) == LETTERS[: case.count]
        assert not any(raw.problem for raw in found)

    def test_each_says_where_it_was_found(self, case: Case, tmp_path: Path) -> None:
        found = fetch(open_source(case.make(tmp_path), "privacy"))
        assert len({raw.origin.shown for raw in found}) == case.count
        for raw in found:
            assert raw.origin.mailbox == "privacy"
            assert raw.origin.stamp
            assert raw.origin.received is not None
            assert raw.origin.received.utcoffset() is not None
            assert raw.full_size == len(raw.raw)
            assert raw.sha256 == hashlib.sha256(raw.raw).hexdigest()

    def test_the_order_is_always_the_same(self, case: Case, tmp_path: Path) -> None:
        spec = case.make(tmp_path)
        assert fetch(open_source(spec)) == fetch(open_source(spec))

    def test_nothing_is_altered(self, case: Case, tmp_path: Path) -> None:
        spec = case.make(tmp_path)
        before = tree(tmp_path)
        source = open_source(spec)
        for raw in fetch(source):
            source.acknowledge(raw)
        assert tree(tmp_path) == before

    def test_what_is_known_is_skipped(self, case: Case, tmp_path: Path) -> None:
        source = open_source(case.make(tmp_path))
        first = next(iter(source.fetch(nothing_known)))
        again = list(source.fetch(lambda origin: origin == first.origin))
        assert len(again) == case.count - 1
        assert first not in again
        assert list(source.fetch(lambda _: True)) == []

    def test_a_place_that_changed_is_told_from_the_known_one(self, case: Case, tmp_path: Path) -> None:
        source = open_source(case.make(tmp_path))
        before = {raw.origin.stamp for raw in fetch(source)}
        for path in tmp_path.rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes() + b"more\n")
        assert before.isdisjoint(raw.origin.stamp for raw in fetch(source))

    def test_a_place_that_cannot_be_read_stops_nobody_else(self, case: Case, tmp_path: Path) -> None:
        spec = case.make(tmp_path)
        broken = tmp_path / ("cur" if (tmp_path / "cur").is_dir() else "") / "00-broken"
        broken.symlink_to(broken)  # a link to itself: unreadable for root too
        source = FileSource("test", tmp_path, only_maildir=spec.startswith("maildir:"))
        found = fetch(source)
        assert sorted(raw.raw for raw in found if not raw.problem) == LETTERS[: case.count]
        (problem,) = (raw for raw in found if raw.problem)
        assert problem.origin.locator.endswith("00-broken")
        assert problem.raw == b""


class TestFiles:
    def test_a_large_file_is_cut_but_named_by_its_whole_content(self, tmp_path: Path) -> None:
        content = LETTERS[0] + b"x" * (SIZE_LIMIT + 10)
        write(tmp_path / "a.eml", content)
        (raw,) = fetch(open_source(str(tmp_path)))
        assert (len(raw.raw), raw.full_size) == (SIZE_LIMIT, len(content))
        assert raw.sha256 == hashlib.sha256(content).hexdigest()
        assert Flag.TRUNCATED in raw.flags

    def test_a_huge_file_with_holes_is_read_in_bounded_memory(self, tmp_path: Path) -> None:
        with (tmp_path / "huge").open("wb") as file:
            file.truncate(200 * 1024 * 1024)
        write(tmp_path / "z.eml", LETTERS[0])
        huge, letter = fetch(open_source(str(tmp_path)))
        assert (len(huge.raw), huge.full_size) == (SIZE_LIMIT, 200 * 1024 * 1024)
        assert letter.raw == LETTERS[0]

    def test_what_is_no_ordinary_file_is_told_and_not_opened(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (raw,) = fetch(open_source(str(tmp_path)))
        assert raw.problem

    def test_a_circle_of_links_ends(self, tmp_path: Path) -> None:
        write(tmp_path / "in/a.eml", LETTERS[0])
        (tmp_path / "in/up").symlink_to(tmp_path)
        (tmp_path / "in/again").symlink_to(tmp_path / "in")
        assert [raw.raw for raw in fetch(open_source(str(tmp_path)))] == [LETTERS[0]]

    def test_a_linked_folder_is_entered(self, tmp_path: Path) -> None:
        write(tmp_path / "real/a.eml", LETTERS[0])
        (tmp_path / "top").mkdir()
        (tmp_path / "top/link").symlink_to(tmp_path / "real")
        assert len(fetch(open_source(str(tmp_path / "top")))) == 1

    def test_a_link_to_nothing_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "a.eml").symlink_to(tmp_path / "gone")
        (raw,) = fetch(open_source(str(tmp_path)))
        assert "gone" in raw.problem

    def test_empty_files_and_binaries_come_too(self, tmp_path: Path) -> None:
        write(tmp_path / "a", b"")
        write(tmp_path / "b.png", b"\x89PNG\r\n\x1a\n\x00")
        assert [raw.raw for raw in fetch(open_source(str(tmp_path)))] == [b"", b"\x89PNG\r\n\x1a\n\x00"]

    def test_a_file_name_that_is_no_text_is_shown_as_text(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/\xff.eml"
        with open(path, "wb") as file:  # noqa: PTH123 - a Path cannot say it
            file.write(LETTERS[0])
        (raw,) = fetch(open_source(str(tmp_path)))
        raw.origin.shown.encode("utf-8")
        assert raw.raw == LETTERS[0]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_folder_without_permission_is_told(self, tmp_path: Path) -> None:
        write(tmp_path / "shut/a.eml", LETTERS[0])
        write(tmp_path / "z.eml", LETTERS[1])
        (tmp_path / "shut").chmod(0)
        problem, letter = fetch(open_source(str(tmp_path)))
        (tmp_path / "shut").chmod(0o700)
        assert "Permission denied" in problem.problem
        assert letter.raw == LETTERS[1]

    def test_a_message_marked_while_we_look_is_still_read(self, tmp_path: Path) -> None:
        spec = maildir(tmp_path)
        found = open_source(spec).fetch(nothing_known)
        first = next(found)
        assert first.raw == LETTERS[0]
        (tmp_path / "new/2.host").rename(tmp_path / "cur/2.host:2,S")
        rest = list(found)
        assert not any(raw.problem for raw in rest)
        assert {raw.raw for raw in rest} == set(LETTERS[1:])


class TestStandardInput:
    @pytest.mark.parametrize("letters", [1, 3])
    def test_a_message_or_an_mbox_is_read(self, letters: int) -> None:
        content = LETTERS[0] if letters == 1 else b"\n".join(LINE + letter for letter in LETTERS[:letters])
        found = fetch(StreamSource(io.BytesIO(content)))
        assert [raw.raw for raw in found] == LETTERS[:letters]
        assert found[0].origin.shown.startswith("-")

    def test_it_is_named_by_a_dash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LETTERS[0])))
        assert [raw.raw for raw in fetch(open_source("-"))] == [LETTERS[0]]


class TestNames:
    @pytest.mark.parametrize("spec", ["eml:missing", "mbox:missing", "maildir:missing", "missing", "a\x00b"])
    def test_a_place_that_is_not_there_is_a_source_error(self, spec: str) -> None:
        with pytest.raises(SourceError):
            open_source(spec)

    @pytest.mark.parametrize("spec", ["imaps://mail.example.com", "imap://x", "pop3:x", "eml:", "", "maildir:"])
    def test_a_kind_that_there_is_not_is_a_usage_error(self, spec: str) -> None:
        with pytest.raises(UsageError):
            open_source(spec)

    def test_a_folder_that_is_no_maildir_is_refused_as_one(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError):
            open_source(f"maildir:{tmp_path}")

    def test_a_folder_is_refused_as_an_mbox(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError):
            open_source(f"mbox:{tmp_path}")
