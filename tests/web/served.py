"""`allegro-privacy serve` as a process, and clients that note what they were answered. Larger than in the tests:

python tests/web/served.py --posts 10000 --kills 40
"""

import argparse
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from endpoint_asked import FORM, NOW, ONE_CLICK, configured

from allegro_privacy import config
from allegro_privacy.core.link_token import Link
from allegro_privacy.store import views
from allegro_privacy.store.database import open_database
from allegro_privacy.workflow import clicks, link_keys, link_spool, upkeep

PROJECT = str(Path(__file__).parents[2])
PATIENCE = 60.0


@dataclass
class Served:
    """One serving process and where it answers."""

    process: "subprocess.Popen[str]"
    port: int

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        if self.process.stderr:
            self.process.stderr.close()
        return code


def start(folder: Path) -> Served:
    """A process that answers at a port of its own choice."""
    command = [sys.executable, "-m", "allegro_privacy", "serve", "--config", str(folder / config.FILE_NAME)]
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": PROJECT}, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    line = process.stderr.readline()
    match = re.search(r"http://127\.0\.0\.1:(\d+);", line)
    assert match, line
    # What it says later must not fill the pipe.
    threading.Thread(target=lambda: [None for _ in process.stderr or ()], daemon=True).start()
    return Served(process, int(match[1]))


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    served = start(folder)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.end(signal.SIGKILL)


def post(port: int, token: str, body: bytes = ONE_CLICK, timeout: float = PATIENCE) -> int:
    """The status of one POST; 0 when there was no answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("POST", f"/{token}", body, {"Content-Type": FORM})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


@dataclass
class Storm:
    """Clients at several processes that are killed and started again. answered: of each address the statuses."""

    folder: Path
    posts: int
    processes: int = 2
    clients: int = 8
    answered: dict[str, list[int]] = field(default_factory=dict)
    killed: int = 0

    def run(self, kills: int, pause: float) -> None:
        settings = config.load(self.folder / config.FILE_NAME)
        keys, chance = link_keys.needed(settings), random.Random(7)
        served = [start(self.folder) for _ in range(self.processes)]
        todo = iter(range(self.posts))
        lock = threading.Lock()

        def client() -> None:
            while True:
                with lock:
                    number = next(todo, None)
                if number is None:
                    return
                email = f"n{number}@example.com"
                token, found = keys.token(Link(email, "sale")), list[int]()
                until = time.monotonic() + PATIENCE
                while not {200, 202} & set(found) and time.monotonic() < until:
                    found.append(post(served[number % self.processes].port, token))
                    if not found[-1]:
                        time.sleep(0.05)
                self.answered[email] = found

        threads = [threading.Thread(target=client) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and self.killed < kills:
            time.sleep(chance.uniform(pause / 2, pause * 1.5))
            which = chance.randrange(self.processes)
            served[which].end(signal.SIGKILL)
            served[which] = start(self.folder)
            self.killed += 1
        for thread in threads:
            thread.join()
        self.codes = [each.end() for each in served]

    def check(self) -> dict[str, int]:
        """Every wish that was answered is in the ledger once, kept ones after they were recorded. What is wrong, and
        how much there was."""
        settings = config.load(self.folder / config.FILE_NAME)
        with open_database(settings.database) as database:
            kept = clicks.record_kept(database, clicks.books(settings), link_spool.folder_of(settings), lambda: NOW)
            problems = views.verify(database)
            messages = int(database.value("SELECT count(*) FROM messages WHERE via = 'link'"))
            stopped = int(database.value("SELECT count(*) FROM suppressions WHERE channel = 'email'"))
        statuses = [each for found in self.answered.values() for each in found]
        return {
            "posts": len(self.answered), "answered 200": statuses.count(200), "kept 202": statuses.count(202),
            "no answer": statuses.count(0), "other": sum(each not in (0, 200, 202) for each in statuses),
            "killed": self.killed, "recorded from the spool at the end": kept, "messages": messages,
            "suppressed": stopped, "problems": len(problems),
        }  # fmt: skip


def installed(folder: Path) -> None:
    upkeep.init(folder, configured(folder), None, "test", NOW)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--processes", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installed(folder)
        mail = folder / "mail"
        mail.mkdir()
        for number in range(300):
            to = "customerservice@allegromusiccenter.com"
            letter = f"From: m{number}@example.org\r\nTo: {to}\r\nSubject: NO E-MAIL\r\n\r\n.\r\n"
            (mail / f"{number}.eml").write_text(letter)
        storm = Storm(folder, chosen.posts, chosen.processes, clients=16)
        began = time.monotonic()
        desk = threading.Thread(target=_desk, args=(folder, storm), daemon=True)
        desk.start()
        storm.run(chosen.kills, pause=1.5)
        desk.join(PATIENCE)
        for what, count in {**storm.check(), "seconds": int(time.monotonic() - began)}.items():
            sys.stdout.write(f"{what}: {count:,}\n")


def _desk(folder: Path, storm: Storm) -> None:
    """Mail is read and the desk asks, all the while."""
    for _ in range(8):
        for command in (["pull", "eml:mail", "-q"], ["status", "-q"], ["review", "--json"]):
            subprocess.run(
                [sys.executable, "-m", "allegro_privacy", *command], cwd=folder, check=False, capture_output=True,
                env={**os.environ, "PYTHONPATH": PROJECT},
            )  # fmt: skip
        if len(storm.answered) >= storm.posts:
            return


if __name__ == "__main__":
    main()
