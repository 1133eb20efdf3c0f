"""What staff change in a question before they accept it, asked part by part; nothing is recorded here."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allegro_privacy.cli import console
from allegro_privacy.cli.choices import one_of
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.errors import PrivacyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from allegro_privacy.workflow.corrections import Changes

# A letter, the part of the changes that it names, what is asked for.
PARTS = {
    "k": ("kind", "What is asked"),
    "c": ("channels", "Which way of contact stops: email, post, phone (several: email post)"),
    "n": ("name", "The person's name"),
    "e": ("email", "The e-mail address to act on"),
    "p": ("phone", "The phone number to act on"),
    "a": ("address", "The whole postal address, on one line or several; an empty line ends it"),
    "s": ("street", "The house number and street alone"),
    "u": ("unit", 'The apartment or suite alone ("none" takes it away)'),
    "t": ("city", "The town alone"),
    "f": ("state", "The state alone"),
    "z": ("zip", "The ZIP code alone"),
    "l": ("level", "How far it reaches: individual, household or address"),
    "w": ("note", "Why, in your words; it is recorded"),
}
MENU = (
    "What is to change?  k kind, c channel, n name, e e-mail, p phone,",
    "  a whole address, s street, u unit, t town, f state, z ZIP code, l level,",
    "  w your note why; x forget all changes; Enter: done",
)


def asked_for(changes: "Changes", kinds: "Iterable[str]", check: "Callable[[Changes], object]") -> "Changes":
    """The changes with all that are typed, one after the other, until Enter alone. What `check` refuses, or is none, is
    told and not kept."""
    for line in MENU:
        console.say(line)
    while letter := console.reply("Change (Enter: done):"):
        try:
            changed = _one_more(changes, letter, kinds)
            check(changed)
        except PrivacyError as error:
            console.error_lines(error.what, error.why, error.fix, "not changed")
        else:
            changes = changed
    return changes


def _one_more(changes: "Changes", letter: str, kinds: "Iterable[str]") -> "Changes":
    """The changes with the one that a letter names; the same when nothing was typed for it."""
    from allegro_privacy.workflow.corrections import Changes

    if letter == "x":
        console.say("All changes are forgotten.")
        return Changes()
    if letter not in PARTS:
        letters = ", ".join((*PARTS, "x"))
        raise UsageError(f"{letter!r} is none of these letters.", f"They are {letters}.", "Enter alone when done.")
    part, question = PARTS[letter]
    if part == "kind":
        question = f"{question}: {', '.join(kinds)}"
    typed = _lines(question) if part == "address" else console.reply(f"{question}:")
    return replace(changes, **_value(part, typed)) if typed else changes


def _lines(question: str) -> str:
    """An address is often pasted as it stands on an envelope."""
    lines: list[str] = []
    line = console.reply(f"{question}:", forget=True)
    while line:
        lines.append(line)
        line = console.reply("…", forget=False)
    return "\n".join(lines)


def _value(part: str, typed: str) -> dict[str, Any]:
    if part == "channels":
        chosen = typed.replace(",", " ").split()
        return {part: tuple(dict.fromkeys(one_of(Channel, each, "The channel") for each in chosen))}
    if part == "address":
        # A whole address takes the place of the parts that were corrected before it.
        return {"street": None, "unit": None, "city": None, "state": None, "zip": None, part: typed}
    if part == "level":
        return {part: one_of(Level, typed, "The level")}
    return {part: typed.lower() if part == "kind" else typed}
