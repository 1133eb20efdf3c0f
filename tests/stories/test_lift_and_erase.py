"""Stories of taking back: somebody wants the catalog again, somebody wants to be forgotten, and what grows old goes."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from office import Desk

from allegro_privacy import config
from allegro_privacy.cli import told, told_drops
from allegro_privacy.workflow import erasing, insight

ADDRESS = "Rosa Quintero\n1450 Brickell Ave Apt 2203\nMiami, FL 33131"
CHANGED = "called 2026-11-25: changed her mind, wants the catalog"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office where Rosa asked for silence in two letters, and Harold in one."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    office.mail("rosa.eml", "NO E-MAIL", "Please stop. I bought a tambourine from you.")
    office.mail("post.eml", "NO SNAIL MAIL", ADDRESS)
    office.mail("harold.eml", "NO E-MAIL", "", "Harold Finch <hf@example.com>")
    assert office.run("pull", "eml:mail", "-q").code == 0
    return office


def numbers(desk: Desk, who: str) -> dict[str, str]:
    """The suppressions of somebody by channel."""
    return {row["channel"]: row["id"] for row in desk.run("find", who, "--json").json["suppressions"]}


def raw_bytes(desk: Desk) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(desk.folder.glob("allegro-privacy.sqlite3*"))).lower()


def test_rosa_wants_the_catalog_again_and_only_the_catalog(desk: Desk) -> None:
    post = numbers(desk, "rosa@example.com")["post"]

    # Without anybody to confirm nothing happens; whose suppression it is, is shown all the same.
    refused = desk.run("lift", post, "--evidence", CHANGED)
    assert refused.code == 2
    assert "Rosa Quintero, 1450 Brickell Ave Apt 2203" in refused.err

    assert desk.run("lift", post, "--evidence", CHANGED, "--yes", "--as", "dana").code == 0
    why = desk.run("why", post).out
    assert f"evidence: {CHANGED}" in why
    assert "(dana)" in why
    found = desk.run("find", "rosa@example.com").out
    assert "lifted" in found
    assert "in force" in found
    assert desk.run("status", "--json").json["suppressed"] == {"email": 2}
    assert desk.run("verify").code == 0


def test_what_was_in_force_on_a_past_day_is_told_though_it_was_lifted_since(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    email = numbers(desk, "hf@example.com")["email"]
    # Times are kept to the second: the lift must fall into a later one.
    time.sleep(1.1)
    assert desk.run("lift", email, "--evidence", CHANGED, "--yes").code == 0
    with insight.opened(config.load(desk.folder / "allegro-privacy.toml")) as database:
        nothing = told_drops.UnderWay({}, date(2026, 11, 25))
        (lifted,) = insight.find(database, "hf@example.com").suppressions
        told.timeline(insight.why(database, "hf@example.com", lifted.since), "UTC", {}, None, nothing)
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{email} no e-mail to hf@example.com" in shown
    assert "in force then, lifted" in shown
    assert "on no list" not in shown
    assert "Now: on no list." in desk.run("why", "hf@example.com").out


def test_nobody_lifts_without_the_customers_word(desk: Desk) -> None:
    assert desk.run("lift", numbers(desk, "hf@example.com")["email"], "--yes").code == 2
    assert desk.run("lift", numbers(desk, "hf@example.com")["email"], "--evidence", "ok", "--yes").code == 2
    assert desk.run("status", "--json").json["suppressed"] == {"email": 2, "post": 1}


def test_a_lawyers_client_stays_off_the_list_for_good(desk: Desk) -> None:
    desk.mail(
        "law.eml",
        "NO E-MAIL",
        "I am the attorney of Carla Ruiz. My client will take legal action.",
        "Carla Ruiz <carla@example.com>",
    )
    desk.run("pull", "eml:mail", "-q")
    for question in desk.run("review", "--json").json["reviews"]:
        desk.run("review", "answer", question["id"], "accept")
    refused = desk.run("lift", numbers(desk, "carla@example.com")["email"], "--evidence", CHANGED, "--yes")
    assert refused.code == 1
    assert "lawyer's letter" in refused.err
    assert "in force" in desk.run("find", "carla@example.com").out


def test_rosa_is_forgotten_and_still_left_alone(desk: Desk) -> None:
    assert desk.run("export", "--to", "acme-mailing").code == 0
    assert b"quintero" in raw_bytes(desk)
    before = desk.run("erase", "rosa@example.com", "-n")
    assert "2 messages with their text" in before.err
    assert "2 opt-outs" in before.err
    assert "2 lists that left still lie" in before.err
    assert "rosa@example.com" in desk.run("find", "rosa@example.com").out.split("Messages")[1]

    assert desk.run("erase", "rosa@example.com").code == 2
    assert desk.run("erase", "rosa@example.com", "--yes", "--reason", "asked by letter", "--as", "dana").code == 0

    # Not a byte of her, as text of one or two bytes a letter, in any of the database's files.
    raw = raw_bytes(desk)
    for word in ("rosa", "quintero", "brickell", "tambourine", "2203"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert word.encode(encoding) not in raw, (word, encoding)

    # She is found by her address, and what is found says that she is still not written to.
    found = desk.run("find", "rosa@example.com").out
    assert "somebody erased, whose keyed hash still matches" in found
    assert "in force" in found
    assert desk.run("verify").code == 0

    # Her letter is pulled again, and a new one comes: neither brings her back onto a list twice.
    desk.mail("again.eml", "NO E-MAIL", "I have asked before.")
    desk.run("pull", "eml:mail", "-q")
    assert desk.run("status", "--json").json["suppressed"] == {"email": 2, "post": 1}

    # A new list cannot name her, so it does not leave without a word about it; the next one need not ask again.
    refused = desk.run("export", "--to", "acme-mailing")
    assert refused.code == 4
    assert "--allow-erased" in refused.err
    assert "acme-mailing-email-" in refused.err
    told = desk.run("export", "--to", "acme-mailing", "--allow-erased", "told them", "--allow-shrink", "told them",
                    "--allow-empty", "told them", "--json")  # fmt: skip
    assert {row["manifest"]["channel"]: row["manifest"]["erased"] for row in told.json["exports"]} == {
        "email": 1,
        "post": 1,
    }
    assert desk.run("export", "--to", "acme-mailing", "--channel", "email").code == 0
    assert desk.run("verify").code == 0


def test_a_deletion_that_is_still_open_keeps_its_own_letter(desk: Desk) -> None:
    desk.mail("delete.eml", "Delete my data", "Please delete everything you have about me. Rosa Quintero")
    desk.run("pull", "eml:mail", "-q")
    told = desk.run("erase", "rosa@example.com", "--yes")
    assert told.code == 0
    assert "open privacy request" in told.err
    assert b"tambourine" not in raw_bytes(desk)
    assert desk.run("find", "rosa@example.com", "--json").json["cases"][0]["erased"] is False
    again = desk.run("erase", "rosa@example.com", "--yes")
    assert again.code == 4
    assert "must be answered" in again.err


def test_a_legal_hold_stops_an_erasure(desk: Desk) -> None:
    assert desk.run("erase", "rosa@example.com", "--hold", "claim 2026-114", "--yes", "--as", "dana").code == 0
    refused = desk.run("erase", "rosa@example.com", "--yes")
    assert refused.code == 4
    assert "dana placed" in refused.err
    assert "claim 2026-114" in refused.err
    assert desk.run("erase", "rosa@example.com", "--release", "settled", "--yes").code == 0
    assert desk.run("erase", "rosa@example.com", "--yes").code == 0


def test_what_is_kept_too_long_goes_at_night(desk: Desk) -> None:
    desk.mail("order.eml", "My order", "Where is my saxophone?", "Bob Bolt <bob@example.org>")
    desk.run("pull", "eml:mail", "-q")
    assert "Nothing is kept longer" in desk.run("erase", "--due", "-n").out
    config = desk.folder / "allegro-privacy.toml"
    config.write_text(config.read_text().replace('ignored = "90 days"', 'ignored = "soon"'))
    wrong = desk.run("erase", "--due", "--yes")
    assert wrong.code == 2
    assert "[retention] ignored" in wrong.err


def test_years_later_the_words_are_gone_and_the_promise_is_kept(desk: Desk) -> None:
    """The clock of a process cannot be turned, so the years are told to the program from within."""
    desk.mail("order.eml", "My order", "Where is my saxophone?", "Bob Bolt <bob@example.org>")
    desk.run("pull", "eml:mail", "-q")
    for _ in range(2):
        assert desk.run("export", "--to", "acme-mailing").code == 0
    settings = config.load(desk.folder / "allegro-privacy.toml")
    later = datetime.now(UTC) + timedelta(days=3 * 366)
    with insight.opened(settings, read_only=False) as database:
        shown = erasing.find_due(database, settings, later, 100)
        took = erasing.erase_due(database, settings, "cron", later, 100)
        assert replace(shown, events=0) == replace(took, events=0)
        assert not erasing.erase_due(database, settings, "cron", later, 100).events
    assert (len(took.text), len(took.ignored), took.problems) == (3, 1, ())
    assert b"tambourine" not in raw_bytes(desk)
    assert b"saxophone" not in raw_bytes(desk)
    assert "in force" in desk.run("find", "rosa@example.com").out
    # Of the lists the last ones stay, and all manifests, which are kept five years.
    first = sorted(path.name.partition("-0001")[2] for path in (desk.folder / "exports").glob("*0001*"))
    assert first == [".manifest.json", ".manifest.json"]
    assert len(list((desk.folder / "exports").glob("*0002.csv"))) == 2
    assert desk.run("verify").code == 0


def test_whom_to_erase_is_said_exactly(desk: Desk) -> None:
    for words in (["Rosa Quintero"], ["1450 Brickell Ave"], [], ["rosa@example.com", "--due"]):
        assert desk.run("erase", *words, "--yes").code == 2
    assert desk.run("find", "rosa@example.com", "--json").json["messages"][0]["erased"] is False
