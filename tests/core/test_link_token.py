"""Tokens: only we can make or read one, and a changed one is none."""

import base64
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegro_privacy.core.link_token import TOKEN, Link, link_keys

SECRET, OTHER = "a secret of more than thirty-two signs", "another secret of more than thirty-two signs"
KEYS = link_keys({"k1": SECRET}, "k1")
ROSA = Link("Rosa.Quintero+shop@example.com", "2026-12-sale")
FORGED = 20_000


@settings(max_examples=50)
@given(st.emails(), st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=60))
def test_what_a_token_names_comes_back(email: str, campaign: str) -> None:
    link = Link(email, campaign)
    token = KEYS.token(link)
    assert KEYS.read(token) == link
    assert re.fullmatch(TOKEN, token)


def test_the_same_link_has_the_same_token_and_another_campaign_another() -> None:
    assert KEYS.token(ROSA) == KEYS.token(ROSA)
    assert (
        KEYS.token(ROSA).partition(".")[2][:20] != KEYS.token(Link(ROSA.email, "2027-01-sale")).partition(".")[2][:20]
    )


def test_the_address_and_the_campaign_are_not_in_it() -> None:
    sealed = base64.urlsafe_b64decode(KEYS.token(ROSA).partition(".")[2] + "==")
    for part in (b"rosa", b"example", b"sale", b"email"):
        assert part not in sealed.lower()


def test_addresses_of_nearly_one_length_have_tokens_of_one_length() -> None:
    lengths = {len(KEYS.token(Link("x" * length + "@example.com", "sale"))) for length in range(10, 26)}
    assert len(lengths) == 1


def changed(token: str) -> dict[str, str]:
    key_id, _, body = token.partition(".")
    return {
        "cut": token[:-1],
        "longer": token + "A",
        "another key's id": f"k2.{body}",
        "no key's id": body,
        "the key's id in capitals": f"K1.{body}",
        "lower case": token.lower(),
        "padding": token + "=",
        "the other alphabet": token.replace("-", "+").replace("_", "/") + "/",
        "twice": token + token,
        "a blank behind it": token + " ",
        "a line end behind it": token + "\n",
        "NUL": token + "\0",
        "nothing": "",
        "a dot": ".",
        "the id alone": f"{key_id}.",
        "zeros": f"k1.{'A' * 64}",
        "no ASCII": f"k1.{'é' * 64}",
        "digits that are none": f"k1.{'٣' * 64}",
        "very long": f"k1.{'A' * 100_000}",
    }


@pytest.mark.parametrize("how", changed("k1.x"))
def test_a_changed_token_is_none(how: str) -> None:
    assert KEYS.read(changed(KEYS.token(ROSA))[how]) is None


def test_no_sign_of_a_token_can_be_exchanged() -> None:
    """Also not the last one, of which base64 leaves some bits unused."""
    token = KEYS.token(Link("a@example.com", "s"))
    assert KEYS.read(token)
    for place in range(3, len(token)):
        for sign in "AQgw19_-":
            if sign != token[place]:
                assert KEYS.read(token[:place] + sign + token[place + 1 :]) is None


def test_of_forged_tokens_none_is_accepted() -> None:
    """A million of them are tried by hand (docs/measurements.md)."""
    chance = random.Random(7)
    for _ in range(FORGED):
        body = base64.urlsafe_b64encode(chance.randbytes(48)).decode()
        assert KEYS.read(f"k1.{body}") is None


def test_a_token_of_an_old_key_goes_on_working_and_new_ones_are_made_with_the_new() -> None:
    both = link_keys({"k1": SECRET, "k2": OTHER}, "k2")
    assert both.read(KEYS.token(ROSA)) == ROSA
    assert both.token(ROSA).startswith("k2.")
    assert link_keys({"k2": OTHER}, "k2").read(KEYS.token(ROSA)) is None


def test_a_token_of_the_same_id_and_another_secret_is_none() -> None:
    assert link_keys({"k1": OTHER}, "k1").read(KEYS.token(ROSA)) is None


def test_no_repr_shows_a_key() -> None:
    assert SECRET not in repr(KEYS)
    assert "AESSIV" not in repr(KEYS)
