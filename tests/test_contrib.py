"""The samples in contrib/ are what cron, systemd and logrotate accept, and what the program can live under."""

import getpass
import grp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from allegro_privacy.cli.app import app, register_all

ROOT = Path(__file__).parents[1]
CONTRIB = ROOT / "contrib"
PROGRAM = "/opt/allegro-privacy/bin/allegro-privacy"
CRON = CONTRIB / "cron" / "allegro-privacy"
ROTATE = CONTRIB / "logrotate" / "allegro-privacy"
UNITS = sorted((CONTRIB / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
SERVE = CONTRIB / "systemd" / "allegro-privacy-serve.service"
PULLS = [unit for unit in SERVICES if unit != SERVE]
NGINX = CONTRIB / "nginx" / "allegro-privacy.conf"
README = (CONTRIB / "README.md").read_text("utf-8")
# SQLite gives a journal to the database's owner, but only when it runs as root, as tests may and the service does not.
ONLY_AS_ROOT = {"fchown"} if os.geteuid() == 0 else set[str]()


def tool(name: str, package: str) -> str:
    """The path of a program of the system; without it the check is skipped, with the package that has it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"NOT CHECKED: {name} is not installed (apt-get install {package})")
    return found


def ran(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.returncode, done.stdout + done.stderr


def named(path: Path) -> str:
    return path.relative_to(CONTRIB).as_posix()


def settings(unit: Path, key: str) -> list[str]:
    """All values of a key, as they stand."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


# The calls


def calls() -> Iterator[tuple[str, str]]:
    for path in (CRON, *SERVICES):
        for line in re.findall(rf"{PROGRAM} ([a-z].*)", path.read_text("utf-8")):
            yield named(path), line


@cache
def commands() -> dict[str, typer.core.TyperCommand]:
    register_all()
    return typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize(("where", "call"), list(calls()), ids=lambda each: each)
def test_every_call_is_one_that_the_program_knows(where: str, call: str) -> None:
    name, *words = call.split(">>")[0].split()
    known = {option for parameter in commands()[name].params for option in parameter.opts}
    used = {word for word in words if word.startswith("-")}
    assert used <= known, where


def test_there_are_calls_to_check() -> None:
    assert len(list(calls())) == 7


# cron


def jobs() -> list[str]:
    return [line for line in CRON.read_text("utf-8").splitlines() if re.match(r"[\d*]", line)]


def test_cron_reads_its_file(tmp_path: Path) -> None:
    """`crontab -n` reads a person's table, which has no column for the account."""
    assert crontab(tmp_path, re.sub(r"(?m)^([\d*]\S*( +\S+){4} +)allegro-privacy +", r"\1", CRON.read_text())) == 0
    assert crontab(tmp_path, "61 6-20 * * * /bin/true\n") != 0, "a check that cannot fail"


def crontab(folder: Path, text: str) -> int:
    program = tool("crontab", "cron")
    file = folder / "table"
    file.write_text(text)
    code, said = ran(program, "-n", file)
    if "invalid option" in said:
        pytest.skip("NOT CHECKED: this crontab has no -n (Debian's has)")
    return code


def test_cron_finds_its_file_and_the_account() -> None:
    text = CRON.read_text("utf-8")
    assert re.fullmatch(r"[A-Za-z0-9_-]+", CRON.name), "cron passes over names with a dot"
    assert text.endswith("\n"), "cron drops a last line without an end"
    assert len(jobs()) == 3
    for job in jobs():
        times, (account, command) = job.split(maxsplit=6)[:5], job.split(maxsplit=6)[5:]
        assert all(re.fullmatch(r"\*|\d+(-\d+)?", each) for each in times), job
        assert account == "allegro-privacy"
        assert command.startswith(PROGRAM)
        assert "%" not in command, "cron takes % for the end of a line"


# systemd


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that is here; `verify` wants to find it."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace(PROGRAM, sys.executable))
    return tmp_path


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_systemd_reads_each_unit_without_a_word(units: Path, unit: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    assert ran(analyze, "verify", "--man=no", units / unit.name) == (0, "")


def test_systemd_finds_a_mistake_in_a_unit(units: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    unit = units / "allegro-privacy.service"
    unit.write_text(unit.read_text().replace("Restart=on-failure", "Restart=always"))
    code, said = ran(analyze, "verify", "--man=no", unit)
    assert code != 0
    assert "Refusing" in said


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_systemd_counts_little_exposure(units: Path, unit: Path) -> None:
    """0 is closed, 100 open; what is left is the network, which a mailbox needs."""
    analyze = tool("systemd-analyze", "systemd")
    code, said = ran(analyze, "security", "--offline=true", "--threshold=15", "--no-pager", units / unit.name)
    assert code == 0, said


def test_the_timer_is_one(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    timer = CONTRIB / "systemd" / "allegro-privacy.timer"
    (when,) = settings(timer, "OnCalendar")
    code, said = ran(analyze, "calendar", "--iterations=15", when)
    assert code == 0, said
    assert said.count("Next elapse") + said.count("Iter.") == 15


def test_all_services_are_closed_alike() -> None:
    """From `User=` on they are one text: what one may not do, the other may not either."""
    kept = [unit.read_text("utf-8").split("# What it may see", 1)[1].split("[Install]")[0].strip() for unit in SERVICES]
    assert len(SERVICES) == 3
    assert len(set(kept)) == 1


def test_the_endpoint_talks_to_this_machine_only() -> None:
    assert settings(SERVE, "IPAddressDeny") == ["any"]
    assert settings(SERVE, "IPAddressAllow") == ["localhost"]
    assert settings(SERVE, "LoadCredential") == ["links-k1:/etc/allegro-privacy/links-k1.key"]


@pytest.mark.parametrize("unit", PULLS, ids=named)
def test_a_service_holds_no_password_and_is_handed_it(unit: Path) -> None:
    handed = settings(unit, "LoadCredential")
    assert handed == [f"{name}:/etc/allegro-privacy/{name}.password" for name in ("customerservice", "privacy")]
    assert not re.search(r"(?i)^Environment=.*(password|token|secret)", unit.read_text("utf-8"), re.MULTILINE)


# What the program does, against what the service allows


def group(name: str) -> set[str]:
    """The system calls of one of systemd's groups."""
    code, said = ran(tool("systemd-analyze", "systemd"), "syscall-filter", "--no-pager", name)
    assert code == 0, said
    words = {line.strip() for line in said.splitlines()[1:] if line.strip() and not line.strip().startswith("#")}
    groups = {word for word in words if word.startswith("@")}
    return (words - groups).union(*map(group, groups))


def allowed(unit: Path) -> set[str]:
    calls: set[str] = set()
    for line in settings(unit, "SystemCallFilter"):
        words = set[str]().union(*(group(each) for each in line.lstrip("~").split()))
        calls = calls - words if line.startswith("~") else calls | words
    return calls


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every system call of a pull whose pings go to a monitor that does not answer."""
    strace = tool("strace", "strace")
    folder = tmp_path_factory.mktemp("traced")
    mine = {**os.environ, "PYTHONPATH": str(ROOT)}
    mine.pop("ALLEGRO_PRIVACY_CONFIG", None)
    program = [sys.executable, "-m", "allegro_privacy"]
    subprocess.run([*program, "init", "-q"], cwd=folder, env=mine, check=True)
    config = folder / "allegro-privacy.toml"
    config.write_text(config.read_text().replace('start = ""', 'start = "https://localhost:9/x"'))
    source = f"eml:{ROOT / 'allegro_privacy' / 'data' / 'demo'}"
    command = [strace, "-f", "-o", "trace", *program, "pull", "-q", "--as", "cron", source]
    done = subprocess.run(command, cwd=folder, env=mine, capture_output=True, text=True, check=False, timeout=120)
    if "ptrace" in done.stderr.lower():
        pytest.skip(f"NOT CHECKED: strace may not trace here: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    return (folder / "trace").read_text("utf-8", "replace")


@pytest.mark.parametrize("unit", PULLS, ids=named)
def test_a_pull_makes_no_system_call_that_the_service_forbids(traced: str, unit: Path) -> None:
    made = set(re.findall(r"^\d+ +([a-z_0-9]+)\(", traced, re.MULTILINE))
    assert {"socket", "fsync", "openat"} <= made
    assert made - allowed(unit) - ONLY_AS_ROOT == set()


@pytest.mark.parametrize("unit", PULLS, ids=named)
def test_a_pull_opens_no_kind_of_socket_that_it_could_not_do_without(traced: str, unit: Path) -> None:
    (families,) = settings(unit, "RestrictAddressFamilies")
    # glibc asks the kernel for this machine's addresses; refused, it takes it that there are some of each kind.
    opened = set(re.findall(r"socket\((AF_\w+)", traced)) - {"AF_NETLINK"}
    assert "AF_INET" in opened
    assert opened <= set(families.split())


def test_a_pull_needs_no_memory_that_is_both_written_and_run(traced: str) -> None:
    assert not re.search(r"(mmap|mprotect)\(.*PROT_WRITE\|PROT_EXEC", traced)


# logrotate


def test_logrotate_reads_its_file(tmp_path: Path) -> None:
    code, said = rotated(tmp_path, ROTATE.read_text("utf-8"))
    assert (code, [line for line in said.splitlines() if line.startswith("error")]) == (0, []), said
    assert "considering log" in said
    code, said = rotated(tmp_path, ROTATE.read_text("utf-8").replace("weekly", "wekly"))
    assert "error" in said, "a check that cannot fail"


def rotated(folder: Path, text: str) -> tuple[int, str]:
    """`logrotate -d` on a folder with a log, for the account that runs the test: it wants to know the account."""
    program = tool("logrotate", "logrotate")
    (folder / "pull.log").write_text("one line\n")
    account = f"{getpass.getuser()} {grp.getgrgid(os.getgid()).gr_name}"
    file = folder / "allegro-privacy"
    file.write_text(
        text.replace("/var/log/allegro-privacy", str(folder)).replace("allegro-privacy allegro-privacy", account)
    )
    file.chmod(0o644)
    return ran(program, "-d", "-s", folder / "state", file)


# nginx


def test_nginx_reads_its_snippet(tmp_path: Path) -> None:
    assert nginx(tmp_path, NGINX.read_text("utf-8"))[0] == 0
    assert nginx(tmp_path, NGINX.read_text("utf-8").replace("proxy_pass", "proxy_pas"))[0] != 0, (
        "a check that cannot fail"
    )


def nginx(folder: Path, snippet: str) -> tuple[int, str]:
    (folder / "snippet.conf").write_text(snippet)
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/pid; error_log {folder}/log; events {{}} http {{ access_log off;"
        + "".join(
            f"{each}_temp_path {folder}/{each}; " for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + " ".join(re.findall(r"#   (map .*|limit_req_zone .*)", snippet))
        + f" server {{ include {folder}/snippet.conf; }} }}"
    )
    return ran(tool("nginx", "nginx-light"), "-t", "-c", whole)


# The text


@pytest.mark.parametrize("path", [CRON, ROTATE, NGINX, *UNITS], ids=named)
def test_the_readme_says_how_each_is_installed(path: Path) -> None:
    assert f"contrib/{named(path)}" in README
