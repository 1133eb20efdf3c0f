"""Card numbers never reach the store, the log or the screen: at most the last four digits stay.

A plain pattern misses full-width and Arabic-Indic digits, zero-width characters, numbers broken by a line end and
numbers followed by their expiry date. So every run of digits is read, whatever stands between them, and every
window of a card's length that starts where a group of digits starts is tried.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, pairwise

from allegro_privacy.core.message import Embedded, Flag, Mailbox, Message

SHORTEST, LONGEST = 13, 19

# Decimal digits of every script, and the superscript, circled and bracketed ones that NFKC folds to digits.
_DIGIT = r"[\d²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒]"
_INVISIBLE = r"\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_BETWEEN = rf"[\s>\-\u2010-\u2015\u2212\ufe63\uff0d{_INVISIBLE}]"
# A dot only between groups of four, or every table of decimals would be one long number.
_RUN = re.compile(rf"{_DIGIT}(?:(?:{_BETWEEN}{{0,8}}+|(?<={_DIGIT}{{4}})\.){_DIGIT}){{{SHORTEST - 1},}}+")
_ASCII_RUN = re.compile(r"[0-9](?:(?:[\s>\-]{0,8}+|(?<=[0-9]{4})\.)[0-9]){12,}+", re.ASCII)
_ONE_DIGIT = re.compile(_DIGIT)
_ONLY_INVISIBLE = re.compile(rf"[{_INVISIBLE}]*")

# ISO/IEC 7812 issuer ranges with the lengths that they issue (first digits from, to, lengths).
_ISSUERS = (
    (4, 4, (19, 16, 13)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14,)),  # Diners Club
    (36, 36, (14,)),
    (38, 39, (14,)),
    (6011, 6011, (19, 18, 17, 16)),  # Discover
    (644, 659, (19, 18, 17, 16)),
    (3528, 3589, (19, 18, 17, 16)),  # JCB
    (62, 62, (19, 18, 17, 16)),  # UnionPay
    (81, 81, (19, 18, 17, 16)),
    *((prefix, prefix, tuple(range(19, 12, -1))) for prefix in (5018, 5020, 5038, 5893, 6304)),  # Maestro
    (6759, 6763, tuple(range(19, 12, -1))),
)
_PREFIXES = (1, 2, 3, 4)
_LENGTHS = {str(prefix): lengths for low, high, lengths in _ISSUERS for prefix in range(low, high + 1)}

# Lengths of groups: ZIP or ZIP+4 at the start, a phone number anywhere.
_PHONE_OR_ZIP = re.compile(r"^5-|\b3-3-4\b|\b3-7\b|^10-|-1[01]\b")

_SSN = re.compile(r"(?<![\d-])(?!000|666)\d{3}([ -])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])")
_SSN_NAMED = re.compile(
    r"\b(?:ssn|social security|seguro social|tax ?id|itin)\b[^\d\n]{0,30}\d{3}[ -]?\d{2}[ -]?\d{4}(?!\d)", re.IGNORECASE
)
_SSN_END = re.compile(r"\d\d[ -]?\d{4}(?!\d)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣\uff0d", "-") | dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))

# Values that machines make and compare; a person cannot type a card number there, and a false hit would break them.
_MACHINE_HEADERS = frozenset(
    {
        "message-id",
        "in-reply-to",
        "references",
        "received",
        "x-received",
        "return-path",
        "date",
        "list-unsubscribe",
        "list-id",
    }
    | {"dkim-signature", "domainkey-signature", "arc-seal", "arc-message-signature", "arc-authentication-results"}
    | {"authentication-results", "received-spf", "feedback-id", "delivered-to", "x-original-to"}
)


def redact_cards(text: str) -> tuple[str, int]:
    """The text with every card number replaced by its last four digits, and how many there were."""
    pattern = _ASCII_RUN if text.isascii() else _RUN
    pieces: list[str] = []
    done = count = 0
    for run in pattern.finditer(text):
        for start, end, last_four in _cards(text, run.start(), run.end()):
            pieces += (text[done:start], f"[card ····{last_four}]")
            done = end
            count += 1
    if not count:
        return text, 0
    pieces.append(text[done:])
    return "".join(pieces), count


def _cards(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where the card numbers stand in one run of digits: start, end, last four digits."""
    places = [match.start() for match in _ONE_DIGIT.finditer(text, start, end)]
    digits = "".join(str(unicodedata.digit(text[place])) for place in places)
    sums = _luhn_sums(digits)
    cuts = {0, len(places)} | {
        index
        for index, (before, after) in enumerate(pairwise(places), start=1)
        if after - before > 1 and not _ONLY_INVISIBLE.fullmatch(text, before + 1, after)
    }
    free = 0
    for index in sorted(cuts):
        length = _card_length(digits, index, sums, cuts) if index >= free else 0
        if length:
            free = index + length
            yield places[index], places[free - 1] + 1, digits[free - 4 : free]


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Running Luhn sums with every even, and with every odd place doubled: any window's sum is one subtraction."""
    plain = [int(digit) for digit in digits]
    doubled = [2 * digit - 9 * (digit > 4) for digit in plain]
    even = (doubled[place] if place % 2 == 0 else digit for place, digit in enumerate(plain))
    odd = (doubled[place] if place % 2 else digit for place, digit in enumerate(plain))
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _card_length(digits: str, start: int, sums: tuple[list[int], list[int]], cuts: set[int]) -> int:
    """How long the card number is that starts here, 0 for none; one that ends with a group of digits is preferred."""
    prefixes = (digits[start : start + size] for size in _PREFIXES)
    issued = next((_LENGTHS[prefix] for prefix in prefixes if prefix in _LENGTHS), ())
    fitting = []
    for length in issued:
        end = start + length
        if end <= len(digits):
            running = sums[end % 2]
            if (running[end] - running[start]) % 10 == 0 and not _is_phone_or_zip(start, end, cuts):
                fitting.append(length)
    return next((length for length in fitting if start + length in cuts), fitting[0] if fitting else 0)


def _is_phone_or_zip(start: int, end: int, cuts: set[int]) -> bool:
    """Are these digits grouped as a ZIP code beside a phone number? "34102 305-555-0142" has an Amex card's length."""
    edges = [start, *(place for place in range(start + 1, end) if place in cuts), end]
    groups = [after - before for before, after in pairwise(edges)]
    even = len(set(groups[:-1])) <= 1 and groups[-1] <= groups[0]
    return not (even and groups[0] != 10) and bool(_PHONE_OR_ZIP.search("-".join(map(str, groups))))


def has_sensitive_number(text: str) -> bool:
    """Does the text hold what looks like a US social security number?"""
    if not text.isascii():
        text = text.translate(_DASHES)
    return bool(_SSN_END.search(text) and (_SSN.search(text) or _SSN_NAMED.search(text)))


def redact_message(message: Message) -> Message:
    """The message without card numbers anywhere in it; flagged when there were any."""
    count = 0

    def clean(text: str) -> str:
        nonlocal count
        text, found = redact_cards(text)
        count += found
        return text

    redacted = replace(
        message,
        subject=clean(message.subject),
        text=clean(message.text),
        sender=_mailboxes(message.sender, clean),
        reply_to=_mailboxes(message.reply_to, clean),
        to=_mailboxes(message.to, clean),
        headers=_headers(message.headers, clean),
        machine=tuple((kind, clean(text)) for kind, text in message.machine),
        attachments=tuple(replace(attachment, name=clean(attachment.name)) for attachment in message.attachments),
        embedded=tuple(_embedded(embedded, clean) for embedded in message.embedded),
    )
    return replace(redacted, flags=redacted.flags | {Flag.CARD_REDACTED}) if count else message


def _mailboxes(mailboxes: tuple[Mailbox, ...], clean: Callable[[str], str]) -> tuple[Mailbox, ...]:
    return tuple(replace(mailbox, name=clean(mailbox.name)) for mailbox in mailboxes)


def _headers(headers: tuple[tuple[str, str], ...], clean: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value if name in _MACHINE_HEADERS else clean(value)) for name, value in headers)


def _embedded(embedded: Embedded, clean: Callable[[str], str]) -> Embedded:
    return Embedded(
        sender=_mailboxes(embedded.sender, clean),
        to=_mailboxes(embedded.to, clean),
        subject=clean(embedded.subject),
        text=clean(embedded.text),
        headers=_headers(embedded.headers, clean),
    )
