"""Ana Pardo came by every road there is: mail, an imported file, a letter, replies. Then she is erased, and the office
searches the raw bytes of everything that the program keeps."""

from pathlib import Path

from office import Desk

from allegro_privacy.store.database import open_database

ANA = "Ana Pardo <ana.pardo@example.org>"
HER_WORDS = ("ana.pardo", "pardo", "flute", "brickell", "5550147")
REASON = "she asked for it"


def raw(desk: Desk) -> dict[str, bytes]:
    """The files of the database: itself, its journal, whatever lies beside it."""
    files = desk.folder.glob("*.sqlite3*")
    return {path.name: path.read_bytes().lower() for path in files}


def packed(desk: Desk) -> str:
    """What the events still say, unpacked."""
    with open_database(desk.folder / "allegro-privacy.sqlite3", read_only=True) as database:
        return "".join(database.unpack(row[0]) for row in database.rows("SELECT content FROM payload")).lower()


def by_every_road(desk: Desk) -> None:
    desk.mail("ana-pardo.eml", "Delete my data", "Please delete all my personal data. The flute was a gift.", ANA)
    assert desk.run("pull", "eml:mail/ana-pardo.eml", "-q").code == 0
    (desk.folder / "pardo_ana.csv").write_text("email,created\nana.pardo@example.org,1764000000\n")
    assert desk.run("import", "pardo_ana.csv", "--yes", "-q").code == 0
    letter = ("record", "letter", "--channel", "post", "--name", "Ana Pardo", "--email", "ana.pardo@example.org")
    address = ("--address", "1450 Brickell Ave Apt 2203, Miami, FL 33131", "--scan", "ana-pardo.pdf")
    assert desk.run(*letter, *address, "--yes").code == 0
    call = ("record", "call", "--channel", "phone", "--phone", "305-555-0147", "--email", "ana.pardo@example.org")
    assert desk.run(*call, "--yes").code == 0
    case = desk.run("case", "--json").json["cases"][0]["id"]
    assert desk.run("reply", case, "--eml", "answers").code == 0
    desk.run("case", "verify", case, "--how", "signed in again")
    assert desk.run("case", "close", case, "partly", "--reason", "the flute stays on the bill").code == 0


def test_no_byte_of_her_is_left_and_she_is_told_where_else_to_look(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("init", "-q").code == 0
    by_every_road(desk)
    shown = "".join(raw(desk)[name].decode("latin-1") for name in raw(desk)) + packed(desk)
    assert [word for word in HER_WORDS if word not in shown] == []

    (case,) = desk.run("status", "--json").json["to_erase"]
    plan = desk.run("erase", case, "-n")
    for outside in ("ana-pardo.eml", "pardo_ana.csv", "scan ana-pardo.pdf", f"{tmp_path}/answers/d"):
        assert outside in plan.err.replace("\n    ", " ").replace("\n", ""), outside
    assert desk.run("erase", case, "--yes", "--reason", REASON).code == 0

    left = [(name, word) for name, content in raw(desk).items() for word in HER_WORDS if word.encode() in content]
    assert left == []
    assert [word for word in HER_WORDS if word in packed(desk)] == []
    found = desk.run("find", "ana.pardo@example.org").out
    assert "S" in found
    assert "somebody erased, whose keyed hash still matches" in " ".join(found.split())
    assert desk.run("verify").code == 0
