"""A mailbox of 20,000 messages pulled from a real Dovecot, beside its peers in the same run, turn by turn.

    python benchmarks/pull.py [--messages 20000] [--rounds 3]

- whole pull: the command itself, judged, recorded and durable, into a new database
- fetch alone: our source with nobody behind it
- wire limit: one raw FETCH of everything over a plain socket
- IMAPClient.fetch: 200 messages at a time
- mbsync: Debian's isync, its plain download to a Maildir, with its own FSync (yes, the default)
- 1,000 messages at 40 ms round trip: fetch alone and the whole pull
- memory at most: of the whole pull at a tenth and at all of the mailbox, and with ten attachments of 25 MB
"""

import argparse
import base64
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(Path(__file__).parent)]

import invented_mailbox  # noqa: E402
from imapclient import IMAPClient  # noqa: E402
from servers.delay import delayed_line  # noqa: E402
from servers.dovecot import Dovecot, running_dovecot  # noqa: E402

from allegro_privacy.core.account import Account, Security, SignIn  # noqa: E402
from allegro_privacy.sources.imap import ImapSource  # noqa: E402

USER = "customerservice"
ROUND_TRIP = 0.04
FAR = 1_000


def account(server: Dovecot, secret: Path, port: int = 0) -> Account:
    sign_in = SignIn(USER, password_file=str(secret))
    return Account(server.host, port or server.port, sign_in, security=Security.PLAIN)


def fetch_alone(server: Dovecot, secret: Path, port: int = 0) -> int:
    source = ImapSource("benchmark", account(server, secret, port))
    return sum(1 for _ in source.fetch(lambda _: False))


def wire_limit(server: Dovecot) -> int:
    """Everything by one FETCH; the bytes are read and thrown away."""
    with socket.create_connection((server.host, server.port)) as line:
        line.recv(4096)
        _ask(line, b"a", f'LOGIN {USER} "{server.passwords[USER]}"')
        _ask(line, b"b", "EXAMINE INBOX")
        return _ask(line, b"c", "UID FETCH 1:* (UID BODY.PEEK[])")


def _ask(line: socket.socket, tag: bytes, command: str) -> int:
    line.sendall(tag + b" " + command.encode() + b"\r\n")
    got, tail = 0, b"\r\n"
    while True:
        data = line.recv(1 << 18)
        got += len(data)
        tail = (tail + data)[-2000:]
        if tail.endswith(b"\r\n") and tail.rpartition(b"\r\n" + tag + b" ")[1]:
            return got


def by_imapclient(server: Dovecot) -> int:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(USER, server.passwords[USER])
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        return sum(len(client.fetch(uids[at : at + 200], ["BODY.PEEK[]"])) for at in range(0, len(uids), 200))


def mbsync(server: Dovecot, place: Path) -> int:
    shutil.rmtree(place, ignore_errors=True)
    (place / "mail").mkdir(parents=True)
    rc = place / "mbsyncrc"
    rc.write_text(
        f'IMAPAccount d\nHost {server.host}\nPort {server.port}\nUser {USER}\nPass "{server.passwords[USER]}"\n'
        f"SSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount d\n\nMaildirStore near\nPath {place}/mail/\n"
        f"Inbox {place}/mail/INBOX\n\nChannel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\n"
        f"SyncState {place}/state-\n"
    )
    subprocess.run(["mbsync", "-q", "-c", str(rc), "-a"], check=True, capture_output=True)
    return len(list((place / "mail" / "INBOX").glob("*/*")))


def office(place: Path, server: Dovecot, secret: Path, port: int = 0) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    _run(place, "init", "-q")
    configuration = place / "allegro-privacy.toml"
    mailbox = (
        f'[[mailbox]]\nname = "benchmark"\nrole = "customer-service"\nsecurity = "plain"\n'
        f'source = "imap://{USER}@{server.host}:{port or server.port}/INBOX"\npassword_file = "{secret}"\n\n[store]'
    )
    configuration.write_text(configuration.read_text().replace("[store]", mailbox, 1))
    return place


# Its own peak: ru_maxrss begins with that of the process that started it.
_COMMAND = """
import sys
from allegro_privacy.cli.app import run
code = run(sys.argv[2:])
with open("/proc/self/status") as status, open(sys.argv[1], "w") as peak:
    peak.write(status.read().split("VmHWM:")[1].split()[0])
sys.exit(code)
"""


def _run(place: Path, *arguments: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of one command."""
    peak = place / "peak"
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, str(peak), *arguments],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, status
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, int(peak.read_text()) / 1024


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and own CPU seconds."""
    began, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def attachments() -> Iterator[bytes]:
    content = base64.encodebytes(bytes(range(256)) * (25 * 4096 * 3 // 4)).replace(b"\n", b"\r\n")
    for number in range(10):
        yield (
            (
                b"From: a%d@example.com\r\nTo: customerservice@allegromusiccenter.com\r\nSubject: scan\r\n"
                b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nmy scan\r\n--b\r\n"
                b'Content-Type: image/tiff; name="scan.tif"\r\nContent-Disposition: attachment\r\n'
                b"Content-Transfer-Encoding: base64\r\n\r\n" % number
            )
            + content
            + b"\r\n--b--\r\n"
        )


def compare(server: Dovecot, place: Path, secret: Path, messages: int, rounds: int) -> dict[str, float]:
    works: dict[str, Callable[[], object]] = {
        "wire limit": lambda: wire_limit(server),
        "fetch alone": lambda: fetch_alone(server, secret),
        "IMAPClient.fetch, 200": lambda: by_imapclient(server),
        "whole pull": lambda: _run(place / "office", "pull", "-q"),
    }
    if shutil.which("mbsync"):
        works["mbsync to Maildir"] = lambda: mbsync(server, place / "mbsync")
    walls: dict[str, list[float]] = {name: [] for name in works}
    cpus: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        office(place / "office", server, secret)
        for name, work in works.items():
            wall, cpu = timed(work)
            walls[name].append(wall)
            cpus[name].append(cpu)
    print(f"{messages:,} messages, median of {rounds} rounds: wall s, own CPU s, messages a second, of the wire limit")
    limit = statistics.median(walls["wire limit"])
    for name in works:
        wall, cpu = statistics.median(walls[name]), statistics.median(cpus[name])
        print(f"  {name:24} {wall:8.2f} {cpu:8.2f} {messages / wall:10,.0f} {limit / wall:6.2f}")
    return {name: statistics.median(walls[name]) for name in works}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_dovecot() as server:
        place = Path(folder)
        secret = place / "password"
        secret.write_text(server.passwords[USER])
        secret.chmod(0o600)
        raws = [raw for raw, _ in invented_mailbox.messages(chosen.messages)]
        server.seed(USER, "INBOX", raws[: chosen.messages // 10])
        small = _run(office(place / "small", server, secret), "pull", "-q")[2]
        server.clear()
        server.seed(USER, "INBOX", raws)
        peak = _run(office(place / "large", server, secret), "pull", "-q")[2]
        found = compare(server, place, secret, chosen.messages, chosen.rounds)
        again = _run(place / "office", "pull", "-q")[0]
        server.clear()
        server.seed(USER, "INBOX", raws[:FAR])
        with delayed_line(server.host, server.port, ROUND_TRIP) as far:
            far_fetch, _ = timed(lambda: fetch_alone(server, secret, far.port))
            far_pull = _run(office(place / "far", server, secret, far.port), "pull", "-q")[0]
        near_pull = _run(office(place / "near", server, secret), "pull", "-q")[0]
        server.clear()
        server.seed(USER, "INBOX", list(attachments()))
        heavy = _run(office(place / "heavy", server, secret), "pull", "-q")[2]
    print(f"  pull again, nothing new  {again:8.2f}")
    print(f"{FAR:,} messages at {ROUND_TRIP * 1000:.0f} ms: fetch alone {far_fetch:.2f} s (goal 0.6), whole pull")
    print(f"  {far_pull:.2f} s, {far_pull - near_pull:.2f} s more than without the distance")
    print(f"memory at most: {small:.0f} MB with {chosen.messages // 10:,} messages, {peak:.0f} MB with")
    print(f"  {chosen.messages:,}, {heavy:.0f} MB with ten attachments of 25 MB")
    reached = found["wire limit"] / found["fetch alone"]
    print(f"fetch alone is {reached:.2f} of the wire limit (goal 0.8)")
    faster = found.get("mbsync to Maildir", 0) / found["whole pull"]
    print(f"mbsync takes {faster:.2f} times the whole pull (goal: more than 1)")
    return 0 if reached >= 0.8 and faster > 1 else 4


if __name__ == "__main__":
    sys.exit(main())
