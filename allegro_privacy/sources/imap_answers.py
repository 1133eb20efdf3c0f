"""Answers to FETCH, read as they come: numbers, sizes and times of messages, and their bytes.

Several commands are on the way at once, and a server mixes their answers (Dovecot does): each answer belongs to the
message whose UID it names, whatever command asked for it. What was not asked for is passed over.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.sources.imap_faults import ServerFault
from allegro_privacy.sources.imap_line import Line
from allegro_privacy.sources.receipt import read_date

IN_FLIGHT = 2
SIZE_AND_TIME = "UID RFC822.SIZE INTERNALDATE"
_TAG = "ap"
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r?\n\Z")
# What nearly every answer looks like; all others take the long way.
_USUAL = re.compile(rb'\* \d+ FETCH \(UID (\d{1,10})[ \w."+:-]{0,80} BODY\[\] \{(\d{1,9})\}\r\n')
_UID = re.compile(rb"[ (]UID (\d{1,10})\b")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})\b")
_DATE = re.compile(rb'INTERNALDATE "([ \d]\d-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"')
_NIL_BODY = re.compile(rb"BODY\[[^\]]*\](?:<\d+>)? NIL\b", re.IGNORECASE)
_QUOTED_BODY = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BODY_BEFORE_LITERAL = re.compile(rb"BODY\[[^\]]*\](?:<\d+>)? \Z", re.IGNORECASE)
_LONGEST_ANSWER = 64
_NOT_AS_LONG = "a message is not as long as the server said"


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of a folder: its number, its size in bytes, and when the server received it."""

    uid: int
    size: int
    received: datetime | None


@dataclass(frozen=True, slots=True)
class Piece:
    """An answer about one message: the words of it, and the bytes that it carried (None: there were none)."""

    uid: int
    words: bytes
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One FETCH command: what is asked of which messages, and how many bytes an answer may have at most."""

    uids: tuple[int, ...]
    items: str
    largest: int = 0


def uid_set(uids: Iterable[int]) -> str:
    """Numbers as IMAP names them: "1:3,7"."""
    ranges: list[list[int]] = []
    for uid in sorted(uids):
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(f"{first}" if first == last else f"{first}:{last}" for first, last in ranges)


class RefusedError(ServerFault):
    """The server answered a command with NO or BAD; the line is in order."""


def list_messages(line: Line, uids: Sequence[int]) -> Iterator[Listed]:
    """Size and time of each message; one that is gone meanwhile, or whose size is not told, is left out."""
    for piece in fetch(line, [Wanted(tuple(uids), SIZE_AND_TIME)] if uids else []):
        if listed := read_listed(piece):
            yield listed


def read_listed(piece: Piece) -> Listed | None:
    """Size and time, when the answer tells them."""
    size = _SIZE.search(piece.words)
    return Listed(piece.uid, int(size[1]), _moment(piece.words)) if size else None


def fetch(line: Line, commands: Iterable[Wanted]) -> Iterator[Piece]:
    """Everything that the commands ask for, in the order in which the server answers; two commands are on the way at
    once, so that a distant server need not be waited for twice. A message may be missing: look for it.

    The time that a command has is that of its whole answer, so nothing is handed out before its end. What came before
    a fault is handed out first."""
    waiting: deque[tuple[bytes, Wanted]] = deque()
    asked: dict[int, int] = {}
    coming = iter(commands)
    number = 0

    def ask_more() -> None:
        nonlocal number
        while len(waiting) < IN_FLIGHT and (wanted := next(coming, None)) is not None:
            number += 1
            tag = f"{_TAG}{number}"
            asked.update(dict.fromkeys(wanted.uids, wanted.largest))
            waiting.append((tag.encode(), wanted))
            line.send(f"{tag} UID FETCH {uid_set(wanted.uids)} ({wanted.items})")

    while True:
        pieces: list[Piece] = []
        broken: ServerFault | None = None
        try:
            with line.watched():
                ask_more()
                if not waiting:
                    return
                while (piece := _next(line, waiting, asked)) is not None:
                    pieces.append(piece)
        except ServerFault as fault:
            broken = fault
        yield from pieces
        if broken is not None:
            raise broken


def _next(line: Line, waiting: "deque[tuple[bytes, Wanted]]", asked: dict[int, int]) -> Piece | None:
    """The next answer about a message that was asked for; None at the end of a command."""
    while True:
        begin = line.readline()
        if not begin.startswith(b"* "):
            _end(begin, waiting, asked)
            return None
        if begin.startswith(b"* BYE"):
            raise ServerFault("the server said good-bye")
        piece = _piece(line, begin, asked)
        if piece is not None:
            return piece


def _end(begin: bytes, waiting: "deque[tuple[bytes, Wanted]]", asked: dict[int, int]) -> None:
    tag, _, rest = begin.partition(b" ")
    for place, (known, wanted) in enumerate(waiting):
        if known == tag:
            del waiting[place]
            if not rest.upper().startswith(b"OK"):
                words = rest.decode("ascii", "replace").strip()
                raise RefusedError(f"it refused to hand out messages ({words[:_LONGEST_ANSWER]})")
            still = {uid for _, other in waiting for uid in other.uids}
            for uid in wanted.uids:
                if uid not in still:
                    asked.pop(uid, None)
            return
    raise ServerFault("an answer to nothing that was asked")


def _piece(line: Line, begin: bytes, asked: dict[int, int]) -> Piece | None:
    """One whole answer with its literal; None when it is about something else."""
    if (usual := _USUAL.match(begin)) is not None and int(usual[2]) <= asked.get(int(usual[1]), -1):
        body = line.read(int(usual[2]))
        if (end := line.readline()) == b")\r\n":
            return Piece(int(usual[1]), begin, body)
        if not end.startswith((b" ", b")")):
            raise ServerFault(_NOT_AS_LONG)
        return _piece_of(line, begin[: begin.rindex(b"{")], end, body, asked)
    return _piece_of(line, b"", begin, None, asked)


def _piece_of(line: Line, words: bytes, part: bytes, body: bytes | None, asked: dict[int, int]) -> Piece | None:
    """An answer whose beginning was read: its words so far, the line that follows, the body if it came already."""
    while part.endswith(b"}\r\n") and (match := _LITERAL.search(part)):
        size = int(match[1])
        uid = _UID.search(words + part)
        # What is larger than what was asked for is not read at all: a number alone must not cost memory.
        allowed = asked.get(int(uid[1]), 0) if uid else max(asked.values(), default=0)
        if size > max(allowed, 8192):
            raise ServerFault("a message is larger than the server said")
        words += part[: match.start()]
        data = line.read(size)
        if _BODY_BEFORE_LITERAL.search(words):
            if body is not None:
                raise ServerFault("two messages in one answer")
            body = data
        part = line.readline()
        if not part.startswith((b" ", b")")):
            # More or fewer bytes came than announced: what follows may be about another message.
            raise ServerFault(_NOT_AS_LONG)
    words += part
    uid = _UID.search(words)
    if b" FETCH (" not in words[:40] or uid is None or int(uid[1]) not in asked:
        return None
    if body is None and b"BODY[" in words and not _NIL_BODY.search(words) and (quoted := _QUOTED_BODY.search(words)):
        body = re.sub(rb"\\(.)", rb"\1", quoted[1])
    return Piece(int(uid[1]), words, body)


def _moment(words: bytes) -> datetime | None:
    match = _DATE.search(words)
    return read_date(match[1].decode("ascii")) if match else None
