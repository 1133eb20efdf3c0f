"""What staff correct in the requests of a review before they accept them, and what cannot be: told in their words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from allegro_privacy.core.decision import Correction, Effect
from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.person import Channel, Level, Person, PostalAddress
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.core.postal_correct import Parts, state_of, street_of, units_of, zip_of
from allegro_privacy.core.postal_correct import corrected as address_with
from allegro_privacy.core.postal_quality import lacking
from allegro_privacy.core.postal_suggest import suggestions
from allegro_privacy.core.reading import Evidence, Request
from allegro_privacy.errors import UsageError
from allegro_privacy.store.rows import Review
from allegro_privacy.workflow.keys import keys_of

NO_UNIT = "none"
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Changes:
    """What staff correct in the requests of a review before they accept them; None leaves a thing as it was read.

    address: the whole address anew.  street, unit, city, state, zip: one part of the address that was read."""

    kind: str | None = None
    channels: tuple[Channel, ...] = ()
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    address: str | None = None
    level: Level | None = None
    note: str = ""
    street: str | None = None
    unit: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None

    @property
    def any(self) -> bool:
        """Is anything but the note changed?"""
        whole = (self.kind, self.channels, self.email, self.phone, self.name, self.address, self.level)
        return any(whole) or self.any_part

    @property
    def any_part(self) -> bool:
        """Is a part of the address changed?"""
        return any((self.street, self.unit, self.city, self.state, self.zip))


Pair = tuple[Request | None, Request]


def corrected(review: Review, changes: Changes) -> tuple[Pair, ...]:
    """The requests as they were read (None: not at all) and as staff corrected them; () when they stand as they are."""
    if not changes.any:
        return ()
    _check_typed(changes)
    parts = _parts(changes)
    read = [each.request for each in review.asked]
    if changes.kind:
        read = [each for each in read if each.kind == changes.kind][:1]
    pairs: list[Pair] = [(each, each) for each in read] or [(None, _entered(review, changes))]
    if changes.channels:
        before, first = pairs[0]
        pairs = [(before, replace(first, channel=channel)) for channel in changes.channels]
    if parts.any:
        _check_one_address(review, [after for _, after in pairs])
    return tuple((before, _corrected(after, changes, parts)) for before, after in pairs)


def differences(pairs: tuple[Pair, ...]) -> tuple[Correction, ...]:
    """What staff changed, each thing once; the message's own event and this keep both sides."""
    found = []
    for before, after in pairs:
        was, now = _things(before), _things(after)
        found += [Correction(name, was[name], now[name]) for name in now if was[name] != now[name]]
    return tuple(dict.fromkeys(found))


def _things(request: Request | None) -> dict[str, str]:
    """What can be corrected, as words."""
    request = request or Request("", Person())
    person, address = request.person, request.person.address or PostalAddress("")
    found = {
        "kind": request.kind, "channel": request.channel, "level": request.level, "name": person.name,
        "email": person.email, "phone": person.phone, "street": address.line1, "unit": address.line2,
        "city": address.city, "state": address.state, "zip": "-".join(filter(None, (address.zip, address.zip4))),
    }  # fmt: skip
    return {name: str(value or "") for name, value in found.items()}


def _entered(review: Review, changes: Changes) -> Request:
    """A request that only the person saw; the sender is who asks unless the answer says otherwise."""
    evidence = Evidence(rule="staff", where="staff", quote=changes.note)
    return Request(kind=changes.kind or "opt-out", person=Person(email=review.sender or None), evidence=(evidence,))


def _corrected(request: Request, changes: Changes, parts: Parts) -> Request:
    person = request.person
    address = _address(changes.address) if changes.address else person.address
    if parts.any and request.is_about_post:
        address = address_with(address, parts)
    return replace(
        request,
        level=changes.level or request.level,
        doubts=(),
        person=replace(
            person,
            name=changes.name or person.name,
            email=changes.email or person.email,
            phone=changes.phone or person.phone,
            address=address,
        ),
    )


def _check_one_address(review: Review, requests: list[Request]) -> None:
    """A part can be corrected where there is one address; it must not slip into somebody else's."""
    about = [request.person.address for request in requests if request.is_about_post]
    if not about:
        raise UsageError(
            what=f"Review {review.id} asks for nothing by post, so there is no address to correct.",
            why="A street, unit, city, state or ZIP code was given.",
            fix=f"Say that post is meant: allegro-privacy review answer {review.id} accept --channel post …",
        )
    if len(set(about)) > 1:
        raise UsageError(
            what=f"Review {review.id} is about several addresses, so one part cannot be corrected alone.",
            why="It would be written into each of them.",
            fix="Give the one that is meant whole, with --address and --name; the others are then left alone.",
        )


def _address(written: str) -> PostalAddress:
    """An address as staff typed it, on one line or several; one that cannot be read is refused, not guessed."""
    found = find_addresses(written.replace("\\n", "\n"))
    if len(found) == 1 and not found[0].missing:
        return replace(found[0], as_given=written)
    missing = ", ".join(found[0].missing) if found else "a street and a town"
    raise UsageError(
        what="The address cannot be read.",
        why=f"It lacks {missing}." if len(found) < 2 else "It holds several addresses.",
        fix='Write it like this: --address "1450 Brickell Ave Apt 2203, Miami, FL 33131"',
    )


def _parts(changes: Changes) -> Parts:
    """The corrected parts of the address as typed; what cannot be such a part is refused."""
    without = (changes.unit or "").strip().lower() == NO_UNIT
    return Parts(
        street=_read("--street", changes.street, street_of),
        units=() if without else _read("--unit", changes.unit, units_of),
        city=changes.city,
        state=_read("--state", changes.state, state_of),
        zip=_read("--zip", changes.zip, zip_of),
    )


def _check_typed(changes: Changes) -> None:
    """What staff typed must be what it is given as."""
    _read("--email", changes.email, email_key)
    _read("--phone", changes.phone, phone_key)


def _read(option: str, typed: str | None, reader: Callable[[str], Read | None]) -> Read | None:
    """What was typed after an option, as it is understood. It is not shown again when it is not: errors are logged."""
    if not typed:
        return None
    found = reader(typed)
    if found:
        return found
    noun, why, example = _TYPED[option]
    raise UsageError(f"What was typed after {option} is not {noun}.", why, f"Write it like this: {option} {example}")


_TYPED = {
    "--email": (
        "an e-mail address",
        "It lacks a name, an @ or a domain, or holds a character that no address has.",
        "rosa@example.com",
    ),
    "--phone": (
        "a phone number",
        "Ten digits are needed, area code first, as numbers of North America have them.",
        '"305-555-0123"',
    ),
    "--street": (
        "a house number and a street",
        "A number and a street are needed (or a PO box, or a route), without city, state and ZIP code.",
        '"1450 Brickell Ave"',
    ),
    "--unit": (
        "an apartment, suite or other unit",
        "A unit has a number or a letter; none takes a unit away that was read wrongly.",
        '"Apt 4"   (or: --unit none)',
    ),
    "--state": ("a state", "No state or territory is written so.", "FL"),
    "--zip": ("a ZIP code", "A ZIP code has five digits, or five and four.", "33131   (or: --zip 33131-1234)"),
}


def check_actionable(review_id: str, request: Request, effects: Mapping[str, Effect]) -> None:
    """Accepting must do something: a suppression that no key stands behind would be an empty promise."""
    if request.kind not in effects:
        known = ", ".join(effects)
        raise UsageError(
            f'"{request.kind}" is not a kind of request.', f"The kinds are: {known}.", "Give one with --kind."
        )
    if effects[request.kind] is not Effect.SUPPRESS:
        return
    if request.channel is None:
        raise UsageError(
            what=f"Review {review_id} does not say which channel is to stop.",
            why="E-mail, post and phone are suppressed one by one.",
            fix=f"allegro-privacy review answer {review_id} accept --channel email   (or post, phone; may be repeated)",
        )
    if not keys_of(request):
        raise _nothing_to_suppress(review_id, request, request.channel)


def _nothing_to_suppress(review_id: str, request: Request, channel: Channel) -> UsageError:
    what = f"Review {review_id} cannot be accepted as it is: there is nothing to suppress by {channel}."
    person = request.person
    if channel is not Channel.POST or person.address is None:
        needed = {Channel.EMAIL: "--email", Channel.POST: "--name and --address", Channel.PHONE: "--phone"}[channel]
        why = "The message does not hold it, or not completely."
        return UsageError(what, why, f"Add {needed} to the answer, or answer ignore.")
    parts = lacking(person.address, person.name, request.level)
    options = [_MISSING[part] for part in parts]
    why = f"Still missing: {', '.join(noun for noun, _ in options)}."
    known = [one.words for one in suggestions(person.address) if "zip" in parts]
    added = " ".join(dict.fromkeys(option for _, option in options)) or '--address "…"'
    return UsageError(what, " ".join([why, *known]), f"Add {added} to the answer, or ask the customer first.")


_MISSING = {
    "name": ("the person's name", '--name "…"'),
    "number": ("the house number", '--street "NUMBER STREET"'),
    "street": ("the street", '--street "NUMBER STREET"'),
    "zip": ("the ZIP code (or city and state)", "--zip ZIP"),
}
