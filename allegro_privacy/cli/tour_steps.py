"""The steps of the tour: what each command is for, in a sentence, and what is typed."""

import functools
import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from allegro_privacy.errors import ExitCode


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the tour and what it shows; `arguments` may depend on what came before. ends: with which codes."""

    says: str
    arguments: Callable[[], Sequence[str]]
    ends: tuple[int, ...] = (ExitCode.DONE,)


_WITH_A_BAD_ROW = (ExitCode.DONE, ExitCode.PARTLY)

BEGINNING = (
    Step("Set up: a commented configuration and an empty database.", lambda: ["init"]),
    Step("Judge the mail first, without recording anything.", lambda: ["classify", "mail"]),
    Step("Read it for real: what is clear is done at once, the rest waits for a person.", lambda: ["pull", "eml:mail"]),
    Step("Where things stand, and what to do next.", lambda: ["status"]),
)
THE_DESK = (
    Step(
        "What needs a person, with the doubt that stopped the program.",
        lambda: ["review", "--limit", "3", "--no-input"],
    ),
    Step("She asks us to go on: leave it. The answer is recorded with its actor.", lambda: _leave("negation")),
    Step("He told us his address on the phone: complete his request.", lambda: _complete("no-postal-address")),
    Step("A letter came by post: typed in, it takes the same road and the same dates as mail.", lambda: _a_letter()),
    Step(
        "Who unsubscribed at the mail platform: look at its file first. One row is broken; it stops nobody else's.",
        lambda: ["import", "unsubscribed.csv", "-n"],
        _WITH_A_BAD_ROW,
    ),
    Step("Take it over.", lambda: ["import", "unsubscribed.csv", "--yes", "--as", "dana"], _WITH_A_BAD_ROW),
)
THE_LISTS = (
    Step("Everything known about one customer.", lambda: ["find", _suppressed_email()]),
    Step("Why she gets no more mail: her words, the rule, the suppression.", lambda: ["why", _suppressed_email()]),
    Step(
        "Write the list for a mail house. Its manifest proves what it is.", lambda: ["export", "--to", "acme-mailing"]
    ),
    Step("The list has carried her now.", lambda: ["why", _suppressed_email()]),
)
RIGHTS = (
    Step("Privacy requests are more than opt-outs: each is a case, with dates.", lambda: ["case"]),
    Step("Every date that the law or our policy sets; what is late stands at the top.", lambda: ["deadlines"]),
    Step("One of them asks us to delete: what to check, and what is next.", lambda: ["case", "show", _deletion()]),
    Step("A draft of the answer, every date filled in. A person reads and sends it.", lambda: ["reply", _deletion()]),
    Step(
        "He signed in again: now we know that it is he who asks.",
        lambda: ["case", "verify", _deletion(), "--how", "signed in again", "--as", "dana"],
    ),
    Step(
        "His account is deleted in the shop; what he bought stays on the books. The case says what comes next.",
        lambda: ["case", "close", _deletion(), "partly", "--reason", "account deleted; purchases stay", "--as", "dana"],
    ),
    Step(
        "Take him out of this database. What must stay, and what lies elsewhere, is named first.",
        lambda: ["erase", _deletion(), "--yes", "--as", "dana"],
    ),
    Step("Nothing readable is left of him, and still nobody writes to him.", lambda: ["find", _deleted_email()]),
)
PROOF = (
    Step("The figures of the period.", lambda: ["report", "--from", _first_day()]),
    Step(
        "Is the record whole, also after an erasure, and does it agree with the manifest that left?",
        lambda: ["verify", "--against", _manifest()],
    ),
)
CHAPTERS = (
    ("Mail", BEGINNING),
    ("The desk: what people decide and bring", THE_DESK),
    ("One customer, and the list for the mail house", THE_LISTS),
    ("Privacy requests: see, correct, delete", RIGHTS),
    ("Proof", PROOF),
)


def forget() -> None:
    """What an earlier tour in this process found is not this one's."""
    for each in (_judged, _deletion_case):
        each.cache_clear()


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


def _a_letter() -> list[str]:
    who = ["--name", "Leonor Vidal", "--address", "2801 SW 3rd Ave Apt 4, Miami, FL 33129", "--channel", "post"]
    return ["record", "letter", *who, "--scan", "2026-11-letter-3.pdf", "--initials", "DN", "--yes", "--as", "dana"]


def _question(doubt: str) -> str:
    """The open review that carries a doubt."""
    reviews = _asked(["review"])["reviews"]
    return next(str(each["id"]) for each in reviews if any(one["doubt"] == doubt for one in each["doubts"]))


def _deletion() -> str:
    """The first case that asks for deletion."""
    return str(_deletion_case()["id"])


def _deleted_email() -> str:
    """Whose case that was: kept from before, since the database has forgotten it."""
    return str(_deletion_case()["request"]["person"]["email"])


@functools.cache
def _deletion_case() -> dict[str, Any]:
    return next(each for each in _asked(["case"])["cases"] if each["kind"] == "deletion")


def _manifest() -> str:
    return str(next(Path("exports").glob("*.manifest.json")))
