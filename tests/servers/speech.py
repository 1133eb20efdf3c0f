"""The words of IMAP commands as a server reads them: strings, literals, lists, number sets, dates."""

import re
from datetime import datetime

Word = bytes | list["Word"]
_TOKEN = re.compile(
    rb"""(?P<space>[ ]+)
       | "(?P<quoted>(?:[^"\\]|\\.)*)"
       | ~?\{(?P<literal>\d+)\+?\}\r\n
       | (?P<open>\()
       | (?P<close>\))
       | (?P<atom>[^ ()"{\r\n\[]+(?:\[[^\]]*\])?(?:<[\d.]+>)?)
    """,
    re.VERBOSE,
)


class Nonsense(Exception):  # noqa: N818 - a word of the trade
    """A command that a server cannot read: it answers BAD."""


def words(line: bytes) -> list[Word]:
    """A command without its line end, as words; a list in parentheses is a list."""
    stack: list[list[Word]] = [[]]
    place = 0
    while place < len(line):
        found = _TOKEN.match(line, place)
        if not found:
            raise Nonsense(f"cannot read {line[place : place + 40]!r}")
        place = found.end()
        match found.lastgroup:
            case "quoted":
                stack[-1].append(re.sub(rb"\\(.)", rb"\1", found["quoted"]))
            case "literal":
                size = int(found["literal"])
                stack[-1].append(line[place : place + size])
                place += size
            case "open":
                stack.append([])
            case "close":
                if len(stack) == 1:
                    raise Nonsense("a parenthesis too many")
                inner = stack.pop()
                stack[-1].append(inner)
            case "atom":
                stack[-1].append(found["atom"])
    if len(stack) != 1:
        raise Nonsense("a parenthesis is open")
    return stack[0]


def text(word: Word) -> bytes:
    """A word that must be a string."""
    if isinstance(word, list):
        raise Nonsense("a list where a string belongs")
    return word


def numbers(word: Word, present: list[int]) -> list[int]:
    """Those of the present numbers that a set such as 2,4:* names, in rising order."""
    highest = present[-1] if present else 0
    wanted: set[int] = set()
    for piece in text(word).decode("ascii", "replace").split(","):
        if not (found := re.fullmatch(r"(\d+|\*)(?::(\d+|\*))?", piece)):
            raise Nonsense(f"no number set: {piece}")
        first, last = (highest if end == "*" else int(end or 0) for end in (found[1], found[2] or found[1]))
        low, high = min(first, last), max(first, last)
        wanted |= {number for number in present if low <= number <= high}
    return sorted(wanted)


def ranges(found: list[int]) -> bytes:
    """A number set that names these in their order: 1:3,7."""
    pieces: list[list[int]] = []
    for number in found:
        if pieces and number == pieces[-1][1] + 1:
            pieces[-1][1] = number
        else:
            pieces.append([number, number])
    return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in pieces).encode()


def string(value: bytes) -> bytes:
    """A value as an answer quotes it."""
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def literal(value: bytes) -> bytes:
    """A value as an answer announces it."""
    return b"{%d}\r\n%s" % (len(value), value)


def moment(word: Word) -> datetime:
    """The date-time of an APPEND."""
    try:
        return datetime.strptime(text(word).decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError as error:
        raise Nonsense(str(error)) from error


def internal(when: datetime) -> bytes:
    """An INTERNALDATE, quoted."""
    return when.strftime('"%d-%b-%Y %H:%M:%S %z"').encode()
