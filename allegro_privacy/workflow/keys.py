"""From a request to the keys that its suppression compares."""

from allegro_privacy.core import identity
from allegro_privacy.core.person import Channel, Key, Level
from allegro_privacy.core.reading import Reading, Request


def keys_of(request: Request) -> tuple[Key, ...]:
    """The keys that a request is about on its own channel; () when the person did not name what it takes."""
    person = request.person
    values: tuple[str, ...] = ()
    match request.channel:
        case Channel.EMAIL if person.email:
            values = (identity.email_key(person.email),)
        case Channel.PHONE if person.phone:
            values = (identity.phone_key(person.phone),)
        case Channel.POST if person.address:
            values = identity.post_keys(person.name, person.address, request.level or Level.INDIVIDUAL)
    return tuple(Key(request.channel, value) for value in values if value and request.channel)


def keys_in(reading: Reading) -> tuple[Key, ...]:
    """Every key that the requests of a reading are about."""
    return tuple(key for request in reading.requests for key in keys_of(request))
