"""The hashes that recipients match by. An e-mail address is trimmed and lower-cased, nothing else (OPTIZMO and
California's DROP agree); a phone number is its last ten digits.

An unkeyed hash can be guessed back from any list of addresses: it keeps a list from being read, it is no anonymity.
An HMAC with a key per recipient cannot, but the recipient must be able to compute it."""

import base64
import hashlib
import hmac
from collections.abc import Callable

NORMALISATION = {
    "email": "trimmed and lower-cased, nothing else, as UTF-8",
    "phone": "digits only, the last ten",
}


def normalised(field: str, text: str) -> str:
    """What is hashed of an `email` or a `phone`."""
    if field == "phone":
        return "".join(filter(str.isdecimal, text))[-10:]
    return text.strip().lower()


def hasher(algorithm: str, field: str, key: bytes = b"") -> Callable[[str], str]:
    """The hash of one address as text: lower-case hex, or base64 where the algorithm says so.

    algorithm: one of core/listing.py.  key: of an HMAC, which without one would be no better than a plain hash."""
    if algorithm == "hmac-sha256":
        if not key:
            raise ValueError("an HMAC needs a key")
        return lambda text: hmac.digest(key, normalised(field, text).encode(), "sha256").hex()
    if algorithm == "sha256-base64":
        return lambda text: base64.b64encode(hashlib.sha256(normalised(field, text).encode()).digest()).decode()
    make = getattr(hashlib, algorithm)
    return lambda text: make(normalised(field, text).encode(), usedforsecurity=False).hexdigest()
