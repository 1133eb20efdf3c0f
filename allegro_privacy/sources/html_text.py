"""HTML to the text that a reader sees: invisible content left out, quoted mail as lines that start with "> ".

lxml parses (the hard part); the layout is ours: one pass over the tree without recursion, 20 times faster on
newsletters than the general converters, which also line up table cells and so tear sentences apart.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from allegro_privacy.sources.charsets import clean_text

HTML_LIMIT = 512 * 1024


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SILENT = _words("script style head title template object embed applet iframe frame svg math audio video map")
_BLOCKS = _words(
    "address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hgroup hr li main nav ol option p pre section select summary table tbody td tfoot th thead tr ul "
    "blockquote caption legend textarea button"
)
_APART = _words("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table figure")

# Where the common clients put the mail that is answered. `_REST`: from here to the end of the enclosing element.
_QUOTE_CLASSES = _words(
    "gmail_quote gmail_quote_container yahoo_quoted protonmail_quote tutanota_quote zmail_extra moz-cite-prefix "
    "moz-forward-container front-blockquote hs_reply_quote OutlookMessageHeader"
)
_REST = _words("divRplyFwdMsg appendonsend OLK_SRC_BODY_SECTION x_divRplyFwdMsg x_appendonsend reply-intro")
_FORWARDED = re.compile(
    r"\W*(?:begin |inicio del )?(?:forwarded (?:message|by)|(?:mensaje|correo) reenviado|reenviado por)", re.IGNORECASE
)

_GONE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0*\.?0+(?![.\d])|max-height:0(?![.\d])|mso-hide:all"
)
_PREHEADER = re.compile(r"\b(?:pre-?header|preview-?text)", re.IGNORECASE)
_FONT_SIZE = re.compile(r"font-size:([\d.]+)(px|pt|r?em|%)?")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_NAMED_COLOURS = {"white": "ffffff", "black": "000000", "transparent": ""}

_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>")
_BREAKING_TAG = re.compile(r"<(?:br|/?(?:p|div|tr|td|th|li|h[1-6]|blockquote|table|ul|ol))\b[^<>]*>", re.IGNORECASE)
_SILENT_OPENING = re.compile(r"<(script|style|head|title)\b[^<>]*>")
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")


def html_to_text(source: str, forwarded: bool = False) -> str:
    """The visible text of an HTML body. `forwarded`: the subject says so, hence the mail below is no quote to cut."""
    source = clean_text(source[:HTML_LIMIT])
    from lxml import etree  # heavy: only when a message has HTML

    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), _parser())
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return strip_tags(source)
    if any(error.level_name == "FATAL" for error in _parser().error_log):
        return strip_tags(source)  # nested deeper than libxml2 goes: it has dropped the rest
    return _Page(forwarded).read(root)


@cache
def _parser() -> Any:
    from lxml import etree

    return etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)


def strip_tags(source: str) -> str:
    """The text between the tags: what is left for a source that no parser reads, and for text/enriched."""
    text = _TAG.sub("", _BREAKING_TAG.sub("\n", _without_silent(source)))
    lines = (_SPACE.sub(" ", line).strip() for line in html.unescape(text).split("\n"))
    return clean_text("\n".join(line for line in lines if line))


def _without_silent(source: str) -> str:
    """The source without its scripts and style sheets; one search for each end, so that it stays linear."""
    kept: list[str] = []
    endless: set[str] = set()
    lowered = source.lower() if len(source.lower()) == len(source) else source
    done = 0
    while (opening := _SILENT_OPENING.search(lowered, done)) is not None:
        tag = opening.group(1)
        end = -1 if tag in endless else lowered.find(f"</{tag}", opening.end())
        if end < 0:
            endless.add(tag)
        kept.append(source[done : opening.start()])
        done = end if end >= 0 else opening.end()
    return " ".join([*kept, source[done:]])


@dataclass(frozen=True, slots=True)
class _Style:
    """What an element inherits as far as it decides whether text shows."""

    tiny: bool = False
    colour: str = ""
    background: str = ""
    verbatim: bool = False

    @property
    def shows(self) -> bool:
        return not self.tiny and not (self.colour and self.colour == self.background)


class _Page:
    """The lines of one page while it is read: the line being written, its depth of quotation, the styles in force."""

    def __init__(self, forwarded: bool) -> None:
        self.forwarded = forwarded
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.styles = [_Style()]
        self.opened: Counter[Any] = Counter()

    def read(self, root: Any) -> str:
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        skipped = None
        for event, element in walk:
            if event == "start":
                if _is_gone(element):
                    skipped = element
                    walk.skip_subtree()
                else:
                    self._open(element)
                continue
            if element is skipped:
                skipped = None
            else:
                self._close(element)
            self._write(element.tail)
        self._end_line()
        return "\n".join(self.lines).strip("\n")

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._end_line(always=True)
        elif tag in _BLOCKS:
            self._end_line(apart=tag in _APART)
        self._open_quote(element)
        self.styles.append(_style(element, self.styles[-1]))
        self._write(element.text)

    def _open_quote(self, element: Any) -> None:
        inside, rest = _quotes(element)
        if not (inside or rest) or (self.forwarded and element.tag != "blockquote"):
            return
        if _FORWARDED.match(_first_words(element)):
            return
        self._end_line()
        self.depth += 1
        self.opened[element.getparent() if rest and element.getparent() is not None else element] += 1

    def _close(self, element: Any) -> None:
        self.styles.pop()
        closed = self.opened.pop(element, 0)
        if closed or element.tag in _BLOCKS:
            self._end_line(apart=element.tag in _APART)
        self.depth -= closed

    def _write(self, text: str | None) -> None:
        style = self.styles[-1]
        if not text or not style.shows:
            return
        if style.verbatim:
            *whole, last = text.split("\n")
            for line in whole:
                self.line.append(line)
                self._end_line(always=True)
            self.line.append(last)
        else:
            self.line.append(_SPACE.sub(" ", text))

    def _end_line(self, always: bool = False, apart: bool = False) -> None:
        text = _SPACE.sub(" ", "".join(self.line)).strip()
        self.line.clear()
        if text or always:
            self.lines.append(">" * self.depth + " " * bool(self.depth) + text)
        if apart and self.lines and self.lines[-1].strip("> "):
            self.lines.append((">" * self.depth).strip())


def _quotes(element: Any) -> tuple[bool, bool]:
    """Is the inside of this element somebody else's mail; is all the rest of its parent?"""
    if element.tag == "blockquote":
        return True, False
    if not element.attrib:
        return False, False
    identifier, classes = element.get("id", ""), element.get("class", "")
    if identifier in _REST:
        return True, True
    return bool(classes) and not _QUOTE_CLASSES.isdisjoint(classes.split()), False


def _first_words(element: Any) -> str:
    words: list[str] = []
    for text in element.itertext():
        words.append(text)
        if len(words) > 5 or sum(map(len, words)) > 200:
            break
    return "".join(words).strip()[:200]


def _is_gone(element: Any) -> bool:
    """Is the element invisible with everything in it?"""
    if element.tag in _SILENT:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    if "hidden" in attributes or (element.tag == "input" and element.get("type", "").lower() == "hidden"):
        return True
    if _PREHEADER.search(element.get("class", "") + " " + element.get("id", "")):
        return True
    style = element.get("style")
    return style is not None and _GONE.search(_squeezed(style)) is not None


def _style(element: Any, inherited: _Style) -> _Style:
    style = inherited
    if element.tag == "pre":
        style = replace(style, verbatim=True)
    if not element.attrib:
        return style
    declared = _squeezed(element.get("style", ""))
    size = _FONT_SIZE.search(declared)
    if size is not None:
        style = replace(style, tiny=_is_tiny(*size.groups()))
    colour = _COLOUR.search(declared)
    background = _BACKGROUND.search(declared)
    fore = colour.group(1) if colour else element.get("color") if element.tag == "font" else None
    back = background.group(1) if background else element.get("bgcolor")
    if fore is not None or back is not None:
        style = replace(
            style,
            colour=style.colour if fore is None else _plain_colour(fore),
            background=style.background if back is None else _plain_colour(back),
        )
    return style


def _squeezed(style: str) -> str:
    return "".join(style[:2000].lower().split())


def _is_tiny(size: str, unit: str | None) -> bool:
    try:
        return float(size) <= (1 if unit in ("px", "pt", None) else 0.05 if unit in ("em", "rem") else 5)
    except ValueError:
        return False


def _plain_colour(value: str) -> str:
    value = "".join(value.lower().split()).lstrip("#")
    value = _NAMED_COLOURS.get(value, value)
    return "".join(2 * digit for digit in value) if re.fullmatch("[0-9a-f]{3}", value) else value
