"""Names with addresses: each way in which people write one, beside what looks like it and is none."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.names_same import fullest, same_person
from allegro_privacy.core.postal import find_named_addresses

ELM = "12 Elm St\nSpringfield, IL 62701"
LINE = "12 Elm St, Springfield, IL 62701"
OAK = "450 Oak Ave, Peoria, IL 61602"

CASES = [
    # Endings
    ("a letter without a closing ends with its name", f"Please stop mail to {LINE}.\n\nRosa Quintero", "", ["Rosa Quintero"]),
    ("its last sentence is the name", f"No more mail to {LINE} please. Everybody here knows me. Rosa Quintero", "", ["Rosa Quintero"]),
    ("a dash is before the name", f"No more mail to {LINE} please.\n\n- Rosa Quintero", "", ["Rosa Quintero"]),
    ("a signature line is before the name", f"No more mail to {LINE} please.\n--\nRosa Quintero\nSales\n305-555-0142", "", ["Rosa Quintero"]),
    ("the name stands above Sent from my iPhone", f"No more mail to {LINE} please.\nRosa Quintero\n\nSent from my iPhone", "", ["Rosa Quintero"]),
    ("an embrace closes the letter", f"No más catálogos a {LINE}.\n\nUn abrazo,\nRosa Quintero", "", ["Rosa Quintero"]),
    ("a blessing closes the letter", f"No más catálogos a {LINE}.\n\nBendiciones, Rosa Quintero", "", ["Rosa Quintero"]),
    ("Atte. closes the letter on the name's line", f"No más catálogos a {LINE}. Atte. Rosa Quintero", "", ["Rosa Quintero"]),
    ("Att. closes the letter", f"No más catálogos a {LINE}.\nAtt. Rosa Quintero", "", ["Rosa Quintero"]),
    ("many thanks without a comma", f"No más catálogos a {LINE}.\nMuchísimas gracias\nRosa Quintero", "", ["Rosa Quintero"]),
    ("a closing's name goes on in the next line", f"No más catálogos a {LINE}. Atentamente, Rosa\nQuintero Díaz", "", ["Rosa Quintero Díaz"]),
    ("a first name below the closing is filled up by the header", f"Stop mail to {LINE}.\nThanks,\nRosa", "Rosa Quintero", ["Rosa Quintero"]),
    ("a first name of somebody else is not", f"Stop mail to {LINE}.\nThanks,\nMom", "Rosa Quintero", ["Rosa Quintero"]),
    ("a last sentence that is no name", f"No more mail to {LINE} please. Never Again", "Rosa Quintero", ["Rosa Quintero"]),
    ("a town at the end is no name", f"No more mail to {LINE} please.\n\nCoral Gables", "Rosa Quintero", ["Rosa Quintero"]),
    ("a job below the name is no name", f"No more mail to {LINE} please.\n\nThanks,\nRosa Quintero\nSales Manager", "", ["Rosa Quintero"]),
    ("thanks to the staff are no closing", f"Thanks, Pat Example!\nStop mail to {LINE}.\n\nRosa Quintero", "", ["Rosa Quintero"]),
    # Introductions
    ("somos", f"Somos Ana y Luis Quintero, de {LINE}.", "", ["Ana y Luis Quintero"]),
    ("somos clientes", f"Somos clientes de ustedes.\n\nRosa Quintero\n{ELM}", "", ["Rosa Quintero"]),
    ("we are", f"We are Ana and Luis Quintero at {LINE}.", "", ["Ana and Luis Quintero"]),
    ("we are tired", f"We are so tired of it.\n\nRosa Quintero\n{ELM}", "", ["Rosa Quintero"]),
    ("somebody here", f"Rosa Quintero here, {LINE}.", "", ["Rosa Quintero"]),
    ("nobody here", f"We moved here, {LINE}.", "Rosa Quintero", ["Rosa Quintero"]),
    ("it is somebody with a rank", f"Hi, it's Lt. Rosa Quintero. I'm at {LINE} now.", "", ["Rosa Quintero"]),
    ("it is about time", f"It's About Time you stop mail to {LINE}.", "Rosa Quintero", ["Rosa Quintero"]),
    ("aquí", f"Hola, aquí Rosa Quintero, vivo en {LINE}.", "", ["Rosa Quintero"]),
    ("habla", f"Le habla Rosa Quintero, vivo en {LINE}.", "", ["Rosa Quintero"]),
    ("addressed to", f"Stop mail to {LINE} addressed to Rosa Quintero.", "", ["Rosa Quintero"]),
    ("a nombre de", f"Llega correo a {LINE}, a nombre de Rosa Quintero, que soy yo.", "", ["Rosa Quintero"]),
    ("small letters after soy", f"soy rosa quintero y no quiero mas papelitos al buzon, vivo en {LINE.lower()}", "", ["rosa quintero"]),
    ("small letters after soy that are no name", f"soy cliente de ustedes y vivo en {LINE.lower()}", "", [None]),
    ("small letters in front of the address that are no name", f"no quiero papelitos al buzon, vivo en {LINE.lower()}", "", [None]),
    ("a sentence ends behind the name", f"Mi nombre: Rosa Quintero. Recibo correo en {LINE}.", "", ["Rosa Quintero"]),
    ("a line break in the name", f"I live at {LINE} and my name is Rosa\nQuintero. Thanks.", "", ["Rosa Quintero"]),
    ("a line break behind the name", f"My name is Rosa Quintero\nMiami is too hot.\n{ELM}", "", ["Rosa Quintero"]),
    ("my mother", f"I write for my mother, Ana Quintero, at {LINE}.\n\nThanks,\nRosa Quintero", "Rosa Quintero", ["Ana Quintero"]),
    ("a misspelt label in a sentence", f"mi direcsion es {LINE} mi nonbre Rosa Quintero grasias", "", ["Rosa Quintero"]),
    # Labels
    ("dots for a colon", "FIRST NAME.......Rosa\nLAST NAME........Quintero\nADDRESS..........12 Elm St\nCITY/STATE/ZIP...Springfield IL 62701", "", ["Rosa Quintero"]),
    ("an equals sign", f"My name = Rosa Quintero. My address = {LINE}", "", ["Rosa Quintero"]),
    ("a tab", "Name\tRosa Quintero\nStreet\t12 Elm St\nCity\tSpringfield\nState\tIL\nZip\t62701", "", ["Rosa Quintero"]),
    ("first and last name in Spanish", "NOMBRE: Rosa María\nAPELLIDO: Quintero\nDIRECCION: 12 Elm St\nCIUDAD: Springfield\nZIP: 62701", "", ["Rosa María Quintero"]),
    ("last and first name", "Apellidos: Quintero Díaz\nNombre: Rosa\nDirección: 12 Elm St\nZip: 62701", "", ["Rosa Quintero Díaz"]),
    ("the last name twice", "Name: Rosa Quintero\nLast name: Quintero\nAddress: 12 Elm St\nZip: 62701", "", ["Rosa Quintero"]),
    ("titular with a title", f"- Titular: Sra. Rosa Quintero\n- Domicilio: {LINE}", "", ["Rosa Quintero"]),
    ("persona", f"Calle: {LINE}. Persona: Rosa Quintero. No manden más.", "", ["Rosa Quintero"]),
    ("last name first behind a label", f"Name: Quintero, Rosa\nAddress: {LINE}", "", ["Rosa Quintero"]),
    ("a sign for a person", f"📍 {LINE}\n👤 Rosa Quintero 🎸", "", ["Rosa Quintero"]),
    ("decoration around the name", f"Hola ** Rosa Quintero ** -> {LINE}", "", ["Rosa Quintero"]),
    ("a table", "| Nombre | Dirección | Ciudad | Zip |\n|---|---|---|---|\n| Rosa Quintero | 12 Elm St | Springfield | 62701 |", "", ["Rosa Quintero"]),
    ("columns", "Name             Address      City         ST  ZIP\n---------------  -----------  -----------  --  -----\nRosa Quintero    12 Elm St    Springfield  IL  62701", "", ["Rosa Quintero"]),
    ("a company's name is asked for by another label", f"Company name: Elm Guitars\nName: Rosa Quintero\nAddress: {LINE}", "", ["Rosa Quintero"]),
    ("markup left in the text", "No env&iacute;en m&aacute;s<br/>Mar&iacute;a Quintero<br/>12 Elm St<br/>Springfield, IL 62701", "", ["María Quintero"]),
    # Titles, initials
    ("an initial and a third", f"I mean me, not my father: Harold J. Finch III, {LINE}.", "", ["Harold J. Finch III"]),
    ("an initial that is a word", f"Rosa A Quintero\n{ELM}", "", ["Rosa A Quintero"]),
    ("a word that is no initial", f"I am Rosa Quintero I live at {LINE}", "", ["Rosa Quintero"]),
    ("a sergeant", f"SSgt Harold Finch\n{ELM}", "", ["Harold Finch"]),
    ("Mr. and Mrs. with both given names", f"Mr. and Mrs. Walter and Joyce Finch\n{ELM}", "", ["Walter and Joyce Finch"]),
    ("Mr. and Mrs. with his name", f"Mr. and Mrs. Walter Finch\n{ELM}", "", ["Mr. and Mrs. Walter Finch"]),
    ("Mr. and Mrs. alone", f"Mr. and Mrs. Finch\n{ELM}", "", ["Mr. and Mrs. Finch"]),
    ("a surname that is a word", f"Robert Long\n{ELM}", "", ["Robert Long"]),
    ("a saint in the surname", f"Dr. Amelia St. Clair, {LINE}", "", ["Amelia St. Clair"]),
    ("a small surname", f"Rosa quintero\n{ELM}", "", ["Rosa quintero"]),
    # Lines between
    ("or current resident between", f"Rosa Quintero\nOR CURRENT RESIDENT\n{ELM}", "", ["Rosa Quintero"]),
    ("only the current resident", f"Current Resident, {LINE}", "", [None]),
    ("a phone number between", f"Rosa Quintero\nc: 305-555-0142\n{ELM}", "Rosa Q", ["Rosa Quintero"]),
    ("a trade and numbers between", f"Rgds\n--\nGwendolyn Finch\nPiano tuning | by appt only\ncell 305.555.0142\n{ELM}", "Gwen Finch", ["Gwendolyn Finch"]),
    ("the last name first above the street", f"Quintero, Rosa\n{ELM}", "", ["Rosa Quintero"]),
    ("a nickname in quotation marks", f'Rosa "Rosie" Quintero\n{ELM}', "", ["Rosa Quintero"]),
    ("somebody and family", f"Rosa Quintero & family\n{ELM}", "", ["Rosa Quintero"]),
    ("a family", f"The Quintero Family\n{ELM}", "", ["The Quintero Family"]),
    ("our family", f"remove our family\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
    # Several people
    ("each block has its person although the writer names himself", f"Le escribe Luis Quintero.\n\nLuis Quintero\n{ELM}\n\nAna Quintero\n450 Oak Ave\nPeoria, IL 61602", "", ["Luis Quintero", "Ana Quintero"]),
    ("a numbered list", f"1) Luis Quintero, {LINE}\n2) Ana Quintero, {OAK}\n\nThanks, Luis", "", ["Luis Quintero", "Ana Quintero"]),
    ("one name behind both addresses", f"Old: {LINE}\nNew: {OAK}\n\nSame person: Rosa Quintero", "", ["Rosa Quintero", "Rosa Quintero"]),
    ("one name below both addresses", f"Antes vivía en {LINE} y ahora estoy en {OAK}.\n\nRosa Quintero", "", ["Rosa Quintero", "Rosa Quintero"]),
    # Nobody
    ("a greeting of the staff", f"Hi Maria,\nplease stop mail to {LINE}", "Rosa Quintero", ["Rosa Quintero"]),
    ("the shop behind Dear", f"Dear Elm Guitars:\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
    ("good wishes", f"Merry Christmas!\n\nStop mail to\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
    ("somebody spoken to", f"I called and spoke with Maria Lopez, who told me to write. I live at {LINE}.\nThanks", "Rosa Quintero", ["Rosa Quintero"]),
    ("a town above the street", f"Coral Gables\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
    ("a command above the street", f"Kindly Cancel\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
    ("a command above the street, in Spanish", f"FAVOR DE ELIMINAR\n{ELM}", "Rosa Quintero", ["Rosa Quintero"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "display", "names"), [pytest.param(*rest, id=name) for name, *rest in CASES])
def test_a_name_is_found_and_nothing_else_is_taken_for_one(text, display, names):
    found = find_named_addresses("", text, display, own_names=("Pat Example", "Elm Guitars"))
    assert [one.name for one in found] == names


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Gwen Finch", "Gwendolyn Finch", True), ("R. Quintero", "Rosa Quintero", True), ("Rosa", "Rosa Quintero Díaz", True),
        ("Ingrid H-V", "Ingrid Halloran-Voss", True), ("Bob Finch", "Robert J. Finch III", True), ("Dr. L. Finch", "Lionel Finch", True),
        ("Carl Finch", "Florence Finch", False), ("Rosa Quintero", "Rosa Lago", False), ("John Finch Jr", "John Finch Sr", False),
        ("Ana", "Ana and Luis Quintero", False),
    ],
)  # fmt: skip
def test_two_spellings_are_of_one_person(one, other, same):
    assert same_person(one, other) is same
    assert same_person(other, one) is same


def test_the_fullest_spelling_of_the_same_person_wins():
    assert fullest("Gwen", ["Carl Finch-Montgomery", "G. Finch", "Gwendolyn Finch"]) == "Gwendolyn Finch"
    assert fullest("Rosa Quintero", ["Rosa Q", "Ana Quintero Díaz"]) == "Rosa Quintero"
