"""Rows of a mailing list against suppressions: who is dropped, who is kept, and where a person must look."""

import pytest

from allegro_privacy.core.matching import Row, RowAddress, RowVerdict, Rule, Suppressed, decide_row, make_plan, settled
from allegro_privacy.core.person import Level
from allegro_privacy.core.postal import address_from_parts

DROP, KEEP, LOOK = RowVerdict.DROP, RowVerdict.KEEP, RowVerdict.LOOK


def suppressed(
    name: str, street: str, unit: str = "", level: str = "household", city: str = "Miami", zip_code: str = "33125"
) -> Suppressed:
    address = address_from_parts(street, unit, city, "PR" if zip_code.startswith("00") else "FL", zip_code)
    return Suppressed("S-1", Level(level), name, address)


def row(name: str, line1: str, line2: str = "", city: str = "MIAMI", zip_code: str = "33125", state: str = "FL") -> Row:
    return Row(name, (RowAddress(line1, line2, city, state, zip_code),))


def verdict(asked: Suppressed, listed: Row) -> RowVerdict:
    return decide_row(listed, make_plan([asked])).verdict


MARIA = suppressed("Maria Garcia Lopez", "1420 NW 7th St", "Apt 4")
DOORS = [
    ("as written", row("MARIA GARCIA LOPEZ", "1420 NW 7TH ST APT 4"), DROP),
    ("the unit on a line of its own, as #", row("MARIA GARCIA", "1420 NW 7TH ST", "# 4"), DROP),
    ("the ordinal left out", row("MARIA GARCIA", "1420 NW 7 ST APT 4"), DROP),
    ("the street spelled out", row("Maria Garcia", "1420 Northwest Seventh Street Apartment 4"), DROP),
    ("another avenue of the same number", row("PEDRO LOPEZ", "1420 NW 7TH AVE APT 4"), KEEP),
    ("another avenue, the same name", row("MARIA GARCIA", "1420 NW 7TH AVE APT 4"), LOOK),
    ("another quadrant", row("MARIA GARCIA", "1420 SW 7TH ST APT 4"), KEEP),
    ("another apartment", row("MARIA GARCIA", "1420 NW 7TH ST APT 5"), KEEP),
    ("the direction left out", row("MARIA GARCIA", "1420 7TH ST APT 4"), DROP),
    ("the direction left out, other people", row("ANN WHITE", "1420 7TH ST APT 4"), KEEP),
    ("the ZIP code wrong", row("MARIA GARCIA", "1420 NW 7TH ST APT 4", zip_code="33126"), DROP),
    ("the ZIP code missing", row("MARIA GARCIA", "1420 NW 7TH ST APT 4", zip_code=""), DROP),
    ("the ZIP+4 glued on", row("MARIA GARCIA", "1420 NW 7TH ST APT 4", zip_code="331254321"), DROP),
    ("the same street elsewhere", row("MARIA GARCIA", "1420 NW 7TH ST APT 4", "", "TAMPA", "33602"), LOOK),
    ("another state", row("MARIA GARCIA", "1420 NW 7TH ST APT 4", "", "ATLANTA", "30303", "GA"), KEEP),
    ("two digits swapped", row("MARIA GARCIA", "1402 NW 7TH ST APT 4"), DROP),
    ("two digits swapped, another name", row("PEDRO GARCIA", "1402 NW 7TH ST APT 4"), KEEP),
    ("the house next door, the same name", row("MARIA GARCIA", "1421 NW 7TH ST APT 4"), LOOK),
    ("the apartment left out", row("MARIA GARCIA", "1420 NW 7TH ST"), DROP),
    ("the apartment left out, other people", row("ANN WHITE", "1420 NW 7TH ST"), KEEP),
    (
        "a second address on the row",
        Row(
            "MARIA GARCIA",
            (
                RowAddress("9 Elm St", "", "Miami", "FL", "33130"),
                RowAddress("1420 NW 7 ST #4", "", "Miami", "FL", "33125"),
            ),
        ),
        DROP,
    ),
]


@pytest.mark.parametrize(("listed", "expected"), [case[1:] for case in DOORS], ids=[case[0] for case in DOORS])
def test_a_household_is_found_at_its_door_however_it_is_written(listed: Row, expected: RowVerdict) -> None:
    assert verdict(MARIA, listed) is expected


NAMES = [
    ("household", "GARCIA LOPEZ, MARIA", DROP),
    ("household", "PEDRO LOPEZ", DROP),
    ("household", "PEDRO GARCIA-RUIZ", DROP),
    ("household", "THE GARCIA FAMILY", DROP),
    ("household", "CURRENT RESIDENT", DROP),
    ("household", "", DROP),
    ("household", "MARIA PEREZ", DROP),
    ("household", "ANN WHITE", KEEP),
    ("household", "WHITE PLUMBING INC", KEEP),
    ("household", "ANN WHITE & MARIA GARCIA", DROP),
    ("address", "ANN WHITE", DROP),
    ("address", "WHITE PLUMBING INC", DROP),
    ("individual", "MARIA GARCIA", DROP),
    ("individual", "M GARCIA", DROP),
    ("individual", "MARI GARCIA", DROP),
    ("individual", "GARCIA MARIA", DROP),
    ("individual", "MARIA GARCA", DROP),
    ("individual", "MARÍA GARCÍA", DROP),
    ("individual", "MR & MRS PEDRO GARCIA", KEEP),
    ("individual", "PEDRO GARCIA", KEEP),
    ("individual", "MARIO GARCIA", KEEP),
    ("individual", "MARIA PEREZ", LOOK),
    ("individual", "CURRENT RESIDENT", LOOK),
]


@pytest.mark.parametrize(("level", "name", "expected"), NAMES)
def test_the_level_says_whom_a_suppression_covers_at_its_door(level: str, name: str, expected: RowVerdict) -> None:
    asked = suppressed("Maria Garcia Lopez", "1420 NW 7th St", "Apt 4", level)
    assert verdict(asked, row(name, "1420 NW 7TH ST APT 4")) is expected


GENERATIONS = [
    ("John Smith Sr", "JOHN SMITH SR", DROP),
    ("John Smith Sr", "JOHN SMITH JR", KEEP),
    ("John Smith Jr", "SMITH, JOHN SR", KEEP),
    ("John Smith Sr", "JOHN SMITH", LOOK),
    ("John Smith", "JOHN SMITH III", LOOK),
    ("John Smith", "JACK SMITH", DROP),
]


@pytest.mark.parametrize(("asked", "listed", "expected"), GENERATIONS)
def test_a_father_is_not_dropped_for_his_son(asked: str, listed: str, expected: RowVerdict) -> None:
    assert verdict(suppressed(asked, "12 Oak St", level="individual"), row(listed, "12 OAK ST")) is expected


OTHER_DOORS = [
    ("a box", suppressed("Rosa Quintero", "PO Box 12"), row("ROSA QUINTERO", "P O BOX 12"), DROP),
    (
        "a box in the next post office",
        suppressed("Rosa Quintero", "PO Box 12"),
        row("LUIS QUINTERO", "PO BOX 12", zip_code="33126"),
        KEEP,
    ),
    ("another box", suppressed("Rosa Quintero", "PO Box 12"), row("LUIS QUINTERO", "PO BOX 21"), KEEP),
    (
        "a street and a box on one row",
        suppressed("Rosa Quintero", "PO Box 12"),
        row("ROSA QUINTERO", "12 OAK ST", "PO BOX 12"),
        DROP,
    ),
    (
        "a private mailbox",
        suppressed("Rosa Quintero", "8345 NW 66th St", "PMB 3190"),
        row("ROSA QUINTERO", "8345 NW 66TH ST # 3190"),
        DROP,
    ),
    ("a rural route", suppressed("Rosa Quintero", "RR 2 Box 7"), row("ROSA QUINTERO", "RT 2 BOX 7"), DROP),
    ("another rural route", suppressed("Rosa Quintero", "RR 2 Box 7"), row("ROSA QUINTERO", "RR 3 BOX 7"), KEEP),
    (
        "a misspelt street",
        suppressed("Rosa Quintero", "740 Alhambra Cir"),
        row("ROSA QUINTERO", "740 ALAHMBRA CIR"),
        DROP,
    ),
    (
        "a misspelt street, others",
        suppressed("Rosa Quintero", "740 Alhambra Cir"),
        row("ANN WHITE", "740 ALAHMBRA CIR"),
        KEEP,
    ),
    ("a street like it", suppressed("Rosa Quintero", "740 Maple Ave"), row("ROSA QUINTERO", "740 PALM AVE"), KEEP),
    (
        "a suffix inside the name",
        suppressed("Rosa Quintero", "740 Park Lane"),
        row("ANA QUINTERO", "740 PARK LANE DR"),
        DROP,
    ),
    (
        "Calle Ocho is SW 8 St",
        suppressed("Rosa Quintero", "1637 Calle Ocho"),
        row("ANA QUINTERO", "1637 SW 8TH ST"),
        DROP,
    ),
    (
        "Puerto Rico",
        suppressed("Rosa Quintero", "Urb Villa Carolina\n22 Calle 40", city="Carolina", zip_code="00985"),
        row("ROSA QUINTERO", "URB VILLA CAROLINA", "22 CALLE 40", "CAROLINA", "00985", "PR"),
        DROP,
    ),
    (
        "another urbanización",
        suppressed("Rosa Quintero", "Urb Villa Carolina\n22 Calle 40", city="Carolina", zip_code="00985"),
        row("ROSA QUINTERO", "URB LOS ANGELES", "22 CALLE 40", "CAROLINA", "00985", "PR"),
        KEEP,
    ),
    ("nothing to read", suppressed("Rosa Quintero", "740 Maple Ave"), row("ROSA QUINTERO", "GENERAL DELIVERY"), KEEP),
]


@pytest.mark.parametrize(("asked", "listed", "expected"), [c[1:] for c in OTHER_DOORS], ids=[c[0] for c in OTHER_DOORS])
def test_boxes_routes_and_streets_are_told_apart(asked: Suppressed, listed: Row, expected: RowVerdict) -> None:
    assert verdict(asked, listed) is expected


def test_in_a_building_of_several_apartments_the_building_alone_drops_nobody() -> None:
    asked = suppressed("Maria Garcia", "800 Brickell Ave", level="address")
    plan = settled(make_plan([asked]), [row("A B", "800 BRICKELL AVE APT 1"), row("C D", "800 BRICKELL AVE APT 2")])

    assert decide_row(row("JO WHITE", "800 BRICKELL AVE"), plan).verdict is KEEP
    assert decide_row(row("JO WHITE", "800 BRICKELL AVE APT 2"), plan).verdict is KEEP
    assert decide_row(row("MARIA GARCIA", "800 BRICKELL AVE"), plan).verdict is DROP


def test_the_list_itself_tells_in_which_apartment_somebody_lives() -> None:
    rows = [row("MARIA GARCIA", "800 BRICKELL AVE APT 1"), row("JO WHITE", "800 BRICKELL AVE APT 2")]
    plan = settled(make_plan([suppressed("Maria Garcia", "800 Brickell Ave")]), rows)

    assert decide_row(row("PEDRO GARCIA", "800 BRICKELL AVE APT 1"), plan).verdict is DROP
    assert decide_row(row("PEDRO GARCIA", "800 BRICKELL AVE APT 2"), plan).verdict is KEEP


def test_two_people_of_one_name_in_a_building_leave_it_open_where_she_lives() -> None:
    rows = [row("MARIA GARCIA", "800 BRICKELL AVE APT 1"), row("MARIA GARCIA", "800 BRICKELL AVE APT 2")]
    plan = settled(make_plan([suppressed("Maria Garcia", "800 Brickell Ave")]), rows)

    assert decide_row(row("PEDRO GARCIA", "800 BRICKELL AVE APT 1"), plan).verdict is KEEP


def test_a_match_names_the_rule_and_the_suppression() -> None:
    found = decide_row(row("MARIA GARCIA", "1402 NW 7TH ST APT 4"), make_plan([MARIA]))

    assert (found.rule, found.suppression) == (Rule.NUMBER, "S-1")


def test_a_suppression_that_cannot_be_compared_is_named_for_a_person() -> None:
    asked = suppressed("Maria Garcia", "somewhere in town")

    assert make_plan([asked]).unreadable == ("S-1",)
