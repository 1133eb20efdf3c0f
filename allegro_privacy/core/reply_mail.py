"""A Draft as the bytes of a mail (RFC 5322), with exactly the header fields that we set."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any, cast

from allegro_privacy.core.replies import Draft

LOOP_HEADER = "X-Loop"


class _Ids(UnstructuredHeader):
    """Message-IDs, folded between them: the library would turn a long one into an encoded word, and no mail program
    would find the thread again."""

    def fold(self, *, policy: Any) -> str:
        name, ids = getattr(self, "name", ""), str(self).split()
        return f"{name}: {(policy.linesep + ' ').join(ids)}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    fields = HeaderRegistry()
    for name in ("in-reply-to", "references", "message-id"):
        fields.map_to_type(name, cast(Any, _Ids))
    return EmailPolicy(message_factory=EmailMessage, header_factory=fields, linesep="\r\n", raise_on_defect=False)


POLICY = _policy()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a mail carries besides its draft: who sends it, when it was written, its own Message-ID."""

    shop: str
    sender: str
    date: datetime
    message_id: str


def as_mail(draft: Draft, stamp: Stamp) -> bytes:
    """The mail with CR LF at the ends of its lines. ValueError when a value could break a header line: the draft was
    cleaned before, so this never speaks of ordinary mail."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(stamp.shop, addr_spec=stamp.sender)
    # No display name: a stranger's could hold a second recipient (python/cpython#121284).
    mail["To"] = Address(addr_spec=draft.to)
    mail["Subject"] = draft.subject
    mail["Date"] = stamp.date
    mail["Message-ID"] = stamp.message_id
    if draft.in_reply_to:
        mail["In-Reply-To"] = draft.in_reply_to
    if draft.references:
        mail["References"] = " ".join(draft.references)
    # RFC 3834 5: no program answers this, out-of-office notes included.
    mail["Auto-Submitted"] = "auto-replied"
    mail[LOOP_HEADER] = stamp.sender
    mail.set_content(draft.body, charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = draft.language
    return mail.as_bytes()
