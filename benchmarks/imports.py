"""What an import costs: each platform's shape twice (the second run adds nothing), one file with 1 % broken rows, and
one long file; time, CPU time, and the most memory that the process ever held (VmHWM).

    python benchmarks/imports.py [--rows 100000] [--long 1000000] [--shapes ses sendgrid …] [--no-verify]

0 rows or a long file of 0 rows leaves that part out. On a machine that others use too only the CPU time says much.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "stories")]

from platform_files import SHAPES, write  # noqa: E402

# The program itself, which then says how much memory it held at most.
PROGRAM = """\
import sys
from pathlib import Path
from allegro_privacy.cli.app import run

code = run(sys.argv[1:])
sys.stderr.write(Path("/proc/self/status").read_text().split("VmHWM:")[1].split("kB")[0])
raise SystemExit(code)
"""


def imported(folder: Path, file: Path, *options: str) -> tuple[dict[str, object], float, float, int]:
    """One import in a process of its own: what it says, its seconds, those of the CPU, its memory in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder)}
    command = [sys.executable, "-c", PROGRAM, "import", str(file), "--yes", "--json", *options]
    started, before = time.perf_counter(), _of_the_cpu()
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if ran.returncode not in (0, 3):
        raise SystemExit(ran.stdout + ran.stderr)
    cpu = _of_the_cpu() - before
    memory = re.findall(r"\d+", ran.stderr)[-1]
    return json.loads(ran.stdout), seconds, cpu, int(memory) // 1024


def _of_the_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def desk(folder: Path) -> Path:
    """An empty office."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder)}
    subprocess.run([sys.executable, "-m", "allegro_privacy", "init", "-q"], cwd=folder, env=environment, check=True)
    return folder


def show(name: str, said: dict[str, object], seconds: float, cpu: float, memory: int) -> None:
    changes = {name: number for name, number in dict(said["changes"]).items() if number}  # type: ignore[call-overload]
    told = f"{name:<28} {seconds:7.1f} s  CPU {cpu:6.1f} s  {memory:4} MiB  {changes} bad {said['bad_count']}"
    print(told, flush=True)


def verified(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder)}
    command = [sys.executable, "-m", "allegro_privacy", "verify"]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000)
    parser.add_argument("--shapes", nargs="*", default=list(SHAPES))
    parser.add_argument("--no-verify", action="store_true", help="do not verify the ledger after each shape")
    wanted = parser.parse_args()
    for shape in wanted.shapes if wanted.rows else ():
        with tempfile.TemporaryDirectory() as name:
            folder = desk(Path(name))
            file = write(folder / f"{shape}.csv", shape, wanted.rows)
            first = imported(folder, file)
            show(shape, *first)
            second = imported(folder, file)
            show("  again", *second)
            assert dict(second[0]["changes"])["known"] == wanted.rows  # type: ignore[call-overload]
            if not wanted.no_verify:
                verified(folder)
    if wanted.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = desk(Path(name))
            file = write(folder / "broken.csv", "sendgrid", wanted.rows, broken=True)
            show("sendgrid, 1 % broken", *imported(folder, file, "--bad", "bad.csv"))
    if wanted.long:
        with tempfile.TemporaryDirectory() as name:
            folder = desk(Path(name))
            file = write(folder / "long.csv", "sendgrid", wanted.long)
            show("long", *imported(folder, file))
            show("  again", *imported(folder, file))
            size = (folder / "allegro-privacy.sqlite3").stat().st_size
            print(f"file {file.stat().st_size / 2**20:,.0f} MiB, database {size / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
