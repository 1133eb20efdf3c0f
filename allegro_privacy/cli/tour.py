"""The demo: every step is a command that the reader can type, run on an embedded mailbox in a temporary place."""

import io
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

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
    Step("What needs a person, with the doubt that stopped the program.", lambda: ["review", "--limit", "3"]),
    Step("Answer one. The answer is recorded with its actor.", lambda: _answer()),
    Step("Everything known about one customer.", lambda: ["find", _suppressed_email()]),
    Step("Why she gets no more mail: her words, the rule, the suppression.", lambda: ["why", _suppressed_email()]),
    Step(
        "Write the list for a mail house. Its manifest proves what it is.", lambda: ["export", "--to", "acme-mailing"]
    ),
    Step("The list has carried her now.", lambda: ["why", _suppressed_email()]),
    Step("The figures of the last thirty days.", lambda: ["report"]),
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


def _asked(arguments: Sequence[str]) -> dict:  # type: ignore[type-arg]
    """The JSON answer of a command, read as any script would."""
    import json

    from allegro_privacy.cli.app import run

    answer = io.StringIO()
    with redirect_stdout(answer):
        run([*arguments, "--json"])
    return json.loads(answer.getvalue())  # type: ignore[no-any-return]


def _suppressed_email() -> str:
    """The first address that the tour suppressed."""
    rows = _asked(["classify", "mail"])["messages"]
    for row in rows:
        for request in row["requests"]:
            if request["decision"] == "accept" and request.get("channel") == "email":
                return str(request["person"]["email"])
    raise UsageError(
        "The demo's mailbox holds no clear opt-out.",
        "It is not the one that belongs to this program.",
        "Install it anew.",
    )


def _answer() -> list[str]:
    """An answer that can be carried out: the first question whose request is complete is accepted."""
    reviews = _asked(["review"])["reviews"]
    for review in reviews:
        if any(_complete(request) for request in review["requests"]):
            return ["review", "answer", review["id"], "accept", "--as", "demo", "--note", "She is clear enough"]
    return ["review", "answer", reviews[0]["id"], "ignore", "--as", "demo", "--note", "Nothing is asked"]


def _complete(request: dict) -> bool:  # type: ignore[type-arg]
    return request.get("channel") == "email" and bool(request["person"]["email"])


def _manifest() -> str:
    return str(next(Path("exports").glob("*.manifest.json")))
