"""Delivery lines by themselves. Each case: the line, and what is shown of it ("line1 | line2"; "-" for nothing)."""

import pytest

from allegro_privacy.core.postal_line import parse_line
from allegro_privacy.core.postal_normal import key_of, shown

CASES = {
    "a comma before the quadrant belongs to neither": [
        ("1800 M Street, NW", "1800 M St NW | -"),
        ("871 Old Peachtree Road, N.W.", "871 Old Peachtree Rd NW | -"),
        ("3400 HIGHWAY 78, EAST", "3400 Highway 78 E | -"),
        ("235 Peachtree Street, NE Suite 2000", "235 Peachtree St NE | Ste 2000"),
        ("300 Main Street, North Tower", "300 Main St | -"),
        ("2801 MARTIN LUTHER KING, JR DRIVE", "2801 Martin Luther King Jr Dr | -"),
    ],
    "No and So are sides where no number follows": [
        ("7509 13th Ave No", "7509 13th Ave N | -"),
        ("217 No Lake Merced Hill", "217 N Lake Merced Hl | -"),
        ("12 Stonebridge Cir No L2", "12 Stonebridge Cir | # L2"),
        ("12 No Name Rd", "12 No Name Rd | -"),
    ],
    "numbered roads keep what hangs on them": [
        ("5060 US-89 S", "5060 US Highway 89 S | -"),
        ("16977 I-35 NORTH", "16977 Interstate 35 N | -"),
        ("11745 I 10 W", "11745 Interstate 10 W | -"),
        ("406 North Highway 71 Business", "406 N Highway 71 Business | -"),
        ("4455 SOUTH I-19 FRONTAGE RD", "4455 S Interstate 19 Frontage Rd | -"),
        ("601 US Highway 85/87", "601 US Highway 85/87 | -"),
        ("5330 NORTH LOOP 1604 WEST", "5330 N Loop 1604 W | -"),
        ("123 Forest Loop 5", "123 Forest Loop | # 5"),
        ("21272 County Road P.6", "21272 County Road P.6 | -"),
        ("33752 County Road 58 EE", "33752 County Road 58 EE | -"),
        ("1209 HWY 281 SPUR SUITE K", "1209 Highway 281 Spur | Ste K"),
        ("1101 U.S. Highway No. 130 North", "1101 US Highway 130 N | -"),
        ("17071 w dixie hwy # 312", "17071 W Dixie Hwy | # 312"),
        ("35715 US Highway 40 D205", "35715 US Highway 40 | # D205"),
    ],
    "letters with blanks between them": [
        ("1530 U. S. HWY 43", "1530 US Highway 43 | -"),
        ("4969 U S 401 HWY S", "4969 US Highway 401 Hwy S | -"),
        ("601 SLIGH BLVD N E", "601 Sligh Blvd NE | -"),
        ("12 THIRD STREET SOUTH EAST", "12 Third St SE | -"),
        ("972 Donnelly Ave., S. W. # 2", "972 Donnelly Ave SW | # 2"),
        ("2964 L B J FWY", "2964 L B J Fwy | -"),
        ("728 C AND N SMITH MILL RD", "728 C and N Smith Mill Rd | -"),
        ("727 O Neil St A", "727 O Neil St | # A"),
        ("123 A Main St", "123A Main St | -"),
        ("123 A St", "123 A St | -"),
    ],
    "house numbers of the grid and of two doors": [
        ("N165 W2123 Tartan Ct", "N165W2123 Tartan Ct | -"),
        ("W3759 Highview Dr", "W3759 Highview Dr | -"),
        ("2545 - 2547 Platte Place", "2545-2547 Platte Pl | -"),
        ("2255/2343 South Throop Street", "2255/2343 S Throop St | -"),
        ("358 370 E 71ST", "358-370 E 71st | -"),
        ("#27 - 14000 SW 272nd Street", "14000 SW 272nd St | # 27"),
        ("4800-60th Street", "4800 60th St | -"),
        ("930 1/2 Elm St", "930 1/2 Elm St | -"),
    ],
    "units without a word": [
        ("227 W. Monroe St., 3500", "227 W Monroe St | # 3500"),
        ("2900 FIRST AVENUE, 2E", "2900 First Ave | # 2E"),
        ("3665 Chesnut Drive, C-5", "3665 Chesnut Dr | # C-5"),
        ("860 w Blackhawk 305", "860 W Blackhawk | # 305"),
        ("1024 randolph 1 n", "1024 Randolph | # 1 N"),
        ("842 E 1700 S", "842 E 1700 S | -"),
        ("1439 Kentucky 11 South", "1439 Kentucky 11 S | -"),
        ("409 N Old Rt 66", "409 N Old Rt 66 | -"),
        ("12 Main St, 33131", "12 Main St | -"),
    ],
    "several units": [
        ("4750 Tama St SE Unit K, L", "4750 Tama St SE | Unit K & L"),
        ("3310 AUBURN WAY N STE C/D", "3310 Auburn Way N | Ste C/D"),
        ("135 N King St # 3A/3B", "135 N King St | # 3A/3B"),
        ("5475 Peoria Street, Building 1, Units 104 - 112", "5475 Peoria St | Bldg 1 Unit 104-112"),
        ("3828 23rd St Apt A APT A", "3828 23rd St | Apt A"),
        ("326 12th Ave # 3 APT 3", "326 12th Ave | Apt 3"),
        ("12 Elm St Bldg 3 Apt 3", "12 Elm St | Bldg 3 Apt 3"),
    ],
    "identifiers and words of units": [
        ("3720 KITSAP WAY STE AA", "3720 Kitsap Way | Ste AA"),
        ("8064 SOUTH AVENUE, SUITE ONE", "8064 South Ave | Ste 1"),
        ("5490 South Shore Drive # 3 South", "5490 S Shore Dr | # 3 SOUTH"),
        ("9440 Poppy Drive, 5th Floor South", "9440 Poppy Dr | Fl 5 SOUTH"),
        ("14 Oak Dr APTC-24", "14 Oak Dr | Apt C-24"),
        ("14 Oak Dr,,apt.339", "14 Oak Dr | Apt 339"),
        ("2260 PEACHTREE RD NW CONDO D1", "2260 Peachtree Rd NW | Condo D1"),
        ("2610 West 25th Place Lower level", "2610 W 25th Pl | Lowr"),
        ("7411 Cottage Grove Ave. Ground Floor", "7411 Cottage Grove Ave | Fl GROUND"),
        ("2005 13th Street Lower Unit D", "2005 13th St | Lowr Unit D"),
        ("453 NE 52nd PH 2", "453 NE 52nd | PH 2"),
        ("8000 NW 31st Street, Bay 11", "8000 NW 31st St | Bay 11"),
        ("7 Bay Rd", "7 Bay Rd | -"),
        ("3000 Boundary Terrace, St 2", "3000 Boundary Ter | Ste 2"),
        ("225 W. RANDOLPH RM. 27B", "225 W Randolph | Rm 27B"),
    ],
    "boxes and routes": [
        ("HC 2333 Box 85", "HC 2333 Box 85 | -"),
        ("HC ROUTE 72 BOX 1A", "HC 72 Box 1A | -"),
        ("HIGHWAY CONTRACT rte # 46 box 2", "HC 46 Box 2 | -"),
        ("Star Route 6 Box 1663", "HC 6 Box 1663 | -"),
        ("HCR 4e box # 32", "HC 4E Box 32 | -"),
        ("rr # 4 box 42 d", "RR 4 Box 42D | -"),
        ("Route 6 Box 1663", "RR 6 Box 1663 | -"),
        ("bin # 11 p o box 9201", "PO Box 9201 | Bin 11"),
        ("drawer 1256 po box 5935", "PO Box 5935 | Drawer 1256"),
        ("po box 2303 department 130", "PO Box 2303 | Department 130"),
        ("drawer 1256", "PO Box 1256 | -"),
    ],
    "Spanish streets": [
        ("Urb Puerto Nuevo, Calle 5 Casa 342", "342 Calle 5 | Urb Puerto Nuevo"),
        ("Vista Hermosa, Calle 14 B8", "B8 Calle 14 | Urb Vista Hermosa"),
        ("Luis Mora, Calle 14 B8", "- | -"),
        ("Calle Guayacán Núm. 114", "114 Calle Guayacán | -"),
        ("Paseo Luna 61 #B-5", "61 Paseo Luna | # B-5"),
        ("1213 Camino Amapola, Urb Quintas Del Norte Apt 4-A", "1213 Camino Amapola | Urb Quintas Del Norte, Apt 4-A"),
        ("1637 Calle Ocho del Southwest", "1637 SW 8th St | -"),
        ("467 noreste 11 calle", "467 NE 11th St | -"),
    ],
    "names of streets": [
        ("34969 W Meadow", "34969 W Meadow | -"),
        ("12 E St", "12 E St | -"),
        ("2100 Southwest Twenty-Second Street", "2100 SW 22nd St | -"),
        ("514 PEACE & PLENTY LANE", "514 Peace & Plenty Ln | -"),
        ("2000 Ave Of The Stars 1020", "2000 Ave Of The Stars | # 1020"),
        ("3125 SW 13th Stret", "3125 SW 13th St | -"),
    ],
}


@pytest.mark.parametrize(
    ("line", "expected"),
    [pytest.param(*case, id=f"{why}: {case[0]}") for why, cases in CASES.items() for case in cases],
)
def test_a_delivery_line_is_taken_apart(line, expected):
    parsed = parse_line(line)
    line1, line2 = shown(parsed) if parsed else ("", None)
    assert f"{line1 or '-'} | {line2 or '-'}" == expected


@pytest.mark.parametrize("line", [case[0] for cases in CASES.values() for case in cases])
def test_what_is_shown_is_read_again_as_the_same_door(line):
    parsed = parse_line(line)
    if parsed is None:
        return
    again = parse_line("\n".join(filter(None, shown(parsed))))
    assert again is not None
    assert key_of(again, "") == key_of(parsed, "")


def test_roads_that_differ_in_a_point_are_two():
    one, other = parse_line("12 County Road 26.2"), parse_line("12 County Road 262")
    assert one is not None
    assert other is not None
    assert key_of(one, "") != key_of(other, "")
