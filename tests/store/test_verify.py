"""`verify` finds what somebody with the file in their hands did to it, and says where."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from recorded_people import Desk, at, letter, no_email

from allegro_privacy.core.decision import Verdict
from allegro_privacy.errors import PrivacyError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import open_database, writing
from allegro_privacy.store.rows import Head

Attack = Callable[[sqlite3.Connection], object]


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Five people, a review, a pull: eleven events after the first."""
    for number in range(4):
        desk.opt_out(f"Person {number}", f"person{number}@example.com", now=at(number))
    desk.take(letter("Ana Paz", "ana@example.net"), no_email("Ana Paz", "ana@example.net"), verdict=Verdict.ASK)
    with writing(desk.database):
        journal.record_pull(desk.database, ("eml:x",), {"fetched": 5}, (), "cron", at(9))
    return desk


def attack(path: Path, *statements: str) -> None:
    """As somebody would who may write to the file: the guards are dropped and put back."""
    connection = sqlite3.connect(path, isolation_level=None)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.close()


def found(desk: Desk, against: Head | None = None) -> list[str]:
    return [f"{problem.event}: {problem.words}" for problem in views.verify(desk.database, against)]


def test_what_was_recorded_verifies_also_against_an_old_head(kept: Desk) -> None:
    old = views.ledger_head(kept.database)
    kept.opt_out("Rosa", "rosa@example.com")
    assert found(kept) == []
    assert found(kept, old) == []


def test_one_edited_byte_of_any_stored_event_is_found_where_it_is(kept: Desk) -> None:
    for number, content in kept.database.rows("SELECT number, content FROM payload"):
        for place in range(0, len(content), 7):
            edited = content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]
            kept.database.run("SAVEPOINT untouched")
            kept.database.run("DROP TRIGGER content_is_never_changed")
            kept.database.run("UPDATE payload SET content = ? WHERE number = ?", (edited, number))
            problems = [one for one in views.verify(kept.database, rebuild=False) if one.part == "ledger"]
            assert (problems[0].event, problems[0].words) == (number, f"the content of event {number} was changed")
            kept.database.run("ROLLBACK TO untouched")
            kept.database.run("RELEASE untouched")
    assert found(kept) == []


def test_one_edited_character_under_its_packing_is_found_too(kept: Desk) -> None:
    for number, packed in kept.database.rows("SELECT number, content FROM payload"):
        text = kept.database.unpack(packed)
        edited = kept.database.pack(text.replace(text[20], "~", 1))
        kept.database.run("SAVEPOINT untouched")
        kept.database.run("DROP TRIGGER content_is_never_changed")
        kept.database.run("UPDATE payload SET content = ? WHERE number = ?", (edited, number))
        problems = views.verify(kept.database)
        assert (problems[0].event, problems[0].words) == (number, f"the content of event {number} was changed")
        kept.database.run("ROLLBACK TO untouched")
        kept.database.run("RELEASE untouched")


ATTACKS = {
    "an actor was replaced": (
        ["UPDATE ledger SET actor = 'mallory' WHERE number = 5"],
        "5: event 5 was changed (time, actor, kind, subject or hash)",
    ),
    "the last event was deleted": (
        ["DELETE FROM ledger WHERE number = 12", "DELETE FROM payload WHERE number = 12"],
        "12: event 12 is missing: the ledger ends at 11, but its head was 12",
    ),
    "the last event was deleted with all its traces but its table": (
        ["DELETE FROM payload WHERE number = 12", "UPDATE meta SET value = "
         "(SELECT '11 ' || lower(hex(hash)) FROM ledger WHERE number = 11) WHERE key = 'head'",
         "DELETE FROM ledger WHERE number = 12"],
        "12: table pulls: a row of event 12 follows from no event",
    ),
    "an event in the middle was deleted": (
        ["DELETE FROM ledger WHERE number = 6", "DELETE FROM payload WHERE number = 6"],
        "6: event 6 is missing",
    ),
    "two events were swapped": (
        ["UPDATE ledger SET number = -4 WHERE number = 4", "UPDATE ledger SET number = 4 WHERE number = 7",
         "UPDATE ledger SET number = 7 WHERE number = -4"],
        "4: events 4 and 7 were swapped",
    ),
    "an event was inserted in the middle": (
        ["UPDATE ledger SET number = -number WHERE number >= 5",
         "UPDATE ledger SET number = 1 - number WHERE number < 0",
         "INSERT INTO ledger SELECT 5, at, actor, kind, subject, digest, previous, hash FROM ledger WHERE number = 4"],
        "5: event 5 was event 4: an event was inserted before it",
    ),
    "an event was added at the end": (
        ["INSERT INTO ledger SELECT 13, at, actor, kind, subject, digest, previous, hash FROM ledger "
         "WHERE number = 12"],
        "13: event 13 lies after event 12, which was the last one recorded: it was inserted",
    ),
    "content was taken away without an erasure": (
        ["DELETE FROM payload WHERE number = 3"],
        "3: the content of event 3 is gone, and no erasure took it away",
    ),
    "a suppression was taken off the list": (
        ["DELETE FROM suppressions WHERE event = 5"],
        "5: table suppressions: a row of event 5 is missing",
    ),
    "a suppression was lifted in the table alone": (
        ["UPDATE suppressions SET lifted = since WHERE event = 5"],
        "5: table suppressions: lifted of event 5 was changed",
    ),
    "a suppression was put on the list by hand": (
        ["INSERT INTO suppressions SELECT 99, channel, level, x'00', key, name, address, reason, since, lifted, "
         "lifted_event, message, erased, quality, customer_number FROM suppressions WHERE event = 5"],
        "99: table suppressions: a row of event 99 follows from no event",
    ),
    "a message's answer was changed in its table": (
        ["UPDATE requests SET verdict = 'ignore' WHERE event = 2"],
        "2: table requests: verdict of event 2 was changed",
    ),
    "a word was taken out of the index": (
        ["DELETE FROM words WHERE event = 5 AND word = 'person'"],
        "5: table words: a row of event 5 is missing",
    ),
    "the key of the hashes was exchanged": (
        ["UPDATE meta SET value = replace(value, substr(value, 1, 2), 'zz') WHERE key = 'shop'",
         "UPDATE meta SET value = '00' || substr(value, 3) WHERE key = 'secret'"],
        "1: the key of the keyed hashes is not the one that the database was made with",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_file_is_named(kept: Desk, make_desk: Callable[[], Desk], name: str) -> None:
    statements, expected = ATTACKS[name]
    attack(kept.path, *statements)
    assert expected in found(make_desk())


def test_a_dropped_guard_is_noticed(kept: Desk) -> None:
    kept.database.run("DROP TRIGGER ledger_is_never_changed")
    assert found(kept) == ["0: the trigger ledger_is_never_changed is missing or was changed"]


def test_a_tail_cut_with_every_trace_shows_against_a_head_kept_elsewhere(
    kept: Desk, make_desk: Callable[[], Desk]
) -> None:
    head = views.ledger_head(kept.database)
    cut = "UPDATE meta SET value = (SELECT '11 ' || lower(hex(hash)) FROM ledger WHERE number = 11) WHERE key = 'head'"
    attack(kept.path, "DELETE FROM pulls", "DELETE FROM payload WHERE number = 12", cut,
           "DELETE FROM ledger WHERE number = 12")  # fmt: skip
    again = make_desk()
    assert found(again) == []
    assert found(again, head) == ["12: event 12 is missing: the ledger ends at 11, but its head was 12"]


def test_after_a_cut_tail_new_events_are_recorded_and_the_gap_stays_visible(
    kept: Desk, make_desk: Callable[[], Desk]
) -> None:
    attack(kept.path, "DELETE FROM ledger WHERE number = 12", "DELETE FROM payload WHERE number = 12")
    again = make_desk()
    again.opt_out("Rosa", "rosa@example.com")
    assert found(again)[0] == "12: event 12 is missing"


GUARDED = {
    "an event is changed": "UPDATE ledger SET actor = 'x' WHERE number = 2",
    "an event is deleted": "DELETE FROM ledger WHERE number = 2",
    "what it recorded is changed": "UPDATE payload SET content = x'00' WHERE number = 2",
    "what it recorded is deleted": "DELETE FROM payload WHERE number = 2",
}


@pytest.mark.parametrize("name", GUARDED)
def test_the_database_itself_refuses_when(kept: Desk, name: str) -> None:
    connection = sqlite3.connect(kept.path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(GUARDED[name])
    connection.close()


def test_verification_can_read_while_others_write(kept: Desk, make_desk: Callable[[], Desk]) -> None:
    other = make_desk()
    with writing(other.database):
        journal.record_pull(other.database, (), {}, (), "cron", at(1))
        assert found(kept) == []


def test_a_bit_that_the_disk_flipped_is_reported_in_words_or_does_no_harm(kept: Desk, tmp_path: Path) -> None:
    """hostile.md row 58: whatever comes of it, it is an answer or a PrivacyError, never a traceback."""
    kept.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, damaged = kept.database.path.read_bytes(), tmp_path / "damaged.sqlite3"
    chance, refused = Random(58), 0
    for place in (*range(0, 4096, 97), *(chance.randrange(len(whole)) for _ in range(160))):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        for suffix in ("-wal", "-shm"):
            damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
        try:
            with open_database(damaged) as database:
                refused += bool(list(views.verify(database)))
        except PrivacyError:
            refused += 1
    assert refused > 10
