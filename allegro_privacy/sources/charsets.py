"""Bytes of strangers to clean text: a fixed list of charsets, and nothing invisible left in.

`codecs.lookup` is never called on a name from mail: Python has codecs that are no charsets (zlib, punycode), and one
megabyte of punycode takes more than twelve seconds.
"""

import re

_CODECS = {
    "ascii": "us-ascii ascii ansi-x3.4-1968 iso646-us 646",
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf-8-strict",
    "utf-7": "utf-7 unicode-1-1-utf-7",
    "utf-16": "utf-16 unicode",
    "utf-16-le": "utf-16le utf-16-le",
    "utf-16-be": "utf-16be utf-16-be",
    "utf-32": "utf-32",
    # Every mailer that says Latin-1 means the superset of Windows (WHATWG Encoding).
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 cp1252 cp-1252 x-ansi ansi",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1254": "windows-1254 cp1254 iso-8859-9 iso8859-9 latin5",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "cp874": "windows-874 tis-620 iso-8859-11",
    "cp437": "ibm437 cp437",
    "cp850": "ibm850 cp850",
    "cp866": "ibm866 cp866",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "mac-roman": "macintosh macroman mac x-mac-roman",
    "gb18030": "gb18030 gbk gb2312 gb-2312-80 x-gbk cp936 euc-cn",
    "hz": "hz-gb-2312 hz",
    "cp950": "big5 big-5 cp950 x-x-big5",
    "big5hkscs": "big5-hkscs",
    "cp932": "shift-jis shiftjis sjis x-sjis ms-kanji windows-31j cp932",
    "euc-jp": "euc-jp x-euc-jp eucjp",
    "iso2022_jp_2": "iso-2022-jp iso-2022-jp-2 csiso2022jp",
    "cp949": "euc-kr ks-c-5601-1987 ksc5601 cp949 korean",
    "iso2022_kr": "iso-2022-kr",
} | {f"iso8859-{number}": f"iso-8859-{number} iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}

_CODEC_OF = {name: codec for codec, names in _CODECS.items() for name in names.split()} | {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "latin2": "iso8859-2",
    "latin9": "iso8859-15",
}

# Control (C0 but tab and newline, C1), soft hyphen, zero-width, bidirectional, tag and interlinear characters,
# fillers that show nothing, non-characters and lone surrogates (hostile text for a terminal, SQLite or a reader).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SPACES = re.compile(r"[\t\n ]+")


def decode(data: bytes, charset: str = "") -> str:
    """Text from bytes in the charset that was declared, or the likeliest one; never fails, may hold U+FFFD."""
    if data.isascii() and b"\x1b" not in data and charset[:3].lower() not in ("utf", "hz-", "hz"):
        return data.decode("ascii")
    codec = _CODEC_OF.get(charset.strip(" \t\"'").lower().replace("_", "-"), "")
    if codec and codec not in ("ascii", "utf-8"):
        try:
            return data.decode(codec, "replace")
        except (UnicodeError, ValueError):  # a decoder that cannot go on, e.g. a broken escape sequence
            pass
    text = data.decode("utf-8", "replace")
    if "\ufffd" not in text or any(character > "\x7f" and character != "\ufffd" for character in text):
        return text
    return data.decode("cp1252", "replace")  # not one valid UTF-8 sequence in it


def clean_text(text: str) -> str:
    """The text with plain line ends and nothing that a reader cannot see."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """The text on one line, single spaces, nothing that a reader cannot see: for names, subjects and header values."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _SPACES.sub(" ", clean_text(text)).strip(" ")
