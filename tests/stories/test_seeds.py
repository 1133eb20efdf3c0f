"""A list leaks: the decoys in it tell whose it was, and are never taken for people."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from office import Desk, message

PEOPLE = ("rosa@example.com", "harold@example.net", "ines@example.org", "omar@example.com", "lena@example.net")
EMAIL = 'email = "{code}@strings.example"'
POSTAL = 'postal = ["1200 Brickell Ave Apt 5\\nMiami, FL 33131"]'
RECIPIENTS = """
[recipient.acme-mailing]
layout = "plain-email"
seeds = 2

[recipient.sun-printing]
layout = "plain-email"
seeds = 2

[recipient.postal-house]
layout = "mail-house"
seeds = 1
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office whose configuration wants decoys in what three recipients get."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    config = tmp_path / "allegro-privacy.toml"
    text = config.read_text().replace('email = ""\npostal = []', f"{EMAIL}\n{POSTAL}")
    config.write_text(text + RECIPIENTS)
    return office


def ask(desk: Desk, people: Iterable[str]) -> None:
    for email in people:
        desk.mail(f"{email}.eml", "NO E-MAIL", sender=email)
    assert desk.run("pull", "eml:mail", "-q").code == 0


def export(desk: Desk, recipient: str, *options: str) -> dict[str, dict[str, str]]:
    """The rows of a new list by their e-mail addresses."""
    done = desk.run("export", "--to", recipient, "--json", *options)
    assert done.code == 0, done.text
    (left,) = done.json["exports"]
    path = next(Path(each) for each in left["files"] if each.endswith(left["manifest"]["file"]))
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    return {row["email"]: row for row in rows}


def leaked_mail(desk: Desk, to: str, *more: str, name: str = "spam") -> None:
    """Advertising by somebody who got hold of a list; `more` are header lines."""
    raw = message("Violins at half price!", "Buy now. To unsubscribe, reply STOP.", "Deals <deals@spam.example>", name)
    head = "".join(f"{line}\r\n" for line in more).encode()
    (desk.folder / "leaked").mkdir(exist_ok=True)
    (desk.folder / "leaked" / f"{name}.eml").write_bytes(
        head + raw.replace(b"customerservice@allegromusiccenter.com", to.encode())
    )


def test_a_spammer_writes_to_a_decoy_and_the_desk_knows_whose_list_it_was(desk: Desk) -> None:
    ask(desk, PEOPLE)
    acme, sun = export(desk, "acme-mailing"), export(desk, "sun-printing")
    (decoy, *_) = acme.keys() - set(PEOPLE)
    assert len(acme) == len(sun) == len(PEOPLE) + 2
    assert acme.keys() & sun.keys() == set(PEOPLE)

    leaked_mail(desk, decoy)
    pulled = desk.run("pull", "eml:leaked").out
    assert "to review" in pulled
    assert "only acme-mailing got that address" in " ".join(pulled.split())

    (question,) = desk.run("review", "--json").json["reviews"]
    assert "acme-mailing" in question["reason"]
    assert "acme-mailing" in desk.run("review").out
    assert "acme-mailing" in desk.run("why", question["id"]).out
    assert "sun-printing" not in desk.run("why", question["id"]).out

    asked = desk.run("export", "seed", decoy)
    assert "in the lists of acme-mailing" in asked.out
    assert "number 1 (email)" in asked.out

    # Staff note what they did about it; nobody was suppressed by it, the spammer least of all.
    assert desk.run("review", "answer", question["id"], "ignore", "--note", "asked Acme for an explanation").code == 0
    assert desk.run("status", "--json").json["suppressed"] == {"email": len(PEOPLE)}
    assert desk.run("verify").code == 0


@pytest.mark.parametrize(
    ("header", "to"),
    [
        ("Delivered-To: {decoy}", "undisclosed@spam.example"),
        ("X-Original-To: {decoy}", "undisclosed@spam.example"),
        ("Envelope-To: <{decoy}>", "undisclosed@spam.example"),
        ("Received: from a by mx.example id 1 for <{decoy}>; Fri, 20 Nov 2026 09:03:00 -0500", "x@spam.example"),
        ("Cc: {upper}", "x@spam.example"),
    ],
    ids=["delivered", "original", "envelope", "received", "copy in capitals"],
)  # fmt: skip
def test_a_decoy_is_recognised_wherever_the_mail_says_for_whom_it_was(desk: Desk, header: str, to: str) -> None:
    ask(desk, PEOPLE)
    (decoy, *_) = export(desk, "acme-mailing").keys() - set(PEOPLE)
    leaked_mail(desk, to, header.format(decoy=decoy, upper=decoy.upper()))
    assert "only acme-mailing got that address" in " ".join(desk.run("pull", "eml:leaked").out.split())


def test_a_catalog_comes_to_a_name_that_only_one_mail_house_has(desk: Desk) -> None:
    body = "Harold Finch\n1450 Brickell Ave Apt 2203\nMiami, FL 33131"
    desk.mail("harold.eml", "NO SNAIL MAIL", body, "Harold Finch <hf@example.com>")
    desk.run("pull", "eml:mail", "-q")
    done = desk.run("export", "--to", "postal-house", "--json")
    assert done.code == 0, done.text
    text = Path(done.json["exports"][0]["files"][-1]).read_text()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 2
    (decoy,) = (row for row in rows if "1200 Brickell" in json.dumps(row))
    name = f"{decoy['first']} {decoy['last']}" if "first" in decoy else decoy["name"]

    for printed in (
        name,
        f"{name.upper()} OR CURRENT RESIDENT\n1200 BRICKELL AVE APT 5\nMIAMI FL 33131-2000",
        f"{name}, 1200 Brickell Ave Apt 5, Miami, FL 33131",
    ):
        found = desk.run("export", "seed", printed)
        assert "in the lists of postal-house" in " ".join(found.out.split()), printed
    assert desk.run("export", "seed", "Harold Finch", "--json").json["decoy"] is None


def test_nothing_takes_a_decoy_for_a_person(desk: Desk) -> None:
    ask(desk, PEOPLE)
    decoys = export(desk, "acme-mailing").keys() - set(PEOPLE)
    status = desk.run("status", "--json").json
    assert status["suppressed"] == {"email": len(PEOPLE)}
    for decoy in decoys:
        assert desk.run("find", decoy, "--json").json["suppressions"] == []
    assert not any(decoy in desk.run("report", "--json").out for decoy in decoys)

    # The platform's own list of opt-outs comes back, our decoys in it; somebody forges a decoy's opt-out.
    (desk.folder / "back.csv").write_text("email,created\n" + "".join(f"{each},1795000000\n" for each in decoys))
    done = desk.run("import", "back.csv", "--format", "sendgrid", "--yes", "--json")
    assert done.code == 0, done.text
    for number, decoy in enumerate(decoys):
        desk.mail(f"forged{number}.eml", "NO E-MAIL", sender=decoy)
    desk.run("pull", "eml:mail", "-q")
    assert desk.run("status", "--json").json["suppressed"] == {"email": len(PEOPLE)}
    assert desk.run("verify").code == 0


def test_no_list_gives_its_decoys_away(desk: Desk) -> None:
    """Whoever has two lists, and the manifest, sees rows that came and stayed, as people do."""
    ask(desk, PEOPLE[:3])
    first = export(desk, "acme-mailing")
    ask(desk, PEOPLE[3:])
    second = export(desk, "acme-mailing")
    third = export(desk, "acme-mailing")

    assert first.items() <= second.items()
    assert len(second) == len(PEOPLE) + 4
    assert third == second, "a list to which nobody came brings no decoys either"
    numbers = [int(row["suppression"][1:]) for row in second.values()]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    suppressed = desk.run("find", "@example.com", "--json").json["suppressions"]
    assert {row["suppression"] for email, row in second.items() if email not in PEOPLE}.isdisjoint(
        {each["id"] for each in suppressed}
    )
    manifest = next((desk.folder / "exports").glob("acme-mailing-*0002.manifest.json"))
    said = json.loads(manifest.read_text())
    assert said["rows"] == len(second)
    assert "decoy" not in manifest.read_text()
    assert "seed" not in manifest.read_text()
    assert not any(email in manifest.read_text() for email in second)


def test_a_delta_brings_the_decoys_that_its_people_came_with_and_none_when_nobody_came(desk: Desk) -> None:
    ask(desk, PEOPLE[:2])
    export(desk, "acme-mailing")
    assert desk.run("export", "ack", "acme-mailing", "1").code == 0
    ask(desk, PEOPLE[2:])
    second = export(desk, "acme-mailing", "--delta")
    assert set(PEOPLE[2:]) < second.keys()
    assert len(second) == 5

    # Not acknowledged, so the next one holds the same people, and the same decoys, again.
    third = export(desk, "acme-mailing", "--delta")
    assert third == second

    assert desk.run("export", "ack", "acme-mailing", "3", "--applied", "5").code == 0
    done = desk.run("export", "--to", "acme-mailing", "--delta", "--json")
    assert done.json["exports"] == []
    assert "Nothing has changed" in done.json["told"][0]


def test_decoys_do_not_hide_that_a_list_is_empty_or_has_shrunk(desk: Desk) -> None:
    ask(desk, PEOPLE)
    export(desk, "acme-mailing")
    for row in desk.run("find", "@example.com", "--json").json["suppressions"]:
        done = desk.run("lift", row["id"], "--evidence", "asked for it by phone", "--yes")
        assert done.code == 0, done.text
    refused = desk.run("export", "--to", "acme-mailing")
    assert refused.code == 4
    assert "It has 3 rows, 2 (40.0%) fewer" in refused.err


def test_an_auditor_can_tell_decoys_from_people_and_a_customer_with_a_proof_cannot(desk: Desk) -> None:
    ask(desk, PEOPLE)
    decoys = export(desk, "acme-mailing").keys() - set(PEOPLE)
    assert desk.run("why", PEOPLE[0], "--proof", "proof").code == 0
    pack = "".join(path.read_text() for path in (desk.folder / "proof").rglob("*") if path.is_file())
    assert "acme-mailing" in pack
    assert not any(decoy in pack for decoy in decoys)
    for decoy in decoys:
        told = desk.run("export", "seed", decoy, "--json").json["decoy"]
        assert (told["recipient"], told["email"], told["channel"]) == ("acme-mailing", decoy, "email")
        assert [each["sequence"] for each in told["exports"]] == [1]


def test_a_configuration_without_a_place_for_decoys_is_refused_before_anything_is_written(desk: Desk) -> None:
    ask(desk, PEOPLE)
    config = desk.folder / "allegro-privacy.toml"
    config.write_text(config.read_text().replace(EMAIL, ""))
    refused = desk.run("export", "--to", "acme-mailing")
    assert refused.code == 2
    assert "[seeds] email: missing" in refused.err
    assert not list((desk.folder / "exports").glob("*"))
