"""Whom we may answer. An answer to a machine, to a list or to ourselves begins a loop (RFC 3834 2)."""

import re

import idna

from allegro_privacy.core.message import Message, Via
from allegro_privacy.core.natures import Natures, null_path, submitted_by_program
from allegro_privacy.core.reading import Doubt, Nature, Note, Reading
from allegro_privacy.core.shop import Shop

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"(?=.{{1,64}}$){_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,190}}$){_LABEL}(?:\.{_LABEL})+")
_MACHINES = {
    Nature.AUTO_REPLY: "It is an automatic reply.",
    Nature.BOUNCE: "It is a report that mail could not be delivered.",
    Nature.FEEDBACK_REPORT: "It is a mail platform's report.",
    Nature.BULK: "It was sent to many.",
    Nature.RECEIPT: "It is a receipt that a mail program wrote.",
    Nature.OWN: "It is our own mail.",
    Nature.UNREADABLE: "Nobody could read it.",
}


def plain_address(email: str) -> str:
    """The address as a header may carry it, its domain in ASCII (RFC 5890); "" for anything that is not one plain
    address: a dot-atom, an @ and a domain. Quoted and international local parts are left to a person."""
    local, at, domain = email.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError, IndexError):
            return ""
    return f"{local}@{domain}" if at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) else ""


def addressee(message: Message, person_email: str, shop: Shop) -> str:
    """Whom to answer: the sender, or the person themselves when staff passed their words on or entered them. Never
    Reply-To, by which a stranger could send our answers to somebody else; "" when nobody can be written to."""
    passed_on = message.via is not Via.EMAIL or any(shop.is_own(each.email) for each in message.sender)
    if passed_on:
        return plain_address(person_email)
    return plain_address(message.sender[0].email) if len(message.sender) == 1 else ""


def why_not(message: Message, reading: Reading, to: str, shop: Shop, natures: Natures) -> str:
    """Why that message must not be answered there, in words; "" when it may be."""
    if message.via is not Via.EMAIL:
        return _not_there(to, shop, natures) if to else ""
    if not to:
        return "It does not come from one plain e-mail address."
    return _machine(message, reading, shop) or _relayed(message, reading, to) or _not_there(to, shop, natures)


def _machine(message: Message, reading: Reading, shop: Shop) -> str:
    if reading.nature in _MACHINES and Note.FORWARDED_BY_STAFF not in reading.notes:
        return _MACHINES[reading.nature]
    if submitted_by_program(message):
        return "A program sent it (Auto-Submitted), and programs are not answered (RFC 3834)."
    if null_path(message):
        return "It has no return path, so it wants no answer."
    if message.header("precedence").strip().lower() in ("bulk", "junk", "list"):
        return f"It was sent to many (Precedence: {message.header('precedence').strip().lower()})."
    ours = any(shop.is_own(value.strip(" <>")) for value in message.header_values("x-loop"))
    return "It is our own reply, come back (X-Loop)." if ours else ""


def _relayed(message: Message, reading: Reading, to: str) -> str:
    if message.header("list-id") or message.header("list-post"):
        return "It came through a mailing list."
    sender = {each.email.casefold() for each in message.sender}
    doubts = {*reading.doubts, *(each for request in reading.requests for each in request.doubts)}
    if Doubt.RELAYED in {each.doubt for each in doubts} and to.casefold() in sender:
        return "It was sent from an address that takes no answers, or through a list."
    return ""


def _not_there(to: str, shop: Shop, natures: Natures) -> str:
    local, _, domain = to.lower().rpartition("@")
    base = f"{local.partition('+')[0]}@{domain}"
    if shop.is_own(to) or to.lower() in shop.seeds or base in shop.unsubscribe_addresses or shop.is_own(base):
        return "The address is our own."
    senders = natures.senders
    if any(pattern.fullmatch(local) for pattern in (senders.daemons, senders.programs, senders.list_desks)):
        return "Nobody reads mail at that address."
    return ""
