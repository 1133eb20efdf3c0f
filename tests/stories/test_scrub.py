"""Stories of mailing lists: who asked is taken out before the circular is printed, and it can be told for ever."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from office import PROJECT, Desk

HEADER = "id,name,email,address,city,state,zip\r\n"
ROSA = '1,Rosa Quintero," ROSA@Example.com",12 Main St,Miami,FL,33130\r\n'
FINCH = "2,H. Finch,h@example.org,1450 Brickell Avenue #2203,Miami,FL,33131\r\n"
OTHERS = "".join(f'{n},"Al ""{n}"" Stone",al{n}@example.com,{n} Oak St,Miami,FL,33130\r\n' for n in range(3, 23))
MARCH = HEADER + ROSA + FINCH + OTHERS
SNAIL = "Please no more circulars.\n\nHarold Finch\n1450 Brickell Ave Apt 2203\nMiami, FL 33131"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office where Rosa wants no e-mail and Harold Finch no circulars."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    office.mail("rosa.eml", "NO E-MAIL")
    office.mail("finch.eml", "NO SNAIL MAIL", SNAIL, "Harold Finch <hf@example.com>")
    assert office.run("pull", "eml:mail", "-q").code == 0
    return office


def listed(desk: Desk, text: str | bytes = MARCH, name: str = "list.csv") -> Path:
    path = desk.folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def out(desk: Desk, part: str, folder: str = "exports") -> bytes:
    (path,) = (desk.folder / folder).glob(f"*.{part}.*")
    return path.read_bytes()


def files(desk: Desk, folder: str = "exports") -> list[str]:
    path = desk.folder / folder
    return sorted(each.name for each in path.iterdir()) if path.exists() else []


def test_the_march_circular_leaves_without_who_asked(desk: Desk) -> None:
    path = listed(desk)
    ran = desk.run("scrub", path, "--name", "March circular")
    assert ran.code == 0, ran.text
    assert "column 3 “email”: email" in ran.err
    assert "22 rows = 20 kept + 2 dropped + 0 to look at + 0 held" in ran.out
    assert out(desk, "kept") == (HEADER + OTHERS).encode()
    assert path.read_bytes() == MARCH.encode()
    dropped = out(desk, "dropped").decode().splitlines(keepends=True)
    assert dropped[1].startswith("S")
    assert dropped[1].endswith(f"the same e-mail address,2,{ROSA}")
    assert dropped[2].endswith(f"the same door,3,{FINCH}")

    why = desk.run("why", "rosa@example.com").out
    assert "1 row dropped from the mailing list “March circular” (list.csv)" in why
    assert desk.run("why", "hf@example.com", "--json").json["scrubs"][0]["name"] == "March circular"
    assert desk.run("verify").code == 0


def test_the_manifest_proves_which_list_it_was(desk: Desk) -> None:
    listed(desk)
    desk.run("scrub", "list.csv", "--name", "March circular")
    manifest = json.loads(out(desk, "manifest"))
    assert manifest["input"]["sha256"] == sha256(MARCH.encode()).hexdigest()
    assert manifest["sha256"] == sha256(out(desk, "kept")).hexdigest()
    assert manifest["rows"] == {"all": 22, "kept": 20, "dropped": 2, "look": 0, "held": 0}
    assert sum(manifest["bytes"].values()) == len(MARCH.encode())
    (path,) = (desk.folder / "exports").glob("*.manifest.json")
    assert desk.run("verify", "--against", path).code == 0
    (kept,) = (desk.folder / "exports").glob("*.kept.csv")
    kept.write_bytes(kept.read_bytes() + b"x")
    altered = desk.run("verify", "--against", path)
    assert altered.code == 4
    assert "was altered" in altered.out


def test_nothing_is_overwritten_and_the_second_scrub_has_the_next_number(desk: Desk) -> None:
    listed(desk)
    for _ in range(2):
        assert desk.run("scrub", "list.csv", "-q").code == 0
    assert sum(name.endswith("-0001.kept.csv") for name in files(desk)) == 1
    assert sum(name.endswith("-0002.kept.csv") for name in files(desk)) == 1


def test_a_check_writes_nothing_and_tells_by_its_exit_code(desk: Desk) -> None:
    listed(desk)
    found = desk.run("scrub", "list.csv", "--check")
    assert found.code == 4
    assert "Somebody who asked is on this list." in found.err
    listed(desk, HEADER + OTHERS, "clean.csv")
    assert desk.run("scrub", "clean.csv", "--check").code == 0
    assert files(desk) == []
    assert desk.run("why", "rosa@example.com", "--json").json["scrubs"] == []


def test_an_old_list_is_compared_with_who_had_asked_then(desk: Desk) -> None:
    listed(desk)
    assert desk.run("scrub", "list.csv", "--check", "--as-of", "2020-01-01").code == 0
    assert desk.run("scrub", "list.csv", "--check", "--as-of", "2999-01-01").code == 4


def test_what_is_for_one_channel_is_not_taken_from_another(desk: Desk) -> None:
    listed(desk)
    post = desk.run("scrub", "list.csv", "--channel", "post", "--json").json
    assert post["manifest"]["rules"] == {"the same door": 1}
    email = desk.run("scrub", "list.csv", "--channel", "email", "--json").json
    assert email["manifest"]["rules"] == {"the same e-mail address": 1}


GUARDED = [
    ("nobody matched", HEADER + OTHERS, (), "--allow-no-match", "Nothing on the list matched"),
    ("more than a fifth would go", HEADER + ROSA + FINCH, (), "--allow-many", "Too much of the list would go"),
    (
        "the column is missing",
        MARCH.replace("email", "x"),
        ("--channel", "post", "--channel", "phone"),
        "--allow-missing-column",
        "no column of phone numbers",
    ),
]


@pytest.mark.parametrize(("text", "more", "option", "said"), [pytest.param(*row[1:], id=row[0]) for row in GUARDED])
def test_a_guard_refuses_and_names_the_option_that_overrides_it(
    text: str, more: tuple[str, ...], option: str, said: str, desk: Desk
) -> None:
    listed(desk, text)
    refused = desk.run("scrub", "list.csv", *more)
    assert refused.code == 4, refused.text
    assert said in refused.err
    assert f'{option} "REASON"' in refused.err
    assert files(desk) == []
    assert desk.run("scrub", "list.csv", *more, option, "the list is old").code == 0
    manifest = json.loads(out(desk, "manifest"))
    assert manifest["overrides"] == {option: "the list is old"}


def test_a_list_is_refused_while_the_mail_was_not_read(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    office.run("init", "-q")
    listed(office)
    refused = office.run("scrub", "list.csv")
    assert refused.code == 4
    assert "--allow-stale" in refused.err


def test_a_list_without_any_column_to_know_people_by_is_refused_in_words(desk: Desk) -> None:
    listed(desk, "id,colour\n1,red\n2,blue\n")
    refused = desk.run("scrub", "list.csv")
    assert refused.code == 2
    assert "Its columns are: id, colour." in refused.err
    assert "--column email=COLUMN" in refused.err


def test_columns_can_be_named(desk: Desk) -> None:
    listed(desk, "a;b\n1;rosa@example.com\n" + "".join(f"{n};al{n}@example.com\n" for n in range(9)))
    done = desk.run("scrub", "list.csv", "--column", "email=b", "--json").json
    assert done["manifest"]["form"]["columns"] == [{"column": 2, "name": "b", "role": "email"}]
    assert desk.run("scrub", "list.csv", "--column", "email=2", "-q").code == 0
    wrong = desk.run("scrub", "list.csv", "--column", "email=c")
    assert wrong.code == 2
    assert "The list has a, b." in wrong.err


def test_rows_that_cannot_be_read_are_held_and_named(desk: Desk) -> None:
    listed(desk, MARCH + "23,too,few\r\n")
    ran = desk.run("scrub", "list.csv")
    assert ran.code == 3
    assert "held, line 24: it has 3 cells where the header has 7" in ran.out
    assert out(desk, "held").endswith(b"23,too,few\r\n")


def test_an_erased_person_is_still_taken_out(desk: Desk) -> None:
    assert desk.run("erase", "rosa@example.com", "--reason", "asked", "--yes").code == 0
    assert desk.run("erase", "hf@example.com", "--reason", "asked", "--yes").code == 0
    listed(desk)
    done = desk.run("scrub", "list.csv", "--json").json["manifest"]
    assert done["rules"]["the same e-mail address"] == 1
    whole = MARCH.replace("H. Finch", "Harold Finch")
    listed(desk, whole)
    done = desk.run("scrub", "list.csv", "--json").json["manifest"]
    assert done["rules"] == {"the same e-mail address": 1, "the same person and address, erased since": 1}


def test_a_hashed_list_is_matched_and_the_doubt_is_named(desk: Desk) -> None:
    import hashlib

    rows = ["rosa@example.com", *(f"al{n}@example.com" for n in range(9))]
    listed(desk, "email_md5\n" + "".join(hashlib.md5(row.encode()).hexdigest().upper() + "\n" for row in rows))
    ran = desk.run("scrub", "list.csv")
    assert ran.code == 0, ran.text
    assert "1  the same hashed e-mail address" in ran.out
    assert "is not known" in ran.err


def test_a_list_comes_on_standard_input_and_packed(desk: Desk) -> None:
    listed(desk, gzip.compress(MARCH.encode()), "march.csv.gz")
    assert desk.run("scrub", "march.csv.gz").code == 0
    assert gzip.decompress(out(desk, "kept")) == (HEADER + OTHERS).encode()
    piped = desk.run("scrub", "-", "--out", "piped", stdin=MARCH.encode())
    assert piped.code == 0, piped.text
    assert out(desk, "kept", "piped") == (HEADER + OTHERS).encode()
    listed(desk, gzip.compress(MARCH.encode())[:-9], "cut.csv.gz")
    cut = desk.run("scrub", "cut.csv.gz")
    assert cut.code == 1
    assert "cannot be read to its end" in cut.err


def test_mail_dat_is_refused_with_an_explanation(desk: Desk) -> None:
    listed(desk, "12345678\n", "job.csm")
    refused = desk.run("scrub", "job.csm")
    assert refused.code == 2
    assert "no name and no address" in refused.err


def test_a_dry_run_shows_what_would_happen(desk: Desk) -> None:
    listed(desk)
    ran = desk.run("scrub", "list.csv", "-n")
    assert ran.code == 0
    assert "2 dropped" in ran.out
    assert files(desk) == []


def big(desk: Desk, rows: int) -> Path:
    lines = (f"{n},Al Stone,al{n}@example.com,{n} Oak St,Miami,FL,33130\r\n" for n in range(rows))
    return listed(desk, HEADER + ROSA + "".join(lines))


def test_ctrl_c_at_any_time_leaves_nothing_under_a_final_name(desk: Desk) -> None:
    big(desk, 40_000)
    environment = os.environ | {"PYTHONPATH": PROJECT, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "allegro_privacy", "scrub", "list.csv", "--channel", "email"]
    codes = []
    for wait in (0.4, 0.6, 0.8, 1.0, 1.3):
        running = subprocess.Popen(
            [*command, "--allow-many", "x"], cwd=desk.folder, env=environment, stderr=-3, stdout=-3
        )
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        codes.append(running.wait(60))
        for name in files(desk):
            assert not name.startswith("."), "a hidden file was left"
        kept = [name for name in files(desk) if ".kept." in name]
        assert len([name for name in files(desk) if ".manifest." in name]) == len(kept)
    # Before Python itself listens, the signal ends the process (-2).
    assert set(codes) <= {0, 130, -2}
    assert 130 in codes
    assert desk.run("verify").code == 0


def test_on_a_full_disk_nothing_is_left_and_the_error_says_so(desk: Desk) -> None:
    big(desk, 20_000)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
        "from allegro_privacy.cli.app import run; sys.exit(run(['scrub', 'list.csv', '--channel', 'email']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", limited], cwd=desk.folder, env=os.environ | {"PYTHONPATH": PROJECT},
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    assert b"could not be written; nothing was left behind" in ran.stderr
    assert files(desk) == []
    assert desk.run("verify").code == 0


def test_killed_at_any_file_operation_the_files_are_whole_or_absent_and_recorded_first(desk: Desk) -> None:
    listed(desk)
    killer = (
        "import os, signal, sys\n"
        "steps = iter(range(1, 10_000))\n"
        "def count(event, args):\n"
        "    hidden = any('.scrub' in str(arg) for arg in args)\n"
        "    if hidden and event in ('open', 'os.link', 'os.remove') and next(steps) == int(sys.argv[1]):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "from allegro_privacy.cli.app import run\n"
        "sys.addaudithook(count)\n"
        "sys.exit(run(['scrub', 'list.csv', '--out', sys.argv[2]]))\n"
    )
    for step in range(1, 40):
        folder = f"out-{step}"
        ran = subprocess.run(
            [sys.executable, "-c", killer, str(step), folder],
            cwd=desk.folder, env=os.environ | {"PYTHONPATH": PROJECT}, capture_output=True, check=False,
        )  # fmt: skip
        there = [name for name in files(desk, folder) if not name.startswith(".")]
        endings = {name[name.index(".") :] for name in there}
        assert ".kept.csv" not in endings or endings == {".dropped.csv", ".kept.csv", ".manifest.json"}
        # The next run gives their names to the files of a run that was killed after it was recorded.
        assert desk.run("scrub", "list.csv", "--out", folder).code == 0
        if ran.returncode == 0:
            break
    assert 5 < step < 39
    finished = [
        name
        for each in range(1, step + 1)
        for name in files(desk, f"out-{each}")
        if ".kept." in name and name[0] != "."
    ]
    recorded = [one["kept_file"] for one in desk.run("why", "rosa@example.com", "--json").json["scrubs"]]
    assert sorted(finished) == sorted(recorded)
    assert len(finished) > step


def test_an_excel_list_is_scrubbed_and_told_like_any_other(desk: Desk) -> None:
    import csv

    import openpyxl

    book = openpyxl.Workbook()
    for row in csv.reader(MARCH.splitlines()):
        book.active.append(row)
    book.save(desk.folder / "march.xlsx")
    assert desk.run("scrub", "march.xlsx", "--check").code == 4
    ran = desk.run("scrub", "march.xlsx", "--name", "March circular")
    assert ran.code == 0, ran.text
    (kept,) = (desk.folder / "exports").glob("*.kept.xlsx")
    rows = list(openpyxl.load_workbook(kept).active.iter_rows(values_only=True))
    assert [list(row) for row in rows] == list(csv.reader((HEADER + OTHERS).splitlines()))
    assert b'"the same door","3"' in out(desk, "dropped")
    assert "“March circular” (march.xlsx)" in desk.run("why", "hf@example.com").out
    manifest = json.loads(out(desk, "manifest"))
    assert manifest["input"]["sha256"] == sha256((desk.folder / "march.xlsx").read_bytes()).hexdigest()


def test_a_fixed_width_list_needs_its_layout(desk: Desk) -> None:
    rows = [
        f"{name:<12}{email:<20}\r\n" for name, email in [("Rosa", "ROSA@example.com"), *[("Al", "al@example.com")] * 5]
    ]
    listed(desk, "".join(rows), "march.txt")
    refused = desk.run("scrub", "march.txt")
    assert refused.code == 2
    assert "--layout FILE" in refused.err
    listed(desk, '[[column]]\nname = "name"\nwidth = 12\n[[column]]\nname = "email"\nwidth = 20\n', "layout.toml")
    assert desk.run("scrub", "march.txt", "--layout", "layout.toml").code == 0
    assert out(desk, "kept") == "".join(rows[1:]).encode()
