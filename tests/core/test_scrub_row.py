"""What the cells of a row mean, and whom they are taken for."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core import matching
from allegro_privacy.core.columns import AddressColumns, Columns
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.keyed import keyed
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.scrub_plan import Keys, ScrubPlan, hashed_keys
from allegro_privacy.core.scrub_row import decide, digest_of, email_keys, row_of, zip_of

CELLS = [
    ("plain", "rosa@example.com", ("rosa@example.com",)),
    ("upper case, blanks", "  ROSA@Example.COM\t", ("rosa@example.com",)),
    ("a dot behind the domain", "rosa@example.com.", ("rosa@example.com",)),
    ("mailto", "mailto:rosa@example.com", ("rosa@example.com",)),
    ("with a name", '"Rosa Q" <rosa@example.com>', ("rosa@example.com",)),
    ("two of them", "rosa@example.com, al@example.com", ("rosa@example.com", "al@example.com")),
    ("another script", "ana@bücher.example", ("ana@xn--bcher-kva.example",)),
    ("nobody", "n/a", ()),
    ("empty", "  ", ()),
]


@pytest.mark.parametrize(("cell", "keys"), [pytest.param(*row[1:], id=row[0]) for row in CELLS])
def test_the_keys_of_a_cell(cell: str, keys: tuple[str, ...]) -> None:
    assert email_keys(cell) == keys


@given(st.text("abzAZ019.@-_+% xn:\u00e9\u0130", max_size=24))
def test_the_short_way_to_a_key_agrees_with_the_ledgers(cell: str) -> None:
    key = email_key(cell)
    assert not key or email_keys(cell) == (key,)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("33131", "33131"), ("33131-1234", "33131"), ("331311234", "33131"), ("2134", "02134"), ("2134.0", "02134"),
     ("21341234", "02134"), ("501", "00501"), ("K1A 0B1", "K1A 0B1"), ("", "")],
)  # fmt: skip
def test_zip_codes_that_a_spreadsheet_damaged_are_mended(cell: str, code: str) -> None:
    assert zip_of(cell) == code


def test_a_hash_is_known_in_each_algorithm_and_spelling() -> None:
    plan = ScrubPlan(hashes=hashed_keys({"jane.doe+guitar@example.com": 7}, ("md5", "sha1", "sha256", "sha512")))
    columns = Columns(hashes=(0,))
    for cell in (
        "85f5715bd23e30952e185ca7debdd92d",
        "B1CD0C11DC60175560D958EC00A55AD4AC0A0AAF",
        " e74ca18976de872371436a848a9ef19001ba18e0c6d430945c1a37a79841df4d ",
        "50yhiXbehyNxQ2qEip7xkAG6GODG1DCUXBo3p5hB300=",
        hashlib.sha512(b"jane.doe+guitar@example.com").hexdigest(),
    ):
        hit = decide([cell], columns, plan)
        assert hit is not None
        assert hit.suppression == 7
    assert decide(["85f5715bd23e30952e185ca7debdd92e"], columns, plan) is None
    assert digest_of("not base64 at all, but 44 characters long .=") == ""


def test_an_erased_person_is_known_by_a_keyed_hash() -> None:
    secret = b"secret"
    plan = ScrubPlan(
        emails=Keys({}, {keyed(secret, "email", "rosa@example.com"): 3}),
        phones=Keys({}, {keyed(secret, "phone", "+13055550123"): 4}),
        secret=secret,
    )
    columns = Columns(emails=(0,), phones=(1,))
    assert decide(["ROSA@example.com", ""], columns, plan).suppression == 3  # type: ignore[union-attr]
    assert decide(["", "305-555-0123"], columns, plan).suppression == 4  # type: ignore[union-attr]
    assert decide(["al@example.com", "305-555-0124"], columns, plan) is None


def test_every_address_that_a_row_carries_is_matched() -> None:
    address = PostalAddress("", "1450 Brickell Ave", "Apt 2203", "Miami", "FL", "33131")
    asked = matching.Suppressed("S9", Level.HOUSEHOLD, "Harold Finch", address)
    plan = ScrubPlan(post=matching.make_plan([asked]))
    two = (AddressColumns((1,), (), (2,), (3,), (4,)), AddressColumns((5,), (), lastline=(6,)))
    columns = Columns(names=((0,),), addresses=two)
    moved = ["Harold Finch", "9 Oak St", "Tampa", "FL", "33602", "1450 Brickell Avenue #2203", "Miami, FL 33131-1000"]
    hit = decide(moved, columns, plan)
    assert hit is not None
    assert (hit.verdict, hit.suppression) == ("drop", 9)
    assert decide([*moved[:5], "", ""], columns, plan) is None
    label = Columns(labels=(0, 1, 2))
    assert decide(["Harold Finch", "1450 Brickell Ave Apt 2203", "Miami, FL 33131"], label, plan) is not None
    assert row_of(["Acme", "", ""], label).addresses == ()
