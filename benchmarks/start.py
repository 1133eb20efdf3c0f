"""How fast `--help` feels: ours against a bare Typer program's, turn by turn so that a busy machine slows both.

python benchmarks/start.py [rounds]
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """\
import typer

app = typer.Typer()


@app.command()
def one(name: str) -> None:
    "Say one."


@app.command()
def two(name: str) -> None:
    "Say two."


app()
"""
LIMIT = 1.5


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main(rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        plain = Path(folder) / "plain.py"
        plain.write_text(BARE.replace("Typer()", "Typer(rich_markup_mode=None)"))
        programs = {
            "allegro-privacy": ("-m", "allegro_privacy", "--help"),
            "bare Typer": (str(bare), "--help"),
            "bare Typer, plain": (str(plain), "--help"),
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for number in range(rounds + 1):
            for name, command in programs.items():
                taken = seconds(*command)
                if number:  # the first round fills the caches
                    times[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        print(f"{name:<18} --help   median {median * 1000:6.1f} ms of {rounds}")
    ours = medians["allegro-privacy"]
    ratio = ours / medians["bare Typer"]
    print(f"ratio {ratio:.2f} (goal: at most {LIMIT}); to one without rich {ours / medians['bare Typer, plain']:.2f}")
    return 0 if ratio <= LIMIT else 4


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
