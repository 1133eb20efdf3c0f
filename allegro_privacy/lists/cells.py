"""Which cells may leave in a list for machines as they are, and how a held one is shown to people."""

import re
import unicodedata

# A spreadsheet runs a cell that begins like this (OWASP, CSV Injection); some fold the full-width forms first.
TRIGGERS = frozenset("=+-@\t\r＝＋－＠")
# A sign with nothing but digits behind it is a number and no formula: +13055550123 is how a phone is written.
PLAIN_NUMBER = re.compile(r"[+-][0-9]+")
# Neither these nor blanks make a trigger behind them harmless: some importers strip them.
INVISIBLE = " \u00a0\u3000\u00ad\u200b\u200c\u200d\u2060\ufeff"
# A cell that begins with none of these and is printable runs nowhere: what is invisible but a blank is not printable.
MAY_BEGIN_A_FORMULA = TRIGGERS | {" "}
LINE_ENDS = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff]")
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def why_held(cell: str) -> str:
    """Why a cell must not leave in a file for machines, in words; "" when it may. Nothing is altered instead: a '
    added in front would make it another address."""
    if begins_like_a_formula(cell):
        return "begins like a formula"
    if LINE_ENDS.search(cell):
        return "holds a line end"
    if CONTROLS.search(cell):
        return "holds a NUL or another control character"
    return ""


def begins_like_a_formula(cell: str) -> bool:
    """Would a spreadsheet run this cell?"""
    return cell.lstrip(INVISIBLE)[:1] in TRIGGERS and not PLAIN_NUMBER.fullmatch(cell)


def neutralised(cell: str) -> str:
    """The cell for people: what could run gets a leading ', what cannot be seen is shown as an escape."""
    if cell.isprintable() and cell[:1] not in MAY_BEGIN_A_FORMULA:
        return cell
    shown = "".join(_visible(character) for character in cell)
    return f"'{shown}" if begins_like_a_formula(cell) or begins_like_a_formula(shown) else shown


def _visible(character: str) -> str:
    return f"\\u{ord(character):04x}" if unicodedata.category(character) in UNSEEN_CATEGORIES else character
