"""The demo: every step is a command that the reader can type, run on an embedded mailbox in a temporary place."""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from importlib import resources
from pathlib import Path

from allegro_privacy import config
from allegro_privacy.cli import console
from allegro_privacy.cli.tour_steps import CHAPTERS, forget
from allegro_privacy.errors import ExitCode, UsageError


def walk(keep: Path | None) -> int:
    """Run the tour; the first step that fails ends it with that step's exit code."""
    with _place(keep) as place, _standing_in(place):
        _unpack(place)
        console.out("allegro-privacy, the whole tour. The mailbox is made up; so are the people in it.")
        forget()
        number = 0
        for title, steps in CHAPTERS:
            console.out()
            console.out(f"== {title} ==")
            for step in steps:
                number += 1
                console.out()
                console.out(f"{number}. {step.says}")
                code = _run(step.arguments())
                if code not in step.ends:
                    return code
        _farewell(keep, place)
    return ExitCode.DONE


def _farewell(keep: Path | None, place: Path) -> None:
    console.out()
    console.out("That was all of it. What to try next:")
    console.out("  allegro-privacy classify PATH       on your own mail: it records nothing")
    console.out("  allegro-privacy init                then name your mailboxes in allegro-privacy.toml")
    console.out("  allegro-privacy pull                and put it into cron")
    if keep:
        console.out(f"The demo's files are in {place}: cd there and go on.")
    else:
        console.out("The demo's files are gone; allegro-privacy demo --keep FOLDER leaves them to play with.")


def _run(arguments: Sequence[str]) -> int:
    """Run one command as the reader would type it."""
    from allegro_privacy.cli.app import run

    console.out(f"$ allegro-privacy {shlex.join(arguments)}")
    console.out()
    # Both streams are shown in order, also when one of them is piped.
    with redirect_stderr(sys.stdout):
        return run(arguments)


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="allegro-privacy-demo-") as folder:
            yield Path(folder)
        return
    if keep.exists():
        raise UsageError(
            f"{keep} exists already.", "The demo overwrites nothing.", "Name a folder that is not there yet."
        )
    keep.mkdir(mode=0o700, parents=True)
    yield keep.absolute()


@contextmanager
def _standing_in(place: Path) -> Iterator[None]:
    """Work in the demo's own folder, without the reader's configuration."""
    before, hidden = Path.cwd(), {name: os.environ.pop(name, None) for name in (config.VARIABLE, "XDG_CONFIG_HOME")}
    os.environ["XDG_CONFIG_HOME"] = str(place / "no-config")
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.pop("XDG_CONFIG_HOME")
        os.environ.update({name: value for name, value in hidden.items() if value is not None})


def _unpack(place: Path) -> None:
    """The mail into a folder of its own; what a platform wrote beside it."""
    (place / "mail").mkdir()
    packaged = resources.files("allegro_privacy") / "data" / "demo"
    for file in sorted(packaged.iterdir(), key=lambda each: each.name):
        folder = place / "mail" if file.name.endswith(".eml") else place
        if file.name.endswith((".eml", ".csv")):
            with file.open("rb") as source, (folder / file.name).open("xb") as target:
                shutil.copyfileobj(source, target)
