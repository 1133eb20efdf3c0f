"""Keys made on vectors are the Python keys, and no row that matching would not keep is sieved away."""

import csv
from itertools import islice
from random import Random

import numpy as np
import pytest
from hostile_lists import EMAILS, PHONES, hostile_list
from scrubbed import opened

from allegro_privacy.core import matching
from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching_doors import doors_of_row
from allegro_privacy.core.matching_people import people
from allegro_privacy.core.matching_plan import corner_of
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan
from allegro_privacy.core.scrub_row import PLAIN_EMAIL, decide, email_keys, phone_keys, row_of
from allegro_privacy.lists.block_emails import vector_hits
from allegro_privacy.lists.block_names import names_of
from allegro_privacy.lists.block_post import passing, watched
from allegro_privacy.lists.block_sets import name_code
from allegro_privacy.lists.block_shape import PADDING, shape_of
from allegro_privacy.lists.block_words import cells_of, plain_emails
from allegro_privacy.lists.scrub import Delimited

SIGNS = "abzABZ09..@@-_%+'\" <>;:,\0\x1a\x7féßİ\u0130ıſK\u00a0\u2028@＠。𝄞"
PARTS = (*EMAILS, "rosa", "@", "example.com", ".", "..", "x" * 60, "mailto:", "EXAMPLE.COM", "a", "co.uk", "xn--", "-")


def _written(dice: Random) -> str:
    """Something that may stand where an e-mail address belongs."""
    chance = dice.random()
    if chance < 0.3:
        return "".join(dice.choices(SIGNS, k=dice.randrange(12)))
    email = "".join(dice.choices(PARTS, k=dice.randrange(1, 5))) if chance < 0.6 else dice.choice(EMAILS)
    if dice.random() < 0.7:
        place = dice.randrange(len(email) + 1)
        email = email[:place] + dice.choice(SIGNS) + email[place + dice.randrange(2) :]
    return email.upper() if dice.random() < 0.3 else email


def _hostile(number: int, seed: int) -> list[str]:
    dice = Random(seed)
    return [_written(dice).replace("\n", "") for _ in range(number)]


def _column(cells: list[str]) -> tuple[bytes, list[int]]:
    raw = [cell.encode("utf-8", "surrogatepass") for cell in cells]
    return b"".join(raw), list(map(len, raw))


def test_a_plain_cell_is_one_that_the_python_pattern_takes_as_it_stands(request: pytest.FixtureRequest) -> None:
    cells = _hostile(request.config.getoption("--hostile-cells"), seed=1)
    raw, lengths = _column(cells)
    stops = np.cumsum(lengths)
    found = cells_of(np.frombuffer(raw + bytes(PADDING), np.uint8), stops - lengths, stops)
    plain = plain_emails(found).tolist()
    for place, cell in enumerate(cells):
        short = len(cell) <= 56
        assert plain[place] == bool(short and cell.isascii() and PLAIN_EMAIL.fullmatch(cell.lower())), cell
        if plain[place]:
            word = b"".join(int(part[place]).to_bytes(8, "little") for part in found.words).rstrip(b"\0")
            assert email_keys(cell) == (word.decode(),), cell
    assert sum(plain) > len(cells) / 20


def test_vector_hits_are_the_python_keys_hits_wherever_vectors_are_sure(request: pytest.FixtureRequest) -> None:
    dice, count = Random(2), request.config.getoption("--hostile-cells")
    phones = ["".join(dice.choices("0123456789 ().-+x٣", k=dice.randrange(24))) for _ in range(count)]
    phones = [dice.choice([*PHONES, "(305) 555-0123", "786-555-0199", cell]) for cell in phones]
    pairs = list(zip(_hostile(count, seed=3), phones, strict=True))
    body = b"".join(('"' + one.replace('"', '""') + '",' + two + "\n").encode() for one, two in pairs)
    form = Delimited(",", "utf-8", 2, Columns(emails=(0,), phones=(1,)))
    plan = ScrubPlan(emails=Keys({k: n + 1 for n, k in enumerate(EMAILS)}), phones=Keys({k: n + 9 for n, k in enumerate(PHONES)}))  # fmt: skip  # noqa: E501
    shape = shape_of(body, form, True)
    assert shape is not None
    hits, _, doubtful = vector_hits(shape, np.arange(count), form.columns, plan)
    for place, cells in enumerate(pairs):
        if not doubtful[place]:
            hit = decide(cells, form.columns, plan)
            assert hits[place] == (hit.suppression if hit else 0), (cells, email_keys(cells[0]), phone_keys(cells[1]))
    assert doubtful.sum() < count


def test_no_row_that_matching_would_not_keep_is_sieved_away(tmp_path, request: pytest.FixtureRequest) -> None:
    """Nor one that the first reading learns from."""
    stopped = 0
    lists = (hostile_list(number) for number in range(request.config.getoption("--hostile-lists") * 2))
    for hostile in islice((each for each in lists if each.plan.post.entries), 200):
        mailing = opened(tmp_path, hostile.content, wanted=hostile.wanted)
        if not isinstance(mailing.form, Delimited) or mailing.form.encoding != "utf-8":
            continue
        columns, plan = mailing.form.columns, hostile.plan
        corners = {corner_of(entry.door) for entry in plan.post.entries}
        for line in hostile.content[len(mailing.head.raw) :].splitlines(keepends=True):
            shape = shape_of(line, mailing.form, True)
            if shape is None or len(shape.cells) != 1 or shape.cells[0] != mailing.form.width:
                continue
            text = line.decode("utf-8", "replace")
            cells = next(csv.reader([text], delimiter=mailing.form.delimiter))
            row, rows = row_of(cells, columns), np.arange(1)
            if not passing(shape, rows, columns, plan)[0]:
                stopped += 1
                assert matching.decide_row(row, plan.post) == matching.KEEP, text
            if not watched(shape, rows, columns, plan)[0]:
                assert not any(corner_of(door) in corners for one in row.addresses for door in doors_of_row(one)), text
    assert stopped


WORDS = ("de", "la", "del", "y", "e", "van", "mc", "st", "o", "di", "Vega", "Li", "Vo", "Rosa", "J", "R", "Maria", "Jr", "Sr", "III", "2nd", "Dr", "MD", "Inc", "LLC", "The", "Ab", "Foods", "Family", "Familia", "household of", "and", "or", "Resident", "Garcia", "Lopez", "Jose", "Smith", "O'Neil", "Co", "Church", "Mr.", "x1", "né", "Esq", "Don", "Hijo")  # fmt: skip  # noqa: E501
BETWEEN = (" ", " ", " ", " ", "  ", ", ", ",", "-", "/", " & ", "&", " - ", ". ", " + ")


def _name(dice: Random) -> str:
    words = dice.choices(WORDS, k=dice.randrange(1, 7))
    name = "".join(word + dice.choice(BETWEEN) for word in words).strip()
    return dice.choice((name, name.upper(), name.lower(), name + dice.choice(("", "", ",", " ,x"))))


def test_every_beginning_that_matching_looks_up_is_among_those_of_the_vectors(request: pytest.FixtureRequest) -> None:
    dice, told = Random(4), 0
    count = request.config.getoption("--hostile-cells")
    pairs = [(_name(dice), _name(dice) if dice.random() < 0.5 else "") for _ in range(count)]
    body = "".join(f'"{first}","{last}"\n' for first, last in pairs).encode()
    shape = shape_of(body, Delimited(",", "utf-8", 2, Columns()), True)
    assert shape is not None
    for ways in (((0,),), ((0, 1),), ((1,), (0,))):
        names = names_of(shape, np.arange(count), ways)
        words = [column.tolist() for column in names.begins]
        for place in np.flatnonzero(~names.unsure).tolist():
            row = row_of(pairs[place], Columns(names=ways))
            begins = {column[place] for column in words} - {0}
            initials = {begin & 0xFF for begin in begins}
            for one in people(row.name):
                for word in (*one.surnames, *one.given[:1]):
                    assert name_code(word[:3]) in begins, (row.name, word)
                for given in one.given[:2]:
                    for surname in one.surnames:
                        assert ord(given[0]) in initials, (row.name, given)
                        assert name_code(given[:3]) in begins, (row.name, given)
                        assert ord(surname[0]) in initials, (row.name, surname)
                        told += 1
    assert told
