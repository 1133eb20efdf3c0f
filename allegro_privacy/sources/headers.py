"""Header fields from bytes: our own bounded split, RFC 2047 words and RFC 2045 parameters; linear, never raises.

The standard library's header classes evaluate addresses and parameters in quadratic time or worse
(python/cpython#136063), and raise on ordinary mail. What is cut or skipped here is said in a flag.
"""

import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote_to_bytes

from allegro_privacy.core.message import Flag
from allegro_privacy.sources.charsets import clean_line, decode

BLOCK_LIMIT = 64 * 1024
FIELD_LIMIT = 300
VALUE_LIMIT = 4 * 1024
CONTENT_VALUE_LIMIT = 1024
WORD_LIMIT = 200
PARAMETER_LIMIT = 50

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
# Who writes and what they ask may stand behind a flood of other fields; past the limits the first two of each are read.
_ESSENTIAL = re.compile(
    rb"\n((?:from|subject|to|reply-to|date|message-id|content-type|content-transfer-encoding|content-disposition)"
    rb"[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,80})\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields in order (lower-case name, raw unfolded value), and what follows them."""

    fields: tuple[tuple[str, bytes], ...]
    body: bytes
    flags: frozenset[str]

    def values(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def content(self, name: str) -> str:
        """The first Content-* value of that name as text; one that is too long is nothing."""
        value = next((value for key, value in self.fields if key == name), b"")
        return "" if len(value) > CONTENT_VALUE_LIMIT else decode(value)


def split_headers(data: bytes) -> HeaderBlock:
    """Split a message or a part (line ends already plain) at its first empty line."""
    if data.startswith(b"\n"):
        return HeaderBlock((), data[1:], frozenset())
    end = data.find(b"\n\n")
    block, body = (data, b"") if end < 0 else (data[:end], data[end + 2 :])
    flags: set[str] = set()
    rest = b""
    if len(block) > BLOCK_LIMIT:
        flags.add(Flag.LONG_HEADER)
        cut = block.rfind(b"\n", 0, BLOCK_LIMIT)
        cut = cut if cut > 0 else BLOCK_LIMIT
        block, rest = block[:cut], block[cut:]
    fields: list[tuple[str, bytes]] = []
    lines = block.split(b"\n")
    for number, count in _fields(lines):
        if count == 0:
            flags.add(Flag.BAD_HEADER)
            if not rest and not any(_FIELD.match(line) for line in lines[number + 1 : number + 2]):
                # A line that is no field, and none follows: the empty line was forgotten and the text begins.
                return HeaderBlock(tuple(fields), data[sum(map(len, lines[:number])) + number :], frozenset(flags))
            continue
        if len(fields) == FIELD_LIMIT:
            flags.add(Flag.MANY_HEADERS)
            rest = b"\n".join([b"", *lines[number:]]) + rest
            break
        fields.append(_field(lines[number : number + count], flags))
    _add_essential(fields, rest, flags)
    return HeaderBlock(tuple(fields), body, frozenset(flags))


def _add_essential(fields: list[tuple[str, bytes]], rest: bytes, flags: set[str]) -> None:
    seen = Counter(name for name, _ in fields)
    for match in _ESSENTIAL.finditer(rest):
        name = match[1][:40].partition(b":")[0].strip().decode("ascii").lower()
        if seen[name] < 2:
            seen[name] += 1
            fields.append(_field(match[1].split(b"\n"), flags))


def _fields(lines: list[bytes]) -> Iterator[tuple[int, int]]:
    """For each field its first line and how many lines it has; 0 lines for a line that is no field."""
    number = 0
    while number < len(lines):
        if not _FIELD.match(lines[number]):
            if not lines[number].startswith((b"From ", b">From ")):  # the envelope line of an mbox is no fault
                yield number, 0
            number += 1
            continue
        count = 1
        while number + count < len(lines) and lines[number + count][:1] in (b" ", b"\t"):
            count += 1
        yield number, count
        number += count


def _field(lines: list[bytes], flags: set[str]) -> tuple[str, bytes]:
    match = _FIELD.match(lines[0])
    assert match is not None
    name = match.group(1).decode("ascii").lower()
    value = b" ".join([lines[0][match.end() :], *(line.strip() for line in lines[1:])]).strip()
    if len(value) > VALUE_LIMIT:
        flags.add(Flag.LONG_HEADER)
        value = value[:VALUE_LIMIT]
    return name, value


def decode_value(value: bytes) -> str:
    """A header value as clean text on one line, RFC 2047 words decoded."""
    return clean_line(decode_words(decode(value)))


def decode_words(text: str) -> str:
    """The text with its RFC 2047 words decoded (the first 200); neighbours of one charset are joined as bytes."""
    if "=?" not in text:
        return text
    pieces: list[tuple[str, bytes | str]] = []
    done = 0
    for count, word in enumerate(_WORD.finditer(text)):
        if count == WORD_LIMIT:
            break
        between = text[done : word.start()]
        if between.strip() or (between and not pieces):
            pieces.append(("", between))
        charset, encoding, content = word.groups()
        pieces.append((charset.lower(), _decode_word(encoding.lower(), content)))
        done = word.end()
    pieces.append(("", text[done:]))
    decoded = []
    for charset, group in groupby(pieces, key=lambda piece: piece[0]):
        contents = [content for _, content in group]
        if charset:
            decoded.append(decode(b"".join(content for content in contents if isinstance(content, bytes)), charset))
        else:
            decoded += [content for content in contents if isinstance(content, str)]
    return "".join(decoded)


def _decode_word(encoding: str, content: str) -> bytes:
    if encoding == "b":
        return decode_base64(content.encode("utf-8", "replace"))
    return binascii.a2b_qp(content.encode("utf-8", "replace"), header=True)


def decode_base64(data: bytes) -> bytes:
    """Base64 with whatever junk and missing padding; what cannot be decoded is left out."""
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(data + padding)
        except binascii.Error:
            continue
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def media_type(value: str, default: str = "text/plain") -> str:
    """The lower-case type of a Content-Type value; text/plain for what is none (RFC 2045 5.2)."""
    name = value.partition(";")[0].partition("(")[0].strip().lower()
    return name if _MEDIA_TYPE.fullmatch(name) else default


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-* value: lower-case names, RFC 2231 sections joined, RFC 2047 words decoded."""
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count == PARAMETER_LIMIT:
            break
        quoted, bare = match.group(2), match.group(3)
        content = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if quoted is not None else bare.strip()
        section = _SECTION.fullmatch(match.group(1).lower())
        assert section is not None
        name, number, extended = section.groups()
        sections.setdefault(name, {}).setdefault(int(number or 0), (content, bool(extended)))
    return {name: _join(pieces) for name, pieces in sections.items()}


def _join(pieces: dict[int, tuple[str, bool]]) -> str:
    ordered = [pieces[number] for number in sorted(pieces)]
    if not any(extended for _, extended in ordered):
        return clean_line(decode_words("".join(content for content, _ in ordered)))
    charset = ""
    first, extended = ordered[0]
    if extended and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
        ordered[0] = (first, True)
    data = b"".join(
        unquote_to_bytes(content) if extended else content.encode("utf-8", "replace") for content, extended in ordered
    )
    return clean_line(decode(data, charset))
