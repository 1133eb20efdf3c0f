"""Which reply fits a request now, and what still has to be asked. It proposes; a person sends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.person import Channel
from allegro_privacy.core.reading import Doubt, Note, Reading, Request

_ADDRESS_DOUBTS = frozenset({Doubt.NO_POSTAL_ADDRESS, Doubt.INCOMPLETE_ADDRESS, Doubt.NO_NAME})
_YOUNG = frozenset({Doubt.CHILD, Doubt.MINOR})


@dataclass(frozen=True, slots=True)
class Choice:
    """The template that fits, "" when a person must find the words; `why` says why."""

    template: str
    why: str = ""


def proposed(
    request: Request,
    reading: Reading,
    kinds: Mapping[str, Kind],
    *,
    waits: bool,
    stopped: bool,
    sent: Collection[str],
    lane: Lane = Lane.CUSTOMER,
) -> Choice:
    """The next reply. waits: it is not decided, or its case stands open.  stopped: marketing was stopped on account of
    it.  sent: the templates that were drafted for it already.  lane: of its case, which a later letter may have
    moved."""
    doubts = all_doubts(request, reading)
    if lane is Lane.LEGAL or Doubt.LEGAL in doubts:
        return Choice("", "a lawyer's or an authority's letter: its answer is written by hand")
    if lane is Lane.BEREAVEMENT or is_bereavement(request, reading):
        return (
            Choice("condolence") if stopped else Choice("", "a death: decide it first, then answer in your own words")
        )
    kind = kinds.get(request.kind)
    if kind is None or kind.lane == "rights" or kind.effect != "suppress":
        return _for_a_case(request, kind, sent, for_another=lane is Lane.AGENT or is_for_another(request))
    if waits and request.channel is Channel.POST and doubts & _ADDRESS_DOUBTS:
        return Choice("need-your-address")
    if stopped:
        return Choice(kind.reply)
    return Choice("", "it waits for your decision: allegro-privacy review")


def _for_a_case(request: Request, kind: Kind | None, sent: Collection[str], for_another: bool) -> Choice:
    first = kind.reply if kind else "receipt"
    if first not in sent:
        return Choice(first)
    asking = "need-permission" if for_another else "need-to-verify"
    if request.kind in ("access", "correction", "deletion") and asking not in sent:
        return Choice(asking)
    if request.kind == "deletion":
        return Choice("partial-deletion")
    return Choice("", "the answer itself is written by hand")


def all_doubts(request: Request, reading: Reading) -> frozenset[Doubt]:
    """The doubts about a request and about its whole message."""
    return frozenset(each.doubt for each in (*request.doubts, *reading.doubts))


def is_bereavement(request: Request, reading: Reading) -> bool:
    """Is it about somebody who died?"""
    return Note.DECEASED in (*request.notes, *reading.notes) or Doubt.BEREAVEMENT in all_doubts(request, reading)


def is_for_another(request: Request) -> bool:
    """Does an agent or a relative ask for somebody?"""
    return bool({Doubt.AGENT, Doubt.SOMEONE_ELSE} & {each.doubt for each in request.doubts})


def is_about_a_child(request: Request, reading: Reading) -> bool:
    """Is it about a child's data, so that no list may show whose?"""
    return request.kind == "child-removal" or bool(all_doubts(request, reading) & _YOUNG)


def missing_parts(request: Request) -> tuple[str, ...]:
    """What must still be known before a postal address can be found on a list: `name`, `address`, `zip`."""
    address = request.person.address
    lacking = set(address.missing) if address else {"street", "zip"}
    parts = {"name": not request.person.name, "address": bool(lacking - {"zip"}), "zip": "zip" in lacking}
    return tuple(name for name, lacks in parts.items() if lacks)
