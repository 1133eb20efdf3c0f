"""Whose address it is: names beside addresses, in the shapes in which people write them."""

# ruff: noqa: E501 - each case is one line of its table

import pytest

from allegro_privacy.core.postal import find_named_addresses

PHRASES = ("NO SNAIL MAIL", "NO E-MAIL")
ELM = "12 Elm St\nSpringfield, IL 62701"

CASES = [
    ("the line above", "", f"Rosa Quintero\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("the line above, in capitals", "", f"ROSA QUINTERO\n{ELM.upper()}", "", [("ROSA QUINTERO", "line-above")]),
    ("the line above, in small letters", "", f"rosa quintero\n{ELM.lower()}", "", [("rosa quintero", "line-above")]),
    ("the same line", "", "Rosa Quintero, 12 Elm St, Springfield, IL 62701", "", [("Rosa Quintero", "same-line")]),
    ("the same line without commas", "", "Rosa Quintero 12 Elm St Springfield IL 62701", "", [("Rosa Quintero", "same-line")]),
    ("remove somebody at", "", "Please remove Rosa Quintero at 12 Elm St, Springfield, IL 62701.", "", [("Rosa Quintero", "same-line")]),
    ("remove somebody at, in small letters", "", "please remove rosa quintero at 12 elm st, springfield, il 62701", "", [("rosa quintero", "same-line")]),
    ("a label", "", "Name: Rosa Quintero\nAddress: 12 Elm St\nCity: Springfield\nState: IL\nZip: 62701", "", [("Rosa Quintero", "label")]),
    ("a label behind the address", "", f"{ELM}\nName: Rosa Quintero", "", [("Rosa Quintero", "label")]),
    ("first and last name with a label each", "", "First name: Rosa\nLast name: Quintero\nAddress: 12 Elm St\nZip: 62701", "", [("Rosa Quintero", "label")]),
    ("a Spanish label", "", "Nombre: Rosa Quintero Díaz\nDirección: 12 Elm St, Springfield, IL 62701", "", [("Rosa Quintero Díaz", "label")]),
    ("my name is", "", "My name is Rosa Quintero and I live at 12 Elm St, Springfield, IL 62701.", "", [("Rosa Quintero", "self")]),
    ("my name is, in small letters", "", "my name is rosa quintero, 12 elm st, springfield il 62701", "", [("rosa quintero", "self")]),
    ("I am", "", "I am Harold Finch, 12 Elm St, Springfield, IL 62701", "", [("Harold Finch", "self")]),
    ("me llamo", "", "Me llamo María José Quintero de la Cruz y vivo en 12 Elm St, Springfield, IL 62701", "", [("María José Quintero de la Cruz", "self")]),
    ("soy", "", "Soy Ana del Valle Suárez. Mi dirección es 12 Elm St, Springfield, IL 62701", "", [("Ana del Valle Suárez", "self")]),
    ("I am tired of it is no name", "", f"I am tired of this.\n\n{ELM}", "Rosa Quintero", [("Rosa Quintero", "display-name")]),
    ("the line after the closing", "", "Stop the catalogs to 12 Elm St, Springfield, IL 62701.\n\nThanks,\nRosa Quintero", "", [("Rosa Quintero", "closing")]),
    ("the line after a Spanish closing", "", "No más catálogos a 12 Elm St, Springfield, IL 62701.\n\nAtentamente,\n\nRosa Quintero", "", [("Rosa Quintero", "closing")]),
    ("the closing's own line", "", "No more catalogs to 12 Elm St, Springfield, IL 62701.\nThanks, Rosa Quintero", "", [("Rosa Quintero", "closing")]),
    ("name and address after the closing", "", f"Please stop.\n\nThank you,\nRosa Quintero\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("only the display name", "", f"Please stop mail to\n{ELM}", "Rosa Quintero", [("Rosa Quintero", "display-name")]),
    ("a display name turned around", "", f"Please stop mail to\n{ELM}", "Quintero, Rosa", [("Rosa Quintero", "display-name")]),
    ("a display name that is an address", "", f"Please stop mail to\n{ELM}", "rosa@example.com", [(None, "")]),
    ("no name anywhere", "", ELM, "", [(None, "")]),
    ("two people at two addresses", "", f"Jane Roe\n{ELM}\n\nJohn Doe\n450 Oak Ave\nPeoria, IL 61602", "", [("Jane Roe", "line-above"), ("John Doe", "line-above")]),
    ("two people in one sentence", "", "Remove Jane Roe at 12 Elm St, Springfield, IL 62701 and John Doe at 450 Oak Ave, Peoria, IL 61602.", "", [("Jane Roe", "same-line"), ("John Doe", "same-line")]),
    ("two labelled people", "", "Name: Jane Roe\nAddress: 12 Elm St\nZip: 62701\n\nName: John Doe\nAddress: 450 Oak Ave\nZip: 61602", "", [("Jane Roe", "label"), ("John Doe", "label")]),
    ("one person, old and new address", "", "My name is Jane Roe. I moved from 12 Elm St, Springfield, IL 62701 to 450 Oak Ave, Peoria, IL 61602.", "", [("Jane Roe", "self"), ("Jane Roe", "self")]),
    ("a couple stays whole", "", f"Bob and Mary Smith\n{ELM}", "", [("Bob and Mary Smith", "line-above")]),
    ("a couple with titles stays whole", "", f"Mr. & Mrs. Harold Finch\n{ELM}", "", [("Mr. & Mrs. Harold Finch", "line-above")]),
    ("a Spanish couple", "", f"Juan Pérez y María López\n{ELM}", "", [("Juan Pérez y María López", "line-above")]),
    ("a title is taken off", "", f"Dr. Rosa Quintero\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("a Spanish title is taken off", "", f"Sra. Rosa Quintero\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("a generation suffix stays", "", f"Harold Finch, Jr.\n{ELM}", "", [("Harold Finch, Jr.", "line-above")]),
    ("a third", "", f"Harold Finch III\n{ELM}", "", [("Harold Finch III", "line-above")]),
    ("initials", "", f"J. R. O'Brien-Smith\n{ELM}", "", [("J. R. O'Brien-Smith", "line-above")]),
    ("a surname that is a suffix", "", f"Della Street\n{ELM}", "", [("Della Street", "line-above")]),
    ("care of somebody else", "", f"Rosa Quintero\nc/o Ana Diaz\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("a company between", "", f"Rosa Quintero\nExample Guitars, Inc.\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("only a company", "", f"Example Guitars, Inc.\n{ELM}", "", [("Example Guitars, Inc.", "line-above")]),
    ("a unit line between", "", "Rosa Quintero\nApt 4\n12 Elm St\nSpringfield, IL 62701", "", [("Rosa Quintero", "line-above")]),
    ("a building's name between", "", "Rosa Quintero\nGrand Towers Condominium\n12 Elm St\nSpringfield, IL 62701", "", [("Rosa Quintero", "line-above")]),
    ("everything in the subject", "NO SNAIL MAIL Rosa Quintero, 12 Elm St, Springfield, IL 62701", "", "", [("Rosa Quintero", "same-line")]),
    ("everything in a replied subject", "Re: NO SNAIL MAIL - Rosa Quintero - 12 Elm St - Springfield IL 62701", "", "", [("Rosa Quintero", "same-line")]),
    ("the name in the subject, the address below", "NO SNAIL MAIL Rosa Quintero", ELM, "", [("Rosa Quintero", "line-above")]),
    ("the ZIP in the subject, the street below", "NO SNAIL MAIL 62701", "Rosa Quintero\n12 Elm St", "", [("Rosa Quintero", "line-above")]),
    ("the command on the first line", "NO SNAIL MAIL", f"NO SNAIL MAIL\nRosa Quintero\n{ELM}", "", [("Rosa Quintero", "line-above")]),
    ("the shop's own staff is nobody", "", f"Thanks,\nPat Example\n{ELM}", "Rosa Quintero", [("Rosa Quintero", "display-name")]),
    ("a foreign address keeps its person", "", "Jane Roe\n12 Main Street\nToronto ON M5V 2T6\nCanada", "", [("Jane Roe", "line-above")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "text", "display", "expected"), [pytest.param(*rest, id=name) for name, *rest in CASES]
)
def test_each_address_has_its_person(subject, text, display, expected):
    named = find_named_addresses(subject, text, display, own_names=("Pat Example",), phrases=PHRASES)
    assert [(one.name, one.name_from) for one in named] == expected


def test_a_zip_code_in_the_subject_completes_the_address_below():
    (one,) = find_named_addresses("NO SNAIL MAIL 62701", "Rosa Quintero\n12 Elm St", phrases=PHRASES)
    assert (one.address.line1, one.address.city, one.address.zip, one.address.missing) == (
        "12 Elm St",
        "Springfield",
        "62701",
        (),
    )


def test_a_missing_name_and_a_name_of_the_header_are_doubts():
    (nameless,) = find_named_addresses("", ELM)
    (header,) = find_named_addresses("", ELM, "Rosa Quintero")
    assert nameless.doubts
    assert header.doubts
