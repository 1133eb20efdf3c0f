"""Stories of a proof: a customer doubts us, an auditor checks, somebody tampers."""

import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office import Desk, Ran

FRIEND = "Carmen Villaverde"
COUPLE = f"""Please take me off your e-mail list, rosa@example.com, and my friend {FRIEND} too, carmen@example.org.
Her phone is (305) 555-0166.
Rosa Quintero"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Rosa wrote three times, once in Spanish and once for a friend as well; lists left; others wrote too."""
    desk = Desk(tmp_path_factory.mktemp("office"))
    assert desk.run("init", "-q").code == 0
    desk.mail("max.eml", "NO E-MAIL", "", "Max Hill <max@example.org>")
    desk.mail("rosa.eml", "NO E-MAIL", "Please stop. I bought a tambourine from you.")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    assert desk.run("export", "--to", "acme-mailing", "--as", "dana").code == 0
    desk.mail("ana.eml", "NO E-MAIL", "", "Ana Hill <ana@example.org>")
    desk.mail("rosa-es.eml", "NO E-MAIL", "Por favor no me envíen más correos. Gracias, Rosa Quintero")
    desk.mail("couple.eml", "Unsubscribe", COUPLE)
    assert desk.run("pull", "eml:mail", "-q").code == 0
    for question in desk.run("review", "--json").json["reviews"]:
        desk.run("review", "answer", question["id"], "ignore", "--note", "written to both by post")
    return desk


@pytest.fixture(scope="module")
def made(office: Desk) -> tuple[Path, str]:
    """The pack about Rosa, and the fingerprint that the desk was told."""
    ran = office.run("why", "rosa@example.com", "--proof", "pack", "--json", "--as", "dana")
    assert ran.code == 0, ran.text
    return office.folder / "pack", ran.json["fingerprint"]


@pytest.fixture
def pack(made: tuple[Path, str], tmp_path: Path) -> Iterator[Path]:
    """A copy that may be spoilt."""
    shutil.copytree(made[0], tmp_path / "copy")
    return tmp_path / "copy"


def check(pack: Path, *arguments: str | Path, script: Path | None = None) -> Ran:
    """What the pack's own script says, in an empty environment, in another folder, without this program."""
    command = [sys.executable, "-I", "-S", str(script or pack / "verify.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd="/", env={}, timeout=60, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_customer_reads_what_happened_in_her_language(made: tuple[Path, str]) -> None:
    english, spanish = ((made[0] / name).read_text() for name in ("README.txt", "LEAME.txt"))
    assert "no more marketing by e-mail" in english
    assert "the clock of our mail server" in english
    assert "NO E-MAIL" in english
    assert "no más publicidad por correo electrónico" in spanish
    assert "{" not in english + spanish


def test_it_holds_the_letters_the_lists_with_their_manifests_and_the_rules(made: tuple[Path, str]) -> None:
    facts = json.loads((made[0] / "proof.json").read_text())
    letters = [letter for letter in facts["messages"] if letter["kept"]]
    texts = [(made[0] / letter["file"]).read_text() for letter in letters]
    assert any("I bought a tambourine from you." in text for text in texts)
    assert letters[0]["received"] == "2026-11-20T14:02:00Z"
    assert letters[0]["requests"][0]["evidence"][0]["rule"] == "en.no-email"
    (export,) = facts["exports"]
    manifest = json.loads((made[0] / export["manifest"]).read_text())
    assert manifest["sha256"] == export["sha256"]
    assert facts["suppressions"][0]["channel"] == "email"


def test_nobody_else_can_read_it_and_the_making_is_recorded(office: Desk, made: tuple[Path, str]) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made[0].rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (made[0], *made[0].rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})
    assert "Proof pack made (dana)" in office.run("why", "rosa@example.com").out
    assert office.run("verify").code == 0


def test_nothing_of_other_people_is_in_it(made: tuple[Path, str]) -> None:
    everything = b"".join(path.read_bytes() for path in made[0].rglob("*") if path.is_file()).lower()
    assert b"rosa@example.com" in everything
    for word in (b"max", b"hill", b"ana@", b"carmen", b"villaverde", b"555-0166", b"5550166"):
        assert word not in everything, word
    assert b"blacked out" in everything


def test_an_auditor_checks_it_with_python_alone(made: tuple[Path, str]) -> None:
    ran = check(made[0], made[1])
    assert ran.code == 0, ran.out
    assert "Whole" in ran.out
    assert made[1] in ran.out
    # What came after the list has left is not confirmed by it, and the script says so.
    assert "Not yet confirmed by a list that left" in ran.out


def test_the_mail_houses_own_manifest_confirms_it_or_not(office: Desk, pack: Path, tmp_path: Path) -> None:
    (manifest,) = (office.folder / "exports").glob("*.manifest.json")
    assert check(pack, "--manifest", manifest).code == 0
    other = json.loads(manifest.read_text())
    other["ledger"]["hash"] = "0" * 64
    (tmp_path / "other.json").write_text(json.dumps(other))
    refused = check(pack, "--manifest", tmp_path / "other.json")
    assert refused.code == 1
    assert "was rewritten after it left" in refused.out


def test_a_change_of_any_file_is_noticed(office: Desk, made: tuple[Path, str], tmp_path: Path) -> None:
    names = sorted(path.relative_to(made[0]).as_posix() for path in made[0].rglob("*") if path.is_file())
    assert {"README.txt", "LEAME.txt", "proof.json", "ledger.jsonl", "verify.py", "SHA256SUMS"} <= set(names)
    for number, name in enumerate(names):
        spoilt = tmp_path / str(number)
        shutil.copytree(made[0], spoilt)
        raw = bytearray((spoilt / name).read_bytes())
        raw[len(raw) // 2] ^= 1
        (spoilt / name).write_bytes(raw)
        assert check(spoilt, made[1], script=made_script(made, spoilt, tmp_path, name)).code == 1, name
        (spoilt / name).unlink()
        assert check(spoilt, made[1], script=made_script(made, spoilt, tmp_path, name)).code == 1, name
    (tmp_path / "0" / "extra.txt").write_text("more")
    assert "extra.txt does not belong" in check(tmp_path / "0").out
    assert office.run("verify", "--against", made[0]).code == 0
    assert office.run("verify", "--against", tmp_path / "1").code == 4


def made_script(made: tuple[Path, str], spoilt: Path, tmp_path: Path, name: str) -> Path | None:
    """Who has spoilt the script itself is found by the script of another copy, put in its place."""
    if name != "verify.py":
        return None
    twin = tmp_path / "twin.py"
    twin.write_text((made[0] / "verify.py").read_text().replace("os.path.abspath(__file__)", repr(str(spoilt / "x"))))
    return twin


def resealed(pack: Path) -> None:
    """What a forger does who knows how the list of sums is made."""
    names = sorted(path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file())
    rows = [f"{hashlib.sha256((pack / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (pack / "SHA256SUMS").write_text("".join(row for row in rows if "SHA256SUMS" not in row))


def forge_letter(pack: Path) -> None:
    for path in (pack / "messages").iterdir():
        path.write_text(path.read_text().replace("tambourine", "saxophone"))


def forge_time(pack: Path) -> None:
    path = pack / "proof.json"
    facts = json.loads(path.read_text())
    facts["events"][0]["at"] = "2020-01-01T00:00:00Z"
    path.write_text(json.dumps(facts))


def forge_content(pack: Path) -> None:
    path = pack / "ledger.jsonl"
    path.write_text(path.read_text().replace("tambourine", "saxophone"))


def forge_actor(pack: Path) -> None:
    path = pack / "ledger.jsonl"
    path.write_text(re.sub(r'"actor": "[^"]*"', '"actor": "nobody"', path.read_text(), count=1))


def forge_manifest(pack: Path) -> None:
    (path,) = (pack / "exports").iterdir()
    path.write_text(re.sub(r'"hash": "....', '"hash": "0000', path.read_text()))


@pytest.mark.parametrize("forge", [forge_letter, forge_time, forge_content, forge_actor, forge_manifest])
def test_a_forger_who_reseals_the_pack_is_noticed(
    office: Desk, made: tuple[Path, str], pack: Path, forge: Callable[[Path], None]
) -> None:
    assert check(pack).code == 0
    forge(pack)
    resealed(pack)
    said = check(pack)
    assert said.code == 1
    assert "NOT WHOLE" in said.out
    assert "SHA256SUMS" not in said.out
    assert "not the pack that was handed out" in check(pack, made[1]).out
    refused = office.run("verify", "--against", pack)
    assert refused.code == 4
    assert "no proof pack of the fingerprint" in refused.text


def test_a_pack_is_never_written_over_anything(office: Desk, made: tuple[Path, str]) -> None:
    def there() -> list[str]:
        return sorted(path.name for path in office.folder.iterdir() if "sqlite3-" not in path.name)

    before = there()
    for target in ("pack", "mail", "allegro-privacy.toml", "no/such/folder"):
        assert office.run("why", "rosa@example.com", "--proof", target).code == 2
    for who in ("Rosa Quintero", "nobody@example.com"):
        assert office.run("why", who, "--proof", "other").code == 2
    assert there() == before


def test_who_was_erased_still_gets_a_proof_without_a_word(office: Desk, tmp_path: Path) -> None:
    office.mail("ivo.eml", "NO E-MAIL", "My harpsichord is enough.", "Ivo Blau <ivo@example.net>")
    assert office.run("pull", "eml:mail", "-q").code == 0
    assert office.run("export", "--to", "acme-mailing").code == 0
    for path in (office.folder / "exports").glob("*0002.manifest.json"):
        path.unlink()
    assert office.run("erase", "ivo@example.net", "--yes").code == 0
    assert office.run("why", "ivo@example.net", "--proof", "erased").code == 0
    pack = office.folder / "erased"
    assert check(pack).code == 0
    readme = (pack / "README.txt").read_text()
    assert "Its text was erased" in readme
    assert "no longer with us" in readme
    everything = b"".join(path.read_bytes() for path in pack.rglob("*") if path.is_file()).lower()
    assert b"harpsichord" not in everything
    assert b"blau" not in everything
