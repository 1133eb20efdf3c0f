"""The demo: every step is a command that the reader can type, run on an embedded mailbox in a temporary place."""

import functools
import io
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from allegro_privacy import config
from allegro_privacy.cli import console
from allegro_privacy.errors import ExitCode, UsageError


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the tour and what it shows; `arguments` may depend on what came before."""

    says: str
    arguments: Callable[[], Sequence[str]]


STEPS = (
    Step("Set up: a commented configuration and an empty database.", lambda: ["init"]),
    Step("Judge the mail first, without recording anything.", lambda: ["classify", "mail"]),
    Step("Read it for real: what is clear is done at once, the rest waits for a person.", lambda: ["pull", "eml:mail"]),
    Step("Where things stand, and what to do next.", lambda: ["status"]),
    Step(
        "What needs a person, with the doubt that stopped the program.",
        lambda: ["review", "--limit", "3", "--no-input"],
    ),
    Step("She asks us to go on: leave it. The answer is recorded with its actor.", lambda: _leave("negation")),
    Step("He told us his address on the phone: complete his request.", lambda: _complete("no-postal-address")),
    Step("Everything known about one customer.", lambda: ["find", _suppressed_email()]),
    Step("Why she gets no more mail: her words, the rule, the suppression.", lambda: ["why", _suppressed_email()]),
    Step(
        "Write the list for a mail house. Its manifest proves what it is.", lambda: ["export", "--to", "acme-mailing"]
    ),
    Step("The list has carried her now.", lambda: ["why", _suppressed_email()]),
    Step("The figures of the period.", lambda: ["report", "--from", _first_day()]),
    Step(
        "Is the record whole, and does it agree with the manifest that left?",
        lambda: ["verify", "--against", _manifest()],
    ),
)


def walk(keep: Path | None) -> int:
    """Run the tour; the first step that fails ends it with that step's exit code."""
    with _place(keep) as place, _standing_in(place):
        _unpack(place / "mail")
        console.out("allegro-privacy, the whole tour. The mailbox is made up; so are the people in it.")
        for number, step in enumerate(STEPS, start=1):
            console.out()
            console.out(f"{number}. {step.says}")
            code = _run(step.arguments())
            if code:
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


def _unpack(folder: Path) -> None:
    folder.mkdir()
    packaged = resources.files("allegro_privacy") / "data" / "demo"
    for file in sorted(packaged.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".eml"):
            with file.open("rb") as source, (folder / file.name).open("xb") as target:
                shutil.copyfileobj(source, target)


def _asked(arguments: Sequence[str]) -> dict[str, Any]:
    """The JSON answer of a command, read as any script would."""
    from allegro_privacy.cli.app import run

    answer = io.StringIO()
    with redirect_stdout(answer):
        run([*arguments, "--json"])
    return json.loads(answer.getvalue())  # type: ignore[no-any-return]


@functools.cache
def _judged() -> list[Any]:
    return list(_asked(["classify", "mail"])["messages"])


def _suppressed_email() -> str:
    """The first address that the tour suppressed."""
    return next(
        str(request["person"]["email"])
        for row in _judged()
        for request in row["requests"]
        if request["decision"] == "accept" and request.get("channel") == "email"
    )


def _first_day() -> str:
    """The day before the oldest message: at the office it may have been received a calendar day earlier."""
    oldest = min(str(row["received"]) for row in _judged())[:10]
    return (date.fromisoformat(oldest) - timedelta(days=1)).isoformat()


def _leave(doubt: str) -> list[str]:
    note = "She wants to stay on the list"
    return ["review", "answer", _question(doubt), "ignore", "--as", "dana", "--note", note]


def _complete(doubt: str) -> list[str]:
    address, note = "1200 Brickell Ave Apt 5, Miami, FL 33131", "He gave it on the phone, 305-555-0142"
    return ["review", "answer", _question(doubt), "accept", "--address", address, "--as", "dana", "--note", note]


def _question(doubt: str) -> str:
    """The open review that carries a doubt."""
    reviews = _asked(["review"])["reviews"]
    return next(str(each["id"]) for each in reviews if any(one["doubt"] == doubt for one in each["doubts"]))


def _manifest() -> str:
    return str(next(Path("exports").glob("*.manifest.json")))
