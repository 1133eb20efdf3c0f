"""Addresses in the shapes in which people write them. Each case: what is shown, the text, and the addresses that it holds
("line1 | line2 | city | state | zip"; "-" for what is not there)."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.postal import find_addresses

CASES = [
    # Blocks and single lines.
    ("a block of three lines", "Rosa Quintero\n1450 Brickell Ave Apt 2203\nMiami, FL 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("a unit on a line of its own", "Rosa Quintero\n1450 Brickell Ave\nApt 2203\nMiami, FL 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("a unit before the number on its own line", "Rosa Quintero\nApt 2203\n1450 Brickell Ave\nMiami, FL 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("a unit before the number on one line", "Apt 2203, 1450 Brickell Ave, Miami, FL 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("one line with commas", "Rosa Quintero, 1450 Brickell Ave, Apt 2203, Miami, FL, 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("one line without commas", "Rosa Quintero 1450 Brickell Ave Apt 2203 Miami FL 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("all small letters", "rosa quintero 1450 brickell ave apt 2203 miami fl 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("all capitals", "ROSA QUINTERO\n1450 BRICKELL AVENUE\nAPARTMENT 2203\nMIAMI FLORIDA 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("slashes", "Rosa Quintero / 1450 Brickell Ave / Apt 2203 / Miami / FL / 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("semicolons", "Rosa Quintero; 1450 Brickell Ave; #2203; Miami; FL; 33131", "1450 Brickell Ave | # 2203 | Miami | FL | 33131"),
    ("bars", "Rosa Quintero | 1450 Brickell Ave | Apt 2203 | Miami, FL | 33131", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("dashes between the parts", "Rosa Quintero - 1450 Brickell Ave - Miami - FL - 33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("a full stop after each part", "1450 Brickell Ave. Apt. 2203. Miami, Fl. 33131.", "1450 Brickell Ave | Apt 2203 | Miami | FL | 33131"),
    ("HTML breaks left in the text", "Rosa Quintero<br>1450 Brickell Ave<br/>Miami, FL 33131<br>", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("stars of a plain-text mail program", "*1450 Brickell Ave*\n*Miami, FL 33131*", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("quoted lines", "> Rosa Quintero\n> 1450 Brickell Ave\n> Miami, FL 33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("non-breaking spaces", "1450\u00a0Brickell\u00a0Ave\nMiami,\u00a0FL\u00a033131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("full-width digits", "１４５０ Brickell Ave\nMiami FL ３３１３１", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("Windows line ends", "1450 Brickell Ave\r\nMiami, FL 33131\r\n", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("tabs between the columns of a table", "Rosa Quintero\t1450 Brickell Ave\tMiami\tFL\t33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    # What tells nothing, or looks like something else.
    ("the country on the last line", "Rosa Quintero\n12 Elm St\nSCHUYLER\nUnited States 68661", "12 Elm St | - | Schuyler | NE | 68661"),
    ("a country line of its own", "12 Elm St\nSpringfield, IL 62701\nUSA", "12 Elm St | - | Springfield | IL | 62701"),
    ("the city of Washington", "12 Elm St\nWASHINGTON\nUnited States 20032", "12 Elm St | - | Washington | DC | 20032"),
    ("Trinidad in Colorado", "12 Elm St\nTrinidad\nUnited States 81082", "12 Elm St | - | Trinidad | CO | 81082"),
    ("a unit that is a ZIP code", "6818 White Landing Drive\nApt 01109\nLa Conner WA 98257", "6818 White Landing Dr | Apt 01109 | La Conner | WA | 98257"),
    ("a unit that is a ZIP code in one line", "140 Phantom St Unit 16332, Keesler AFB MS 39534", "140 Phantom St | Unit 16332 | Keesler Afb | MS | 39534"),
    ("a ZIP code without its first zero", "32 N. Dean St., Englewood, NJ 7631", "32 N Dean St | - | Englewood | NJ | 07631"),
    ("ZIP+4 without its hyphen", "2422 51st St No St Petersburg FL 337103541", "2422 51st St N | - | St Petersburg | FL | 33710"),
    ("a side of the place name", "977 PLEASANT STREET, N. ORANGE, NJ 07052", "977 Pleasant St | - | N Orange | NJ | 07052"),
    ("a quadrant before the place name", "120 Riverside Drive, SW Cartersville, GA 30120", "120 Riverside Dr SW | - | Cartersville | GA | 30120"),
    ("a state inside the street", "850 WEST CENTRAL TEXAS EXPRESSWAY, KILLEEN TX 76541", "850 W Central Texas Expy | - | Killeen | TX | 76541"),
    ("an interstate", "25440 I 45 NORTH, THE WOODLANDS TX 77386", "25440 Interstate 45 N | - | The Woodlands | TX | 77386"),
    ("a floor before the number", "4th floor 300 east randolph st chicago il 60601", "300 E Randolph St | Fl 4 | Chicago | IL | 60601"),
    ("a penthouse above the street", "Penthouse 4\n2333 Brickell Ave.\nMiami, FL 33129", "2333 Brickell Ave | PH 4 | Miami | FL | 33129"),
    ("a unit before the number with its sign", "#27 - 14000 SW 272nd Street, Homestead, FL 33032", "14000 SW 272nd St | # 27 | Homestead | FL | 33032"),
    ("Wisconsin's grid", "N165 W2123 Tartan Ct Jackson, WI 53037", "N165W2123 Tartan Ct | - | Jackson | WI | 53037"),
    ("a range of numbers", "2545 - 2547 Platte Place, Colorado Springs, CO 80909", "2545-2547 Platte Pl | - | Colorado Springs | CO | 80909"),
    ("words of prose in a street's name", "3243 Wind and Fire Dr Marion IA 52302", "3243 Wind and Fire Dr | - | Marion | IA | 52302"),
    ("a Spanish number of a street", "en el 1000 de Venetian Way, departamento 1402, Miami Beach, 33139", "1000 Venetian Way | Apt 1402 | Miami Beach | FL | 33139"),
    ("a street that begins with De", "1000 De Soto Blvd, Coral Gables, FL 33134", "1000 De Soto Blvd | - | Coral Gables | FL | 33134"),
    ("a word of prose is no place", "My address = 1275 NE 136th St. My zip code = 33161.", "1275 NE 136th St | - | Miami | FL | 33161"),
    ("slips of the hand", "3125 SW 13th Stret\nMaimi, Flordia 33145", "3125 SW 13th St | - | Miami | FL | 33145"),
    ("what is left of quoted-printable", "9420 Fontainebleau=20\nBoulevard, Apto 511, Miami,\nFlorida 33172", "9420 Fontainebleau Blvd | Apt 511 | Miami | FL | 33172"),
    ("a department beside the box", "drawer 1256 po box 5935 troy mi 48007", "PO Box 5935 | Drawer 1256 | Troy | MI | 48007"),
    ("a box with a colon", "P.O. Box: 431088, Miami FL 33243", "PO Box 431088 | - | Miami | FL | 33243"),
    ("a highway contract in a sentence", "Soy Ana, HC-04 Box 15620, Carolina PR 00987.", "HC 4 Box 15620 | - | Carolina | PR | 00987"),
    ("an urbanization without its word", "Villa Nevarez, Calle 5 B8, San Juan PR 00927", "B8 Calle 5 | Urb Villa Nevarez | San Juan | PR | 00927"),
    ("an article that was ordered", "I ordered 2 songbooks and 1 Park Lane metronome, for $48.95."),
    ("an employer without a signature line", "Stop mail to 12 Elm St, Springfield, IL 62701.\n\nBest regards,\n\nJane Roe, CPA\nManager\nMarlow & Pike LLP\n900 Main St\nPeoria, IL 61602", "12 Elm St | - | Springfield | IL | 62701"),
    ("only the employer's address", "Stop mail.\n\nBest regards,\n\nJane Roe, CPA\nMarlow & Pike LLP\n900 Main St\nPeoria, IL 61602", "900 Main St | - | Peoria | IL | 61602"),
    ("two people after a closing", "12 Elm St, Springfield, IL 62701\nThanks\n\nJohn Doe\n450 Oak Ave\nPeoria, IL 61602", "12 Elm St | - | Springfield | IL | 62701", "450 Oak Ave | - | Peoria | IL | 61602"),
    # Prose.
    ("prose with I live at", "Hello, I live at 1450 Brickell Ave, Miami, FL 33131 and I want no more catalogs.", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("prose with my address is", "My address is 12 Elm Street in Springfield, IL 62701. Thank you.", "12 Elm St | - | Springfield | IL | 62701"),
    ("prose over two lines", "Please remove me. I am at 1450 Brickell\nAve, Miami, FL 33131, thanks.", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("prose with a zip that is called one", "I live at 1450 Brickell Ave, zip code 33131.", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("numbers of other things around", "I bought 2 guitars on March 5, 2026, order #48213, for $199. Mail goes to 12 Elm St, Springfield, IL 62701.", "12 Elm St | - | Springfield | IL | 62701"),
    ("a telephone before the zip's line", "12 Elm St\n305-555-0123\nMiami, FL 33131", "12 Elm St | - | Miami | FL | 33131"),
    ("an e-mail address in the block", "Rosa Quintero\nrosa@example.com\n12 Elm St\nMiami, FL 33131", "12 Elm St | - | Miami | FL | 33131"),
    ("city before street", "I live in Tampa FL 6001 Webb Rd Unit 12B zip code 33615", "6001 Webb Rd | Unit 12B | Tampa | FL | 33615"),
    ("the old and the new address", "I moved from 12 Elm St, Springfield, IL 62701 to 450 Oak Ave Apt 3, Peoria, IL 61602.", "12 Elm St | - | Springfield | IL | 62701", "450 Oak Ave | Apt 3 | Peoria | IL | 61602"),
    ("two people at two addresses", "Jane Roe\n12 Elm St\nSpringfield, IL 62701\n\nJohn Doe\n450 Oak Ave\nPeoria, IL 61602", "12 Elm St | - | Springfield | IL | 62701", "450 Oak Ave | - | Peoria | IL | 61602"),
    ("the same address twice is one", "12 Elm St, Springfield, IL 62701\n...\n12 ELM STREET SPRINGFIELD IL 62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("care of", "Rosa Quintero\nc/o Ana Diaz\n1450 Brickell Ave\nMiami FL 33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("current resident", "Rosa Quintero or Current Resident\n1450 Brickell Ave\nMiami FL 33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("an employer's address in the signature", "12 Elm St, Springfield, IL 62701\n-- \nJane Roe\nExample Corp\n900 Main St, Peoria, IL 61602", "12 Elm St | - | Springfield | IL | 62701"),
    ("only the signature holds an address", "Please stop.\n-- \nJane Roe\n900 Main St, Peoria, IL 61602", "900 Main St | - | Peoria | IL | 61602"),
    # Labelled fields.
    ("labelled fields", "Name: Rosa Quintero\nAddress: 6870 SW 7 ST\nApt: 4\nCity: Miami\nState: FL\nZip: 33144", "6870 SW 7th St | Apt 4 | Miami | FL | 33144"),
    ("labelled fields on one line", "Name: Rosa Quintero Address: 12 Elm St City: Springfield State: IL Zip: 62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("labels above their values", "Name\nRosa Quintero\nStreet Address\n12 Elm St\nCity\nSpringfield\nState\nIL\nZip Code\n62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("labelled fields in the other order", "Zip: 62701\nState: IL\nCity: Springfield\nStreet: 12 Elm St\nName: Jane Roe", "12 Elm St | - | Springfield | IL | 62701"),
    ("one label for city, state and zip", "Name: Jane Roe\nAddress 1: 12 Elm St\nAddress 2: Unit 7\nCity, State, Zip: Springfield, IL 62701", "12 Elm St | Unit 7 | Springfield | IL | 62701"),
    ("an empty second address line", "Address Line 1: 12 Elm St\nAddress Line 2:\nCity: Springfield\nState: IL\nZIP: 62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("one label for the whole address", "Mailing address: 12 Elm St, Springfield, IL 62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("labels for the old and the new address", "Old address: 12 Elm St, Springfield, IL 62701\nNew address: 450 Oak Ave, Peoria, IL 61602", "12 Elm St | - | Springfield | IL | 62701", "450 Oak Ave | - | Peoria | IL | 61602"),
    ("labels with equals signs", "name=Rosa Quintero\naddress=12 Elm St\ncity=Springfield\nstate=IL\nzip=62701", "12 Elm St | - | Springfield | IL | 62701"),
    ("labels without the state", "Name: Rosa Quintero\nAddress: 1450 Brickell Ave\nZip code: 33131", "1450 Brickell Ave | - | Miami | FL | 33131"),
    ("Spanish labels", "Nombre: Rosa Quintero\nDirección: 401 NW 7 Ave, Apto 4\nCiudad: Hialeah\nEstado: Florida\nCódigo postal: 33010", "401 NW 7th Ave | Apt 4 | Hialeah | FL | 33010"),
    ("Spanish labels without accents", "nombre: rosa quintero\ndireccion: 401 nw 7 ave\napto: 4\nciudad: hialeah\nestado: fl\ncp: 33010", "401 NW 7th Ave | Apt 4 | Hialeah | FL | 33010"),
    ("Spanish prose", "Me llamo Rosa Quintero y vivo en 401 NW 7 Ave apto 4, Miami, Florida 33128. Gracias.", "401 NW 7th Ave | Apt 4 | Miami | FL | 33128"),
    ("Spanish prose with its zip word", "Mi dirección es 401 NW 7 Ave, Miami, código postal 33128", "401 NW 7th Ave | - | Miami | FL | 33128"),
    ("Spanish prose, both addresses", "Me mudé de 12 SW 3 St, Miami FL 33130 a 450 E 4 Ave, Hialeah FL 33010", "12 SW 3rd St | - | Miami | FL | 33130", "450 E 4th Ave | - | Hialeah | FL | 33010"),
    ("Spanish unit words", "5050 NW 74 Ave, Edificio 3, Piso 2, Miami FL 33166", "5050 NW 74th Ave | Bldg 3 Fl 2 | Miami | FL | 33166"),
    ("Calle Ocho with a number", "1700 Calle Ocho, Miami FL 33135", "1700 Calle Ocho | - | Miami | FL | 33135"),
    # What stands between 99 and 100.
    ("a house number that is a ZIP code itself", "10101 Forest Hill Blvd\nWellington FL 33414", "10101 Forest Hill Blvd | - | Wellington | FL | 33414"),
    ("a house number that is a ZIP, the ZIP in the first line", "33414\nBob Jones\n10101 Forest Hill Blvd\nWellington FL", "10101 Forest Hill Blvd | - | Wellington | FL | 33414"),
    ("a house number that is a ZIP of its own city", "33010 SW 187 Ave\nHomestead, FL 33034", "33010 SW 187th Ave | - | Homestead | FL | 33034"),
    ("a surname that ends in a unit word", "Jean Baptiste\n12 Elm St\nMiami FL 33131", "12 Elm St | - | Miami | FL | 33131"),
    ("a street that ends in a unit word", "12 Jean-Baptiste St, Miami FL 33131", "12 Jean-Baptiste St | - | Miami | FL | 33131"),
    ("a surname that is a suffix", "Della Street\n12 Lane Ave\nMiami FL 33131", "12 Lane Ave | - | Miami | FL | 33131"),
    ("a surname that is a city", "Ana Miami-Rivera, 12 Elm St, Tampa FL 33615", "12 Elm St | - | Tampa | FL | 33615"),
    ("doctor and drive", "Dr. Jane Roe\n12 Dr Martin Luther King Jr Dr\nTampa FL 33615", "12 Dr Martin Luther King Jr Dr | - | Tampa | FL | 33615"),
    ("saint and street", "1200 St Charles Ave, St. Petersburg, FL 33701", "1200 St Charles Ave | - | St Petersburg | FL | 33701"),
    ("La Push Road", "330 La Push Rd\nForks WA 98331", "330 La Push Rd | - | Forks | WA | 98331"),
    ("a street without a suffix", "500 The Rialto\nVenice FL 34285", "500 The Rialto | - | Venice | FL | 34285"),
    ("a suffix that was left out", "8425 Collins, Miami Beach FL 33141", "8425 Collins | - | Miami Beach | FL | 33141"),
    ("a bare unit behind the suffix", "1450 Brickell Ave 4B, Miami FL 33131", "1450 Brickell Ave | # 4B | Miami | FL | 33131"),
    ("a penthouse", "1450 Brickell Ave PH2, Miami FL 33131", "1450 Brickell Ave | PH 2 | Miami | FL | 33131"),
    ("a unit with a hyphen", "12 Elm St B-14, Miami FL 33131", "12 Elm St | # B-14 | Miami | FL | 33131"),
    ("a unit sign with a space", "12 Elm St # 4, Miami FL 33131", "12 Elm St | # 4 | Miami | FL | 33131"),
    ("several units", "12 Elm St Units C & D, Miami FL 33131", "12 Elm St | Unit C & D | Miami | FL | 33131"),
    ("building and apartment", "12 Elm St Bldg 3 Apt 4, Miami FL 33131", "12 Elm St | Bldg 3 Apt 4 | Miami | FL | 33131"),
    ("a floor with its ordinal first", "12 Elm St, 2nd Floor, Miami FL 33131", "12 Elm St | Fl 2 | Miami | FL | 33131"),
    ("a fraction", "930 1/2 Elm St, Miami FL 33131", "930 1/2 Elm St | - | Miami | FL | 33131"),
    ("a fraction in one character", "930½ Elm St, Miami FL 33131", "930 1/2 Elm St | - | Miami | FL | 33131"),
    ("a Queens number", "12-34 56th Ave, Flushing, NY 11355", "12-34 56th Ave | - | Flushing | NY | 11355"),
    ("a Wisconsin grid number", "N6W23001 Bluemound Rd, Waukesha, WI 53188", "N6W23001 Bluemound Rd | - | Waukesha | WI | 53188"),
    ("Utah's grid", "842 E 1700 S, Salt Lake City, UT 84105", "842 E 1700 S | - | Salt Lake City | UT | 84105"),
    ("a highway", "2432C US Hwy 27 N, Sebring, FL 33870", "2432C US Highway 27 N | - | Sebring | FL | 33870"),
    ("a county road", "55 County Road 12, Fairhope AL 36532", "55 County Road 12 | - | Fairhope | AL | 36532"),
    ("a lettered avenue", "100 Avenue B, New York, NY 10009", "100 Avenue B | - | New York | NY | 10009"),
    ("a lettered street", "100 E Street NW, Washington, DC 20001", "100 E St NW | - | Washington | DC | 20001"),
    ("a street called North", "100 North Ave, Miami Beach FL 33139", "100 North Ave | - | Miami Beach | FL | 33139"),
    ("a street called State", "108 N State St, Chicago IL 60602", "108 N State St | - | Chicago | IL | 60602"),
    ("a spelled house number", "One Lincoln Road, Miami Beach, FL 33139", "1 Lincoln Rd | - | Miami Beach | FL | 33139"),
    ("a spelled street number", "401 NW Seventh Avenue, Miami, FL 33128", "401 NW Seventh Ave | - | Miami | FL | 33128"),
    ("a directional in two words", "401 North West 7th Avenue, Miami, FL 33128", "401 NW 7th Ave | - | Miami | FL | 33128"),
    ("a directional with full stops", "401 N.W. 7th Ave., Miami, Fla. 33128", "401 NW 7th Ave | - | Miami | FL | 33128"),
    ("Miami's TE for terrace", "401 SW 22 TE, Miami, FL 33129", "401 SW 22nd Ter | - | Miami | FL | 33129"),
    ("the nine digits of a ZIP+4", "12 Elm St, Springfield, IL 62701-1234", "12 Elm St | - | Springfield | IL | 62701"),
    ("a ZIP code glued to its state", "12 Elm St, Miami FL33131", "12 Elm St | - | Miami | FL | 33131"),
    ("another name of the ZIP's place", "19495 Biscayne Blvd Ste 700, Aventura FL 33180", "19495 Biscayne Blvd | Ste 700 | Aventura | FL | 33180"),
    ("an abbreviated place name", "1200 NE 163 St, N. Miami Bch, FL 33162", "1200 NE 163rd St | - | N Miami Bch | FL | 33162"),
    ("a misspelt place name", "12 Elm St, Maimi, FL 33131", "12 Elm St | - | Miami | FL | 33131"),
    ("a misspelt place name without commas", "12 Elm St Hialeha FL 33010", "12 Elm St | - | Hialeah | FL | 33010"),
    ("a building's name above the street", "Rosa Quintero\nThe Grand Condominium\n1717 N Bayshore Dr Apt 1234\nMiami FL 33132", "1717 N Bayshore Dr | Apt 1234 | Miami | FL | 33132"),
    ("USA below the last line", "12 Elm St\nMiami, FL 33131\nUSA", "12 Elm St | - | Miami | FL | 33131"),
    ("a state name spelled out on its own line", "12 Elm St\nMiami\nFlorida\n33131", "12 Elm St | - | Miami | FL | 33131"),
    ("a street named as a state", "450 Florida Ave, Tampa, FL 33602", "450 Florida Ave | - | Tampa | FL | 33602"),
    ("a city named as a state", "12 W 4th St, New York, New York 10012", "12 W 4th St | - | New York | New York | 10012".replace("| New York | 1", "| NY | 1")),
    # Boxes, routes, the forces, Puerto Rico.
    ("a PO box", "Jane Roe\nPO Box 123\nMiami FL 33131", "PO Box 123 | - | Miami | FL | 33131"),
    ("a PO box with full stops", "P.O. Box 123, Miami, FL 33131", "PO Box 123 | - | Miami | FL | 33131"),
    ("a PO box spelled out", "Post Office Box 123, Miami, FL 33131", "PO Box 123 | - | Miami | FL | 33131"),
    ("a PO box in Spanish", "Apartado Postal 123, San Juan PR 00919", "PO Box 123 | - | San Juan | PR | 00919"),
    ("a PO box whose number is a ZIP", "PO Box 33701, Miami, FL 33131", "PO Box 33701 | - | Miami | FL | 33131"),
    ("street and box are both kept", "12 Elm St\nPO Box 123\nMiami FL 33131", "12 Elm St | - | Miami | FL | 33131", "PO Box 123 | - | Miami | FL | 33131"),
    ("a rural route", "RR 2 Box 45A, Arcadia FL 34266", "RR 2 Box 45A | - | Arcadia | FL | 34266"),
    ("a rural route spelled out", "Rural Route 02, Box 45\nArcadia, FL 34266", "RR 2 Box 45 | - | Arcadia | FL | 34266"),
    ("a highway contract", "HC 01 Box 123\nArcadia, FL 34266", "HC 1 Box 123 | - | Arcadia | FL | 34266"),
    ("a private mailbox", "12 Elm St PMB 240, Miami FL 33131", "12 Elm St | PMB 240 | Miami | FL | 33131"),
    ("an army post office", "PSC 3 Box 1234\nAPO AE 09012", "PSC 3 Box 1234 | - | APO | AE | 09012"),
    ("a fleet post office", "Unit 2050 Box 4190\nFPO, AP 96278", "Unit 2050 Box 4190 | - | FPO | AP | 96278"),
    ("a diplomatic post office", "Unit 8400 Box 12\nDPO AE 09498", "Unit 8400 Box 12 | - | DPO | AE | 09498"),
    ("Puerto Rico with its urbanization above", "Urb Las Gladiolas\n150 Calle A\nSan Juan PR 00926", "150 Calle A | Urb Las Gladiolas | San Juan | PR | 00926"),
    ("Puerto Rico with house letter and number", "Urb. Villa Carolina, A-17 Calle 1, Carolina, Puerto Rico 00985", "A17 Calle 1 | Urb Villa Carolina | Carolina | PR | 00985"),
    ("Puerto Rico in the Spanish order", "Calle Luna #123, Apt 4\nSan Juan, PR 00901", "123 Calle Luna | Apt 4 | San Juan | PR | 00901"),
    ("Puerto Rico's avenue", "250 Ave Ponce de Leon Piso 3, San Juan PR 00918", "250 Ave Ponce de Leon | Fl 3 | San Juan | PR | 00918"),
]  # fmt: skip


def written(address):
    return " | ".join(part or "-" for part in (address.line1, address.line2, address.city, address.state, address.zip))


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(text, list(expected), id=name) for name, text, *expected in CASES]
)
def test_the_address_is_found_whole(text, expected):
    assert [written(address) for address in find_addresses(text)] == expected


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text, *_ in CASES])
def test_as_given_is_what_was_written(text):
    for address in find_addresses(text):
        assert all(line in text for line in address.as_given.split("\n"))
        assert address.missing == ()


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("12 Elm St, Springfield, IL", "12 Elm St | - | Springfield | IL | -", ("zip",)),
        ("Jane Roe\n12 Elm Street\n62701", "12 Elm St | - | Springfield | IL | 62701", ()),
        ("32 N. Dean St., Englewood, NJ 9999", "32 N Dean St | - | Englewood | NJ | -", ("zip",)),
        ("2000 Ave Of The Stars 1020 Los Angeles CA", "2000 Ave Of The Stars | # 1020 | Los Angeles | CA | -", ("zip",)),
        ("She lives at 123 E Merritt St, Prescott", "123 E Merritt St | - | Prescott | - | -", ("state", "zip")),
        ("44 sq. ft. 000 Columbia Ave. See Remarks, Newfield, NJ 08344", "- | - | Newfield | NJ | 08344", ("number", "street")),
        ("Jane Roe, 12 Elm Street", "12 Elm St | - | - | - | -", ("city", "state", "zip")),
        ("Jane Roe, 12 Elm St, Hialeah", "12 Elm St | - | Hialeah | FL | -", ("zip",)),
        ("Jane Roe, 12 Elm St, Springfield", "12 Elm St | - | Springfield | - | -", ("state", "zip")),
        ("PO Box 123", "PO Box 123 | - | - | - | -", ("city", "state", "zip")),
        ("Jane Roe, Elm Street, Miami FL 33131", "Elm St | - | Miami | FL | 33131", ("number",)),
        ("Jane Roe, Miami FL 33131", "- | - | Miami | FL | 33131", ("number", "street")),
    ],
    ids=["no zip is never invented", "city and state come from the ZIP", "four digits that are no ZIP code", "an article in the name", "East, not the Spanish and", "a measure", "only the street", "a state that is unique", "a state that is not", "only a box", "no number", "only the place"],
)  # fmt: skip
def test_what_is_missing_is_named(text, expected, missing):
    (address,) = find_addresses(text)
    assert written(address) == expected
    assert address.missing == missing


@pytest.mark.parametrize(
    "text",
    [
        "Please stop sending me mail.", "I get 3 catalogs every week since 2019.", "Order 33131 has not arrived.", "Invoice #33131 for $1,450.00",
        "Call me at (305) 555-0123 at 5 pm.", "I have been a customer for 20 years.", "15 U.S.C. 7704 and 39 USC 3008 apply.", "My account number is 33144.",
        "You sent 2 letters in 10 days!", "Opened 24 hours, 7 days a week", "Take 2nd Street exit", "room 5", "", "\n\n\n", "33131", "see you on 5/12/2026 at 10:30",
        "I paid 120 for the Yamaha P-125 and 15 for strings.", "Dejen de mandarme 3 cartas por semana.", "Quiero 2 copias de mi factura 33010.",
    ],
)  # fmt: skip
def test_numbers_that_are_no_addresses_are_none(text):
    assert [address for address in find_addresses(text) if address.line1] == []


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Jane Roe\n12 Main Street\nToronto ON M5V 2T6\nCanada", "12 Main"),
        ("Jane Roe\n12 Main Street\nToronto, Ontario M5V2T6", "12 Main"),
        ("Jane Roe\n10 High Street\nOxford OX1 2JD\nUnited Kingdom", "10 High"),
        ("Rosa Quintero\nCalle Mayor 5, 3B\n28013 Madrid\nEspaña", "Calle Mayor"),
        ("Rosa Quintero, Calle Mayor 5, 28013 Madrid, Spain", "Calle Mayor"),
        ("Rosa Quintero\nCarrera 7 # 71-21\nBogotá\nColombia", "Carrera 7"),
        ("Rosa Quintero\nAv. Insurgentes Sur 1602\nCol. Crédito Constructor\n03940 México, D.F.\nMéxico", "Av. Insurgentes"),
    ],
)  # fmt: skip
def test_a_foreign_address_is_recognised_and_kept(text, begins):
    (address,) = find_addresses(text)
    assert address.kind == "foreign"
    assert address.as_given.startswith(begins)
    assert address.as_given in text


@pytest.mark.parametrize(
    "text",
    [
        "12 Elm St, Mexico, MO 65265",
        "12 Elm St, Peru, IN 46970",
        "12 Elm St, Cuba, NY 14727",
        "450 Peru Ave, Miami FL 33131",
    ],
)
def test_american_towns_with_foreign_names_are_american(text):
    (address,) = find_addresses(text)
    assert address.kind == "street"
    assert address.zip


OWN = ("Hi Key Example, Inc.\nAttn: Privacy\n6869 SW 8th Street\nMiami, FL 33144",)


@pytest.mark.parametrize(
    "ours",
    [
        "6869 SW 8th Street, Miami, FL 33144",
        "6869 S.W. 8 ST MIAMI FLORIDA 33144",
        "6869 SW Eighth St, Miami FL 33144-1234",
        "6869 SW 8th St",
    ],
)
def test_the_shops_own_address_is_left_out_however_it_is_written(ours):
    assert find_addresses(ours, OWN) == ()
    (kept,) = find_addresses(f"{ours}\n\nRosa Quintero\n12 SW 8 St\nMiami FL 33130", OWN)
    assert kept.line1 == "12 SW 8th St"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("12 Elm St, Atlanta, GA 33131", "33131 is in FL"),
        ("12 Elm St, Orlando, FL 33131", "33131 is Miami"),
        ("12 Elm St, Miami, FL 33999", "does not know 33999"),
    ],
)
def test_conflicts_between_place_and_zip_are_doubts(text, doubt):
    (address,) = find_addresses(text)
    assert any(doubt in said for said in address.doubts)
