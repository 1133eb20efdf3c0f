"""The only module that prints. Strangers' text is made safe here, and nowhere is markup interpreted."""

import json
import os
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

WIDTH = 100
TERMINAL = 80
NARROWEST = 40
_BLANKS = {"\n": " ", "\r": " ", "\t": " ", "\u2028": " ", "\u2029": " ", "\x85": " "}


def safe(text: object) -> str:
    """Text fit for a terminal, on one line: no control, escape, bidirectional or zero-width character is left.

    Categories Cc, Cf and Cs hold them all (C0, C1, bidi controls and isolates, joiners, soft hyphen, tags, surrogates).
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(_BLANKS.get(sign) or ("" if _unsafe(sign) else sign) for sign in shown)


def _unsafe(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def prepare() -> None:
    """Never fail on a sign that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def out(text: object = "") -> None:
    """One line of the result, on stdout."""
    _write(sys.stdout, safe(text))


def say(text: object = "") -> None:
    """One line of the conversation, on stderr; what was said on stdout before it stands before it."""
    sys.stdout.flush()
    _write(sys.stderr, safe(text))


def _page() -> int:
    """How wide a page is: a terminal that is narrower than ours is its own measure."""
    try:
        # 0: a terminal that does not know its width.
        columns = os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH
    return min(WIDTH, max(NARROWEST, columns))


def paragraph(text: object, indent: str = "", hang: int = 0, width: int = 0) -> None:
    """A result that may be long, folded at the width of a page; `hang` indents what follows the first line."""
    width = width or _page()
    for line in _folded(text, indent, hang, width):
        out(indent + line)


def _folded(text: object, indent: str, hang: int, width: int) -> list[str]:
    folded = textwrap.wrap(
        safe(text),
        width - len(indent),
        subsequent_indent=" " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return folded or [""]


def say_paragraph(text: object, indent: str = "", hang: int = 0, width: int = TERMINAL) -> None:
    """The same as a part of the conversation, folded for the narrowest terminal."""
    for line in _folded(text, indent, hang, width):
        say(indent + line)


def table(rows: Sequence[Sequence[object]], titles: Sequence[str] = (), indent: str = "") -> None:
    """Columns without borders, at most 100 wide: the widest column is cut with an ellipsis when need be."""
    cells = [[safe(cell) for cell in row] for row in ([titles, *rows] if titles else rows)]
    if not cells:
        return
    widths = [max(_width(row[column]) for row in cells) for column in range(len(cells[0]))]
    while sum(widths) + 2 * (len(widths) - 1) + len(indent) > WIDTH and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    for row in cells:
        out((indent + "  ".join(_fitted(cell, width) for cell, width in zip(row, widths, strict=True))).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else unicodedata.combining(sign) == 0 for sign in text)


def _fitted(text: str, width: int) -> str:
    if _width(text) <= width:
        return text + " " * (width - _width(text))
    kept = text
    while _width(kept) > width - 1:
        kept = kept[:-1]
    return kept + "…" + " " * (width - 1 - _width(kept))


def document(value: Mapping[str, Any]) -> None:
    """The one JSON document of a call, on stdout."""
    _write(sys.stdout, dumped({"schema": 1, **value}, indent=1))


def dumped(value: object, indent: int | None = None) -> str:
    """JSON in plain ASCII, so that no reader's terminal meets a control sign (DEL is ASCII and not escaped by json)."""
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


class Stream:
    """The one JSON document of a call with one long list in it, written row by row so that memory does not grow."""

    def __init__(self, head: Mapping[str, Any], name: str) -> None:
        self._opening = f"{dumped({'schema': 1, **head})[:-1]}, {dumped(name)}: ["
        self._rows = 0

    def row(self, value: Mapping[str, Any]) -> None:
        """Write one row of the list."""
        sys.stdout.write(f"{',' if self._rows else self._opening}\n{dumped(value)}")
        self._rows += 1

    def close(self, tail: Mapping[str, Any]) -> None:
        """Write the fields that follow the list; from here on the document is whole."""
        opening = "\n" if self._rows else self._opening
        _write(sys.stdout, f"{opening}],\n{dumped(tail)[1:]}")


def rows_as_csv(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for a spreadsheet, on stdout: quoted, and formulas neutralised, since people open it there."""
    import csv

    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in [titles, *rows]:
        writer.writerow(
            ["'" + cell if (cell := safe(value)).lstrip()[:1] in tuple("=+-@＝＋－＠") else cell for value in row]
        )


def error_lines(what: str, why: str, fix: str, code: str = "error") -> None:
    """What happened, why, and how to mend it, on stderr."""
    say(f"{code}: {what}")
    for title, words in (("why", why), ("fix", fix)):
        for number, line in enumerate(words.splitlines()):
            say(f"  {title + ':' if not number else '    '} {line}")


def raw_lines(text: str) -> None:
    """A traceback for who asked with -v: many lines, each made safe."""
    for line in text.splitlines():
        say(line)


def file_text(text: str) -> None:
    """Our own text as it is (a help page, the sample configuration), on stdout."""
    _write(sys.stdout, text.rstrip("\n"))


def can_ask() -> bool:
    """Is there a person at the keyboard?"""
    return sys.stdin.isatty() and sys.stderr.isatty()


def can_converse() -> bool:
    """Can a whole conversation be had: what is shown, what is asked and what is typed are all at one terminal?"""
    return can_ask() and sys.stdout.isatty()


def ask(question: str) -> bool:
    """A question that only "yes" answers with yes."""
    sys.stderr.write(f"{safe(question)} Type yes to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == "yes"


def ask_line(question: str) -> str:
    """A line that a person types or pastes."""
    sys.stderr.write(f"{safe(question)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


class Line:
    """One line of a terminal's stderr that changes in its place; silent anywhere else."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._line = ""

    def show(self, line: str) -> None:
        """What it says from now on."""
        if self._shown and line != self._line:
            sys.stderr.write(f"\r{safe(line).ljust(len(self._line))}")
            sys.stderr.flush()
            self._line = line

    def end(self) -> None:
        """Clear the line."""
        if self._shown and self._line:
            sys.stderr.write("\r" + " " * len(self._line) + "\r")
            sys.stderr.flush()


class Bar:
    """How much of a known whole is done, as a bar on one line of a terminal's stderr; silent anywhere else."""

    def __init__(self, shown: bool, noun: str, whole: int) -> None:
        self._line, self._noun, self._whole = Line(shown), noun, max(whole, 1)

    def reach(self, done: int) -> None:
        """So many are done by now."""
        share = min(done / self._whole, 1.0)
        self._line.show(f"{self._noun} [{'#' * int(share * 30):<30}] {int(share * 100):>3} %")

    def end(self) -> None:
        """Clear the line."""
        self._line.end()


def reply(question: str, forget: bool = True) -> str | None:
    """A line that a person types at a terminal, without blanks around it; None when the terminal is gone or ended.

    forget: what was typed before the question stood there is let go, since nobody can have meant it as an answer."""
    try:
        # Before the question is shown: a quick answer to it is meant.
        if forget:
            _forget_typed()
        sys.stdout.flush()
        sys.stderr.write(f"{safe(question)} ")
        sys.stderr.flush()
        line = sys.stdin.readline()
    except OSError:
        return None
    return line.strip() if line else None


def _forget_typed() -> None:
    import termios

    # What is no terminal has nobody who types ahead.
    if sys.stdin.isatty():
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def marked(text: str, quotes: Iterable[str], width: int, indent: str = "") -> list[str]:
    """Somebody's text in lines of a page, where the quotes stand in [[ ]]; brackets of their own are kept apart.

    A quote is found whatever its case and its blanks. Brackets can be read without colour, and aloud."""
    shown = "\n".join(safe(line) for line in text.splitlines()).replace("[[", "[ [").replace("]]", "] ]")
    pieces, end = [], 0
    for first, last in _places(shown, quotes):
        pieces += [shown[end:first], "[[", shown[first:last], "]]"]
        end = last
    lines: list[str] = []
    for line in "".join([*pieces, shown[end:]]).split("\n"):
        lines += textwrap.wrap(line, width - len(indent), break_on_hyphens=False) or [""]
    return [indent + line for line in lines]


def _places(shown: str, quotes: Iterable[str]) -> list[tuple[int, int]]:
    """Where the quotes stand, in order; those that overlap are one."""
    import re

    words = (safe(one).split() for one in quotes)
    found = (re.search(r"\s+".join(map(re.escape, each)), shown, re.IGNORECASE) for each in words if each)
    places: list[tuple[int, int]] = []
    for first, last in sorted(one.span() for one in found if one):
        if places and first < places[-1][1]:
            places[-1] = (places[-1][0], max(last, places[-1][1]))
        else:
            places.append((first, last))
    return places


def marked_lines(lines: Iterable[str]) -> None:
    """Write what `marked` made; on a terminal that can, what stands in [[ ]] is underlined as well."""
    able = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")
    inside = False
    for line in lines:
        clean = safe(line)
        if able:
            body = clean.lstrip()
            start = clean[: len(clean) - len(body)] + ("\x1b[4m" if inside else "")
            inside = clean.rfind("[[") > clean.rfind("]]") or (inside and "]]" not in clean)
            shown = body.replace("[[", "[[\x1b[4m").replace("]]", "\x1b[24m]]")
            clean = start + shown + ("\x1b[24m" if inside else "")
        _write(sys.stdout, clean)


class Progress:
    """How far a long run is, on one line of a terminal's stderr; silent anywhere else."""

    def __init__(self, shown: bool, noun: str) -> None:
        self._shown = shown and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._noun = noun
        self._count = 0

    def step(self) -> None:
        """One more."""
        self._count += 1
        if self._shown and self._count % 25 == 1:
            sys.stderr.write(f"\r{self._count} {self._noun}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r" + " " * (len(self._noun) + 12) + "\r")
            sys.stderr.flush()


def _write(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
