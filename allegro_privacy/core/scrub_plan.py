"""Everybody who asked, as a list's rows are compared with them: frozen, and fit to be sent to other processes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import idna

from allegro_privacy.core import matching
from allegro_privacy.core.keyed import keyed

# Which hash a column of hashed e-mail addresses holds, by the length of its hexadecimal form.
ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


@dataclass(frozen=True, slots=True)
class Keys:
    """The suppressions of one channel by key. readable: the number of the suppression by the key itself.  tombstones:
    by its keyed hash, for those who were erased."""

    readable: Mapping[str, int] = field(default_factory=dict, repr=False)
    tombstones: Mapping[bytes, int] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.readable or self.tombstones)


@dataclass(frozen=True, slots=True)
class ScrubPlan:
    """Everybody who asked, as one pass compares a list with them. hashes: algorithm → hexadecimal digest of an e-mail
    address → suppression.  doors: the keyed hashes of erased people's postal keys.  secret: the key of all keyed
    hashes; whoever gets a plan with tombstones must be trusted with it."""

    emails: Keys = field(default_factory=Keys)
    phones: Keys = field(default_factory=Keys)
    post: matching.Plan = field(default_factory=lambda: matching.make_plan(()))
    doors: Mapping[bytes, int] = field(default_factory=dict, repr=False)
    hashes: Mapping[str, Mapping[str, int]] = field(default_factory=dict, repr=False)
    secret: bytes = field(default=b"", repr=False)

    def email(self, key: str) -> int | None:
        """The suppression of an e-mail address."""
        return _of(self.emails, "email", key, self.secret)

    def phone(self, key: str) -> int | None:
        """The suppression of a phone number."""
        return _of(self.phones, "phone", key, self.secret)

    def hashed(self, digest: str) -> int | None:
        """The suppression of an e-mail address of which only a digest is known (hexadecimal, lower case)."""
        return self.hashes.get(ALGORITHMS.get(len(digest), ""), {}).get(digest)

    def door(self, key: str) -> int | None:
        """The suppression of an erased person's postal key."""
        return self.doors.get(keyed(self.secret, "post", key))


def _of(keys: Keys, label: str, key: str, secret: bytes) -> int | None:
    found = keys.readable.get(key)
    if found is None and keys.tombstones:
        found = keys.tombstones.get(keyed(secret, label, key))
    return found


def hashed_keys(keys: Mapping[str, int], algorithms: Iterable[str]) -> dict[str, dict[str, int]]:
    """The digests of e-mail addresses, as those who hash them do it: trimmed, in lower case, nothing else; a domain in
    other letters than ours also as it is read."""
    return {name: dict(_digests(name, keys)) for name in algorithms}


def _digests(name: str, keys: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    for key, number in keys.items():
        for spelling in _spellings(key):
            yield hashlib.new(name, spelling.encode(), usedforsecurity=False).hexdigest(), number


def _spellings(key: str) -> tuple[str, ...]:
    if "xn--" not in key:
        return (key,)
    local, _, domain = key.rpartition("@")
    try:
        return key, f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return (key,)
