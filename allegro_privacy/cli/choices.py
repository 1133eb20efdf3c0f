"""Words that must be one of a few, told well when they are not."""

from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from allegro_privacy.errors import UsageError

Choice = TypeVar("Choice", bound=StrEnum)


def one_of(choices: type[Choice], word: str, option: str) -> Choice:
    """The choice that a word names; UsageError with the nearest one otherwise."""
    try:
        return choices(word.strip().lower())
    except ValueError as error:
        known = [each.value for each in choices]
        near = get_close_matches(word, known, n=1)
        fix = f"Did you mean {option} {near[0]}?" if near else f"For example: {option} {known[0]}"
        raise UsageError(f"{option} cannot be {word!r}.", f"It is one of {', '.join(known)}.", fix) from error
