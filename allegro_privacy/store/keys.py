"""Keys and their keyed hashes: what goes on matching when everything readable is gone."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from allegro_privacy.core.keyed import keyed as keyed
from allegro_privacy.core.message import Message
from allegro_privacy.core.person import Channel, Key, Level, Person
from allegro_privacy.core.reading import Request

KeysOf = Callable[[Request], tuple[Key, ...]]


def key_hash(secret: bytes, key: Key) -> bytes:
    """The keyed hash of a key. Without the secret nobody can try addresses against it."""
    return keyed(secret, key.channel.value, key.value)


def level_of(request: Request) -> Level | None:
    """How far a request reaches: only post has levels, and the narrowest is meant when none is named."""
    return (request.level or Level.INDIVIDUAL) if request.channel is Channel.POST else None


def remembered(keys_of: KeysOf) -> KeysOf:
    """The same function, asked once for each request: an address is costly to take apart."""
    known: dict[Request, tuple[Key, ...]] = {}

    def keys(request: Request) -> tuple[Key, ...]:
        if request not in known:
            known[request] = keys_of(request)
        return known[request]

    return keys


@lru_cache(maxsize=1024)
def _email_key(email: str) -> str:
    from allegro_privacy.core import identity

    return identity.email_key(email)


def _keys(channel: Channel, *values: str) -> tuple[Key, ...]:
    return tuple(Key(channel, value) for value in values if value)


def keys_of_person(person: Person) -> tuple[Key, ...]:
    """The keys by which a person can be found again: their own e-mail address and phone number."""
    from allegro_privacy.core import identity

    return (
        *_keys(Channel.EMAIL, _email_key(person.email or "")),
        *_keys(Channel.PHONE, identity.phone_key(person.phone or "")),
    )


def as_pairs(keys: Iterable[Key]) -> list[list[str]]:
    """Keys as an event's content holds them, each once, in order."""
    return [list(pair) for pair in dict.fromkeys((key.channel.value, key.value) for key in keys)]


def by_itself(message: Message) -> list[list[str]]:
    """What stands for the keys of a letter, a call or a row that names neither e-mail address nor phone number: an
    erasure must reach it all the same."""
    return [["entry", message.id]]


def pair_hashes(secret: bytes, pairs: Iterable[Sequence[str]]) -> list[bytes]:
    """The keyed hashes of keys that lie in an event's content."""
    return [keyed(secret, channel, value) for channel, value in pairs]


def keys_of_address(email: str) -> tuple[Key, ...]:
    """The key of an e-mail address as it stood in a header; () when there is none."""
    return keys_of_person(Person(email=email)) if email else ()


def origin_hash(secret: bytes, source: str, locator: str, stamp: str) -> bytes:
    """The keyed hash of a place: a file's name may be a person's."""
    return keyed(secret, "origin", f"{source}\n{locator}\n{stamp}")
