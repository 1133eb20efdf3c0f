"""What every command promises: help, exit codes, JSON, and where its words go."""

import json
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from office import Desk, message

from allegro_privacy import config
from allegro_privacy.workflow import upkeep

COMMANDS = [
    "status",
    "pull",
    "classify",
    "review",
    "case",
    "record",
    "import",
    "find",
    "why",
    "reply",
    "export",
    "scrub",
    "links",
    "drops",
    "leaks",
    "report",
    "deadlines",
    "verify",
    "lift",
    "erase",
    "init",
    "doctor",
    "auth",
    "serve",
    "demo",
]


def test_the_commands_are_listed_in_the_order_of_the_contract(bare_desk: Desk) -> None:
    ran = bare_desk.run("--help")
    listed = re.findall(r"^  ([a-z]+) {2,}[A-Z]", ran.out, re.MULTILINE)
    assert listed == COMMANDS
    assert [line for line in ran.out.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "Options:",
        "Every day:",
        "Lists:",
        "Oversight:",
        "Set up:",
    ]


def test_bare_it_shows_help(bare_desk: Desk) -> None:
    assert bare_desk.run().out == bare_desk.run("--help").out
    assert bare_desk.run().code == 0


@pytest.mark.parametrize(
    "command", [*COMMANDS, *(f"review {below}" for below in ("answer", "show", "undo", "ask", "check"))]
)
def test_every_command_has_help(bare_desk: Desk, command: str) -> None:
    ran = bare_desk.run(*command.split(), "-h")
    assert ran.code == 0
    assert "-h, --help" in ran.out
    assert "--config" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from allegro_privacy.cli.app import run; run(['-h']); print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(re.findall(r"'([a-z_0-9.]+)'", done.stderr))
    heavy = {
        "sqlite_utils",
        "sqlite3",
        "pysqlite3",
        "imapclient",
        "rich.console",
        "usaddress",
        "zipcodes",
        "lxml",
        "dateutil",
    }
    assert not loaded & (heavy | {"allegro_privacy.core.rules", "allegro_privacy.store.database", "tomllib"})


class TestClassify:
    def test_its_json_is_the_contract(self, bare_desk: Desk) -> None:
        path = bare_desk.mail("a.eml", "NO E-MAIL")
        document = bare_desk.run("classify", path, "--json").json
        assert list(document) == ["schema", "rules", "messages", "totals", "problems", "told"]
        assert document["schema"] == 1
        row = document["messages"][0]
        assert list(row)[:10] == [
            *(
                "source",
                "id",
                "message_id",
                "received",
                "language",
                "nature",
                "decision",
                "requests",
                "doubts",
                "reason",
            )
        ]
        assert row["source"] == f"eml:{path}"
        assert re.fullmatch(r"[0-9a-f]{64}", row["id"])
        assert row["message_id"] == "<a.eml@example.com>"
        assert row["received"] == "2026-11-20T14:02:00Z"
        assert (row["nature"], row["decision"], row["language"]) == ("personal", "accept", "en")
        request = row["requests"][0]
        assert request["kind"] == "opt-out"
        assert request["channel"] == "email"
        assert request["person"] == {
            "name": "Rosa Quintero",
            "email": "rosa@example.com",
            "phone": None,
            "address": None,
        }
        assert {"rule": "en.no-email", "where": "subject", "quote": "NO E-MAIL"} in request["evidence"]
        assert request["decision"] == "accept"
        assert document["totals"] == {"fetched": 1, "accepted": 1, "review": 0, "ignored": 0, "unreadable": 0}

    def test_a_postal_address_is_given_in_its_parts_and_as_written(self, bare_desk: Desk) -> None:
        given = "Harold Finch\r\n1450 Brickell Ave Apt 2203\r\nMiami, FL 33131"
        bare_desk.mail("a.eml", "NO SNAIL MAIL", given, "Harold Finch <hf@example.com>")
        request = bare_desk.run("classify", "mail", "--json").json["messages"][0]["requests"][0]
        assert (request["channel"], request["level"]) == ("post", "individual")
        address = request["person"]["address"]
        assert {part: address[part] for part in ("line1", "line2", "city", "state", "zip", "zip4")} == {
            "line1": "1450 Brickell Ave",
            "line2": "Apt 2203",
            "city": "Miami",
            "state": "FL",
            "zip": "33131",
            "zip4": None,
        }
        assert "1450 Brickell Ave Apt 2203" in address["as_given"]

    def test_it_reads_standard_input(self, bare_desk: Desk) -> None:
        document = bare_desk.run("classify", "-", "--json", stdin=message("NO E-MAIL")).json
        assert document["totals"]["accepted"] == 1

    def test_it_needs_no_configuration_and_leaves_nothing_behind(self, bare_desk: Desk) -> None:
        bare_desk.mail("a.eml", "NO E-MAIL")
        assert bare_desk.run("classify", "mail").code == 0
        assert [path.name for path in bare_desk.folder.iterdir()] == ["mail"]

    def test_for_a_person_it_says_what_it_read_and_why(self, bare_desk: Desk) -> None:
        bare_desk.mail("a.eml", "NO E-MAIL")
        shown = bare_desk.run("classify", "mail").out
        assert "no more e-mail to rosa@example.com" in shown
        assert "“NO E-MAIL” in the subject (rule en.no-email)" in shown
        assert shown.endswith("1 fetched = 1 accepted + 0 to review + 0 ignored + 0 unreadable\n")


class TestPull:
    def test_twice_is_once(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        first, second = desk.run("pull", "eml:mail", "--json").json, desk.run("pull", "eml:mail", "--json").json
        assert first["totals"]["accepted"] == 1
        assert second["totals"] == {"fetched": 0, "accepted": 0, "review": 0, "ignored": 0, "unreadable": 0}

    def test_the_same_bytes_elsewhere_are_a_copy(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        (desk.folder / "mail" / "b.eml").write_bytes((desk.folder / "mail" / "a.eml").read_bytes())
        ran = desk.run("pull", "eml:mail")
        assert "1 fetched = 0 accepted + 0 to review + 1 ignored (1 copy) + 0 unreadable" in ran.out

    def test_a_dry_run_records_nothing(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        before = desk.run("status", "--json").json["head"]
        dry = desk.run("pull", "eml:mail", "-n", "--json").json
        assert dry["totals"]["accepted"] == 1
        assert desk.run("status", "--json").json["head"] == before
        assert desk.run("pull", "eml:mail", "--json").json["totals"]["accepted"] == 1

    def test_quiet_is_silent_when_all_is_well(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        assert desk.run("pull", "eml:mail", "-q").text == ""

    def test_without_a_source_it_reads_the_mailboxes_of_the_configuration(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        config = desk.folder / "allegro-privacy.toml"
        config.write_text(
            config.read_text() + '\n[[mailbox]]\nname = "cs"\nrole = "customer-service"\nsource = "eml:mail"\n'
        )
        assert desk.run("pull", "--json").json["totals"]["accepted"] == 1

    def test_without_any_mailbox_it_says_how_to_name_one(self, desk: Desk) -> None:
        ran = desk.run("pull")
        assert ran.code == 2
        assert "pull maildir:PATH" in ran.err

    @pytest.mark.parametrize("source", ["eml:nowhere", "maildir:nowhere", "mbox:nowhere", "nowhere"])
    def test_a_place_that_is_not_there_is_a_wrong_call(self, quiet_desk: Desk, source: str) -> None:
        ran = quiet_desk.run("pull", source)
        assert ran.code == 2
        assert "nowhere cannot be read" in ran.err

    def test_one_source_that_is_down_does_not_stop_the_other(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        ran = desk.run("pull", "maildir:gone", "eml:mail", "--json")
        assert ran.code == 3
        assert ran.json["totals"]["accepted"] == 1
        assert "gone" in ran.json["problems"][0]

    def test_every_file_it_makes_is_private(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        assert desk.run("export").code == 0
        ours = [path for path in desk.folder.rglob("*") if "mail" not in path.relative_to(desk.folder).parts]
        assert [path for path in ours if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


class TestErrors:
    def test_what_why_and_fix_stand_on_stderr(self, bare_desk: Desk) -> None:
        ran = bare_desk.run("status")
        assert ran.code == 1
        assert ran.out == ""
        assert re.search(r"error: .*\n  why: .*\n  fix: allegro-privacy init", ran.err)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["status", "--nonsense"],
            ["nonsense"],
            ["find"],
            ["pull", "ftp:x"],
            ["why", "x", "--as-of", "yesterday"],
            ["report", "--from", "2026-13-01"],
            ["report", "--from", "2026-02-02", "--to", "2026-01-01"],
            ["doctor", "--max-age", "soon"],
            ["export", "--channel", "emial"],
            ["export", "--to", "../etc"],
            ["review", "answer", "R1", "perhaps"],
            ["review", "answer", "R999", "accept"],
            ["erase", "somebody", "--no-input"],
        ],
        ids=" ".join,
    )
    def test_a_wrong_call_ends_with_2_and_one_json_document(self, quiet_desk: Desk, arguments: list[str]) -> None:
        ran = quiet_desk.run(*arguments, "--json")
        assert ran.code == 2
        assert "Traceback" not in ran.text
        error = ran.json["error"]
        assert ran.json["schema"] == 1
        assert set(error) == {"code", "what", "why", "fix"}
        assert error["what"]
        assert error["fix"]

    def test_a_reader_that_goes_away_is_no_error(self, bare_desk: Desk) -> None:
        for number in range(200):
            bare_desk.mail(f"{number}.eml", "NO E-MAIL " * 20)
        command = f"{sys.executable} -m allegro_privacy classify mail --json | head -c 100"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, cwd=bare_desk.folder)
        assert done.returncode == 0
        assert done.stderr == b""

    def test_the_log_never_holds_an_address_or_a_body(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL", "the secret of the canary", "Canary <canary@example.org>")
        ran = desk.run("pull", "eml:mail", "-q", "-v")
        assert "canary" not in ran.err.lower()


class TestErase:
    def test_it_needs_a_confirmation(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        ran = desk.run("erase", "rosa@example.com")
        assert ran.code == 2
        assert "--yes" in ran.err
        assert desk.run("find", "rosa@example.com", "--json").json["messages"][0]["sender"] == "rosa@example.com"

    def test_a_dry_run_erases_nothing(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        assert desk.run("erase", "rosa@example.com", "-n").code == 0
        assert desk.run("find", "rosa@example.com", "--json").json["messages"][0]["erased"] is False

    def test_the_ledger_still_holds_and_the_suppression_still_matches(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        assert desk.run("erase", "rosa@example.com", "--yes", "--reason", "on request").code == 0
        assert desk.run("verify").code == 0
        found = desk.run("find", "rosa@example.com", "--json").json
        assert found["suppressions"][0]["erased"] is True
        assert found["suppressions"][0]["key"] is None
        assert b"rosa@example.com" not in (desk.folder / "allegro-privacy.sqlite3").read_bytes()


class TestExport:
    def test_an_empty_list_is_refused_with_the_option_that_overrides(self, desk: Desk) -> None:
        desk.mail("a.eml", "an order")
        desk.run("pull", "eml:mail")
        ran = desk.run("export", "--channel", "email")
        assert ran.code == 4
        assert "--allow-empty" in ran.err
        assert not list((desk.folder / "exports").glob("*"))
        assert desk.run("export", "--channel", "email", "--allow-empty", "a test of the mail house").code == 0

    def test_a_stale_database_is_refused(self, desk: Desk) -> None:
        ran = desk.run("export", "--channel", "email", "--allow-empty", "a test")
        assert ran.code == 4
        assert "--allow-stale" in ran.err
        assert ran.err.index("allegro-privacy pull SOURCE") < ran.err.index("--allow-stale")

    @pytest.mark.parametrize(
        "arguments",
        [["--channel", "email"], ["--channel", "email", "-n", "--allow-stale", "a test", "--allow-empty", "a test"]],
        ids=["refused", "dry"],
    )
    @pytest.mark.parametrize("directory", ["exports", "out/of/reach"])
    def test_no_directory_is_left_when_nothing_is_written(
        self, desk: Desk, directory: str, arguments: list[str]
    ) -> None:
        config = desk.folder / "allegro-privacy.toml"
        config.write_text(config.read_text().replace('directory = "exports"', f'directory = "{directory}"'))
        assert desk.run("export", *arguments).code == (0 if "-n" in arguments else 4)
        assert not (desk.folder / directory.partition("/")[0]).exists()

    def test_a_dry_run_writes_nothing(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        ran = desk.run("export", "--to", "acme", "-n", "--json")
        assert ran.json["exports"][0]["manifest"]["rows"] == 1
        assert not (desk.folder / "exports").exists()

    def test_its_manifest_proves_it(self, desk: Desk) -> None:
        import hashlib

        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        left = desk.run("export", "--to", "acme", "--json").json["exports"][0]
        written = next(path for path in left["files"] if path.endswith(".csv"))
        content = (desk.folder / written).read_bytes()
        assert hashlib.sha256(content).hexdigest() == left["manifest"]["sha256"]
        assert b"rosa@example.com" in content
        manifest = next(path for path in left["files"] if path.endswith(".manifest.json"))
        assert desk.run("verify", "--against", manifest).code == 0
        document = json.loads((desk.folder / manifest).read_text())
        document["ledger"]["hash"] = "0" * 64
        other = desk.folder / "other.manifest.json"
        other.write_text(json.dumps(document))
        assert desk.run("verify", "--against", other).code == 4

    def test_an_altered_manifest_or_list_is_found(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        left = desk.run("export", "--to", "acme", "--json").json["exports"][0]
        manifest = next(desk.folder / path for path in left["files"] if path.endswith(".manifest.json"))
        genuine = manifest.read_text()
        altered = {"rows": 999, "sha256": "0" * 64, "file": "x.csv", "channel": "post", "recipient": "other"}
        for name, value in altered.items():
            manifest.write_text(json.dumps({**json.loads(genuine), name: value}))
            ran = desk.run("verify", "--against", manifest)
            assert ran.code == 4, name
            assert f"manifest: {name} is {value}, recorded was " in ran.out
            assert "does not agree with it" in ran.err
        manifest.write_text(json.dumps({**json.loads(genuine), "file": "x.csv", "sha256": "0" * 64}))
        assert "no list was recorded to have left as x.csv" in desk.run("verify", "--against", manifest).out
        manifest.write_text(genuine)
        assert desk.run("verify", "--against", manifest).code == 0
        listed = next(desk.folder / path for path in left["files"] if path.endswith(".csv"))
        listed.write_bytes(listed.read_bytes().replace(b"rosa@", b"rose@"))
        ran = desk.run("verify", "--against", manifest)
        assert ran.code == 4
        assert "was altered: its SHA-256 is" in ran.out
        listed.unlink()
        assert desk.run("verify", "--against", manifest).code == 0

    def test_a_report_holds_a_head_to_verify_against_but_no_list(self, desk: Desk) -> None:
        report = desk.folder / "report.json"
        report.write_text(desk.run("report", "--json").out)
        assert desk.run("verify", "--against", report).code == 0


class TestReport:
    @pytest.mark.parametrize(("option", "begins"), [("--json", "{"), ("--csv", '"figure","dimension","value"')])
    def test_the_same_figures_for_machines(self, desk: Desk, option: str, begins: str) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        ran = desk.run("report", "--from", "2026-11-01", "--to", "2026-12-31", option)
        assert ran.code == 0
        assert ran.out.startswith(begins)
        assert "received-by-kind" in ran.out

    def test_it_carries_the_head_of_the_ledger(self, desk: Desk) -> None:
        head = desk.run("status", "--json").json["head"]
        assert head["hash"] in desk.run("report").out
        assert desk.run("report", "--json").json["ledger"] == head


class TestDoctor:
    def test_it_names_what_is_wrong_and_the_remedy(self, desk: Desk) -> None:
        ran = desk.run("doctor")
        assert ran.code == 4
        assert "NOT  last pull: there was none yet" in ran.out
        assert "fix: allegro-privacy pull SOURCE\n" in ran.out

    def test_with_a_mailbox_in_the_configuration_a_pull_needs_no_source(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        config = desk.folder / "allegro-privacy.toml"
        config.write_text(
            config.read_text() + '\n[[mailbox]]\nname = "cs"\nrole = "customer-service"\nsource = "eml:mail"\n'
        )
        assert "fix: allegro-privacy pull\n" in desk.run("doctor").out

    def test_all_is_well_after_a_pull(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        ran = desk.run("doctor", "--max-age", "26h", "--json")
        assert ran.json["well"] is True, ran.out
        assert ran.code == 0
        assert desk.run("doctor", "-q").text == ""

    def test_a_pull_that_could_not_read_everything_is_no_good_one(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail", "maildir:gone")
        ran = desk.run("doctor")
        assert ran.code == 4
        assert "NOT  last pull: there was none yet; 1 could not read everything" in ran.out
        desk.run("pull", "eml:mail")
        assert desk.run("doctor").code == 0
        desk.run("pull", "eml:mail", "maildir:gone")
        assert "the last good one was 0.0 h ago; 1 since then could not read everything" in desk.run("doctor").out

    def test_one_mailbox_that_is_read_hides_none_that_is_not(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        file = desk.folder / "allegro-privacy.toml"
        mailbox = '\n[[mailbox]]\nname = "{}"\nrole = "privacy"\nsource = "eml:{}"\n'
        (desk.folder / "other").mkdir()
        file.write_text(file.read_text() + mailbox.format("first", "mail") + mailbox.format("second", "other"))
        desk.run("pull", f"eml:{desk.folder}/mail")
        ran = desk.run("doctor")
        assert ran.code == 4
        assert "NOT  last pull: there was none yet of second" in ran.out
        desk.run("pull")
        assert desk.run("doctor").code == 0

    def test_an_old_pull_is_found_with_its_age(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        now = datetime.now(UTC)
        settings = config.load(desk.folder / "allegro-privacy.toml")

        def last_pull(hours: float, max_age: timedelta | None = None) -> upkeep.Check:
            checks = upkeep.doctor(lambda: settings, now + timedelta(hours=hours), max_age)
            return next(each for each in checks if each.name == "last pull")

        assert last_pull(25.9).well
        late = last_pull(30)
        assert (late.well, late.found) == (False, "the last good one was 30.0 h ago; the limit is 26 h")
        assert "allegro-privacy pull" in late.fix
        assert last_pull(30, timedelta(days=2)).well
        assert not last_pull(1, timedelta(minutes=30)).well

    def test_a_pull_that_is_yet_to_come_proves_nothing(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        desk.run("pull", "eml:mail")
        settings = config.load(desk.folder / "allegro-privacy.toml")
        checks = list(upkeep.doctor(lambda: settings, datetime.now(UTC) - timedelta(days=400), None))
        found = next(each for each in checks if each.name == "last pull")
        assert not found.well
        assert "which is yet to come" in found.found

    def test_loose_permissions_are_found(self, desk: Desk) -> None:
        (desk.folder / "allegro-privacy.sqlite3").chmod(0o644)
        assert "NOT  permissions" in desk.run("doctor").out


def test_a_saved_mail_that_no_server_dated_is_told_and_marked_where_its_date_is_shown(desk: Desk) -> None:
    for name, words in (("clear.eml", "NO E-MAIL"), ("doubtful.eml", "your e-mails")):
        path = desk.mail(name, words, "Please do not stop emailing me." if name == "doubtful.eml" else "")
        path.write_bytes(path.read_bytes().partition(b"\r\n")[2])
    desk.mail("dated.eml", "NO E-MAIL", "", "Otto <otto@example.org>")
    desk.mail("order.eml", "My order", "Where is it?", "Leo <leo@example.com>")
    assert "2 messages have no Received line" in " ".join(desk.run("pull", "eml:mail", "-n").err.split())
    pulled = desk.run("pull", "eml:mail", "--json").json
    assert [each["received_by"] for each in pulled["messages"]].count("file") == 2
    assert "dates run from it" in pulled["told"][0]
    assert "rosa" not in pulled["told"][0]
    assert desk.run("why", "rosa@example.com").out.count("the time of its file") == 2
    assert "the time of its file" not in desk.run("why", "otto@example.org").out
    (question,) = (each["id"] for each in desk.run("review", "--json").json["reviews"])
    assert "does not say when it reached us" in " ".join(desk.run("review", "show", question).out.split())
