"""Keyed hashes: what goes on matching when everything readable is gone."""

import hashlib

# 128 bits: no two keys meet by chance, and the indexes stay small.
HASH_BYTES = 16


def keyed(secret: bytes, label: str, text: str) -> bytes:
    """The keyed hash (BLAKE2b, RFC 7693) of any text; the label keeps texts of different sorts apart."""
    raw = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=HASH_BYTES, key=secret, person=label.encode()).digest()
