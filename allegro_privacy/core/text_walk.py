"""One pass over a message's lines that tells quotes, forwards, signatures and footers from what the writer wrote."""

import re
from dataclasses import dataclass, field

from allegro_privacy.core.text_courtesies import is_contact, is_courtesy
from allegro_privacy.core.text_headers import Headers, attribution_end, read_headers, starts_field
from allegro_privacy.core.text_markers import DECORATION, Markers, Notice, Opening, fold_line
from allegro_privacy.core.text_sheet import Part, Sheet, unquoted

_LONGEST_SIGNATURE = 12
_SHORT_SIGNATURE = 4
_LONGEST_DEVICE_LINE = 10
_BEFORE_NOTICE = DECORATION + "("
# Without any of these a line that begins with a letter is prose; asked of every line, and nearly all end there.
_FOREIGN_SIGN = re.compile(r"[:<>\d]|[-_=*~]$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A message with a header block found inside the text: its headers, where its text stands, how it is marked."""

    headers: Headers
    start: int
    end: int
    quoted: bool
    forwarded: bool


@dataclass(slots=True)
class Separation:
    """One message while its lines are being given to their parts.

    section: the part that lines fall to until something else begins.  after_blank: the part that the next blank line
    returns to, for what ends with its paragraph.  says_something: has the writer said more than a greeting yet?
    """

    sheet: Sheet
    markers: Markers
    shop_lines: frozenset[int]
    forwarding: bool
    replying: bool
    section: Part = Part.OWN
    after_blank: Part | None = None
    says_something: bool = False
    pasted: list[Pasted] = field(default_factory=list)

    def enter(self, section: Part, after_blank: Part | None = None) -> Part:
        """Open a section, and return it."""
        self.section, self.after_blank = section, after_blank
        return section


def walk(separation: Separation) -> None:
    """Give every line its part, in one pass from the top."""
    sheet = separation.sheet
    index = 0
    while index < len(sheet.lines):
        if not sheet.folded[index]:
            if separation.after_blank is not None:
                separation.enter(separation.after_blank)
            index += 1
            continue
        end = _foreign_end(separation, index)
        if end > index:
            separation.enter(Part.OWN)
            index = end
            continue
        part = sheet.parts[index] = _part(separation, index)
        if part is Part.OWN and not separation.says_something:
            separation.says_something = not is_courtesy(sheet, index, separation.markers)
        index += 1


def _foreign_end(separation: Separation, index: int) -> int:
    """Mark the quote, reply header or pasted message that starts at `index` and return its end, or `index`."""
    sheet, markers = separation.sheet, separation.markers
    folded = sheet.folded[index]
    if folded[0].isalpha() and _FOREIGN_SIGN.search(folded) is None:
        return index
    if sheet.is_quote(index):
        return _take_quote(separation, index)
    opening = markers.opening(folded)
    if opening is not None:
        return _take_pasted(separation, index, opening)
    if starts_field(folded, markers) and read_headers(sheet, index, markers).stands_alone:
        return _take_pasted(separation, index, None)
    end = attribution_end(sheet, index, markers)
    if end > index:
        end = _answered_end(sheet, sheet.next_filled(end), end)
        sheet.mark(index, end, Part.QUOTED)
    return end


def _answered_end(sheet: Sheet, first: int, end: int) -> int:
    """Where the text below a reply header ends that no "> " marks; marked lines are told line by line."""
    if sheet.is_quote(first):
        return end
    if first < len(sheet.lines) and sheet.folded[first].startswith("<<"):  # AOL's quotes: << text >>
        for position in range(first, len(sheet.lines)):
            if sheet.folded[position].endswith(">>"):
                return position + 1
    return len(sheet.lines)


def _take_quote(separation: Separation, index: int) -> int:
    """A run of quoted lines; one that opens with a forward's marker and answers nothing is a message passed on."""
    sheet, markers = separation.sheet, separation.markers
    end = sheet.quote_end(index)
    answers = Part.QUOTED in sheet.parts[max(0, index - 3) : index]
    first = _first_said(sheet, index, end)
    opening = None if answers or first == end else markers.opening(fold_line(unquoted(sheet.lines[first])))
    body = first if opening is None else _first_said(sheet, first + 1, end)
    headers = read_headers(sheet, body, markers, quoted=True)
    passed_on = separation.forwarding and not answers and headers.stands_alone and body < end
    if opening is Opening.FORWARD or passed_on:
        sheet.mark(index, end, Part.FORWARDED)
        separation.pasted.append(Pasted(headers, max(headers.end, body), end, quoted=True, forwarded=True))
    else:
        sheet.mark(index, end, Part.QUOTED)
    return end


def _first_said(sheet: Sheet, index: int, end: int) -> int:
    """The first line of [index, end) that is more than a quote mark, or `end`."""
    while index < end and not fold_line(unquoted(sheet.lines[index])):
        index += 1
    return index


def _take_pasted(separation: Separation, index: int, opening: Opening | None) -> int:
    """A message pasted with its header lines, from its marker or its From line on."""
    sheet, markers = separation.sheet, separation.markers
    start = index if opening is None else sheet.next_filled(index + 1)
    quoted = sheet.is_quote(start)
    headers = read_headers(sheet, start, markers, quoted)
    body = max(headers.end, start)
    unclear = not separation.says_something and not separation.replying and headers.first is not None
    forwarded = opening is Opening.FORWARD or separation.forwarding or unclear
    if sheet.is_quote(sheet.next_filled(body)):
        quoted = True
        end = sheet.quote_end(sheet.next_filled(body)) if forwarded else body
    else:
        end = _next_forward(separation, body) if opening is Opening.FORWARD else len(sheet.lines)
    sheet.mark(index, end, Part.FORWARDED if forwarded else Part.QUOTED)
    if forwarded or headers.first is not None:
        text_end = sheet.quote_end(sheet.next_filled(body)) if quoted else end
        separation.pasted.append(Pasted(headers, body, max(text_end, body), quoted, forwarded))
    return max(end, index + 1)


def _next_forward(separation: Separation, index: int) -> int:
    sheet, markers = separation.sheet, separation.markers
    for position in range(index, len(sheet.lines)):
        folded = sheet.folded[position]
        if folded and folded[0] in DECORATION and markers.opening(folded) is Opening.FORWARD:
            return position
    return len(sheet.lines)


def _part(separation: Separation, index: int) -> Part:
    """The part of one line that is neither quoted nor forwarded; may open another section."""
    folded = separation.sheet.folded[index]
    if index in separation.shop_lines:
        return separation.enter(Part.FOOTER)
    if separation.section is Part.FOOTER:
        return Part.FOOTER
    core = folded.lstrip(_BEFORE_NOTICE)
    if not core:
        section = separation.enter(_below_drawn_line(separation, index))
        return Part.SEPARATOR if section is Part.SIGNATURE else section
    if separation.section is Part.SIGNATURE and _is_postscript(folded, separation.markers):
        return separation.enter(Part.OWN)
    notice = separation.markers.notice(core)
    return separation.section if notice is None else _noticed_part(separation, notice, core.split())


def _is_postscript(folded: str, markers: Markers) -> bool:
    return folded.partition(" ")[0].rstrip(":.,") in markers.postscripts


def _noticed_part(separation: Separation, notice: Notice, words: list[str]) -> Part:
    """The part of a line that opens like a device line, a notice or a footer."""
    section = separation.section
    if notice is Notice.DEVICE:
        device = len(words) <= _LONGEST_DEVICE_LINE and not any("@" in word for word in words)
        return Part.FOOTER if device else section
    if not separation.markers.first_person.isdisjoint(words):
        return section
    if notice is Notice.SCANNER:
        return Part.FOOTER
    if notice is Notice.BANNER:
        return separation.enter(Part.FOOTER, after_blank=section)
    if not separation.says_something:
        return section  # what comes first is the message, whatever it sounds like
    return separation.enter(Part.FOOTER, after_blank=None if notice is Notice.LIST else section)


def _below_drawn_line(separation: Separation, index: int) -> Part:
    """What a line of dashes or underscores opens: a list's footer, a signature, or nothing new."""
    sheet, markers, section = separation.sheet, separation.markers, separation.section
    drawn = sheet.folded[index]
    position = sheet.next_filled(index + 1)
    if drawn[0] not in "-_=" or not "".join(sheet.folded[position : position + 1]).strip(DECORATION):
        return section
    filled: list[int] = []
    while position < len(sheet.lines) and len(filled) <= _LONGEST_SIGNATURE and not sheet.is_quote(position):
        filled.append(position)
        position = sheet.next_filled(position + 1)
    below = [sheet.folded[position] for position in filled]
    impersonal = markers.first_person.isdisjoint(" ".join(below).split())
    of_list = any(word in folded for folded in below[:3] for word in markers.list_words)
    if of_list and impersonal and separation.says_something:
        return Part.FOOTER
    if sheet.lines[index] in ("-- ", "--\u00a0"):
        return Part.SIGNATURE
    if not 0 < len(below) <= _LONGEST_SIGNATURE:
        return section
    if drawn == "--" or (drawn[0] == "_" and impersonal and len(below) <= _SHORT_SIGNATURE):
        return Part.SIGNATURE
    if drawn[0] in "-_=" and any(is_contact(folded, markers) for folded in below):
        return Part.SIGNATURE
    return section
