"""A child's name and address, shortened for lists: enough to tell two requests apart, too little to find anybody."""

from dataclasses import replace

from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.core.reading import Request


def masked(request: Request) -> Request:
    """The same request without what names the person, and without their words."""
    return replace(request, person=masked_person(request.person), evidence=(), doubts=(), candidates=())


def masked_person(person: Person) -> Person:
    """Initials, the first letter of the e-mail address, the last two digits of the phone number, the town."""
    return Person(
        name=None if person.name is None else " ".join(f"{word[0]}." for word in person.name.split()),
        email=None if person.email is None else _masked_email(person.email),
        phone=None if person.phone is None else f"…{person.phone[-2:]}",
        address=None if person.address is None else _masked_address(person.address),
    )


def _masked_email(email: str) -> str:
    # The domain goes too: families have their own.
    return f"{email[:1]}…@…"


def _masked_address(address: PostalAddress) -> PostalAddress:
    town = ", ".join(part for part in (address.city, address.state) if part)
    return PostalAddress(as_given=f"… {town}".strip(), city=address.city, state=address.state, kind=address.kind)
