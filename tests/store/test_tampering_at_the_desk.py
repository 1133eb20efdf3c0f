"""What `verify` says at the command line when somebody edits the file, and after a person was erased."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))

from office import Desk

PEOPLE = ("rosa", "harold", "ana")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with three people on the list, after a real pull."""
    desk = Desk(tmp_path_factory.mktemp("template"))
    assert desk.run("init", "-q").code == 0
    for name in PEOPLE:
        desk.mail(f"{name}.eml", "NO E-MAIL", "", f"{name} <{name}@example.com>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    with closing(sqlite3.connect(database(desk))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database(desk).read_bytes()


@pytest.fixture
def desk(tmp_path: Path, template: bytes) -> Desk:
    database(Desk(tmp_path)).write_bytes(template)
    database(Desk(tmp_path)).chmod(0o600)
    assert Desk(tmp_path).run("init", "-q").code == 0
    return Desk(tmp_path)


def database(desk: Desk) -> Path:
    return desk.folder / "allegro-privacy.sqlite3"


def tamper(desk: Desk, *statements: str) -> None:
    """As the owner of the file can: the guards are dropped and put back."""
    with closing(sqlite3.connect(database(desk), isolation_level=None)) as connection:
        connection.create_function("flipped", 2, lambda raw, at: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)


ATTACKS: dict[str, tuple[tuple[str, ...], str]] = {
    **{
        f"one byte of what event {number} recorded is edited": (
            (f"UPDATE payload SET content = flipped(content, 5) WHERE number = {number}",),
            f"the content of event {number} was changed",
        )
        for number in (1, 3, 8)
    },
    "one byte of an event's seal is edited": (
        ("UPDATE ledger SET hash = flipped(hash, 31) WHERE number = 4",),
        "event 4 was changed",
    ),
    "one letter of an event's actor is edited": (
        ("UPDATE ledger SET actor = actor || 'x' WHERE number = 5",),
        "event 5 was changed",
    ),
    "the last event is deleted": (
        ("DELETE FROM ledger WHERE number = 8", "DELETE FROM payload WHERE number = 8"),
        "event 8 is missing: the ledger ends at 7, but its head was 8",
    ),
    "two events are swapped": (
        ("UPDATE ledger SET number = -2 WHERE number = 2", "UPDATE ledger SET number = 2 WHERE number = 6",
         "UPDATE ledger SET number = 6 WHERE number = -2"),
        "events 2 and 6 were swapped",
    ),
}  # fmt: skip


def test_what_was_recorded_verifies(desk: Desk) -> None:
    assert desk.run("verify").code == 0


@pytest.mark.parametrize("name", ATTACKS)
def test_verify_says_where_and_exits_with_4_when(desk: Desk, name: str) -> None:
    statements, words = ATTACKS[name]
    tamper(desk, *statements)
    ran = desk.run("verify")
    assert ran.code == 4
    assert words in " ".join(ran.text.split())


def test_an_erased_person_leaves_a_ledger_that_verifies_and_a_suppression_that_matches(
    desk: Desk, again: Callable[[str], str]
) -> None:
    assert desk.run("erase", "rosa@example.com", "--reason", "she asked", "--yes").code == 0
    assert desk.run("verify").code == 0
    assert all(b"rosa" not in path.read_bytes() for path in desk.folder.glob("allegro-privacy.sqlite3*"))
    assert "stood already" in again("rosa")
    assert desk.run("verify").code == 0


@pytest.fixture
def again(desk: Desk) -> Callable[[str], str]:
    """Somebody writes once more; what the pull then recorded."""

    def write(name: str) -> str:
        desk.mail("again.eml", "NO E-MAIL", "once more", f"{name} <{name}@example.com>")
        assert desk.run("pull", "eml:mail/again.eml", "-q").code == 0
        return desk.run("why", f"{name}@example.com").out

    return write
