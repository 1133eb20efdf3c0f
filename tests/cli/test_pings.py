"""A monitor is told that a pull began and how it ended; nothing personal leaves, and no monitor can harm a pull."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from listener import SECRET, Listener, until
from office import Desk, Ran
from servers.certificates import Authority, Certificate

# Whatever a body may not hold: who wrote, what, where it lay, who read it.
PERSONAL = ("rosa", "quintero", "example.com", "guitar", "mail", "a.eml", "gone", "dana", "NO E-MAIL", "tmp", "/", "@")
KEYS = {"schema", "ping", "exit_code", "totals", "sources_down", "ledger", "error"}

MISBEHAVE = {
    "503 503 503 503": "it answers with HTTP 503",
    "404": "it answers with HTTP 404",
    "babble": "its answer is not HTTP",
}
CERTIFICATES = {Certificate.GOOD: 0, Certificate.EXPIRED: 2, Certificate.WRONG_HOST: 2, Certificate.STRANGER: 2}


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def configure(desk: Desk, url: str, timeout: str = "10s", moments: tuple[str, ...] = ("start", "success", "failure")):
    """Write the [ping] of the configuration."""
    file = desk.folder / "allegro-privacy.toml"
    text = file.read_text("utf-8")
    for moment in moments:
        text = text.replace(f'{moment} = ""', f'{moment} = "{url}/{moment}"')
    file.write_text(text.replace('timeout = "10s"', f'timeout = "{timeout}"'), "utf-8")


@pytest.fixture
def watched(desk: Desk, listener: Listener) -> Desk:
    """A desk with one message, and a monitor that listens."""
    desk.mail("a.eml", "NO E-MAIL", "The guitar was fine, but no more e-mail please.")
    configure(desk, listener.url)
    return desk


def fails_of(ran: Ran) -> list[str]:
    return [line for line in ran.err.splitlines() if line.startswith("the monitor was not told")]


class TestWhatIsTold:
    def test_that_a_pull_began_and_then_that_it_ended_well(self, watched: Desk, listener: Listener) -> None:
        ran = watched.run("pull", "eml:mail", "-q", "--as", "dana")
        assert (ran.code, ran.text) == (0, "")
        assert listener.moments == ["start", "success"]
        began, ended = (each.json for each in listener.heard)
        assert began == {"schema": 1, "ping": "start"}
        assert ended["ping"] == "success"
        assert ended["exit_code"] == 0
        assert ended["totals"] == {"fetched": 1, "accepted": 1, "review": 0, "ignored": 0, "unreadable": 0}
        assert "error" not in ended

    def test_it_carries_the_head_and_verify_takes_it(self, watched: Desk, listener: Listener) -> None:
        watched.run("pull", "eml:mail")
        head = watched.run("status", "--json").json["head"]
        told = listener.heard[-1].json["ledger"]
        assert told == {"number": head["number"], "hash": head["hash"]}
        kept = watched.folder / "kept.json"
        kept.write_bytes(listener.heard[-1].body)
        assert watched.run("verify", "--against", kept).code == 0
        kept.write_text(json.dumps({**listener.heard[-1].json, "ledger": {**told, "hash": "0" * 64}}))
        assert watched.run("verify", "--against", kept).code == 4

    def test_nothing_new_is_also_well(self, watched: Desk, listener: Listener) -> None:
        watched.run("pull", "eml:mail")
        watched.run("pull", "eml:mail")
        assert listener.moments == ["start", "success"] * 2
        assert listener.heard[-1].json["totals"]["fetched"] == 0

    def test_a_mailbox_that_is_down_is_a_failure(self, watched: Desk, listener: Listener) -> None:
        ran = watched.run("pull", "maildir:gone", "eml:mail")
        assert ran.code == 3
        assert listener.moments == ["start", "failure"]
        told = listener.heard[-1].json
        assert (told["exit_code"], told["error"], told["sources_down"]) == (3, "source", 1)
        assert told["totals"]["accepted"] == 1
        assert told["ledger"]

    def test_a_message_that_cannot_be_read_is_a_failure(self, watched: Desk, listener: Listener) -> None:
        (watched.folder / "mail" / "b.eml").symlink_to(watched.folder / "mail" / "not-there.eml")
        ran = watched.run("pull", "eml:mail")
        assert ran.code == 3, ran.text
        told = listener.heard[-1].json
        assert (told["ping"], told["exit_code"], told["error"]) == ("failure", 3, "unreadable")

    def test_a_database_that_is_busy_is_a_failure(self, watched: Desk, listener: Listener) -> None:
        holder = sqlite3.connect(watched.folder / "allegro-privacy.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        ran = watched.run("pull", "eml:mail")
        holder.close()
        assert ran.code == 75
        assert listener.moments == ["start", "failure"]
        assert (listener.heard[-1].json["exit_code"], listener.heard[-1].json["error"]) == (75, "busy")

    def test_a_database_that_is_not_there_is_a_failure_without_a_head(self, watched: Desk, listener: Listener) -> None:
        (watched.folder / "allegro-privacy.sqlite3").unlink()
        ran = watched.run("pull", "eml:mail")
        told = listener.heard[-1].json
        assert (told["ping"], told["exit_code"], told["error"]) == ("failure", ran.code, "database")
        assert told["ledger"] is None

    def test_a_call_without_any_mailbox_is_a_failure(self, watched: Desk, listener: Listener) -> None:
        assert watched.run("pull").code == 2
        assert listener.moments == ["start", "failure"]
        assert (listener.heard[-1].json["exit_code"], listener.heard[-1].json["error"]) == (2, "usage")

    @pytest.mark.parametrize("also", [(), ("--json",)], ids=["in words", "as JSON"])
    def test_all_mailboxes_down_is_a_failure(self, watched: Desk, listener: Listener, also: tuple[str, ...]) -> None:
        ran = watched.run("pull", "maildir:gone", *also)
        told = listener.heard[-1].json
        assert (told["ping"], told["exit_code"]) == ("failure", ran.code)
        assert ran.code != 0

    def test_a_pull_that_somebody_interrupts_is_a_failure(self, watched: Desk, listener: Listener) -> None:
        listener.manner = "slow ok"
        command = [sys.executable, "-m", "allegro_privacy", "pull", "eml:mail"]
        with subprocess.Popen(command, cwd=watched.folder, stderr=subprocess.PIPE) as pull:
            assert listener.arrived.wait(20)
            pull.send_signal(signal.SIGINT)
            pull.communicate(timeout=20)
        assert pull.returncode == 130
        assert listener.moments == ["start", "failure"]
        assert (listener.heard[-1].json["exit_code"], listener.heard[-1].json["error"]) == (130, "interrupted")

    def test_a_reader_of_the_output_that_has_gone_is_no_good_end(self, desk: Desk, listener: Listener) -> None:
        for number in range(300):
            desk.mail(f"{number}.eml", f"NO E-MAIL {number}", "x" * 2000, f"Rosa Quintero <rosa{number}@example.com>")
        configure(desk, listener.url)
        command = [sys.executable, "-m", "allegro_privacy", "pull", "eml:mail", "--json"]
        with subprocess.Popen(command, cwd=desk.folder, stdout=subprocess.PIPE) as pull:
            assert pull.stdout
            pull.stdout.close()
            pull.wait(60)
        told = listener.heard[-1].json
        assert (told["ping"], told["error"]) == ("failure", "output-closed")

    def test_a_dry_run_tells_nothing(self, watched: Desk, listener: Listener) -> None:
        assert watched.run("pull", "eml:mail", "--dry-run").code == 0
        assert listener.heard == []

    def test_without_urls_nothing_is_told(self, desk: Desk) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        assert desk.run("pull", "eml:mail", "-q", "-v").text == ""

    def test_each_url_is_wanted_only_if_it_is_there(self, desk: Desk, listener: Listener) -> None:
        desk.mail("a.eml", "NO E-MAIL")
        configure(desk, listener.url, moments=("failure",))
        assert desk.run("pull", "eml:mail").code == 0
        assert listener.heard == []
        assert desk.run("pull", "maildir:gone").code != 0
        assert listener.moments == ["failure"]


class TestWhatIsNeverTold:
    @pytest.mark.parametrize(
        "sources",
        [("eml:mail",), ("eml:mail", "maildir:gone"), ("maildir:gone",), ()],
        ids=["all well", "one mailbox down", "all down", "a wrong call"],
    )
    def test_who_wrote_what_and_where_it_lay(self, watched: Desk, listener: Listener, sources: tuple[str, ...]) -> None:
        watched.run("pull", *sources, "--as", "dana")
        assert len(listener.heard) == 2
        for each in listener.heard:
            words = each.body.decode().lower()
            assert [word for word in PERSONAL if word.lower() in words] == []
            assert set(each.json) <= KEYS
            assert set(each.headers) <= {
                *("Host", "User-Agent", "Content-Type", "Content-Length", "Connection", "Accept-Encoding")
            }
            assert each.headers["User-Agent"] == "allegro-privacy"

    def test_an_unexpected_error_is_told_by_its_kind_alone(self, watched: Desk, listener: Listener) -> None:
        # An exception whose own words quote the mail, from the middle of a pull.
        program = (
            "import sys; from allegro_privacy.workflow import intake\n"
            "def pull(*_):\n    raise RuntimeError('rosa@example.com wrote NO E-MAIL')\n"
            "intake.pull = pull\n"
            "from allegro_privacy.cli.app import run\nsys.exit(run(['pull', 'eml:mail']))"
        )
        done = subprocess.run([sys.executable, "-c", program], cwd=watched.folder, capture_output=True, check=False)
        assert done.returncode == 1
        told = listener.heard[-1]
        assert (told.json["ping"], told.json["exit_code"], told.json["error"]) == ("failure", 1, "unexpected")
        assert b"rosa" not in told.body

    def test_the_url_is_a_secret_that_no_output_shows(self, watched: Desk, listener: Listener) -> None:
        listener.manner = "404"
        for arguments in (("pull", "eml:mail"), ("pull", "eml:mail", "-v"), ("doctor",), ("doctor", "--json")):
            assert SECRET not in watched.run(*arguments).text
        file = watched.folder / "allegro-privacy.toml"
        file.write_text(file.read_text().replace("http://127.0.0.1", "http://monitor.example"))
        ran = watched.run("doctor")
        assert "[ping] start: must begin with https://" in ran.text
        assert SECRET not in ran.text


def dead_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return place.getsockname()[1]


class TestAMonitorThatMisbehaves:
    @pytest.fixture(scope="class")
    @staticmethod
    def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> float:
        """How long the same pull takes when nobody is told."""
        desk = Desk(tmp_path_factory.mktemp("undisturbed"))
        desk.run("init", "-q")
        desk.mail("a.eml", "NO E-MAIL")
        began = time.monotonic()
        desk.run("pull", "eml:mail")
        return time.monotonic() - began

    def pull(self, desk: Desk, url: str, timeout: str = "1s", *options: str, **environment: str) -> tuple[Ran, float]:
        desk.mail("a.eml", "NO E-MAIL")
        configure(desk, url, timeout)
        began = time.monotonic()
        ran = desk.run("pull", "eml:mail", *options, **environment)
        return ran, time.monotonic() - began

    @pytest.mark.parametrize("manner", ["slow", "trickle"])
    def test_slow_delays_a_pull_by_its_two_bounds_at_most(
        self, desk: Desk, listener: Listener, manner: str, undisturbed: float
    ) -> None:
        listener.manner = manner
        ran, took = self.pull(desk, listener.url)
        assert ran.code == 0
        assert "1 fetched = 1 accepted" in ran.out
        assert [line.split(": ", 1)[0] for line in fails_of(ran)] == [
            "the monitor was not told that the pull began",
            "the monitor was not told that the pull ended",
        ]
        assert "within 1 s" in ran.err or "in time" in ran.err
        assert 1.5 < took < 2 * undisturbed + 2 + 5, took

    def test_that_never_accepts_a_connection_delays_it_no_longer(self, desk: Desk, undisturbed: float) -> None:
        # The queue is full: connecting itself hangs, as it does behind a firewall that drops.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as place:
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(place.getsockname())
            ran, took = self.pull(desk, f"http://127.0.0.1:{place.getsockname()[1]}")
            for each in waiting:
                each.close()
        assert ran.code == 0
        assert len(fails_of(ran)) == 2
        assert took < 2 * undisturbed + 2 + 5, took

    @pytest.mark.parametrize(("manner", "words"), MISBEHAVE.items(), ids=MISBEHAVE.values())
    def test_its_refusal_is_one_line_and_no_failure(
        self, desk: Desk, listener: Listener, manner: str, words: str
    ) -> None:
        listener.manner = manner
        ran, _ = self.pull(desk, listener.url, "10s")
        assert ran.code == 0
        assert ran.err.splitlines() == [
            f"the monitor was not told that the pull began: {words}",
            f"the monitor was not told that the pull ended: {words}",
        ]

    def test_that_is_dead_is_tried_twice_and_named(self, desk: Desk) -> None:
        ran, took = self.pull(desk, f"http://127.0.0.1:{dead_port()}", "10s")
        assert ran.code == 0
        assert fails_of(ran)[0].endswith("no connection (Connection refused)")
        assert took < 15

    def test_that_no_name_server_knows_is_named(self, desk: Desk) -> None:
        ran, _ = self.pull(desk, "https://monitor.invalid/x", "5s", no_proxy="*")
        assert ran.code == 0
        assert len(fails_of(ran)) == 2

    def test_that_was_away_for_a_moment_is_told_all_the_same(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "503 ok"
        ran, _ = self.pull(desk, listener.url, "10s")
        assert (ran.code, fails_of(ran)) == (0, [])
        assert listener.moments == ["start", "start", "success"]

    def test_that_takes_no_post_is_asked_with_get(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "no-post"
        ran, _ = self.pull(desk, listener.url, "10s")
        assert (ran.code, fails_of(ran)) == (0, [])
        assert [each.method for each in listener.heard] == ["POST", "GET"] * 2
        assert listener.heard[1].body == b""

    @pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
    def test_a_redirect_is_refused(self, desk: Desk, listener: Listener, status: str) -> None:
        other = Listener()
        listener.manner, listener.elsewhere = status, other.url + "/elsewhere"
        ran, _ = self.pull(desk, listener.url, "10s")
        other.close()
        assert ran.code == 0
        assert other.heard == []
        assert [line.split(": ")[1] for line in fails_of(ran)] == [
            f"it answers with a redirect (HTTP {status}), which is not followed"
        ] * 2

    def test_a_redirect_of_a_get_is_refused_too(self, desk: Desk, listener: Listener) -> None:
        other = Listener()
        listener.manner, listener.elsewhere = "405 302 405 302", other.url + "/elsewhere"
        ran, _ = self.pull(desk, listener.url, "10s")
        other.close()
        assert [each.method for each in listener.heard] == ["POST", "GET"] * 2
        assert (ran.code, other.heard, len(fails_of(ran))) == (0, [], 2)

    def test_q_is_silent_about_it_unless_v_asks(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "404"
        ran, _ = self.pull(desk, listener.url, "10s", "-q")
        assert (ran.code, ran.text) == (0, "")
        assert len(fails_of(desk.run("pull", "eml:mail", "-q", "-v"))) == 2

    def test_with_json_the_document_stays_whole(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "404"
        ran, _ = self.pull(desk, listener.url, "10s", "--json")
        assert ran.json["totals"]["fetched"] == 1
        assert len(fails_of(ran)) == 2

    def test_it_changes_no_exit_code(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "404"
        configure(desk, listener.url)
        plain = Desk(desk.folder / "plain")
        plain.folder.mkdir()
        plain.run("init", "-q")
        for arguments in (("eml:mail", "maildir:gone"), ("maildir:gone",), ()):
            for each in (desk, plain):
                each.mail("a.eml", "NO E-MAIL")
            assert desk.run("pull", *arguments).code == plain.run("pull", *arguments).code

    def test_a_killed_pull_leaves_no_process_behind(self, desk: Desk, listener: Listener) -> None:
        listener.manner = "slow"
        configure(desk, listener.url, "2s")
        with subprocess.Popen([sys.executable, "-m", "allegro_privacy", "pull", "eml:mail"], cwd=desk.folder) as pull:
            assert listener.arrived.wait(20)
            children = Path(f"/proc/{pull.pid}/task/{pull.pid}/children").read_text().split()
            assert len(children) == 1
            pull.kill()
        assert until(lambda: not alive(int(children[0])), 8)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


class TestOverTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        folder = tmp_path / "authority"
        folder.mkdir()
        return Authority(folder)

    @pytest.mark.parametrize(("kind", "failed"), CERTIFICATES.items(), ids=CERTIFICATES.keys())
    def test_only_a_certificate_that_holds_is_accepted(
        self, desk: Desk, authority: Authority, kind: Certificate, failed: int
    ) -> None:
        listener = Listener(certificate=authority.issue(kind))
        desk.mail("a.eml", "NO E-MAIL")
        configure(desk, listener.url)
        ran = desk.run("pull", "eml:mail", SSL_CERT_FILE=str(authority.ca_file), no_proxy="*")
        listener.close()
        assert ran.code == 0
        assert len(fails_of(ran)) == failed
        assert listener.moments == ([] if failed else ["start", "success"])
        assert all("its certificate is not accepted" in line for line in fails_of(ran))


class TestTheConfiguration:
    def test_a_proxy_for_the_web_is_not_asked_for_this_machine(self, watched: Desk, listener: Listener) -> None:
        gone = f"http://127.0.0.1:{dead_port()}"
        ran = watched.run("pull", "eml:mail", http_proxy=gone, https_proxy=gone)
        assert (ran.code, fails_of(ran)) == (0, [])
        assert listener.moments == ["start", "success"]

    def test_doctor_says_who_is_told_and_tells_nobody(self, watched: Desk, listener: Listener) -> None:
        found: Callable[[], list[str]] = lambda: [  # noqa: E731
            each["found"] for each in watched.run("doctor", "--json").json["checks"] if each["check"] == "monitor"
        ]
        assert found() == ["start, success, failure of each pull: told to 127.0.0.1"]
        assert listener.heard == []
