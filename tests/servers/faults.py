"""What servers do wrong, by name. `row` is the number under which the project lists the fault."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servers.wire import Received

if TYPE_CHECKING:
    from servers.session import Lines, Session

Play = Callable[["Session", Received, list[bytes]], None]

ANYTHING = r"(?!GREETING)."
FETCH = r"UID FETCH"
BODY = r"UID FETCH .*BODY(\.PEEK)?\["
SIZE = r"UID FETCH .*RFC822\.SIZE"
MOVE = r"UID (MOVE|COPY)"
ENTER = r"LOGIN|AUTHENTICATE"
CHOOSE = r"SELECT|EXAMINE"
GREETING = r"GREETING"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misdeed. `runs`: the command has its effect all the same. `at`: the command it fits, as a pattern."""

    name: str
    meaning: str
    at: str
    runs: bool
    row: int
    play: Play


FAULTS: dict[str, Fault] = {}


def fault(name: str, row: int, at: str = FETCH, *, runs: bool = True) -> Callable[[Play], Play]:
    """Put a function into the table; its docstring is the meaning."""

    def enter(play: Play) -> Play:
        FAULTS[name] = Fault(name, play.__doc__ or "", at, runs, row, play)
        return play

    return enter


def refusal(name: str, words: str, row: int = 43, at: str = FETCH, *, runs: bool = False) -> None:
    """A tagged answer that is no OK."""

    def play(session: "Session", command: Received, lines: "Lines") -> None:
        session.wire.say(b"".join(lines[:-1]) + b"%s %s\r\n" % (command.tag, words.encode()))

    FAULTS[name] = Fault(name, words, at, runs, row, play)


def changed(name: str, meaning: str, row: int, at: str, change: Callable[[bytes], bytes]) -> None:
    """The right answer with something in it replaced; the test fails where there is nothing to replace."""

    def play(session: "Session", _: Received, lines: "Lines") -> None:
        right = b"".join(lines)
        wrong = change(right)
        assert wrong != right, f"{name}: nothing to spoil in {right[:200]!r}"
        session.wire.say(wrong)

    FAULTS[name] = Fault(name, meaning, at, True, row, play)


def literal_of(answer: bytes) -> tuple[int, int, int]:
    """Where the first literal of an answer is announced, begins and ends."""
    found = re.search(rb"\{(\d+)\}\r\n", answer)
    assert found, f"no literal in {answer[:200]!r}"
    return found.start(), found.end(), found.end() + int(found[1])


def with_literal(answer: bytes, announced: int | None, content: bytes | None) -> bytes:
    """The answer with another first literal: another size told, other bytes sent; content None: NIL."""
    start, _begin, end = literal_of(answer)
    if content is None:
        return answer[:start] + b"NIL" + answer[end:]
    size = len(content) if announced is None else announced
    return answer[:start] + b"{%d}\r\n" % size + content + answer[end:]


def first_literal(answer: bytes) -> bytes:
    """What the first literal holds."""
    _, begin, end = literal_of(answer)
    return answer[begin:end]


def halfway(answer: bytes) -> bytes:
    """The answer up to the middle of its first literal."""
    _, begin, end = literal_of(answer)
    return answer[: (begin + end) // 2]


def load() -> dict[str, Fault]:
    """The whole table."""
    from servers import faults_of_answers, faults_of_lines  # noqa: F401

    return FAULTS
