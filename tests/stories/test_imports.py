"""Stories of files that come from the website and from mail platforms: looked at, taken over, explained."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from office import PROJECT, Desk
from platform_files import SHAPES, write

WEBSITE = """
[import.website]
email = "E-mail"
name = "Full name"
street = "Street"
city = "City"
state = "State"
zip = "ZIP"
time = "Changed"
stop_email = "Newsletter"
stop_post = "Catalog"
"""
WEBSITE_ROWS = """\
Customer,E-mail,Full name,Street,City,State,ZIP,Changed,Newsletter,Catalog
1,rosa@example.com,Rosa Quintero,1450 Brickell Ave Apt 2203,Miami,FL,33131,2026-03-02 10:00,No,Yes
2,ann@example.org,Ann Lee,12 Oak St,Miami,FL,33144,2026-03-02 11:00,no,no
3,bob@example.net,Bob Poe,9 Elm St,,,,2026-03-02 12:00,yes,no
4,joy@example.net,Joy Roe,10 Elm St,Miami,FL,33144,2026-03-02 12:00,yes,yes
5,max@example.net,Max Doe,11 Elm St,Miami,FL,33144,2026-03-02 12:00,perhaps,yes
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


def save(desk: Desk, name: str, text: str) -> str:
    (desk.folder / name).write_text(text)
    return name


def head(desk: Desk) -> str:
    found: str = desk.run("status", "--json").json["head"]["hash"]
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_every_platforms_file_is_recognised_and_adds_nothing_the_second_time(desk: Desk, shape: str) -> None:
    write(desk.folder / "export.csv", shape, 120)
    first = desk.run("import", "export.csv", "--yes", "--json")
    assert first.code == 0, first.text
    assert first.json["format"] == shape.partition("-")[0]
    assert first.json["changes"]["new"] == 120
    again = desk.run("import", "export.csv", "--yes")
    assert "120 rows = 120 seen before, row for row" in again.out
    assert "Nothing is added" in again.out
    status = desk.run("status", "--json").json
    assert (status["messages"], status["head"]["number"]) == (120, 1 + 120 * 2 + 1)  # set up, rows, the import itself


def test_dana_looks_first_and_nothing_happens_before_she_confirms(desk: Desk) -> None:
    save(desk, "gone.csv", "email,created\nrosa@example.com,1763500000\n")
    before = head(desk)
    looked = desk.run("import", "gone.csv")
    assert looked.code == 2
    assert "rosa@example.com" in looked.out
    assert "1 rows = 1 new" in looked.out
    assert "Run it again with --yes" in looked.err
    assert desk.run("import", "gone.csv", "-n").code == 0
    assert head(desk) == before


def test_why_shows_the_file_the_line_and_the_platforms_own_words(desk: Desk) -> None:
    save(
        desk,
        "gone.csv",
        "EmailAddress,SuppressionReason,Origin,CreatedAt\nrosa@example.com,SpamComplaint,Recipient,2026-03-02T15:00:00Z\n",
    )
    assert desk.run("import", "gone.csv", "--yes", "--as", "dana").code == 0
    why = desk.run("why", "rosa@example.com").out
    for told in (
        "gone.csv, line 2",
        "SuppressionReason: SpamComplaint",
        "received 2026-03-02 10:00",
        "Postmark says so",
        "(dana)",
    ):
        assert told in why
    assert desk.run("verify").code == 0


def test_mail_that_comes_back_is_no_opt_out(desk: Desk) -> None:
    save(desk, "ses.csv", "lena@example.net,BOUNCE\nrosa@example.com,COMPLAINT\n")
    desk.run("import", "ses.csv", "--yes")
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    assert "Mail came back" in desk.run("why", "lena@example.net").out


def test_an_export_that_overlaps_the_last_one_adds_only_what_is_new(desk: Desk) -> None:
    save(desk, "march.csv", "email,created\na@example.com,1763500000\nb@example.com,1763500500\n")
    save(
        desk,
        "april.csv",
        "email,created\nb@example.com,1763500500\nc@example.com,1763501000\nc@example.com,1763501000\n",
    )
    desk.run("import", "march.csv", "--yes")
    april = desk.run("import", "april.csv", "--yes", "--json").json
    assert (april["changes"]["new"], april["changes"]["known"]) == (1, 2)
    assert desk.run("status", "--json").json["suppressed"] == {"email": 3}


def test_subscribed_rows_never_bring_anybody_back(desk: Desk) -> None:
    save(desk, "gone.csv", "email,reason\nrosa@example.com,unsubscribed\n")
    save(desk, "there.csv", "email,reason\nrosa@example.com,subscribed\nann@example.com,subscribed\n")
    desk.run("import", "gone.csv", "--yes")
    before = head(desk)
    there = desk.run("import", "there.csv", "--yes")
    assert there.code == 0
    assert "2 rows = 2 ignored" in there.out
    assert head(desk) == before
    assert "in force" in desk.run("find", "rosa@example.com").out


def test_a_complaint_strengthens_an_opt_out_and_the_preview_told_so(desk: Desk) -> None:
    save(desk, "gone.csv", "email,reason\nrosa@example.com,unsubscribed\n")
    save(
        desk,
        "worse.csv",
        "email,reason\nrosa@example.com,complaint\nann@example.com,opt_out\nann@example.com,complaint\n",
    )
    desk.run("import", "gone.csv", "--yes")
    planned = desk.run("import", "worse.csv", "-n", "--json").json
    done = desk.run("import", "worse.csv", "--yes", "--json").json
    assert planned["changes"] == done["changes"]
    assert (done["changes"]["new"], done["changes"]["strengthened"]) == (1, 2)
    refused = desk.run("lift", "S3", "--evidence", "she wrote: put me back", "--yes")
    assert refused.code == 1
    assert "called our mail spam" in refused.err


def test_a_child_the_dead_and_an_order_in_a_file_are_never_taken_back(desk: Desk) -> None:
    save(desk, "gone.csv", "email,reason\na@example.com,child\nb@example.com,deceased\nc@example.com,legal\n")
    desk.run("import", "gone.csv", "--yes")
    for address, why in (("a", "protects a child"), ("b", "has died"), ("c", "authority's order")):
        found = desk.run("find", f"{address}@example.com", "--json").json
        suppression = found["suppressions"][0]["id"]
        refused = desk.run("lift", suppression, "--evidence", "a letter says: put me back", "--yes")
        assert (refused.code, why in refused.err) == (1, True)


def test_who_was_put_back_by_staff_is_not_taken_off_again_by_an_old_row(desk: Desk) -> None:
    save(desk, "gone.csv", "email,created\nrosa@example.com,1763500000\n")
    desk.run("import", "gone.csv", "--yes")
    assert desk.run("lift", "S3", "--evidence", "she wrote: put me back", "--yes").code == 0
    assert "Nothing is added" in desk.run("import", "gone.csv", "--yes").out
    save(desk, "other.csv", "address,tags,created_at\nrosa@example.com,*,2025-01-01\n")
    assert desk.run("import", "other.csv", "--yes", "--json").json["changes"]["review"] == 1
    status = desk.run("status", "--json").json
    assert (status["open_reviews"], status["suppressed"]) == (1, {})


def test_one_row_in_a_hundred_is_broken_and_the_rest_goes_in(desk: Desk) -> None:
    write(desk.folder / "broken.csv", "mailgun", 600, broken=True)
    ran = desk.run("import", "broken.csv", "--yes", "--bad", "bad.csv")
    assert ran.code == 3
    assert "600 rows = 594 new + 6 bad" in ran.out
    assert "bad row, line 101: what stands for the e-mail address is none" in ran.out
    bad = (desk.folder / "bad.csv").read_text("utf-8-sig").splitlines()
    assert len(bad) == 7
    assert bad[0] == '"line","why","row"'
    assert desk.run("status", "--json").json["suppressed"] == {"email": 594}
    again = desk.run("import", "broken.csv", "--yes", "--bad", "bad.csv")
    assert again.code == 2
    assert "Nothing is overwritten" in again.err


def test_a_burst_of_clicks_from_one_company_is_taken_over_and_flagged(desk: Desk) -> None:
    clicks = [f"p{n}@corp.example,2026-03-02T15:00:{n:02}Z" for n in range(12)]
    clicks += [f"p{n}@gmail.com,2026-03-02T15:00:{n:02}Z" for n in range(12)]
    clicks += ["rosa@example.com,2026-03-02T18:00:00Z"]
    save(desk, "clicks.csv", "email,clicked_at\n" + "\n".join(clicks) + "\n")
    planned = desk.run("import", "clicks.csv", "-n", "--json").json
    done = desk.run("import", "clicks.csv", "--yes", "--json").json
    assert planned["flagged"] == done["flagged"] == {"corp.example": 12}
    assert desk.run("status", "--json").json["suppressed"] == {"email": 25}
    assert "may be a link scanner's" in desk.run("why", "p3@corp.example").out
    assert "scanner" not in desk.run("why", "rosa@example.com").out
    assert desk.run("status", "--json").json["flagged_clicks"] == {"corp.example": 12}
    status = desk.run("status").out
    assert "12 clicks (12 of corp.example) imported in the last 30 days look like a link scanner's" in status
    assert '"lift" puts them back' in status


def test_clicks_right_after_the_mailing_went_out_are_flagged_though_minutes_apart(desk: Desk) -> None:
    clicks = [f"p{n}@corp.example,2026-03-02T15:0{n}:00Z,2026-03-02T15:00:00Z" for n in range(5)]
    save(desk, "clicks.csv", "email,clicked_at,sent_at\n" + "\n".join(clicks) + "\n")
    assert desk.run("import", "clicks.csv", "--yes", "--json").json["flagged"] == {"corp.example": 5}


def test_the_websites_own_file_is_read_as_the_configuration_says(desk: Desk) -> None:
    with (desk.folder / "allegro-privacy.toml").open("a") as file:
        file.write(WEBSITE)
    assert desk.run("doctor").code in (0, 4)
    save(desk, "accounts.csv", WEBSITE_ROWS)
    ran = desk.run("import", "accounts.csv", "--yes", "--json")
    assert ran.code == 3, ran.text
    assert ran.json["format"] == "website"
    changes = ran.json["changes"]
    assert (changes["new"], changes["review"], changes["ignored"]) == (2, 1, 1)
    assert "“perhaps” in the column Newsletter" in ran.json["bad"][0]["why"]
    status = desk.run("status", "--json").json
    assert (status["suppressed"], status["open_reviews"]) == ({"email": 2, "post": 1}, 1)
    # No zone in the file: the shop's own. The clock starts when the customer ticked the box.
    assert "received 2026-03-02 11:00" in desk.run("why", "ann@example.org").out
    assert desk.run("verify").code == 0


def test_a_mapping_that_cannot_work_is_told_with_its_line(desk: Desk) -> None:
    with (desk.folder / "allegro-privacy.toml").open("a") as file:
        file.write('\n[import.shop]\nstop_post = "Catalog"\nstop = ["yes"]\nmial = "E-mail"\n')
    told = desk.run("status").err
    for words in (
        "[import.shop] mial: unknown key",
        "[import.shop] street: missing",
        "“yes” stands in stop and in keep",
    ):
        assert words in told


def test_a_file_that_could_be_any_list_is_refused_until_people_say_what_it_is(desk: Desk) -> None:
    save(desk, "list.csv", "email\nrosa@example.com\n")
    refused = desk.run("import", "list.csv", "--yes")
    assert refused.code == 2
    assert "--format NAME" in refused.err
    assert desk.run("import", "list.csv", "--yes", "--format", "klaviyo").code == 0
    assert desk.run("import", "list.csv", "--format", "fax").code == 2


def test_what_strangers_wrote_never_reaches_the_terminal_raw(desk: Desk) -> None:
    save(
        desk,
        "evil.csv",
        "email,reason\nrosa@example.com,\x1b[31mred\n\u202ebob@example.com,opt_out\n=cmd()|'x',opt_out\n",
    )
    ran = desk.run("import", "evil.csv", "--yes", "--bad", "bad.csv")
    assert "\x1b" not in ran.text
    assert "\u202e" not in ran.text
    assert "\"'=cmd" in (desk.folder / "bad.csv").read_text("utf-8-sig")


def test_whoever_came_by_a_file_can_be_erased_and_stays_off_the_list(desk: Desk) -> None:
    save(desk, "gone.csv", "email,reason,source\nwilhelmina@example.org,opt_out,zeppelin\nrosa@example.com,opt_out,x\n")
    desk.run("import", "gone.csv", "--yes")
    assert desk.run("erase", "wilhelmina@example.org", "--reason", "asked", "--yes").code == 0
    for file in desk.folder.glob("*.sqlite3*"):
        assert b"wilhelmina" not in file.read_bytes()
    why = desk.run("why", "wilhelmina@example.org").out
    assert "zeppelin" not in why
    assert "whose keyed hash still matches" in why
    assert "Nothing is added" in desk.run("import", "gone.csv", "--yes").out
    assert desk.run("verify").code == 0


def test_killed_in_between_it_goes_on_and_doubles_nothing(desk: Desk) -> None:
    write(desk.folder / "long.csv", "sendgrid", 6000)
    environment = os.environ | {"PYTHONPATH": PROJECT, "XDG_CONFIG_HOME": str(desk.folder)}
    command = [sys.executable, "-m", "allegro_privacy", "import", "long.csv", "--yes", "-q"]
    child = subprocess.Popen(command, cwd=desk.folder, env=environment)
    deadline = time.monotonic() + 120
    recorded = 0
    while not recorded and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.2)
        recorded = desk.run("status", "--json").json["messages"]
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "it was not killed in between"
    recorded = desk.run("status", "--json").json["messages"]
    assert 0 < recorded < 6000
    assert recorded % 500 == 0
    again = desk.run("import", "long.csv", "--yes", "--json").json
    assert (again["changes"]["known"], again["changes"]["new"]) == (recorded, 6000 - recorded)
    status = desk.run("status", "--json").json
    assert (status["messages"], status["suppressed"]) == (6000, {"email": 6000})
    assert desk.run("verify").code == 0


def test_what_is_remembered_of_a_long_file_lies_on_the_disk(desk: Desk) -> None:
    """Beyond its cache of 16 MiB nothing grows, nor does putting the clicks in order; in memory it would by 25 MiB."""
    program = """
import sys
from pathlib import Path
from hashlib import sha256
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.store.database import open_database
from allegro_privacy.store.imports import Met

def held():
    return int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])

with open_database(Path('allegro-privacy.sqlite3')) as database, Met(database) as met:
    for rows in range(2):
        for n in range(rows * 250_000, (rows + 1) * 250_000):
            met.row(sha256(str(n).encode()).hexdigest()[:32])
            met.click('corp.example', n, None, Key(Channel.EMAIL, str(n)), True)
        sum(1 for _ in met.clicks())
        print(held())
"""
    environment = os.environ | {"PYTHONPATH": PROJECT}
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=desk.folder, env=environment, capture_output=True, text=True, check=True)
    before, after = map(int, ran.stdout.split())
    assert after - before < 6 * 1024, (before, after)
    assert list(desk.folder.glob(".import-*")) == []


def test_a_file_ten_times_as_long_takes_no_more_memory(desk: Desk) -> None:
    """Looking at it only: what is recorded goes to the database, whose cache is a fixed 64 MiB."""
    say = (
        "import sys; from pathlib import Path; from allegro_privacy.cli.app import run; code = run(sys.argv[1:]); "
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]); raise SystemExit(code)"
    )
    held = []
    for rows in (2_000, 20_000):
        write(desk.folder / "long.csv", "sendgrid", rows)
        environment = os.environ | {"PYTHONPATH": PROJECT, "XDG_CONFIG_HOME": str(desk.folder)}
        command = [sys.executable, "-c", say, "import", "long.csv", "-n", "-q"]
        ran = subprocess.run(command, cwd=desk.folder, env=environment, capture_output=True, text=True, check=True)
        held.append(int(ran.stdout.split()[-1]))
    assert held[1] - held[0] < 8 * 1024, held
