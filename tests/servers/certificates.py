"""Certificates made in the test: one authority that clients are told to trust, and the ways of being refused."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import trustme


class Certificate(StrEnum):
    """What a server shows of itself."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    WRONG_HOST = "wrong host"
    STRANGER = "of an unknown authority"
    SELF_SIGNED = "self-signed"


class Authority:
    """A certificate authority in a folder; `ca_file` is what a careful client is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def issue(self, kind: Certificate = Certificate.GOOD) -> Path:
        """A file with key and chain for loopback, good or wanting."""
        file = self.folder / f"{kind.name.lower()}.pem"
        now = datetime.now(UTC)
        names = ("localhost", "127.0.0.1")
        match kind:
            case Certificate.GOOD:
                made = self._ca.issue_cert(*names)
            case Certificate.EXPIRED:
                made = self._ca.issue_cert(
                    *names, not_before=now - timedelta(days=30), not_after=now - timedelta(days=1)
                )
            case Certificate.NOT_YET:
                made = self._ca.issue_cert(*names, not_before=now + timedelta(days=1))
            case Certificate.WRONG_HOST:
                made = self._ca.issue_cert("mail.elsewhere.example")
            case Certificate.STRANGER:
                made = trustme.CA().issue_cert(*names)
            case Certificate.SELF_SIGNED:
                other = trustme.CA()
                file.write_bytes(other.private_key_pem.bytes() + other.cert_pem.bytes())
                return file
        file.write_bytes(made.private_key_pem.bytes() + b"".join(blob.bytes() for blob in made.cert_chain_pems))
        return file
