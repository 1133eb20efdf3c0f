"""Invented mailing lists with everything that goes wrong in them, by a number: the same number is the same list."""

# ruff: noqa: E501  (each table on one line)

from dataclasses import dataclass
from random import Random

from allegro_privacy.core import matching
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan
from allegro_privacy.lists.scrub_sniff import Wanted

EMAILS = ("rosa@example.com", "al.stone@example.org", "ana@xn--bcher-kva.example", "o_'x@example.com")
PHONES = ("+13055550123", "+17865550199")
STREETS = (
    "NW 7 St",
    "NW 7 Ave",
    "SW 8th Street",
    "Main St",
    "Brickell Ave",
    "Calle Ocho",
    "Park Lane Dr",
    "Ocean Dr",
    "PO Box 12",
    "Summit Ln",
)
PEOPLE = ("Rosa Vega", "Harold Finch", "Finch, Harold", "Maria de la Cruz", "JOSE GARCIA LOPEZ", "Garcia Jose", "Current Resident", "Al & Mary Stone", "The Vega Family", "Vega Foods Inc", "R Vega", "Hárold Finch")  # fmt: skip
PLACES = (
    ("Miami", "FL", "33131"),
    ("Miami", "FL", "33125"),
    ("Orlando", "FL", "32801"),
    ("Ponce", "PR", "00731"),
    ("Miami", "", ""),
)
_CELLS = ("", "Bob", "x y", "#", "NA", "é", "ÿ", "\u2028", "𝄞", "'", "5", "a;b", "\t", " ", "\x1a", "5' tall")
_STRAY = ('5" pipe', '"open', 'end"', '"a"b', ' "x"', '""x', "lone\rCR", '"')
_QUOTED = (
    '"Bob"',
    '"a,b"',
    '"say ""hi"""',
    '""',
    '"x\ny"',
    '"x\r\ny"',
    '"1;2|3\t4"',
    '"two\n\nlines"',
    '"rosa@example.com\nx"',
)
_BAD_EMAILS = (
    "rosa@example.com.",
    ".rosa@example.com",
    "ros..a@example.com",
    "rosa@example",
    "rosa@@example.com",
    "rosa@example.c0m",
    "mailto:rosa@example.com",
    "Rosa <rosa@example.com>",
    "rosa@example.com;bob@example.com",
    "rosa(at)example.com",
    "ro\0sa@example.com",
    "ana@BÜCHER.example",
    "ROSA@EXAMPLE.COM.x-",
    "rosa@example.com+x",
    "'rosa@example.com'",
    "a" * 70 + "@example.com",
    "rosa@example.com\u00a0",
    "rosa@-example.com",
    "@example.com",
    "rosa@ex_ample.com",
)
_PHONE_CELLS = (
    "(305) 555-0123",
    "305.555.0123",
    "+1 786 555 0199",
    "3055550123",
    "13055550123",
    "305-555-0123 x12",
    "305 555 0123 / 786 555 0199",
    "0123456789",
    "555-0123",
    "(305) 055-0123",
    "305555012378655501990",
    "٣٠٥٥٥٥٠١٢٣",
    "call 305-555-0123",
)


@dataclass(frozen=True)
class Hostile:
    """One list as bytes, how it is read, and who asked."""

    content: bytes
    wanted: Wanted
    plan: ScrubPlan


def hostile_list(number: int) -> Hostile:
    """The list of that number. Every third is regular: quoting and line ends as RFC 4180 has them."""
    dice = Random(number)
    regular = number % 3 == 0
    encoding = dice.choice(("utf-8", "utf-8", "utf-8", "latin-1", "utf-16-le", "utf-16-be"))
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, dice.choice((b"", b"\xef\xbb\xbf")))
    mark = b"" if encoding == "latin-1" else mark
    delimiter = dice.choice(",,,;\t|")
    post = dice.random() < 0.4
    columns = [["id", "name", "email"], ["line1", "city", "state", "zip"] if post else []]
    more = [word for word in ("phone", "email2", "note") if dice.random() < 0.4]
    header = [*columns[0], *more, *columns[1]]
    end = dice.choice(("\n", "\r\n"))
    rows = [_row(dice, header, delimiter, regular) + _end(dice, end, regular) for _ in range(dice.randrange(1, 60))]
    text = delimiter.join(header) + end + "".join(rows)
    text = text.rstrip("\n") if dice.random() < 0.3 else text
    named = {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    wanted = Wanted(delimiter=delimiter, encoding="" if named == "utf-16" else named)
    raw = text.encode(encoding, "replace")
    if encoding == "utf-8" and dice.random() < 0.3:
        raw = raw.replace("é".encode(), b"\xe9")
    return Hostile(mark + raw, wanted, _plan(dice, post))


def _end(dice: Random, end: str, regular: bool) -> str:
    if dice.random() < 0.03:
        return end + dice.choice((end, end * 3, f"  {end}", f",,{end}", f"# a remark{end}"))
    if not regular and dice.random() < 0.03:
        return dice.choice(("\r", "\r\r\n", "\n\r", ""))
    return end


def _row(dice: Random, header: list[str], delimiter: str, regular: bool) -> str:
    street, place = _address(dice), dice.choice(PLACES)
    known = {"name": dice.choice(PEOPLE), "line1": street, "city": place[0], "state": place[1], "zip": place[2]}
    cells = [_cell(dice, column, known, regular, delimiter) for column in header]
    if dice.random() < 0.03:
        cells = dice.choice((cells[:-1], cells[:1], [*cells, ""], [*cells, "", ""], [*cells, "x"]))
    return delimiter.join(cells)


def _address(dice: Random) -> str:
    unit = dice.choice(("", "", "", " Apt 5", " #12", ", Unit B", " APT 2203"))
    return f"{dice.choice((100, 101, 110, 1450, 1451, 12))} {dice.choice(STREETS)}{unit}"


def _cell(dice: Random, column: str, known: dict[str, str], regular: bool, delimiter: str) -> str:
    chance = dice.random()
    if chance < 0.02 and not regular:
        return dice.choice(_STRAY)
    if chance < 0.05 and (not regular or column == "note"):
        return dice.choice(_QUOTED)
    if column in ("email", "email2"):
        cell = _email(dice)
    elif column == "phone":
        cell = dice.choice(_PHONE_CELLS) if dice.random() < 0.6 else ""
    elif column in known:
        cell = known[column] if chance < 0.95 else dice.choice(_CELLS)
    else:
        cell = dice.choice(_CELLS)
    needless = dice.random() < 0.1
    return f'"{cell}"' if (needless or delimiter in cell) and '"' not in cell else cell


def _email(dice: Random) -> str:
    chance = dice.random()
    if chance < 0.15:
        return dice.choice(_BAD_EMAILS)
    if chance < 0.2:
        return dice.choice(("", " ", "none", "n/a"))
    email = dice.choice(EMAILS) if chance < 0.4 else f"person{dice.randrange(99)}@example.net"
    email = email.upper() if dice.random() < 0.2 else email
    return f"{' ' * dice.randrange(6)}{email} " if dice.random() < 0.1 else email


def _plan(dice: Random, post: bool) -> ScrubPlan:
    suppressed = [
        matching.Suppressed(
            f"S{number + 30}",
            dice.choice(list(Level)),
            dice.choice(PEOPLE),
            PostalAddress("", _address(dice), None, *dice.choice(PLACES)),
        )
        for number in range(12)
    ]
    emails = Keys({key: number + 1 for number, key in enumerate(EMAILS)})
    phones = Keys({key: number + 11 for number, key in enumerate(PHONES)})
    return ScrubPlan(emails=emails, phones=phones, post=matching.make_plan(suppressed if post else ()))
