"""Stories of lists that go to mail houses and platforms: numbered, acknowledged, and each later question answerable."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from office import Desk

RECIPIENTS = """
[recipient.acme-mailing]
layout = "mail-house"
change = "delta"
purpose = "Spring circular"

[recipient.mailgun]
layout = "mailgun"
values = { tag = "marketing" }

[recipient.everything]
layout = "ses"

[recipient.secret]
layout = "hashed-email"
hash = "hmac-sha256"
hmac_key_file = "acme.key"

[recipient.neighbours]
layout = "mail-house"
levels = ["individual"]
"""
STREETS = {"rosa": "1450 Brickell Ave Apt 2203", "harold": "812 SW 8th St", "ana": "77 Alhambra Cir"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office with recipients in its configuration, and two people who want no circulars."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    config = tmp_path / "allegro-privacy.toml"
    config.write_text(config.read_text() + RECIPIENTS)
    key = tmp_path / "acme.key"
    key.write_text("a key that both of us keep\n")
    key.chmod(0o600)
    for name in ("rosa", "harold"):
        opt_out(office, name)
    return office


def opt_out(office: Desk, name: str) -> None:
    """Somebody's letter against circulars, and its pull."""
    address = f"{name.title()} Example\n{STREETS[name]}\nMiami, FL 33131"
    office.mail(f"{name}.eml", "NO SNAIL MAIL", address, f"{name.title()} Example <{name}@example.com>")
    assert office.run("pull", "eml:mail", "-q").code == 0


def number_of(office: Desk, name: str) -> str:
    """The suppression of somebody."""
    rows = office.run("find", f"{name}@example.com", "--json").json["suppressions"]
    return next(str(row["id"]) for row in rows if row["lifted"] is None)


def sent(office: Desk, *options: str) -> dict[str, Any]:
    """One export to the house: its manifest."""
    ran = office.run("export", "--to", "acme-mailing", "--json", *options)
    assert ran.code == 0, ran.text
    return dict(ran.json["exports"][0]["manifest"])


def names_in(office: Desk, file: str) -> list[str]:
    with (office.folder / "exports" / file).open(newline="") as rows:
        return [row["first"] for row in csv.DictReader(rows)]


def test_a_house_that_acknowledges_gets_what_changed_and_one_that_does_not_gets_everybody(desk: Desk) -> None:
    # Nothing is acknowledged yet: the list is complete.
    first = sent(desk)
    assert (first["sequence"], first["change"], first["rows"]) == (1, "full", 2)
    assert first["what_for"] == "Spring circular"
    assert "replaces every earlier list" in first["how_to_apply"]

    opt_out(desk, "ana")
    assert sent(desk)["change"] == "full"

    # They say that they have number 2: from then on they get what came since.
    told = desk.run("export", "ack", "acme-mailing", "2", "--applied", "3")
    assert told.code == 0
    assert "3 rows of 3 applied" in told.out
    nothing = desk.run("export", "--to", "acme-mailing")
    assert (nothing.code, nothing.out) == (0, "")
    assert "Nothing has changed for acme-mailing (post) since 2." in nothing.err

    # Harold wants the circular again, by his own word: he comes off in a file of its own.
    assert desk.run("lift", number_of(desk, "harold"), "--evidence", "called on 2026-11-25", "--yes").code == 0
    third = sent(desk)
    assert (third["sequence"], third["change"], third["after"]) == (3, "delta", 2)
    assert (third["rows"], third["removals"]) == (0, 1)
    assert third["how_to_apply"].startswith("Apply 3 after 2")
    removals = third["files"][1]["file"]
    assert names_in(desk, removals) == ["Harold"]

    # Number 3 was lost on the way. The next one comes after 2 again, so that nothing is missing.
    fourth = sent(desk)
    assert (fourth["sequence"], fourth["after"], fourth["removals"]) == (4, 2, 1)
    status = desk.run("export", "status").out
    assert "2 lists behind" in status
    assert desk.run("verify").code == 0


def test_who_is_lifted_and_asks_again_never_comes_off(desk: Desk) -> None:
    sent(desk)
    assert desk.run("export", "ack", "acme-mailing").code == 0
    assert desk.run("lift", number_of(desk, "harold"), "--evidence", "called on 2026-11-25", "--yes").code == 0
    address = f"Harold Example\n{STREETS['harold']}\nMiami, FL 33131"
    desk.mail("again.eml", "NO SNAIL MAIL", address + "\nAgain!", "Harold Example <harold@example.com>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    delta = sent(desk)
    assert (delta["rows"], delta["removals"]) == (1, 0)
    assert names_in(desk, delta["file"]) == ["Harold"]


def test_what_the_house_could_not_apply_is_shown_and_found_again(desk: Desk) -> None:
    sent(desk)
    rosa = number_of(desk, "rosa")
    receipt = desk.folder / "receipt.csv"
    receipt.write_text(f"row_id;code\n{rosa};no such address\nS999;what is this\n")
    told = desk.run("export", "ack", "acme-mailing", "1", "--applied", "1", "--receipt", receipt)
    assert told.code == 0
    assert "not applied (no such address)" in told.out
    assert "Rosa Example" in told.out
    assert "S999 was not in that list" in told.out
    assert "may be mailed" in told.err
    again = desk.run("export", "ack", "acme-mailing", "1", "--applied", "1", "--receipt", receipt, "--json")
    assert again.json["recorded"] is False
    assert desk.run("export", "status", "--json").json["recipients"][0]["receipt"]["rejected"] == [
        {"row_id": rosa, "code": "no such address"}
    ]
    why = desk.run("why", "rosa@example.com").out
    assert "acme-mailing" in why
    assert "could not be applied there: no such address" in why
    assert "could not be applied" not in desk.run("why", "harold@example.com").out


def test_a_platform_that_would_stop_order_confirmations_needs_a_reason(desk: Desk) -> None:
    desk.mail("no.eml", "NO E-MAIL", "", "Rosa Example <rosa@example.com>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    refused = desk.run("export", "--to", "everything")
    assert refused.code == 4
    assert "order confirmations" in refused.err
    assert '--account-wide "REASON"' in refused.err
    allowed = desk.run("export", "--to", "everything", "--account-wide", "the account sends marketing alone", "--json")
    assert allowed.json["exports"][0]["manifest"]["overrides"] == {
        "--account-wide": "the account sends marketing alone"
    }
    assert desk.run("export", "--to", "mailgun", "-q").code == 0


def test_a_postal_opt_out_never_stands_in_a_platforms_file_nor_an_e_mail_one_in_a_house_s(desk: Desk) -> None:
    desk.mail("no.eml", "NO E-MAIL", "", "Eve Example <eve@example.com>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    assert desk.run("export", "--to", "mailgun", "-q").code == 0
    assert desk.run("export", "--to", "acme-mailing", "-q").code == 0
    house, platform = (next((desk.folder / "exports").glob(f"{one}-*.csv")) for one in ("acme-mailing", "mailgun"))
    assert "eve example" not in house.read_text().lower()
    assert [line.partition(",")[0] for line in platform.read_text().splitlines()] == ["address", "eve@example.com"]


def test_hashes_hold_no_address_and_a_key_that_others_may_read_is_refused(desk: Desk) -> None:
    desk.mail("no.eml", "NO E-MAIL", "", "Eve Example <eve@example.com>")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    left = desk.run("export", "--to", "secret", "--json").json["exports"][0]
    assert "hmac-sha256 of the email" in left["manifest"]["normalisation"]
    assert "eve" not in Path(desk.folder / left["files"][-1]).read_text()
    (desk.folder / "acme.key").chmod(0o644)
    refused = desk.run("export", "--to", "secret")
    assert refused.code != 0
    assert "acme.key" in refused.err
    assert "both of us" not in refused.text


def test_levels_that_a_house_cannot_apply_are_left_out_and_told(desk: Desk) -> None:
    address = f"The Example family\n{STREETS['ana']}\nMiami, FL 33131"
    assert desk.run(
        "record", "letter", "--name", "Ana Example", "--address", address.replace("\n", ", "), "--channel", "post",
        "--level", "household", "--yes",
    ).code == 0  # fmt: skip
    told = desk.run("export", "--to", "neighbours")
    assert told.code == 0, told.text
    assert "left out, as the configuration says: 1 of level household" in told.out
    manifest = json.loads(next((desk.folder / "exports").glob("neighbours*.json")).read_text())
    assert (manifest["rows"], manifest["left_out"]) == (2, {"household": 1})
    assert "Carried by the list" not in desk.run("why", "Ana Example").out


WRONG = [
    ("layout = 'shoe'", "there is no layout shoe"),
    ("layout = 'hashed-email'", "say which, for example hash"),
    ("layout = 'mail-house'\nhash = 'md5'", "holds no hashes"),
    ("layout = 'mailgun'", "the layout wants { tag"),
    ("layout = 'hashed-email'\nhash = 'hmac-sha256'", "say where the key is kept"),
    ("layout = 'mail-house'\nlevels = ['street']", "must be some of"),
    ("layout = 'mail-house'\nseeds = 99", "must be a number from 0"),
]


@pytest.mark.parametrize(("table", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_recipient_is_told_with_its_key(desk: Desk, table: str, words: str) -> None:
    config = desk.folder / "allegro-privacy.toml"
    config.write_text(config.read_text() + f"\n[recipient.wrong]\n{table}\n")
    ran = desk.run("export", "--to", "wrong")
    assert ran.code == 2
    assert words in ran.err
    assert "recipient.wrong" in ran.err
    assert not list((desk.folder / "exports").glob("wrong*")) if (desk.folder / "exports").exists() else True


def test_a_list_that_was_never_sent_cannot_be_acknowledged(desk: Desk) -> None:
    ran = desk.run("export", "ack", "acme-mailing")
    assert ran.code == 2
    assert "No list has left" in ran.err
    sent(desk)
    ran = desk.run("export", "ack", "acme-mailing", "7")
    assert ran.code == 2
    assert "Their last ones are: 1" in ran.err
