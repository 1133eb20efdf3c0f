"""What concerns a child is shown shortened in every listing, until somebody opens it on purpose (16 CFR 312: a child's
data is kept and shown no further than is needed)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from allegro_privacy.core.model import Decision, Doubt, Evidence, Person, PostalAddress, Request

HIDDEN = "(hidden: a child may be concerned)"
_DOUBTS = frozenset({Doubt.CHILD.value, Doubt.MINOR.value})
_KIND = "child-removal"


def is_about_child(decision: Mapping[str, Any]) -> bool:
    """May a child be concerned, by what was read in the message? decision: as an event's content holds it."""
    judged = [one["request"] for one in decision.get("requests", ())]
    doubts = [one["doubt"] for found in (decision, *judged) for one in found.get("doubts", ())]
    return any(request["kind"] == _KIND for request in judged) or not _DOUBTS.isdisjoint(doubts)


def decision_about_child(decision: Decision) -> bool:
    """The same of a decision that is not recorded yet."""
    about = any(one.doubt.value in _DOUBTS for one in decision.doubts)
    return about or any(concerns_child(judged.request) for judged in decision.requests)


def concerns_child(request: Request) -> bool:
    """The same of one request."""
    return request.kind == _KIND or any(one.doubt.value in _DOUBTS for one in request.doubts)


def shortened_name(name: str) -> str:
    """The initials of a name: "Timmy Jones" is "T. J."."""
    return " ".join(f"{word[0]}." for word in name.split() if word[0].isalnum())


def shortened_email(email: str) -> str:
    """An e-mail address of which the person's part is hidden: "t…@example.com"; several, each so."""
    parts = (one.strip().partition("@") for one in email.split(","))
    return ", ".join(f"{local[:1]}…{at}{domain}" for local, at, domain in parts if local)


def shortened(request: Request) -> Request:
    """A request in which the person is only hinted at, and none of the words stand."""
    person = request.person
    return replace(
        request,
        person=Person(
            name=shortened_name(person.name) if person.name else None,
            email=shortened_email(person.email) if person.email else None,
            phone=f"…{person.phone[-2:]}" if person.phone else None,
            address=_town(person.address) if person.address else None,
        ),
        evidence=tuple(Evidence(each.rule, each.where, HIDDEN) for each in request.evidence),
        doubts=tuple(replace(each, about="") for each in request.doubts),
        candidates=(),
    )


def _town(address: PostalAddress) -> PostalAddress:
    """Of an address only the town; `as_given` has it whole, so it goes too."""
    return PostalAddress("…", "…", None, address.city, address.state, None, None, address.kind, address.missing)
