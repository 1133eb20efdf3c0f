"""Opt-outs that a mail program made for its user: the unsubscribe buttons of mail clients answer a List-Unsubscribe
header (RFC 2369, RFC 8058). They look automatic, and are valid all the same."""

import re

from allegro_privacy.core.letter import Letter
from allegro_privacy.core.message import Message
from allegro_privacy.core.natures import Judged, Natures, submitted_by_program
from allegro_privacy.core.reading import Nature, Note
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.shop import Shop

_SHORT = 60
_COMMAND_AND_TOKEN = re.compile(r"(?P<command>[a-z]{4,12}(?:-[a-z]{3,12})?)[\s:=_,;-]+(?P<tokens>\S.*)", re.IGNORECASE)
_LONGEST_TITLE = 500
_MOST_TOKENS = 3
_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~%-]{6,}")
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to")
_MADE = Judged(Nature.PERSONAL, "a mail program's unsubscribe button", (Note.MACHINE_MADE,), machine_made=True)


def judge_machine_made(letter: Letter, rules: Rules, shop: Shop) -> Judged | None:
    """An opt-out from a button: the program's own header; a command, a token or nothing to our unsubscribe address; a
    command that is all there is in a message which a program sent."""
    message, natures = letter.message, rules.natures
    if natures.is_daemon(message) or any(type_ != "text/calendar" for type_, _ in message.machine):
        return None
    if any(message.header(name).strip().lower() in ("true", "yes", "1") for name in natures.headers.unsubscribing):
        return _MADE
    token = _is_command_and_token(letter, natures)
    commanded = token or _commands(letter, rules)
    silent = says_nothing(letter)
    stock = letter.has("stock-unsubscribe")
    answers = letter.replied or letter.has("auto-reply")
    if _is_to_unsubscribe_address(message, shop):
        by_program = submitted_by_program(message).startswith(("auto-replied", "auto-notified"))
        return _MADE if commanded or ((silent or stock) and not (answers or by_program)) else None
    if token and silent:
        return _MADE
    if not commanded or answers:
        return None
    if silent or stock or _text_commands(letter, rules):
        return _MADE if stock or submitted_by_program(message) else None
    # The words of a button that is not known yet: short, and nothing in them is an answer.
    short = len(letter.text.tokens) < _SHORT and not letter.has("auto-reply-text")
    return _MADE if submitted_by_program(message) and short else None


def says_nothing(letter: Letter) -> bool:
    """Is there not a word in the text?"""
    return not any(token.isalnum() for token in letter.text.tokens)


def _is_to_unsubscribe_address(message: Message, shop: Shop) -> bool:
    addresses = [mailbox.email for mailbox in message.to]
    addresses += [value.strip(" <>") for name in _ENVELOPE for value in message.header_values(name)]
    for address in addresses:
        local, _, domain = address.lower().partition("@")
        if f"{local.partition('+')[0]}@{domain}" in shop.unsubscribe_addresses:
            return True
    return False


def _commands(letter: Letter, rules: Rules) -> bool:
    return any(hit.rule.kind == "opt-out" for hit in rules.hits(letter.subject, tiers=("whole",)))


def _text_commands(letter: Letter, rules: Rules) -> bool:
    if len(letter.text.tokens) >= _SHORT:
        return False
    return any(hit.rule.kind == "opt-out" for hit in rules.hits(letter.text, tiers=("whole",)))


def _is_command_and_token(letter: Letter, natures: Natures) -> bool:
    """ "unsubscribe:8f3a…" or "unsubscribe 8f3a…", as List-Unsubscribe headers prescribe."""
    match = _COMMAND_AND_TOKEN.fullmatch(letter.title[:_LONGEST_TITLE])
    if not match or match["command"].lower() not in natures.commands:
        return False
    tokens = re.split(r"[\s:]+", match["tokens"])
    return len(tokens) <= _MOST_TOKENS and all(map(_is_token, tokens))


def _is_token(word: str) -> bool:
    return _TOKEN.fullmatch(word) is not None and any(character.isdigit() for character in word)
