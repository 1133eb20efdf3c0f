"""How right the reading of postal addresses is, on labelled public data and on message shapes of one's own, beside what
`usaddress` reads from the same lines and texts in the same run.

    python benchmarks/postal.py DATA [--shapes FILE.jsonl ...] [--own ADDRESS ...] [--show] [--rows N]

DATA holds a folder for each public repository, named owner+name (its README says which); missing ones are passed over.
A shape: {"id", "subject", "text", "from_name", "addresses": [{"number", "street", "unit", "city", "state", "zip",
"kind"}], "names": [one per address, or null], "foreign": bool}.
"""

import argparse
import ast
import csv
import email
import email.message
import email.policy
import hashlib
import itertools
import json
import random
import re
import time
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import usaddress

from allegro_privacy.core.person import PostalAddress
from allegro_privacy.core.postal import find_named_addresses
from allegro_privacy.core.postal_line import parse_line
from allegro_privacy.core.postal_parts import Line

LINES_GOAL, FULL_GOAL, EXTRA_GOAL, NAMES_GOAL = 0.995, 0.985, 0.005, 0.97
SEED = 20261122
PHRASES = ("NO SNAIL MAIL",)
SHOP = ("6869 SW 8th Street, Miami, FL 33144",)
SHOP_NAMES = ("Allegro Music Center", "Hi Key Music, Inc.")

# Lines whose labels are wrong, by the start of the SHA-256 of the text, and why.
EXCLUDED: dict[str, str] = {
    "b0f9f41e2768": "scrambled: route number gone",
    "5deb8e564519": "scrambled: route number gone",
    "e3eb1f81d029": "scrambled: route number gone",
    "f2b653731dac": "scrambled: route number gone",
    "94fb2abd5b8c": "scrambled",
    "bfaf0cce2519": "scrambled",
    "58f24066822c": "scrambled: box number gone",
    "967996e75650": "scrambled: box number gone",
    "10d31154960b": "box number gone",
    "e683903979bb": "no house number: labelled Mile K, of K-Beach Road",
    "77b027a39f2a": "no house number: labelled Mi K, of K-Beach Road",
    "ec3be4d63772": "the city labelled as street",
    "154f2181e877": "letters without a house number",
    "078156b866d1": "a letter without a house number",
    "71c4c445592b": "half the city in the street column",
    "cc5a73bc792d": "street and ZIP code are an address enough",
    "e86eec20faa5": "the directional labelled as city",
    "0730f23a1a71": "the directional labelled as city",
}

# Spellings of one thing, on the right the others; folded alike in what is labelled and in what is found.
_SPELLINGS = """
ALY ALLEY|AVE AVENUE AV AVEN AVENIDA|BCH BEACH|BLF BLUFF|BLVD BOULEVARD BL BOUL BLV|BND BEND|BR BRANCH|BRG BRIDGE
BRK BROOK|BYP BYPASS|CIR CIRCLE CIRC CR|CLB CLUB|CMN COMMON|CMNS COMMONS|COR CORNER|CORS CORNERS|CRES CRESCENT CRESENT
CRK CREEK|CT COURT CRT|CTR CENTER CENTRE CNTR CTER|CTRS CENTERS|CTS COURTS|CV COVE|CYN CANYON|DR DRIVE DRV|EST ESTATE
ESTS ESTATES|EXPY EXPRESSWAY EXPWY|EXT EXTENSION EXTN|FALL FALL|FLS FALLS|FLD FIELD|FLDS FIELDS|FRK FORK|FRST FOREST
FT FORT|FWY FREEWAY|FRY FERRY|GDN GARDEN|GDNS GARDENS|GLN GLEN|GRN GREEN|GRV GROVE|GTWY GATEWAY|HBR HARBOR
HL HILL|HLS HILLS|HOLW HOLLOW|HTS HEIGHTS|HVN HAVEN|HWY HIGHWAY HIWAY HWAY HGWY
IS ISLAND|JCT JUNCTION|KNL KNOLL|KNLS KNOLLS
LK LAKE|LKS LAKES|LN LANE|LNDG LANDING|LOOP LOOPS|MDW MEADOW|MDWS MEADOWS|ML MILL|MLS MILLS|MNR MANOR|MT MOUNT
MTN MOUNTAIN|ORCH ORCHARD|PATH PATHS|PKWY PARKWAY PKY PARKWY PWY PKWAY|PL PLACE|PLN PLAIN|PLNS PLAINS|PLZ PLAZA PLZA
PRT PORT|PT POINT|PTE POINTE|RD ROAD|RDG RIDGE|RIV RIVER|RST REST|RTE ROUTE RT|SHR SHORE|SHRS SHORES|SMT SUMMIT
SPG SPRING|SPGS SPRINGS|SQ SQUARE|ST STREET STR SAINT STREE STREEET STRET
STA STATION|STE SAINTE|TER TERRACE TERR|TPKE TURNPIKE
TRCE TRACE|TRL TRAIL TR|VIA VIADUCT|VIS VISTA|VL VILLE|VLG VILLAGE VILL|VLY VALLEY|VW VIEW|WAY WY|XING CROSSING
N NORTH NO|S SOUTH SO|E EAST|W WEST|NE NORTHEAST|NW NORTHWEST|SE SOUTHEAST|SW SOUTHWEST|CO COUNTY CNTY|I INTERSTATE
AND &|CALLE CLL|SPUR SPR|KYS KEYS|WLS WELLS|RNCH RANCH|VLGS VILLAGES|N NORTE|S SUR|E ESTE|W OESTE
"""
_FOLDED = {
    other: words[0] for group in re.split(r"[|\n]", _SPELLINGS) if (words := group.split()) for other in words[1:]
}
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "FIRST SECOND THIRD FOURTH FIFTH SIXTH SEVENTH EIGHTH NINTH TENTH ELEVENTH TWELFTH THIRTEENTH FOURTEENTH "  # noqa: SIM905
        "FIFTEENTH SIXTEENTH SEVENTEENTH EIGHTEENTH NINETEENTH TWENTIETH".split(),
        1,
    )
}
_CARDINALS = {
    word: str(number)
    for number, word in enumerate("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN".split(), 1)  # noqa: SIM905
}
_ROADS = (
    (r"\bFARM TO MARKET( ROAD)?\b", "FM"),
    (r"\b(?:HIGHWAY|HWY) CONTRACT(?: (?:ROUTE|RTE))?\b|\bSTAR (?:ROUTE|RTE)\b|\bHC (?:ROUTE|R)\b|\bHCR\b", "HC"),
    (r"\b(?:RURAL (?:ROUTE|RTE)|RFD|R R)\b", "RR"),
    (r"\b(HWY|HIGHWAY|ROUTE|RTE|RT|RR|HC|ROAD) (?:NO|NUMBER|#) (?=\w)", r"\1 "),
    (r"\b(?:U S|US|UNITED STATES)(?: (?:HWY|RTE|HIGHWAY|ROUTE))?(?= \d)", "US"),
    (r"\b(?:INTERSTATE|I)(?: (?:HWY|HIGHWAY))?(?= \d)", "I"),
    (r"\b(?:STATE|ST) (?:ROAD|RD)\b(?= \d)|\bSR\b(?= \d)", "SR"),
    (r"\b(?:STATE|ST) (?:ROUTE|RTE|RT)\b|\bSR\b", "SR"),
    (r"\b(?:STATE|ST) (?:HIGHWAY|HWY)\b(?= \w)|\bSH\b(?= \d)", "SH"),
    (r"\b(?:COUNTY|CNTY|CO) (?:ROAD|RD)\b|\bCR\b(?= \d)", "CO RD"),
    (r"\b(?:COUNTY|CNTY|CO) (?:HIGHWAY|HWY)\b", "CO HWY"),
    (r"\bP ?O ?BOX\b|\bPOST OFFICE BOX\b", "PO BOX"),
)
_ALONE = {"LOBBY": "LBBY", "BASEMENT": "BSMT", "FRONT": "FRNT", "LOWER": "LOWR", "UPPER": "UPPR"}
_UNIT_WORDS = frozenset(
    "APT APARTMENT APTO STE SUITE SUIT STES SUITES UNIT UNITS UNT # NO BLDG BUILDING BLG BLD FL FLOOR FLR RM ROOM LOT "  # noqa: SIM905
    "SPC SPACE SP TRLR TRAILER DEPT PMB STOP SLIP PIER OFC OFFICE HNGR KEY TWR TOWER ROOMS APTS LEVEL LEVELS AND & "
    "BLDGS LOTS PH PENTHOUSE".split()
)
_STATES = dict(
    pair.split(":")
    for pair in (  # noqa: SIM905
        "ALABAMA:AL ALASKA:AK ARIZONA:AZ ARKANSAS:AR CALIFORNIA:CA COLORADO:CO CONNECTICUT:CT DELAWARE:DE FLORIDA:FL "
        "GEORGIA:GA HAWAII:HI IDAHO:ID ILLINOIS:IL INDIANA:IN IOWA:IA KANSAS:KS KENTUCKY:KY LOUISIANA:LA MAINE:ME "
        "MARYLAND:MD MASSACHUSETTS:MA MICHIGAN:MI MINNESOTA:MN MISSISSIPPI:MS MISSOURI:MO MONTANA:MT NEBRASKA:NE "
        "NEVADA:NV NEWHAMPSHIRE:NH NEWJERSEY:NJ NEWMEXICO:NM NEWYORK:NY NORTHCAROLINA:NC NORTHDAKOTA:ND OHIO:OH "
        "OKLAHOMA:OK OREGON:OR PENNSYLVANIA:PA RHODEISLAND:RI SOUTHCAROLINA:SC SOUTHDAKOTA:SD TENNESSEE:TN TEXAS:TX "
        "UTAH:UT VERMONT:VT VIRGINIA:VA WASHINGTON:WA WESTVIRGINIA:WV WISCONSIN:WI WYOMING:WY DISTRICTOFCOLUMBIA:DC "
        "PUERTORICO:PR"
    ).split()
)


# What is compared


@dataclass(frozen=True, slots=True)
class Parts:
    """An address in parts, as labelled or as read. whole: the labels keep street and unit in one."""

    number: str = ""
    street: str = ""
    unit: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    whole: bool = False
    any_order: bool = False

    def line(self) -> str:
        return f"{self.number} {self.street} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the addresses in it, and the names of their people where they are known."""

    of: str
    name: str
    text: str
    gold: tuple[Parts, ...] = ()
    people: tuple[str | None, ...] | None = None
    subject: str = ""
    display: str = ""
    foreign: bool = False


@dataclass(slots=True)
class Score:
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, right: dict[str, bool]) -> None:
        self.counts["n"] += 1
        self.counts.update(part for part, is_right in right.items() if is_right)

    def share(self, part: str, of: str = "n") -> float:
        return self.counts[part] / self.counts[of] if self.counts[of] else 0.0


def plain(text: str) -> str:
    """Upper case, no accents, no punctuation but "/", "#" and "&"; roads under one name."""
    text = unicodedata.normalize("NFKD", text.replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4"))
    text = "".join(c for c in text if not unicodedata.combining(c)).upper()
    text = re.sub(r"['’.]", "", text)
    return " ".join(re.sub(r"[^A-Z0-9/#&]+", " ", text.replace("#", " # ")).split())


def road(text: str) -> str:
    """A street string in one spelling."""
    text = plain(text)
    for pattern, one in _ROADS:
        text = re.sub(pattern, one, text)
    return " ".join(_one_word(word) for word in text.split())


def _one_word(word: str) -> str:
    ordinal = re.fullmatch(r"0*(\d+)(?:ST|ND|RD|TH)", word)
    return ordinal[1] if ordinal else _ORDINALS.get(word, _FOLDED.get(word, word))


def unit(text: str) -> tuple[str, ...]:
    """The identifiers of a unit, without their designators, whatever their order."""
    words = (_ORDINALS.get(word, word) for word in re.sub(r"(?<=\d)(?:ST|ND|RD|TH)\b", "", plain(text)).split())
    words = (_ALONE.get(_CARDINALS.get(word, word), _CARDINALS.get(word, word)) for word in words)
    words = (re.sub(r"^(?:APT|STE|UNIT|SUITE|LOT|RM|BLDG|SPC)(?=\d)", "", word) for word in words)
    return tuple(sorted("".join(word.lstrip("0") for word in words if word not in _UNIT_WORDS)))


def number(text: str) -> str:
    return _CARDINALS.get(plain(text), re.sub(r"[ #]", "", plain(text)).lstrip("0"))


def state(text: str) -> str:
    return _STATES.get(plain(text).replace(" ", ""), plain(text).replace(" ", ""))


def as_one(parts: Parts) -> str:
    """The whole delivery line in one spelling, unit words left out; a unit said twice ("STE B SUITE B") is one."""
    line = re.sub(r"\b(?:APT|STE|UNIT|SUITE|LOT|RM|BLDG|SPC)(?=\d)", "", plain(parts.line()))
    line = re.sub(r" (?:STE|SUITE|UNIT|APT|#)(?: #)? (\w+) (?:STE|SUITE|UNIT|APT|#)(?: #)? \1$", r" # \1", line)
    words = (_CARDINALS.get(word, _ALONE.get(word, word)) for word in road(line).split())
    return "".join(word.lstrip("0") for word in words if word not in _UNIT_WORDS)


def judged(gold: Parts, found: Parts | None) -> dict[str, bool]:
    """Which parts are right. A part that the labels do not give is not asked for; a unit always is."""
    if found is None:
        return {}
    number_right = number(gold.number) == number(found.number)
    if gold.whole:
        number_right = number(found.number).startswith(number(gold.number))
        street_right = unit_right = as_one(gold) == as_one(found)
    else:
        street_right, unit_right = _same_street(gold, found), unit(gold.unit) == unit(found.unit)
    right = {"number": number_right, "street": street_right, "unit": unit_right}
    right["place"] = (
        (not gold.city or road(gold.city) == road(found.city))
        and (not gold.state or state(gold.state) == state(found.state))
        and (not gold.zip or gold.zip[:5] == found.zip[:5])
    )
    right["line"] = right["number"] and right["street"] and right["unit"]
    right["full"] = right["line"] and right["place"]
    right["door"] = right["number"] and right["street"]
    return right


def _same_street(gold: Parts, found: Parts) -> bool:
    one, other = road(gold.street), road(found.street)
    if gold.any_order:
        return sorted(one.split()) == sorted(other.split())
    return one.replace(" ", "") == other.replace(" ", "")


# What was read: ours and the peer's


def of_line(line: Line | None) -> Parts | None:
    if line is None:
        return None
    units = " ".join(" ".join(pair) for pair in line.units)
    if line.kind == "po-box":
        return Parts(line.number, "PO BOX", units)
    street = " ".join(filter(None, (line.before, *line.name, line.suffix, line.after)))
    return Parts(line.number, street, f"{units} {line.urbanization}")


def of_address(address: PostalAddress) -> Parts:
    """An address found in a text; the number is what stands in front of its delivery line."""
    words = address.line1.split()
    size = 2 if len(words) > 2 and re.fullmatch(r"\d/\d", words[1]) else 1
    box = re.fullmatch(r"(?i)(PO Box|.+ Box) (\S+)", address.line1)
    if address.kind in ("po-box", "rural", "military") and box:
        first, street = box[2], box[1] if address.kind == "po-box" else box[1].removesuffix(" Box")
    elif "number" in address.missing:
        first, street = "", address.line1
    else:
        first, street = " ".join(words[:size]), " ".join(words[size:])
    where = (address.city or "", address.state or "", address.zip or "")
    return Parts(first, street, address.line2 or "", *where)


_NUMBER = ("AddressNumber", "AddressNumberPrefix", "AddressNumberSuffix")
_UNIT = ("OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier")
_BOX = ("USPSBoxType", "USPSBoxID", "USPSBoxGroupType", "USPSBoxGroupID")


def of_labels(labelled: Iterable[tuple[str, str]], whole: bool = False) -> Parts:
    """The parts that labels in the manner of `usaddress` name."""
    named: dict[str, list[str]] = {}
    for text, label in labelled:
        key = label if label in ("USPSBoxID", "PlaceName", "StateName", "ZipCode") else _kind_of(label)
        named.setdefault(key, []).append(text.strip(" ,;"))
    joined = {key: " ".join(texts) for key, texts in named.items()}
    where = (joined.get("PlaceName", ""), joined.get("StateName", ""), joined.get("ZipCode", ""))
    if "USPSBoxID" in joined and "number" not in joined:
        return Parts(joined["USPSBoxID"], joined.get("group") or "PO BOX", joined.get("unit", ""), *where)
    return Parts(joined.get("number", ""), joined.get("street", ""), joined.get("unit", ""), *where, whole)


def _kind_of(label: str) -> str:
    if label in _NUMBER:
        return "number"
    if label in _UNIT:
        return "unit"
    if label.startswith("USPSBoxGroup"):
        return "group"
    return "street" if label.startswith("StreetName") else "other"


def peer_line(line: str) -> Parts:
    return of_labels(usaddress.parse(line))


def peer_text(text: str) -> list[Parts]:
    """The peer on a whole text: from a house number or box to the next ZIP code is an address."""
    found: list[Parts] = []
    run: list[tuple[str, str]] = []
    for token, label in usaddress.parse(text):
        begins = label in ("AddressNumber", "USPSBoxType") and not {label, *_BOX} & {last for _, last in run[-3:]}
        if begins and "ZipCode" in {last for _, last in run}:
            found.append(of_labels(run))
            run = []
        if begins or run:
            run.append((token, label))
        if label == "ZipCode" and run:
            found.append(of_labels(run))
            run = []
    if any(label == "StreetName" for _, label in run):
        found.append(of_labels(run))
    return found


def peer_name(text: str) -> str:
    return " ".join(token.strip(",.:;") for token, label in usaddress.parse(text) if label == "Recipient")


# The data


def excluded(text: str) -> bool:
    return hashlib.sha256(text.encode()).hexdigest()[:12] in EXCLUDED


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled address: its delivery line, its whole text, its parts."""

    line: str
    text: str
    gold: Parts


def usaddress_rows(path: Path) -> list[Row]:
    """Rows with one whole delivery line: house number and street, or a box."""
    whole = "us50" in path.name and "manual" not in path.name
    rows = []
    for entry in ET.parse(path).getroot():
        pieces = [(piece.text or "", piece.tag, piece.tail or "") for piece in entry]
        kinds = {tag: _kind_of(tag) if tag not in _BOX else "box" for _, tag, _ in pieces}
        at = [i for i, (_, tag, _) in enumerate(pieces) if kinds[tag] != "other"]
        tags = {tag for _, tag, _ in pieces}
        street = {"AddressNumber", "StreetName"} <= tags
        if not at or "IntersectionSeparator" in tags or street == ("USPSBoxID" in tags):
            continue
        inside = pieces[at[0] : at[-1] + 1]
        if any(kinds[tag] == "other" for _, tag, _ in inside) or _again([kinds[tag] for _, tag, _ in inside]):
            continue
        line = _squeezed("".join(text + tail for text, _, tail in inside)).strip(" ,")
        gold = of_labels([(text, tag) for text, tag, _ in pieces], whole)
        rows.append(Row(line, _squeezed("".join(entry.itertext())), gold))
    return [row for row in {row.line: row for row in rows}.values() if not excluded(row.line)]


def _again(kinds: list[str]) -> bool:
    """Does a number or a street come twice? Such rows name several places."""
    runs = [kind for kind, _ in itertools.groupby(kinds)]
    return runs.count("number") > 1 or runs.count("street") > 1


_UNIT_LINE = re.compile(r"(?i)(?:#|(?:ste|suite|unit|apt|bldg|rm|fl|spc|space|lot)\b)[ .#]*[\w-]+(?: [a-z0-9-]{1,4})?$")


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def snap_rows(path: Path) -> list[Row]:
    """Stores with number, street and unit in columns of their own; lines that hold more than a unit are left out."""
    rows: dict[str, Row] = {}
    for row in _table(path):
        extra = row["Additional Address"].strip()
        if not row["Street Number"][:1].isdigit() or (extra and not _UNIT_LINE.fullmatch(extra)):
            continue
        where = (row["City"], row["State"], row["Zip Code"].zfill(5))
        gold = Parts(_squeezed(row["Street Number"]), _squeezed(row["Street Name"]), extra, *where, whole=True)
        line = ", ".join(filter(None, (f"{gold.number} {gold.street}", extra)))
        rows.setdefault(line.upper(), Row(line, f"{line}, {gold.city}, {gold.state} {gold.zip}", gold))
    return [row for row in rows.values() if not excluded(row.line)]


def listed_rows(path: Path, columns: tuple[str, str, str, str]) -> list[Row]:
    """Rows of a list that keeps its delivery line in one column: judged as one string. Left out: lines that hold two
    places or a box, and lines that end with their city."""
    rows: dict[str, Row] = {}
    for row in _table(path):
        line, city, of, code = (_squeezed(row.get(column) or "") for column in columns)
        code = re.sub(r"\D", "", code)
        code = code.zfill(5) if len(code) in (4, 5) else code[:5] if len(code) == 9 else ""
        first, _, rest = line.partition(" ")
        if (
            not (first.isdigit() and rest and city and code)
            or re.search(r"\d|(?i:^(?:unit|suite|ste|building)\b)", city)
            or plain(line).endswith(plain(city))
            or "&" in line
            or re.search(r"(?i)\bbox\b|\band\b", line)
        ):
            continue
        gold = Parts(first, rest, "", city, of, code, whole=True)
        rows.setdefault(line.upper(), Row(line, f"{line}, {city}, {of} {code}", gold))
    return [row for row in rows.values() if not excluded(row.line)]


_FIXTURE = re.compile(r"^  (?:'([^'\n]*)'|\"([^\"\n]*)\"): \[?\{([^}]*)\}", re.MULTILINE)
_FIELD = re.compile(r"(\w+): (?:'([^']*)'|\w+\.(\w+))")


def universe_texts(folder: Path) -> list[Text]:
    """The fixtures of universe/address-parser that say what a street or a PO box is."""
    texts = []
    for path in sorted(folder.glob("*.ts")):
        for first, second, body in _FIXTURE.findall(path.read_text("utf-8")):
            written = (first or second).replace("\\n", "\n").replace("\\t", "\t")
            parts = {name: value or code for name, value, code in _FIELD.findall(body)}
            gold = _universe_parts(parts)
            if gold and not written.startswith("* ") and not excluded(written):
                texts.append(Text("universe/address-parser", path.stem, written, (gold,)))
    return texts


def _universe_parts(parts: dict[str, str]) -> Parts | None:
    get = parts.get
    where = (get("city", ""), get("state", ""), get("zip", ""))
    if "pinNum" in parts or ("country" in parts and parts["country"] != "USA"):
        return None
    if get("facilityType") == "PO" and get("unitAbbr") == "BOX" and "number" not in parts:
        return Parts(get("unitNum", ""), "PO BOX", "", *where)
    if "number" not in parts or "streetName" not in parts or get("unitAbbr") == "BOX":
        return None
    kind = get("streetType", "")
    if kind and kind not in {*_FOLDED, *_FOLDED.values()}:
        return None
    street = " ".join(filter(None, (get("streetPreDir"), get("streetName"), kind, get("streetPostDir"))))
    designator = {"BSMT": "BSMT", "REAR": "REAR", "FRNT": "FRNT"}.get(get("unitAbbr", ""), "")
    return Parts(parts["number"], street, f"{designator} {get('unitNum', '')}", *where, any_order=True)


def pyap_texts(path: Path) -> list[Text]:
    """Pairs of a text and what stands in it: parts, True (an address is all of it), False (there is none)."""
    of, texts = path.parent.parent.name if path.parent.name == "tests" else path.parent.name, []
    for function in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(function, ast.FunctionDef) or function.name not in (
            "test_full_address",
            "test_parse_address",
        ):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                texts.append(_pyap_text(of.replace("+", "/"), node))
    return [text for text in texts if text and not excluded(text.text)]


def _pyap_text(of: str, node: ast.Tuple) -> Text | None:
    try:
        text, expected = ast.literal_eval(node)
    except ValueError:
        return None
    if not isinstance(text, str):
        return None
    if expected is False or expected is None:
        return Text(f"{of}: none", "none", text)
    if not isinstance(expected, dict) or not expected.get("street_number"):
        return None
    street = " ".join(
        expected.get(key) or "" for key in ("street_name", "street_type", "post_direction") if expected.get(key)
    )
    second = expected.get("line2") or " ".join(
        expected.get(key) or "" for key in ("building_id", "floor", "occupancy") if expected.get(key)
    )
    where = (expected.get("city") or "", expected.get("region1") or "", expected.get("postal_code") or "")
    return Text(f"{of}: parts", "parts", text, (Parts(expected["street_number"], street, second, *where),))


LISTS: dict[str, tuple[str, tuple[str, str, str, str]]] = {
    "hospitals": ("dana-bullister+hospitals-in-the-us/data/hospitals.csv", ("ADDRESS", "CITY", "STATE", "ZIP")),
} | {
    f"licences {of}": (
        f"cannlytics+cannabis-data-science/licenses-{of}-latest.csv",
        ("Street" if of == "co" else "premise_street_address", "premise_city", "premise_state", "premise_zip_code"),
    )
    for of in ("co", "wa", "or", "az", "nm", "mt")
}
SNAP = "supersistence+Hawaii-SNAP/Data/hawaii_snap_retailers_2004-2024_all.csv"


def present(data: Path, *names: str) -> Iterator[Path]:
    for name in names:
        if (data / name).exists():
            yield data / name
        else:
            print(f"missing: {data / name}")


def line_sets(data: Path) -> dict[str, list[Row]]:
    sets: dict[str, list[Row]] = {}
    for folder in present(data, "datamade+usaddress"):
        for path in sorted(folder.rglob("*.xml")):
            sets[f"{path.parent.name}/{path.stem}"] = usaddress_rows(path)
    for path in present(data, SNAP):
        sets["Hawaii stores"] = snap_rows(path)
    for name, (place, columns) in LISTS.items():
        for path in present(data, place):
            sets[name] = listed_rows(path, columns)
    return sets


# Names


def people(data: Path) -> list[str]:
    """Persons of probablepeople with a first and a last name, in the order in which they are spoken."""
    names = []
    for path in present(data, "datamade+probablepeople/name_data/labeled/person_labeled.xml"):
        for entry in ET.parse(path).getroot():
            tags = Counter(piece.tag for piece in entry)
            if "And" in tags or not tags["Surname"] or not tags["GivenName"] or "Nickname" in tags:
                continue
            parts = [(piece.tag, (piece.text or "").strip(" ,")) for piece in entry]
            order = ("GivenName", "MiddleName", "MiddleInitial", "Surname")
            names.append(" ".join(text for tag in order for other, text in parts if other == tag))
    return list(dict.fromkeys(names))


def same_name(gold: str | None, found: str | None) -> bool:
    """First and last name right; what stands between them is not asked for."""
    one, other = _name_words(gold or ""), _name_words(found or "")
    if not one or not other:
        return one == other
    return one[0] == other[0] and "".join(other).endswith(one[-1])


def _name_words(name: str) -> list[str]:
    words = re.sub(r"[^A-Z ]", "", re.sub(r"[-/]", " ", plain(name))).split()
    return [word for word in words if word not in ("JR", "SR", "II", "III", "IV", "MR", "MRS", "MS", "DR", "MD", "PHD")]


# Messages made of rows and names


# Subject | From name | text. {a}: the address in lines; {i}: in one line; {s} {u} {c} {t} {z}: its parts.
LETTERS = """
NO SNAIL MAIL||Please take me off your mailing list.\\n\\n{n}\\n{a}
NO SNAIL MAIL|{n}|{a}
No snail mail||{n}, {i}
no snail mail please||hi, i keep getting your catalogs and i dont want them. my name is {n} and i live at {i}. thanks
Catalog||Hello,\\n\\nKindly stop sending catalogs to the following address:\\n\\n{n}\\n{a}\\n\\nThank you.
Remove from mailing list||To whom it may concern:\\nRemove {n}, {i}, from all mailing lists.\\nYours truly,\\n{n}
Unsubscribe from paper mail||Name: {n}\\nAddress: {s}\\nUnit: {u}\\nCity: {c}\\nState: {t}\\nZip: {z}
Opt out||Full name: {n}\\nMailing address: {i}\\n
NO SNAIL MAIL||I no longer wish to receive your flyers by post.\\n\\nSincerely,\\n{n}\\n{a}
Re: NO SNAIL MAIL||Here it is.\\n\\n{n}\\n{a}\\n\\nOn Tue, Nov 3, 2026 Care wrote:\\n> Please send your address.
mail|{n}|Please stop mailing me.\\n{i}\\n\\nSent from my iPhone
NO SNAIL MAIL {n}||{a}
Stop the catalogs||My husband passed away last year. Please stop mail for {n} at {i}. My phone is 305-555-0142.
NO SNAIL MAIL||Order #4471923 came last week, but please no more paper.\\n\\n{n}\\n{a}\\nTel. (305) 555-0199
No mas correo||Hola, por favor no me envien mas catalogos. Me llamo {n} y vivo en {i}. Gracias.
Quitar de la lista||Nombre: {n}\\nDireccion: {s} {u}\\nCiudad: {c}\\nEstado: {t}\\nCodigo postal: {z}
NO SNAIL MAIL||Buenos dias,\\nSoy {n}. No quiero recibir mas correo en mi casa:\\n{a}\\nGracias
catalogs|{n}|Please remove {s} {u} {c} {t} {z} from your list
NO SNAIL MAIL||{n}\\n{s}\\n{u}\\n{c}\\n{t}\\n{z}
NO SNAIL MAIL||Name - {n}\\nAddress - {s} {u}, {c} {t}\\nZip code - {z}
Please stop||I was born in 1958 and have had enough paper. {n}; {s} {u}; {c}, {t}; {z}.
NO SNAIL MAIL||{n}\\n{s} {u}\\n{z}
Fwd: NO SNAIL MAIL||---------- Forwarded message ---------\\nFrom: {n} <me@example.com>\\n\\nNo mail to {i}.\\n{n}
"""


def letters(rows: list[tuple[str, Row]], names: list[str], count: int) -> Iterator[Text]:
    """Requests in turn of each shape, with random rows and names; a place that is not told is not asked for."""
    chance = random.Random(SEED)
    shapes = [line.split("|", 2) for line in LETTERS.strip().split("\n")]
    for i in range(count):
        subject, display, body = shapes[i % len(shapes)]
        (_, row), name = chance.choice(rows), chance.choice(names)
        parts = _values(row, name)
        lines = body.replace("\\n", "\n").format(**parts).split("\n")
        text = "\n".join(line for line in lines if line != "Unit: ")
        text = re.sub(r"\n{3,}", "\n\n", re.sub(r" +([,;\n])", r"\1", text))
        told = any(key in body for key in ("{a}", "{i}", "{c}"))
        gold = row.gold if told else replace(row.gold, city="", state="")
        subject, display = subject.format(**parts), display.format(**parts)
        yield Text("letters", f"letter {i % len(shapes) + 1}", text, (gold,), (name,), subject, display)


def _values(row: Row, name: str) -> dict[str, str]:
    gold = row.gold
    street = f"{gold.number} {gold.street}"
    last = f"{gold.city}, {gold.state} {gold.zip}"
    return {
        "n": name,
        "a": "\n".join(filter(None, (street, gold.unit, last))),
        "i": ", ".join(filter(None, (street, gold.unit, last))),
        "s": street, "u": gold.unit, "c": gold.city, "t": gold.state, "z": gold.zip,
    }  # fmt: skip


_FILLERS = {
    "city": "Boston", "country": "United States", "nationality": "Thai", "phone_number": "(212) 555-0147",
    "email": "someone@example.com", "url": "https://example.com/", "job": "Surveyor",
    "organization": "Alder & Finch Ltd", "credit_card_number": "4539 1488 0343 6467",
    "prefix_female": "Mrs.", "first_name_male": "Peter",
}  # fmt: skip


def presidio_texts(path: Path, rows: list[tuple[str, Row]], names: list[str], each: int) -> Iterator[Text]:
    """The templates of presidio-research that hold an address, filled with real ones."""
    chance = random.Random(SEED)
    for number_of, template in enumerate(path.read_text("utf-8").splitlines(), 1):
        own = "{{building_number}} {{street_name}}" in template and "{{street_name}} St" not in template
        wanted = template.count("{{address}}") or int(own)
        for _ in range(each if wanted else 0):
            chosen = [chance.choice(rows)[1] for _ in range(wanted)]
            yield _filled(template, f"template {number_of}", chosen, chance.choice(names))


def _filled(template: str, name: str, rows: list[Row], person: str) -> Text:
    text, rest = template.replace("\\n", "\n"), iter(rows)
    own = "{{street_name}}" in template
    gold = rows[0].gold
    if own:
        second = "{{secondary_address}}" in template
        given = {
            "building_number": gold.number, "street_name": gold.street, "secondary_address": gold.unit,
            "city": gold.city, "state_abbr": gold.state, "zipcode": gold.zip, "postcode": gold.zip,
        }  # fmt: skip
        has_zip, has_state = "code}}" in template, "state_abbr" in template or "postcode" in template
        gold = replace(
            gold, unit=gold.unit if second else "", city=gold.city if "{{city}}" in template else "",
            state=gold.state if has_state else "", zip=gold.zip if has_zip else "",
        )  # fmt: skip
        text = re.sub(r"\{\{(\w+)\}\}", lambda match: given.get(match[1], match[0]), text)
    text = re.sub(r"\{\{address\}\}", lambda _: _written(next(rest)), text)
    text = re.sub(r"\{\{(\w+)\}\}", lambda match: _FILLERS.get(match[1], person), text)
    text = re.sub(r"\n[ >?]*(?=\n)", "", text) if own and not gold.unit else text
    return Text("presidio templates", name, text, (gold,) if own else tuple(row.gold for row in rows))


def _written(row: Row) -> str:
    """An address as the templates have it: two lines."""
    gold = row.gold
    return f"{gold.number} {gold.street} {gold.unit}".strip() + f"\n{gold.city}, {gold.state} {gold.zip}"


def bare_texts(sets: dict[str, list[Row]], most: int) -> Iterator[Text]:
    """Labelled rows that are a message by themselves: the address in one line with its place."""
    chance = random.Random(SEED)
    for name, rows in sets.items():
        placed = [row for row in rows if row.gold.zip and (row.gold.state or row.gold.city)]
        for row in chance.sample(placed, min(most, len(placed))):
            yield Text(f"bare: {name}", name, row.text, (row.gold,))


def text_sets(data: Path, sets: dict[str, list[Row]], most: int) -> list[Text]:
    texts = list(bare_texts(sets, most))
    for folder in present(data, "universe+address-parser/test"):
        texts += universe_texts(folder)
    for path in present(data, "vladimarius+pyap/test_parser_us.py", "argyle-engineering+pyap/tests/test_parser_us.py",
                        "argyle-engineering+pyap/tests/test_parser.py"):  # fmt: skip
        texts += pyap_texts(path)
    rows = [(name, row) for name in ("Hawaii stores", *LISTS) for row in sets.get(name, ())]
    names = people(data)
    if rows and names:
        templates = "microsoft+presidio-research/presidio_evaluator/data_generator/raw_data/templates.txt"
        for path in present(data, templates):
            texts += presidio_texts(path, rows, names, 15)
        texts += letters(rows, names, 50 * len(LETTERS.strip().split("\n")))
    return texts


_KEYS = ("number", "street", "unit", "city", "state", "zip")


def _shaped(address: dict[str, Any]) -> Parts:
    number_of, street, of_unit, city, of_state, code = (str(address.get(key) or "") for key in _KEYS)
    if address.get("kind") == "po-box":
        street = "PO BOX"
    if address.get("urbanization"):
        of_unit = f"Urb {address['urbanization']} {of_unit}".strip()
    return Parts(number_of, street, of_unit, city, of_state, code)


def shapes(path: Path) -> Iterator[Text]:
    for line in path.read_text("utf-8").splitlines():
        if not line.strip():
            continue
        shape = json.loads(line)
        # A foreign address is to be recognised, not taken apart.
        pairs = zip(shape["addresses"], shape.get("names") or [None] * len(shape["addresses"]), strict=True)
        kept = [(address, name) for address, name in pairs if address.get("kind") != "foreign"]
        gold, names = tuple(_shaped(address) for address, _ in kept), tuple(name for _, name in kept)
        yield Text(
            f"shapes: {path.stem}", str(shape["id"]), shape["text"], gold, names if shape.get("names") else None,
            shape.get("subject") or "", shape.get("from_name") or "", bool(shape.get("foreign")),
        )  # fmt: skip


# The judging


def score_line(rows: list[Row], read: Callable[[str], Parts | None], show: bool) -> Score:
    score = Score()
    for row in rows:
        found = read(row.line)
        right = judged(replace(row.gold, city="", state="", zip=""), found)
        score.add(right)
        if show and not right.get("line"):
            score.failures.append(f"{row.line!r}: {_brief(row.gold)} <> {_brief(found)}")
    return score


def _brief(parts: Parts | None) -> str:
    if parts is None:
        return "nothing"
    where = " ".join(filter(None, (parts.city, parts.state, parts.zip)))
    return _squeezed("|".join(filter(None, (parts.number, parts.street, parts.unit, where))))


def paired(gold: tuple[Parts, ...], found: list[Parts]) -> list[tuple[Parts, int | None]]:
    """Each labelled address with the found one that has most in common with it."""
    free, pairs = set(range(len(found))), []
    for one in gold:
        best = max(free, key=lambda i: (sum(judged(one, found[i]).values()), -i), default=None)
        pairs.append((one, best))
        free -= {best} if best is not None else set()
    return pairs


def score_text(score: Score, text: Text, found: list[Parts], names: list[str | None] | None, show: bool) -> None:
    """Adds a text. An extra address is one more than there are; names are judged where the labels have them."""
    counts, told = score.counts, []
    counts["messages"] += 1
    for i, (gold, at) in enumerate(paired(text.gold, found)):
        right = judged(gold, None if at is None else found[at])
        score.add(right)
        if not right.get("full"):
            told.append(f"{_brief(gold)} <> {_brief(None if at is None else found[at])}")
        if text.people and i < len(text.people) and names is not None:
            counts["names"] += 1
            name = names[at] if at is not None and at < len(names) else None
            counts["name"] += same_name(text.people[i], name)
            if not same_name(text.people[i], name):
                told.append(f"name {text.people[i]!r} <> {name!r}")
    if len(found) > len(text.gold):
        counts["extra"] += 1
        told.append(f"{len(found)} found for {len(text.gold)}: " + "; ".join(_brief(one) for one in found))
    if show and told:
        score.failures.append(f"[{text.name}] " + " // ".join(told) + f"\n      {text.subject!r} {text.text!r}"[:460])


def score_texts(texts: list[Text], show: bool, own: tuple[str, ...] = ()) -> tuple[dict[str, Score], dict[str, Score]]:
    ours: dict[str, Score] = {}
    peers: dict[str, Score] = {}
    for text in texts:
        named = find_named_addresses(text.subject, text.text, text.display, own, SHOP_NAMES, PHRASES)
        kept = [one for one in named if one.address.kind != "foreign" and one.address.line1]
        score = ours.setdefault(text.of, Score())
        score_text(score, text, [of_address(one.address) for one in kept], [one.name for one in kept], show)
        if text.foreign:
            score.counts["foreigners"] += 1
            score.counts["foreign"] += any(one.address.kind == "foreign" for one in named)
        whole = f"{text.subject}\n\n{text.text}"
        peer: list[str | None] = [peer_name(whole)] * len(text.gold)
        score_text(peers.setdefault(text.of, Score()), text, peer_text(whole), peer, show=False)
    return ours, peers


def total(scores: Iterable[Score]) -> Score:
    whole = Score()
    for score in scores:
        whole.counts.update(score.counts)
    return whole


# What is printed


def print_lines(sets: dict[str, list[Row]], show: bool) -> bool:
    print(f"\nDelivery lines in parts (goal: all parts {LINES_GOAL:.1%} overall); percent, in brackets the peer")
    print(f"  {'set':44} {'n':>6}  {'number':>13}  {'street':>13}  {'unit':>13}  {'all':>13}")
    ours = {name: score_line(rows, lambda line: of_line(parse_line(line)), show) for name, rows in sets.items()}
    peers = {name: score_line(rows, peer_line, False) for name, rows in sets.items()}
    for name, score in [*ours.items(), ("all", total(ours.values()))]:
        peer = peers.get(name) or total(peers.values())
        cells = (f"{score.share(part):6.2%} ({peer.share(part):.1%})" for part in ("number", "street", "unit", "line"))
        print(f"  {name:44} {score.counts['n']:6,}  " + "  ".join(f"{cell:>13}" for cell in cells))
    _print_failures(ours)
    return total(ours.values()).share("line") >= LINES_GOAL


def print_texts(texts: list[Text], show: bool, own: tuple[str, ...] = ()) -> bool:
    print(f"\nAddresses in texts (goals: full {FULL_GOAL:.1%}, messages with an extra one {EXTRA_GOAL:.1%}, names")
    print(f"{NAMES_GOAL:.0%}); percent, in brackets the peer: `usaddress` on the whole text")
    print(f"  {'set':44} {'n':>6}  {'full':>14}  {'number+street':>14}  {'extra':>14}  {'name':>14}")
    ours, peers = score_texts(texts, show, own)
    whole, whole_peer = total(ours.values()), total(peers.values())
    for name, score in [*ours.items(), ("all", whole)]:
        peer = peers.get(name, whole_peer)
        cells = [_cell(score, peer, "full", "n"), _cell(score, peer, "door", "n")]
        cells += [_cell(score, peer, "extra", "messages"), _cell(score, peer, "name", "names")]
        foreign = f"  foreign {score.counts['foreign']} of {score.counts['foreigners']}"
        print(
            f"  {name:44} {score.counts['n']:6,}  " + "  ".join(f"{cell:>14}" for cell in cells),
            foreign if score.counts["foreigners"] else "",
        )
    _print_failures(ours)
    goals = (whole.share("full") >= FULL_GOAL, whole.share("extra", "messages") <= EXTRA_GOAL)
    return all(goals) and whole.share("name", "names") >= NAMES_GOAL


def _cell(score: Score, peer: Score, part: str, of: str) -> str:
    return f"{score.share(part, of):.2%} ({peer.share(part, of):.1%})" if score.counts[of] else "-"


def _print_failures(scores: dict[str, Score]) -> None:
    for name, score in scores.items():
        for failure in score.failures:
            print(f"    {name}: {failure}")


def print_speed(sets: dict[str, list[Row]], texts: list[Text]) -> None:
    """CPU time over the same lines and the same messages."""
    lines = [row.line for rows in sets.values() for row in rows][:4000]
    chosen = [text for text in texts if text.of in ("letters", "presidio templates")][:1500]
    print("\nSpeed, a second of CPU")
    if lines:
        ours, peer = _rate(lines, parse_line), _rate(lines, usaddress.parse)
        print(f"  lines in parts      {ours:8,.0f}   usaddress {peer:8,.0f}")
    if chosen:
        raw = [_mime(text) for text in chosen]
        reading, library = _rate(chosen, _read), _rate(raw, _parsed)
        print(f"  messages' addresses {reading:8,.0f}   the library's MIME parse {library:8,.0f}")
        print(f"  finding the addresses takes {library / reading:.2f} times the MIME parse")


def _rate(things: list[Any], work: Callable[[Any], object]) -> float:
    work(things[0])
    began = time.process_time()
    for thing in things:
        work(thing)
    return len(things) / (time.process_time() - began)


def _read(text: Text) -> object:
    return find_named_addresses(text.subject, text.text, text.display, (), (), PHRASES)


def _mime(text: Text) -> bytes:
    message = email.message.EmailMessage()
    message["From"], message["To"] = "someone@example.com", "privacy@example.org"
    message["Subject"] = text.subject.replace("\n", " ")
    message.set_content(text.text)
    return message.as_bytes()


def _parsed(raw: bytes) -> object:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return message["Subject"], message.get_content()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of public data")
    parser.add_argument("--shapes", type=Path, nargs="+", default=[], help="message shapes, one JSON object a line")
    parser.add_argument("--own", nargs="+", default=[], help="the shop's addresses, which are nobody's in a message")
    parser.add_argument("--show", action="store_true", help="print every failure")
    parser.add_argument("--rows", type=int, default=300, help="how many bare rows of a set are read as texts")
    parser.add_argument("--only-shapes", action="store_true", help="leave the public data alone")
    given = parser.parse_args()
    sets = {} if given.only_shapes else line_sets(given.data)
    texts = [] if given.only_shapes else text_sets(given.data, sets, given.rows)
    texts += [text for path in given.shapes for text in shapes(path)]
    right = print_lines(sets, given.show) if sets else True
    right = (print_texts(texts, given.show, tuple(given.own)) if texts else True) and right
    print_speed(sets, texts)
    return 0 if right else 4


if __name__ == "__main__":
    raise SystemExit(main())
