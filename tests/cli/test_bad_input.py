"""Bad input and bad luck: a clear error, the right exit code, nothing lost."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Desk, Ran

NOBODY = 65534


def _whole(ran: Ran) -> None:
    """What, why and fix were told, and no traceback."""
    assert "Traceback" not in ran.text
    assert "error: " in ran.err
    assert "why: " in ran.err
    assert "fix: " in ran.err


@pytest.fixture
def odd_folder(desk: Desk) -> Desk:
    """A folder as offices have them: mail among everything else."""
    desk.mail("good.eml", "NO E-MAIL")
    folder = desk.folder / "mail"
    (folder / "empty.eml").touch()
    (folder / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + os.urandom(5000))
    (folder / "archive.zip").write_bytes(b"PK\x03\x04" + os.urandom(5000))
    (folder / "notes.txt").write_text("Call the mail house on Monday.\n")
    (folder / "sub").mkdir()
    shutil.copy(folder / "good.eml", folder / "sub" / "copy.eml")
    with (folder / "huge.eml").open("wb") as huge:
        huge.write(b"From: b@example.com\r\nSubject: NO E-MAIL\r\nMessage-ID: <huge@example.com>\r\n\r\n")
        huge.truncate(200 * 1024 * 1024)
    (folder / "dangling.eml").symlink_to("nowhere")
    return desk


def test_every_file_of_an_odd_folder_is_accounted_for(odd_folder: Desk) -> None:
    ran = odd_folder.run("classify", "mail", "--json")
    assert ran.code == 0
    totals = ran.json["totals"]
    assert totals["fetched"] == len(ran.json["messages"]) >= 7
    assert totals["fetched"] == totals["accepted"] + totals["review"] + totals["ignored"] + totals["unreadable"]
    assert totals["accepted"] >= 1


def test_an_odd_folder_is_pulled_and_nothing_is_lost(odd_folder: Desk) -> None:
    before = sorted(path.name for path in (odd_folder.folder / "mail").rglob("*"))
    ran = odd_folder.run("pull", "eml:mail", "--json")
    assert ran.code in (0, 3)
    assert odd_folder.run("find", "rosa@example.com", "--json").json["suppressions"]
    assert sorted(path.name for path in (odd_folder.folder / "mail").rglob("*")) == before
    assert odd_folder.run("verify").code == 0


def test_two_hundred_megabytes_do_not_fill_the_memory(odd_folder: Desk) -> None:
    # Not ru_maxrss, which begins with that of the process that started this one.
    code = "from allegro_privacy.cli.app import run; run(['classify', 'mail/huge.eml', '-q']);"
    code += "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=odd_folder.folder, check=True
    )
    assert int(done.stdout.split()[-1]) < 150 * 1024


def _as_somebody_else(desk: Desk, *arguments: str) -> Ran:
    """Run a command without root's rights, to which no door is closed. It runs twice: the first time, still as root and
    dry, only loads the program, which the other user may not be able to read."""
    script = desk.folder.parent / f"{desk.folder.name}.py"
    script.write_text(
        "import contextlib, io, os, sys\n"
        "from allegro_privacy.cli.app import run\n"
        "arguments = sys.argv[1:]\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    run([*arguments, '-n'] if arguments[0] == 'pull' else arguments)\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "sys.exit(run(arguments))\n"
    )
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=desk.folder)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def public_place() -> Iterator[Path]:
    """A folder that every user can reach."""
    with tempfile.TemporaryDirectory(prefix="allegro-privacy-") as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "office"
        place.mkdir(mode=0o755)
        yield place


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else to meet a closed door")
def test_a_directory_without_permission_is_named_and_the_rest_goes_on(public_place: Path) -> None:
    desk = Desk(public_place)
    desk.mail("good.eml", "NO E-MAIL")
    desk.mail("closed/a.eml", "NO E-MAIL", sender="Ben <ben@example.com>")
    (public_place / "mail" / "closed").chmod(0o700)
    ran = _as_somebody_else(desk, "classify", "mail", "--json")
    assert ran.code == 0, ran.text
    assert ran.json["totals"] == {"fetched": 2, "accepted": 1, "review": 0, "ignored": 0, "unreadable": 1}
    assert any("closed" in row["source"] and row["nature"] == "unreadable" for row in ran.json["messages"])
    assert "closed" in ran.json["problems"][0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else to meet a closed door")
def test_a_database_that_is_read_only_is_told(public_place: Path) -> None:
    desk = Desk(public_place)
    desk.mail("good.eml", "NO E-MAIL")
    assert desk.run("init", "-q").code == 0
    (public_place / "allegro-privacy.toml").chmod(0o644)
    (public_place / "allegro-privacy.sqlite3").chmod(0o444)
    ran = _as_somebody_else(desk, "pull", "eml:mail")
    _whole(ran)
    assert ran.code == 1
    assert "cannot be written" in ran.err
    assert desk.run("pull", "eml:mail").code == 0


class TestTheDatabase:
    @pytest.fixture(autouse=True)
    def _filled(self, desk: Desk) -> None:
        self.desk = desk
        desk.mail("a.eml", "NO E-MAIL")
        assert desk.run("pull", "eml:mail").code == 0
        self.path = desk.folder / "allegro-privacy.sqlite3"
        desk.mail("b.eml", "NO E-MAIL", sender="Ben <ben@example.com>")

    def _both(self) -> tuple[Ran, Ran]:
        return self.desk.run("status"), self.desk.run("pull", "eml:mail")

    def test_newer_than_the_program_is_refused(self) -> None:
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        for ran in self._both():
            _whole(ran)
            assert ran.code == 1
            assert "newer" in ran.err

    def test_that_is_no_database_is_refused(self) -> None:
        self.path.write_bytes(b"this is not a database, however long it may be " * 100)
        for ran in self._both():
            _whole(ran)
            assert ran.code == 1

    def test_that_is_damaged_is_refused_and_doctor_says_what_to_do(self) -> None:
        for name in ("-wal", "-shm"):
            Path(f"{self.path}{name}").unlink(missing_ok=True)
        content = bytearray(self.path.read_bytes())
        for page in range(1, len(content) // 4096):
            content[page * 4096 : page * 4096 + 200] = os.urandom(200)
        self.path.write_bytes(content)
        ran = self.desk.run("pull", "eml:mail")
        _whole(ran)
        assert ran.code == 1
        told = self.desk.run("doctor")
        assert told.code == 4
        assert "NOT  database" in told.out

    def test_on_a_full_disk_says_so_and_the_next_run_completes(self) -> None:
        for number in range(300):
            self.desk.mail(f"more-{number}.eml", "NO E-MAIL", "x" * 500, f"N <n{number}@example.com>")

        def small_files_only() -> None:
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

        command = [sys.executable, "-m", "allegro_privacy", "pull", "eml:mail"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.desk.folder, preexec_fn=small_files_only
        )
        assert done.returncode == 1, done.stderr
        _whole(Ran(done.returncode, done.stdout, done.stderr))
        assert self.desk.run("verify").code == 0
        assert self.desk.run("pull", "eml:mail").code == 0
        assert self.desk.run("status", "--json").json["suppressed"]["email"] == 302

    def test_that_somebody_else_holds_is_busy(self) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        ran = self.desk.run("pull", "eml:mail")
        connection.close()
        assert ran.code == 75
        _whole(ran)
        assert self.desk.run("pull", "eml:mail").code == 0


def test_two_configurations_in_conflict_are_named(desk: Desk) -> None:
    home = desk.folder / "home" / "allegro-privacy"
    home.mkdir(parents=True)
    shutil.copy(desk.folder / "allegro-privacy.toml", home / "config.toml")
    ran = desk.run("status", XDG_CONFIG_HOME=str(desk.folder / "home"))
    _whole(ran)
    assert ran.code == 2
    assert "--config" in ran.err


def test_a_configuration_with_mistakes_tells_them_all(desk: Desk) -> None:
    config = desk.folder / "allegro-privacy.toml"
    config.write_text(
        config.read_text().replace("footers = [", "foters = [").replace("max_shrink = 0.05", 'max_shrink = "5"')
    )
    ran = desk.run("status", "--json")
    assert ran.code == 2
    assert ran.json["error"]["code"] == "configuration"
    assert 'did you mean "footers"?' in ran.json["error"]["why"]
    assert "max_shrink" in ran.json["error"]["why"]


def test_a_message_that_stops_the_program_is_set_aside_the_third_time(desk: Desk) -> None:
    """The attempt is on record before the parsing, so the next runs know."""
    poison = desk.mail("1-poison.eml", "the poison")
    for number in range(2, 6):
        desk.mail(f"{number}.eml", "NO E-MAIL", sender=f"N <n{number}@example.com>")
    script = desk.folder / "run.py"
    script.write_text(
        "import os, sys\n"
        "from allegro_privacy.workflow import batches, judge\n"
        "read = judge.read\n"
        "def deadly(chair, raw):\n"
        "    if b'the poison' in raw.raw:\n"
        "        os.abort()\n"
        "    return read(chair, raw)\n"
        "batches.read = deadly\n"
        "from allegro_privacy.cli.app import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    codes = [
        subprocess.run([sys.executable, script, "pull", "eml:mail"], capture_output=True, cwd=desk.folder).returncode
        for _ in range(4)
    ]
    assert codes == [-6, 3, 3, 0]
    assert desk.run("status", "--json").json["suppressed"]["email"] == 4
    reviews = desk.run("review", "--json").json["reviews"]
    assert [poison.name in review["source"] for review in reviews] == [True]
    assert desk.run("verify").code == 0
