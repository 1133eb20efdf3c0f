"""What concerns a child is shown shortened in every listing, until somebody opens it on purpose (16 CFR 312: a child's
data is kept and shown no further than is needed)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from allegro_privacy.core.decision import Decision
from allegro_privacy.core.lanes import CHILD_KIND
from allegro_privacy.core.masking import masked, masked_person
from allegro_privacy.core.person import Person
from allegro_privacy.core.reading import Doubt, Request

HIDDEN = "(hidden: a child may be concerned)"
_DOUBTS = frozenset({Doubt.CHILD.value, Doubt.MINOR.value})


def is_about_child(decision: Mapping[str, Any]) -> bool:
    """May a child be concerned, by what was read in the message? decision: as an event's content holds it."""
    judged = [one["request"] for one in decision.get("requests", ())]
    doubts = [one["doubt"] for found in (decision, *judged) for one in found.get("doubts", ())]
    return any(request["kind"] == CHILD_KIND for request in judged) or not _DOUBTS.isdisjoint(doubts)


def decision_about_child(decision: Decision) -> bool:
    """The same of a decision that is not recorded yet."""
    about = any(one.doubt.value in _DOUBTS for one in decision.doubts)
    return about or any(concerns_child(judged.request) for judged in decision.requests)


def concerns_child(request: Request) -> bool:
    """The same of one request."""
    return request.kind == CHILD_KIND or any(one.doubt.value in _DOUBTS for one in request.doubts)


def shortened_email(email: str) -> str:
    """An e-mail address of which only the first letter is shown; several, each so."""
    people = (Person(email=one.strip()) for one in email.split(",") if one.strip())
    return ", ".join(masked_person(person).email or "" for person in people)


def shortened(request: Request) -> Request:
    """A request in which the person is only hinted at, and none of the words stand; which doubts there are stays."""
    doubts = tuple(replace(each, about="") for each in request.doubts)
    return replace(masked(request), doubts=doubts)
