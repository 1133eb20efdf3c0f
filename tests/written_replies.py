"""Every reply, about invented requests: what the letters are written from in the tests."""

from dataclasses import replace
from datetime import date

from allegro_privacy import config, tables
from allegro_privacy.core.drops import Drop
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.replies import PLACEHOLDERS, Facts, Stopped
from allegro_privacy.core.reply_words import Language, load_language
from allegro_privacy.workflow import letters

DAY = date(2026, 11, 20)
EMAIL = Stopped(Channel.EMAIL, date(2026, 11, 20), None, "rosa@example.com")
POST = Stopped(Channel.POST, date(2026, 11, 21), Level.INDIVIDUAL)
PHONE = Stopped(Channel.PHONE, date(2026, 11, 20))
BASE = Facts(
    about="C8",
    kind="access",
    lane="rights",
    received=DAY,
    today=date(2026, 11, 23),
    answer_by=date(2026, 12, 18),
    to="rosa@example.com",
    name="Rosa Quintero",
    subject="my data",
    message_id="<a1@mail.example.com>",
    shop="Allegro Music Center",
    phone="1-877-768-7287",
)
OPT_OUT = replace(BASE, about="S5", kind="opt-out", lane="opt-out", channel=Channel.EMAIL, subject="NO E-MAIL")
POSTAL = replace(
    OPT_OUT, about="R12", channel=Channel.POST, subject="NO SNAIL MAIL", missing=("name", "address", "zip")
)
DELETION = replace(BASE, kind="deletion", subject="delete my data")
AGENT = replace(DELETION, for_another=True, name="Permitly Requests", to="requests@permitly.example")


def _drop(number: int, name: str, cut: date, first: date, last: date, channel: Channel = Channel.POST) -> Drop:
    return Drop(number, name, channel, "acme", cut, first, last)


DROPS = (
    _drop(1, "winter circular", date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 3)),
    _drop(2, "piano days", date(2026, 11, 20), date(2026, 12, 8), date(2026, 12, 8)),
    _drop(3, "after the opt-out", date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 15)),
)
NEWSLETTER = _drop(4, "Sunday letter", date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 22), Channel.EMAIL)

# What it shows → the template and the facts.
SHOWN: dict[str, tuple[str, Facts]] = {
    "receipt-access": ("receipt", BASE),
    "receipt-correction": ("receipt", replace(BASE, kind="correction")),
    "receipt-deletion": ("receipt", DELETION),
    "receipt-deletion-too-late": ("receipt", replace(DELETION, today=date(2027, 1, 20))),
    "receipt-deletion-to-an-agent": ("receipt", AGENT),
    "receipt-child": ("receipt", replace(BASE, kind="child-removal")),
    "receipt-question": ("receipt", replace(BASE, kind="question", lane="opt-out", answer_by=None)),
    "receipt-opt-out": ("receipt", OPT_OUT),
    "receipt-opt-in": ("receipt", replace(BASE, kind="opt-in", channel=Channel.EMAIL, answer_by=None)),
    "receipt-do-not-share": ("receipt", replace(BASE, kind="do-not-share", lane="opt-out")),
    "receipt-without-name-or-phone": ("receipt", replace(BASE, name="", phone="", subject="")),
    "done-email": ("done", replace(OPT_OUT, stopped=(EMAIL,))),
    "done-email-of-another-address": ("done", replace(OPT_OUT, stopped=(replace(EMAIL, email="old@example.org"),))),
    "done-everything": ("done", replace(OPT_OUT, stopped=(EMAIL, POST, PHONE))),
    "done-household": ("done", replace(POSTAL, stopped=(replace(POST, level=Level.HOUSEHOLD),))),
    "done-address": ("done", replace(POSTAL, stopped=(replace(POST, level=Level.ADDRESS),))),
    "need-your-address": ("need-your-address", POSTAL),
    "need-your-address-zip-only": ("need-your-address", replace(POSTAL, missing=("zip",))),
    "need-your-address-on-paper": ("need-your-address", replace(POSTAL, to="", subject="", message_id="")),
    "need-to-verify-access": ("need-to-verify", BASE),
    "need-to-verify-deletion": ("need-to-verify", DELETION),
    "need-permission": ("need-permission", AGENT),
    "may-still-receive": ("may-still-receive", replace(POSTAL, stopped=(POST,))),
    "may-still-receive-planned": ("may-still-receive", replace(POSTAL, stopped=(POST,), drops=DROPS)),
    "may-still-receive-one-planned": ("may-still-receive", replace(POSTAL, stopped=(POST, EMAIL), drops=DROPS[:1])),
    "may-still-receive-email-planned": ("may-still-receive", replace(OPT_OUT, stopped=(EMAIL,), drops=(NEWSLETTER,))),
    "partial-deletion": ("partial-deletion", DELETION),
    "partial-deletion-to-an-agent": ("partial-deletion", AGENT),
    "denied-no-match": ("denied", replace(BASE, reason="no-match")),
    "denied-not-verified": ("denied", replace(DELETION, reason="insufficient-verification")),
    "denied-outside": ("denied", replace(BASE, kind="correction", reason="outside-jurisdiction")),
    "denied-not-covered": ("denied", replace(BASE, reason="not-covered")),
    "denied-too-many": ("denied", replace(BASE, reason="too-many-requests")),
    "denied-fraud": ("denied", replace(AGENT, reason="suspected-fraud")),
    "we-do-not-sell": ("we-do-not-sell", replace(BASE, kind="do-not-share", lane="opt-out")),
    "condolence": ("condolence", replace(POSTAL, stopped=(POST, EMAIL), deceased=True)),
}


def languages() -> dict[str, Language]:
    """The letters as they are shipped."""
    known = frozenset(PLACEHOLDERS)
    return {code: load_language(code, *files, known) for code, files in tables.replies().items()}


def shipped() -> letters.Letters:
    """All that replies are written with, by the sample configuration."""
    return letters.load(config.parse(config.sample(), None))
