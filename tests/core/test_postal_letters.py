"""Whole letters: address and person together ("line1|line2|city|state|zip|name"; "-" for what is not there)."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.postal import find_named_addresses

CASES = [
    ("a polite letter", "To whom it may concern:\n\nKindly take my name off your mailing list.\n\nMarisol Fuentes-Ortega\n15620 SW 104th Ter, Apt 512\nMiami FL 33196\n\nSincerely,\nMarisol", ["15620 SW 104th Ter|Apt 512|Miami|FL|33196|Marisol Fuentes-Ortega"]),
    ("no punctuation at all", "please take me off ur list jim baker 77 sunset dr key west 33040", ["77 Sunset Dr|-|Key West|FL|33040|jim baker"]),
    ("Spanish with a comma block", "No mas correo por favor. Yaneisy del Valle, 8851 NW 119 St #3204, Hialeah Gardens, FL 33018", ["8851 NW 119th St|# 3204|Hialeah Gardens|FL|33018|Yaneisy del Valle"]),
    ("a sentence with a titled initial", "Catalog goes to: Mr. T. Okafor, 2 Grove Isle Dr., Unit B1607, Coconut Grove, Fla., 33133. Remove it.", ["2 Grove Isle Dr|Unit B1607|Coconut Grove|FL|33133|T. Okafor"]),
    ("labels with dashes", "name - Priya Natarajan\naddress - 4000 Island Blvd apt 1101\ncity - Aventura\nzip - 33160", ["4000 Island Blvd|Apt 1101|Aventura|FL|33160|Priya Natarajan"]),
    ("a couple in apposition", "My wife and I, Tom and Ellen Park, live at 301 Park St, Park City, UT 84060. Stop mail to both of us.", ["301 Park St|-|Park City|UT|84060|Tom and Ellen Park"]),
    ("capitals with ZIP+4", "Rosa M. Quintero\n12855 SW 136TH AVE STE 207\nMIAMI FL 33186-5896", ["12855 SW 136th Ave|Ste 207|Miami|FL|33186|Rosa M. Quintero"]),
    ("city, then ZIP, then name", "Address is 930 West Ave, Miami Beach. ZIP: 33139. Name is Leo Brandt.", ["930 West Ave|-|Miami Beach|FL|33139|Leo Brandt"]),
    ("the name in parentheses behind", "I no longer live at 1 Alhambra Cir #9, Coral Gables 33134 (Anne Lowe).", ["1 Alhambra Cir|# 9|Coral Gables|FL|33134|Anne Lowe"]),
    ('small letters with an apostrophe', "Hi,\nno snail mail please\n\nkate o'malley\n p.o. box 1138\n key largo, fl 33037", ["PO Box 1138|-|Key Largo|FL|33037|kate o'malley"]),
    ("a condominium line above", "Juan Carlos Peña Ríos\nCond. Torre del Mar Apt 1202\n1477 Ave Ashford\nSan Juan, PR 00907", ["1477 Ave Ashford|Apt 1202|San Juan|PR|00907|Juan Carlos Peña Ríos"]),
    ("the name below the box", "HC 3 BOX 8812\nUTUADO PR 00641\nCARMEN SOTO", ["HC 3 Box 8812|-|Utuado|PR|00641|CARMEN SOTO"]),
    ("a list of two in one sentence", "The following people should not get mail: Al Reed, 5 A St, Salem, MA 01970; Bea Cho, 6 B St, Salem, MA 01970", ["5 A St|-|Salem|MA|01970|Al Reed", "6 B St|-|Salem|MA|01970|Bea Cho"]),
    ("a fraction and a hyphenated unit", "Dear Sirs, I, Gustav Holm, of 12 1/2 Old County Rd, Apt. 3-R, Rockland ME 04841 want no more mail.", ["12 1/2 Old County Rd|Apt 3-R|Rockland|ME|04841|Gustav Holm"]),
    ("a keycode above the name", "Label reads:\nKEYCODE A12 99871\nWILLIAM ST JAMES\n44 W 4 ST RM 9-190\nNEW YORK NY 10012", ["44 W 4th St|Rm 9-190|New York|NY|10012|WILLIAM ST JAMES"]),
    ("a state behind the ZIP", "Remove: Teresa Lago (mother), 7805 Coral Way Suite 112, Miami 33155, Florida.", ["7805 Coral Way|Ste 112|Miami|FL|33155|-"]),
    ("somebody who died", "Mail for Hector Ruiz still comes to 9400 W Flagler St Apt 101B Miami FL. He died.", ["9400 W Flagler St|Apt 101B|Miami|FL|-|Hector Ruiz"]),
    ("a floor in front of the number", "Soy la Sra. Ofelia Marrero, 3rd floor, 55 Merrick Way, Coral Gables, FL 33134", ["55 Merrick Way|Fl 3|Coral Gables|FL|33134|Ofelia Marrero"]),
    ("everything in the wrong order", "Zip 33143, street 6701 Sunset Drive, suite 100, South Miami, name Eva Stone", ["6701 Sunset Dr|Ste 100|South Miami|FL|33143|Eva Stone"]),
    ("the name behind the ZIP", "Unsubscribe 1200 Brickell Bay Drive # 3215 33131 Lena Orloff", ["1200 Brickell Bay Dr|# 3215|Miami|FL|33131|Lena Orloff"]),
    ("a full stop before the unit", "Sam Cole\n5000 N Ocean Blvd. #1104\nLauderdale By The Sea, FL 33308", ["5000 N Ocean Blvd|# 1104|Lauderdale By The Sea|FL|33308|Sam Cole"]),
    ("no ZIP and a Florida town", "Nora Petit-Frere, 18 NE 1st Ct, Dania Beach, Florida", ["18 NE 1st Ct|-|Dania Beach|FL|-|Nora Petit-Frere"]),
    ("a ship's name between", 'Capt Ruth Vance\nUSS EXAMPLE (CVN 99)\nUNIT 100250 BOX 12\nFPO AE 09550', ['Unit 100250 Box 12|-|FPO|AE|09550|Ruth Vance']),
    ("a sentence end before the name", "I get your magazine at 210-14 Jamaica Ave, Queens Village, NY 11428. Dev Patel", ["210-14 Jamaica Ave|-|Queens Village|NY|11428|Dev Patel"]),
    ("street and box with an order below", "Bill To: Ida Wells\n100 Main St.\nP.O. Box 77\nConcord, NH 03301\nOrder 20261 total $45.00", ["100 Main St|-|Concord|NH|03301|Ida Wells", "PO Box 77|-|Concord|NH|03301|Ida Wells"]),
    ("a Spanish sentence with the ZIP at its end", "mi mamá, Dulce María Soler, 2750 W 68 St Apto. 215, Hialeah, no quiere más cartas, el zip es 33016", ["2750 W 68th St|Apt 215|Hialeah|FL|33016|Dulce María Soler"]),
    ("a surname, a street and a town alike", "Philip King\n22 King St.\nKing, NC 27021", ["22 King St|-|King|NC|27021|Philip King"]),
    ("labels on one line", "address:9999 NE 2nd Ave., Miami Shores, FL, 33138; name:Omar Haddad", ["9999 NE 2nd Ave|-|Miami Shores|FL|33138|Omar Haddad"]),
    ("thanks above the block", "Thanks!\nJoy Ames\n3450 Toringdon Way\nCharlotte, North Carolina", ["3450 Toringdon Way|-|Charlotte|NC|-|Joy Ames"]),
    ("the ZIP shouted first", "Stop!!! 33012!! Luis Mora 1690 West 38 Place Bay B3", ["1690 W 38th Pl|Bay B3|Hialeah|FL|33012|Luis Mora"]),
    ("labels with dotted leaders", "For our records:\n  Name ........ Rita Gomez\n  Street ...... 88 Pine Ln\n  City ........ Ocala\n  State ....... FL\n  Zip ......... 34471", ["88 Pine Ln|-|Ocala|FL|34471|Rita Gomez"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(text, expected, id=name) for name, text, expected in CASES]
)
def test_a_letter_gives_its_address_and_its_person(text, expected):
    named = find_named_addresses("", text)
    parts = [(a.address.line1, a.address.line2, a.address.city, a.address.state, a.address.zip, a.name) for a in named]
    assert ["|".join(part or "-" for part in one) for one in parts] == expected
