"""The lines of one message: as written, as folded, and the part that each belongs to."""

from dataclasses import dataclass, field
from enum import StrEnum

from allegro_privacy.core.text_markers import fold_line


class Part(StrEnum):
    """Whose a line is. Every line of a message has exactly one part."""

    OWN = "own"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    FOOTER = "footer"
    FORWARDED = "forwarded"
    SEPARATOR = "separator"


@dataclass(slots=True)
class Sheet:
    """The lines of one message, as written and folded, and the part found for each so far."""

    lines: list[str]
    folded: list[str]
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Sheet":
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        # Quoted lines are many and never compared whole, so they are not worth folding.
        folded = [line.lower() if line[:1] == ">" else fold_line(line) for line in lines]
        return cls(lines, folded, [Part.SEPARATOR] * len(lines))

    def mark(self, start: int, end: int, part: Part) -> None:
        """Give the lines of [start, end) to a part; blank lines stay separators."""
        for index in range(start, end):
            if self.folded[index]:
                self.parts[index] = part

    def next_filled(self, index: int) -> int:
        """The first line from `index` on that is not blank, or the number of lines."""
        while index < len(self.folded) and not self.folded[index]:
            index += 1
        return index

    def is_quote(self, index: int) -> bool:
        """Is the line marked as a quote: "> text", "| text", "JD> text"?"""
        if index >= len(self.lines) or not (head := self.folded[index][:6]) or (">" not in head and head[0] != "|"):
            return False
        line = self.lines[index].lstrip()
        if line[:1] == ">":
            # A lone ">From " is what mbox writers make of a person's own line (RFC 4155), not a quote.
            return not line.startswith(">From ") or self._is_pipe_or_angle(index - 1, ">")
        if line[:1] == "|":
            neighbours = self._is_pipe_or_angle(index - 1, "|") or self._is_pipe_or_angle(index + 1, "|")
            return neighbours and not line.rstrip().endswith("|")
        initials, angle, rest = line[:6].partition(">")
        return bool(angle) and initials.isalpha() and initials[0].isupper() and rest[:1] in ("", " ", ">")

    def _is_pipe_or_angle(self, index: int, mark: str) -> bool:
        return 0 <= index < len(self.lines) and self.lines[index].lstrip()[:1] == mark

    def quote_end(self, index: int) -> int:
        """The end of the run of quoted lines that starts at `index`, blank lines inside included."""
        end = index
        while index < len(self.lines):
            if self.is_quote(index):
                end = index + 1
            elif self.folded[index]:
                break
            index += 1
        return end


def unquoted(line: str) -> str:
    """A quoted line without its outermost mark."""
    line = line.lstrip()
    angle = line.find(">", 0, 6)
    if angle >= 0:
        line = line[angle + 1 :]
    elif line[:1] == "|":
        line = line[1:]
    return line.removeprefix(" ")
