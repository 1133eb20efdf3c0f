"""An old backup is put in the place of the database: no list leaves until it has caught up with those that left."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from office import Desk, Ran

STREETS = {"rosa": "1450 Brickell Ave Apt 2203", "harold": "812 SW 8th St", "ana": "77 Alhambra Cir"}
SEEDS = """[seeds]
email = "{code}@decoys.example.com"
postal = ["3400 NE 163rd St, North Miami Beach, FL 33160"]
"""
RECIPIENTS = """
[recipient.house]
layout = "mail-house"
seeds = 2

[recipient.fixed]
layout = "mail-house-fixed"

[recipient.sheet]
layout = "xlsx-post"

[recipient.platform]
layout = "sendgrid-group"
seeds = 1

[recipient.lines]
layout = "ses-json"

[recipient.hashed]
layout = "hashed-email"
hash = "sha256"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office with a list sent, and a backup from then."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    config = tmp_path / "allegro-privacy.toml"
    config.write_text(config.read_text().replace('[seeds]\nemail = ""\npostal = []\n', SEEDS) + RECIPIENTS)
    opt_out(office, "rosa")
    assert office.run("export", "-q").code == 0
    back_up(office)
    return office


def opt_out(office: Desk, name: str) -> None:
    """Somebody wants neither e-mail nor circulars."""
    address = f"{name.title()} Example\n{STREETS[name]}\nMiami, FL 33131"
    sender = f"{name.title()} Example <{name}@example.com>"
    office.mail(f"{name}.eml", "NO E-MAIL", "", sender)
    office.mail(f"{name}-post.eml", "NO SNAIL MAIL", address, sender)
    pull(office)


def pull(office: Desk) -> None:
    assert office.run("pull", "eml:mail", "-q").code == 0


def back_up(office: Desk) -> None:
    with (
        closing(sqlite3.connect(office.folder / "allegro-privacy.sqlite3")) as now,
        closing(sqlite3.connect(office.folder / "backup.sqlite3")) as kept,
    ):
        now.backup(kept)


def restore(office: Desk) -> None:
    for beside in office.folder.glob("allegro-privacy.sqlite3*"):
        beside.unlink()
    (office.folder / "backup.sqlite3").rename(office.folder / "allegro-privacy.sqlite3")


def export(office: Desk, *options: str) -> Ran:
    return office.run("export", *options, "--account-wide", "receipts go another way")


def sequences(office: Desk) -> list[str]:
    return sorted(path.name.removesuffix(".manifest.json") for path in (office.folder / "exports").glob("*.json"))


def test_no_list_leaves_until_the_mail_was_read_again_and_no_number_is_taken_twice(desk: Desk) -> None:
    opt_out(desk, "harold")
    opt_out(desk, "ana")
    assert export(desk, "-q").code == 0
    before = sequences(desk)
    restore(desk)

    refused = export(desk)
    assert refused.code == 4
    assert "older than the lists that left" in refused.err
    assert "4 opt-outs stand there of which it knows nothing" in " ".join(refused.err.split())
    assert "-0002.csv, line 3" in refused.err
    assert "pull" in refused.err
    assert '--allow-restored "REASON"' in refused.err
    assert "harold" not in refused.text.lower()
    assert sequences(desk) == before
    assert export(desk, "--dry-run").code == 4

    pull(desk)
    done = export(desk, "--json")
    assert done.code == 0, done.text
    manifests = [each["manifest"] for each in done.json["exports"]]
    assert [(each["sequence"], each["previous"]["sequence"], each["rows"]) for each in manifests] == [(3, 2, 3)] * 2
    assert "the numbers go on after 2" in " ".join(done.json["told"])
    assert len(set(sequences(desk))) == len(before) + 2
    assert desk.run("verify").code == 0
    # The next one has nothing to be told any more.
    assert export(desk, "--json").json["told"] == []


def test_whoever_is_missing_is_found_in_each_kind_of_list_and_no_decoy_is_taken_for_one(desk: Desk) -> None:
    opt_out(desk, "harold")
    for recipient in ("house", "fixed", "sheet", "platform", "lines", "hashed"):
        assert export(desk, "--to", recipient, "-q").code == 0
    exports, aside = desk.folder / "exports", desk.folder / "aside"
    restore(desk)
    exports.rename(aside)
    for recipient in ("house", "fixed", "sheet", "platform", "lines", "hashed"):
        exports.mkdir(mode=0o700)
        for file in aside.glob(f"{recipient}-*"):
            shutil.copy2(file, exports)
        refused = " ".join(export(desk, "--to", recipient, "--dry-run").err.split())
        assert "1 opt-out stands there" in refused, recipient
        assert re.search(rf"\({recipient}-\S+, line \d\)", refused), refused
        shutil.rmtree(exports)
    aside.rename(exports)
    pull(desk)
    done = export(desk, "--to", "house", "--json")
    assert done.code == 0, done.text
    assert done.json["exports"][0]["manifest"]["sequence"] == 2


def test_whoever_was_lifted_meanwhile_is_known(desk: Desk) -> None:
    opt_out(desk, "harold")
    assert export(desk, "-q").code == 0
    restore(desk)
    pull(desk)
    found = desk.run("find", "harold@example.com", "--json").json["suppressions"]
    email = next(row["id"] for row in found if row["channel"] == "email")
    assert desk.run("lift", email, "--evidence", "called on 2026-11-25", "--yes").code == 0
    done = export(desk, "--allow-shrink", "lifted")
    assert done.code == 0, done.text


def test_a_reason_overrides_it_and_is_recorded(desk: Desk) -> None:
    opt_out(desk, "harold")
    assert export(desk, "-q").code == 0
    restore(desk)
    done = export(desk, "--allow-restored", "Harold moved away", "--json")
    assert done.code == 0, done.text
    assert done.json["exports"][0]["manifest"]["overrides"]["--allow-restored"] == "Harold moved away"
    assert done.json["exports"][0]["manifest"]["sequence"] == 3
    # It is not settled by that.
    assert export(desk).code == 4


def test_a_list_that_is_gone_or_altered_proves_nothing(desk: Desk) -> None:
    assert export(desk, "--channel", "email", "-q").code == 0
    restore(desk)
    (altered,) = (desk.folder / "exports").glob("in-house-email-*-0002.csv")
    altered.write_bytes(altered.read_bytes().splitlines(keepends=True)[0])
    refused = export(desk)
    assert refused.code == 4
    assert f"{altered.name} was altered" in refused.err
    altered.unlink()
    assert f"{altered.name} is gone" in export(desk).err


def test_a_manifest_that_cannot_be_made_out_is_not_passed_over(desk: Desk) -> None:
    (desk.folder / "exports" / "what.manifest.json").write_text("{")
    refused = export(desk)
    assert refused.code == 4
    assert "what.manifest.json" in refused.err
